//! Every language says everything, with its own plurals.

use std::collections::BTreeSet;
use std::fs;

use serde_json::json;

use crate::common::{renderer, root};

fn keys(lang: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for file in fs::read_dir(root("locales").join(lang)).unwrap().map(|e| e.unwrap().path()) {
        let text = fs::read_to_string(file).unwrap();
        for line in text.lines().filter(|l| l.starts_with(|c: char| c.is_ascii_lowercase())) {
            keys.insert(line.split_once(" =").unwrap().0.to_owned());
        }
    }
    keys
}

#[test]
fn every_text_exists_in_all_four_languages() {
    let english = keys("en");
    assert!(english.len() > 20);
    for lang in ["sq", "sr", "tr"] {
        assert_eq!(keys(lang), english, "{lang}");
    }
}

#[test]
fn plurals_follow_each_language() {
    let say = |lang: &str, count: i64| {
        let data = json!({ "lang": lang, "n": count });
        renderer().fill("{{t \"agenda-count\" count=n}}", &data).unwrap()
    };
    assert_eq!(say("sr", 1), "1 tačka dnevnog reda");
    assert_eq!(say("sr", 2), "2 tačke dnevnog reda");
    assert_eq!(say("sr", 5), "5 tačaka dnevnog reda");
    assert_eq!(say("sr", 12), "12 tačaka dnevnog reda");
    assert_eq!(say("sr", 21), "21 tačka dnevnog reda");
    assert_eq!(say("sq", 1), "1 pikë në rendin e ditës");
    assert_eq!(say("sq", 12), "12 pika në rendin e ditës");
    assert_eq!(say("en", 1), "1 item on the agenda");
    assert_eq!(say("tr", 12), "12 gündem maddesi");
    assert_eq!(say("de", 2), "2 items on the agenda");
}

#[test]
fn turkish_capitals_keep_their_dot() {
    let upper = |lang: &str| {
        renderer()
            .fill("{{upper x}}", &json!({ "lang": lang, "x": "ilçe ışık çelësi" }))
            .unwrap()
    };
    assert_eq!(upper("tr"), "İLÇE IŞIK ÇELËSİ");
    assert_eq!(upper("sq"), "ILÇE IŞIK ÇELËSI");
}
