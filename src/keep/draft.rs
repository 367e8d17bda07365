//! A backup that is not whole yet: it has a name of its own, and nobody else removes it while it is being made.
//!
//! Whoever makes a backup holds the folder (a lock that others share) until it has its name, and ends with its process, however that ends. So an
//! unfinished one is nobody's where the folder can be had alone; and, where it cannot, when it was begun long ago.

use std::fs::{self, File, TryLockError};
use std::io::Result;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::folder;

/// No backup takes so long.
const LONG: chrono::Duration = chrono::Duration::days(1);
/// Whoever has the folder alone tidies it, which takes a moment.
const TIDYING: Duration = Duration::from_millis(20);
const TRIES: u32 = 100;

/// The place of a backup that is being made. What is still there when this is dropped is removed.
pub struct Draft {
    file: PathBuf,
    /// The lock lasts as long as the folder is open.
    _folder: File,
}

impl Draft {
    /// Removes what was left unfinished in the folder and is nobody's, and gives a place in it.
    pub async fn begin(folder: &Path, now: DateTime<Utc>) -> Result<Self> {
        let held = File::open(folder)?;
        tidy(folder, &held, now);
        hold(&held).await;
        Ok(Self {
            file: folder.join(folder::draft_name(now, &mark())),
            _folder: held,
        })
    }

    /// Where the backup goes until it is whole.
    pub fn file(&self) -> &Path {
        &self.file
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // What is left of it is worth nothing; if even this fails, a later backup removes it.
        let _ = fs::remove_file(&self.file);
    }
}

/// No other backup under way has the same, of this process or of another.
fn mark() -> String {
    static MADE: AtomicU32 = AtomicU32::new(0);
    format!("{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed))
}

fn tidy(folder: &Path, held: &File, now: DateTime<Utc>) {
    // Where folders cannot be locked, as on some network shares, it is never had alone.
    let alone = held.try_lock().is_ok();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let begun = folder::begun(&entry.file_name().to_string_lossy());
        if begun.is_some_and(|begun| alone || now - begun > LONG) {
            let _ = fs::remove_file(entry.path());
        }
    }
    if alone {
        // A failure shows itself at the next lock.
        let _ = held.unlock();
    }
}

/// Shares the folder with others who make backups. Somebody else's lock on it, for whatever reason, holds no backup up.
async fn hold(held: &File) {
    for _ in 0..TRIES {
        if !matches!(held.try_lock_shared(), Err(TryLockError::WouldBlock)) {
            return;
        }
        tokio::time::sleep(TIDYING).await;
    }
}
