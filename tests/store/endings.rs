//! How an attempt ends, and what is written of it.

use kasnec::receipt::{FailureCode, Phase, State};
use kasnec::store::settle::AccountEffect;
use serde_json::Value;

use crate::fixture::{Desk, OFFICE, WORKER, again, failure, made, post, settled};

on_both!(
    a_delivered_one_bears_its_receipt_and_its_post,
    a_late_one_is_noted_as_late,
    one_that_is_tried_again_waits_with_its_failure,
    a_question_stays_open_only_while_the_answer_is_unknown,
    what_is_settled_without_standing_says_why,
    a_refused_post_leaves_no_open_question,
    a_shorter_hold_does_not_shorten_a_longer_one,
    outcomes_are_counted_by_channel,
    the_figures_tell_how_the_queue_stands,
);

async fn a_delivered_one_bears_its_receipt_and_its_post(desk: Desk) {
    let item = desk.publish("2026-001").await;
    let held = desk.claim_one().await;
    let pending = Some(("public", desk.now()));
    desk.store.record(&held, State::Sending, &made(&[]), pending).await.unwrap();
    desk.advance_minutes(1);
    desk.deliver(&held).await;
    let delivery = desk.store.delivery(OFFICE, held.id).await.unwrap();
    assert_eq!((delivery.state, delivery.settled_at), (State::Delivered, Some(desk.now())));
    assert_eq!(delivery.remote_id.as_deref(), Some("remote-public"));
    assert_eq!(delivery.url.as_deref(), Some("https://example.org/njoftim"));
    assert_eq!(delivery.post_hash, Some(post().hash()));
    assert_eq!(delivery.objects, made(&[("public", Phase::Public)]));
    assert_eq!(desk.store.post(held.id).await.unwrap(), Some(post()));
    assert_eq!(
        desk.count("delivery WHERE pending_step IS NOT NULL OR claimed_by IS NOT NULL")
            .await,
        0
    );
    let attempt = desk.store.attempts(held.id).await.unwrap().remove(0);
    assert_eq!(
        (attempt.number, attempt.worker.as_str(), attempt.outcome.as_str()),
        (1, WORKER, "delivered")
    );
    assert_eq!((attempt.started_at, attempt.ended_at), (held.claimed_at, desk.now()));
    let note = desk.store.history(item).await.unwrap().pop().unwrap();
    assert_eq!((note.act.as_str(), note.who.as_str()), ("delivered", "worker"));
    assert_eq!(note.body["receipt"]["remote_id"], "remote-public");
    assert_eq!(note.body["late"], Value::Bool(false));
}

async fn a_late_one_is_noted_as_late(desk: Desk) {
    let item = desk.publish("2026-001").await;
    desk.advance_minutes(61);
    let held = desk.claim_one().await;
    desk.deliver(&held).await;
    let note = desk.store.history(item).await.unwrap().pop().unwrap();
    assert_eq!(note.body["late"], Value::Bool(true));
    assert!(desk.store.delivery(OFFICE, held.id).await.unwrap().is_late(desk.now()));
}

async fn one_that_is_tried_again_waits_with_its_failure(desk: Desk) {
    let item = desk.publish("2026-001").await;
    let held = desk.claim_one().await;
    let later = desk.after_minutes(7);
    let draft = made(&[("draft", Phase::Draft)]);
    desk.end(&held, &draft, &again(State::Drafted, later, AccountEffect::None)).await;
    let delivery = desk.store.delivery(OFFICE, held.id).await.unwrap();
    assert_eq!((delivery.state, delivery.next_at), (State::Drafted, later));
    assert_eq!(delivery.failure, Some(failure(FailureCode::Unreachable)));
    assert_eq!(desk.chain(item).await, ["publish, drafted, waiting"]);
    let attempt = desk.store.attempts(held.id).await.unwrap().remove(0);
    assert_eq!(attempt.outcome, "again");
    assert_eq!(attempt.detail.unwrap()["code"], "unreachable");
    assert!(desk.claim(desk.accounts[0]).await.is_empty());
    desk.advance_minutes(7);
    let held = desk.claim_one().await;
    assert_eq!((held.failures, held.looks, held.attempt, held.objects), (3, 2, 2, draft));
}

async fn a_question_stays_open_only_while_the_answer_is_unknown(desk: Desk) {
    desk.publish("2026-001").await;
    let held = desk.claim_one().await;
    let asked = desk.now();
    desk.store
        .record(&held, State::Sending, &made(&[]), Some(("post", asked)))
        .await
        .unwrap();
    desk.end(&held, &made(&[]), &again(State::Unknown, asked, AccountEffect::None))
        .await;
    desk.advance_minutes(1);
    let held = desk.claim_one().await;
    assert_eq!(
        (held.state, held.pending.clone()),
        (State::Unknown, Some(("post".to_owned(), asked)))
    );
    assert_eq!(desk.store.attempts(held.id).await.unwrap()[0].outcome, "unknown");
    desk.end(&held, &made(&[]), &again(State::Planned, desk.now(), AccountEffect::None))
        .await;
    assert_eq!(desk.claim_one().await.pending, None);
}

async fn what_is_settled_without_standing_says_why(desk: Desk) {
    for (number, state) in [State::Rejected, State::Expired, State::Superseded, State::NeedsPerson]
        .into_iter()
        .enumerate()
    {
        let item = desk.publish(&format!("2026-{number}")).await;
        let held = desk.claim_one().await;
        desk.end(&held, &made(&[]), &settled(state)).await;
        let delivery = desk.store.delivery(OFFICE, held.id).await.unwrap();
        assert_eq!((delivery.state, delivery.settled_at), (state, Some(desk.now())));
        assert_eq!(delivery.failure, Some(failure(FailureCode::ContentRefused)));
        let attempt = desk.store.attempts(held.id).await.unwrap().remove(0);
        assert_eq!(attempt.outcome, state.word());
        let note = desk.store.history(item).await.unwrap().pop().unwrap();
        assert_eq!(
            (note.act.as_str(), &note.body["failure"]["evidence"]),
            (state.word(), &Value::from("503"))
        );
    }
    assert!(desk.claim(desk.accounts[0]).await.is_empty());
}

async fn a_refused_post_leaves_no_open_question(desk: Desk) {
    desk.publish("2026-001").await;
    let held = desk.claim_one().await;
    let pending = Some(("post", desk.now()));
    desk.store.record(&held, State::Sending, &made(&[]), pending).await.unwrap();
    desk.end(&held, &made(&[]), &settled(State::Rejected)).await;
    desk.store.retry(&desk.editor, held.id).await.unwrap();
    let again = desk.claim_one().await;
    assert_eq!(
        (again.state, again.pending),
        (State::Claimed, None),
        "the remote has answered: nothing is to be looked for"
    );
}

async fn a_shorter_hold_does_not_shorten_a_longer_one(desk: Desk) {
    desk.publish("2026-001").await;
    desk.publish("2026-002").await;
    let held = desk.claim(desk.accounts[0]).await;
    for (held, minutes) in held.iter().zip([30, 10]) {
        let wait = AccountEffect::Hold(desk.after_minutes(minutes));
        desk.end(held, &made(&[]), &again(State::Planned, desk.now(), wait)).await;
    }
    let account = desk.store.accounts(OFFICE).await.unwrap().remove(0);
    assert_eq!(account.not_before, desk.after_minutes(30));
}

async fn outcomes_are_counted_by_channel(desk: Desk) {
    desk.publish("2026-001").await;
    desk.end(
        &desk.claim_one().await,
        &made(&[]),
        &again(State::Planned, desk.now(), AccountEffect::None),
    )
    .await;
    desk.deliver(&desk.claim_one().await).await;
    let expected =
        |delivered| [("website", "again", 1), ("website", "delivered", delivered)].map(|(c, o, n)| (c.to_owned(), o.to_owned(), n));
    assert_eq!(desk.store.outcomes().await.unwrap(), expected(1));
    // What is old is counted once, what is new on top of it, and a process that has counted nothing yet comes to the same.
    for delivered in 2..5 {
        desk.advance_minutes(40);
        desk.publish(&format!("2026-00{delivered}")).await;
        desk.deliver(&desk.claim_one().await).await;
        assert_eq!(desk.store.outcomes().await.unwrap(), expected(delivered));
        assert_eq!(desk.opened_again().await.outcomes().await.unwrap(), expected(delivered));
    }
}

async fn the_figures_tell_how_the_queue_stands(desk: Desk) {
    desk.store.ping().await.unwrap();
    let begun = desk.now();
    desk.publish("2026-001").await;
    desk.end(&desk.claim_one().await, &made(&[]), &settled(State::NeedsPerson)).await;
    desk.publish("2026-002").await;
    desk.claim_one().await;
    desk.publish("2026-003").await;
    desk.advance_minutes(5);
    let stats = desk.store.queue_stats().await.unwrap();
    assert_eq!((stats.open, stats.due, stats.with_person), (2, 1, 1));
    assert_eq!(stats.oldest_due, Some(begun));
    assert_eq!(stats.next_deadline, Some(begun + chrono::Duration::minutes(60)));
}
