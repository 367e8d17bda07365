//! What is wrong with a rule although its form is right: unknown kinds and facts, impossible times, rules that can never apply or contradict each other.

mod facts;
mod time;

use super::file::Text;
use super::rule::{About, Escalation, GROUPS, Languages, Principle, Rule};
use crate::item::problem::nearest;
use crate::item::{Expected, Kinds, Problem};

const NOBODY: &str = "a step that tells nobody warns nobody";
const TELL: &str = "tell = [\"unit\"], or escalate = [] where nobody is to be told";

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
    check.every();
    check.time();
    check.readings(calendar);
    check.channels();
    check.asks();
    check.escalation(rule.escalate.as_deref().unwrap_or_default());
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

/// What is wrong with a principle of a plan that has these rules.
pub(super) fn principle(principle: &Principle, rules: &[(usize, Rule)]) -> Option<Wrong> {
    let known = |id: &String| rules.iter().any(|(_, rule)| rule.id == *id);
    let unknown = principle.served_by.iter().find(|id| !known(id))?;
    Some(Wrong {
        rule: principle.id.clone(),
        key: "served_by",
        what: format!("there is no rule \"{unknown}\""),
        expected: Expected::OneOf(rules.iter().map(|(_, rule)| rule.id.clone()).collect()),
    })
}

/// What is wrong with whom a plan tells.
pub(super) fn escalation(plan: &str, steps: &[Escalation]) -> Option<Wrong> {
    steps.iter().any(|step| step.tell.is_empty()).then(|| Wrong {
        rule: plan.to_owned(),
        key: "escalate",
        what: NOBODY.to_owned(),
        expected: Expected::Do(TELL.to_owned()),
    })
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
            // Everything can be asked for, but nothing follows everything.
            for kind in kinds.iter().filter(|kind| key == "follows" || *kind != "*") {
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
        let never = |kind: &&String| self.rule.met.is_none() && self.kinds.get(kind).is_some_and(|kind| !kind.published);
        if let Some(kind) = self.rule.kinds.iter().find(never).cloned() {
            self.step(
                "kinds",
                format!("\"{kind}\" is never published, so this can never be met"),
                "name with met = \"…\" the fact that says when it was done, or leave the kind away",
            );
        }
        let several = [self.rule.met.is_some(), self.rule.follows.is_some(), self.rule.every.is_some()];
        if several.into_iter().filter(|there| *there).count() > 1 {
            self.step("kinds", "it has more than one of met, follows and every", "make a rule of each");
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
        if self.rule.channels.simultaneous && self.rule.channels.all.len() < 2 {
            self.step(
                "channels",
                "one channel alone is never at the same time",
                "name at least two groups in all, or leave simultaneous away",
            );
        }
        let both = |group: &&String| self.rule.channels.all.contains(group);
        if let Some(group) = self.rule.channels.any.iter().find(both).cloned() {
            self.step(
                "channels",
                format!("\"{group}\" is in all, so any is always met"),
                "keep it in one of the two",
            );
        }
    }

    /// A rule that asks for nothing is a principle.
    fn asks(&mut self) {
        let rule = self.rule;
        let clock = rule.before.is_some() || rule.after.is_some();
        let anything = clock || rule.groups().next().is_some() || !rule.requires.is_empty() || rule.languages != Languages::Any;
        if !anything {
            self.step(
                "id",
                "it asks for nothing: neither a time nor channels, languages or facts",
                "write it as a [[principle]] with its why",
            );
        }
    }

    fn escalation(&mut self, steps: &[Escalation]) {
        if steps.iter().any(|step| step.tell.is_empty()) {
            self.step("escalate", NOBODY, TELL);
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
