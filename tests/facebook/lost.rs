//! Answers that never came: looked up, never guessed.

use chrono::Duration;
use kasnec::channels::Safety;
use kasnec::channels::Step;
use kasnec::receipt::{Answer, Phase, Sighting};
use serde_json::json;

use crate::bench::{Bench, object, photo, post, publish, text, told, with_media};

/// Faults after which the call has been done.
const DONE: [&str; 3] = ["accept_then_reset", "500_published", "timeout_after_accept"];
/// Faults after which it has not.
const NOT_DONE: [&str; 4] = ["reset", "html_outage", "200_unavailable", "hang"];

#[tokio::test]
async fn a_draft_whose_answer_was_lost_is_found_and_published_once() {
    for kind in DONE {
        let bench = Bench::open().await;
        bench.fault(json!({ "kind": kind, "path": "/feed" })).await;
        let mut job = publish(post(&text()));
        bench.take("scrape", &mut job).await.unwrap();
        let (answer, failure) = told(bench.take("draft", &mut job).await.unwrap_err());
        assert_eq!(answer, "unknown", "{kind}: {failure}");
        let Sighting::Found(found) = bench.driver.find(&Step::new("draft", Safety::Invisible), &job).await else {
            panic!("{kind}: not found");
        };
        job.objects.put(found);
        bench.drive(&mut job).await.unwrap();
        assert_eq!(bench.counts().await, [1, 1, 0, 0], "{kind}");
        bench.hold_against_meta();
    }
}

#[tokio::test]
async fn a_draft_that_was_never_made_is_absent_and_made_again() {
    for kind in NOT_DONE {
        let bench = Bench::open().await;
        bench.fault(json!({ "kind": kind, "path": "/feed" })).await;
        let mut job = publish(post(&text()));
        bench.take("scrape", &mut job).await.unwrap();
        assert_eq!(told(bench.take("draft", &mut job).await.unwrap_err()).0, "unknown", "{kind}");
        let found = bench.driver.find(&Step::new("draft", Safety::Invisible), &job).await;
        assert_eq!(found, Sighting::Absent, "{kind}");
        bench.drive(&mut job).await.unwrap();
        assert_eq!(bench.counts().await, [1, 1, 0, 0], "{kind}");
    }
}

#[tokio::test]
async fn a_draft_with_pictures_is_found_through_them() {
    let bench = Bench::open().await;
    bench.fault(json!({ "kind": "accept_then_reset", "path": "/feed" })).await;
    let mut job = publish(with_media(vec![photo(1), photo(2)]));
    bench.settle(&mut job).await.unwrap();
    assert_eq!(bench.counts().await, [1, 1, 0, 0]);
    bench.hold_against_meta();
}

#[tokio::test]
async fn pictures_that_hang_already_lead_to_the_draft_that_nobody_found() {
    let bench = Bench::open().await;
    bench.fault(json!({ "kind": "accept_then_reset", "path": "/feed" })).await;
    let mut job = publish(with_media(vec![photo(1)]));
    bench.take("photo-1", &mut job).await.unwrap();
    bench.take("draft", &mut job).await.unwrap_err();
    // Nobody looked: the draft is simply made again, and Graph says that the photo hangs on a post.
    bench.drive(&mut job).await.unwrap();
    assert_eq!(bench.counts().await, [1, 1, 0, 0]);
}

#[tokio::test]
async fn pictures_that_are_used_up_elsewhere_are_uploaded_anew() {
    let bench = Bench::open().await;
    bench
        .fault(json!({ "kind": "error", "code": 100, "subcode": 1_366_051, "path": "/feed" }))
        .await;
    let mut job = publish(with_media(vec![photo(1), photo(2)]));
    bench.drive(&mut job).await.unwrap();
    assert_eq!(bench.counts().await, [1, 1, 0, 0]);
}

#[tokio::test]
async fn what_was_public_after_all_is_found_among_the_public_posts() {
    let bench = Bench::open().await;
    let mut job = publish(post(&text()));
    // A post of our app with our text, made public at once: what a broken draft could come to.
    bench
        .control("posts", json!({ "message": text(), "app": bench.options.app_id }))
        .await;
    let Sighting::Found(found) = bench.driver.find(&Step::new("draft", Safety::Invisible), &job).await else {
        panic!("not found");
    };
    assert_eq!(found.phase, Phase::Public);
    job.objects.put(found);
    bench.drive(&mut job).await.unwrap();
    assert_eq!(bench.counts().await, [1, 1, 0, 0]);
}

#[tokio::test]
async fn what_others_posted_or_what_is_older_is_not_taken_for_ours() {
    let bench = Bench::open().await;
    let mut job = publish(post(&text()));
    bench.control("posts", json!({ "message": text() })).await;
    bench.control("posts", json!({ "message": text(), "app": "1" })).await;
    bench
        .control("posts", json!({ "message": "Tjetër", "app": bench.options.app_id }))
        .await;
    let draft = Step::new("draft", Safety::Invisible);
    assert_eq!(bench.driver.find(&draft, &job).await, Sighting::Absent);
    bench
        .control("posts", json!({ "message": text(), "app": bench.options.app_id }))
        .await;
    job.since += Duration::hours(1);
    assert_eq!(bench.driver.find(&draft, &job).await, Sighting::Absent);
}

#[tokio::test]
async fn a_look_that_fails_says_that_it_cannot_tell() {
    let bench = Bench::open().await;
    bench.fault(json!({ "kind": "html_outage", "method": "GET", "times": 2 })).await;
    let found = bench
        .driver
        .find(&Step::new("draft", Safety::Invisible), &publish(post(&text())))
        .await;
    assert!(matches!(found, Sighting::CannotTell(_)), "{found:?}");
}

#[tokio::test]
async fn a_list_of_drafts_that_is_out_or_throttled_is_not_an_empty_one() {
    for fault in [
        json!({ "kind": "html_outage", "path": "ads_posts", "times": 1 }),
        json!({ "kind": "throttle", "minutes": 7, "path": "ads_posts", "times": 1 }),
    ] {
        let bench = Bench::open().await;
        bench.fault(fault.clone()).await;
        let draft = Step::new("draft", Safety::Invisible);
        let found = bench.driver.find(&draft, &publish(post(&text()))).await;
        let Sighting::CannotTell(answer) = found else {
            panic!("{fault}: {found:?}")
        };
        assert_eq!(matches!(answer, Answer::Snooze(_)), fault["kind"] == "throttle", "{answer:?}");
    }
}

#[tokio::test]
async fn a_flip_whose_answer_was_lost_is_read_back() {
    for (kind, done) in DONE.map(|kind| (kind, true)).into_iter().chain(NOT_DONE.map(|kind| (kind, false))) {
        let bench = Bench::open().await;
        let mut job = publish(post(&text()));
        bench.take("scrape", &mut job).await.unwrap();
        bench.take("draft", &mut job).await.unwrap();
        bench.fault(json!({ "kind": kind, "method": "POST" })).await;
        assert_eq!(told(bench.take("public", &mut job).await.unwrap_err()).0, "unknown", "{kind}");
        let found = bench.driver.find(&Step::new("public", Safety::Repeatable), &job).await;
        assert_eq!(matches!(found, Sighting::Found(_)), done, "{kind}: {found:?}");
        bench.drive(&mut job).await.unwrap();
        assert_eq!(bench.counts().await, [1, 1, 0, 0], "{kind}");
    }
}

#[tokio::test]
async fn what_facebook_does_not_show_yet_is_asked_for_again() {
    let bench = Bench::open().await;
    bench.control("settings", json!({ "read_lag_ms": 1500 })).await;
    let mut job = publish(post(&text()));
    bench.take("scrape", &mut job).await.unwrap();
    bench.take("draft", &mut job).await.unwrap();
    assert_eq!(
        told(bench.take("public", &mut job).await.unwrap_err()).0,
        "unknown",
        "the flip was taken"
    );
    tokio::time::sleep(std::time::Duration::from_millis(1600)).await;
    bench.drive(&mut job).await.unwrap();
    assert_eq!(bench.counts().await, [1, 1, 0, 0]);
}

#[tokio::test]
async fn a_photo_whose_answer_was_lost_is_made_again_and_the_post_has_one() {
    let bench = Bench::open().await;
    bench.fault(json!({ "kind": "accept_then_reset", "path": "/photos" })).await;
    let mut job = publish(with_media(vec![photo(1)]));
    bench.settle(&mut job).await.unwrap();
    assert_eq!(bench.wall().await["posts"][0]["media"], json!([object(&job, "photo-1").remote_id]));
}

#[tokio::test]
async fn nothing_is_lost_when_facebook_cannot_be_reached_at_all() {
    let elsewhere = Some("http://127.0.0.1:9".to_owned());
    let bench = Bench::with(crate::bench::Wish {
        elsewhere,
        ..Default::default()
    })
    .await;
    let mut job = publish(with_media(vec![photo(1)]));
    let (kind, failure) = told(bench.drive(&mut job).await.unwrap_err());
    assert_eq!((kind, failure.code.word()), ("retry", "unreachable"));
}

/// A draft that became public, its answer lost, and so many posts of other people since.
async fn buried_under(posts: usize) -> (Bench, kasnec::channels::Job, kasnec::receipt::Object) {
    let bench = Bench::open().await;
    let mut job = publish(post(&text()));
    bench.drive(&mut job).await.unwrap();
    for number in 0..posts {
        bench.control("posts", json!({ "message": format!("Postim {number}") })).await;
    }
    let draft = object(&job, "draft").clone();
    job.objects = kasnec::receipt::Objects::default();
    (bench, job, draft)
}

#[tokio::test]
async fn a_post_is_found_however_many_others_came_after_it_within_ten_pages() {
    let (bench, job, draft) = buried_under(250).await;
    match bench.driver.find(&Step::new("draft", Safety::Invisible), &job).await {
        Sighting::Found(found) => assert_eq!((found.remote_id, found.phase), (draft.remote_id, Phase::Public)),
        other => panic!("{other:?}"),
    }
    bench.hold_against_meta();
}

#[tokio::test]
async fn beyond_ten_pages_nobody_can_tell_whether_it_was_made() {
    let (bench, job, _) = buried_under(1010).await;
    let found = bench.driver.find(&Step::new("draft", Safety::Invisible), &job).await;
    assert!(matches!(found, Sighting::CannotTell(_)), "{found:?}");
}

#[tokio::test]
async fn older_posts_are_not_looked_through() {
    let (bench, mut job, _) = buried_under(250).await;
    job.since = chrono::Utc::now() + Duration::minutes(30);
    let found = bench.driver.find(&Step::new("draft", Safety::Invisible), &job).await;
    assert_eq!(found, Sighting::Absent);
    let asked = bench
        .recording()
        .iter()
        .filter(|line| line.to_string().contains("published_posts"))
        .count();
    assert_eq!(asked, 1);
}
