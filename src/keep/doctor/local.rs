//! What can be seen on this machine without opening the store: folder, disk, configuration, holidays, key, backups, worker.

use std::path::Path;

use chrono::{DateTime, Datelike, Utc};

use super::Finding;
use crate::deliver::WorkerLock;
use crate::keep::backup::{data_file, lock_folder};
use crate::keep::disk::Room;
use crate::keep::folder;
use crate::settings::Settings;
use crate::store::backup::{Depth, inspect_still};
use crate::system::Data;

/// With less than this a day's notices may not fit.
const NO_ROOM: u64 = 50_000_000;

/// The folder, the disk, the data the program works by, and whether somebody works.
pub fn findings(settings: &Settings, now: DateTime<Utc>) -> Vec<Finding> {
    let mut found = vec![folder_writable(&settings.data)];
    found.extend(open_to_others(&settings.data));
    found.extend(Room::of(&settings.data).map(room));
    match Data::read(settings) {
        Ok(data) => {
            found.push(Finding::ok(
                "configuration",
                "The configuration, kinds, rules, manifests and templates can be read, and fit each other.",
            ));
            found.extend(holidays(&data, now));
        }
        Err(error) => found.push(Finding::wrong(
            "configuration",
            format!("Kasnec will not start again with this: {error}."),
            "Mend what the message names; `kasnec config check` says where each value comes from.",
        )),
    }
    found.extend(worker(settings));
    found
}

/// A folder that other users of the machine may look into: the key lies there.
#[cfg(unix)]
fn open_to_others(folder: &Path) -> Option<Finding> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(folder).ok()?.permissions().mode();
    (mode & 0o077 != 0).then(|| {
        let shown = folder.display();
        let what = format!("Other users of this machine may look into {shown}, where the key and the data are.");
        Finding::warning("folder", what, format!("chmod 700 {shown}"))
    })
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) -> Option<Finding> {
    None
}

fn folder_writable(folder: &Path) -> Finding {
    let probe = folder.join(".kasnec-doctor");
    let tried = std::fs::write(&probe, "kasnec").and_then(|()| std::fs::remove_file(&probe));
    let shown = folder.display();
    match tried {
        Ok(()) => Finding::ok("folder", format!("{shown} can be written.")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Finding::warning(
            "folder",
            format!("{shown} does not exist yet."),
            "The first command makes it. If there was one, look whether its disk is mounted and whether you stand in the right folder.",
        ),
        Err(error) => Finding::wrong(
            "folder",
            format!("{shown} cannot be written ({error}): nothing can be queued or published."),
            "Free some space, or give the user that Kasnec runs as the right to write there.",
        ),
    }
}

fn room(room: Room) -> Finding {
    let (free, percent) = (room.free / 1_000_000, (room.free * 100).checked_div(room.total).unwrap_or(100));
    let what = format!("{free} MB ({percent} %) of the disk are free.");
    let next = "Free some space: old backups, logs, or a larger disk.";
    match room.free {
        ..NO_ROOM => Finding::wrong(
            "disk",
            format!("{what} Soon nothing can be stored, and so nothing published."),
            next,
        ),
        _ if percent < 10 => Finding::warning("disk", format!("{what} No backups are made below a tenth."), next),
        _ => Finding::ok("disk", what),
    }
}

/// A deadline counted in working days needs the holidays of its year.
fn holidays(data: &Data, now: DateTime<Utc>) -> Vec<Finding> {
    data.offices
        .values()
        .map(|config| {
            let (id, year) = (&config.office.id, now.with_timezone(&config.office.zone).year());
            let calendar = data.rules.calendar(&config.settings.rules);
            let next = |year: i32| format!("Write rules/holidays/…-{year}.toml (docs/RULES.md) into the folder of [folders] rules.");
            if !calendar.is_written(year) {
                let what = format!("The holidays of {year} are not written: deadlines of {id} in working days are counted without them.");
                Finding::wrong("holidays", what, next(year))
            } else if calendar.is_written(year + 1) {
                Finding::ok("holidays", format!("The holidays of {year} and {} are known for {id}.", year + 1))
            } else {
                let what = format!(
                    "The holidays of {} are not written: deadlines of {id} after the turn of the year are counted without them.",
                    year + 1
                );
                Finding::warning("holidays", what, next(year + 1))
            }
        })
        .collect()
}

/// On one data file one worker; on PostgreSQL they are on any machine, and the queue says whether they work.
fn worker(settings: &Settings) -> Option<Finding> {
    let worked_on = data_file(settings).ok().filter(|file| file.exists())?;
    Some(match WorkerLock::take(&lock_folder(settings)) {
        Err(_) => Finding::ok("worker", "A worker is at work."),
        Ok(_) => Finding::warning(
            "worker",
            format!("Nobody works on {}: what is due is not published.", worked_on.display()),
            "Start `kasnec serve` (or `kasnec worker`), and let the machine start it by itself.",
        ),
    })
}

/// Whether the key of the secrets is there, and for its owner alone.
pub fn key(settings: &Settings) -> Finding {
    let key = settings.data.join("key");
    let shown = key.display();
    if !key.exists() {
        return Finding::wrong(
            "key",
            format!(
                "{shown} is not there: no password or token in the data can be opened, and with a new key each channel must be connected again."
            ),
            "Put the key back from where you keep it. Start nothing before: a start makes a new one. (On a machine without data yet that is right.)",
        );
    }
    #[cfg(unix)]
    if let Ok(told) = std::fs::metadata(&key)
        && std::os::unix::fs::PermissionsExt::mode(&told.permissions()) & 0o077 != 0
    {
        return Finding::warning(
            "key",
            format!("{shown} can be read by other users of this machine."),
            format!("chmod 600 {shown}"),
        );
    }
    Finding::ok("key", format!("{shown} is there, for its owner alone."))
}

/// How old the last backup is, and whether it can be used.
pub async fn backups(settings: &Settings, now: DateTime<Utc>) -> Vec<Finding> {
    if data_file(settings).is_err() {
        let next = "See that pg_dump runs daily: `kasnec backup` says how.";
        return vec![Finding::warning("backup", "Kasnec does not see the backups of PostgreSQL.", next)];
    }
    let place = settings.backup_folder();
    let next = format!(
        "kasnec backup; and see why there is none: the log, the room on the disk, [backup] in {}",
        "kasnec.toml"
    );
    let Some(newest) = folder::newest(&place, now) else {
        let what = format!("There is no backup in {}.", place.display());
        return vec![Finding::warning("backup", what, next)];
    };
    if let Err(error) = inspect_still(&newest.file, Depth::Quick).await {
        let what = format!("The last backup, {}, is of no use: {error}.", newest.file.display());
        return vec![Finding::wrong(
            "backup",
            what,
            "Make a new one at once (kasnec backup), and look at the disk.",
        )];
    }
    let days = (now - newest.at).num_days();
    let what = format!("The last backup is {days} day(s) old, and can be used: {}.", newest.file.display());
    vec![match days {
        ..2 => Finding::ok("backup", what),
        2..8 => Finding::warning("backup", what, next),
        _ => Finding::wrong("backup", what, next),
    }]
}
