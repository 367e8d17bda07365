//! What stands, corrected and taken down, and what is left to a person.

use kasnec::channels::{Job, Safety, Step};
use kasnec::receipt::{Action, Objects, Phase, Sighting};
use serde_json::json;

use crate::bench::{Bench, Wish, after, object, post, publish, roles, text, told};

const NEW: &str = "MBLEDHJA E 7-TË E KUVENDIT\n\n❗ Përmirësim: në orën 12:00";

async fn standing(bench: &Bench) -> Job {
    let mut job = publish(post(&text()));
    bench.drive(&mut job).await.unwrap();
    job
}

async fn deleting() -> Bench {
    Bench::with(Wish {
        settings: &[("withdraw", "delete")],
        ..Wish::default()
    })
    .await
}

#[tokio::test]
async fn a_correction_replaces_the_text_of_the_post_that_stands() {
    let bench = Bench::open().await;
    let mut update = after(&standing(&bench).await, Action::Update, NEW);
    bench.drive(&mut update).await.unwrap();
    assert_eq!(roles(&update), ["edit"]);
    assert_eq!(bench.wall().await["posts"][0]["message"], NEW);
    assert_eq!(
        bench.driver.standing(&update).unwrap().url,
        update.standing.get("public").unwrap().url
    );
    let mut second = after(&update, Action::Update, "Edhe një herë");
    bench.drive(&mut second).await.unwrap();
    assert_eq!(bench.wall().await["posts"][0]["message"], "Edhe një herë");
    assert_eq!(bench.counts().await, [1, 1, 0, 0]);
    bench.hold_against_meta();
}

#[tokio::test]
async fn a_correction_whose_answer_was_lost_is_read_back() {
    for (kind, done) in [("accept_then_reset", true), ("html_outage", false)] {
        let bench = Bench::open().await;
        let mut update = after(&standing(&bench).await, Action::Update, NEW);
        bench.fault(json!({ "kind": kind })).await;
        assert_eq!(told(bench.drive(&mut update).await.unwrap_err()).0, "unknown");
        let found = bench.driver.find(&Step::new("edit", Safety::Repeatable), &update).await;
        assert_eq!(matches!(found, Sighting::Found(_)), done, "{kind}");
        bench.settle(&mut update).await.unwrap();
        assert_eq!(bench.wall().await["posts"][0]["message"], NEW);
    }
}

#[tokio::test]
async fn where_editing_is_refused_the_correction_is_a_comment_and_a_person_is_asked() {
    let bench = Bench::open().await;
    let job = standing(&bench).await;
    bench.conditions(&["edits_refused"]).await;
    let mut update = after(&job, Action::Update, NEW);
    let (kind, failure) = told(bench.drive(&mut update).await.unwrap_err());
    assert_eq!((kind, failure.code.word()), ("needs a person", "by hand"));
    assert_eq!(
        [object(&update, "edit").phase, object(&update, "comment").phase],
        [Phase::Refused, Phase::Public]
    );
    assert!(
        failure.what.contains("comment") && failure.what.contains(object(&job, "public").url.as_deref().unwrap()),
        "{failure}"
    );
    assert_eq!(failure.evidence.as_deref(), Some(NEW), "the person needs the text");
    assert_eq!(bench.wall().await["posts"][0]["comments"], json!([NEW]));
    assert_eq!(bench.driver.standing(&update).unwrap().remote_id, object(&job, "public").remote_id);
    // Asked again, nothing is said again.
    bench.drive(&mut update).await.unwrap_err();
    assert_eq!(bench.wall().await["posts"][0]["comments"], json!([NEW]));
    bench.hold_against_meta();
}

#[tokio::test]
async fn a_post_that_another_app_made_is_corrected_below() {
    let bench = Bench::open().await;
    let foreign = bench.control("posts", json!({ "message": text(), "app": "1" })).await;
    let mut job = standing(&bench).await;
    let mut public = object(&job, "public").clone();
    public.remote_id = foreign["id"].as_str().unwrap().to_owned();
    job.objects = Objects(vec![public]);
    let mut update = after(&job, Action::Update, NEW);
    assert_eq!(told(bench.drive(&mut update).await.unwrap_err()).1.code.word(), "by hand");
    assert_eq!(roles(&update), ["edit", "comment"]);
}

#[tokio::test]
async fn a_comment_whose_answer_was_lost_is_looked_up_and_never_made_twice() {
    let comment = Step::new("comment", Safety::Once);
    for (kind, there) in [("accept_then_reset", true), ("500_published", true), ("reset", false)] {
        let bench = Bench::open().await;
        let job = standing(&bench).await;
        bench.conditions(&["edits_refused"]).await;
        bench.fault(json!({ "kind": kind, "path": "/comments", "method": "POST" })).await;
        let mut update = after(&job, Action::Update, NEW);
        bench.take("edit", &mut update).await.unwrap();
        assert_eq!(bench.driver.next(&update).unwrap(), Some(comment.clone()));
        assert_eq!(told(bench.take("comment", &mut update).await.unwrap_err()).0, "unknown");
        let found = bench.driver.find(&comment, &update).await;
        assert_eq!(matches!(found, Sighting::Found(_)), there, "{kind}");
        if let Sighting::Found(object) = found {
            update.objects.put(object);
            let (answer, failure) = told(bench.drive(&mut update).await.unwrap_err());
            assert_eq!((answer, failure.code.word()), ("needs a person", "by hand"));
        }
        let wall = bench.wall().await;
        assert_eq!(wall["posts"][0]["comments"].as_array().unwrap().len(), usize::from(there), "{kind}");
    }
}

#[tokio::test]
async fn an_account_that_may_not_comment_asks_a_person_and_goes_on() {
    let bench = Bench::open().await;
    let job = standing(&bench).await;
    bench
        .control(
            "settings",
            json!({ "conditions": ["edits_refused"], "missing_scopes": ["pages_manage_engagement"] }),
        )
        .await;
    let mut update = after(&job, Action::Update, NEW);
    let (kind, failure) = told(bench.drive(&mut update).await.unwrap_err());
    assert_eq!((kind, failure.code.word()), ("needs a person", "by hand"));
    assert_eq!(object(&update, "comment").phase, Phase::Refused);
    assert!(!failure.what.contains("comment"), "{failure}");
}

#[tokio::test]
async fn a_comment_is_cut_at_a_word_and_leads_to_the_notice() {
    let bench = Bench::open().await;
    let job = standing(&bench).await;
    bench.conditions(&["edits_refused"]).await;
    let mut update = after(&job, Action::Update, &"ndryshim ".repeat(2000));
    bench.drive(&mut update).await.unwrap_err();
    let wall = bench.wall().await;
    let said = wall["posts"][0]["comments"][0].as_str().unwrap();
    assert!(
        said.chars().count() <= 8000 && said.ends_with(&format!("ndryshim…\n\n{}", crate::bench::LINK)),
        "{}",
        &said[said.len() - 90..]
    );
}

#[tokio::test]
async fn a_withdrawn_notice_says_so_in_its_place() {
    let bench = Bench::open().await;
    let mut withdraw = after(&standing(&bench).await, Action::Withdraw, "❗ I tërhequr");
    bench.drive(&mut withdraw).await.unwrap();
    assert_eq!(bench.wall().await["posts"][0]["message"], "❗ I tërhequr");
    assert_eq!(bench.counts().await, [1, 1, 0, 0]);
}

#[tokio::test]
async fn where_it_is_so_set_a_withdrawn_notice_is_deleted() {
    let bench = deleting().await;
    let job = standing(&bench).await;
    for _ in 0..2 {
        let mut withdraw = after(&job, Action::Withdraw, "❗ I tërhequr");
        bench.drive(&mut withdraw).await.unwrap();
        assert_eq!((roles(&withdraw), object(&withdraw, "delete").phase), (vec!["delete"], Phase::Gone));
    }
    assert_eq!(bench.counts().await, [1, 0, 0, 1]);
    bench.hold_against_meta();
}

#[tokio::test]
async fn what_this_token_may_not_see_is_not_called_deleted() {
    let bench = deleting().await;
    let job = standing(&bench).await;
    bench
        .fault(json!({ "kind": "error", "code": 100, "subcode": 33, "path": "/", "times": 2 }))
        .await;
    let mut withdraw = after(&job, Action::Withdraw, "❗ I tërhequr");
    let (kind, failure) = told(bench.drive(&mut withdraw).await.unwrap_err());
    assert_eq!(kind, "reauthorise", "{failure}");
    assert_eq!(bench.counts().await, [1, 1, 0, 0], "it stands");
}

#[tokio::test]
async fn where_deleting_is_refused_the_post_says_that_it_is_withdrawn_and_a_person_is_asked() {
    let bench = deleting().await;
    let job = standing(&bench).await;
    bench.conditions(&["deletes_refused"]).await;
    let mut withdraw = after(&job, Action::Withdraw, "❗ I tërhequr");
    let (kind, failure) = told(bench.drive(&mut withdraw).await.unwrap_err());
    assert_eq!((kind, failure.code.word()), ("needs a person", "by hand"));
    assert!(failure.what.contains("Delete it by hand"), "{failure}");
    assert_eq!(
        [object(&withdraw, "delete").phase, object(&withdraw, "edit").phase],
        [Phase::Refused, Phase::Public]
    );
    assert_eq!(bench.wall().await["posts"][0]["message"], "❗ I tërhequr");
}

#[tokio::test]
async fn what_does_not_stand_cannot_be_changed_and_a_person_is_told() {
    let bench = deleting().await;
    let mut job = standing(&bench).await;
    job.objects = Objects::default();
    for action in [Action::Update, Action::Withdraw] {
        let mut change = after(&job, action, NEW);
        let (kind, failure) = told(bench.drive(&mut change).await.unwrap_err());
        assert_eq!((kind, failure.code.word()), ("needs a person", "gone"));
    }
}

#[tokio::test]
async fn a_post_that_somebody_deleted_is_not_put_up_again() {
    let bench = deleting().await;
    let job = standing(&bench).await;
    let mut withdraw = after(&job, Action::Withdraw, "");
    bench.drive(&mut withdraw).await.unwrap();
    for earlier in [&job, &withdraw] {
        let mut update = after(earlier, Action::Update, NEW);
        let (kind, failure) = told(bench.drive(&mut update).await.unwrap_err());
        assert_eq!((kind, failure.code.word()), ("needs a person", "gone"));
    }
    assert_eq!(bench.counts().await, [1, 0, 0, 1]);
}

#[tokio::test]
async fn a_person_who_gave_the_right_and_says_again_has_nothing_left_to_do() {
    for (bench, condition, action) in [
        (Bench::open().await, "edits_refused", Action::Update),
        (deleting().await, "deletes_refused", Action::Withdraw),
    ] {
        let job = standing(&bench).await;
        bench.conditions(&[condition]).await;
        let mut change = after(&job, action, NEW);
        bench.drive(&mut change).await.unwrap_err();
        bench.conditions(&[]).await;
        bench.drive(&mut change).await.unwrap();
        assert_eq!(bench.driver.next(&change).unwrap(), None);
        let post = bench.wall().await["posts"][0].clone();
        assert!(post["state"] == "deleted" || post["message"] == NEW, "{post}");
    }
}
