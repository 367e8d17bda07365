//! What playing a fault came to: a line of the soak's table.

use std::path::Path;

use kasnec::keep::disk::Room;
use rand::RngExt;
use tempfile::TempDir;

/// How long a fault is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// As a part of `make test`.
    Brief,
    /// As `make soak`.
    Long,
}

impl Length {
    /// One of two counts.
    pub fn pick<T>(self, brief: T, long: T) -> T {
        match self {
            Self::Brief => brief,
            Self::Long => long,
        }
    }
}

/// What came of a fault that was played so many times. All but the runs must be zero.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The fault, in a few words.
    pub fault: String,
    /// How many times it struck.
    pub runs: u64,
    /// What was acknowledged or due and does not stand.
    pub lost: u64,
    /// What stands more than once.
    pub doubled: u64,
    /// What is said to stand and does not, or the other way round; what came early; an alarm that was not raised; a parser that broke.
    pub wrong: u64,
    /// What the dice were thrown with: `KASNEC_SEED` plays the same again.
    pub seed: u64,
}

impl Outcome {
    /// Nothing has happened yet.
    pub fn new(fault: impl Into<String>, seed: u64) -> Self {
        Self {
            fault: fault.into(),
            runs: 0,
            lost: 0,
            doubled: 0,
            wrong: 0,
            seed,
        }
    }

    /// Whether the fault struck, and the promise held.
    pub fn is_clean(&self) -> bool {
        self.runs > 0 && self.lost + self.doubled + self.wrong == 0
    }

    /// Fails with everything that is known if the promise was broken.
    pub fn must_be_clean(&self) {
        assert!(self.is_clean(), "play it again with KASNEC_SEED={}: {self:#?}", self.seed);
    }
}

/// The seed that was asked for, or the same as last time: what is played briefly with every change must not fail by another one's luck.
pub fn brief_seed() -> u64 {
    asked_for().unwrap_or(20_261_129)
}

/// The seed that was asked for, or a fresh one; printed, so that a failure can be played again.
pub fn seed() -> u64 {
    let seed = asked_for().unwrap_or_else(|| rand::rng().random());
    println!("KASNEC_SEED={seed}");
    seed
}

/// A folder in memory, where the machine offers a good gigabyte of that (containers often do not); else an ordinary one.
pub fn in_memory() -> std::io::Result<TempDir> {
    let memory = Path::new("/dev/shm");
    let roomy = Room::of(memory).is_some_and(|room| room.free > 1_000_000_000);
    if roomy { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }
}

fn asked_for() -> Option<u64> {
    std::env::var("KASNEC_SEED").ok()?.parse().ok()
}
