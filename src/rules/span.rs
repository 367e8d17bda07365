//! Lengths of time as rules write them: "7 days", "2 weeks", "48 hours".

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A number of units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span {
    /// How many.
    pub amount: u32,
    /// Of what.
    pub unit: Unit,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// 60 minutes that pass.
    Hours,
    /// Days of the calendar.
    Days,
    /// Seven days each.
    Weeks,
    /// Months of the calendar; the last day where a month has no such day.
    Months,
    /// Twelve months each.
    Years,
}

/// Why a text is no length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is not a length of time; write a whole number and hours, days, weeks, months or years, for example \"7 days\", at most ten years"
)]
pub struct BadSpan(String);

const UNITS: [(Unit, &str, u32); 5] = [
    (Unit::Hours, "hours", 87_600),
    (Unit::Days, "days", 3_660),
    (Unit::Weeks, "weeks", 520),
    (Unit::Months, "months", 120),
    (Unit::Years, "years", 10),
];

impl Unit {
    /// The unit's word, in the plural.
    pub fn word(self) -> &'static str {
        UNITS.iter().find(|(unit, ..)| *unit == self).map_or("", |(_, word, _)| word)
    }
}

impl FromStr for Span {
    type Err = BadSpan;

    fn from_str(text: &str) -> Result<Self, BadSpan> {
        let bad = || BadSpan(text.to_owned());
        let (amount, unit) = text.trim().split_once(' ').ok_or_else(bad)?;
        let amount: u32 = amount.parse().map_err(|_| bad())?;
        let unit = unit.trim();
        let known = UNITS.iter().find(|(_, word, _)| unit == *word || unit == &word[..word.len() - 1]);
        match known {
            Some((unit, _, most)) if amount <= *most => Ok(Self { amount, unit: *unit }),
            _ => Err(bad()),
        }
    }
}

impl TryFrom<String> for Span {
    type Error = BadSpan;

    fn try_from(text: String) -> Result<Self, BadSpan> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.unit.word();
        write!(
            f,
            "{} {}",
            self.amount,
            if self.amount == 1 { &word[..word.len() - 1] } else { word }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_a_number_and_a_unit() {
        assert_eq!(
            "7 days".parse(),
            Ok(Span {
                amount: 7,
                unit: Unit::Days
            })
        );
        assert_eq!(
            "1 month".parse(),
            Ok(Span {
                amount: 1,
                unit: Unit::Months
            })
        );
        assert_eq!("48 hours".parse::<Span>().unwrap().to_string(), "48 hours");
    }

    #[test]
    fn what_nobody_can_mean_is_refused() {
        for text in [
            "",
            "days",
            "7",
            "7 fortnights",
            "-1 days",
            "7days",
            "99999999999 days",
            "4000 days",
            "1.5 days",
        ] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }
}
