//! A moment as a person entered it: wall-clock text and zone beside the instant it names.

use chrono::{DateTime, Datelike, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// An instant, together with the wall clock it was entered as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// The instant.
    pub at: DateTime<Utc>,
    /// What was entered, for example `2026-11-24 10:00`.
    pub wall: String,
    /// The zone it was entered in.
    pub zone: Tz,
}

/// Why a text names no moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadMoment {
    /// Not of the form at all.
    #[error("\"{0}\" is not a date and a time")]
    Form(String),
    /// The calendar has no such day.
    #[error("{0} does not exist in the calendar")]
    NoSuchDay(String),
    /// The clock has no such time.
    #[error("{0} is not a time of day")]
    NoSuchTime(String),
    /// No person means that year.
    #[error("the year {0} cannot be meant")]
    Year(i32),
    /// Skipped when the clock springs forward.
    #[error("{0} does not exist: the clock springs forward over it that night")]
    Skipped(String),
    /// Happens twice when the clock falls back.
    #[error("{0} happens twice that night: the clock falls back. Add the offset, for example \"{0}+01:00\"")]
    Twice(String),
}

impl Moment {
    /// Reads `2026-11-24 10:00` (or with `T`, seconds, an offset such as `+01:00` or `Z`) on the clocks of `zone`.
    pub fn parse(text: &str, zone: Tz) -> Result<Self, BadMoment> {
        let wall = text.trim().replace('T', " ");
        if let Some(at) = with_offset(&wall) {
            sane_year(at.year())?;
            return Ok(Self {
                at,
                wall: text.trim().to_owned(),
                zone,
            });
        }
        let naive = naive(&wall)?;
        let at = match zone.from_local_datetime(&naive) {
            LocalResult::Single(local) => local.with_timezone(&Utc),
            LocalResult::Ambiguous(..) => return Err(BadMoment::Twice(wall)),
            LocalResult::None => return Err(BadMoment::Skipped(wall)),
        };
        Ok(Self { at, wall, zone })
    }

    /// The wall clock at that instant.
    pub fn local(&self) -> NaiveDateTime {
        self.at.with_timezone(&self.zone).naive_local()
    }
}

fn with_offset(wall: &str) -> Option<DateTime<Utc>> {
    ["%Y-%m-%d %H:%M%#z", "%Y-%m-%d %H:%M:%S%#z", "%Y-%m-%d %H:%M:%S%.f%#z"]
        .iter()
        .find_map(|form| DateTime::parse_from_str(wall, form).ok())
        .map(|at| at.with_timezone(&Utc))
        .or_else(|| wall.strip_suffix('Z').and_then(|bare| naive(bare).ok()).map(|n| n.and_utc()))
}

fn naive(wall: &str) -> Result<NaiveDateTime, BadMoment> {
    let (day, time) = wall.split_once(' ').ok_or_else(|| BadMoment::Form(wall.to_owned()))?;
    let day = parse_day(day)?;
    let time = ["%H:%M", "%H:%M:%S"]
        .iter()
        .find_map(|form| NaiveTime::parse_from_str(time, form).ok())
        .ok_or_else(|| BadMoment::NoSuchTime(time.to_owned()))?;
    Ok(day.and_time(time))
}

/// Reads a calendar day, `2026-11-24`.
pub fn parse_day(text: &str) -> Result<NaiveDate, BadMoment> {
    let parts: Vec<&str> = text.trim().split('-').collect();
    let [year, month, day] = parts[..] else {
        return Err(BadMoment::Form(text.to_owned()));
    };
    // Rust's own parsing takes a sign, too: `+1` is no month.
    if !parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(BadMoment::Form(text.to_owned()));
    }
    let (Ok(y), Ok(m), Ok(d)) = (year.parse(), month.parse(), day.parse()) else {
        return Err(BadMoment::Form(text.to_owned()));
    };
    if year.len() != 4 {
        return Err(BadMoment::Form(text.to_owned()));
    }
    sane_year(y)?;
    NaiveDate::from_ymd_opt(y, m, d).ok_or_else(|| BadMoment::NoSuchDay(text.to_owned()))
}

fn sane_year(year: i32) -> Result<(), BadMoment> {
    if (1990..=2200).contains(&year) {
        Ok(())
    } else {
        Err(BadMoment::Year(year))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: Tz = chrono_tz::Europe::Belgrade;

    fn parsed(text: &str) -> Result<String, BadMoment> {
        Moment::parse(text, ZONE).map(|m| m.at.to_rfc3339())
    }

    #[test]
    fn a_wall_clock_becomes_an_instant_in_winter_and_in_summer() {
        assert_eq!(parsed("2026-11-24 10:00").unwrap(), "2026-11-24T09:00:00+00:00");
        assert_eq!(parsed("2026-07-01T10:00:00").unwrap(), "2026-07-01T08:00:00+00:00");
    }

    #[test]
    fn an_offset_decides_the_hour_that_happens_twice() {
        assert!(matches!(parsed("2026-10-25 02:30"), Err(BadMoment::Twice(_))));
        assert_eq!(parsed("2026-10-25 02:30+02:00").unwrap(), "2026-10-25T00:30:00+00:00");
        assert_eq!(parsed("2026-10-25 02:30+01:00").unwrap(), "2026-10-25T01:30:00+00:00");
        assert_eq!(parsed("2026-10-25T01:30:00Z").unwrap(), "2026-10-25T01:30:00+00:00");
    }

    #[test]
    fn days_and_hours_that_do_not_exist_are_named() {
        assert!(matches!(parsed("2026-09-31 10:00"), Err(BadMoment::NoSuchDay(_))));
        assert!(matches!(parsed("2027-03-28 02:30"), Err(BadMoment::Skipped(_))));
        assert!(matches!(parsed("2026-11-24 25:00"), Err(BadMoment::NoSuchTime(_))));
        assert!(matches!(parsed("nesër"), Err(BadMoment::Form(_))));
        assert!(matches!(parsed("2026-+1-+2 10:00"), Err(BadMoment::Form(_))));
        assert!(matches!(parsed("0026-11-24 10:00"), Err(BadMoment::Year(26))));
        assert!(matches!(parsed("9026-11-24 10:00Z"), Err(BadMoment::Year(9026))));
    }
}
