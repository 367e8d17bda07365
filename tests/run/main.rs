//! The program as a user runs it: the real binary, the sample office, and a hand that pulls the plug.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on must end")]

#[path = "../support/guarded.rs"]
mod guarded;
#[path = "../support/kasnec.rs"]
mod kasnec;
mod killed;
mod ledger;
mod looks;
#[path = "../support/ports.rs"]
mod ports;
#[path = "../support/postgres.rs"]
mod postgres;
mod refusals;
mod rules;
mod sample;
