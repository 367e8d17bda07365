//! Free ports for servers that are told theirs before they start.
//!
//! They lie below those that the system gives to whoever asks for any, so that no neighbour gets one between the asking and the start.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

const FIRST: u16 = 12_000;
const COUNT: u16 = 20_000;

/// A port that nothing listens on, and that this process gives to nobody else.
pub fn free() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let own = u16::try_from(std::process::id() * 97 % u32::from(COUNT)).unwrap_or_default();
    let mut ports = std::iter::repeat_with(|| FIRST + (own + NEXT.fetch_add(1, Ordering::SeqCst) % COUNT) % COUNT);
    ports
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .unwrap_or_default()
}
