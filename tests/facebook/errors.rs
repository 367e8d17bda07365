//! Every error of Meta's that is known, and what it comes to.

use kasnec::receipt::Answer;
use serde_json::json;

use crate::bench::{Bench, Wish, photo, post, publish, text, told, with_media};

/// Code, subcode, what the draft comes to, the failure's code.
const ROWS: [(i64, i64, &str, &str); 62] = [
    (1, 0, "unknown", "remote broken"),
    (2, 0, "unknown", "remote broken"),
    (1, 1_363_030, "unknown", "remote broken"),
    (4, 0, "snooze", "throttled"),
    (17, 0, "snooze", "throttled"),
    (32, 0, "snooze", "throttled"),
    (341, 0, "snooze", "throttled"),
    (613, 0, "snooze", "throttled"),
    (613, 1996, "snooze", "throttled"),
    (80_000, 0, "snooze", "throttled"),
    (80_001, 0, "snooze", "throttled"),
    (80_014, 0, "snooze", "throttled"),
    (3, 0, "reauthorise", "not allowed"),
    (10, 0, "reauthorise", "not allowed"),
    (200, 0, "reauthorise", "not allowed"),
    (200, 1_404_078, "reauthorise", "not allowed"),
    (210, 0, "reauthorise", "not allowed"),
    (240, 0, "reauthorise", "not allowed"),
    (283, 0, "reauthorise", "not allowed"),
    (299, 0, "reauthorise", "not allowed"),
    (102, 0, "reauthorise", "not signed in"),
    (190, 0, "reauthorise", "not signed in"),
    (190, 458, "reauthorise", "not signed in"),
    (190, 459, "reauthorise", "not signed in"),
    (190, 460, "reauthorise", "password changed"),
    (102, 463, "reauthorise", "token expired"),
    (190, 463, "reauthorise", "token expired"),
    (190, 464, "reauthorise", "not signed in"),
    (190, 467, "reauthorise", "token expired"),
    (190, 492, "reauthorise", "not allowed"),
    (100, 0, "reject", "content refused"),
    (100, 33, "reauthorise", "not allowed"),
    (104, 0, "reauthorise", "not configured"),
    (105, 0, "reject", "content refused"),
    (194, 0, "reject", "content refused"),
    (197, 0, "reject", "content refused"),
    (1500, 0, "reject", "content refused"),
    (120, 0, "reject", "content refused"),
    (324, 0, "reject", "content refused"),
    (100, 1_366_046, "reject", "content refused"),
    (5101, 0, "reject", "content refused"),
    (368, 1_390_008, "snooze", "throttled"),
    (368, 4_854_002, "reauthorise", "not allowed"),
    (368, 1_404_078, "reauthorise", "not allowed"),
    (368, 1_404_006, "reauthorise", "not allowed"),
    (368, 1_404_112, "reauthorise", "not allowed"),
    (368, 1_404_082, "reject", "duplicate"),
    (506, 0, "reject", "duplicate"),
    (368, 1_346_003, "reject", "content refused"),
    (1_346_003, 0, "reject", "content refused"),
    (368, 1_404_102, "reject", "content refused"),
    (100, 1_609_008, "reject", "content refused"),
    (368, 0, "reauthorise", "not allowed"),
    (368, 4711, "reauthorise", "not allowed"),
    (100, 1_609_005, "reject", "content refused"),
    (2635, 0, "reauthorise", "not configured"),
    (6000, 0, "unknown", "remote broken"),
    (6000, 1_363_019, "reject", "content refused"),
    (100, 1_363_042, "reauthorise", "not allowed"),
    (101, 0, "reauthorise", "not signed in"),
    (4711, 0, "reauthorise", "not configured"),
    (0, 0, "reauthorise", "not configured"),
];

#[tokio::test]
async fn every_error_comes_to_what_the_facts_say_whatever_the_status() {
    let bench = Bench::open().await;
    for kind in ["error", "200_with_error"] {
        for (code, subcode, answer, failure_code) in ROWS {
            bench.calm().await;
            let mut fault = json!({ "kind": kind, "code": code, "path": "/feed", "method": "POST", "times": 2 });
            if subcode != 0 {
                fault["subcode"] = json!(subcode);
            }
            bench.fault(fault).await;
            let mut job = publish(post(&text()));
            let (kind, failure) = told(bench.drive(&mut job).await.unwrap_err());
            assert_eq!((kind, failure.code.word()), (answer, failure_code), "{code}/{subcode}: {failure}");
            let evidence = failure.evidence.unwrap();
            assert!(
                evidence.contains("fbtrace_id A") && evidence.contains(&code.to_string()),
                "{evidence}"
            );
        }
    }
}

#[tokio::test]
async fn the_same_error_is_only_tried_again_where_the_call_does_no_harm() {
    let bench = Bench::open().await;
    let mut job = publish(post(&text()));
    bench.take("scrape", &mut job).await.unwrap();
    bench.take("draft", &mut job).await.unwrap();
    let mut discard = crate::bench::after(&job, kasnec::receipt::Action::Discard, "");
    bench.fault(json!({ "kind": "error", "code": 2, "status": 500 })).await;
    assert_eq!(told(bench.drive(&mut discard).await.unwrap_err()).0, "retry");
    bench.fault(json!({ "kind": "html_outage", "method": "DELETE" })).await;
    assert_eq!(told(bench.drive(&mut discard).await.unwrap_err()).0, "retry");
}

#[tokio::test]
async fn what_facebook_calls_passing_is_not_held_against_post_or_account() {
    for code in [100, 200, 4711] {
        let bench = Bench::open().await;
        bench
            .fault(json!({ "kind": "error", "code": code, "is_transient": true, "path": "/feed" }))
            .await;
        assert_eq!(
            told(bench.drive(&mut publish(post(&text()))).await.unwrap_err()).0,
            "unknown",
            "{code}"
        );
    }
}

#[tokio::test]
async fn a_missing_right_is_told_apart_from_a_token_that_ran_out() {
    let bench = Bench::open().await;
    let message = "(#190) The user must be an administrator before impersonating a user's page.";
    bench
        .fault(json!({ "kind": "error", "code": 190, "message": message, "path": "/feed" }))
        .await;
    let (_, failure) = told(bench.drive(&mut publish(post(&text()))).await.unwrap_err());
    assert_eq!(failure.code.word(), "not allowed");
}

#[tokio::test]
async fn a_link_that_could_not_be_read_is_read_again_and_posted_once() {
    let bench = Bench::open().await;
    bench
        .fault(json!({ "kind": "error", "code": 100, "subcode": 1_609_005, "path": "/feed" }))
        .await;
    let mut job = publish(post(&text()));
    bench.drive(&mut job).await.unwrap();
    assert_eq!(bench.counts().await, [1, 1, 0, 0]);
    let scrapes = bench.recording().iter().filter(|call| call["params"]["scrape"] == "true").count();
    assert_eq!(scrapes, 2);
    bench.hold_against_meta();
}

#[tokio::test]
async fn a_duplicate_after_a_lost_answer_is_the_draft_that_was_made() {
    for (code, subcode) in [(506, None), (368, Some(1_404_082))] {
        let bench = Bench::open().await;
        let lost = json!({ "kind": "accept_then_reset", "path": "/feed" });
        let refused = json!({ "kind": "error", "code": code, "subcode": subcode, "path": "/feed" });
        bench.fault(json!([lost, refused])).await;
        let mut job = publish(post(&text()));
        bench.drive(&mut job).await.unwrap_err();
        bench.drive(&mut job).await.unwrap();
        assert_eq!(bench.counts().await, [1, 1, 0, 0]);
    }
}

#[tokio::test]
async fn a_dead_token_pauses_the_channel_in_plain_words() {
    for (state, words) in [
        ("app_removed", "removed the app"),
        ("checkpoint", "log in at facebook.com"),
        ("password_changed", "changed their password"),
        ("expired", "run out"),
        ("unconfirmed", "not confirmed"),
        ("revoked", "ended"),
        ("no_page_role", "no longer has a role"),
    ] {
        let bench = Bench::open().await;
        bench.control("tokens", json!({ "token": "page", "state": state })).await;
        let mut job = publish(with_media(vec![photo(1)]));
        let Answer::Reauthorise(failure) = bench.drive(&mut job).await.unwrap_err() else {
            panic!("{state}")
        };
        assert!(failure.what.contains(words), "{state}: {failure}");
    }
}

#[tokio::test]
async fn where_the_app_secret_is_required_the_proof_is_sent_and_a_wrong_one_is_named() {
    let bench = Bench::open().await;
    bench.conditions(&["proof_required"]).await;
    bench.drive(&mut publish(with_media(vec![photo(1)]))).await.unwrap();
    assert_eq!(bench.counts().await, [1, 1, 0, 0]);
    for secret in ["", "gabim"] {
        let secrets = &[("app_secret", secret)];
        let bench = Bench::with(Wish {
            secrets,
            ..Wish::default()
        })
        .await;
        bench.conditions(&["proof_required"]).await;
        let (kind, failure) = told(bench.drive(&mut publish(with_media(vec![photo(1)]))).await.unwrap_err());
        assert_eq!((kind, failure.code.word()), ("reauthorise", "not configured"), "{failure}");
        assert!(failure.what.contains("app_secret"), "{failure}");
    }
}
