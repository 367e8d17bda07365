//! Counting days, in every reading that a rule may carry.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// How the days of a rule are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reading {
    /// Neither the day of publication nor the day of the event counts.
    Clear,
    /// 24 hours of wall-clock time each.
    Elapsed,
    /// Whole days of the calendar: the day so many days on, until its end.
    Calendar,
}

/// The last instant at which a notice `days` before `anchor` is still in time.
pub fn before(anchor: NaiveDateTime, days: u32, reading: Reading, zone: Tz) -> Option<DateTime<Utc>> {
    let days = Days::new(u64::from(days));
    match reading {
        Reading::Clear => end_of(anchor.date().checked_sub_days(days)?.pred_opt()?, zone),
        Reading::Elapsed => instant(anchor.checked_sub_days(days)?, zone),
        Reading::Calendar => end_of(anchor.date().checked_sub_days(days)?, zone),
    }
}

/// The last instant at which a publication `days` after `anchor` is still in time.
pub fn after(anchor: NaiveDateTime, days: u32, reading: Reading, zone: Tz) -> Option<DateTime<Utc>> {
    let days = Days::new(u64::from(days));
    match reading {
        Reading::Elapsed => instant(anchor.checked_add_days(days)?, zone),
        Reading::Clear | Reading::Calendar => end_of(anchor.date().checked_add_days(days)?, zone),
    }
}

/// The end of a day: the instant at which the next one begins.
fn end_of(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    instant(day.succ_opt()?.and_time(NaiveTime::MIN), zone)
}

/// A wall clock's instant. Of an hour that happens twice the first is taken, of one that is skipped the moment of the jump: always the cautious side.
fn instant(wall: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    let found = zone.from_local_datetime(&wall).earliest();
    let found = found.or_else(|| zone.from_local_datetime(&wall.checked_sub_signed(TimeDelta::hours(1))?).latest());
    found.map(|local| local.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: Tz = chrono_tz::Europe::Belgrade;

    fn wall(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    fn local(at: Option<DateTime<Utc>>) -> String {
        at.unwrap().with_timezone(&ZONE).format("%Y-%m-%d %H:%M").to_string()
    }

    #[test]
    fn seven_clear_days_before_the_24th_end_with_the_16th() {
        assert_eq!(local(before(wall("2026-11-24 10:00"), 7, Reading::Clear, ZONE)), "2026-11-17 00:00");
    }

    #[test]
    fn elapsed_days_keep_the_wall_clock_over_a_change_of_the_clocks() {
        assert_eq!(
            local(before(wall("2026-10-28 10:00"), 7, Reading::Elapsed, ZONE)),
            "2026-10-21 10:00"
        );
        assert_eq!(
            local(before(wall("2027-04-01 10:00"), 7, Reading::Elapsed, ZONE)),
            "2027-03-25 10:00"
        );
    }

    #[test]
    fn an_hour_that_is_skipped_or_happens_twice_is_read_cautiously() {
        assert_eq!(
            local(before(wall("2027-04-04 02:30"), 7, Reading::Elapsed, ZONE)),
            "2027-03-28 01:30"
        );
        assert_eq!(
            before(wall("2026-11-01 02:30"), 7, Reading::Elapsed, ZONE).unwrap().to_rfc3339(),
            "2026-10-25T00:30:00+00:00"
        );
    }

    #[test]
    fn days_after_registration_end_with_the_last_of_them() {
        assert_eq!(
            local(after(wall("2026-11-01 00:00"), 15, Reading::Calendar, ZONE)),
            "2026-11-17 00:00"
        );
    }
}
