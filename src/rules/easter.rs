//! Easter Sunday of both churches.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// Whose Easter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Church {
    /// By the Gregorian calendar.
    Western,
    /// By the Julian calendar, given as the Gregorian day.
    Orthodox,
}

/// Easter Sunday of a year from 1900 to 2199.
pub fn easter(year: i32, church: Church) -> Option<NaiveDate> {
    match church {
        Church::Western => western(year),
        Church::Orthodox => orthodox(year),
    }
}

/// The Sunday after the first full moon of spring: the moon's age comes from the 19-year cycle, corrected by century.
fn western(year: i32) -> Option<NaiveDate> {
    let (golden, century, rest) = (year % 19, year / 100, year % 100);
    let moon = (19 * golden + century - century / 4 - (8 * century + 13) / 25 + 15) % 30;
    let to_sunday = (32 + 2 * (century % 4) + 2 * (rest / 4) - moon - rest % 4).rem_euclid(7);
    let too_late = (golden + 11 * moon + 22 * to_sunday) / 451;
    day(year, moon + to_sunday - 7 * too_late + 114)
}

/// The same on the Julian calendar, whose days come 13 days later in these centuries.
fn orthodox(year: i32) -> Option<NaiveDate> {
    let moon = (19 * (year % 19) + 15) % 30;
    let to_sunday = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7;
    day(year, moon + to_sunday + 114)?.checked_add_days(Days::new(13))
}

/// 114 is 22 March counted as months of 31 days.
fn day(year: i32, days: i32) -> Option<NaiveDate> {
    let month = u32::try_from(days / 31).ok()?;
    NaiveDate::from_ymd_opt(year, month, u32::try_from(days % 31).ok()? + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_of_both_churches_falls_where_it_fell() {
        for (year, western, orthodox) in [
            (2016, "2016-03-27", "2016-05-01"),
            (2018, "2018-04-01", "2018-04-08"),
            (2024, "2024-03-31", "2024-05-05"),
            (2025, "2025-04-20", "2025-04-20"),
            (2026, "2026-04-05", "2026-04-12"),
            (2027, "2027-03-28", "2027-05-02"),
            (2028, "2028-04-16", "2028-04-16"),
            (2038, "2038-04-25", "2038-04-25"),
        ] {
            assert_eq!(easter(year, Church::Western).unwrap().to_string(), western);
            assert_eq!(easter(year, Church::Orthodox).unwrap().to_string(), orthodox);
        }
    }
}
