//! Backup, restore and the doctor: as library calls on an office with scripted remotes, and with the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on must end")]

mod backups;
mod disk;
mod doctor;
#[path = "../support/guarded.rs"]
mod guarded;
#[path = "../support/kasnec.rs"]
mod kasnec;
#[allow(dead_code, reason = "other tests use the rest of it")]
#[path = "../engine/office.rs"]
mod office;
#[path = "../support/ports.rs"]
mod ports;
#[path = "../support/postgres.rs"]
mod postgres;
mod program;
#[allow(dead_code, reason = "other tests use the rest of it")]
#[path = "../engine/remote.rs"]
mod remote;
mod restore;
mod shift;
