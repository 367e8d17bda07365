//! The rules: worked cases, the shipped files, every fault that is told, properties that always hold, and what changes with time.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on must end")]

mod cases;
mod changes;
mod explained;
mod faults;
mod files;
mod properties;
mod shipped;
mod support;
