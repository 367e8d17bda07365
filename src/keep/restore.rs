//! Putting a backup in the place of the data. A backup is the past: what was sent after it would be sent again, so every delivery
//! that is open in it is marked to be looked up first *before* the copy becomes the data ([`crate::store::restore`]).

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;

use super::KeepError;
use super::backup::{beside, data_file, lock_folder};
use super::disk::Room;
use super::guard::has_changes;
use crate::clock::Clock;
use crate::deliver::WorkerLock;
use crate::durable::{self, For, above, flush_folder, make_folder, only_for_owner};
use crate::settings::{Settings, sqlite_url};
use crate::store::backup::{Contents, Depth, inspect, inspect_log, inspect_still};
use crate::store::restore::{Doubted, Lost, gather, lost_since, newest_line};
use crate::store::{Store, StoreError};

/// Beside the data: what takes its place in the next instant.
const READY: &str = ".restored";

/// Whether a restore broke off in its last step: the data may be without its newest changes, and without its doubts.
pub fn is_under_way(data: &Path) -> bool {
    beside(data, READY).exists()
}

/// What was done, and what it means for what is open.
#[derive(Debug, Clone, Serialize)]
pub struct Restored {
    /// The backup; `None` if the data was put back by other means.
    pub from: Option<PathBuf>,
    /// Where the replaced data is kept.
    pub kept: Option<PathBuf>,
    /// The newest thing the restored data knows of.
    pub since: DateTime<Utc>,
    /// The open deliveries: each is looked up at its channel before it is sent.
    pub doubted: Vec<Doubted>,
    /// What the replaced data knows of the time since; `None` if it cannot be read.
    pub lost: Option<Vec<Lost>>,
    /// The key file was missing and was put back, too.
    pub key_restored: bool,
    /// There is no key file: no secret can be opened.
    pub key_missing: bool,
}

/// Puts the backup `from` in the place of the data.
pub async fn restore(settings: &Settings, from: &Path, clock: Arc<dyn Clock>) -> Result<Restored, KeepError> {
    let data = data_file(settings)?;
    let contents = checked(from).await?;
    for folder in [&settings.data, &lock_folder(settings)] {
        make_folder(folder, For::Owner).map_err(KeepError::file(folder))?;
    }
    // What an earlier restore left in its last step is without its newest changes, though it can be read.
    let is_whole = !is_under_way(&data);
    let _lock = locked(settings)?;
    has_room(&settings.data, from)?;
    let since = newest_line(from, clock.now()).await?.unwrap_or_else(|| clock.now());
    let draft = beside(&data, ".restoring");
    // The present data is not touched before all is ready that takes its place.
    let prepared = async {
        let doubted = prepare(from, &draft, &contents, since, clock.clone()).await?;
        Ok((doubted, closed(&data).await?))
    };
    let (doubted, readable) = match prepared.await {
        Ok(prepared) => prepared,
        Err(error) => {
            remove_all(&draft);
            return Err(error);
        }
    };
    let kept = swap(&draft, &data, clock.now()).map_err(KeepError::file(&data))?;
    // A backup of an early version has lines, but no chain whose end could be told.
    let has_chain = contents.newest.is_none() || !contents.ends.is_empty();
    let lost = match &kept {
        Some(kept) if readable && is_whole && has_chain => lost_since(kept, &contents.ends).await.ok(),
        _ => None,
    };
    let (key_restored, key_missing) = key(settings, from).map_err(KeepError::file(&settings.data))?;
    Ok(Restored {
        from: Some(from.to_owned()),
        kept,
        since,
        doubted,
        lost,
        key_restored,
        key_missing,
    })
}

/// Marks what is open in data that was put back by other means.
pub async fn already_back(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Restored, KeepError> {
    let _lock = locked(settings)?;
    let store = Store::open(&settings.store_url(), clock.clone()).await?;
    if store.data_file().is_none() && store.is_worked_on().await? {
        let busy = "a worker holds deliveries of this database, or did so less than a minute ago";
        return Err(KeepError::InUse(busy.to_owned()));
    }
    let since = store.newest_line_before(clock.now()).await?.unwrap_or_else(|| clock.now());
    let doubted = store.doubt_everything_open(since, &json!({"since": since})).await?;
    store.close().await;
    Ok(Restored {
        from: None,
        kept: None,
        since,
        doubted,
        lost: None,
        key_restored: false,
        key_missing: !settings.data.join("key").exists(),
    })
}

async fn checked(from: &Path) -> Result<Contents, KeepError> {
    let shown = from.display().to_string();
    if !from.is_file() {
        return Err(KeepError::BadBackup(shown, "there is no such file".to_owned()));
    }
    let log = beside(from, "-wal");
    if has_changes(&log) {
        return Err(KeepError::HasLog(shown, log.display().to_string()));
    }
    let bad = |error: StoreError| match error {
        StoreError::Damaged(what) => KeepError::BadBackup(shown.clone(), format!("it is damaged, or no data file of Kasnec ({what})")),
        other => KeepError::BadBackup(shown.clone(), other.to_string()),
    };
    inspect_still(from, Depth::Full).await.map_err(bad)
}

fn locked(settings: &Settings) -> Result<WorkerLock, KeepError> {
    WorkerLock::take(&lock_folder(settings)).map_err(|error| KeepError::InUse(error.to_string()))
}

/// Sees that nobody has the data file open, and brings its log into it; `false` if it is so damaged that this cannot be asked. Nothing is
/// written into damaged data: SQLite would drop what it cannot read of the log, and the rest would look sound.
async fn closed(data: &Path) -> Result<bool, KeepError> {
    if !data.exists() || inspect_log(&beside(data, "-wal")).await.is_err() || inspect(data, Depth::Quick).await.is_err() {
        return Ok(false);
    }
    match gather(data).await {
        Ok(()) => Ok(true),
        Err(StoreError::Busy) => Err(KeepError::InUse("somebody has the data file open".to_owned())),
        Err(_) => Ok(false),
    }
}

/// Copies the backup beside the data and marks in the copy what must be looked up: it never is the data without these marks.
async fn prepare(
    from: &Path,
    draft: &Path,
    contents: &Contents,
    since: DateTime<Utc>,
    clock: Arc<dyn Clock>,
) -> Result<Vec<Doubted>, KeepError> {
    remove_all(draft);
    fs::copy(from, draft).map_err(KeepError::file(draft))?;
    only_for_owner(draft).map_err(KeepError::file(draft))?;
    let store = Store::open(&sqlite_url(draft), clock).await?;
    let body = json!({"backup": from.file_name().map(|name| name.to_string_lossy()), "since": since, "ends": contents.ends});
    let doubted = store.doubt_everything_open(since, &body).await?;
    store.close().await;
    drop(store);
    closed_draft(draft).await?;
    fs::File::open(draft)
        .and_then(|file| file.sync_all())
        .map_err(KeepError::file(draft))?;
    Ok(doubted)
}

/// The store's connections end a moment after it: until then its log is part of it.
async fn closed_draft(draft: &Path) -> Result<(), KeepError> {
    for _ in 0..20 {
        match gather(draft).await {
            Err(StoreError::Busy) => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
            gathered => return Ok(gathered?),
        }
    }
    Ok(gather(draft).await?)
}

/// Keeps the present data under another name and puts the draft in its place. At no instant is there no data file: an empty one
/// would be made in its stead. As long as the file is there that says so, nobody opens data without its log ([`is_under_way`]).
fn swap(draft: &Path, data: &Path, now: DateTime<Utc>) -> std::io::Result<Option<PathBuf>> {
    let kept = beside(data, &format!(".before-restore-{}", now.format("%Y%m%dT%H%M%SZ")));
    let there = data.exists();
    let ready = beside(data, READY);
    fs::rename(draft, &ready)?;
    flush_folder(&above(data))?;
    // A log of the old file would be taken for one of the new file.
    for ending in ["-wal", "-shm"] {
        let log = beside(data, ending);
        if log.exists() {
            fs::rename(&log, beside(&kept, ending))?;
        }
    }
    flush_folder(&above(data))?;
    if there {
        fs::hard_link(data, &kept)?;
    }
    fs::rename(&ready, data)?;
    remove_all(draft);
    flush_folder(&above(data))?;
    Ok(there.then_some(kept))
}

fn remove_all(draft: &Path) {
    for ending in ["", "-wal", "-shm", "-journal"] {
        let _ = fs::remove_file(beside(draft, ending));
    }
}

fn has_room(folder: &Path, from: &Path) -> Result<(), KeepError> {
    let needed = fs::metadata(from).map_or(0, |told| told.len());
    if Room::of(folder).is_none_or(|room| room.free > needed + needed / 4) {
        return Ok(());
    }
    Err(KeepError::NoRoom {
        folder: folder.display().to_string(),
        needed: needed.div_ceil(1_000_000),
    })
}

/// Puts the key back that was kept with the backup, if there is none: `(put back, still missing)`.
fn key(settings: &Settings, from: &Path) -> std::io::Result<(bool, bool)> {
    let (key, copy) = (settings.data.join("key"), from.with_extension("key"));
    if key.exists() {
        return Ok((false, false));
    }
    if !copy.exists() {
        return Ok((false, true));
    }
    durable::copy(&copy, &key)?;
    Ok((true, false))
}
