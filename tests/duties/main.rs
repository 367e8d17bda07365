//! What is owed: how it is said, to people, programs and calendars.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on must end")]

mod api;
mod faces;
mod ical;
mod office;
mod words;
