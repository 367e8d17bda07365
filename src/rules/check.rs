//! What is wrong with a rule although its form is right: unknown kinds and facts, impossible times, rules that can never apply or contradict each other.

use super::file::Text;
use super::reading::{Count, Direction, Exclude, Reading, Roll};
use super::rule::{About, Conditions, GROUPS, PERIOD_END, PERIOD_START, PUBLISHED, QUEUED, Rule, Variation};
use super::rules::Plan;
use super::span::Unit;
use crate::item::problem::nearest;
use crate::item::{Expected, FactType, Kinds, Problem};

/// Something wrong with one key of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    rule: String,
    key: &'static str,
    what: String,
    expected: Expected,
}

impl Wrong {
    pub(super) fn at(self, text: Text<'_>, start: usize) -> Problem {
        let place = text.place_of(start, self.key);
        text.problem(Some(place), &format!("{}.{}", self.rule, self.key), self.what, self.expected)
    }
}

/// What is wrong with one rule alone.
pub(super) fn rule(rule: &Rule, kinds: &Kinds, calendar: bool) -> Vec<Wrong> {
    let mut check = Check {
        rule,
        kinds,
        wrongs: vec![],
    };
    check.kinds();
    check.facts();
    check.time();
    check.readings(calendar);
    check.channels();
    check.validity();
    check.wrongs
}

/// What is wrong with a plan's rules together.
pub(super) fn together(rules: &[(usize, Rule)]) -> Vec<(usize, Wrong)> {
    let mut wrongs = Vec::new();
    for (number, (start, rule)) in rules.iter().enumerate() {
        for (_, earlier) in &rules[..number] {
            if !overlap(earlier, rule) {
                continue;
            }
            let step = |text: &str| Expected::Do(text.to_owned());
            if earlier.id == rule.id {
                let what = format!("\"{}\" is the name of an earlier rule that binds at the same time", rule.id);
                wrongs.push((
                    *start,
                    wrong(
                        rule,
                        "id",
                        what,
                        step("give it another name, or let the earlier one end with valid_until"),
                    ),
                ));
            } else if contradict(earlier, rule) {
                let what = format!(
                    "it asks for the same as \"{}\", but by another time: nobody could obey both",
                    earlier.id
                );
                wrongs.push((
                    *start,
                    wrong(
                        rule,
                        "anchor",
                        what,
                        step("tell them apart with when, make one an alternative reading of the other, or end one with valid_until"),
                    ),
                ));
            }
        }
    }
    wrongs
}

/// What is wrong with a plan's principles.
pub(super) fn principles(plan: &Plan) -> Vec<Wrong> {
    let mut wrongs = Vec::new();
    for principle in &plan.principles {
        let unknown = principle.served_by.iter().find(|id| !plan.rules.iter().any(|rule| rule.id == **id));
        if let Some(unknown) = unknown {
            wrongs.push(Wrong {
                rule: principle.id.clone(),
                key: "served_by",
                what: format!("there is no rule \"{unknown}\""),
                expected: Expected::OneOf(plan.rules.iter().map(|rule| rule.id.clone()).collect()),
            });
        }
    }
    wrongs
}

fn overlap(one: &Rule, other: &Rule) -> bool {
    let ends_before = |a: &Rule, b: &Rule| matches!((a.valid_until, b.valid_from), (Some(until), Some(from)) if until < from);
    !ends_before(one, other) && !ends_before(other, one)
}

/// The same is asked for of the same things, counted from the same, but by another time.
fn contradict(one: &Rule, other: &Rule) -> bool {
    let same = one.kinds == other.kinds
        && one.when == other.when
        && one.but == other.but
        && one.follows == other.follows
        && one.every == other.every
        && one.met == other.met
        && one.anchor == other.anchor
        && one.plan == other.plan;
    same && one.severity == other.severity && (one.before, one.after) != (other.before, other.after)
}

fn wrong(rule: &Rule, key: &'static str, what: String, expected: Expected) -> Wrong {
    Wrong {
        rule: rule.id.clone(),
        key,
        what,
        expected,
    }
}

struct Check<'a> {
    rule: &'a Rule,
    kinds: &'a Kinds,
    wrongs: Vec<Wrong>,
}

impl Check<'_> {
    fn wrong(&mut self, key: &'static str, what: String, expected: Expected) {
        self.wrongs.push(wrong(self.rule, key, what, expected));
    }

    fn step(&mut self, key: &'static str, what: impl Into<String>, step: &str) {
        self.wrong(key, what.into(), Expected::Do(step.to_owned()));
    }

    fn kinds(&mut self) {
        let follows = self.rule.follows.as_ref().map(|f| f.kinds.as_slice()).unwrap_or_default();
        for (key, kinds) in [("kinds", self.rule.kinds.as_slice()), ("follows", follows)] {
            for kind in kinds.iter().filter(|kind| *kind != "*") {
                if self.kinds.get(kind).is_none() {
                    let meant = nearest(kind, self.kinds.names()).map(str::to_owned);
                    let expected =
                        Expected::OneOf(meant.map_or_else(|| self.kinds.names().map(str::to_owned).collect(), |meant| vec![meant]));
                    self.wrong(key, format!("there is no kind \"{kind}\" in kinds/*.toml"), expected);
                }
            }
        }
        if self.rule.kinds.is_empty() {
            self.step(
                "kinds",
                "it names no kind, so it can never apply",
                "name the kinds it is about, or [\"*\"]",
            );
        }
        let several = [self.rule.met.is_some(), self.rule.follows.is_some(), self.rule.every.is_some()];
        if several.into_iter().filter(|there| *there).count() > 1 {
            self.step("kinds", "it has more than one of met, follows and every", "make a rule of each");
        }
    }

    fn facts(&mut self) {
        let rule = self.rule;
        let own = rule.kinds.as_slice();
        let counted = rule.follows.as_ref().map_or(own, |follows| follows.kinds.as_slice());
        self.conditions("when", own, &rule.when);
        self.conditions("but", own, &rule.but);
        if let Some(follows) = &rule.follows {
            self.conditions("follows", &follows.kinds, &follows.when);
            self.conditions("follows", own, &follows.filter);
            self.known("follows", own, follows.reference.iter().chain(&follows.on));
        }
        if let Some(every) = &rule.every {
            self.known(
                "every",
                own,
                [&every.year, &every.part, &every.on, &every.fact].into_iter().flatten(),
            );
            if every.part.is_some() && every.parts.is_empty() {
                self.step(
                    "every",
                    "it names the part of the year, but not its values",
                    "add parts = [\"first-half\", \"year\"]",
                );
            }
            if every.times == 0 {
                self.step("every", "nothing is owed zero times", "write times = 1 or more");
            }
        }
        for (key, variation) in [("urgent", &rule.urgent), ("extension", &rule.extension)] {
            if let Some(variation) = variation {
                self.conditions(key, counted, &variation.when);
                self.known(key, counted, variation.requires.iter());
            }
        }
        self.known("requires", own, rule.requires.iter());
        self.known("restarts", own, rule.restarts.iter());
        self.known("met", own, rule.met.iter());
        let special = [QUEUED, PUBLISHED, PERIOD_START, PERIOD_END];
        let anchors: Vec<&String> = rule.anchor.0.iter().filter(|name| !special.contains(&name.as_str())).collect();
        self.some_kind_has("anchor", counted, &anchors);
        self.instants("anchor", counted, &anchors);
    }

    /// Every kind must have the fact.
    fn known<'b>(&mut self, key: &'static str, kinds: &[String], facts: impl Iterator<Item = &'b String>) {
        for fact in facts {
            for kind in kinds.iter().filter(|kind| self.kinds.get(kind).is_some()) {
                if self.kinds.fact(kind, fact).is_none() {
                    let known = self.kinds.facts(kind).iter().map(|(name, _)| name.clone()).collect();
                    self.wrong(key, format!("the kind \"{kind}\" has no fact \"{fact}\""), Expected::OneOf(known));
                }
            }
        }
    }

    /// Of several anchors each kind must have at least one, and each must be some kind's.
    fn some_kind_has(&mut self, key: &'static str, kinds: &[String], facts: &[&String]) {
        for kind in kinds.iter().filter(|kind| self.kinds.get(kind).is_some()) {
            let known: Vec<String> = self.kinds.facts(kind).iter().map(|(name, _)| name.clone()).collect();
            if !facts.is_empty() && !facts.iter().any(|fact| known.contains(fact)) {
                let names = facts.iter().map(|fact| format!("\"{fact}\"")).collect::<Vec<_>>().join(" nor ");
                self.wrong(
                    key,
                    format!("the kind \"{kind}\" has no fact {names} to count from"),
                    Expected::OneOf(known),
                );
            }
        }
    }

    fn instants(&mut self, key: &'static str, kinds: &[String], facts: &[&String]) {
        for (kind, fact) in kinds.iter().flat_map(|kind| facts.iter().map(move |fact| (kind, *fact))) {
            let spec = self.kinds.fact(kind, fact);
            if spec.is_some_and(|spec| !matches!(spec.kind, FactType::Instant | FactType::Date)) {
                self.step(
                    key,
                    format!("\"{fact}\" of \"{kind}\" is no day and no instant"),
                    "count from a fact of the type date or instant",
                );
            }
        }
    }

    /// A condition that no item can meet makes the rule unreachable.
    fn conditions(&mut self, key: &'static str, kinds: &[String], conditions: &Conditions) {
        self.known(key, kinds, conditions.keys());
        for (fact, values) in conditions {
            if values.is_empty() {
                self.step(
                    key,
                    format!("\"{fact}\" has no value it may have, so the rule can never apply"),
                    "name at least one value",
                );
            }
            for kind in kinds {
                let Some(spec) = self.kinds.fact(kind, fact).filter(|spec| spec.kind == FactType::Choice) else {
                    continue;
                };
                let options: Vec<String> = spec.options.keys().cloned().collect();
                if let Some(unknown) = values.iter().find(|value| !options.contains(value)) {
                    let what = format!("\"{unknown}\" is no value of \"{fact}\" of the kind \"{kind}\", so it can never apply");
                    self.wrong(key, what, Expected::OneOf(options));
                }
            }
        }
    }

    fn time(&mut self) {
        let rule = self.rule;
        let timed = rule.before.is_some() || rule.after.is_some();
        if rule.before.is_some() && rule.after.is_some() {
            self.step("before", "it has both before and after", "keep one of the two");
        }
        if timed && rule.anchor.0.is_empty() {
            self.step(
                "anchor",
                "it has a time but nothing to count it from",
                "add anchor = \"meeting_start\", or another fact",
            );
        }
        if timed && rule.readings.is_empty() {
            self.step(
                "readings",
                "it does not say how the time is counted",
                "add readings = [{ count = \"clear\" }, { count = \"elapsed\" }]",
            );
        }
        if !timed && !rule.readings.is_empty() {
            self.step(
                "readings",
                "it says how to count, but not how much",
                "add before = \"7 days\" or after = \"15 days\"",
            );
        }
        if rule.every.is_some() != rule.anchor.0.iter().any(|name| name == PERIOD_START || name == PERIOD_END) {
            self.step(
                "anchor",
                "only what is owed in every period counts from period_start or period_end",
                "use both or neither",
            );
        }
        if rule
            .cancellation
            .is_some_and(|within| !matches!(within.unit, Unit::Hours | Unit::Days))
        {
            self.step(
                "cancellation",
                "a withdrawal is told within hours or days",
                "cancellation = \"24 hours\"",
            );
        }
        for (key, variation) in [("urgent", &rule.urgent), ("extension", &rule.extension)] {
            if let Some(variation) = variation {
                self.variation(key, variation);
            }
        }
    }

    fn variation(&mut self, key: &'static str, variation: &Variation) {
        if variation.before.is_some() == variation.after.is_some() {
            self.step(key, "it must have either before or after", "write one of the two");
        }
        if variation.readings.is_empty() && self.rule.readings.is_empty() {
            self.step(key, "it does not say how the time is counted", "add readings");
        }
        if variation.when.is_empty() {
            self.step(key, "it does not say when it holds", "add when = { session = [\"urgent\"] }");
        }
    }

    fn readings(&mut self, calendar: bool) {
        let rule = self.rule;
        let variations = [&rule.urgent, &rule.extension].into_iter().flatten();
        let periods: Vec<_> = std::iter::once(rule.period(None))
            .chain(variations.map(|variation| rule.period(Some(variation))))
            .flatten()
            .collect();
        for (span, direction, readings) in periods {
            for reading in readings {
                self.reading(reading, reading.period.unwrap_or(span).unit, direction, calendar);
            }
        }
    }

    fn reading(&mut self, reading: &Reading, unit: Unit, direction: Direction, calendar: bool) {
        if unit == Unit::Hours && reading.count != Count::Elapsed {
            self.step(
                "readings",
                "hours are hours that pass",
                "count = \"elapsed\"; days on which they do not pass go into exclude",
            );
        }
        if matches!(unit, Unit::Months | Unit::Years) && reading.excludes() {
            self.step(
                "readings",
                "of months no days can be left out",
                "count the rule in days, or leave exclude and working away",
            );
        }
        if direction == Direction::Before && reading.roll == Roll::Later {
            self.step(
                "readings",
                "a duty before an event that rolls later would come after the law's day",
                "roll = \"earlier\", or none",
            );
        }
        if reading.needs_calendar() && !calendar {
            self.step(
                "readings",
                "it speaks of working days or holidays, but the plan has no calendar",
                "add calendar = \"kosovo\" under [plan]",
            );
        }
        let all_week = [Exclude::Saturdays, Exclude::Sundays]
            .iter()
            .all(|day| reading.exclude.contains(day));
        if all_week && reading.exclude.contains(&Exclude::Weekends) {
            self.step(
                "readings",
                "weekends are left out twice",
                "keep either weekends or saturdays and sundays",
            );
        }
    }

    fn channels(&mut self) {
        let unknown = self.rule.groups().find(|group| !GROUPS.contains(group)).map(str::to_owned);
        if let Some(unknown) = unknown {
            let known = GROUPS.iter().map(ToString::to_string).collect();
            self.wrong(
                "channels",
                format!("there is no group of channels \"{unknown}\""),
                Expected::OneOf(known),
            );
        }
        if self.rule.about() == About::Tracked && self.rule.groups().next().is_some() {
            self.step("channels", "what is only tracked stands on no channel", "leave channels away");
        }
    }

    fn validity(&mut self) {
        if let (Some(from), Some(until)) = (self.rule.valid_from, self.rule.valid_until)
            && until < from
        {
            self.step(
                "valid_until",
                format!("it ends on {until}, before it begins on {from}"),
                "swap or mend the days",
            );
        }
    }
}
