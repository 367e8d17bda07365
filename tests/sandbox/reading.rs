//! Lists, fields and paging.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use crate::desk::{Desk, code, id};

#[tokio::test]
async fn cursors_lead_through_every_post_once_and_next_ends() {
    let desk = Desk::open().await;
    for number in 0..7 {
        desk.post(&desk.edge("feed"), &[("message", &format!("Njoftimi {number}"))]).await;
    }
    let mut path = desk.edge("published_posts?limit=3&fields=message");
    let mut seen = BTreeSet::new();
    let mut pages = 0;
    loop {
        let page = desk.get(&path).await;
        pages += 1;
        for post in page["data"].as_array().expect("a list") {
            assert!(seen.insert(id(post)), "a post came twice");
        }
        let Some(next) = page["paging"]["next"].as_str() else { break };
        path = next.strip_prefix(&desk.sandbox.url()).expect("the same host").to_owned();
    }
    assert_eq!((pages, seen.len()), (3, 7));
}

#[tokio::test]
async fn more_than_a_hundred_at_a_time_is_refused() {
    let desk = Desk::open().await;
    assert_eq!(code(&desk.get(&desk.edge("published_posts?limit=101")).await).0, 100);
}

#[tokio::test]
async fn only_the_fields_asked_for_are_answered_and_unknown_ones_refused() {
    let desk = Desk::open().await;
    let post = id(&desk
        .post(&desk.edge("feed"), &[("message", "M"), ("link", "https://example.org/a")])
        .await);
    let seen = desk
        .get(&format!("/v26.0/{post}?fields=application{{id}},attachments{{target}}"))
        .await;
    let expected = json!({
        "id": post,
        "application": { "id": desk.options.app_id },
        "attachments": { "data": [{ "target": { "url": "https://example.org/a" } }] },
    });
    assert_eq!(seen, expected);
    assert_eq!(code(&desk.get(&format!("/v26.0/{post}?fields=nonsense")).await).0, 100);
    assert_eq!(code(&desk.get(&format!("/v26.0/{post}?fields=id,type")).await).0, 12);
    assert_eq!(code(&desk.get(&format!("/v26.0/{post}?fields=id{{")).await).0, 2500);
}

#[tokio::test]
async fn promotable_posts_is_no_edge() {
    let desk = Desk::open().await;
    assert_eq!(code(&desk.get(&desk.edge("promotable_posts")).await).0, 100);
}

#[tokio::test]
async fn comments_are_read_oldest_first() {
    let desk = Desk::open().await;
    let post = id(&desk.post(&desk.edge("feed"), &[("message", "M")]).await);
    for text in ["i pari", "i dyti"] {
        id(&desk.post(&format!("/v26.0/{post}/comments"), &[("message", text)]).await);
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    let list = desk.get(&format!("/v26.0/{post}/comments?fields=message")).await;
    assert_eq!(
        (list["data"][0]["message"].as_str(), list["data"][1]["message"].as_str()),
        (Some("i pari"), Some("i dyti"))
    );
}

#[tokio::test]
async fn every_answer_names_the_version_and_how_much_is_used() {
    let desk = Desk::open().await;
    desk.control("settings", json!({ "usage_percent": 86 })).await;
    for (path, version) in [("/v26.0/me", "v26.0"), ("/me", "v21.0"), ("/v19.0/me", "v21.0")] {
        let answer = desk
            .client
            .get(desk.url(path))
            .bearer_auth(&desk.options.page_token)
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.headers()["facebook-api-version"], version);
        assert!(answer.headers().contains_key("x-fb-trace-id"));
        let usage = answer.headers()["x-business-use-case-usage"].to_str().expect("text");
        assert!(usage.contains("\"call_count\":86"), "{usage}");
    }
}

#[tokio::test]
async fn a_scrape_is_remembered() {
    let desk = Desk::open().await;
    let answer = desk.post("/v26.0/", &[("id", "https://example.org/n/1"), ("scrape", "true")]).await;
    assert_eq!(answer["url"], "https://example.org/n/1");
    assert_eq!(desk.get("/_sandbox/scraped").await, json!(["https://example.org/n/1"]));
}

#[tokio::test]
async fn drafts_stand_among_the_ads_posts_until_they_are_published() {
    let desk = Desk::open().await;
    let draft = desk.draft("M").await;
    let list = desk.edge("ads_posts?fields=is_published");
    assert_eq!(desk.get(&list).await["data"], json!([{ "is_published": false, "id": draft }]));
    desk.publish(&draft).await;
    assert_eq!(desk.get(&list).await["data"], json!([]));
}

#[tokio::test]
async fn a_hidden_post_is_listed_only_when_asked_for() {
    let desk = Desk::open().await;
    let post = id(&desk.post(&desk.edge("feed"), &[("message", "M")]).await);
    desk.post(&format!("/v26.0/{post}"), &[("is_hidden", "true")]).await;
    assert!(desk.wall().await.is_empty());
    let all = desk.get(&desk.edge("published_posts?include_hidden=true")).await;
    assert_eq!(id(&all["data"][0]), post);
}

#[tokio::test]
async fn a_published_post_appears_when_the_read_lag_is_over() {
    let desk = Desk::with(kasnec::sandbox::facebook::Options {
        read_lag: Duration::from_millis(500),
        ..Default::default()
    })
    .await;
    desk.post(&desk.edge("feed"), &[("message", "M")]).await;
    assert!(desk.wall().await.is_empty());
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(desk.wall().await, ["M"]);
}
