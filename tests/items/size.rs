//! How much an item may say, and what happens to more.

use std::time::{Duration, Instant};

use kasnec::item::check::{MAX_BODY, MAX_TITLE};
use kasnec::item::fact::{MAX_LINE, MAX_LINES};
use serde_json::json;

use crate::desk::{check_text, kinds};

fn news(title: &str, body: &str) -> String {
    json!({"kind": "news", "reference": "1", "translations": {"sq": {"title": title, "body": body}}}).to_string()
}

#[test]
fn a_text_of_a_megabyte_is_accepted_and_one_byte_more_is_refused() {
    let kinds = kinds();
    let body = "Fjalë të qarta. ".repeat(MAX_BODY / 18 + 1);
    let exact = body
        .chars()
        .scan(0, |n, c| {
            *n += c.len_utf8();
            (*n <= MAX_BODY).then_some(c)
        })
        .collect::<String>();
    let exact = format!("{exact}{}", ".".repeat(MAX_BODY - exact.len()));
    assert_eq!(exact.len(), MAX_BODY);
    let kept = check_text(&news("Lajm", &exact), &kinds).unwrap().content;
    assert!(kept.translations.values().all(|t| t.text.len() > MAX_BODY - 2));
    let refused = check_text(&news("Lajm", &format!("{exact}!")), &kinds).unwrap_err();
    assert_eq!(refused.0[0].field, "translations.sq.body");
    assert!(refused.to_string().contains("attach the long part as a PDF"), "{refused}");
}

#[test]
fn a_title_has_its_limit_in_letters_not_in_bytes() {
    let kinds = kinds();
    assert!(check_text(&news(&"ë".repeat(MAX_TITLE), ""), &kinds).is_ok());
    let refused = check_text(&news(&"ë".repeat(MAX_TITLE + 1), ""), &kinds).unwrap_err();
    assert_eq!(refused.0[0].field, "translations.sq.title");
}

/// Pieces that, repeated, send a parser deep or back to its start.
const KNOTS: [&str; 16] = [
    "<b>",
    "<div>",
    "<ul><li>",
    "<a href=x>",
    "<div title=\"</div>\">",
    ">",
    "> ",
    "- ",
    "[",
    "![",
    "*a ",
    "`",
    "<",
    "a*b*",
    "| a |\n|---|\n",
    "w@w.w ",
];

#[test]
fn a_tangled_text_is_answered_in_seconds_whether_taken_or_refused() {
    let kinds = kinds();
    for piece in KNOTS {
        let started = Instant::now();
        let answer = check_text(&news("Lajm", &piece.repeat(100_000 / piece.len())), &kinds);
        assert!(started.elapsed() < Duration::from_secs(30), "{piece} took {:?}", started.elapsed());
        let fields: Vec<String> = answer.err().into_iter().flat_map(|p| p.0).map(|p| p.field).collect();
        assert!(fields.iter().all(|field| field == "translations.sq.body"), "{piece}: {fields:?}");
    }
}

#[test]
fn a_text_nested_too_deep_is_refused_with_the_way_out() {
    let kinds = kinds();
    for body in [">".repeat(1000), "<div>".repeat(3000)] {
        let refused = check_text(&news("Lajm", &body), &kinds).unwrap_err().to_string();
        assert!(
            refused.contains("translations.sq.body") && refused.contains("plain Markdown"),
            "{refused}"
        );
    }
}

#[test]
fn a_fact_may_not_go_on_and_on() {
    let kinds = kinds();
    let day = |hours: &str, venue: &[&str]| {
        let facts = json!({"weekday": "monday", "hours": hours, "venue": "Zyra"});
        let agenda = json!({"committee": "K", "meeting_start": "2026-11-24 10:00", "venue": "Salla", "agenda": venue});
        let (kind, facts) = if venue.is_empty() {
            ("mayor-day", facts)
        } else {
            ("committee-meeting", agenda)
        };
        json!({"kind": kind, "reference": "1", "facts": facts, "translations": {"sq": {"title": "Lajm"}}}).to_string()
    };
    for (text, accepted) in [
        (day(&"ë".repeat(MAX_LINE), &[]), true),
        (day(&"ë".repeat(MAX_LINE + 1), &[]), false),
        (day("", &vec!["Pika"; MAX_LINES]), true),
        (day("", &vec!["Pika"; MAX_LINES + 1]), false),
    ] {
        let answer = check_text(&text, &kinds);
        assert_eq!(answer.is_ok(), accepted, "{:?}", answer.map(|c| c.content.kind));
    }
}

#[test]
fn deeply_nested_front_matter_is_refused_not_crashed_on() {
    let kinds = kinds();
    for facts in ["[".repeat(50_000), format!("a{} = 1", ".a".repeat(50_000)), "{a=".repeat(50_000)] {
        assert!(
            check_text(
                &format!("+++\nkind = \"news\"\nreference = \"1\"\nfacts.x = {facts}\n+++\n# [sq] L\n"),
                &kinds
            )
            .is_err()
        );
        assert!(
            check_text(
                &format!("+++\nkind = \"news\"\nreference = \"1\"\n[facts]\n{facts}\n+++\n# [sq] L\n"),
                &kinds
            )
            .is_err()
        );
    }
}

#[test]
fn what_comes_by_the_hundred_is_told_once() {
    use kasnec::item::check::{MAX_ATTACHMENTS, MAX_FACTS, MAX_TAGS};
    let kinds = kinds();
    let facts: serde_json::Map<String, serde_json::Value> = (0..=MAX_FACTS).map(|nth| (format!("f{nth}"), json!(1))).collect();
    let files = vec![json!({"file": "a.pdf", "base64": "JVBERi0="}); MAX_ATTACHMENTS + 1];
    let tags = vec!["fjalë"; MAX_TAGS + 1];
    for (field, value) in [("facts", json!(facts)), ("attachments", json!(files)), ("tags", json!(tags))] {
        let mut item = json!({"kind": "news", "reference": "1", "translations": {"sq": {"title": "Lajm"}}});
        item[field] = value;
        let refused = check_text(&item.to_string(), &kinds).unwrap_err();
        assert_eq!(refused.0.len(), 1, "{refused}");
        assert!(
            refused.0[0].field == field && refused.to_string().contains("more than the"),
            "{refused}"
        );
    }
}

#[test]
fn a_front_matter_has_its_limit() {
    let filler = format!("# {}\n", "x".repeat(kasnec::item::source::MAX_FRONT));
    let refused = check_text(
        &format!("+++\nkind = \"news\"\nreference = \"1\"\n{filler}+++\n# [sq] L\n"),
        &kinds(),
    )
    .unwrap_err();
    assert!(
        refused.to_string().contains("front matter") && refused.to_string().contains("more than the"),
        "{refused}"
    );
}

#[test]
fn twenty_megabytes_are_an_attachment_and_one_byte_more_is_none() {
    use kasnec::item::attachment::{BadAttachment, MAX_BYTES};
    let mut film = b"%PDF-1.7\n".to_vec();
    film.resize(MAX_BYTES, b' ');
    assert_eq!(kasnec::item::Attachment::read("a.pdf", &film).unwrap().size, MAX_BYTES);
    film.push(b' ');
    assert_eq!(
        kasnec::item::Attachment::read("a.pdf", &film),
        Err(BadAttachment::TooLarge(MAX_BYTES + 1))
    );
}

#[test]
fn a_picture_whose_size_cannot_be_read_is_refused_with_its_name_and_the_way_out() {
    use base64::Engine as _;
    let cut_off = base64::engine::general_purpose::STANDARD.encode(b"\xff\xd8\xff\xe0\0\x10JFIF");
    let mut item = json!({"kind": "news", "reference": "1", "translations": {"sq": {"title": "Lajm"}}});
    item["attachments"] = json!([{"file": "salla.jpg", "alt": {"sq": "Salla"}, "base64": cut_off}]);
    let refused = check_text(&item.to_string(), &kinds()).unwrap_err().to_string();
    for part in ["attachments.0.file", "\"salla.jpg\"", "its size cannot be read", "save it anew"] {
        assert!(refused.contains(part), "{part} is missing from {refused}");
    }
}
