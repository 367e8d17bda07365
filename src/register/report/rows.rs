//! The rows of the plan: each is in the report, whether or not anything was owed under it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::share::{Share, hundredths};
use super::tally::{Figures, lead, on_time};
use crate::item::Localized;
use crate::receipt::words::words;
use crate::register::entry::Entry;
use crate::rules::{Certainty, Severity};

words! {
    /// What a row of the plan is.
    Nature {
        /// The law or the plan asks for it.
        Duty = "duty",
        /// The office asks it of itself.
        Aim = "aim",
        /// Nothing that has a clock.
        Principle = "principle",
    }
}

/// A row of the plan, as its rules state it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanRow {
    /// Its number, for example `01`.
    pub plan: String,
    /// What it is about.
    pub title: Localized,
    /// What it is.
    pub nature: Nature,
    /// Whether a rule of it is unconfirmed.
    pub unverified: bool,
}

impl PlanRow {
    /// The row of one rule; a principle has no severity.
    pub fn of(plan: &str, title: Localized, severity: Option<Severity>, certainty: Certainty) -> Self {
        let nature = match severity {
            None => Nature::Principle,
            Some(Severity::Target) => Nature::Aim,
            Some(_) => Nature::Duty,
        };
        Self {
            plan: plan.to_owned(),
            title,
            nature,
            unverified: certainty == Certainty::Unverified,
        }
    }

    /// One row a number, in the order of the plan: an aim only if all of it are aims.
    pub fn merge(rows: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut merged: BTreeMap<String, Self> = BTreeMap::new();
        for row in rows {
            match merged.get_mut(&row.plan) {
                Some(first) => first.absorb(row),
                None => {
                    merged.insert(row.plan.clone(), row);
                }
            }
        }
        merged.into_values().collect()
    }

    fn absorb(&mut self, other: Self) {
        // The vocabulary goes from what weighs most to what weighs least.
        self.nature = self.nature.min(other.nature);
        self.unverified |= other.unverified;
        for (lang, title) in other.title.0 {
            let joined = self.title.0.entry(lang).or_default();
            if joined.is_empty() {
                *joined = title;
            } else if !joined.split(" · ").any(|known| known == title) {
                *joined = format!("{joined} · {title}");
            }
        }
    }
}

/// A row of the plan with what became of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RowReport {
    /// The row.
    #[serde(flatten)]
    pub row: PlanRow,
    /// Of its duties; where it is an aim, of its aims.
    pub figures: Figures,
    /// Where a duty has an aim beside it: how many of those were reached.
    pub aims: Option<Share>,
    /// How long before their events its notices stood.
    pub leads: Vec<Lead>,
}

/// How many days before its event one notice stood.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Lead {
    /// Days; negative where it came after.
    pub days: f64,
    /// Whether that was too late.
    pub late: bool,
}

impl RowReport {
    /// What became of `row`, from all `entries` of the report.
    pub fn of(row: PlanRow, entries: &[Entry]) -> Self {
        let of_row = entries.iter().filter(|entry| entry.plan == row.plan);
        let (aims, duties): (Vec<&Entry>, Vec<&Entry>) = of_row.partition(|entry| entry.severity == Severity::Target);
        let (weighed, beside) = if row.nature == Nature::Duty {
            (duties, aims)
        } else {
            (aims.into_iter().chain(duties).collect(), vec![])
        };
        Self {
            row,
            figures: Figures::of(&weighed),
            aims: on_time(&beside),
            leads: weighed.iter().filter_map(|entry| Lead::of(entry)).collect(),
        }
    }
}

impl Lead {
    fn of(entry: &Entry) -> Option<Self> {
        Some(Self {
            days: hundredths(lead(entry)?),
            late: entry.is_missed(),
        })
    }
}
