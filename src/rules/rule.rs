//! Rules as data, and what they ask of one item.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::count::{self, Reading};
use crate::item::{Content, FactValue, Kinds};

/// One rule, as `rules/*.toml` writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name.
    pub id: String,
    /// The row of the plan it restates.
    pub plan: String,
    /// The kinds it is about.
    pub kinds: Vec<String>,
    /// Facts that must have one of these values.
    #[serde(default)]
    pub when: BTreeMap<String, Vec<String>>,
    /// The fact it counts from.
    pub anchor: String,
    /// Days before the anchor.
    #[serde(default)]
    pub before_days: Option<u32>,
    /// Days after the anchor.
    #[serde(default)]
    pub after_days: Option<u32>,
    /// How the days may be counted, the most cautious first.
    pub readings: Vec<Reading>,
    /// `legal`, `plan` or `target`.
    pub severity: String,
    /// `verified`, `plan` or `unverified`.
    pub certainty: String,
    /// Where it stands.
    pub source: String,
}

/// By when an item must be public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// The rule.
    pub rule: String,
    /// The earliest instant over the readings: in time whoever counts.
    pub safe_by: DateTime<Utc>,
    /// The latest instant over the readings.
    pub latest_by: DateTime<Utc>,
}

/// Why rules cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadRules {
    /// The TOML does not fit.
    #[error("rules/{0}: {1}")]
    Shape(String, String),
    /// A rule names a kind that there is not.
    #[error("rules/{0}: rule \"{1}\" names the kind \"{2}\", which kinds/*.toml do not define")]
    UnknownKind(String, String, String),
    /// A rule counts from a fact that the kind does not have.
    #[error("rules/{0}: rule \"{1}\" counts from the fact \"{2}\", which the kind \"{3}\" does not have")]
    UnknownFact(String, String, String, String),
    /// A rule must say either before or after, and at least one reading.
    #[error("rules/{0}: rule \"{1}\" must have either before_days or after_days, and at least one reading")]
    Incomplete(String, String),
}

/// All rules in force.
#[derive(Debug, Clone, Default)]
pub struct Rules(Vec<Rule>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<Rule>,
}

impl Rules {
    /// Reads `(file name, TOML text)` pairs and holds them against the kinds.
    pub fn parse<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>, kinds: &Kinds) -> Result<Self, BadRules> {
        let mut all = Vec::new();
        for (file, text) in files {
            let read: File = toml::from_str(text).map_err(|e| BadRules::Shape(file.to_owned(), e.to_string()))?;
            for rule in &read.rule {
                rule.fits(file, kinds)?;
            }
            all.extend(read.rule);
        }
        Ok(Self(all))
    }

    /// The strictest deadline any rule sets for this content.
    pub fn deadline(&self, content: &Content, zone: Tz) -> Option<Deadline> {
        self.0
            .iter()
            .filter_map(|rule| rule.deadline(content, zone))
            .min_by_key(|deadline| deadline.safe_by)
    }
}

impl Rule {
    fn fits(&self, file: &str, kinds: &Kinds) -> Result<(), BadRules> {
        let (file, id) = (file.to_owned(), self.id.clone());
        if self.before_days.is_some() == self.after_days.is_some() || self.readings.is_empty() {
            return Err(BadRules::Incomplete(file, id));
        }
        for kind in &self.kinds {
            if kinds.get(kind).is_none() {
                return Err(BadRules::UnknownKind(file, id, kind.clone()));
            }
            if let Some(fact) = std::iter::once(&self.anchor)
                .chain(self.when.keys())
                .find(|fact| kinds.fact(kind, fact).is_none())
            {
                return Err(BadRules::UnknownFact(file, id, fact.clone(), kind.clone()));
            }
        }
        Ok(())
    }

    fn deadline(&self, content: &Content, zone: Tz) -> Option<Deadline> {
        if !self.applies(content) {
            return None;
        }
        let anchor = wall_clock(content.facts.get(&self.anchor)?)?;
        let instants = self
            .readings
            .iter()
            .filter_map(|reading| match (self.before_days, self.after_days) {
                (Some(days), _) => count::before(anchor, days, *reading, zone),
                (None, Some(days)) => count::after(anchor, days, *reading, zone),
                (None, None) => None,
            });
        let instants: Vec<DateTime<Utc>> = instants.collect();
        Some(Deadline {
            rule: self.id.clone(),
            safe_by: *instants.iter().min()?,
            latest_by: *instants.iter().max()?,
        })
    }

    fn applies(&self, content: &Content) -> bool {
        let chosen = |fact: &String| match content.facts.get(fact) {
            Some(FactValue::Choice(choice)) => Some(choice.clone()),
            _ => None,
        };
        self.kinds.contains(&content.kind)
            && self
                .when
                .iter()
                .all(|(fact, values)| chosen(fact).is_some_and(|choice| values.contains(&choice)))
    }
}

fn wall_clock(fact: &FactValue) -> Option<NaiveDateTime> {
    match fact {
        FactValue::Instant(moment) => Some(moment.local()),
        FactValue::Date(day) => Some(day.and_time(NaiveTime::MIN)),
        _ => None,
    }
}
