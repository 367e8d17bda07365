//! Facebook's patience, and ours.

use chrono::Duration;
use kasnec::channels::{Safety, Step};
use kasnec::clock::Clock;
use kasnec::receipt::{Answer, Sighting, Wait};
use serde_json::json;

use crate::bench::{Bench, post, publish, roles, text};

async fn wait(bench: &Bench) -> (Wait, i64) {
    let Err(Answer::Snooze(wait)) = bench.drive(&mut publish(post(&text()))).await else {
        panic!("it does not wait");
    };
    let minutes = (wait.until - bench.clock.now()).num_minutes();
    (wait, minutes)
}

#[tokio::test]
async fn the_account_waits_as_long_as_the_headers_say() {
    let bench = Bench::open().await;
    bench.fault(json!({ "kind": "throttle", "minutes": 12, "path": "/feed" })).await;
    let (wait, minutes) = wait(&bench).await;
    assert!(wait.account);
    assert_eq!(minutes, 12);
}

#[tokio::test]
async fn without_a_word_from_facebook_it_waits_a_quarter_of_an_hour_an_hour_or_hours() {
    for (code, subcode, expected) in [
        (80_001, 0, 15),
        (32, 0, 15),
        (4, 0, 60),
        (17, 0, 60),
        (613, 0, 60),
        (368, 1_390_008, 240),
    ] {
        let bench = Bench::open().await;
        bench
            .fault(json!({ "kind": "error", "code": code, "subcode": subcode, "path": "/feed" }))
            .await;
        let (wait, minutes) = wait(&bench).await;
        assert_eq!(minutes, expected, "{code}");
        assert!(wait.account, "{code}: every call of this page counts against the same patience");
    }
}

#[tokio::test]
async fn a_crawler_that_is_throttled_makes_the_account_wait() {
    let bench = Bench::open().await;
    bench.fault(json!({ "kind": "throttle", "minutes": 7, "path": "/" })).await;
    assert_eq!(wait(&bench).await.1, 7);
}

#[tokio::test]
async fn what_succeeded_at_the_edge_of_patience_is_done_and_only_the_next_call_waits() {
    let bench = Bench::open().await;
    bench.control("settings", json!({ "usage_percent": 95 })).await;
    let mut job = publish(post(&text()));
    bench.take("scrape", &mut job).await.unwrap();
    let before = bench.recording().len();
    let (wait, minutes) = wait(&bench).await;
    assert!(wait.account);
    assert_eq!(minutes, 15);
    assert_eq!(
        bench.driver.rests_until(),
        Some(wait.until),
        "the engine is told, for the posts that follow"
    );
    let found = bench.driver.find(&Step::new("draft", Safety::Invisible), &job).await;
    assert!(matches!(found, Sighting::CannotTell(Answer::Snooze(_))));
    assert_eq!(bench.recording().len(), before, "nothing was sent meanwhile");
    bench.control("settings", json!({ "usage_percent": 40 })).await;
    bench.clock.advance(Duration::minutes(15));
    bench.drive(&mut job).await.unwrap();
    assert_eq!(roles(&job), ["scrape", "draft", "public"]);
}

#[tokio::test]
async fn below_the_edge_nothing_waits() {
    let bench = Bench::open().await;
    bench.control("settings", json!({ "usage_percent": 94 })).await;
    bench.drive(&mut publish(post(&text()))).await.unwrap();
    assert_eq!(bench.counts().await, [1, 1, 0, 0]);
}
