//! Items as an office writes them: the shipped kinds, the samples, and what is refused with which words.
// Helpers outside the test functions fail a test by panicking, as the tests themselves do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bad;
mod desk;
mod hostile;
mod kinds;
mod probes;
mod samples;
mod size;
