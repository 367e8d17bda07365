//! Finds what is wrong, while Kasnec runs or not, and even when the data cannot be opened; says what it means and what to do.

mod local;
mod remote;
mod work;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::backup::data_file;
use crate::clock::Clock;
use crate::settings::Settings;
use crate::store::StoreError;
use crate::store::backup::{Depth, inspect};
use crate::system::System;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Something does not work, or will not soon.
    Wrong,
    /// It works, and should be looked at.
    Warning,
    /// It is well.
    Ok,
}

/// What was found about one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How grave it is.
    pub level: Level,
    /// What was looked at.
    pub check: String,
    /// What was seen, and what it means.
    pub what: String,
    /// What to do, where something is to be done.
    pub next_step: Option<String>,
}

impl Finding {
    fn ok(check: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            level: Level::Ok,
            check: check.into(),
            what: what.into(),
            next_step: None,
        }
    }

    fn warning(check: impl Into<String>, what: impl Into<String>, next_step: impl Into<String>) -> Self {
        Self {
            level: Level::Warning,
            next_step: Some(next_step.into()),
            ..Self::ok(check, what)
        }
    }

    /// Something that does not work.
    pub fn wrong(check: impl Into<String>, what: impl Into<String>, next_step: impl Into<String>) -> Self {
        Self {
            level: Level::Wrong,
            ..Self::warning(check, what, next_step)
        }
    }
}

/// Looks at everything that can be looked at; the grave first.
pub async fn examine(settings: &Settings, clock: Arc<dyn Clock>) -> Vec<Finding> {
    let mut found = local::findings(settings, clock.now());
    let (store, openable) = data(settings, &*clock).await;
    found.extend(store);
    found.extend(local::backups(settings, clock.now()).await);
    let key = local::key(settings);
    let may_open = openable && key.level != Level::Wrong;
    found.push(key);
    if may_open {
        match System::open(settings.clone(), clock).await {
            Ok(system) => {
                super::time::settle(&system).await;
                found.extend(
                    system
                        .clock
                        .doubt()
                        .map(|doubt| Finding::wrong("clock", doubt.what(), doubt.next_step())),
                );
                found.extend(work::findings(&system).await);
                found.extend(remote::findings(&system).await);
                system.store.close().await;
            }
            Err(error) => found.push(Finding::wrong(
                "start",
                format!("Kasnec cannot start: {error}. Nothing that lies behind could be looked at."),
                "Mend what the message names, then ask the doctor again.",
            )),
        }
    }
    found.sort_by_key(|finding| finding.level);
    found
}

/// What the data says of itself, and whether it makes sense to open it.
async fn data(settings: &Settings, clock: &dyn Clock) -> (Vec<Finding>, bool) {
    let Ok(file) = data_file(settings) else {
        return (
            vec![Finding::ok("data", "The data is in PostgreSQL, which looks after its own files.")],
            true,
        );
    };
    if let Err(error) = super::guard::look_before_opening(settings).await {
        return (vec![unusable(settings, &error, clock.now())], false);
    }
    if !file.exists() {
        let what = format!("There is no data yet: {} does not exist.", file.display());
        let next = "If there was data, restore a backup (kasnec restore FILE); else the first command makes it.";
        return (vec![Finding::warning("data", what, next)], false);
    }
    match inspect(&file, Depth::Full).await {
        Ok(contents) => {
            let whole = Finding::ok(
                "data",
                format!("Every page of {} fits, and its tables are of this version.", file.display()),
            );
            (vec![whole, work::clock_against(contents.newest, clock.now())], true)
        }
        Err(error) => (
            vec![unusable(settings, &error, clock.now())],
            !matches!(error, StoreError::Damaged(_)),
        ),
    }
}

fn unusable(settings: &Settings, error: &StoreError, now: DateTime<Utc>) -> Finding {
    let next = match error {
        StoreError::Damaged(_) => super::guard::way_out(settings, now),
        StoreError::Full => "Free some space on the disk; Kasnec goes on by itself.".to_owned(),
        StoreError::Disk(_) => {
            "Look at the machine's log for the disk's errors, and for a quota of the user that Kasnec runs as.".to_owned()
        }
        StoreError::ReadOnly(_) | StoreError::Unreachable(_) => "Give the user that Kasnec runs as the right to write there.".to_owned(),
        _ => "If it stays so, stop Kasnec and ask again.".to_owned(),
    };
    Finding::wrong("data", format!("{error}. Nothing can be queued or published."), next)
}

/// What the store answers, or the finding that it does not.
async fn told<T>(check: &str, asked: impl Future<Output = Result<T, StoreError>>) -> Result<T, Finding> {
    asked
        .await
        .map_err(|error| Finding::wrong(check, format!("It could not be asked: {error}."), "See what is said of the data."))
}
