//! Kasnec, the town crier: takes what a municipality owes its public and sees that it stands on every channel in time, once, with proof.
//!
//! The path of an item: [`item`] → [`rules`] → [`schedule`] → [`render`] → [`deliver`] → [`receipt`] → [`register`].

pub mod acts;
pub mod alarm;
pub mod assets;
pub mod channels;
pub mod cli;
pub mod clock;
pub mod connect;
pub mod deliver;
pub mod durable;
pub mod http;
pub mod item;
pub mod keep;
pub mod mail;
pub mod manifest;
pub mod ports;
pub mod receipt;
pub mod register;
pub mod render;
pub mod rules;
pub mod sandbox;
pub mod schedule;
pub mod settings;
pub mod store;
pub mod system;
pub mod vault;
pub mod verify;
pub mod web;
