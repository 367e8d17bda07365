//! Warnings that come in time: raised by the rule's escalation, when a duty comes to be at risk, and when its time has passed; each once.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::due::{Line, Standing};
use super::error::RegisterError;
use super::prospect::prospects;
use super::speaker::{Advice, Speaker};
use crate::item::Lang;
use crate::rules::{Due, Escalation, Recipients, Severity, Unit};
use crate::settings::{OfficeSettings, Unit as UnitSettings};
use crate::store::warnings::{Raise, WarningState};
use crate::system::{OfficeConfig, System};

/// What there was to say when a warning was raised, in the recipient's language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// What is owed.
    pub what: String,
    /// The unit that answers.
    pub unit: String,
    /// How it stood.
    pub standing: String,
    /// In time whoever counts.
    pub safe_by: String,
    /// The latest instant over the readings.
    pub latest_by: String,
    /// An unconfirmed reading that has passed already.
    pub unconfirmed: Option<String>,
    /// Why it would be missed, and what to do.
    pub advice: Vec<Advice>,
}

/// Raises every warning whose time has come; gives how many are new.
pub async fn raise(system: &System, config: &OfficeConfig) -> Result<usize, RegisterError> {
    let now = system.clock.now();
    let open = prospects(system, config).await?;
    let lines = open
        .into_iter()
        .map(|(obligation, prospect)| Line::of(system, config, obligation, Some(prospect)));
    let raises: Vec<Raise> = lines.flat_map(|line| of_line(system, config, &line, now)).collect();
    if raises.is_empty() {
        return Ok(0);
    }
    let known = system.store.raised(&config.office.id).await?;
    let new: Vec<&Raise> = raises
        .iter()
        .filter(|raise| !known.contains(&(raise.obligation, raise.step.clone(), raise.recipient.clone())))
        .collect();
    if new.is_empty() {
        return Ok(0);
    }
    let mut work = system.store.begin().await?;
    let mut count = 0;
    for raise in new {
        count += usize::from(work.raise(&system.store, &config.office.id, raise).await?);
    }
    work.commit().await?;
    Ok(count)
}

/// The warnings of one duty whose time has come.
fn of_line(system: &System, config: &OfficeConfig, line: &Line, now: DateTime<Utc>) -> Vec<Raise> {
    let Some(bound) = system.rules.rule(&config.settings.rules, &line.obligation.rule) else {
        return vec![];
    };
    let (Some(due), escalation) = (&line.obligation.due, bound.escalation()) else {
        return vec![];
    };
    if escalation.is_empty() {
        return vec![];
    }
    let deputy = bound.rule.deputy.as_deref().or_else(|| {
        // Who stands in for the unit that answers, and for no other.
        let kinds = system.kinds.names().filter_map(|name| system.kinds.get(name));
        let mut of_unit = kinds.filter(|kind| kind.unit == line.obligation.unit);
        of_unit.find_map(|kind| kind.deputy.as_deref())
    });
    // What is safe by midnight is safe by the day that ends.
    let day = (due.safe_by - chrono::Duration::milliseconds(1))
        .with_timezone(&config.office.zone)
        .date_naive();
    let raise = |step: String, recipient: Recipient| {
        let lang = recipient.lang(config)?;
        Some(Raise {
            obligation: line.obligation.id,
            // A duty that moved to another day is warned of anew.
            step: format!("{step} / {day}"),
            detail: serde_json::to_value(said(&Speaker::new(system, config, lang.clone()), line, due, now)).unwrap_or_default(),
            state: recipient.state(&config.settings),
            recipient: recipient.key(),
            lang: lang.to_string(),
        })
    };
    let told = steps(line, escalation, due, now).into_iter().flat_map(|(step, told)| {
        let recipients = recipients(&config.settings, &line.obligation.unit, deputy, &told);
        recipients.into_iter().map(move |recipient| (step.clone(), recipient))
    });
    told.filter_map(|(step, recipient)| raise(step, recipient)).collect()
}

fn said(speaker: &Speaker<'_>, line: &Line, due: &Due, now: DateTime<Utc>) -> Said {
    Said {
        what: speaker.what(line),
        unit: speaker.unit(line),
        standing: speaker.standing(line.standing),
        safe_by: speaker.deadline(due.safe_by),
        latest_by: speaker.deadline(due.latest_by),
        unconfirmed: due.warn_by.filter(|by| *by <= now).map(|by| speaker.deadline(by)),
        advice: speaker.advice(line),
    }
}

/// Which warnings are due, and whom they are for.
fn steps(line: &Line, escalation: &[Escalation], due: &Due, now: DateTime<Utc>) -> Vec<(String, Vec<Recipients>)> {
    let both = vec![Recipients::Unit, Recipients::Head];
    if line.standing == Standing::Overdue {
        let told = if line.severity == Severity::Target {
            vec![Recipients::Unit]
        } else {
            both
        };
        return vec![("overdue".to_owned(), told)];
    }
    let mut steps = Vec::new();
    // Of the steps whose time has passed only the last: after a week asleep nobody wants three at once.
    let passed = escalation.iter().filter(|step| step.begins(due.safe_by) <= now);
    if let Some(step) = passed.min_by_key(|step| due.safe_by - step.begins(due.safe_by)) {
        steps.push((step.before.to_string(), step.tell.clone()));
    }
    if due.warn_by.is_some_and(|by| by <= now) {
        steps.push(("unconfirmed".to_owned(), vec![Recipients::Unit]));
    }
    for risk in &line.risks {
        let channel = risk.channel.as_ref().map(|channel| format!(":{channel}")).unwrap_or_default();
        steps.push((format!("risk:{}{channel}", risk.kind), both.clone()));
    }
    steps
}

impl Escalation {
    /// When it is time for this step.
    fn begins(&self, safe_by: DateTime<Utc>) -> DateTime<Utc> {
        let amount = i64::from(self.before.amount);
        let hours = match self.before.unit {
            Unit::Hours => amount,
            Unit::Days => 24 * amount,
            Unit::Weeks => 7 * 24 * amount,
            Unit::Months => 30 * 24 * amount,
            Unit::Years => 365 * 24 * amount,
        };
        safe_by - chrono::Duration::hours(hours)
    }
}

/// Somebody to be told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recipient {
    /// A unit.
    Unit(String),
    /// The head of a unit.
    HeadOf(String),
    /// The head of the office.
    Head,
}

impl Recipient {
    /// As the store keeps it.
    pub fn key(&self) -> String {
        match self {
            Self::Unit(unit) => format!("unit:{unit}"),
            Self::HeadOf(unit) => format!("head:{unit}"),
            Self::Head => "head".to_owned(),
        }
    }

    /// As the store kept it.
    pub fn of_key(key: &str) -> Self {
        match key.split_once(':') {
            Some(("unit", unit)) => Self::Unit(unit.to_owned()),
            Some((_, unit)) => Self::HeadOf(unit.to_owned()),
            None => Self::Head,
        }
    }

    /// Where it reads its mail.
    pub fn address<'a>(&self, settings: &'a OfficeSettings) -> Option<&'a str> {
        match self {
            Self::Unit(unit) => settings.units.get(unit)?.email.as_deref(),
            Self::HeadOf(unit) => settings.units.get(unit)?.head.as_deref(),
            Self::Head => settings.head.as_deref(),
        }
    }

    /// In which language it reads.
    pub fn lang(&self, config: &OfficeConfig) -> Option<Lang> {
        let unit = match self {
            Self::Unit(unit) | Self::HeadOf(unit) => config.settings.units.get(unit),
            Self::Head => None,
        };
        let own = unit.and_then(|unit| unit.lang.as_ref());
        own.or(config.office.languages.first()).cloned()
    }

    /// Whether it can be mailed.
    pub fn state(&self, settings: &OfficeSettings) -> WarningState {
        if settings.mail.is_some() && self.address(settings).is_some() {
            WarningState::Waiting
        } else {
            WarningState::Shown
        }
    }
}

/// Everybody who is to be told, once each. Heads without an address are told by nobody; units always are, on the command line at least.
fn recipients(settings: &OfficeSettings, unit: &str, deputy: Option<&str>, told: &[Recipients]) -> BTreeSet<Recipient> {
    let head_of = |(name, unit): (&String, &UnitSettings)| unit.head.as_ref().map(|_| Recipient::HeadOf(name.clone()));
    let mut all = BTreeSet::new();
    for told in told {
        match told {
            Recipients::Unit => {
                all.insert(Recipient::Unit(unit.to_owned()));
                all.extend(deputy.map(|deputy| Recipient::Unit(deputy.to_owned())));
            }
            Recipients::Head => {
                let own = settings.units.get_key_value(unit).and_then(head_of);
                all.extend(own.or_else(|| settings.head.as_ref().map(|_| Recipient::Head)));
            }
            Recipients::Everybody => {
                all.extend(settings.units.keys().cloned().map(Recipient::Unit));
                all.extend(settings.units.iter().filter_map(head_of));
                all.extend(settings.head.as_ref().map(|_| Recipient::Head));
            }
        }
    }
    all
}
