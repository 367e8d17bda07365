//! Stand-ins for remote services that cannot be had in a test.
//!
//! Nothing here uses any other module of the crate: a stand-in that shared code with what it judges would share its mistakes.

pub mod facebook;
