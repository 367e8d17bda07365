//! What every test of the rules begins with.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use kasnec::assets;
use kasnec::item::{Content, FactValue, Kinds};
use kasnec::rules::{Bound, Due, Known, Period, Rule, Rules, Step, Unsettled};
use serde_json::Value;

/// The zone of Kaçanik's clocks.
pub const BELGRADE: Tz = chrono_tz::Europe::Belgrade;

/// The shipped kinds.
pub static KINDS: LazyLock<Kinds> = LazyLock::new(|| {
    let texts = assets::texts("kinds", None).unwrap();
    Kinds::parse(texts.iter().map(|(file, text)| (file.as_str(), text.as_str()))).unwrap()
});

/// The shipped rules.
pub static SHIPPED: LazyLock<Rules> = LazyLock::new(|| parse(&files()).unwrap());

/// The shipped files of rules, by path below `rules/`.
pub fn files() -> BTreeMap<String, String> {
    assets::texts("rules", None).unwrap()
}

/// The same, with the calendars that only the tests have.
pub fn files_of_the_tests() -> BTreeMap<String, String> {
    let mut files = files();
    for entry in fs::read_dir(folder().join("holidays")).unwrap().flatten() {
        let name = format!("tests/{}", entry.file_name().to_string_lossy());
        files.insert(name, fs::read_to_string(entry.path()).unwrap());
    }
    files
}

/// `tests/rules/`.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules")
}

/// Reads files of rules; the faults as they are told.
pub fn parse(files: &BTreeMap<String, String>) -> Result<Rules, String> {
    let pairs = files.iter().map(|(file, text)| (file.as_str(), text.as_str()));
    Rules::parse(pairs, &KINDS).map_err(|bad| bad.to_string())
}

/// The rules of one plan text, with the calendars it may name.
pub fn plan(text: &str) -> Result<Rules, String> {
    let mut files = files_of_the_tests();
    let named = |name: &str| {
        name.rsplit('/')
            .next()
            .and_then(|file| file.rsplit_once('-'))
            .map(|(calendar, _)| calendar.to_owned())
    };
    files.retain(|name, _| name.contains('/') && named(name).is_some_and(|id| text.contains(&format!("calendar = \"{id}\""))));
    files.insert("plan.toml".to_owned(), text.to_owned());
    parse(&files)
}

/// A plan of one rule on assembly meetings that says `lines`.
pub fn one_rule(calendar: &str, lines: &str) -> String {
    format!(
        "[plan]\nid = \"p\"\ntitle = {{ en = \"P\" }}\nsource = \"s\"\ncalendar = \"{calendar}\"\n\n\
         [[rule]]\nid = \"r\"\nplan = \"00\"\ntitle = {{ en = \"R\" }}\nseverity = \"plan\"\ncertainty = \"plan\"\nsource = \"s\"\n{lines}\n"
    )
}

/// The one rule of a plan made by [`one_rule`].
pub fn the_rule(rules: &Rules) -> Bound<'_> {
    let plans: &'static [String] = Box::leak(Box::new(["p".to_owned()]));
    rules.bound(plans).next().unwrap()
}

/// An item of a kind with facts as a file would write them.
pub fn item(kind: &str, facts: &[(&str, &str)], zone: Tz) -> Content {
    let read = |(name, text): &(&str, &str)| {
        let spec = KINDS
            .fact(kind, name)
            .unwrap_or_else(|| panic!("the kind {kind} has no fact {name}"));
        let value = text.parse::<i64>().map_or_else(|_| Value::from(*text), Value::from);
        ((*name).to_owned(), FactValue::read(spec, &value, zone).unwrap())
    };
    Content {
        kind: kind.to_owned(),
        reference: "R-1".to_owned(),
        release: None,
        tags: vec![],
        facts: facts.iter().map(read).collect(),
        translations: BTreeMap::new(),
        attachments: vec![],
    }
}

/// An assembly meeting at that time on Kaçanik's clocks.
pub fn meeting(session: &str, start: &str) -> Content {
    item("assembly-meeting", &[("session", session), ("meeting_start", start)], BELGRADE)
}

/// A rule's deadline and the steps to it.
pub fn due(bound: Bound<'_>, content: Option<&Content>, known: &Known) -> (Result<Due, Unsettled>, Vec<Step>) {
    let mut steps = Vec::new();
    let due = bound.rule.due(content, known, bound.calendar, &mut steps);
    assert_eq!(
        due,
        bound.rule.due(content, known, bound.calendar, &mut ()),
        "listening changes nothing"
    );
    (due, steps)
}

/// What the clock on the wall shows.
pub fn wall(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}

/// The instant of a time on the wall that happens once.
pub fn at(text: &str, zone: Tz) -> DateTime<Utc> {
    let wall = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    zone.from_local_datetime(&wall).single().unwrap().with_timezone(&Utc)
}

/// An item that has every fact a rule may count from, and everything else that may be known of it.
pub fn anything_for(rule: &Rule) -> (Content, Known) {
    let kinds = rule.follows.as_ref().map_or(&rule.kinds, |follows| &follows.kinds);
    let kind = kinds.iter().find(|kind| *kind != "*").map_or("news", String::as_str);
    let mut facts = Vec::new();
    for (name, spec) in KINDS.facts(kind).iter().filter(|(name, _)| rule.anchor.0.contains(name)) {
        let instant = spec.kind == kasnec::item::FactType::Instant;
        facts.push((name.as_str(), if instant { "2026-11-24 10:00" } else { "2026-11-24" }));
    }
    let day = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
    let mut known = Known {
        queued: Some(at("2026-11-20 15:00", BELGRADE)),
        published: Some(at("2026-11-20 16:00", BELGRADE)),
        ..Known::zone(BELGRADE)
    };
    if let Some(every) = &rule.every {
        known = known.within(Period::of(every.period, day).unwrap());
    }
    (item(kind, &facts, BELGRADE), known)
}
