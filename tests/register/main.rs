//! The register: what is owed, followed through a year and through everything that may happen to it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on must end")]

mod changes;
mod clock;
mod follow;
#[path = "../support/guarded.rs"]
mod guarded;
mod late;
mod machines;
mod office;
mod pauses;
#[path = "../support/postgres.rs"]
mod postgres;
#[path = "../mail/read.rs"]
mod read;
#[path = "../engine/remote.rs"]
#[allow(dead_code, reason = "what the register is tested with is a part of what the engine is tested with")]
mod remote;
mod risk;
mod slips;
#[path = "../support/smtp_server.rs"]
mod smtp_server;
mod texts;
mod together;
mod warnings;
mod year;
