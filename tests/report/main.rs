//! The transparency report: its figures held against cases counted by hand, its files against readers that nobody here wrote.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail where it stands")]

mod figures;
mod files;
mod properties;
mod readers;
mod rows;
mod sample;
