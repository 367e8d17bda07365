//! Periods: weeks, months, quarters, half-years, years.

use std::fmt;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use chrono_tz::Tz;
use serde::{Serialize, Serializer};

use super::rule::{Every, Length, value};
use crate::item::{Content, FactValue};

/// One period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    /// Its first day.
    pub first: NaiveDate,
    /// Its last day.
    pub last: NaiveDate,
    length: Length,
}

impl Period {
    /// The period in which that day lies.
    pub fn of(length: Length, day: NaiveDate) -> Option<Self> {
        let first = match length {
            Length::Week => day.week(Weekday::Mon).checked_first_day()?,
            Length::Month => day.with_day(1)?,
            Length::Quarter => part(day, 3)?,
            Length::HalfYear => part(day, 6)?,
            Length::Year => part(day, 12)?,
        };
        let next = match length.months() {
            Some(months) => first.checked_add_months(Months::new(months))?,
            None => first.checked_add_days(Days::new(7))?,
        };
        Some(Self {
            first,
            last: next.pred_opt()?,
            length,
        })
    }

    /// The one after it.
    pub fn next(self) -> Option<Self> {
        Self::of(self.length, self.last.succ_opt()?)
    }

    /// The `nth` part of a year, from 1 on.
    fn nth(length: Length, year: i32, nth: usize) -> Option<Self> {
        let months = u32::try_from(nth.checked_sub(1)?).ok()? * length.months()?;
        Self::of(
            length,
            NaiveDate::from_ymd_opt(year, 1, 1)?.checked_add_months(Months::new(months))?,
        )
    }

    /// Which part of its year it is, from 1 on.
    fn number(&self) -> u32 {
        match self.length.months() {
            Some(months) => self.first.month0() / months + 1,
            None => self.first.iso_week().week(),
        }
    }
}

impl Length {
    fn months(self) -> Option<u32> {
        match self {
            Self::Week => None,
            Self::Month => Some(1),
            Self::Quarter => Some(3),
            Self::HalfYear => Some(6),
            Self::Year => Some(12),
        }
    }
}

/// `2027`, `2027-H1`, `2027-Q3`, `2027-05`, `2027-W07`: sorts by time within one length.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, number) = (self.first.year(), self.number());
        match self.length {
            Length::Year => write!(f, "{year}"),
            Length::HalfYear => write!(f, "{year}-H{number}"),
            Length::Quarter => write!(f, "{year}-Q{number}"),
            Length::Month => write!(f, "{year}-{number:02}"),
            Length::Week => write!(f, "{}-W{number:02}", self.first.iso_week().year()),
        }
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Every {
    /// The periods that end on `from` or later and begin on `until` or earlier.
    pub fn periods(&self, from: NaiveDate, until: NaiveDate) -> impl Iterator<Item = Period> {
        let first = Period::of(self.period, from);
        std::iter::successors(first, |period| period.next()).take_while(move |period| period.first <= until)
    }

    /// The period that an item belongs to: the one its facts name, or that in which it was public first.
    pub fn period_of(&self, content: &Content, public: Option<NaiveDate>, zone: Tz) -> Option<Period> {
        if let Some(year) = &self.year {
            let year = value(content, year)?.parse().ok()?;
            let nth = match &self.part {
                None => 1,
                Some(part) => {
                    let named = value(content, part)?;
                    self.parts.iter().position(|part| *part == named)? + 1
                }
            };
            return Period::nth(self.period, year, nth);
        }
        let day = match &self.on {
            None => public,
            Some(fact) => match content.facts.get(fact)? {
                FactValue::Instant(moment) => Some(moment.at.with_timezone(&zone).date_naive()),
                FactValue::Date(day) => Some(*day),
                _ => None,
            },
        };
        Period::of(self.period, day?)
    }

    /// Whether an item is of `name` in the office's list, in whichever language it says so.
    pub fn is_of(&self, content: &Content, name: &str) -> bool {
        let Some(said) = self.fact.as_ref().and_then(|fact| content.facts.get(fact)) else {
            return false;
        };
        match said {
            FactValue::Choice(text) | FactValue::Text(text) => text == name,
            FactValue::Texts(texts) => texts.0.values().any(|text| text == name),
            _ => false,
        }
    }
}

fn part(day: NaiveDate, months: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(day.year(), day.month0() / months * months + 1, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(length: Length, day: &str) -> String {
        let period = Period::of(length, day.parse().unwrap()).unwrap();
        format!("{period} {} {}", period.first, period.last)
    }

    #[test]
    fn a_day_lies_in_one_period_of_each_length() {
        assert_eq!(of(Length::Year, "2028-02-29"), "2028 2028-01-01 2028-12-31");
        assert_eq!(of(Length::HalfYear, "2027-06-30"), "2027-H1 2027-01-01 2027-06-30");
        assert_eq!(of(Length::HalfYear, "2027-07-01"), "2027-H2 2027-07-01 2027-12-31");
        assert_eq!(of(Length::Quarter, "2027-05-15"), "2027-Q2 2027-04-01 2027-06-30");
        assert_eq!(of(Length::Month, "2028-02-29"), "2028-02 2028-02-01 2028-02-29");
        assert_eq!(of(Length::Week, "2027-01-03"), "2026-W53 2026-12-28 2027-01-03");
    }
}
