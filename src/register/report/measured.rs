//! What is measured beside being in time: how soon information, minutes, video, acts and answers came.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use super::share::{Share, count, days, hours, median};
use super::tally::on_time;
use crate::receipt::words::words;
use crate::register::entry::{Entry, Standing};
use crate::rules::Measure;

/// A request for access is to be answered within so many days.
const ANSWER_DAYS: i64 = 7;

words! {
    /// What a measure counts in.
    Unit {
        /// Hours.
        Hours = "hours",
        /// Days of 24 hours.
        Days = "days",
    }
}

/// One measure over some entries.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// What is measured.
    pub measure: Measure,
    /// In what.
    pub unit: Unit,
    /// How many could be measured.
    pub of: Option<u32>,
    /// The time from the anchor until it was met, in the median.
    pub median: Option<f64>,
    /// Of those that had a time: met by the latest instant.
    pub on_time: Option<Share>,
    /// Of the requests: answered within seven calendar days, whatever extension they had.
    pub within_seven_days: Option<Share>,
}

impl Measured {
    /// Every measure there is, blank where nothing was measured.
    pub fn all(entries: &[&Entry], zone: Tz, now: DateTime<Utc>) -> Vec<Self> {
        Measure::ALL.iter().map(|measure| Self::of(*measure, entries, zone, now)).collect()
    }

    fn of(measure: Measure, entries: &[&Entry], zone: Tz, now: DateTime<Utc>) -> Self {
        let owed = entries.iter().copied().filter(|entry| entry.standing != Standing::Lifted);
        let entries: Vec<&Entry> = owed.filter(|entry| entry.measure == Some(measure)).collect();
        let spans = || entries.iter().filter_map(|entry| Some(entry.met_at? - entry.anchor_at?));
        let unit = if measure == Measure::Information { Unit::Hours } else { Unit::Days };
        Self {
            measure,
            unit,
            of: Some(count(spans())).filter(|many| *many > 0),
            median: median(spans().map(|span| if unit == Unit::Hours { hours(span) } else { days(span) })),
            on_time: on_time(&entries),
            within_seven_days: (measure == Measure::Answers).then(|| answered(&entries, zone, now)).flatten(),
        }
    }
}

fn answered(entries: &[&Entry], zone: Tz, now: DateTime<Utc>) -> Option<Share> {
    let soon = entries.iter().filter_map(|entry| is_soon(entry, zone, now));
    Share::of(soon, |soon| *soon)
}

/// Whether the answer came within seven days; `None` while they are not over.
fn is_soon(entry: &Entry, zone: Tz, now: DateTime<Utc>) -> Option<bool> {
    let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
    let waited = (day(entry.met_at.unwrap_or(now)) - day(entry.anchor_at?)).num_days();
    let in_time = waited <= ANSWER_DAYS;
    (entry.met_at.is_some() || !in_time).then_some(in_time)
}
