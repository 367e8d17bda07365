//! The shipped kinds: complete, in four languages, and each row of the plan served.

use std::collections::BTreeSet;

use kasnec::item::{FactSpec, FactType, FactValue, Kind, Kinds, Localized};
use serde_json::Value;

use crate::desk::{ZONE, kinds, lang};

const UNITS: [&str; 9] = [
    "assembly-secretariat",
    "information-office",
    "mayors-office",
    "communication-officer",
    "it-unit",
    "procurement",
    "personnel",
    "access-officer",
    "citizens-officer",
];

fn each_kind(kinds: &Kinds) -> impl Iterator<Item = (&str, &Kind)> {
    kinds.names().map(|name| (name, kinds.get(name).unwrap()))
}

fn each_fact(kinds: &Kinds) -> impl Iterator<Item = (String, &FactSpec)> {
    kinds
        .names()
        .flat_map(|kind| kinds.facts(kind).iter().map(move |(fact, spec)| (format!("{kind}.{fact}"), spec)))
}

fn speaks_four_languages(what: &str, label: &Localized) {
    for code in ["sq", "sr", "en", "tr"] {
        let text = label.0.get(&lang(code)).map_or("", |text| text.trim());
        assert!(!text.is_empty(), "{what} has no name in {code}");
    }
}

#[test]
fn every_row_of_the_plan_is_served_by_a_kind() {
    let kinds = kinds();
    let served: BTreeSet<&str> = each_kind(&kinds)
        .flat_map(|(_, kind)| kind.plan.iter().map(String::as_str))
        .collect();
    for row in (1..=20).map(|row| format!("{row:02}")) {
        assert!(served.contains(row.as_str()), "no kind serves row {row}");
    }
    assert_eq!(served.len(), 20, "a kind names a row that the plan does not have: {served:?}");
}

#[test]
fn every_label_is_there_in_four_languages() {
    let kinds = kinds();
    for (name, kind) in each_kind(&kinds) {
        speaks_four_languages(name, &kind.label);
    }
    for (name, spec) in each_fact(&kinds) {
        speaks_four_languages(&name, &spec.label);
        for (option, label) in spec.options.iter() {
            speaks_four_languages(&format!("{name}={option}"), label);
        }
    }
}

#[test]
fn every_kind_belongs_to_a_known_unit_with_another_as_deputy() {
    let kinds = kinds();
    for (name, kind) in each_kind(&kinds) {
        assert!(UNITS.contains(&kind.unit.as_str()), "{name}: {}", kind.unit);
        let deputy = kind.deputy.as_deref().unwrap();
        assert!(UNITS.contains(&deputy) && deputy != kind.unit, "{name}: {deputy}");
    }
}

#[test]
fn choices_have_options_and_nothing_else_has() {
    let kinds = kinds();
    for (name, spec) in each_fact(&kinds) {
        assert_eq!(spec.kind == FactType::Choice, spec.options.iter().count() > 1, "{name}");
        let known = spec.default.as_ref().is_none_or(|default| spec.options.contains_key(default));
        assert!(known, "{name}: the default {:?} is not an option", spec.default);
    }
}

#[test]
fn every_example_would_itself_be_accepted() {
    let kinds = kinds();
    for (name, spec) in each_fact(&kinds) {
        if let Some(example) = &spec.example {
            let read = FactValue::read(spec, &Value::String(example.clone()), ZONE);
            assert!(read.is_ok(), "{name}: {example}: {read:?}");
        }
    }
}

#[test]
fn an_event_is_a_required_moment_and_its_end_comes_after_it() {
    let kinds = kinds();
    for (name, kind) in each_kind(&kinds) {
        let Some(event) = kind.event.as_deref() else { continue };
        let start = kinds.fact(name, event).unwrap();
        assert!(start.required && start.kind == FactType::Instant, "{name}");
        let end = kinds.fact(name, "meeting_end").unwrap();
        assert_eq!(end.after.as_deref(), Some(event), "{name}");
        for fact in ["venue", "meeting_start"] {
            assert!(kinds.fact(name, fact).is_some_and(|f| f.required), "{name} without {fact}");
        }
    }
}

#[test]
fn facts_and_options_stand_in_the_order_of_their_file() {
    let kinds = kinds();
    let facts: Vec<&str> = kinds.facts("committee-meeting").iter().map(|(name, _)| name.as_str()).collect();
    let order = [
        "committee",
        "session",
        "meeting_start",
        "meeting_end",
        "venue",
        "agenda",
        "urgent_reason",
        "urgent_basis",
        "called_by",
        "contact",
    ];
    assert_eq!(facts, order);
    let weekday = kinds.fact("mayor-day", "weekday").unwrap();
    let days: Vec<&String> = weekday.options.keys().collect();
    assert_eq!(days, ["monday", "tuesday", "wednesday", "thursday", "friday"]);
    let again: FactSpec = serde_json::from_str(&serde_json::to_string(weekday).unwrap()).unwrap();
    assert_eq!(&again, weekday);
}

#[test]
fn only_what_citizens_send_in_stays_unpublished_and_only_news_may_expire() {
    let kinds = kinds();
    let named = |which: fn(&Kind) -> bool| -> Vec<&str> { each_kind(&kinds).filter(|(_, k)| which(k)).map(|(n, _)| n).collect() };
    assert_eq!(named(|k| !k.published), ["access-request", "petition"]);
    assert_eq!(named(|k| k.courtesy), ["news"]);
}
