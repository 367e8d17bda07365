//! Reading `rules/`: every file, every fault with its file and line.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::calendar::{Calendar, YearFile};
use super::check;
use super::rule::{PlanHead, Principle, Rule};
use super::rules::{Plan, Rules};
use crate::item::problem::with_suggestion;
use crate::item::{Expected, Kinds, Problem, Problems};

/// Why rules cannot be used: every fault.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadRules(pub Problems);

/// One file of rules, with the place of each rule in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Placed {
    plan: PlanHead,
    #[serde(default)]
    rule: Vec<Spanned<Rule>>,
    #[serde(default)]
    principle: Vec<Spanned<Principle>>,
}

/// A file as text, for naming lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'a> {
    pub file: &'a str,
    pub text: &'a str,
}

impl Rules {
    /// Reads `(file name, TOML text)` pairs and holds them against the kinds.
    pub fn parse<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>, kinds: &Kinds) -> Result<Self, BadRules> {
        let mut rules = Self::default();
        let mut faults = Vec::new();
        let mut years: BTreeMap<String, Vec<(Text<'a>, YearFile)>> = BTreeMap::new();
        let mut plans = Vec::new();
        for (file, text) in files {
            let text = Text { file, text };
            match text.read() {
                Ok(Read::Year(year)) => years.entry(year.calendar.id.clone()).or_default().push((text, *year)),
                Ok(Read::Plan(plan)) => plans.push((text, *plan)),
                Err(fault) => faults.push(*fault),
            }
        }
        let calendars: Vec<String> = years.keys().cloned().collect();
        for (id, years) in years {
            rules.add_calendar(id, &years, &mut faults);
        }
        for (text, plan) in plans {
            rules.add_plan(text, plan, kinds, &calendars, &mut faults);
        }
        if faults.is_empty() {
            Ok(rules)
        } else {
            Err(BadRules(Problems(faults)))
        }
    }

    fn add_calendar(&mut self, id: String, years: &[(Text<'_>, YearFile)], faults: &mut Vec<Problem>) {
        let files: Vec<YearFile> = years.iter().map(|(_, year)| year.clone()).collect();
        // Each alone first, so that a fault is told with the file it stands in.
        let before = faults.len();
        for (text, year) in years {
            if let Err((line, bad)) = year.check() {
                let place = line.map_or_else(|| text.place_of(0, "year"), |line| text.nth(line, "[[holiday]]"));
                let field = if line.is_some() { "holiday" } else { "calendar" };
                faults.push(text.fault(Some(place), field, bad.to_string(), "see docs/RULES.md, \"A calendar of holidays\""));
            }
        }
        if faults.len() > before {
            return;
        }
        match Calendar::of(&files) {
            Ok(calendar) => _ = self.calendars.insert(id, calendar),
            Err(bad) => {
                let twice = |number: &usize| {
                    files[..*number]
                        .iter()
                        .any(|file| file.calendar.year == files[*number].calendar.year)
                };
                let later = (0..files.len()).find(twice).and_then(|number| years.get(number));
                faults.extend(later.map(|(text, _)| {
                    let place = text.place_of(0, "year");
                    text.fault(
                        Some(place),
                        "calendar.year",
                        bad.to_string(),
                        "see docs/RULES.md, \"A calendar of holidays\"",
                    )
                }));
            }
        }
    }

    fn add_plan(&mut self, text: Text<'_>, read: Placed, kinds: &Kinds, calendars: &[String], faults: &mut Vec<Problem>) {
        let placed: Vec<(usize, Rule)> = read.rule.into_iter().map(|rule| (rule.span().start, rule.into_inner())).collect();
        let calendar = read.plan.calendar.as_ref();
        if let Some(unknown) = calendar.filter(|id| !calendars.contains(id)) {
            let (place, what) = (text.place_of(0, "calendar"), format!("there is no calendar \"{unknown}\""));
            faults.push(text.problem(Some(place), "plan.calendar", what, Expected::OneOf(calendars.to_vec())));
        }
        for (start, rule) in &placed {
            faults.extend(
                check::rule(rule, kinds, calendar.is_some())
                    .into_iter()
                    .map(|wrong| wrong.at(text, *start)),
            );
        }
        faults.extend(check::together(&placed).into_iter().map(|(start, wrong)| wrong.at(text, start)));
        let principles: Vec<(usize, Principle)> = read.principle.into_iter().map(|p| (p.span().start, p.into_inner())).collect();
        for (start, principle) in &principles {
            faults.extend(check::principle(principle, &placed).map(|wrong| wrong.at(text, *start)));
        }
        faults.extend(check::escalation(&read.plan.id, &read.plan.escalate).map(|wrong| wrong.at(text, 0)));
        let head = &read.plan.id;
        for (start, rule) in placed.iter().filter(|_| !self.plans.contains_key(head)) {
            faults.extend(self.named_elsewhere(text, *start, rule));
        }
        let plan = Plan {
            head: read.plan,
            rules: placed.into_iter().map(|(_, rule)| rule.versioned()).collect(),
            principles: principles.into_iter().map(|(_, principle)| principle).collect(),
            file: text.file.to_owned(),
        };
        let place = text.place_of(0, "id");
        if let Some(twice) = self.plans.insert(plan.head.id.clone(), plan) {
            let what = format!("the plan \"{}\" is in rules/{} already", twice.head.id, twice.file);
            faults.push(text.fault(Some(place), "plan.id", what, "give each file's plan an id of its own"));
        }
    }

    /// What is owed is kept under the rule's name alone: no other plan may use it.
    fn named_elsewhere(&self, text: Text<'_>, start: usize, rule: &Rule) -> Option<Problem> {
        let other = self
            .plans
            .values()
            .find(|plan| plan.rules.iter().any(|known| known.id == rule.id))?;
        let what = format!("\"{}\" is the name of a rule in rules/{} already", rule.id, other.file);
        let place = text.place_of(start, "id");
        let step = "give it a name of its own: what is owed is kept under it";
        Some(text.fault(Some(place), &format!("{}.id", rule.id), what, step))
    }
}

enum Read {
    Year(Box<YearFile>),
    Plan(Box<Placed>),
}

impl Text<'_> {
    /// A file with `[calendar]` is a year's holidays, any other a plan.
    fn read(self) -> Result<Read, Box<Problem>> {
        let is_year = self.text.lines().any(|line| line.trim_start().starts_with("[calendar]"));
        let read = if is_year {
            toml::from_str(self.text).map(|year| Read::Year(Box::new(year)))
        } else {
            toml::from_str(self.text).map(|plan| Read::Plan(Box::new(plan)))
        };
        read.map_err(|error| Box::new(self.unreadable(&error)))
    }

    fn unreadable(self, error: &toml::de::Error) -> Problem {
        let start = error.span().map(|span| span.start);
        let field = start.and_then(|start| self.key_at(start)).unwrap_or("file").to_owned();
        let what = with_suggestion(error.message()).replace('\n', " ");
        self.fault(start, &field, what, "see docs/RULES.md for every key and its form")
    }

    /// The key on the line of that place.
    fn key_at(&self, start: usize) -> Option<&str> {
        let before = self.text.get(..start)?;
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        let line = self.text.get(line..)?.lines().next()?;
        line.split_once('=').map(|(key, _)| key.trim())
    }

    fn fault(self, start: Option<usize>, field: &str, what: String, step: &str) -> Problem {
        self.problem(start, field, what, Expected::Do(step.to_owned()))
    }

    pub(super) fn problem(self, start: Option<usize>, field: &str, what: String, expected: Expected) -> Problem {
        Problem {
            source: format!("rules/{}", self.file),
            line: start.and_then(|start| Some(self.text.get(..start)?.matches('\n').count() + 1)),
            field: field.to_owned(),
            what,
            expected,
        }
    }

    /// The place of a key within the table that begins at `start`.
    pub(super) fn place_of(self, start: usize, key: &str) -> usize {
        let Some(rest) = self.text.get(start..) else { return start };
        let mut at = start;
        for (number, line) in rest.split_inclusive('\n').enumerate() {
            if number > 0 && line.starts_with("[[") {
                break;
            }
            let line_of = line.trim_start();
            let named = line_of.strip_prefix("[rule.").unwrap_or(line_of).strip_prefix(key);
            if named.is_some_and(|rest| rest.trim_start().starts_with(['=', ']'])) {
                return at;
            }
            at += line.len();
        }
        start
    }

    /// The place of the `n`th such line, counted from 0.
    fn nth(self, n: usize, line: &str) -> usize {
        self.text.match_indices(line).nth(n).map_or(0, |(at, _)| at)
    }
}
