//! Shares and medians. Of nothing there is neither: they are blank, never zero.

use chrono::TimeDelta;
use serde::ser::{Serialize, SerializeStruct, Serializer};

/// So many of so many; the whole is never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    part: u32,
    whole: u32,
}

impl Share {
    /// How many of `all` pass; `None` where there are none.
    pub fn of<T>(all: impl IntoIterator<Item = T>, passes: impl Fn(&T) -> bool) -> Option<Self> {
        let (mut part, mut whole) = (0_u32, 0_u32);
        for one in all {
            whole = whole.saturating_add(1);
            part = part.saturating_add(u32::from(passes(&one)));
        }
        (whole > 0).then_some(Self { part, whole })
    }

    /// How many pass.
    pub fn part(self) -> u32 {
        self.part
    }

    /// Of how many.
    pub fn whole(self) -> u32 {
        self.whole
    }

    /// In hundredths, to one decimal. Only all of them are 100, and only none of them 0.
    pub fn percent(self) -> f64 {
        let exact = f64::from(self.part) * 100.0 / f64::from(self.whole);
        let rounded = (exact * 10.0).round() / 10.0;
        match self.part {
            0 => 0.0,
            part if part == self.whole => 100.0,
            _ => rounded.clamp(0.1, 99.9),
        }
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Share", 3)?;
        out.serialize_field("part", &self.part)?;
        out.serialize_field("whole", &self.whole)?;
        out.serialize_field("percent", &self.percent())?;
        out.end()
    }
}

/// The middle one; between two, their mean.
pub fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = *values.get((values.len() - 1) / 2)?;
    Some(hundredths(f64::midpoint(lower, upper)))
}

/// How many there are.
pub fn count<T>(all: impl Iterator<Item = T>) -> u32 {
    all.fold(0, |many, _| many.saturating_add(1))
}

/// A span in hours.
pub fn hours(span: TimeDelta) -> f64 {
    span.as_seconds_f64() / 3_600.0
}

/// A span in days of 24 hours.
pub fn days(span: TimeDelta) -> f64 {
    hours(span) / 24.0
}

/// To two decimals, which is finer than anybody publishes.
pub fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
