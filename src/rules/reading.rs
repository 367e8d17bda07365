//! A reading: one way in which the time a rule gives may be counted.

use chrono::{Datelike, NaiveDate, NaiveTime, Weekday};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::calendar::{Calendar, DayOff};
use super::span::Span;
use crate::receipt::words::words;

/// Whether time is counted back from the anchor or on from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Before the anchor.
    Before,
    /// After it.
    After,
}

/// How days are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Count {
    /// Neither the day of publication nor the day of the event counts.
    Clear,
    /// Whole days of the calendar, until the end of the last one.
    Calendar,
    /// The same, of working days only.
    Working,
    /// The same time on the clock so many days away; hours are hours that pass.
    Elapsed,
}

/// Days that do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Exclude {
    /// Saturdays.
    Saturdays,
    /// Sundays.
    Sundays,
    /// The calendar's weekends.
    Weekends,
    /// The calendar's holidays.
    Holidays,
}

/// Where a deadline on a day off goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Roll {
    /// Nowhere.
    #[default]
    None,
    /// To the end of the working day before.
    Earlier,
    /// To the end of the working day after.
    Later,
}

words! {
    /// How sure it is that the law says so.
    Certainty {
        /// Read in the law itself.
        Verified = "verified",
        /// The municipality's own plan says so.
        Plan = "plan",
        /// Not confirmed: it only warns.
        Unverified = "unverified",
    }
}

/// One way of counting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// How days are counted.
    pub count: Count,
    /// Another length than the rule's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Span>,
    /// Days that do not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<Exclude>,
    /// Where a deadline on a day off goes.
    #[serde(default)]
    pub roll: Roll,
    /// The hour after which a day is over.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "hour",
        serialize_with = "written"
    )]
    pub cutoff: Option<NaiveTime>,
    /// How sure it is, if not as sure as the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certainty: Option<Certainty>,
    /// Where it stands, if not where the rule stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What there is to say of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Reading {
    /// Whether some days do not count.
    pub(super) fn excludes(&self) -> bool {
        self.count == Count::Working || !self.exclude.is_empty()
    }

    /// Whether it cannot be counted without a calendar.
    pub(super) fn needs_calendar(&self) -> bool {
        let named = |exclude: &Exclude| matches!(exclude, Exclude::Weekends | Exclude::Holidays);
        self.count == Count::Working || self.roll != Roll::None || self.exclude.iter().any(named)
    }

    /// Whether that day does not count.
    pub(super) fn skips(&self, day: NaiveDate, calendar: &Calendar) -> bool {
        let weekday = day.weekday();
        let working = self.count == Count::Working;
        (working && !calendar.is_working_day(day))
            || self.exclude.iter().any(|exclude| match exclude {
                Exclude::Saturdays => weekday == Weekday::Sat,
                Exclude::Sundays => weekday == Weekday::Sun,
                Exclude::Weekends => calendar.is_weekend(day),
                Exclude::Holidays => calendar.is_holiday(day),
            })
    }

    /// Why that day does not count.
    pub(super) fn why(&self, day: NaiveDate, calendar: &Calendar) -> DayOff {
        let holidays = self.count == Count::Working || self.exclude.contains(&Exclude::Holidays);
        let holiday = holidays.then(|| calendar.holiday(day)).flatten();
        holiday.unwrap_or(DayOff::Weekend)
    }
}

fn hour<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveTime>, D::Error> {
    let text = String::deserialize(deserializer)?;
    NaiveTime::parse_from_str(&text, "%H:%M")
        .map(Some)
        .map_err(|_| serde::de::Error::custom(format!("\"{text}\" is not an hour of the day; write for example \"16:00\"")))
}

#[allow(clippy::ref_option, reason = "serde hands the field over like this")]
fn written<S: Serializer>(hour: &Option<NaiveTime>, serializer: S) -> Result<S::Ok, S::Error> {
    match hour {
        Some(hour) => serializer.serialize_str(&hour.format("%H:%M").to_string()),
        None => serializer.serialize_none(),
    }
}
