//! A Facebook Page through the one contract, against the Graph stand-in; and the way to its token.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on should fail where it stands"
)]

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
