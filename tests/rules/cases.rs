//! Every case of `cases.toml`, and the oracle that worked them out a second time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::NaiveDate;
use chrono_tz::Tz;
use kasnec::item::Content;
use kasnec::rules::{Due, Known, Period, Rules};
use serde::Deserialize;

use crate::support::{KINDS, at, due, files_of_the_tests, folder, item, one_rule, parse, plan, the_rule, wall};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    primitive: Vec<Primitive>,
    duty: Vec<Worked>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Primitive {
    name: String,
    zone: Tz,
    calendar: Option<String>,
    anchor: String,
    before: Option<String>,
    after: Option<String>,
    reading: toml::Table,
    by: String,
    oracle: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Worked {
    name: String,
    zone: Tz,
    plan: String,
    rule: String,
    kind: String,
    facts: BTreeMap<String, toml::Value>,
    period: Option<NaiveDate>,
    queued: Option<String>,
    published: Option<String>,
    safe_by: String,
    latest_by: String,
    warn_by: Option<String>,
    oracle: String,
}

fn table() -> Table {
    toml::from_str(&std::fs::read_to_string(folder().join("cases.toml")).unwrap()).unwrap()
}

#[test]
fn every_primitive_comes_to_what_was_worked_out() {
    let cases = table().primitive;
    assert!(cases.len() >= 150, "{} cases", cases.len());
    let told = |case: &Primitive| (case.name.clone(), case.by.clone(), counted(case));
    all_agree(cases.iter().map(told));
}

#[test]
fn every_duty_of_the_seven_plans_comes_to_what_was_worked_out() {
    let cases = table().duty;
    let rules = parse(&files_of_the_tests()).unwrap();
    let plans: std::collections::BTreeSet<&str> = cases.iter().map(|case| case.plan.as_str()).collect();
    assert_eq!(plans.len(), 7, "{plans:?}");
    all_agree(cases.iter().map(|case| (case.name.clone(), case.expected(), case.reckoned(&rules))));
}

#[test]
fn each_case_names_its_oracle_and_has_a_name_of_its_own() {
    let Table { primitive, duty } = table();
    let names = primitive.iter().map(|case| &case.name).chain(duty.iter().map(|case| &case.name));
    let (count, unique) = (names.clone().count(), names.collect::<std::collections::BTreeSet<_>>().len());
    assert_eq!(count, unique);
    let oracles = primitive
        .iter()
        .map(|case| &case.oracle)
        .chain(duty.iter().map(|case| &case.oracle));
    assert!(oracles.into_iter().all(|oracle| ["hand", "python"].contains(&oracle.as_str())));
}

#[test]
fn a_reckoner_that_knows_nothing_of_this_code_agrees_with_the_table() {
    let script = folder().join("oracle.py");
    let output = Command::new(python())
        .arg(script)
        .arg(folder().join("cases.toml"))
        .output()
        .unwrap();
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{said}");
    assert!(said.contains("agree"), "{said}");
}

fn python() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = std::env::var_os("KASNEC_PYTHON").map_or_else(|| root.join("target/venv/bin/python"), PathBuf::from);
    assert!(
        python.exists(),
        "no Python at {}: run `make test-deps`, or set KASNEC_PYTHON",
        python.display()
    );
    python
}

/// Counts a case through a plan of one rule, anchored on a fact of a shipped kind.
fn counted(case: &Primitive) -> String {
    let (kind, fact) = if case.anchor.contains(':') {
        ("assembly-meeting", "meeting_start")
    } else {
        ("municipal-act", "registered_on")
    };
    let (key, span) = case
        .before
        .as_ref()
        .map_or_else(|| ("after", case.after.as_ref().unwrap()), |span| ("before", span));
    let reading = toml::Value::Table(case.reading.clone());
    let lines = format!("kinds = [\"{kind}\"]\nanchor = \"{fact}\"\n{key} = \"{span}\"\nreadings = [{reading}]");
    let rules = match plan(&one_rule(case.calendar.as_deref().unwrap_or("kosovo"), &lines)) {
        Ok(rules) => rules,
        Err(faults) => return faults,
    };
    let content = item(kind, &[(fact, &case.anchor)], case.zone);
    match due(the_rule(&rules), Some(&content), &Known::zone(case.zone)).0 {
        Ok(due) => wall(due.safe_by, case.zone),
        Err(unsettled) => unsettled.to_string(),
    }
}

impl Worked {
    fn expected(&self) -> String {
        told(&self.safe_by, &self.latest_by, self.warn_by.as_deref())
    }

    fn reckoned(&self, rules: &Rules) -> String {
        let plans = [self.plan.clone()];
        let Some(bound) = rules.rule(&plans, &self.rule) else {
            return "no such rule".to_owned();
        };
        let mut known = Known {
            queued: self.queued.as_ref().map(|text| at(text, self.zone)),
            published: self.published.as_ref().map(|text| at(text, self.zone)),
            ..Known::zone(self.zone)
        };
        if let Some(day) = self.period {
            let length = bound.rule.every.as_ref().expect("a rule over periods").period;
            known = known.within(Period::of(length, day).unwrap());
            return self.told(due(bound, None, &known).0);
        }
        let content = self.content();
        let published = KINDS.get(&self.kind).unwrap().published;
        let explained = rules.explain(&plans, &content, published, &known);
        match explained.into_iter().find(|explained| explained.rule.id == self.rule) {
            Some(explained) => self.told(explained.due),
            None => "the rule does not apply".to_owned(),
        }
    }

    fn content(&self) -> Content {
        let facts: Vec<(&str, String)> = self
            .facts
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
            .collect();
        let facts: Vec<(&str, &str)> = facts.iter().map(|(name, text)| (*name, text.as_str())).collect();
        item(&self.kind, &facts, self.zone)
    }

    fn told(&self, due: Result<Due, kasnec::rules::Unsettled>) -> String {
        let due = match due {
            Ok(due) => due,
            Err(unsettled) => return unsettled.to_string(),
        };
        let shown = |at| wall(at, self.zone);
        told(&shown(due.safe_by), &shown(due.latest_by), due.warn_by.map(shown).as_deref())
    }
}

fn told(safe: &str, latest: &str, warn: Option<&str>) -> String {
    format!(
        "safe by {safe}, at the latest by {latest}{}",
        warn.map(|warn| format!(", warned by {warn}")).unwrap_or_default()
    )
}

/// Fails with every case that differs: its name, what was expected, what was got.
fn all_agree(cases: impl Iterator<Item = (String, String, String)>) {
    let wrong: Vec<String> = cases
        .filter(|(_, expected, got)| expected != got)
        .map(|(name, expected, got)| format!("{name}\n    expected {expected}\n    got      {got}"))
        .collect();
    assert!(wrong.is_empty(), "{} cases differ:\n{}", wrong.len(), wrong.join("\n"));
}
