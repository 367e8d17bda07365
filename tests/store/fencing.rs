//! Leases: a worker that lost its own changes nothing, and what a dead one held is taken back.

use chrono::Duration;
use kasnec::receipt::{Phase, State};
use kasnec::store::StoreError;
use kasnec::store::queue::{Held, Lease};
use kasnec::store::rows::RevisionAct;
use kasnec::store::settle::AccountEffect;

use crate::fixture::{Desk, OFFICE, WORKER, again, content, delivered, made, settled};

on_both!(
    a_worker_that_lost_its_lease_changes_nothing,
    what_is_settled_is_not_settled_again,
    only_what_ran_out_is_rescued,
    where_no_other_worker_can_live_everything_is_rescued,
    a_rescued_delivery_stands_where_its_evidence_says,
    a_renewed_lease_is_not_rescued,
    only_what_is_under_way_is_renewed_whatever_else_bears_the_workers_name,
    what_was_let_go_waits_again_although_its_worker_lives,
    two_rescuers_at_once_note_a_lost_lease_once,
);

async fn a_worker_that_lost_its_lease_changes_nothing(desk: Desk) {
    let item = desk.publish("2026-001").await;
    let stale = desk.claim_one().await;
    desk.store.rescue(true).await.unwrap();
    let held = desk.claim_one().await;
    assert_eq!((held.id, held.attempt), (stale.id, stale.attempt + 1));
    desk.revise(item, RevisionAct::Correct, "Më mirë").await;
    let before = desk
        .lines("SELECT CAST(COUNT(*) AS TEXT) FROM attempt UNION ALL SELECT CAST(COUNT(*) AS TEXT) FROM ledger")
        .await;
    let objects = made(&[("public", Phase::Public)]);
    let recorded = desk
        .store
        .record(&stale, State::Sending, &objects, Some(("post", desk.now())))
        .await;
    assert!(matches!(recorded, Err(StoreError::Conflict)), "{recorded:?}");
    assert!(matches!(desk.store.confirm(&stale).await, Err(StoreError::Conflict)));
    desk.store.confirm(&held).await.unwrap();
    let pause = again(State::Planned, desk.now(), AccountEffect::Pause);
    for ending in [delivered(desk.now()), pause, settled(State::Rejected)] {
        let late = desk.store.settle(&stale, &objects, &ending, "worker-0").await;
        assert!(matches!(late, Err(StoreError::Conflict)), "{late:?}");
    }
    desk.store.let_go(&stale, Duration::zero()).await.unwrap();
    assert_eq!(
        desk.store.rescue(false).await.unwrap(),
        0,
        "the lease of the other one is untouched"
    );
    assert_eq!(desk.chain(item).await, ["publish, claimed, held", "update, planned, behind"]);
    let after = desk
        .lines("SELECT CAST(COUNT(*) AS TEXT) FROM attempt UNION ALL SELECT CAST(COUNT(*) AS TEXT) FROM ledger")
        .await;
    assert_eq!(before, after);
    assert!(desk.store.delivery(OFFICE, held.id).await.unwrap().objects.is_empty());
    assert_eq!(desk.count("account WHERE state = 'paused'").await, 0);
    desk.deliver(&held).await;
}

async fn what_is_settled_is_not_settled_again(desk: Desk) {
    desk.publish("2026-001").await;
    let held = desk.claim_one().await;
    desk.deliver(&held).await;
    let twice = desk.store.settle(&held, &made(&[]), &settled(State::Rejected), WORKER).await;
    assert!(matches!(twice, Err(StoreError::Conflict)));
    assert_eq!(desk.count("attempt").await, 1);
}

async fn claim_three(desk: &Desk) -> Vec<Held> {
    for number in 0..3 {
        let item = desk.queue(content(&format!("2026-{number}"), "Njoftim")).await;
        desk.approve(item, &[desk.plan(item, desk.accounts[0])]).await;
    }
    desk.claim(desk.accounts[0]).await
}

async fn only_what_ran_out_is_rescued(desk: Desk) {
    let held = claim_three(&desk).await;
    desk.store.let_go(&held[1], Duration::zero()).await.unwrap();
    assert_eq!(desk.store.rescue(false).await.unwrap(), 0);
    assert_eq!(desk.claim_one().await.id, held[1].id);
    desk.clock.advance(Duration::seconds(61));
    assert_eq!(desk.store.rescue(false).await.unwrap(), 3);
    let noted = desk.store.attempts(held[1].id).await.unwrap();
    let noted: Vec<_> = noted.iter().map(|attempt| (attempt.number, attempt.outcome.as_str())).collect();
    assert_eq!(noted, [(1, "broke off"), (2, "lease ran out")]);
}

async fn where_no_other_worker_can_live_everything_is_rescued(desk: Desk) {
    claim_three(&desk).await;
    assert_eq!(desk.store.rescue(false).await.unwrap(), 0);
    assert_eq!(desk.store.rescue(true).await.unwrap(), 3);
    assert_eq!(desk.claim(desk.accounts[0]).await.len(), 3);
}

async fn a_rescued_delivery_stands_where_its_evidence_says(desk: Desk) {
    let held = claim_three(&desk).await;
    let draft = made(&[("draft", Phase::Draft)]);
    desk.store
        .record(&held[0], State::Sending, &draft, Some(("public", desk.now())))
        .await
        .unwrap();
    desk.store.record(&held[1], State::Drafted, &draft, None).await.unwrap();
    desk.store.rescue(true).await.unwrap();
    let mut states = Vec::new();
    for one in &held {
        let delivery = desk.store.delivery(OFFICE, one.id).await.unwrap();
        states.push((delivery.state, delivery.objects.is_empty(), delivery.next_at));
    }
    let now = desk.now();
    assert_eq!(
        states,
        [
            (State::Unknown, false, now),
            (State::Drafted, false, now),
            (State::Planned, true, now)
        ]
    );
    let again = desk.claim(desk.accounts[0]).await;
    let pending: Vec<_> = again
        .iter()
        .map(|held| held.pending.as_ref().map(|(step, _)| step.as_str()))
        .collect();
    assert_eq!(pending, [Some("public"), None, None]);
}

async fn a_renewed_lease_is_not_rescued(desk: Desk) {
    let held = claim_three(&desk).await;
    let leases: Vec<Lease> = held.iter().map(Held::lease).collect();
    desk.clock.advance(Duration::seconds(50));
    desk.store.renew(&leases, Duration::minutes(1)).await.unwrap();
    desk.clock.advance(Duration::seconds(59));
    assert_eq!(desk.store.rescue(false).await.unwrap(), 0);
    desk.clock.advance(Duration::seconds(2));
    assert_eq!(desk.store.rescue(false).await.unwrap(), 3);
}

async fn only_what_is_under_way_is_renewed_whatever_else_bears_the_workers_name(desk: Desk) {
    let held = claim_three(&desk).await;
    desk.clock.advance(Duration::seconds(50));
    let earlier = Lease {
        attempt: held[1].attempt - 1,
        ..held[1].lease()
    };
    let under_way = [held[2].lease(), earlier];
    desk.store.renew(&under_way, Duration::minutes(1)).await.unwrap();
    desk.clock.advance(Duration::seconds(11));
    assert_eq!(desk.store.rescue(false).await.unwrap(), 2, "nobody has the other two in hand");
    let places = desk.lines("SELECT queue FROM delivery ORDER BY id").await;
    assert_eq!(places, ["waiting", "waiting", "held"]);
}

async fn what_was_let_go_waits_again_although_its_worker_lives(desk: Desk) {
    let held = claim_three(&desk).await;
    desk.store.let_go(&held[0], Duration::zero()).await.unwrap();
    let leases: Vec<Lease> = held.iter().map(Held::lease).collect();
    desk.store.renew(&leases, Duration::minutes(1)).await.unwrap();
    assert_eq!(desk.store.rescue(false).await.unwrap(), 0);
    assert_eq!(desk.store.delivery(OFFICE, held[0].id).await.unwrap().state, State::Planned);
}

async fn two_rescuers_at_once_note_a_lost_lease_once(desk: Desk) {
    claim_three(&desk).await;
    let other = desk.opened_again().await;
    let (mine, theirs) = tokio::join!(desk.store.rescue(true), other.rescue(true));
    assert_eq!(mine.unwrap() + theirs.unwrap(), 3);
    assert_eq!(desk.count("attempt").await, 3);
}
