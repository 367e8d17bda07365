//! From the register to the figures of a period. Pure; the order of the entries does not matter.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::cases::Case;
use super::measured::Measured;
use super::months::Month;
use super::rows::{PlanRow, RowReport};
use super::share::{Share, count};
use super::tally::{self, Figures};
use crate::item::Office;
use crate::register::entry::{Entry, Standing};

/// The transparency report of one office over one period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Whose it is.
    pub office: Office,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// When it was drawn up.
    pub made_at: DateTime<Utc>,
    /// Of all duties that bind for certain.
    pub overall: Figures,
    /// How many entries are left out of that: aims, and unconfirmed deadlines.
    pub aside: u32,
    /// The plan, row by row.
    pub rows: Vec<RowReport>,
    /// Of the groups of channels asked for: where it stands, by group.
    pub channels: BTreeMap<String, Share>,
    /// Of the languages asked for: what is there, by language.
    pub languages: BTreeMap<String, Share>,
    /// How soon what follows came.
    pub measures: Vec<Measured>,
    /// The course of the period.
    pub months: Vec<Month>,
    /// Duties met late.
    pub late: Vec<Case>,
    /// Duties not met.
    pub overdue: Vec<Case>,
    /// Aims and unconfirmed deadlines that were missed.
    pub missed: Vec<Case>,
    /// What is no longer owed.
    pub lifted: Vec<Case>,
    /// The register itself, by day.
    pub entries: Vec<Entry>,
}

impl Report {
    /// The report on what fell due from the day `from` to the day `to`.
    ///
    /// `rows` are the rows of the plan (see [`PlanRow::merge`]); what has no day, such as a standing duty, is in every report.
    pub fn of(entries: Vec<Entry>, rows: Vec<PlanRow>, office: &Office, (from, to): (NaiveDate, NaiveDate), now: DateTime<Utc>) -> Self {
        let zone = office.zone;
        let in_period = |entry: &Entry| entry.day(zone).is_none_or(|day| (from..=to).contains(&day));
        let mut entries: Vec<Entry> = entries.into_iter().filter(in_period).collect();
        entries.sort_by_cached_key(|entry| (entry.day(zone), entry.id, entry.rule.clone()));
        let all: Vec<&Entry> = entries.iter().collect();
        let binding: Vec<&Entry> = all.iter().copied().filter(|entry| entry.binds()).collect();
        Self {
            office: office.clone(),
            from,
            to,
            made_at: now,
            overall: Figures::of(&binding),
            aside: count(all.iter().filter(|entry| !entry.binds())),
            rows: with_rows_of(&entries, rows)
                .into_iter()
                .map(|row| RowReport::of(row, &entries))
                .collect(),
            channels: by_name(tally::groups(&all)),
            languages: by_name(tally::languages(&all)),
            measures: Measured::all(&all, zone, now),
            months: Month::all(&binding, from, to, zone),
            late: Case::all(&entries, now, |entry| entry.binds() && entry.standing == Standing::Late),
            overdue: Case::all(&entries, now, |entry| entry.binds() && entry.standing == Standing::Overdue),
            missed: Case::all(&entries, now, |entry| !entry.binds() && entry.is_missed()),
            lifted: Case::all(&entries, now, |entry| entry.standing == Standing::Lifted),
            entries,
        }
    }
}

/// A rule that is no longer in the plan may still have entries: they get a row of their own.
fn with_rows_of(entries: &[Entry], rows: Vec<PlanRow>) -> Vec<PlanRow> {
    let unknown = entries.iter().filter(|entry| !rows.iter().any(|row| row.plan == entry.plan));
    let made: Vec<PlanRow> = unknown
        .map(|entry| PlanRow::of(&entry.plan, entry.title.clone(), Some(entry.severity), entry.certainty))
        .collect();
    PlanRow::merge(rows.into_iter().chain(made))
}

fn by_name<'a>(pairs: impl Iterator<Item = (&'a str, bool)>) -> BTreeMap<String, Share> {
    let mut named: BTreeMap<String, Vec<bool>> = BTreeMap::new();
    for (name, there) in pairs {
        named.entry(name.to_owned()).or_default().push(there);
    }
    let share = |(name, there)| Some((name, Share::of(there, |there: &bool| *there)?));
    named.into_iter().filter_map(share).collect()
}
