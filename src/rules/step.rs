//! How a deadline came about, step by step. Computing and explaining are one function: only the listener differs.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use super::calendar::DayOff;
use super::reading::{Direction, Reading};
use super::span::Span;

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "step")]
pub enum Step {
    /// What is counted from.
    Anchor {
        /// The fact, or `queued`, `published`, `period_start`, `period_end`.
        name: String,
        /// The office's clock then; midnight for a day.
        wall: NaiveDateTime,
        /// Whether it is a whole day.
        whole_day: bool,
    },
    /// Another period than the usual one holds, and why.
    Variant {
        /// `urgent` or `extension`.
        variant: Variant,
        /// Where that stands.
        source: String,
    },
    /// How the time is counted.
    Counted {
        /// How much.
        period: Span,
        /// Which way.
        direction: Direction,
        /// In which reading.
        reading: Reading,
    },
    /// A day that does not count.
    Skipped {
        /// The day.
        day: NaiveDate,
        /// Why.
        why: DayOff,
    },
    /// A year for which there is no calendar: its holidays are estimated.
    Estimated {
        /// The year.
        year: i32,
    },
    /// The deadline moved off a day on which nobody works.
    Rolled {
        /// From this day.
        from: NaiveDate,
        /// To this one.
        to: NaiveDate,
    },
    /// What comes after this hour counts as the next day's.
    CutOff {
        /// The hour.
        hour: NaiveTime,
    },
    /// What the reading comes to.
    By {
        /// The instant.
        at: DateTime<Utc>,
    },
}

/// Another period than the usual one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Variant {
    /// A shorter one.
    Urgent,
    /// A longer one.
    Extension,
}

/// Hears the steps.
pub trait Listener {
    /// One more step; it is made only if somebody listens.
    fn hear(&mut self, step: impl FnOnce() -> Step);
}

/// Nobody listens.
impl Listener for () {
    fn hear(&mut self, _: impl FnOnce() -> Step) {}
}

/// Every step is kept.
impl Listener for Vec<Step> {
    fn hear(&mut self, step: impl FnOnce() -> Step) {
        self.push(step());
    }
}
