//! The samples: accepted on any day of the year, and rich enough to show what the program can.

use std::collections::BTreeSet;
use std::fs;

use chrono::NaiveDate;
use kasnec::item::{Content, FactValue};

use crate::desk::{check_file, files_in, kinds, lang, name_of, today};

fn samples() -> Vec<Content> {
    let kinds = kinds();
    files_in("samples/items", "md")
        .iter()
        .map(|path| check_file(path, &kinds, today()).unwrap_or_else(|p| panic!("{p}")).content)
        .collect()
}

#[test]
fn every_sample_is_accepted_whatever_the_day() {
    let kinds = kinds();
    let days = ["2026-01-01", "2026-03-19", "2026-10-15", "2026-12-31", "2027-03-18", "2028-02-29"];
    for day in days.map(|d| d.parse::<NaiveDate>().unwrap()).into_iter().chain([today()]) {
        for path in files_in("samples/items", "md") {
            let checked = check_file(&path, &kinds, day);
            assert!(checked.is_ok(), "on {day}: {}", checked.unwrap_err());
        }
    }
}

#[test]
fn every_group_of_kinds_has_a_sample() {
    let used: BTreeSet<String> = samples().into_iter().map(|content| content.kind).collect();
    for path in files_in("kinds", "toml") {
        let text = fs::read_to_string(&path).unwrap();
        let group: Vec<&str> = text.lines().filter_map(|l| l.strip_prefix('[')?.strip_suffix(']')).collect();
        assert!(group.iter().any(|kind| used.contains(*kind)), "no sample of {}", name_of(&path));
    }
}

#[test]
fn the_access_request_is_followed_with_its_facts_but_not_published() {
    let request = samples().into_iter().find(|c| c.kind == "access-request").unwrap();
    assert!(!kinds().get(&request.kind).unwrap().published);
    assert!(
        request
            .event(Some("received_at"))
            .is_some_and(|received| received.at < chrono::Utc::now())
    );
    assert_eq!(request.facts["decision"], FactValue::Choice("pending".into()));
    assert_eq!(request.facts["extension"], FactValue::Choice("several-documents".into()));
    let unpublished = samples().iter().filter(|c| !kinds().get(&c.kind).unwrap().published).count();
    assert_eq!(unpublished, 1);
}

#[test]
fn references_are_unique_because_the_same_one_twice_is_the_same_item() {
    let all = samples();
    let unique: BTreeSet<&str> = all.iter().map(|content| content.reference.as_str()).collect();
    assert_eq!(unique.len(), all.len());
}

#[test]
fn about_a_third_of_the_samples_waits_for_its_time() {
    let all = samples();
    let now = chrono::Utc::now();
    let waiting = all.iter().filter(|c| c.release.as_ref().is_some_and(|r| r.at > now)).count();
    assert!((all.len() / 4..=all.len() / 2).contains(&waiting), "{waiting} of {}", all.len());
}

#[test]
fn the_samples_show_every_language_tables_lists_links_emoji_and_cyrillic() {
    let all = samples();
    for code in ["sq", "sr", "en", "tr"] {
        assert!(all.iter().any(|c| c.translations.contains_key(&lang(code))), "none in {code}");
    }
    assert!(all.iter().all(|c| c.translations.contains_key(&lang("sq"))));
    let html: String = all.iter().flat_map(|c| c.translations.values()).map(|t| t.html.as_str()).collect();
    for needed in ["<table>", "<ul>", "<ol>", "<a href=", "„", "ë", "ç", "🎶", "ћирил"] {
        assert!(html.contains(needed), "no sample has {needed}");
    }
}

#[test]
fn attachments_are_small_readable_documents_and_described_pictures() {
    let files: Vec<_> = samples().into_iter().flat_map(|c| c.attachments).collect();
    assert!(files.iter().any(|f| f.media_type == "application/pdf"));
    assert!(files.iter().filter(|f| f.is_image()).all(|f| f.alt.0.contains_key(&lang("sq"))));
    for file in &files {
        assert!(file.size < 60_000 && file.title.0.contains_key(&lang("sq")), "{}", file.name);
    }
}
