//! The clock was ahead, and is right now: nothing early, nothing stuck, nothing looked for where it is not.

use chrono::Duration;
use kasnec::clock::{Clock, Move};
use kasnec::receipt::State;
use kasnec::store::settle::AccountEffect;

use crate::fixture::{Desk, FREE, OFFICE, WORKER, again, content, made};

on_both!(
    what_is_in_line_too_early_waits_again,
    what_was_to_go_at_once_by_a_clock_that_was_ahead_goes_at_once,
    what_a_clock_that_was_ahead_has_postponed_is_tried_now,
    a_dead_workers_lease_ends_by_the_time_in_force,
    a_time_set_anew_is_a_line_of_the_ledger,
);

const DAY: Duration = Duration::days(1);
const LEASE: Duration = Duration::minutes(1);

async fn queued(desk: &Desk, release_minutes: i64) {
    let item = desk.queue(content("2026-001", "Njoftim")).await;
    let mut plan = desk.plan(item, desk.accounts[0]);
    plan.release_at = desk.after_minutes(release_minutes);
    desk.approve(item, &[plan]).await;
}

async fn claimed(desk: &Desk) -> usize {
    desk.claim_within(desk.accounts[0], FREE).await.len()
}

async fn what_is_in_line_too_early_waits_again(desk: Desk) {
    queued(&desk, 60).await;
    desk.clock.advance(DAY);
    assert_eq!(desk.store.due_accounts().await.unwrap().len(), 1);
    desk.clock.advance(-DAY);
    desk.store.set_right(LEASE, None).await.unwrap();
    assert_eq!(claimed(&desk).await, 0);
    desk.advance_minutes(60);
    assert_eq!(claimed(&desk).await, 1);
}

async fn what_was_to_go_at_once_by_a_clock_that_was_ahead_goes_at_once(desk: Desk) {
    desk.clock.advance(DAY);
    queued(&desk, 0).await;
    desk.clock.advance(-DAY);
    assert_eq!(claimed(&desk).await, 0);
    desk.store.set_right(LEASE, None).await.unwrap();
    assert_eq!(claimed(&desk).await, 1);
}

async fn what_a_clock_that_was_ahead_has_postponed_is_tried_now(desk: Desk) {
    queued(&desk, 0).await;
    desk.clock.advance(DAY);
    let held = desk.claim_within(desk.accounts[0], FREE).await.remove(0);
    let later = again(State::Unknown, desk.after_minutes(5), AccountEffect::Hold(desk.after_minutes(5)));
    desk.end(&held, &made(&[]), &later).await;
    desk.clock.advance(-DAY);
    let moved = Move {
        from: desk.now() + DAY,
        to: desk.now(),
        because: "two hosts".to_owned(),
    };
    desk.store.set_right(LEASE, Some(&moved)).await.unwrap();
    let held = desk.claim_within(desk.accounts[0], FREE).await.remove(0);
    assert!(
        held.since < desk.now() - DAY,
        "it is looked for before the time at which it may have been made"
    );
}

async fn a_dead_workers_lease_ends_by_the_time_in_force(desk: Desk) {
    queued(&desk, 0).await;
    desk.clock.advance(DAY);
    desk.store.due_accounts().await.unwrap();
    let held = desk.store.claim(desk.accounts[0], "x", FREE, WORKER, LEASE, 1).await.unwrap();
    assert_eq!(held.len(), 1);
    desk.clock.advance(-DAY);
    desk.store.set_right(LEASE, None).await.unwrap();
    desk.clock.advance(LEASE + Duration::milliseconds(1));
    assert_eq!(desk.store.rescue(false).await.unwrap(), 1);
}

async fn a_time_set_anew_is_a_line_of_the_ledger(desk: Desk) {
    let moved = Move {
        from: desk.now() - DAY,
        to: desk.now(),
        because: "two hosts".to_owned(),
    };
    desk.clock.advance(Duration::hours(1));
    desk.store.set_right(LEASE, Some(&moved)).await.unwrap();
    desk.clock.advance(Duration::seconds(1));
    assert_eq!(
        desk.store.newest_line().await.unwrap(),
        Some(desk.clock.now() - Duration::seconds(1))
    );
    assert!(desk.store.audit_chain(OFFICE, None).await.unwrap().faults.is_empty());
}
