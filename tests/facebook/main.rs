//! A Facebook Page through the one contract, against the Graph stand-in; and the way to its token.

mod bench;
mod change;
mod check;
mod connect;
mod errors;
mod lost;
mod media;
mod plain;
mod publish;
mod secrets;
mod throttle;
