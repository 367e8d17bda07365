//! The worker against a remote that does what it is told to: every answer, every loss, with the clock in the test's hand.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on must end")]

mod alarms;
mod answers;
mod circuits;
mod clock;
mod losses;
mod office;
mod remote;
mod revisions;
mod templates;
