//! An account's circuit, as the store keeps it: one probe whoever asks, each change once, nothing left behind.

use chrono::Duration;
use kasnec::receipt::{FailureCode, State};
use kasnec::store::circuit::{Outage, Streak};
use kasnec::store::queue::Allowance;
use kasnec::store::settle::AccountEffect;

use crate::fixture::{Desk, FREE, OFFICE, WORKER, again, content, failure, made};

on_both!(
    an_open_circuit_gives_nothing_until_its_time_and_then_one,
    of_two_workers_that_ask_at_once_one_gets_the_probe,
    while_one_is_under_way_nobody_else_tries,
    of_several_outages_that_were_under_way_together_one_counts,
    closing_ends_the_waits_for_the_outage_and_no_others,
    a_look_tries_first_and_a_fresh_one_last,
    an_account_that_is_well_is_not_written_for_a_delivery,
    opening_and_closing_leave_one_line_each,
);

async fn queued(desk: &Desk, count: usize) {
    for number in 0..count {
        desk.publish(&format!("2026-{number:03}")).await;
    }
    desk.store.due_accounts().await.unwrap();
}

/// Opens the website's circuit for five minutes, whatever stood there.
async fn open(desk: &Desk) {
    let account = desk.store.accounts(OFFICE).await.unwrap().remove(0);
    let seen = Streak {
        outages: account.circuit.as_ref().map_or(0, |circuit| circuit.outages),
        by: None,
        opened_at: account.circuit.map(|circuit| circuit.opened_at),
    };
    let outage = Outage {
        streak: Streak {
            outages: 3,
            by: None,
            opened_at: Some(desk.now()),
        },
        probe_at: Some(desk.after_minutes(5)),
    };
    desk.store
        .keep_outage(desk.accounts[0], &seen, &outage, &failure(FailureCode::Unreachable))
        .await
        .unwrap();
}

async fn an_open_circuit_gives_nothing_until_its_time_and_then_one(desk: Desk) {
    queued(&desk, 5).await;
    open(&desk).await;
    assert!(desk.claim(desk.accounts[0]).await.is_empty());
    assert!(
        desk.store.due_accounts().await.unwrap().is_empty(),
        "no worker is sent there in vain"
    );
    desk.advance_minutes(5);
    assert_eq!(desk.store.due_accounts().await.unwrap().len(), 1);
    let held = desk.claim(desk.accounts[0]).await;
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].streak.outages, 3);
    desk.store.close_circuit(desk.accounts[0], WORKER).await.unwrap();
    assert_eq!(desk.claim(desk.accounts[0]).await.len(), 4);
}

async fn of_two_workers_that_ask_at_once_one_gets_the_probe(desk: Desk) {
    queued(&desk, 5).await;
    open(&desk).await;
    desk.advance_minutes(5);
    let other = desk.opened_again().await;
    let ask = |store: kasnec::store::Store, worker: &'static str| {
        let account = desk.accounts[0];
        async move {
            store
                .claim(account, "2026-11-23", FREE, worker, Duration::minutes(1), 1000)
                .await
                .unwrap()
                .len()
        }
    };
    let (one, two) = tokio::join!(ask(desk.store.clone(), "one"), ask(other, "two"));
    assert_eq!(one + two, 1);
}

async fn while_one_is_under_way_nobody_else_tries(desk: Desk) {
    queued(&desk, 3).await;
    open(&desk).await;
    desk.advance_minutes(5);
    assert_eq!(desk.claim(desk.accounts[0]).await.len(), 1);
    assert!(desk.claim(desk.accounts[0]).await.is_empty());
    // Its worker dies: the lease runs out, and the next one tries.
    desk.advance_minutes(2);
    desk.store.rescue(false).await.unwrap();
    assert_eq!(desk.claim(desk.accounts[0]).await.len(), 1);
}

async fn of_several_outages_that_were_under_way_together_one_counts(desk: Desk) {
    let outage = Outage {
        streak: Streak {
            outages: 1,
            by: Some(1),
            opened_at: None,
        },
        probe_at: None,
    };
    for _ in 0..4 {
        let seen = Streak::default();
        let kept = desk
            .store
            .keep_outage(desk.accounts[0], &seen, &outage, &failure(FailureCode::NoAnswer))
            .await;
        kept.unwrap();
    }
    assert_eq!(
        desk.line("SELECT CAST(outages AS TEXT) FROM account WHERE name = 'website'").await,
        "1"
    );
}

async fn closing_ends_the_waits_for_the_outage_and_no_others(desk: Desk) {
    queued(&desk, 2).await;
    let throttled = desk.queue(content("2026-900", "Njoftim")).await;
    let mut later = desk.plan(throttled, desk.accounts[0]);
    later.release_at = desk.after_minutes(10);
    desk.approve(throttled, &[later]).await;
    for held in desk.claim_within(desk.accounts[0], Allowance { parallel: 1, ..FREE }).await {
        let wait = again(State::Planned, desk.after_minutes(15), AccountEffect::None);
        desk.end(&held, &made(&[]), &wait).await;
    }
    open(&desk).await;
    desk.store.close_circuit(desk.accounts[0], WORKER).await.unwrap();
    assert_eq!(desk.claim(desk.accounts[0]).await.len(), 2, "but what is not released yet");
}

async fn a_look_tries_first_and_a_fresh_one_last(desk: Desk) {
    queued(&desk, 4).await;
    desk.run("UPDATE delivery SET failures = 2 WHERE id = (SELECT MAX(id) FROM delivery)")
        .await;
    desk.run("UPDATE delivery SET failures = 9 WHERE id = (SELECT MIN(id) FROM delivery)")
        .await;
    desk.run("UPDATE delivery SET state = 'unknown', pending_step = 'post', pending_at = 0, looks = 3 WHERE id = (SELECT MIN(id) + 1 FROM delivery)")
        .await;
    let mut order = Vec::new();
    for _ in 0..4 {
        open(&desk).await;
        desk.advance_minutes(6);
        let held = desk.claim(desk.accounts[0]).await.remove(0);
        order.push((held.state, held.failures));
        desk.end(&held, &made(&[]), &crate::fixture::settled(State::Rejected)).await;
    }
    let planned = State::Claimed;
    assert_eq!(order, [(State::Unknown, 0), (planned, 2), (planned, 0), (planned, 9)]);
}

async fn an_account_that_is_well_is_not_written_for_a_delivery(desk: Desk) {
    queued(&desk, 1).await;
    let held = desk.claim_one().await;
    assert_eq!(held.streak, Streak::default());
    desk.store.close_circuit(desk.accounts[0], WORKER).await.unwrap();
    assert_eq!(desk.count("ledger WHERE act LIKE 'circuit%'").await, 0);
}

async fn opening_and_closing_leave_one_line_each(desk: Desk) {
    open(&desk).await;
    desk.advance_minutes(6);
    open(&desk).await;
    for _ in 0..2 {
        desk.store.close_circuit(desk.accounts[0], WORKER).await.unwrap();
    }
    let acts = desk.lines("SELECT act FROM ledger WHERE act LIKE 'circuit%' ORDER BY id").await;
    assert_eq!(acts, ["circuit opened", "circuit closed"]);
}
