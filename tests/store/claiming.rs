//! Claiming: earliest deadline first, only what is due, each account at its own pace.

use chrono::Duration;
use kasnec::receipt::{Action, State};
use kasnec::store::queue::Allowance;
use kasnec::store::rows::{AccountState, RevisionAct};
use kasnec::store::settle::AccountEffect;

use crate::fixture::{Desk, FREE, OFFICE, WORKER, again, content, made};

on_both!(
    the_earliest_deadline_goes_first,
    nothing_goes_before_its_release,
    an_account_waits_until_its_not_before,
    only_as_many_are_under_way_as_the_channel_bears,
    what_another_worker_holds_counts_too,
    between_two_posts_the_spacing_passes,
    the_daily_cap_holds_until_the_day_changes,
    a_spent_cap_holds_back_neither_a_change_nor_what_was_begun,
    a_limit_of_none_claims_none_whatever_the_pace,
    a_paused_account_is_left_alone,
    accounts_do_not_hold_each_other_up,
    the_next_due_instant_is_the_earliest_one_that_waits,
);

/// Puts an item on the website for each `(release in minutes, urgency)`.
async fn queued(desk: &Desk, slots: &[(i64, i64)]) {
    for (number, (release, urgency)) in slots.iter().enumerate() {
        let item = desk.queue(content(&format!("2026-{number:03}"), "Njoftim")).await;
        let mut plan = desk.plan(item, desk.accounts[0]);
        plan.release_at = desk.after_minutes(*release);
        plan.urgency = *urgency;
        desk.approve(item, &[plan]).await;
    }
}

async fn references(desk: &Desk, allowance: Allowance) -> Vec<String> {
    let mut references = Vec::new();
    for held in desk.claim_within(desk.accounts[0], allowance).await {
        references.push(desk.store.item_by_id(held.item).await.unwrap().reference);
    }
    references
}

async fn the_earliest_deadline_goes_first(desk: Desk) {
    queued(&desk, &[(0, 50), (0, 10), (0, 30), (0, 10)]).await;
    assert_eq!(references(&desk, FREE).await, ["2026-001", "2026-003", "2026-002", "2026-000"]);
}

async fn nothing_goes_before_its_release(desk: Desk) {
    queued(&desk, &[(10, 1), (0, 2)]).await;
    assert_eq!(references(&desk, FREE).await, ["2026-001"]);
    desk.clock.advance(Duration::minutes(10) - Duration::milliseconds(1));
    assert!(references(&desk, FREE).await.is_empty());
    desk.clock.advance(Duration::milliseconds(1));
    assert_eq!(references(&desk, FREE).await, ["2026-000"]);
}

async fn an_account_waits_until_its_not_before(desk: Desk) {
    queued(&desk, &[(0, 1), (0, 2)]).await;
    let one = Allowance { parallel: 1, ..FREE };
    let held = desk.claim_within(desk.accounts[0], one).await.remove(0);
    let throttled = again(State::Planned, desk.now(), AccountEffect::Hold(desk.after_minutes(3)));
    desk.end(&held, &made(&[]), &throttled).await;
    desk.advance_minutes(2);
    assert!(references(&desk, FREE).await.is_empty());
    desk.advance_minutes(1);
    assert_eq!(references(&desk, FREE).await, ["2026-000", "2026-001"]);
}

async fn only_as_many_are_under_way_as_the_channel_bears(desk: Desk) {
    queued(&desk, &[(0, 1), (0, 2), (0, 3), (0, 4)]).await;
    let two = Allowance { parallel: 2, ..FREE };
    let held = desk.claim_within(desk.accounts[0], two).await;
    assert_eq!(held.len(), 2);
    assert!(references(&desk, two).await.is_empty());
    desk.deliver(&held[0]).await;
    assert_eq!(references(&desk, two).await, ["2026-002"]);
}

async fn what_another_worker_holds_counts_too(desk: Desk) {
    queued(&desk, &[(0, 1), (0, 2), (0, 3), (0, 4)]).await;
    let two = Allowance { parallel: 2, ..FREE };
    desk.store.due_accounts().await.unwrap();
    let other = desk.opened_again().await;
    let (account, lease) = (desk.accounts[0], Duration::minutes(1));
    let (mine, theirs) = tokio::join!(
        desk.store.claim(account, "2026-11-23", two, WORKER, lease, 2),
        other.claim(account, "2026-11-23", two, "worker-2", lease, 2)
    );
    assert_eq!(mine.unwrap().len() + theirs.unwrap().len(), 2);
    let due = desk.store.due_accounts().await.unwrap();
    assert_eq!((due.len(), due[0].held, due[0].channel.as_str()), (1, 2, "website"));
}

async fn between_two_posts_the_spacing_passes(desk: Desk) {
    queued(&desk, &[(0, 1), (0, 2)]).await;
    let spaced = Allowance {
        spacing: Duration::minutes(5),
        ..FREE
    };
    assert_eq!(references(&desk, spaced).await, ["2026-000"]);
    desk.advance_minutes(4);
    assert!(references(&desk, spaced).await.is_empty());
    assert!(
        desk.store.due_accounts().await.unwrap().is_empty(),
        "no worker is sent there in vain"
    );
    desk.advance_minutes(1);
    assert_eq!(references(&desk, spaced).await, ["2026-001"]);
}

async fn the_daily_cap_holds_until_the_day_changes(desk: Desk) {
    queued(&desk, &[(0, 1), (0, 2), (0, 3), (0, 4), (0, 5)]).await;
    let capped = Allowance { daily: 2, ..FREE };
    assert_eq!(references(&desk, capped).await, ["2026-000", "2026-001"]);
    assert!(references(&desk, capped).await.is_empty());
    let tomorrow = desk
        .store
        .claim(desk.accounts[0], "2026-11-24", capped, WORKER, Duration::minutes(1), 10);
    assert_eq!(tomorrow.await.unwrap().len(), 2);
    let still = desk
        .store
        .claim(desk.accounts[0], "2026-11-24", capped, WORKER, Duration::minutes(1), 10);
    assert!(still.await.unwrap().is_empty());
}

async fn a_spent_cap_holds_back_neither_a_change_nor_what_was_begun(desk: Desk) {
    let stands = desk.publish("2026-100").await;
    desk.deliver(&desk.claim_one().await).await;
    let capped = Allowance { daily: 2, ..FREE };
    queued(&desk, &[(0, 1), (0, 2), (0, 3)]).await;
    let begun = desk.claim_within(desk.accounts[0], capped).await;
    assert_eq!(begun.len(), 2, "two today");
    desk.end(&begun[0], &made(&[]), &again(State::Unknown, desk.now(), AccountEffect::None))
        .await;
    desk.revise(stands, RevisionAct::Withdraw, "Njoftim").await;
    let mut held = desk.claim_within(desk.accounts[0], capped).await;
    held.sort_by_key(|held| held.id);
    let claimed: Vec<_> = held.iter().map(|held| (held.id, held.action)).collect();
    assert_eq!(claimed[0], (begun[0].id, Action::Publish), "the look at a lost answer");
    assert_eq!((claimed.len(), claimed[1].1), (2, Action::Withdraw));
}

async fn a_limit_of_none_claims_none_whatever_the_pace(desk: Desk) {
    queued(&desk, &[(0, 1)]).await;
    desk.store.due_accounts().await.unwrap();
    for spacing in [Duration::zero(), Duration::minutes(5)] {
        let allowance = Allowance { spacing, ..FREE };
        let none = desk
            .store
            .claim(desk.accounts[0], "2026-11-23", allowance, WORKER, Duration::minutes(1), 0);
        assert!(none.await.unwrap().is_empty());
    }
    assert_eq!(references(&desk, FREE).await, ["2026-000"], "and it spent nothing");
}

async fn a_paused_account_is_left_alone(desk: Desk) {
    queued(&desk, &[(0, 3), (0, 1), (0, 2)]).await;
    let one = Allowance { parallel: 1, ..FREE };
    let held = desk.claim_within(desk.accounts[0], one).await.remove(0);
    desk.end(&held, &made(&[]), &again(State::Planned, desk.now(), AccountEffect::Pause))
        .await;
    assert!(desk.store.due_accounts().await.unwrap().is_empty());
    assert!(references(&desk, FREE).await.is_empty());
    let channels = ["website", "facebook", "email"].map(|name| (name.to_owned(), name.to_owned()));
    desk.store.put_accounts(OFFICE, &channels).await.unwrap();
    let account = desk.store.accounts(OFFICE).await.unwrap().remove(0);
    assert_eq!(account.state, AccountState::Paused, "a restart does not open it");
    assert!(account.failure.is_some());
    desk.store.reopen_account(OFFICE, "website", "arta").await.unwrap();
    assert_eq!(references(&desk, FREE).await, ["2026-001", "2026-002", "2026-000"]);
    let acts = desk.lines("SELECT act FROM ledger WHERE act LIKE 'channel%' ORDER BY id").await;
    assert_eq!(acts, ["channel paused", "channel reopened"]);
}

async fn accounts_do_not_hold_each_other_up(desk: Desk) {
    let item = desk.queue(content("2026-001", "Njoftim")).await;
    desk.approve(item, &desk.accounts.map(|account| desk.plan(item, account))).await;
    let held = desk.claim_one().await;
    desk.end(&held, &made(&[]), &again(State::Planned, desk.now(), AccountEffect::Pause))
        .await;
    assert_eq!(desk.claim(desk.accounts[1]).await.len(), 1);
    assert_eq!(desk.claim(desk.accounts[2]).await.len(), 1);
    let nearest = desk.store.nearest_deadline(desk.accounts[0]).await.unwrap();
    assert_eq!(nearest, Some(desk.after_minutes(60)));
}

async fn the_next_due_instant_is_the_earliest_one_that_waits(desk: Desk) {
    assert_eq!(desk.store.next_due().await.unwrap(), None);
    queued(&desk, &[(30, 1), (20, 2), (40, 3)]).await;
    assert_eq!(desk.store.next_due().await.unwrap(), Some(desk.after_minutes(20)));
}
