//! An account's pace on the office's clock.

use chrono::{DateTime, Days, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::manifest::{Pace, Quiet};

/// The office's calendar day at an instant, as daily caps count it.
pub fn local_day(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).date_naive().to_string()
}

/// If `at` falls into the quiet hours, when they end.
pub fn quiet_until(pace: &Pace, at: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
    let Quiet::Daily(from, to) = pace.quiet else {
        return None;
    };
    let local = at.with_timezone(&zone).naive_local();
    let time = local.time();
    let (quiet, over_midnight) = if from <= to {
        (time >= from && time < to, false)
    } else {
        (time >= from || time < to, time >= from)
    };
    if !quiet {
        return None;
    }
    let day = if over_midnight {
        local.date().checked_add_days(Days::new(1))?
    } else {
        local.date()
    };
    zone.from_local_datetime(&day.and_time(to))
        .latest()
        .map(|end| end.with_timezone(&Utc))
}

/// The start of the next day on the office's clock.
pub(super) fn next_day(at: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
    let tomorrow = at.with_timezone(&zone).date_naive().succ_opt()?;
    zone.from_local_datetime(&tomorrow.and_time(NaiveTime::MIN))
        .earliest()
        .map(|start| start.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn quiet_hours_over_midnight_end_in_the_morning() {
        let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        let pace = Pace {
            quiet: Quiet::Daily(hour(22), hour(7)),
            ..Pace::default()
        };
        let zone = chrono_tz::Europe::Belgrade;
        assert_eq!(
            quiet_until(&pace, at("2026-11-22T21:30:00Z"), zone),
            Some(at("2026-11-23T06:00:00Z"))
        );
        assert_eq!(
            quiet_until(&pace, at("2026-11-22T03:00:00Z"), zone),
            Some(at("2026-11-22T06:00:00Z"))
        );
        assert_eq!(quiet_until(&pace, at("2026-11-22T12:00:00Z"), zone), None);
    }

    #[test]
    fn the_day_changes_at_local_midnight() {
        let zone = chrono_tz::Europe::Belgrade;
        assert_eq!(local_day(at("2026-11-22T23:30:00Z"), zone), "2026-11-23");
        assert_eq!(next_day(at("2026-11-22T23:30:00Z"), zone), Some(at("2026-11-23T23:00:00Z")));
    }
}
