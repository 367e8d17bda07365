//! A plan and its rules, as `rules/*.toml` writes them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::reading::{Certainty, Direction, Reading};
use super::span::Span;
use crate::item::{Content, FactValue, Lang, Localized};
use crate::receipt::words::words;

/// What a file of rules restates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanHead {
    /// What an office's `rules` name.
    pub id: String,
    /// What people call it.
    pub title: Localized,
    /// Where it stands.
    pub source: String,
    /// The calendar of its holidays.
    #[serde(default)]
    pub calendar: Option<String>,
    /// Who is told how long before a deadline, where a rule says nothing else.
    #[serde(default)]
    pub escalate: Vec<Escalation>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name, stable for ever: the register refers to it.
    pub id: String,
    /// The row of the plan it restates.
    pub plan: String,
    /// What people call the duty.
    pub title: Localized,
    /// The kinds of items it asks for.
    pub kinds: Vec<String>,
    /// Facts that must have one of these values.
    #[serde(default)]
    pub when: Conditions,
    /// Facts that must have none of these values.
    #[serde(default)]
    pub but: Conditions,
    /// The fact that says when a duty that is only tracked was met.
    #[serde(default)]
    pub met: Option<String>,
    /// What it follows.
    #[serde(default)]
    pub follows: Option<Follows>,
    /// How often it is owed.
    #[serde(default)]
    pub every: Option<Every>,
    /// What it counts from: the first of these that is there.
    #[serde(default)]
    pub anchor: Anchors,
    /// How long before the anchor.
    #[serde(default)]
    pub before: Option<Span>,
    /// How long after the anchor.
    #[serde(default)]
    pub after: Option<Span>,
    /// How that may be counted.
    #[serde(default)]
    pub readings: Vec<Reading>,
    /// A shorter period, and when it holds.
    #[serde(default)]
    pub urgent: Option<Variation>,
    /// A longer period, and when it holds.
    #[serde(default)]
    pub extension: Option<Variation>,
    /// Where it must stand.
    #[serde(default)]
    pub channels: Channels,
    /// In which languages.
    #[serde(default)]
    pub languages: Languages,
    /// Facts without which it may not be approved.
    #[serde(default)]
    pub requires: Vec<String>,
    /// What the register must hold as proof.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// Facts, besides the anchor, whose change starts the clock anew.
    #[serde(default)]
    pub restarts: Vec<String>,
    /// By when a withdrawal must be told where the item stood.
    #[serde(default)]
    pub cancellation: Option<Span>,
    /// Who answers, if not the kind's unit.
    #[serde(default)]
    pub unit: Option<String>,
    /// Who stands in for that unit.
    #[serde(default)]
    pub deputy: Option<String>,
    /// How grave it is to be late.
    pub severity: Severity,
    /// How sure it is.
    pub certainty: Certainty,
    /// Where it stands.
    pub source: String,
    /// The article or heading.
    #[serde(default)]
    pub article: Option<String>,
    /// What the source leaves open.
    #[serde(default)]
    pub silent: Option<String>,
    /// The first day on which it binds.
    #[serde(default)]
    pub valid_from: Option<NaiveDate>,
    /// The last day on which it binds.
    #[serde(default)]
    pub valid_until: Option<NaiveDate>,
    /// Who is told how long before the deadline.
    #[serde(default)]
    pub escalate: Option<Vec<Escalation>>,
    /// What the report measures by it.
    #[serde(default)]
    pub measure: Option<Measure>,
    /// Changes whenever a word of the rule does.
    #[serde(skip)]
    pub version: String,
}

/// Facts and the values they may have.
pub type Conditions = BTreeMap<String, Vec<String>>;

/// A duty of the plan that has no clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Principle {
    /// Its name.
    pub id: String,
    /// The row of the plan it restates.
    pub plan: String,
    /// What people call it.
    pub title: Localized,
    /// Why it is no rule.
    pub why: String,
    /// The rules that serve it.
    #[serde(default)]
    pub served_by: Vec<String>,
}

/// What a follow-up follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Follows {
    /// The kinds it follows.
    pub kinds: Vec<String>,
    /// Only those whose facts have these values.
    #[serde(default)]
    pub when: Conditions,
    /// The follow-up's fact that holds the reference of what it follows.
    #[serde(default)]
    pub reference: Option<String>,
    /// The follow-up's fact that holds the day, where it names no reference.
    #[serde(default)]
    pub on: Option<String>,
    /// What the follow-up's facts must be.
    #[serde(default, rename = "where")]
    pub filter: Conditions,
}

/// How often something is owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Every {
    /// The length of a period.
    pub period: Length,
    /// How many are owed in each.
    #[serde(default = "once")]
    pub times: u32,
    /// The fact that holds the year.
    #[serde(default)]
    pub year: Option<String>,
    /// The fact that holds the part of the year.
    #[serde(default)]
    pub part: Option<String>,
    /// The values of that fact for the first, second … part.
    #[serde(default)]
    pub parts: Vec<String>,
    /// The fact whose day falls into the period.
    #[serde(default)]
    pub on: Option<String>,
    /// Whether one that stays public serves every later period.
    #[serde(default)]
    pub standing: bool,
    /// The office's list that has one duty for each of its names.
    #[serde(default)]
    pub each: Option<String>,
    /// The fact that holds such a name.
    #[serde(default)]
    pub fact: Option<String>,
}

fn once() -> u32 {
    1
}

/// The length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Length {
    /// From Monday to Sunday.
    Week,
    /// A month.
    Month,
    /// Three months.
    Quarter,
    /// Six months.
    HalfYear,
    /// A year.
    Year,
}

/// What a rule counts from: a fact, or several of which the first that is there is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "OneOrMany", into = "Vec<String>")]
pub struct Anchors(pub Vec<String>);

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl From<OneOrMany> for Anchors {
    fn from(names: OneOrMany) -> Self {
        match names {
            OneOrMany::One(name) => Self(vec![name]),
            OneOrMany::Many(names) => Self(names),
        }
    }
}

impl From<Anchors> for Vec<String> {
    fn from(anchors: Anchors) -> Self {
        anchors.0
    }
}

/// Anchors that are no facts.
pub const QUEUED: &str = "queued";
/// When the item first stood anywhere.
pub const PUBLISHED: &str = "published";
/// The first day of a period.
pub const PERIOD_START: &str = "period_start";
/// The last day of a period.
pub const PERIOD_END: &str = "period_end";

/// Another period than the usual one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variation {
    /// The facts that open it.
    pub when: Conditions,
    /// How long before the anchor.
    #[serde(default)]
    pub before: Option<Span>,
    /// How long after the anchor.
    #[serde(default)]
    pub after: Option<Span>,
    /// How that may be counted; as usual where nothing is said.
    #[serde(default)]
    pub readings: Vec<Reading>,
    /// Facts without which it may not be approved.
    #[serde(default)]
    pub requires: Vec<String>,
    /// Where it stands.
    pub source: String,
}

/// Where something must stand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Channels {
    /// On each of these groups of channels.
    pub all: Vec<String>,
    /// On at least one of these.
    pub any: Vec<String>,
    /// Released together.
    pub simultaneous: bool,
    /// At least so long.
    pub display: Option<Span>,
}

/// The groups of channels a rule may name; a channel's manifest says to which it belongs.
pub const GROUPS: [&str; 5] = ["website", "facebook", "boards", "media", "feed"];

/// In which languages something must stand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Languages {
    /// Nothing is asked.
    #[default]
    Any,
    /// `official`: the office's official ones.
    Official(Official),
    /// These.
    These(Vec<Lang>),
}

/// The word `official`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Official {
    /// The office's official languages.
    Official,
}

/// What the register must hold as proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// Where it can be seen.
    Address,
    /// The hash of what was said.
    Hash,
    /// A photo of the sheet on the board.
    Photo,
}

words! {
    /// How grave it is to be late.
    Severity {
        /// Against the law.
        Legal = "legal",
        /// Against the municipality's own plan.
        Plan = "plan",
        /// Missed an aim of the office.
        Target = "target",
    }
}

words! {
    /// What the report measures by a rule.
    Measure {
        /// Hours from the meeting to the information about it.
        Information = "information",
        /// Days from the meeting to its minutes.
        Minutes = "minutes",
        /// Days from the meeting to its video.
        Video = "video",
        /// Days from registration to publication.
        Publication = "publication",
        /// Answers within seven days.
        Answers = "answers",
    }
}

/// Who is told how long before a deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// So long before *safe by*.
    pub before: Span,
    /// These.
    pub tell: Vec<Told>,
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Told {
    /// The unit that answers, and its deputy.
    Unit,
    /// The head of that unit.
    Head,
    /// Every unit and every head.
    Everybody,
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Items must be public in time.
    Items,
    /// Items are tracked until a fact says that they are done.
    Tracked,
    /// Something follows after items.
    FollowUps,
    /// Something is owed in every period.
    Periods,
}

impl Rule {
    /// What it is about.
    pub fn about(&self) -> About {
        if self.every.is_some() {
            About::Periods
        } else if self.follows.is_some() {
            About::FollowUps
        } else if self.met.is_some() {
            About::Tracked
        } else {
            About::Items
        }
    }

    /// Whether it asks this item itself to be public (or dealt with) in time.
    pub fn is_about(&self, content: &Content, published: bool) -> bool {
        let wanted = match self.about() {
            About::Items => published,
            About::Tracked => true,
            About::FollowUps | About::Periods => false,
        };
        wanted && self.takes(content, published)
    }

    /// Whether an item of this kind with these facts is what it asks for.
    pub fn takes(&self, content: &Content, published: bool) -> bool {
        self.takes_kind(&content.kind, published) && holds(&self.when, content) && !meets_any(&self.but, content)
    }

    /// Whether it asks for this kind.
    pub fn takes_kind(&self, kind: &str, published: bool) -> bool {
        self.kinds.iter().any(|known| known == kind || (known == "*" && published))
    }

    /// Whether something is owed after this item.
    pub fn follows(&self, content: &Content) -> bool {
        let triggered = |follows: &Follows| follows.kinds.contains(&content.kind) && holds(&follows.when, content);
        self.follows.as_ref().is_some_and(triggered)
    }

    /// The length it gives, and which way, as the item's facts stand; nothing for a rule without a clock.
    pub(super) fn period<'a>(&'a self, variation: Option<&'a Variation>) -> Option<(Span, Direction, &'a [Reading])> {
        let usual = (self.before, self.after, self.readings.as_slice());
        let (before, after, readings) = variation.map_or(usual, |v| {
            let readings = if v.readings.is_empty() { usual.2 } else { v.readings.as_slice() };
            (v.before, v.after, readings)
        });
        let before = before.map(|span| (span, Direction::Before, readings));
        before.or_else(|| after.map(|span| (span, Direction::After, readings)))
    }

    /// The same rule, with the version its words make.
    pub(super) fn versioned(mut self) -> Self {
        let unsure = |reading: &Reading| reading.certainty == Some(Certainty::Unverified);
        if !self.readings.is_empty() && self.readings.iter().all(unsure) {
            self.certainty = Certainty::Unverified;
        }
        let written = serde_json::to_vec(&self).unwrap_or_default();
        self.version = hex::encode(&Sha256::digest(written)[..6]);
        self
    }

    /// Whether it makes anything late, and not only warns or aims.
    pub fn binds(&self) -> bool {
        self.severity != Severity::Target && self.certainty != Certainty::Unverified
    }

    /// Whether a text that takes the place of another starts its clock anew.
    pub fn starts_anew(&self, before: &Content, after: &Content) -> bool {
        let mut facts = self.anchor.0.iter().chain(&self.restarts);
        facts.any(|fact| before.facts.get(fact) != after.facts.get(fact))
    }

    /// Whether it is in force on that day.
    pub fn in_force(&self, day: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_until.is_none_or(|until| day <= until)
    }

    /// Every group of channels it names.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.channels.all.iter().chain(&self.channels.any).map(String::as_str)
    }
}

/// Whether every fact named has one of its values.
pub(super) fn holds(conditions: &Conditions, content: &Content) -> bool {
    conditions
        .iter()
        .all(|(fact, values)| value(content, fact).is_some_and(|value| values.contains(&value)))
}

fn meets_any(conditions: &Conditions, content: &Content) -> bool {
    conditions
        .iter()
        .any(|(fact, values)| value(content, fact).is_some_and(|value| values.contains(&value)))
}

/// A fact's value as conditions write it.
pub(super) fn value(content: &Content, fact: &str) -> Option<String> {
    match content.facts.get(fact)? {
        FactValue::Choice(text) | FactValue::Text(text) => Some(text.clone()),
        FactValue::Number(number) => Some(number.to_string()),
        FactValue::Date(day) => Some(day.to_string()),
        _ => None,
    }
}
