//! The single cases a report names: what was late, what is overdue, what was lifted, and why.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::share::{days, hundredths};
use crate::item::Localized;
use crate::register::entry::{Entry, Standing};

/// One of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Case {
    /// Its number in the register.
    pub id: i64,
    /// The row of the plan.
    pub plan: String,
    /// What the rule is called.
    pub title: Localized,
    /// What it is about.
    pub subject: String,
    /// Who answers for it.
    pub unit: String,
    /// How it stands.
    pub standing: Standing,
    /// By when it was due at the latest.
    pub due: Option<DateTime<Utc>>,
    /// When it was met.
    pub met_at: Option<DateTime<Utc>>,
    /// By how many days it was late, or is by now.
    pub days_late: Option<f64>,
    /// Why, as the office wrote.
    pub reason: Option<String>,
}

impl Case {
    /// The cases among `entries` that are `wanted`.
    pub fn all(entries: &[Entry], now: DateTime<Utc>, wanted: impl Fn(&Entry) -> bool) -> Vec<Self> {
        entries
            .iter()
            .filter(|entry| wanted(entry))
            .map(|entry| Self::of(entry, now))
            .collect()
    }

    fn of(entry: &Entry, now: DateTime<Utc>) -> Self {
        let late = entry.latest_by.filter(|_| entry.is_missed());
        Self {
            id: entry.id,
            plan: entry.plan.clone(),
            title: entry.title.clone(),
            subject: entry.subject.clone(),
            unit: entry.unit.clone(),
            standing: entry.standing,
            due: entry.latest_by,
            met_at: entry.met_at,
            days_late: late.map(|due| hundredths(days(entry.met_at.unwrap_or(now) - due))),
            reason: entry.reason.clone(),
        }
    }
}
