//! The promise under faults: never lost, never twice, never silent. `make test` plays each fault briefly, `make soak` at length.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on must end")]

mod ambiguous;
mod bureau;
mod clock;
mod crowd;
mod fuzz;
#[path = "../support/guarded.rs"]
mod guarded;
#[path = "../support/kasnec.rs"]
mod kasnec;
mod kills;
mod letters;
mod outcome;
mod panics;
mod peers;
mod plenty;
#[path = "../support/ports.rs"]
mod ports;
#[path = "../support/postgres.rs"]
mod postgres;
mod proxy;
mod recorder;
mod simulation;
mod soak;
mod startup;
mod storage;
mod wire;
#[path = "../support/wordpress/mod.rs"]
mod wordpress;
