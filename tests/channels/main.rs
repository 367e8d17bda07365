//! Each channel through the one contract, against servers nobody here wrote where there are any.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail where it stands")]

mod board;
mod email;
mod email_tls;
mod feed;
mod http_call;
mod http_shipped;
mod manifest_only;
mod outbox;
mod site;
#[path = "../support/smtp_server.rs"]
mod smtp_server;
mod support;
