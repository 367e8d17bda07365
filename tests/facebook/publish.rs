//! What goes up, and that it goes up once.

use kasnec::channels::Safety;
use kasnec::receipt::{Action, Phase};
use serde_json::json;

use crate::bench::{Bench, LINK, after, object, post, publish, roles, text, told};

#[tokio::test]
async fn a_notice_goes_up_as_a_draft_and_becomes_public_with_its_card() {
    let bench = Bench::open().await;
    let mut job = publish(post(&text()));
    bench.drive(&mut job).await.unwrap();
    assert_eq!(roles(&job), ["scrape", "draft", "public"]);
    let (draft, public) = (object(&job, "draft"), object(&job, "public"));
    assert_eq!((draft.phase, public.phase), (Phase::Draft, Phase::Public));
    assert_eq!(draft.remote_id, public.remote_id);
    assert_eq!(bench.driver.standing(&job), Some(public));
    let there = bench.read(&public.remote_id, "message,is_published,permalink_url").await;
    assert_eq!(
        there["message"].as_str(),
        Some(text().as_str()),
        "both alphabets and the emoji arrive whole"
    );
    assert_eq!(there["is_published"], true);
    assert_eq!(there["permalink_url"].as_str(), public.url.as_deref());
    let wall = bench.wall().await;
    assert_eq!(wall["posts"][0]["link"], LINK);
    assert_eq!(wall["posts"][0]["publish_calls"], 1);
    assert_eq!(bench.counts().await, [1, 1, 0, 0]);
    bench.hold_against_meta();
}

#[tokio::test]
async fn every_step_says_what_a_lost_answer_means() {
    let bench = Bench::open().await;
    let mut job = publish(post(&text()));
    let mut safeties = Vec::new();
    while let Some(step) = bench.driver.next(&job).unwrap() {
        safeties.push(step.safety);
        bench.take(&step.role.clone(), &mut job).await.unwrap();
    }
    assert_eq!(safeties, [Safety::Repeatable, Safety::Invisible, Safety::Repeatable]);
}

#[tokio::test]
async fn a_link_that_the_crawler_cannot_reach_is_not_scraped() {
    for link in [
        "http://127.0.0.1:8080/n/1",
        "http://njoftime.kacanik.example/n/1",
        "https://192.168.1.4/n/1",
        "https://kasnec/n/1",
    ] {
        let bench = Bench::open().await;
        let mut job = publish(post("Pa kartelë"));
        job.post.link = link.to_owned();
        bench.drive(&mut job).await.unwrap();
        assert_eq!(roles(&job), ["draft", "public"], "{link}");
    }
}

#[tokio::test]
async fn a_crawler_that_fails_keeps_nothing_from_going_up() {
    let bench = Bench::open().await;
    bench.fault(json!({ "kind": "error", "code": 1_609_005, "path": "/" })).await;
    let mut job = publish(post(&text()));
    bench.drive(&mut job).await.unwrap();
    assert_eq!(bench.counts().await, [1, 1, 0, 0]);
}

#[tokio::test]
async fn a_crash_between_draft_and_public_leaves_one_post() {
    let bench = Bench::open().await;
    let mut job = publish(post(&text()));
    bench.take("scrape", &mut job).await.unwrap();
    bench.take("draft", &mut job).await.unwrap();
    assert_eq!(bench.counts().await, [1, 0, 1, 0]);
    let mut again = job.clone();
    bench.drive(&mut again).await.unwrap();
    // The one who crashed wakes up and goes on as well: no harm.
    bench.drive(&mut job).await.unwrap();
    assert_eq!(bench.counts().await, [1, 1, 0, 0]);
    assert_eq!(object(&job, "public"), object(&again, "public"));
}

#[tokio::test]
async fn a_post_without_text_says_nothing_rather_than_an_empty_message() {
    let bench = Bench::open().await;
    let mut job = publish(post(""));
    bench.drive(&mut job).await.unwrap();
    let feed = bench
        .recording()
        .into_iter()
        .find(|call| call["path"].as_str().unwrap().ends_with("/feed"))
        .unwrap();
    assert!(feed["params"].get("message").is_none(), "{feed}");
}

#[tokio::test]
async fn a_discarded_draft_is_deleted_and_what_is_gone_already_is_gone() {
    let bench = Bench::open().await;
    let mut job = publish(post(&text()));
    bench.take("scrape", &mut job).await.unwrap();
    bench.take("draft", &mut job).await.unwrap();
    for _ in 0..2 {
        let mut discard = after(&job, Action::Discard, "");
        bench.drive(&mut discard).await.unwrap();
        assert_eq!(object(&discard, "draft").phase, Phase::Gone);
    }
    assert_eq!(bench.counts().await, [1, 0, 0, 1]);
    bench.hold_against_meta();
}

#[tokio::test]
async fn a_draft_that_facebook_will_not_delete_stays_invisible_and_the_job_ends() {
    let bench = Bench::open().await;
    let mut job = publish(post(&text()));
    bench.take("scrape", &mut job).await.unwrap();
    bench.take("draft", &mut job).await.unwrap();
    bench.conditions(&["deletes_refused"]).await;
    let mut discard = after(&job, Action::Discard, "");
    bench.drive(&mut discard).await.unwrap();
    assert_eq!(object(&discard, "draft").phase, Phase::Refused);
    assert_eq!(bench.counts().await, [1, 0, 1, 0]);
}

#[tokio::test]
async fn a_draft_that_somebody_published_meanwhile_is_not_deleted() {
    let bench = Bench::open().await;
    let mut job = publish(post(&text()));
    bench.take("scrape", &mut job).await.unwrap();
    bench.take("draft", &mut job).await.unwrap();
    let mut discard = after(&job, Action::Discard, "");
    bench.drive(&mut job).await.unwrap();
    let (kind, failure) = told(bench.drive(&mut discard).await.unwrap_err());
    assert_eq!((kind, failure.code.word()), ("needs a person", "unresolved"));
    assert_eq!(bench.counts().await, [1, 1, 0, 0]);
}

#[tokio::test]
async fn an_account_that_was_not_told_enough_says_what_is_missing() {
    for (settings, secrets, missing) in [
        (&[("page_id", "")], &[("app_secret", "x")], "page_id"),
        (&[("version", "v26.0")], &[("page_token", " ")], "page_token"),
    ] {
        let bench = Bench::with(crate::bench::Wish {
            settings,
            secrets,
            ..Default::default()
        })
        .await;
        let failure = bench.driver.next(&publish(post("M"))).unwrap_err();
        assert!(failure.what.contains(missing), "{failure}");
        assert_eq!(failure.code.word(), "not configured");
    }
}
