//! The course of a period, month by month.

use chrono::{Datelike, Months, NaiveDate};
use chrono_tz::Tz;
use serde::Serialize;

use super::share::count;
use crate::register::entry::{Entry, Standing};

/// What fell due in one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Month {
    /// Its first day.
    pub first: NaiveDate,
    /// What became of it; blank where nothing fell due.
    pub outcome: Option<Outcome>,
}

/// How many were met, late and not met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Met in time.
    pub met: u32,
    /// Met late.
    pub late: u32,
    /// Not met.
    pub overdue: u32,
}

impl Outcome {
    /// All of them.
    pub fn due(self) -> u32 {
        self.met.saturating_add(self.late).saturating_add(self.overdue)
    }
}

impl Month {
    /// Every month of the period, with what fell due in it.
    pub fn all(entries: &[&Entry], from: NaiveDate, to: NaiveDate, zone: Tz) -> Vec<Self> {
        let firsts = std::iter::successors(from.with_day(1), |first| first.checked_add_months(Months::new(1)));
        firsts
            .take_while(|first| *first <= to)
            .map(|first| Self::of(entries, first, zone))
            .collect()
    }

    fn of(entries: &[&Entry], first: NaiveDate, zone: Tz) -> Self {
        let due: Vec<&Entry> = entries
            .iter()
            .copied()
            .filter(|entry| entry.is_judged() && entry.day(zone).and_then(|day| day.with_day(1)) == Some(first))
            .collect();
        let standing = |wanted| count(due.iter().filter(|entry| entry.standing == wanted));
        let outcome = Outcome {
            met: standing(Standing::Met),
            late: standing(Standing::Late),
            overdue: standing(Standing::Overdue),
        };
        Self {
            first,
            outcome: (!due.is_empty()).then_some(outcome),
        }
    }
}
