//! The daily backup: at a quiet hour, or at the next start if the machine was off then.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use tokio::sync::watch;

use super::{KeepError, backup::Made};
use super::{backup, folder};
use crate::system::System;

/// How often it is asked whether one is due. A timer until the hour would trust a clock that may jump.
const LOOKING: Duration = Duration::from_secs(30);
/// After one that failed.
const RESTING: Duration = Duration::from_mins(30);

/// Makes the daily backups until `stop` turns true. A start has other things to do first.
pub async fn keep_backups(system: Arc<System>, mut stop: watch::Receiver<bool>) {
    let mut pause = LOOKING;
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        pause = match if_due(&system).await {
            Ok(None) => LOOKING,
            Ok(Some(made)) => {
                tracing::info!(file = %made.file.display(), bytes = made.bytes, "the daily backup is made and was read again");
                LOOKING
            }
            Err(error) => {
                tracing::error!(%error, "ALARM: the daily backup could not be made; it is tried again in half an hour");
                RESTING
            }
        };
    }
}

/// Makes the daily backup if it is due, and removes the ones that are superfluous then.
pub async fn if_due(system: &System) -> Result<Option<Made>, KeepError> {
    let settings = &system.settings;
    let Some(data) = system.store.data_file().filter(|_| settings.backup.keep_daily > 0) else {
        return Ok(None);
    };
    let now = system.clock.now();
    let newest = folder::newest(&settings.backup_folder(), now).map(|backup| backup.at);
    if !data.exists() || !is_due(now, zone(system), settings.backup.at, newest) {
        return Ok(None);
    }
    let made = backup::make(settings, &settings.backup_folder(), now, false).await?;
    backup::thin_out(settings, now);
    Ok(Some(made))
}

fn zone(system: &System) -> Tz {
    system.offices.values().next().map_or(Tz::UTC, |config| config.office.zone)
}

/// Whether the hour has come since the newest one.
fn is_due(now: DateTime<Utc>, zone: Tz, at: NaiveTime, newest: Option<DateTime<Utc>>) -> bool {
    newest.is_none_or(|newest| newest < last_hour(now, zone, at))
}

/// The last time at which a backup was to be made.
fn last_hour(now: DateTime<Utc>, zone: Tz, at: NaiveTime) -> DateTime<Utc> {
    let today = now.with_timezone(&zone).date_naive();
    let hours = today.pred_opt().into_iter().chain([today]).map(|day| {
        let told = zone.from_local_datetime(&day.and_time(at)).earliest();
        // The hour that a night in spring leaves out: an hour later there is one.
        let told = told.or_else(|| {
            zone.from_local_datetime(&(day.and_time(at) + chrono::Duration::hours(1)))
                .earliest()
        });
        told.map_or(DateTime::<Utc>::MIN_UTC, |told| told.with_timezone(&Utc))
    });
    hours.filter(|hour| *hour <= now).max().unwrap_or(DateTime::<Utc>::MIN_UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(now: &str, newest: Option<&str>) -> bool {
        let newest = newest.map(|at| at.parse().unwrap());
        is_due(
            now.parse().unwrap(),
            chrono_tz::Europe::Belgrade,
            NaiveTime::from_hms_opt(2, 30, 0).unwrap(),
            newest,
        )
    }

    #[test]
    fn one_is_due_once_after_its_hour_on_the_offices_clock() {
        assert!(due("2026-11-22T12:00:00Z", None));
        assert!(!due("2026-11-22T01:29:00Z", Some("2026-11-21T01:31:00Z")));
        assert!(due("2026-11-22T01:30:00Z", Some("2026-11-21T01:31:00Z")));
        assert!(!due("2026-11-22T23:00:00Z", Some("2026-11-22T01:30:00Z")));
    }

    #[test]
    fn one_that_was_missed_is_due_whenever_the_machine_is_on_again() {
        assert!(due("2026-11-22T09:00:00Z", Some("2026-11-15T01:30:00Z")));
    }

    #[test]
    fn a_night_without_that_hour_has_one_and_a_night_with_two_has_one() {
        assert!(due("2026-03-29T01:30:00Z", Some("2026-03-28T01:30:00Z")));
        assert!(!due("2026-03-29T12:00:00Z", Some("2026-03-29T01:30:00Z")));
        assert!(due("2026-10-25T00:31:00Z", Some("2026-10-24T00:30:00Z")));
        assert!(!due("2026-10-25T01:31:00Z", Some("2026-10-25T00:31:00Z")));
    }
}
