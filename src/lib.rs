//! Kasnec, the town crier: takes what a municipality owes its public and sees that it stands on every channel in time, once, with proof.
pub mod item;
pub mod manifest;
pub mod render;
pub mod sandbox;
