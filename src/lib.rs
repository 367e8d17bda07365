//! Kasnec, the town crier: takes what a municipality owes its public and sees that it stands on every channel in time, once, with proof.
pub mod channels;
pub mod clock;
pub mod http;
pub mod item;
pub mod manifest;
pub mod ports;
pub mod receipt;
pub mod render;
pub mod sandbox;
pub mod store;
