//! The office's own mail, against a real mail server.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail where it stands")]

mod command;
mod notes;
mod read;
#[path = "../support/smtp_server.rs"]
mod smtp_server;
