//! The Graph stand-in, held against what Meta documents.

#![allow(
    clippy::expect_used,
    reason = "a test that cannot go on says what it missed and stops, also in its helpers"
)]

mod desk;
mod drafts;
mod faults;
mod media;
mod oauth;
mod page;
mod python;
mod reading;
mod rights;
mod state;
