//! The WordPress driver against a real WordPress.
#![allow(clippy::unwrap_used, reason = "what a test cannot have ends it")]

mod changes;
mod checks;
mod desk;
mod looks;
mod losses;
mod publishing;
mod refusals;

#[path = "../support/guarded.rs"]
mod guarded;
#[path = "../verify/office.rs"]
mod office;
#[path = "../support/ports.rs"]
mod ports;
#[path = "../support/wordpress/mod.rs"]
mod wordpress;

#[path = "../render/common.rs"]
#[allow(dead_code, clippy::large_stack_arrays, reason = "the renderer's tests use the rest")]
mod notices;
