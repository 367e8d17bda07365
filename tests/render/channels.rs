//! The notice of a meeting with twelve points, in Albanian and Serbian, on every shipped channel.

use insta::assert_snapshot;

use crate::common::{act, content, manifest, notice_on, renderer, try_say};
use kasnec::render::ActKind;

#[test]
fn the_site_shows_every_language_with_facts_agenda_and_files() {
    let post = notice_on("site");
    assert_snapshot!(post.part("body"), @"");
    assert_snapshot!(post.part("summary"), @"");
}

#[test]
fn wordpress_gets_title_content_and_excerpt() {
    let post = notice_on("wordpress");
    assert_snapshot!(post.part("title"), @"");
    assert_snapshot!(post.part("excerpt"), @"");
    assert_snapshot!(post.part("content"), @"");
    assert_eq!(post.category.unwrap().label, "Mbledhjet");
}

#[test]
fn facebook_gets_a_message_with_headline_when_where_agenda_and_link() {
    assert_snapshot!(notice_on("facebook").part("message"), @"");
}

#[test]
fn a_feed_entry_speaks_one_language() {
    let post = try_say(
        &renderer(),
        &manifest("feed"),
        &content(crate::common::NOTICE),
        &act(ActKind::Publish),
        &["sr"],
    )
    .unwrap();
    assert_snapshot!(post.part("title"), @"");
    assert_snapshot!(post.part("content"), @"");
    assert_eq!(post.category.unwrap().label, "Sednice");
}

#[test]
fn the_board_gets_a_complete_page_with_a_place_for_stamp_and_code() {
    let post = notice_on("board");
    let page = post.part("page");
    let body = page.split_once("<body>").unwrap().1;
    assert_snapshot!(body, @"");
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("@page { size: A4;") && page.contains("<!--QR-->"));
}

#[test]
fn an_email_has_a_subject_a_text_and_a_page() {
    let post = notice_on("email");
    assert_snapshot!(post.part("subject"), @"");
    assert_snapshot!(post.part("text"), @"");
    assert_snapshot!(post.part("html").split_once("<body>").unwrap().1, @"");
}

#[test]
fn telegram_gets_one_text() {
    assert_snapshot!(notice_on("telegram").part("text"), @"");
}

#[test]
fn mastodon_gets_both_languages_and_the_link_in_500_characters() {
    let post = notice_on("mastodon");
    assert_snapshot!(post.part("text"), @"");
    assert!(post.part("text").chars().count() <= 500 && post.part("text").ends_with(&post.link));
}

#[test]
fn the_outbox_gets_everything_as_text() {
    assert_snapshot!(notice_on("outbox").part("text"), @"");
}

#[test]
fn the_same_request_gives_the_same_hash_and_another_text_another() {
    assert_eq!(notice_on("facebook").hash(), notice_on("facebook").hash());
    assert_ne!(notice_on("facebook").hash(), notice_on("telegram").hash());
}

#[test]
fn addresses_are_the_offices_own_and_encoded() {
    let post = notice_on("site");
    assert_eq!(post.link, "https://njoftime.example.org/n/kk-2026-011-mbledhja-e-11-te-e-kuvendit");
    let pdf = &post.media[0];
    assert_eq!(
        pdf.url,
        format!("https://njoftime.example.org/files/{}/Rendi%20i%20dit%C3%ABs.pdf", pdf.sha256)
    );
    assert_eq!(post.media[1].alt, "Salla e Kuvendit");
}
