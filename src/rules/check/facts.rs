//! What is wrong with the facts a rule names: those that no kind has, and conditions that no item can meet.

use super::Check;
use crate::item::{Expected, FactSpec, FactType};
use crate::rules::rule::{Conditions, PERIOD_END, PERIOD_START, PUBLISHED, QUEUED};

impl Check<'_> {
    pub(super) fn facts(&mut self) {
        let rule = self.rule;
        let own = rule.kinds.as_slice();
        let counted = rule.follows.as_ref().map_or(own, |follows| follows.kinds.as_slice());
        self.conditions("when", own, &rule.when);
        self.conditions("but", own, &rule.but);
        self.leaves_something();
        if let Some(follows) = &rule.follows {
            self.conditions("follows", &follows.kinds, &follows.when);
            self.conditions("follows", own, &follows.filter);
            self.known("follows", own, follows.reference.iter().chain(&follows.on));
            let on: Vec<&String> = follows.on.iter().collect();
            self.instants("follows", own, &on);
            if follows.reference.is_none() && follows.on.is_none() {
                self.step(
                    "follows",
                    "it does not say how a follow-up is known as one, so this can never be met",
                    "name the fact that holds the notice\'s reference, or with on the one that holds its day",
                );
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
        let met: Vec<&String> = rule.met.iter().collect();
        self.instants("met", own, &met);
        let special = [QUEUED, PUBLISHED, PERIOD_START, PERIOD_END];
        let anchors: Vec<&String> = rule.anchor.0.iter().filter(|name| !special.contains(&name.as_str())).collect();
        self.some_kind_has("anchor", counted, &anchors);
        self.instants("anchor", counted, &anchors);
    }

    /// Periods: which item belongs to which.
    pub(super) fn every(&mut self) {
        let rule = self.rule;
        let (own, Some(every)) = (rule.kinds.as_slice(), &rule.every) else {
            return;
        };
        let facts = [&every.year, &every.part, &every.on, &every.fact];
        self.known("every", own, facts.into_iter().flatten());
        let on: Vec<&String> = every.on.iter().collect();
        self.instants("every", own, &on);
        let mut wrong = |what: &str, step: &str| self.step("every", what, step);
        if every.part.is_some() && every.parts.is_empty() {
            wrong(
                "it names the part of the year, but not its values",
                "add parts = [\"first-half\", \"year\"]",
            );
        }
        if every.part.is_some() && every.year.is_none() {
            wrong(
                "it names the part of the year, but not the year",
                "add year = \"year\", the fact that holds it",
            );
        }
        if every.year.is_some() && every.on.is_some() {
            wrong("it finds the period by year and by a day", "keep either year (and part) or on");
        }
        if every.each.is_some() != every.fact.is_some() {
            wrong(
                "each names the list, fact the fact that holds one of its names: neither works alone",
                "write both or neither, for example each = \"directorates\", fact = \"directorate\"",
            );
        }
        if every.times > 366 {
            wrong("nobody owes so many in one period", "write times = 366 or less");
        }
        if every.times == 0 {
            wrong("nothing is owed zero times", "write times = 1 or more");
        }
        if let Some(part) = &every.part {
            let values = Conditions::from([(part.clone(), every.parts.clone())]);
            if !every.parts.is_empty() {
                self.conditions("every", own, &values);
            }
        }
    }

    /// What `when` lets in, `but` must not shut out again.
    fn leaves_something(&mut self) {
        let rule = self.rule;
        for (fact, shut) in &rule.but {
            let options = |kind: &String| {
                let spec = self.kinds.fact(kind, fact)?;
                (spec.kind == FactType::Choice).then(|| spec.options.keys().cloned().collect::<Vec<_>>())
            };
            // A choice that is left open is neither: only one that every item makes can be shut out as a whole.
            let made = |kind: &&String| {
                self.kinds
                    .fact(kind, fact)
                    .is_some_and(|spec| spec.required || spec.default.is_some())
            };
            let open: Vec<String> = match rule.when.get(fact) {
                Some(values) => values.clone(),
                None => rule.kinds.iter().filter(made).filter_map(options).flatten().collect(),
            };
            if !open.is_empty() && open.iter().all(|value| shut.contains(value)) {
                self.step(
                    "but",
                    format!("it shuts out every value of \"{fact}\" that there may be, so the rule can never apply"),
                    "leave at least one open",
                );
            }
        }
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
            let somewhere = self.kinds.names().any(|kind| self.kinds.fact(kind, fact).is_some());
            if kinds.iter().any(|kind| kind == "*") && !somewhere {
                self.step(key, format!("no kind has a fact \"{fact}\""), "name a fact of kinds/*.toml");
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
                let Some(spec) = self.kinds.fact(kind, fact) else { continue };
                if let Some(unknown) = values.iter().find(|value| !may_be(spec, value)) {
                    let what = format!("\"{unknown}\" is no value of \"{fact}\" of the kind \"{kind}\", so it can never apply");
                    self.wrong(key, what, expected(spec));
                }
            }
        }
    }
}

/// Whether a condition on the fact can be met by that value: only what is one short word can be compared.
fn may_be(spec: &FactSpec, value: &str) -> bool {
    match spec.kind {
        FactType::Choice => spec.options.contains_key(value),
        FactType::Number => value.parse::<i64>().is_ok(),
        FactType::Date => value.parse::<chrono::NaiveDate>().is_ok(),
        FactType::Text | FactType::Url | FactType::Email => true,
        FactType::Instant | FactType::List => false,
    }
}

fn expected(spec: &FactSpec) -> Expected {
    match spec.kind {
        FactType::Choice => Expected::OneOf(spec.options.keys().cloned().collect()),
        FactType::Number | FactType::Date => Expected::Example(spec.kind.example().to_owned()),
        _ => Expected::Do("ask for a fact of the type choice, number, date or text".to_owned()),
    }
}
