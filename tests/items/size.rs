//! How much an item may say, and what happens to more.

use std::time::{Duration, Instant};

use kasnec::item::check::{MAX_BODY, MAX_TITLE};
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

#[test]
fn deep_nesting_neither_overflows_nor_takes_minutes() {
    let kinds = kinds();
    for piece in [
        "<b>",
        "<div>",
        "<a href=x>",
        "> ",
        "- ",
        "[",
        "![",
        "*a ",
        "`",
        "<",
        "| a |\n|---|\n",
        "&amp;",
    ] {
        let started = Instant::now();
        let _ = check_text(&news("Lajm", &piece.repeat(100_000 / piece.len())), &kinds);
        assert!(started.elapsed() < Duration::from_secs(20), "{piece} took {:?}", started.elapsed());
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
