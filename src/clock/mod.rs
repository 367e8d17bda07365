//! Time as a value. The machine's clocks are read in `machine.rs` and nowhere else.
//!
//! A clock that somebody moved must not publish early, twice or never: [`SteadyClock`] follows the machine's clock only as long as the
//! count of the time since the machine's start agrees with it; after that, witnesses decide (`judge.rs`).

mod doubt;
mod judge;
mod machine;
mod notes;
mod steady;
mod voice;

use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeZone, Utc};

pub use doubt::{Doubt, Reason};
pub use judge::{AGREEMENT, Evidence, Testimony, Verdict, judge};
pub use machine::{Counters, Machine};
pub use steady::SteadyClock;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The time in force, in whole milliseconds.
    fn now(&self) -> DateTime<Utc>;

    /// Why the time in force, or the machine's clock, may be wrong; none if nothing speaks against it.
    fn doubt(&self) -> Option<Doubt> {
        None
    }

    /// Hears what time another machine has.
    fn hear(&self, _witness: Witness) {}

    /// Learns that something was written at `at`: the time is later, unless it was written by a wrong clock.
    fn is_after(&self, _at: DateTime<Utc>) {}

    /// The last time the time in force was set anew, once.
    fn take_move(&self) -> Option<Move> {
        None
    }

    /// Looks whether a person has said which clock is right, and whether the time fits what was written.
    fn heed(&self) {}
}

/// What time another machine has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Who it is: a host, or the database.
    pub name: String,
    /// The address that answered, if it is known: two names of one server are one witness.
    pub ip: Option<IpAddr>,
    /// Its time, when it answered.
    pub at: DateTime<Utc>,
    /// Whether all workers go by its time: then its contradiction counts as much as that of two others.
    pub shared: bool,
}

/// The time in force was set anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// What it was.
    pub from: DateTime<Utc>,
    /// What it is.
    pub to: DateTime<Utc>,
    /// On whose word.
    pub because: String,
}

/// The machine's clock, as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        from_ms(machine::wall_ms())
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct SetClock(AtomicI64);

impl SetClock {
    /// A clock that shows `at`.
    pub fn at(at: DateTime<Utc>) -> Self {
        Self(AtomicI64::new(at.timestamp_millis()))
    }

    /// Moves it, forwards or back.
    pub fn advance(&self, by: chrono::Duration) {
        self.0.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> DateTime<Utc> {
        from_ms(self.0.load(Ordering::SeqCst))
    }
}

/// The instant so many milliseconds after 1970, clamped to what a calendar can hold.
pub fn from_ms(ms: i64) -> DateTime<Utc> {
    Utc.timestamp_millis_opt(ms).single().unwrap_or(if ms < 0 {
        DateTime::<Utc>::MIN_UTC
    } else {
        DateTime::<Utc>::MAX_UTC
    })
}
