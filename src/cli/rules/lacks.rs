//! What an office lacks to follow the rules that bind it: the rules are sound, but something in its configuration is not there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, Datelike, Utc};
use serde::Serialize;

use crate::rules::{Bound, Languages};
use crate::system::{Data, OfficeConfig};

/// The commission for the official calendar has until the end of October.
const CALENDAR_OUT: u32 = 11;

/// One thing that is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lack {
    /// The office.
    pub office: String,
    /// What is not there, and what follows from it.
    pub what: String,
    /// The rules that ask for it.
    pub rules: Vec<String>,
    /// What to do.
    pub step: String,
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.office, self.what)?;
        if !self.rules.is_empty() {
            write!(f, " (asked for by {})", self.rules.join(", "))?;
        }
        write!(f, "; {}", self.step)
    }
}

/// Everything that one office lacks.
pub fn lacks(config: &OfficeConfig, data: &Data, now: DateTime<Utc>) -> Vec<Lack> {
    let mut found = Found::default();
    for bound in data.rules.bound(&config.settings.rules) {
        groups(config, bound, &mut found);
        units(config, data, bound, &mut found);
        list(config, bound, &mut found);
        if config.settings.official_languages.is_empty() && matches!(bound.rule.languages, Languages::Official(_)) {
            let step = format!(
                "write official_languages = [\"sq\", …] under [offices.{}], else no language is ever missed",
                config.office.id
            );
            found.lack("no official language is named".to_owned(), step, bound);
        }
    }
    calendars(config, data, now, &mut found);
    let lack = |((what, step), rules): ((String, String), BTreeSet<String>)| Lack {
        office: config.office.id.clone(),
        what,
        rules: rules.into_iter().collect(),
        step,
    };
    found.0.into_iter().map(lack).collect()
}

/// What is lacking and what to do, with the rules that ask for it.
#[derive(Default)]
struct Found(BTreeMap<(String, String), BTreeSet<String>>);

impl Found {
    fn lack(&mut self, what: String, step: String, bound: Bound<'_>) {
        self.0.entry((what, step)).or_default().insert(bound.rule.id.clone());
    }
}

/// Channels on which the office has no account.
fn groups(config: &OfficeConfig, bound: Bound<'_>, found: &mut Found) {
    let has = |group: &String| config.manifests.values().any(|manifest| manifest.group.as_ref() == Some(group));
    let id = &config.office.id;
    for group in bound.rule.channels.all.iter().filter(|group| !has(group)) {
        let step = format!("add an account of that group under [offices.{id}.accounts], or take it out of the rule");
        found.lack(
            format!("it has no account in the group \"{group}\", so this is never complete"),
            step,
            bound,
        );
    }
    let any = &bound.rule.channels.any;
    if !any.is_empty() && !any.iter().any(has) {
        let step = format!("add an account of one of them under [offices.{id}.accounts]");
        found.lack(
            format!(
                "it has no account in any of the groups \"{}\", so this is never met",
                any.join("\", \"")
            ),
            step,
            bound,
        );
    }
}

/// Units that answer for something and that the office does not list.
fn units(config: &OfficeConfig, data: &Data, bound: Bound<'_>, found: &mut Found) {
    let kinds = bound.rule.kinds.iter().filter_map(|kind| data.kinds.get(kind));
    let of_kinds: Vec<&String> = match &bound.rule.unit {
        Some(unit) => vec![unit],
        None => kinds.clone().map(|kind| &kind.unit).collect(),
    };
    let deputies: Vec<&String> = match &bound.rule.deputy {
        Some(deputy) => vec![deputy],
        None => kinds.filter_map(|kind| kind.deputy.as_ref()).collect(),
    };
    for unit in of_kinds.into_iter().chain(deputies) {
        if !config.settings.units.contains_key(unit) {
            let step = format!(
                "write [offices.{}.units.{unit}] with its label and e-mail address",
                config.office.id
            );
            found.lack(format!("it has no unit \"{unit}\", so nobody there is warned"), step, bound);
        }
    }
}

/// Lists that a rule goes through one by one.
fn list(config: &OfficeConfig, bound: Bound<'_>, found: &mut Found) {
    let Some(each) = bound.rule.every.as_ref().and_then(|every| every.each.as_ref()) else {
        return;
    };
    if config.settings.lists.get(each).is_none_or(Vec::is_empty) {
        let step = format!("write lists.{each} = [\"…\"] under [offices.{}]", config.office.id);
        found.lack(format!("it has no list \"{each}\", so nothing is owed by this"), step, bound);
    }
}

/// Years whose holidays are only estimated although they should be known.
fn calendars(config: &OfficeConfig, data: &Data, now: DateTime<Utc>, found: &mut Found) {
    let today = now.with_timezone(&config.office.zone).date_naive();
    let next = (today.month() >= CALENDAR_OUT).then(|| today.year() + 1);
    let plans = config.settings.rules.iter().filter_map(|plan| data.rules.plan(plan));
    for id in plans.filter_map(|plan| plan.head.calendar.as_ref()).collect::<BTreeSet<_>>() {
        for year in std::iter::once(today.year()).chain(next) {
            if data.rules.calendar_named(id).is_some_and(|calendar| !calendar.is_written(year)) {
                let what = format!("the calendar \"{id}\" has no file for {year}: its holidays are estimated");
                let step = format!("write holidays/{id}-{year}.toml in the folder that folders.rules names");
                found.0.entry((what, step)).or_default();
            }
        }
    }
}
