//! The one place where the machine's clocks are read.

use std::time::Instant;

use chrono::Utc;

/// What a machine knows of time.
pub trait Counters: Send + Sync {
    /// The clock that people see and anybody may set: milliseconds since 1970.
    fn wall_ms(&self) -> i64;

    /// Milliseconds since the machine's start, sleep included. Nobody can set it.
    fn boot_ms(&self) -> i64;

    /// Which start of the machine that was; empty if it cannot be told.
    fn boot_id(&self) -> String;
}

/// This machine.
#[derive(Debug, Clone, Copy)]
pub struct Machine {
    #[cfg_attr(
        target_os = "linux",
        allow(dead_code, reason = "Linux counts from the machine's start, others from the process's")
    )]
    started: Instant,
}

impl Default for Machine {
    fn default() -> Self {
        Self { started: Instant::now() }
    }
}

impl Counters for Machine {
    fn wall_ms(&self) -> i64 {
        wall_ms()
    }

    #[cfg(target_os = "linux")]
    fn boot_ms(&self) -> i64 {
        let since = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        since.tv_sec * 1000 + since.tv_nsec / 1_000_000
    }

    /// Elsewhere the count may stand still while the machine sleeps: waking then looks like a jump, and a witness decides.
    #[cfg(not(target_os = "linux"))]
    fn boot_ms(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    fn boot_id(&self) -> String {
        let told = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
        told.map(|id| id.trim().to_owned()).unwrap_or_default()
    }
}

/// Milliseconds since 1970, as the machine has it.
pub(super) fn wall_ms() -> i64 {
    Utc::now().timestamp_millis()
}
