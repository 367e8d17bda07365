//! One suite for both databases: what is said of the store holds for SQLite and for PostgreSQL alike.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../support/guarded.rs"]
mod guarded;
#[path = "../support/postgres.rs"]
mod postgres;
#[macro_use]
mod fixture;

mod agreement;
mod alarms;
mod approval;
mod chain;
mod circuits;
mod claiming;
mod crowd;
mod endings;
mod fencing;
mod hands;
mod looks;
mod opening;
mod people;
mod plans;
mod ports;
mod queueing;
mod revisions;
mod shared_commits;
mod times;
mod trouble;
mod unplanned;
