//! How much room a disk has.

use std::path::Path;

/// A disk's size and what is free for this user, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Free.
    pub free: u64,
    /// In all.
    pub total: u64,
}

/// So much is enough on any disk: 4 GB.
const ENOUGH: u64 = 4_000_000_000;

impl Room {
    /// The disk under a folder, or under the nearest one above it that is there.
    pub fn of(folder: &Path) -> Option<Self> {
        let folder = std::path::absolute(folder).ok()?;
        let there = folder.ancestors().find(|folder| folder.exists())?;
        let told = rustix::fs::statvfs(there).ok()?;
        Some(Self {
            free: told.f_bavail.saturating_mul(told.f_frsize),
            total: told.f_blocks.saturating_mul(told.f_frsize),
        })
    }

    /// Whether a tenth of the disk, and of a large one [`ENOUGH`], stays free when so much is written.
    pub fn bears(self, bytes: u64) -> bool {
        let wanted = (self.total / 10).min(ENOUGH);
        self.free.checked_sub(bytes).is_some_and(|left| left >= wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_of_the_disk_stays_free() {
        let room = Room { free: 300, total: 1000 };
        assert!(room.bears(200));
        assert!(!room.bears(201));
        assert!(!room.bears(400));
        let large = Room {
            free: 2 * ENOUGH,
            total: 100 * ENOUGH,
        };
        assert!(large.bears(ENOUGH) && !large.bears(ENOUGH + 1));
    }
}
