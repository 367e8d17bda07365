//! What an office owes: by its items, after them, and by the calendar alone.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::due::{Due, Known, Unsettled};
use super::period::Period;
use super::rule::{About, Rule, holds};
use super::rules::{Bound, Rules};
use super::span::{Span, Unit};
use crate::item::{Content, FactValue};

/// What a duty is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// An item is to be public, or dealt with, in time.
    Item,
    /// Something is to follow an item.
    After,
    /// An item's withdrawal is to be told.
    Cancelled,
    /// Something is owed in a period.
    Period {
        /// Its name, for example `2027-H1`.
        period: String,
        /// Which one of those owed in it.
        nth: u32,
        /// Whose, where the office's list names several.
        name: Option<String>,
    },
}

/// One duty.
#[derive(Debug, Clone)]
pub struct Duty<'a> {
    /// The same whenever it is computed, and nobody else's: rule and subject.
    pub key: String,
    /// The rule, with its plan and calendar.
    pub bound: Bound<'a>,
    /// What it is about.
    pub subject: Subject,
    /// The period, where it is about one.
    pub period: Option<Period>,
    /// By when, or why that is not known.
    pub due: Result<Due, Unsettled>,
}

/// An item as duties see it.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// Its number.
    pub item: i64,
    /// What it says.
    pub content: &'a Content,
    /// Whether its kind is published.
    pub published: bool,
    /// What else is known of it.
    pub known: Known,
    /// When it was withdrawn.
    pub withdrawn: Option<DateTime<Utc>>,
}

impl Rules {
    /// Everything owed by an item and after it.
    pub fn duties_of<'a>(&'a self, plans: &'a [String], told: &Told<'_>) -> Vec<Duty<'a>> {
        self.bound(plans).flat_map(|bound| bound.duties_of(told)).collect()
    }

    /// Everything owed by the calendar alone in the periods from `from` until `until`; `lists` are the office's.
    pub fn duties_ahead<'a>(
        &'a self,
        plans: &'a [String],
        (from, until): (NaiveDate, NaiveDate),
        known: &Known,
        lists: &BTreeMap<String, Vec<String>>,
    ) -> Vec<Duty<'a>> {
        self.bound(plans)
            .flat_map(|bound| bound.duties_ahead((from, until), known, lists))
            .collect()
    }
}

impl<'a> Bound<'a> {
    fn duties_of(self, told: &Told<'_>) -> Vec<Duty<'a>> {
        let (rule, item) = (self.rule, told.item);
        let mut duties = Vec::new();
        let mut owe = |subject: Subject, word: &str, due| {
            let key = format!("{}/{word}/{item}", rule.id);
            duties.push(Duty {
                key,
                bound: self,
                subject,
                period: None,
                due,
            });
        };
        let due = || rule.due(Some(told.content), &told.known, self.calendar, &mut ());
        if rule.is_about(told.content, told.published) {
            let own = due();
            if let (Some(at), Some(within), About::Items) = (told.withdrawn, rule.cancellation, rule.about()) {
                owe(Subject::Cancelled, "cancelled", cancelled(at, within, own.as_ref().ok()));
            }
            owe(Subject::Item, "item", own);
        }
        if rule.follows(told.content) {
            owe(Subject::After, "after", due());
        }
        duties
    }

    fn duties_ahead(self, (from, until): (NaiveDate, NaiveDate), known: &Known, lists: &BTreeMap<String, Vec<String>>) -> Vec<Duty<'a>> {
        let Some(every) = &self.rule.every else { return vec![] };
        let names: Vec<Option<String>> = match &every.each {
            None => vec![None],
            Some(list) => lists.get(list).into_iter().flatten().cloned().map(Some).collect(),
        };
        let mut duties = Vec::new();
        for period in every.periods(from, until) {
            let due = self.rule.due(None, &known.within(period), self.calendar, &mut ());
            if matches!(due, Err(Unsettled::NotInForce(_))) {
                continue;
            }
            for nth in 1..=every.times {
                duties.extend(names.iter().map(|name| self.owed_in(period, nth, name.clone(), due.clone())));
            }
        }
        duties
    }

    fn owed_in(self, period: Period, nth: u32, name: Option<String>, due: Result<Due, Unsettled>) -> Duty<'a> {
        let whose = name.as_ref().map(|name| format!("/{name}")).unwrap_or_default();
        Duty {
            key: format!("{}/{period}/{nth}{whose}", self.rule.id),
            bound: self,
            subject: Subject::Period {
                period: period.to_string(),
                nth,
                name,
            },
            period: Some(period),
            due,
        }
    }
}

impl Known {
    /// The same, within a period.
    #[must_use]
    pub fn within(mut self, period: Period) -> Self {
        self.period = Some((period.first, period.last));
        self
    }
}

impl Rule {
    /// Whether an item is the follow-up to `followed`, whose event was on `day`: it names its reference, or its day and nothing else than it.
    pub fn ties(&self, candidate: &Content, published: bool, followed: &Content, day: Option<NaiveDate>) -> bool {
        let Some(follows) = &self.follows else { return false };
        if !self.takes(candidate, published) || !holds(&follows.filter, candidate) {
            return false;
        }
        let text = |fact: &String| match candidate.facts.get(fact) {
            Some(FactValue::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        if let Some(named) = follows.reference.as_ref().and_then(text) {
            return named == followed.reference;
        }
        let dated = follows.on.as_ref().and_then(|fact| match candidate.facts.get(fact)? {
            FactValue::Date(day) => Some(*day),
            FactValue::Instant(moment) => Some(moment.local().date()),
            _ => None,
        });
        dated.is_some() && dated == day && agree(candidate, followed)
    }
}

/// By when a withdrawal made at `at` must be told: so long after it, but before the event.
fn cancelled(at: DateTime<Utc>, within: Span, own: Option<&Due>) -> Result<Due, Unsettled> {
    let hours = i64::from(within.amount) * if within.unit == Unit::Hours { 1 } else { 24 };
    let by = at.checked_add_signed(TimeDelta::hours(hours)).ok_or(Unsettled::OutOfRange)?;
    let event = own.filter(|due| due.before && due.anchor > at).map(|due| due.anchor);
    let by = event.map_or(by, |event| by.min(event));
    Ok(Due {
        safe_by: by,
        latest_by: by,
        warn_by: None,
        anchor: at,
        before: false,
        variant: None,
        readings: vec![],
    })
}

/// Whether two items say the same wherever both say something: two committees may meet on one day.
fn agree(one: &Content, other: &Content) -> bool {
    let tells = |value: &FactValue| matches!(value, FactValue::Text(_) | FactValue::Texts(_) | FactValue::Choice(_));
    one.facts
        .iter()
        .filter(|(_, value)| tells(value))
        .all(|(name, value)| other.facts.get(name).is_none_or(|there| there == value))
}
