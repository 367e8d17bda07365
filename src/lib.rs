//! Kasnec, the town crier: takes what a municipality owes its public and sees that it stands on every channel in time, once, with proof.
//!
//! The path of an item: [`item`] → [`rules`] → [`schedule`] → [`render`] → [`deliver`] → [`receipt`].

pub mod channels;
pub mod clock;
pub mod connect;
pub mod http;
pub mod item;
pub mod manifest;
pub mod ports;
pub mod receipt;
pub mod render;
pub mod rules;
pub mod sandbox;
pub mod schedule;
pub mod store;
pub mod vault;
