//! Before a start: is the data file whole? While running: can it be written?

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use super::backup::{beside, data_file, lock_folder};
use super::disk::Room;
use super::{folder, restore};
use crate::deliver::WorkerLock;
use crate::durable::above;
use crate::settings::Settings;
use crate::store::StoreError;
use crate::store::backup::{Depth, inspect, inspect_log};
use crate::system::System;

/// After an unclean end every page of a file up to this size is read at the start: within a few tenths of a second. Larger ones are
/// read whole by the daily backup, in a copy.
const READ_AT_START: u64 = 64 * 1024 * 1024;
/// How often a log is looked at again that seems to be damaged.
const LOOKS: u32 = 3;
/// The time between.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
/// How often writing is tried.
const TRYING: Duration = Duration::from_secs(15);
/// The same as long as it fails: the office waits.
const TRYING_AGAIN: Duration = Duration::from_secs(2);
/// Less than this is soon nothing.
pub const SCARCE: u64 = 100 * 1024 * 1024;

/// Looks at what SQLite would pass over without a word: a file that is gone, and a log that it would drop.
pub async fn look_before_opening(settings: &Settings) -> Result<(), StoreError> {
    still_there(settings)?;
    let Ok(file) = data_file(settings) else { return Ok(()) };
    let log = beside(&file, "-wal");
    // A worker has read it at its own start, and writes it now.
    if !has_changes(&log) || WorkerLock::is_held(&lock_folder(settings)) {
        return Ok(());
    }
    let mut looked = inspect_log(&log).await;
    for _ in 0..LOOKS {
        if looked.is_ok() {
            break;
        }
        // Somebody else's command may have been writing it under our eyes.
        tokio::time::sleep(BETWEEN_LOOKS).await;
        looked = inspect_log(&log).await;
    }
    looked
}

/// Whether a log holds anything.
pub(super) fn has_changes(log: &Path) -> bool {
    std::fs::metadata(log).is_ok_and(|told| told.len() > 0)
}

/// Fails if there was data and its file is missing or empty: SQLite would make a new one in its stead.
pub fn still_there(settings: &Settings) -> Result<(), StoreError> {
    let Ok(file) = data_file(settings) else { return Ok(()) };
    if restore::is_under_way(&file) {
        return Err(StoreError::Damaged(format!(
            "A restore of {} broke off in its last step; run the same kasnec restore again, with every Kasnec stopped",
            file.display()
        )));
    }
    let there = std::fs::metadata(&file).is_ok_and(|told| told.len() > 0);
    // A worker locks its folder only once the data was made; no backup is older than the data.
    let worked = lock_folder(settings).join("worker.lock").exists() || !folder::backups(&settings.backup_folder()).is_empty();
    if there || !worked {
        return Ok(());
    }
    let file = file.display();
    Err(StoreError::Damaged(format!(
        "{file} is missing or empty, though there was data; is its disk mounted? To begin anew with nothing, move the whole folder away"
    )))
}

/// Looks at the data file before it is opened: its header always, its pages and its log if the last run did not end cleanly.
pub async fn look_before_start(settings: &Settings) -> Result<(), StoreError> {
    look_before_opening(settings).await?;
    let Ok(file) = data_file(settings) else { return Ok(()) };
    let bytes = std::fs::metadata(&file).map_or(0, |told| told.len());
    if bytes == 0 {
        return Ok(());
    }
    // The last one to close the file removes its log.
    let unclean = has_changes(&beside(&file, "-wal"));
    let depth = if unclean && bytes <= READ_AT_START {
        Depth::Quick
    } else {
        Depth::Header
    };
    match inspect(&file, depth).await {
        Err(damaged @ StoreError::Damaged(_)) => Err(damaged),
        // Whatever else there is to say, opening the store says it better.
        _ => Ok(()),
    }
}

/// What to do about a damaged data file.
pub fn way_out(settings: &Settings, now: DateTime<Utc>) -> String {
    let folder = settings.backup_folder();
    match folder::newest(&folder, now) {
        Some(backup) => format!(
            "The last backup is of {}. Stop every Kasnec and run: kasnec restore {}",
            backup.at.format("%Y-%m-%d %H:%M UTC"),
            shown(&backup.file).display()
        ),
        None => format!(
            "There is no backup in {}: look for one elsewhere, and keep the damaged file",
            folder.display()
        ),
    }
}

/// A path that can be typed where the user stands.
fn shown(file: &Path) -> PathBuf {
    std::env::current_dir()
        .ok()
        .and_then(|here| file.strip_prefix(here).ok().map(Path::to_owned))
        .unwrap_or_else(|| file.to_owned())
}

/// Tries to write now and then until `stop` turns true, and raises the alarm when it cannot; `/readyz` says the same.
pub async fn watch_store(system: Arc<System>, mut stop: watch::Receiver<bool>) {
    let mut well = true;
    loop {
        let tried = system.store.try_writing().await;
        if let Err(error) = &tried {
            let next = matches!(error, StoreError::Damaged(_)).then(|| way_out(&system.settings, system.clock.now()));
            tracing::error!(%error, next, "ALARM: nothing can be stored, so nothing is sent; reading and the site go on");
        } else if !well {
            tracing::info!("the database can be written again; the work goes on by itself");
        }
        if let (true, Some((folder, room))) = (well, scarce(&system.settings)) {
            let folder = folder.display();
            tracing::warn!(%folder, megabytes = room.free / 1_000_000, "the disk is nearly full; free some space");
        }
        well = tried.is_ok();
        tokio::select! {
            () = until_next_try(&system, well) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Which of the disks that are written has hardly any room, and how much: that of the data folder, of the data file, of the backups.
pub fn scarce(settings: &Settings) -> Option<(PathBuf, Room)> {
    let file = data_file(settings).ok().map(|file| above(&file));
    let folders = [Some(settings.data.clone()), file, Some(settings.backup_folder())];
    let mut rooms = folders
        .into_iter()
        .flatten()
        .filter_map(|folder| Room::of(&folder).map(|room| (folder, room)));
    rooms.find(|(_, room)| room.free < SCARCE)
}

/// Waits until it is time to try again: at once where somebody else's writing has failed meanwhile.
async fn until_next_try(system: &System, well: bool) {
    let begun = Instant::now();
    loop {
        tokio::time::sleep(TRYING_AGAIN).await;
        if !well || system.store.trouble().is_some() || begun.elapsed() >= TRYING {
            return;
        }
    }
}
