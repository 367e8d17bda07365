//! Kasnec, the town crier.
pub mod sandbox;
