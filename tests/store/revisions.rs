//! The chain of revisions: each next one waits for, takes the place of or changes what the one before left.

use kasnec::receipt::{FailureCode, Object, Objects, Phase, State};
use kasnec::store::deliveries::Resolution;
use kasnec::store::rows::{ItemState, RevisionAct::Correct, RevisionAct::Withdraw};
use kasnec::store::settle::{AccountEffect, Ending};

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::fixture::{Desk, OFFICE, again, content, delivered, failure, made, settled};

on_both!(
    a_correction_of_what_is_still_planned_takes_its_place,
    a_correction_of_what_failed_before_anything_was_made_takes_its_place,
    a_correction_of_what_is_held_waits_and_then_updates_it,
    a_correction_of_what_stands_updates_it,
    a_mere_draft_is_discarded_and_the_correction_published,
    a_correction_waits_for_a_call_whose_answer_was_lost,
    a_correction_of_what_a_person_must_look_for_waits_for_the_person,
    a_correction_behind_a_lost_answer_waits_for_the_person_too,
    what_the_person_found_standing_is_updated,
    what_the_person_did_not_find_is_published_corrected,
    nothing_is_planned_to_withdraw_what_never_stood,
    a_withdrawal_of_what_was_still_planned_leaves_nothing_to_do,
    a_withdrawal_behind_what_is_rejected_is_superseded,
    a_withdrawal_behind_what_is_delivered_goes_out,
    of_three_revisions_the_last_one_follows_the_first,
    a_correction_after_a_rejected_one_still_updates_what_stands,
    a_correction_of_what_half_stands_updates_it,
    what_stands_is_merged_in_the_order_in_which_it_was_made,
    what_a_person_was_asked_to_do_is_asked_for_anew_and_still_withdrawn,
);

async fn a_correction_of_what_is_still_planned_takes_its_place(desk: Desk) {
    let item = desk.publish("2026-001").await;
    desk.revise(item, Correct, "Më mirë").await;
    assert_eq!(desk.chain(item).await, ["publish, superseded, done", "publish, planned, waiting"]);
    assert_eq!(desk.claim(desk.accounts[0]).await.len(), 1, "only the correction goes out");
}

async fn a_correction_of_what_failed_before_anything_was_made_takes_its_place(desk: Desk) {
    let item = desk.publish("2026-001").await;
    let held = desk.claim_one().await;
    desk.end(
        &held,
        &made(&[]),
        &again(State::Planned, desk.after_minutes(5), AccountEffect::None),
    )
    .await;
    desk.revise(item, Correct, "Më mirë").await;
    assert_eq!(desk.chain(item).await, ["publish, superseded, done", "publish, planned, waiting"]);
}

async fn a_correction_of_what_is_held_waits_and_then_updates_it(desk: Desk) {
    let item = desk.publish("2026-001").await;
    let held = desk.claim_one().await;
    desk.revise(item, Correct, "Më mirë").await;
    assert_eq!(desk.chain(item).await, ["publish, claimed, held", "update, planned, behind"]);
    assert!(desk.claim(desk.accounts[0]).await.is_empty(), "it is not sent beside the first");
    desk.deliver(&held).await;
    assert_eq!(desk.chain(item).await, ["publish, delivered, done", "update, planned, waiting"]);
    let update = desk.claim_one().await;
    assert_eq!(desk.store.standing(&update).await.unwrap(), made(&[("public", Phase::Public)]));
}

async fn a_correction_of_what_stands_updates_it(desk: Desk) {
    let item = desk.publish("2026-001").await;
    desk.deliver(&desk.claim_one().await).await;
    desk.revise(item, Correct, "Më mirë").await;
    assert_eq!(desk.chain(item).await, ["publish, delivered, done", "update, planned, waiting"]);
}

async fn a_mere_draft_is_discarded_and_the_correction_published(desk: Desk) {
    let item = desk.publish("2026-001").await;
    let held = desk.claim_one().await;
    let drafted = again(State::Drafted, desk.now(), AccountEffect::None);
    desk.end(&held, &made(&[("photo-1", Phase::Draft), ("draft", Phase::Draft)]), &drafted)
        .await;
    desk.revise(item, Correct, "Më mirë").await;
    assert_eq!(desk.chain(item).await, ["discard, drafted, waiting", "update, planned, behind"]);
    let discard = desk.claim_one().await;
    desk.end(&discard, &made(&[("draft", Phase::Gone)]), &settled(State::Superseded))
        .await;
    assert_eq!(desk.chain(item).await, ["discard, superseded, done", "publish, planned, waiting"]);
}

/// A first publication whose answer was lost.
async fn lost(desk: &Desk) -> i64 {
    let item = desk.publish("2026-001").await;
    let held = desk.claim_one().await;
    let pending = Some(("post", desk.now()));
    desk.store.record(&held, State::Sending, &made(&[]), pending).await.unwrap();
    desk.end(&held, &made(&[]), &again(State::Unknown, desk.now(), AccountEffect::None))
        .await;
    item
}

async fn a_correction_waits_for_a_call_whose_answer_was_lost(desk: Desk) {
    let item = lost(&desk).await;
    desk.revise(item, Correct, "Më mirë").await;
    assert_eq!(desk.chain(item).await, ["publish, unknown, waiting", "update, planned, behind"]);
    let held = desk.claim_one().await;
    assert_eq!(held.pending, Some(("post".to_owned(), desk.now())));
    desk.deliver(&held).await;
    assert_eq!(desk.chain(item).await, ["publish, delivered, done", "update, planned, waiting"]);
}

/// The same, looked for in vain: a person has to look.
async fn with_a_person(desk: &Desk) -> i64 {
    let item = lost(desk).await;
    let held = desk.claim_one().await;
    desk.end(&held, &made(&[]), &settled(State::NeedsPerson)).await;
    item
}

async fn a_correction_of_what_a_person_must_look_for_waits_for_the_person(desk: Desk) {
    let item = with_a_person(&desk).await;
    desk.revise(item, Correct, "Më mirë").await;
    assert_eq!(desk.chain(item).await, ["publish, needs a person, done", "update, planned, behind"]);
}

async fn a_correction_behind_a_lost_answer_waits_for_the_person_too(desk: Desk) {
    let item = lost(&desk).await;
    desk.revise(item, Correct, "Më mirë").await;
    let held = desk.claim_one().await;
    desk.end(&held, &made(&[]), &settled(State::NeedsPerson)).await;
    assert_eq!(desk.chain(item).await, ["publish, needs a person, done", "update, planned, behind"]);
}

/// Else a third approval and the end of the first delivery would wait for each other.
#[tokio::test(flavor = "multi_thread")]
async fn an_approval_takes_hold_of_the_earlier_deliveries_in_the_order_in_which_a_worker_does() {
    let desk = Desk::on_postgres().await;
    let item = desk.publish("2026-001").await;
    desk.claim_one().await;
    desk.revise(item, Correct, "Më mirë").await;
    desk.propose(item, Correct, "Edhe më mirë").await;
    let (taken, first) = tokio::sync::oneshot::channel();
    let worker = async {
        let mut connection = PgConnection::connect(&desk.url).await.unwrap();
        let mut settling = connection.begin().await.unwrap();
        take(&mut settling, item, "ASC").await;
        taken.send(()).unwrap();
        // Other tests use the same server, each a database of its own.
        while desk
            .count("pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
            .await
            == 0
        {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        take(&mut settling, item, "DESC").await;
        settling.commit().await.unwrap();
    };
    tokio::join!(worker, async {
        first.await.unwrap();
        desk.approve(item, &[desk.plan(item, desk.accounts[0])]).await;
    });
    assert_eq!(desk.chain(item).await.len(), 3);
}

/// Takes hold of the first delivery of an item in that order; fails if somebody else has it.
async fn take(connection: &mut PgConnection, item: i64, order: &str) {
    let sql = format!("SELECT id FROM delivery WHERE item = {item} ORDER BY id {order} LIMIT 1 FOR UPDATE NOWAIT");
    sqlx::query(AssertSqlSafe(sql)).execute(connection).await.unwrap();
}

async fn resolve(desk: &Desk, item: i64, delivered: bool) {
    let id: i64 = desk
        .line(&format!("SELECT CAST(MIN(id) AS TEXT) FROM delivery WHERE item = {item}"))
        .await
        .parse()
        .unwrap();
    let delivery = desk.store.delivery(OFFICE, id).await.unwrap();
    let found = Resolution {
        delivered,
        at: desk.now(),
        place: None,
        note: None,
        photo: None,
    };
    desk.store.resolve(&desk.editor, &delivery, &found, None).await.unwrap();
}

async fn what_the_person_found_standing_is_updated(desk: Desk) {
    let item = with_a_person(&desk).await;
    desk.revise(item, Correct, "Më mirë").await;
    resolve(&desk, item, true).await;
    assert_eq!(desk.chain(item).await, ["publish, delivered, done", "update, planned, waiting"]);
}

async fn what_the_person_did_not_find_is_published_corrected(desk: Desk) {
    let item = with_a_person(&desk).await;
    desk.revise(item, Correct, "Më mirë").await;
    resolve(&desk, item, false).await;
    assert_eq!(desk.chain(item).await, ["publish, rejected, done", "publish, planned, waiting"]);
}

async fn nothing_is_planned_to_withdraw_what_never_stood(desk: Desk) {
    let item = desk.publish("2026-001").await;
    let held = desk.claim_one().await;
    desk.end(&held, &made(&[]), &settled(State::Rejected)).await;
    desk.revise(item, Withdraw, "Tërhiqet").await;
    assert_eq!(desk.chain(item).await, ["publish, rejected, done"]);
    assert_eq!(desk.store.item_by_id(item).await.unwrap().state, ItemState::Withdrawn);
}

async fn a_withdrawal_of_what_was_still_planned_leaves_nothing_to_do(desk: Desk) {
    let item = desk.publish("2026-001").await;
    desk.revise(item, Withdraw, "Tërhiqet").await;
    assert_eq!(desk.chain(item).await, ["publish, superseded, done"]);
    assert!(desk.claim(desk.accounts[0]).await.is_empty());
}

async fn a_withdrawal_behind_what_is_rejected_is_superseded(desk: Desk) {
    let item = desk.publish("2026-001").await;
    let held = desk.claim_one().await;
    desk.revise(item, Withdraw, "Tërhiqet").await;
    assert_eq!(desk.chain(item).await, ["publish, claimed, held", "withdraw, planned, behind"]);
    desk.end(&held, &made(&[]), &settled(State::Rejected)).await;
    assert_eq!(desk.chain(item).await, ["publish, rejected, done", "withdraw, superseded, done"]);
}

async fn a_withdrawal_behind_what_is_delivered_goes_out(desk: Desk) {
    let item = desk.publish("2026-001").await;
    let held = desk.claim_one().await;
    desk.revise(item, Withdraw, "Tërhiqet").await;
    desk.deliver(&held).await;
    assert_eq!(desk.chain(item).await, ["publish, delivered, done", "withdraw, planned, waiting"]);
}

async fn of_three_revisions_the_last_one_follows_the_first(desk: Desk) {
    let item = desk.publish("2026-001").await;
    let held = desk.claim_one().await;
    desk.revise(item, Correct, "Më mirë").await;
    desk.revise(item, Correct, "Edhe më mirë").await;
    let waiting = ["publish, claimed, held", "update, superseded, done", "update, planned, behind"];
    assert_eq!(desk.chain(item).await, waiting);
    desk.deliver(&held).await;
    let update = desk.claim_one().await;
    assert_eq!(update.revision, desk.newest(item).await.id);
    desk.deliver(&update).await;
    let done = ["publish, delivered, done", "update, superseded, done", "update, delivered, done"];
    assert_eq!(desk.chain(item).await, done);
}

async fn a_correction_after_a_rejected_one_still_updates_what_stands(desk: Desk) {
    let item = desk.publish("2026-001").await;
    desk.deliver(&desk.claim_one().await).await;
    desk.revise(item, Correct, "Shumë gjatë").await;
    let update = desk.claim_one().await;
    desk.revise(item, Correct, "Më mirë").await;
    desk.end(&update, &made(&[]), &settled(State::Rejected)).await;
    let chain = ["publish, delivered, done", "update, rejected, done", "update, planned, waiting"];
    assert_eq!(desk.chain(item).await, chain);
}

async fn a_correction_of_what_half_stands_updates_it(desk: Desk) {
    let item = desk.publish("2026-001").await;
    let held = desk.claim_one().await;
    desk.revise(item, Correct, "Më mirë").await;
    desk.end(&held, &made(&[("public", Phase::Public)]), &settled(State::NeedsPerson))
        .await;
    let chain = ["publish, needs a person, done", "update, planned, waiting"];
    assert_eq!(desk.chain(item).await, chain);
    let update = desk.claim_one().await;
    assert_eq!(desk.store.standing(&update).await.unwrap().id("public"), Some("remote-public"));
}

async fn what_a_person_was_asked_to_do_is_asked_for_anew_and_still_withdrawn(desk: Desk) {
    let item = desk.publish("2026-001").await;
    let by_hand = Ending::Settled {
        state: State::NeedsPerson,
        failure: Some(failure(FailureCode::ByHand)),
    };
    desk.end(&desk.claim_one().await, &made(&[("sheet", Phase::Public)]), &by_hand)
        .await;
    desk.revise(item, Correct, "Më mirë").await;
    assert_eq!(desk.chain(item).await, ["publish, superseded, done", "update, planned, waiting"]);
    desk.revise(item, Withdraw, "Anuluar").await;
    let chain = [
        "publish, superseded, done",
        "update, superseded, done",
        "withdraw, planned, waiting",
    ];
    assert_eq!(desk.chain(item).await, chain, "the first sheet may hang");
}

async fn what_stands_is_merged_in_the_order_in_which_it_was_made(desk: Desk) {
    let item = desk.queue(content("2026-001", "Mbledhja")).await;
    desk.approve(item, &[desk.plan(item, desk.accounts[0])]).await;
    let first = made(&[("photo-1", Phase::Public), ("public", Phase::Public)]);
    desk.end(&desk.claim_one().await, &first, &delivered(desk.now())).await;
    desk.revise(item, Correct, "Më mirë").await;
    let second = Objects(vec![
        Object::new("public", Phase::Public, "newer"),
        Object::new("photo-2", Phase::Public, "another"),
    ]);
    desk.end(&desk.claim_one().await, &second, &delivered(desk.now())).await;
    desk.revise(item, Correct, "Edhe më mirë").await;
    let standing = desk.store.standing(&desk.claim_one().await).await.unwrap();
    let found: Vec<_> = standing
        .0
        .iter()
        .map(|object| (object.role.as_str(), object.remote_id.as_str()))
        .collect();
    assert_eq!(found, [("photo-1", "remote-photo-1"), ("public", "newer"), ("photo-2", "another")]);
}
