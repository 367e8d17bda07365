//! Each channel through the one contract, against servers nobody here wrote where there are any.

mod board;
mod email;
mod feed;
mod http_call;
mod http_shipped;
mod manifest_only;
mod outbox;
mod site;
mod smtp_server;
mod support;
