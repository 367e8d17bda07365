//! What does not fit: cut at a word with the link kept, or refused with the numbers.

use kasnec::render::{ActKind, RenderError};
use serde_json::json;

use crate::common::{NOTICE, act, content, manifest, renderer, say_with, try_say};

const LONG: &str = "{{#each facts.agenda}}{{this}} {{/each}}{{url}}";

#[test]
fn a_text_over_the_limit_is_cut_at_a_word_and_keeps_its_link() {
    let post = say_with(LONG, "limit = 150", &act(ActKind::Publish), &["sq"]).unwrap();
    let text = post.part("text");
    assert!(text.chars().count() <= 150, "{text}");
    let (said, link) = text.split_once("…\n\n").unwrap();
    assert_eq!(link, post.link);
    assert_eq!(said, "Miratimi i procesverbalit Raporti i Kryetarit Buxheti për vitin 2027 Plani");
}

#[test]
fn characters_are_counted_and_not_bytes() {
    let post = say_with("ëëëëëëëëëë", "limit = 10", &act(ActKind::Publish), &["sq"]).unwrap();
    assert_eq!(post.part("text"), "ëëëëëëëëëë");
    let post = say_with("ëëëëëëëëëëë", "limit = 10", &act(ActKind::Publish), &["sq"]).unwrap();
    assert_eq!(post.part("text"), "ëëëëëëëëë…");
}

#[test]
fn a_part_that_may_not_be_cut_is_refused_with_the_numbers() {
    for part in ["limit = 20\noverflow = \"refuse\"", "limit = 20\nformat = \"html\""] {
        let error = say_with("123456789 123456789 123456789", part, &act(ActKind::Publish), &["sq"]).unwrap_err();
        let expected = RenderError::TooLong {
            channel: "x".into(),
            part: "text".into(),
            length: 29,
            limit: 20,
        };
        assert_eq!(error, expected);
    }
}

#[test]
fn truncate_joins_lines_and_keeps_whole_words() {
    let data = json!({ "text": "Një fjali\n\ne gjatë, për të provuar" });
    assert_eq!(renderer().fill("{{truncate text 19}}", &data).unwrap(), "Një fjali e gjatë…");
    assert_eq!(
        renderer().fill("{{truncate text 100}}", &data).unwrap(),
        "Një fjali e gjatë, për të provuar"
    );
    assert_eq!(renderer().fill("{{truncate text 0}}", &data).unwrap(), "");
}

#[test]
fn files_beyond_the_channels_limits_stay_behind_but_stay_linked() {
    let mut small = manifest("outbox");
    small.limits.image_bytes = 1_000_000;
    small.limits.file_bytes = 100_000;
    let post = try_say(&renderer(), &small, &content(NOTICE), &act(ActKind::Publish), &["sq"]).unwrap();
    assert!(post.media.is_empty());
    assert!(
        post.part("text")
            .contains("salla.jpg (3,4 MB): https://njoftime.example.org/files/")
    );
}

#[test]
fn no_more_pictures_go_along_than_the_channel_takes() {
    let picture = "[[attachments]]\nfile = \"salla.jpg\"\nalt.sq = \"Salla\"\n";
    let many = content(&NOTICE.replacen("[[attachments]]", &(picture.repeat(5) + "[[attachments]]"), 1));
    let post = try_say(&renderer(), &manifest("mastodon"), &many, &act(ActKind::Publish), &["sq"]).unwrap();
    assert_eq!(post.media.iter().filter(|m| m.is_image()).count(), 4);
    assert_eq!(post.media.len(), 5);
}

#[test]
fn a_long_agenda_says_how_many_points_it_leaves_out() {
    let data = json!({ "lang": "sr", "list": ["a", "b", "c", "d"] });
    assert_eq!(
        renderer().fill("{{numbered list limit=2}}", &data).unwrap(),
        "1. a\n2. b\n… i još 2 tačke"
    );
    assert_eq!(
        renderer().fill("{{numbered list limit=4}}", &data).unwrap(),
        "1. a\n2. b\n3. c\n4. d"
    );
}
