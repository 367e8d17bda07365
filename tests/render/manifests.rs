//! Every shipped manifest can be used as it is.

use std::fs;

use kasnec::manifest::{HttpCall, Manifest};
use serde_json::{Value, json};

use crate::common::{manifest, notice_on, renderer, root};

fn all() -> Vec<Manifest> {
    let mut ids: Vec<String> = fs::read_dir(root("channels"))
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
        .collect();
    ids.sort();
    assert!(ids.len() >= 9, "{ids:?}");
    ids.iter().map(|id| manifest(id)).collect()
}

#[test]
fn every_part_of_every_channel_has_its_template() {
    let renderer = renderer();
    for manifest in all() {
        renderer.covers(&manifest).unwrap();
    }
}

#[test]
fn every_label_is_said_in_four_languages() {
    for manifest in all() {
        let settings = manifest.settings.values().map(|s| &s.label);
        let secrets = manifest.secrets.values().map(|s| &s.label);
        for label in [&manifest.label]
            .into_iter()
            .chain(settings)
            .chain(secrets)
            .chain(manifest.category_labels.values())
        {
            let languages: Vec<&str> = label.0.keys().map(kasnec::item::Lang::as_str).collect();
            assert_eq!(languages, ["en", "sq", "sr", "tr"], "{}", manifest.id);
        }
    }
}

#[test]
fn every_category_has_a_label_and_every_label_a_category() {
    for manifest in all().iter().filter(|m| !m.categories.is_empty()) {
        let mut used: Vec<&String> = manifest.categories.values().collect();
        used.sort();
        used.dedup();
        assert_eq!(used, manifest.category_labels.keys().collect::<Vec<_>>(), "{}", manifest.id);
    }
}

#[test]
fn boards_take_only_what_the_plan_puts_on_boards() {
    let board = manifest("board");
    assert!(board.takes("assembly-meeting") && board.takes("consultation") && board.takes("mayor-meeting"));
    assert!(!board.takes("news") && !board.takes("mayor-debate"));
}

fn data(manifest: &Manifest) -> Value {
    let settings: Value = manifest
        .settings
        .iter()
        .map(|(name, s)| (name.clone(), json!(s.default.as_ref().or(s.example.as_ref()))))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let secrets: serde_json::Map<_, _> = manifest.secrets.keys().map(|name| (name.clone(), json!("s3cret"))).collect();
    let post = notice_on(&manifest.id);
    json!({
        "settings": settings, "secrets": secrets, "parts": post.parts, "post": post, "key": "k-1", "remote_id": "42",
        "answer": { "url": "https://mastodon.social/@k/42", "result": { "message_id": 42, "chat": { "username": "komunakacanik" } } },
    })
}

#[test]
fn every_call_of_the_generic_driver_can_be_filled_and_its_body_is_json() {
    let renderer = renderer();
    for manifest in all().iter().filter(|m| m.driver == "http") {
        let (http, data) = (manifest.http.as_ref().unwrap(), data(manifest));
        let calls = [
            Some(&http.publish),
            http.update.as_ref(),
            http.withdraw.as_ref(),
            http.find.as_ref(),
            http.check.as_ref(),
        ];
        for call in calls.into_iter().flatten() {
            let HttpCall {
                url, headers, body, link, ..
            } = call;
            let url = renderer.fill(url, &data).unwrap();
            url::Url::parse(&url).unwrap();
            for value in headers.values() {
                assert!(!renderer.fill(value, &data).unwrap().is_empty());
            }
            if let Some(body) = body {
                serde_json::from_str::<Value>(&renderer.fill(body, &data).unwrap()).unwrap();
            }
            if let Some(link) = link {
                url::Url::parse(&renderer.fill(link, &data).unwrap()).unwrap();
            }
        }
    }
}

#[test]
fn a_private_telegram_channel_simply_has_no_address() {
    let telegram = manifest("telegram");
    let link = telegram.http.unwrap().publish.link.unwrap();
    let private = json!({ "answer": { "result": { "message_id": 42, "chat": { "title": "x" } } } });
    assert_eq!(renderer().fill(&link, &private).unwrap(), "");
}
