//! What goes wrong on demand, and whether the post is there afterwards.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::desk::{Desk, body, code, success};

async fn created(desk: &Desk) -> u64 {
    desk.posts().await["created"].as_u64().expect("a count")
}

#[tokio::test]
async fn an_error_on_demand_hits_only_the_calls_it_is_for() {
    let desk = Desk::open().await;
    let fault = json!({ "kind": "error", "code": 190, "subcode": 460, "method": "POST", "path": "/feed", "times": 2, "skip": 1 });
    desk.fault(fault).await;
    let mut hit = Vec::new();
    for _ in 0..4 {
        hit.push(desk.post(&desk.edge("feed"), &[("message", "M")]).await.get("error").is_some());
        assert!(desk.get(&desk.edge("feed")).await.get("data").is_some());
    }
    assert_eq!((hit, created(&desk).await), (vec![false, true, true, false], 2));
}

#[tokio::test]
async fn a_reset_after_the_write_leaves_the_post_and_one_before_it_none() {
    for (kind, left) in [("accept_then_reset", 1), ("reset", 0)] {
        let desk = Desk::open().await;
        desk.fault(json!({ "kind": kind })).await;
        assert!(desk.send(&desk.edge("feed"), &[("message", "M")]).await.is_err());
        assert_eq!(created(&desk).await, left, "{kind}");
    }
}

#[tokio::test]
async fn a_call_can_be_accepted_and_never_answered() {
    let desk = Desk::open().await;
    desk.fault(json!([{ "kind": "timeout_after_accept" }, { "kind": "hang" }])).await;
    for _ in 0..2 {
        let answer = tokio::time::timeout(Duration::from_millis(400), desk.send(&desk.edge("feed"), &[("message", "M")])).await;
        assert!(answer.is_err(), "it was answered");
    }
    assert_eq!(created(&desk).await, 1);
}

#[tokio::test]
async fn a_500_may_have_published() {
    let desk = Desk::open().await;
    desk.fault(json!({ "kind": "500_published" })).await;
    let answer = desk.send(&desk.edge("feed"), &[("message", "M")]).await.expect("an answer");
    assert_eq!(answer.status(), 500);
    assert_eq!(code(&body(answer).await).0, 1);
    assert_eq!(desk.wall().await, ["M"]);
}

#[tokio::test]
async fn an_outage_answers_with_a_web_page_and_an_error_may_hide_under_200() {
    let desk = Desk::open().await;
    desk.fault(
        json!([{ "kind": "html_outage" }, { "kind": "200_with_error", "code": 2, "is_transient": true }, { "kind": "200_unavailable" }]),
    )
    .await;
    let mut answers = Vec::new();
    for _ in 0..3 {
        let answer = desk.send(&desk.edge("feed"), &[("message", "M")]).await.expect("an answer");
        answers.push((answer.status().as_u16(), answer.text().await.expect("text")));
    }
    assert!(answers[0].0 == 503 && answers[0].1.starts_with("<!DOCTYPE"));
    let hidden: Value = serde_json::from_str(&answers[1].1).expect("JSON");
    assert_eq!((answers[1].0, &hidden["error"]["is_transient"]), (200, &json!(true)));
    assert_eq!(answers[2], (200, "Service Unavailable".into()));
    assert_eq!(created(&desk).await, 0);
}

#[tokio::test]
async fn a_throttle_tells_how_long_to_wait() {
    let desk = Desk::open().await;
    desk.fault(json!({ "kind": "throttle", "minutes": 12 })).await;
    let answer = desk.send(&desk.edge("feed"), &[("message", "M")]).await.expect("an answer");
    let usage: Value = serde_json::from_str(answer.headers()["x-business-use-case-usage"].to_str().expect("text")).expect("JSON");
    assert_eq!(usage[&desk.options.page_id][0]["estimated_time_to_regain_access"], 12);
    assert_eq!(usage[&desk.options.page_id][0]["call_count"], 100);
    assert_eq!(code(&body(answer).await).0, 80_001);
}

#[tokio::test]
async fn a_slow_answer_is_an_answer() {
    let desk = Desk::open().await;
    let draft = desk.draft("M").await;
    desk.fault(json!({ "kind": "slow", "ms": 300 })).await;
    let begun = Instant::now();
    assert_eq!(desk.publish(&draft).await, success());
    assert!(begun.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn a_hanging_call_does_not_keep_the_sandbox_from_stopping() {
    let desk = Desk::open().await;
    desk.fault(json!({ "kind": "hang" })).await;
    let url = desk.url(&desk.edge("feed"));
    let hanging = tokio::spawn(desk.client.post(url).form(&[("message", "M")]).send());
    tokio::time::sleep(Duration::from_millis(100)).await;
    let stopped = tokio::time::timeout(Duration::from_secs(5), desk.sandbox.shutdown()).await;
    assert!(stopped.is_ok(), "it did not stop");
    assert!(hanging.await.expect("it ended").is_err());
}
