//! Whether what was delivered still stands: looked at as a citizen would, with the clock in the test's hand.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on must end")]

mod facebook;
mod large;
mod looks;
mod office;
mod own;
mod paper;
mod redirects;
mod together;
