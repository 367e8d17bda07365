//! Looks as rows: planned with the receipt, taken once, dropped when a correction stands, cheap however much is settled.

use chrono::Duration;
use kasnec::receipt::{Finding, Glance, View};
use kasnec::store::StoreError;
use kasnec::store::looks::{Look, Noted, Stage};
use kasnec::store::rows::RevisionAct;

use crate::fixture::{Desk, OFFICE};

on_both!(
    a_look_is_planned_with_the_receipt_and_taken_by_one_process,
    a_finding_is_a_line_of_the_ledger_only_when_it_is_new,
    a_correction_that_stands_drops_the_look_at_what_it_replaced,
    a_look_whose_lease_ran_out_is_written_by_the_second_taker_only,
    the_disturbed_are_the_newest_of_their_posts,
);

const SOON: Duration = Duration::minutes(1);
const LEASE: Duration = Duration::minutes(20);

async fn delivered(desk: &Desk, reference: &str) -> i64 {
    let item = desk.publish(reference).await;
    let held = desk.claim_one().await;
    desk.deliver(&held).await;
    item
}

async fn take(desk: &Desk) -> Vec<Look> {
    desk.store.claim_looks(desk.accounts[0], SOON, LEASE, 100).await.unwrap()
}

fn glance(finding: Finding) -> Glance {
    Glance::new(finding, View::Citizen).at("https://example.org/njoftim")
}

async fn a_look_is_planned_with_the_receipt_and_taken_by_one_process(desk: Desk) {
    for number in 0..20 {
        delivered(&desk, &format!("2026-{number}")).await;
    }
    assert!(desk.store.accounts_to_look_at(SOON).await.unwrap().is_empty());
    desk.advance_minutes(2);
    assert_eq!(desk.store.accounts_to_look_at(SOON).await.unwrap(), [desk.accounts[0]]);
    let other = desk.opened_again().await;
    let (account, one) = (desk.accounts[0], desk.store.clone());
    let grab = |store: kasnec::store::Store| async move {
        let mut taken = vec![];
        for _ in 0..20 {
            taken.extend(
                store
                    .claim_looks(account, SOON, LEASE, 3)
                    .await
                    .unwrap()
                    .into_iter()
                    .map(|look| look.delivery),
            );
        }
        taken
    };
    let (one, two) = tokio::join!(tokio::spawn(grab(one)), tokio::spawn(grab(other)));
    let mut all = [one.unwrap(), two.unwrap()].concat();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 20, "each is taken, and none twice");
    assert!(take(&desk).await.is_empty());
}

async fn a_finding_is_a_line_of_the_ledger_only_when_it_is_new(desk: Desk) {
    let item = delivered(&desk, "2026-001").await;
    desk.advance_minutes(2);
    let mut noted = vec![];
    for finding in [
        Finding::Standing,
        Finding::CannotTell,
        Finding::Standing,
        Finding::Gone,
        Finding::Gone,
    ] {
        let look = take(&desk).await.remove(0);
        let next = Some(desk.now());
        noted.push(desk.store.conclude(&look, &glance(finding), next).await.unwrap());
    }
    assert_eq!(noted, [Noted::News, Noted::Same, Noted::Same, Noted::News, Noted::Same]);
    desk.store.link().await.unwrap();
    let history = desk.store.history(item).await.unwrap();
    let acts: Vec<&str> = history
        .iter()
        .map(|note| note.act.as_str())
        .filter(|act| act.starts_with("seen"))
        .collect();
    assert_eq!(acts, ["seen standing", "seen gone"]);
    assert_eq!(history.last().unwrap().body["address"], "https://example.org/njoftim");
    let seen = desk.store.glances_of_item(item).await.unwrap();
    assert_eq!((seen.len(), seen[0].stage, seen[4].stage), (5, Stage::Soon, Stage::Later));
}

async fn a_correction_that_stands_drops_the_look_at_what_it_replaced(desk: Desk) {
    let item = delivered(&desk, "2026-001").await;
    desk.revise(item, RevisionAct::Correct, "Titulli i ri").await;
    assert_eq!(desk.count("look").await, 1);
    let held = desk.claim_one().await;
    desk.deliver(&held).await;
    desk.advance_minutes(2);
    let looks = take(&desk).await;
    assert_eq!(looks.iter().map(|look| look.delivery).collect::<Vec<_>>(), [held.id]);
    assert_eq!(desk.count("look").await, 1);
}

async fn a_look_whose_lease_ran_out_is_written_by_the_second_taker_only(desk: Desk) {
    let item = delivered(&desk, "2026-001").await;
    desk.advance_minutes(2);
    let lost = take(&desk).await.remove(0);
    desk.advance_minutes(21);
    let taken = take(&desk).await.remove(0);
    let late = desk.store.conclude(&lost, &glance(Finding::Gone), None).await;
    assert!(matches!(late, Err(StoreError::Conflict)), "{late:?}");
    desk.store.conclude(&taken, &glance(Finding::Standing), None).await.unwrap();
    assert_eq!(desk.store.glances_of_item(item).await.unwrap().len(), 1);
    assert_eq!(desk.count("look").await, 0, "what is done leaves no row");
}

async fn the_disturbed_are_the_newest_of_their_posts(desk: Desk) {
    let item = delivered(&desk, "2026-001").await;
    desk.advance_minutes(2);
    let look = take(&desk).await.remove(0);
    desk.store
        .conclude(&look, &glance(Finding::Changed).saying("dora"), None)
        .await
        .unwrap();
    let disturbed = desk.store.unconfirmed_or_disturbed(OFFICE).await.unwrap();
    assert_eq!(
        (disturbed.len(), disturbed[0].delivery, disturbed[0].reference.as_str()),
        (1, look.delivery, "2026-001")
    );
    assert_eq!((disturbed[0].glance.what.as_deref(), disturbed[0].at), (Some("dora"), desk.now()));
    desk.revise(item, RevisionAct::Correct, "Titulli i ri").await;
    assert_eq!(
        desk.store.unconfirmed_or_disturbed(OFFICE).await.unwrap().len(),
        1,
        "it still stands changed"
    );
    let held = desk.claim_one().await;
    desk.deliver(&held).await;
    assert!(desk.store.unconfirmed_or_disturbed(OFFICE).await.unwrap().is_empty());
    assert!(desk.store.unconfirmed_or_disturbed("tjetër").await.unwrap().is_empty());
}
