//! `kasnec channel check`, in plain words.

use chrono::Duration;
use kasnec::clock::Clock;
use serde_json::{Value, json};

use crate::bench::{Bench, Wish};

/// The failures' codes and all that is said.
async fn checked(bench: &Bench) -> (Vec<&'static str>, String) {
    let check = bench.driver.check().await;
    let wrong: Vec<String> = check.wrong.iter().map(ToString::to_string).collect();
    let codes = check.wrong.iter().map(|failure| failure.code.word()).collect();
    (codes, [check.fine, wrong].concat().join("\n"))
}

async fn after(path: &str, change: Value) -> (Vec<&'static str>, String) {
    let bench = Bench::open().await;
    bench.control(path, change).await;
    checked(&bench).await
}

#[tokio::test]
async fn an_account_that_can_publish_is_told_so_and_nothing_is_changed() {
    let bench = Bench::open().await;
    let (wrong, said) = checked(&bench).await;
    assert!(wrong.is_empty(), "{said}");
    for word in [
        "accepts the connection",
        "All permissions",
        "no end date",
        "Komuna e Kaçanikut",
        "Live mode",
    ] {
        assert!(said.contains(word), "{word} is not in: {said}");
    }
    assert_eq!(bench.counts().await, [0; 4]);
    bench.hold_against_meta();
}

#[tokio::test]
async fn a_dead_token_is_told_with_its_cause() {
    for (state, code) in [
        ("password_changed", "password changed"),
        ("expired", "token expired"),
        ("no_page_role", "not allowed"),
    ] {
        let (wrong, said) = after("tokens", json!({ "token": "page", "state": state })).await;
        assert_eq!(wrong, [code], "{said}");
    }
}

#[tokio::test]
async fn a_token_that_is_none_is_told() {
    for secrets in [&[("page_token", "EAAFalse")], &[("app_secret", "gabim")]] {
        let bench = Bench::with(Wish {
            secrets,
            ..Wish::default()
        })
        .await;
        let (wrong, said) = checked(&bench).await;
        assert_eq!(wrong, ["not signed in"], "{said}");
    }
}

#[tokio::test]
async fn a_persons_token_is_no_pages_token() {
    let user = kasnec::sandbox::facebook::Options::default().user_token;
    let bench = Bench::with(Wish {
        secrets: &[("page_token", &user)],
        ..Wish::default()
    })
    .await;
    let (wrong, said) = checked(&bench).await;
    assert!(wrong.contains(&"not configured") && said.contains("kind \"user\""), "{said}");
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let (wrong, said) = after("settings", json!({ "missing_scopes": ["pages_manage_posts"] })).await;
    assert_eq!(wrong, ["not allowed"], "{said}");
    assert!(said.contains("pages_manage_posts"), "{said}");
}

#[tokio::test]
async fn a_missing_permission_to_comment_is_mentioned_and_no_failure() {
    let (wrong, said) = after("settings", json!({ "missing_scopes": ["pages_manage_engagement"] })).await;
    assert!(wrong.is_empty() && said.contains("pages_manage_engagement"), "{said}");
}

#[tokio::test]
async fn an_unpublished_page_is_told() {
    let (wrong, said) = after("settings", json!({ "conditions": ["page_unpublished"] })).await;
    assert_eq!(wrong, ["page unpublished"], "{said}");
}

#[tokio::test]
async fn an_access_that_ends_soon_is_told_ahead() {
    for (days, wrong) in [(10, 1), (30, 0)] {
        let bench = Bench::open().await;
        let end = (bench.clock.now() + Duration::days(days)).timestamp();
        bench
            .control("tokens", json!({ "token": "page", "state": "live", "data_access_expires_at": end }))
            .await;
        let (found, said) = checked(&bench).await;
        assert_eq!(found, vec!["token expired"; wrong], "{said}");
    }
}

#[tokio::test]
async fn another_page_or_another_app_is_told() {
    for settings in [&[("page_id", "1")], &[("app_id", "2")]] {
        let bench = Bench::with(Wish {
            settings,
            ..Wish::default()
        })
        .await;
        let (wrong, said) = checked(&bench).await;
        assert!(!wrong.is_empty(), "{said}");
    }
}

#[tokio::test]
async fn a_facebook_that_is_down_is_told() {
    let bench = Bench::open().await;
    bench.fault(json!({ "kind": "html_outage" })).await;
    assert_eq!(checked(&bench).await.0, ["remote broken"]);
}
