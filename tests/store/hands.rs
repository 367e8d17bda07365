//! What people do with deliveries: try again, settle by hand, publish now.

use kasnec::receipt::{FailureCode, Phase, State};
use kasnec::store::StoreError;
use kasnec::store::deliveries::{Filter, Resolution};
use kasnec::store::rows::{Delivery, RevisionAct};
use kasnec::store::settle::{AccountEffect, Ending};

use crate::fixture::{Desk, OFFICE, again, content, failure, made, settled};

/// The SHA-256 of a photo of the bytes 1, 2 and 3.
const PHOTO: &str = "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81";

on_both!(
    a_rejected_delivery_is_tried_again_when_asked,
    a_lost_answer_is_looked_up_before_anything_is_sent_again,
    a_retry_does_not_publish_before_the_release,
    what_stands_cannot_be_tried_again,
    what_a_newer_revision_has_followed_is_not_said_again,
    a_person_says_that_it_stands,
    a_person_says_that_it_does_not_stand,
    only_what_waits_for_a_person_can_be_resolved,
    publish_now_releases_what_waits_and_nothing_else,
    deliveries_are_listed_by_deadline_and_filtered,
);

async fn a_rejected_delivery_is_tried_again_when_asked(desk: Desk) {
    let item = desk.publish("2026-001").await;
    let held = desk.claim_one().await;
    desk.end(&held, &made(&[]), &settled(State::Rejected)).await;
    desk.advance_minutes(1);
    desk.store.retry(&desk.editor, held.id).await.unwrap();
    assert_eq!(desk.chain(item).await, ["publish, planned, waiting"]);
    let again = desk.claim_one().await;
    assert_eq!((again.attempt, again.failures, again.looks), (2, 0, 0));
    desk.deliver(&again).await;
    assert_eq!(desk.count("ledger WHERE act = 'retry asked for' AND who = 'arta'").await, 1);
}

/// Its only call was sent, the answer was lost, and it could not be found.
async fn unresolved(desk: &Desk) -> i64 {
    let item = desk.publish("2026-001").await;
    let held = desk.claim_one().await;
    desk.store
        .record(&held, State::Sending, &made(&[]), Some(("post", desk.now())))
        .await
        .unwrap();
    desk.end(&held, &made(&[]), &again(State::Unknown, desk.now(), AccountEffect::None))
        .await;
    let held = desk.claim_one().await;
    let in_doubt = Ending::Settled {
        state: State::NeedsPerson,
        failure: Some(failure(FailureCode::Unresolved)),
    };
    desk.end(&held, &made(&[]), &in_doubt).await;
    item
}

async fn only(desk: &Desk, item: i64) -> Delivery {
    let filter = Filter {
        item: Some(item),
        limit: 10,
        ..Filter::default()
    };
    let mut deliveries = desk.store.deliveries(OFFICE, &filter).await.unwrap();
    deliveries.sort_by_key(|delivery| delivery.id);
    deliveries.remove(0)
}

async fn a_lost_answer_is_looked_up_before_anything_is_sent_again(desk: Desk) {
    let item = unresolved(&desk).await;
    desk.store.retry(&desk.editor, only(&desk, item).await.id).await.unwrap();
    assert_eq!(desk.chain(item).await, ["publish, unknown, waiting"]);
    assert!(desk.claim_one().await.pending.is_some());
}

async fn a_retry_does_not_publish_before_the_release(desk: Desk) {
    let item = desk.queue(content("2026-001", "Nën embargo")).await;
    let mut plan = desk.plan(item, desk.accounts[0]);
    plan.release_at = desk.after_minutes(30);
    desk.approve(item, &[plan]).await;
    desk.store.retry(&desk.editor, only(&desk, item).await.id).await.unwrap();
    assert!(desk.claim(desk.accounts[0]).await.is_empty());
    assert_eq!(only(&desk, item).await.next_at, desk.after_minutes(30));
}

async fn what_stands_cannot_be_tried_again(desk: Desk) {
    let item = desk.publish("2026-001").await;
    desk.deliver(&desk.claim_one().await).await;
    let refused = desk.store.retry(&desk.editor, only(&desk, item).await.id).await;
    assert!(matches!(refused, Err(StoreError::Missing(..))), "{refused:?}");
    assert_eq!(desk.chain(item).await, ["publish, delivered, done"]);
}

async fn what_a_newer_revision_has_followed_is_not_said_again(desk: Desk) {
    let item = desk.publish("2026-001").await;
    let old = desk.claim_one().await;
    desk.end(&old, &made(&[]), &settled(State::Rejected)).await;
    desk.revise(item, RevisionAct::Correct, "Më mirë").await;
    desk.deliver(&desk.claim_one().await).await;
    let refused = desk.store.retry(&desk.editor, old.id).await;
    assert!(matches!(refused, Err(StoreError::Missing(..))), "{refused:?}");
    assert_eq!(desk.chain(item).await, ["publish, rejected, done", "publish, delivered, done"]);
}

fn found(desk: &Desk, delivered: bool) -> Resolution {
    Resolution {
        delivered,
        at: desk.now(),
        place: Some("https://example.org/e-gjetur".to_owned()),
        note: Some("E pashë vetë.".to_owned()),
        photo: Some(PHOTO.to_owned()),
    }
}

async fn a_person_says_that_it_stands(desk: Desk) {
    let item = unresolved(&desk).await;
    let delivery = only(&desk, item).await;
    desk.advance_minutes(5);
    let photo = Some(("image/jpeg", vec![1, 2, 3]));
    desk.store
        .resolve(&desk.editor, &delivery, &found(&desk, true), photo)
        .await
        .unwrap();
    let delivery = desk.store.delivery(OFFICE, delivery.id).await.unwrap();
    assert_eq!((delivery.state, delivery.settled_at), (State::Delivered, Some(desk.now())));
    assert_eq!(delivery.url.as_deref(), Some("https://example.org/e-gjetur"));
    let photo = desk.store.file(OFFICE, PHOTO).await.unwrap();
    assert_eq!(photo, Some(("image/jpeg".to_owned(), vec![1, 2, 3])));
    let note = desk.store.history(item).await.unwrap().pop().unwrap();
    assert_eq!((note.act.as_str(), note.who.as_str()), ("resolved", "arta"));
    assert_eq!(note.body["note"], "E pashë vetë.");
    assert_eq!(
        desk.count(&format!("delivery WHERE evidence LIKE '%{PHOTO}%' AND pending_step IS NULL"))
            .await,
        1
    );
}

async fn a_person_says_that_it_does_not_stand(desk: Desk) {
    let item = unresolved(&desk).await;
    let delivery = only(&desk, item).await;
    desk.store
        .resolve(&desk.editor, &delivery, &found(&desk, false), None)
        .await
        .unwrap();
    assert_eq!(desk.chain(item).await, ["publish, rejected, done"]);
    desk.store.retry(&desk.editor, delivery.id).await.unwrap();
    assert_eq!(desk.chain(item).await, ["publish, planned, waiting"], "then it may be sent again");
}

async fn only_what_waits_for_a_person_can_be_resolved(desk: Desk) {
    let item = desk.publish("2026-001").await;
    let delivery = only(&desk, item).await;
    let refused = desk
        .store
        .resolve(&desk.editor, &delivery, &found(&desk, true), Some(("image/jpeg", vec![1])))
        .await;
    assert!(matches!(refused, Err(StoreError::Missing(..))), "{refused:?}");
    assert_eq!(desk.chain(item).await, ["publish, planned, waiting"]);
    assert_eq!(desk.count("attachment").await, 0);
}

async fn publish_now_releases_what_waits_and_nothing_else(desk: Desk) {
    let item = desk.queue(content("2026-001", "Nën embargo")).await;
    let mut plans = desk.accounts.map(|account| desk.plan(item, account));
    plans[0].release_at = desk.after_minutes(30);
    plans[1].release_at = desk.after_minutes(40);
    desk.approve(item, &plans).await;
    desk.deliver(&desk.claim(desk.accounts[2]).await.remove(0)).await;
    assert_eq!(desk.store.publish_now(&desk.editor, item).await.unwrap(), 2);
    assert_eq!(
        desk.claim(desk.accounts[0]).await.len() + desk.claim(desk.accounts[1]).await.len(),
        2
    );
    assert_eq!(desk.store.publish_now(&desk.editor, item).await.unwrap(), 0);
    assert_eq!(desk.count("ledger WHERE act = 'publish now'").await, 2);
}

async fn deliveries_are_listed_by_deadline_and_filtered(desk: Desk) {
    for (number, urgency) in [30, 10, 20].into_iter().enumerate() {
        let item = desk.queue(content(&format!("2026-{number}"), "Njoftim")).await;
        let mut plans = [desk.plan(item, desk.accounts[0]), desk.plan(item, desk.accounts[1])];
        for plan in &mut plans {
            plan.urgency = urgency;
        }
        desk.approve(item, &plans).await;
    }
    let held = desk.claim(desk.accounts[0]).await;
    desk.end(&held[0], &made(&[("public", Phase::Public)]), &settled(State::NeedsPerson))
        .await;
    let list = async |filter: Filter| {
        let found = desk.store.deliveries(OFFICE, &filter).await.unwrap();
        found.into_iter().map(|delivery| delivery.reference).collect::<Vec<_>>()
    };
    let all = Filter {
        limit: 100,
        ..Filter::default()
    };
    let website = Filter {
        account: Some("website".to_owned()),
        ..all.clone()
    };
    assert_eq!(
        list(website.clone()).await,
        ["2026-2", "2026-0", "2026-1"],
        "settled ones stand last"
    );
    assert_eq!(list(Filter { open: true, ..website }).await, ["2026-2", "2026-0"]);
    assert_eq!(
        list(Filter {
            state: Some(State::NeedsPerson),
            ..all.clone()
        })
        .await,
        ["2026-1"]
    );
    assert_eq!(list(Filter { limit: 1, ..all.clone() }).await, ["2026-1"]);
    assert_eq!(desk.store.deliveries("ferizaj", &all).await.unwrap(), []);
}
