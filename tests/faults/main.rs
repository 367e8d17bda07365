//! The promise under faults: never lost, never twice, never silent. `make test` plays each fault briefly, `make soak` at length.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on must end")]

mod outcome;
mod soak;
mod storage;
