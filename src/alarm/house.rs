//! Alarms about the house itself: the database, the disk, the backups, the clock. Each machine has its own.

use chrono::Duration;

use crate::keep::{folder, guard};
use crate::receipt::AlarmKind;
use crate::store::StoreError;
use crate::store::alarms::{Cause, Detail};
use crate::system::System;

/// A daily backup may be a day late: the machine was off.
const OLD: Duration = Duration::days(2);

/// What is wrong with the house.
pub async fn causes(system: &System, office: &str) -> Result<Vec<Cause>, StoreError> {
    let mut causes = Vec::new();
    let cause = |kind, note| cause(system, kind, note);
    causes.extend(system.store.trouble().map(|error| cause(AlarmKind::Store, error.to_string())));
    let scarce = guard::scarce(&system.settings);
    causes.extend(scarce.map(|(folder, room)| {
        let note = format!("{} MB are free at {}.", room.free / 1_000_000, folder.display());
        cause(AlarmKind::Disk, note)
    }));
    causes.extend(backup(system, office).await?);
    causes.extend(system.clock.doubt().map(|doubt| cause(AlarmKind::Clock, doubt.what())));
    Ok(causes)
}

/// No recent backup, where backups are made by themselves and there is anything that is older.
async fn backup(system: &System, office: &str) -> Result<Option<Cause>, StoreError> {
    let settings = &system.settings;
    if settings.backup.keep_daily == 0 || system.store.data_file().is_none() {
        return Ok(None);
    }
    let now = system.clock.now();
    let newest = folder::newest(&settings.backup_folder(), now);
    let since = match &newest {
        Some(backup) => backup.at,
        None => system.store.register_since(office).await?,
    };
    if now - since < OLD {
        return Ok(None);
    }
    let folder = settings.backup_folder();
    let note = match newest {
        Some(backup) => format!("The last one is of {}.", backup.at.format("%Y-%m-%d %H:%M UTC")),
        None => format!("There is none in {}.", folder.display()),
    };
    Ok(Some(cause(system, AlarmKind::Backup, note)))
}

fn cause(system: &System, kind: AlarmKind, note: String) -> Cause {
    Cause {
        kind,
        about: String::new(),
        machine: system.machine.clone(),
        since: None,
        detail: Detail {
            note: Some(note),
            ..Detail::default()
        },
    }
}
