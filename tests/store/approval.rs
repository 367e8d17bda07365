//! Approval freezes a revision and plans its deliveries in one unit of writing.

use std::time::Duration;

use kasnec::store::StoreError;
use kasnec::store::rows::{ItemState, RevisionAct, RevisionState};

use crate::fixture::{Desk, WORKER, content, delivered, frozen, made};

on_both!(
    an_approval_freezes_the_revision_and_plans_its_deliveries,
    what_is_approved_twice_at_once_is_approved_once,
    an_approval_that_is_dropped_leaves_nothing,
    a_correction_approved_while_a_worker_settles_is_never_left_behind,
    workers_are_woken_when_the_approval_is_kept,
);

async fn an_approval_freezes_the_revision_and_plans_its_deliveries(desk: Desk) {
    let item = desk.queue(content("2026-001", "Mbledhja")).await;
    let plans = desk.accounts.map(|account| desk.plan(item, account));
    desk.approve(item, &plans).await;
    assert_eq!(desk.chain(item).await, ["publish, planned, waiting"; 3]);
    let revision = desk.newest(item).await;
    assert_eq!(
        (revision.state, revision.approved_by),
        (RevisionState::Approved, Some(desk.editor.id))
    );
    assert_eq!(revision.approved_at, Some(desk.now()));
    assert_eq!(desk.store.item_by_id(item).await.unwrap().state, ItemState::Approved);
    let acts: Vec<_> = desk.store.history(item).await.unwrap().into_iter().map(|note| note.act).collect();
    assert_eq!(acts, ["proposed", "approved"]);
}

async fn what_is_approved_twice_at_once_is_approved_once(desk: Desk) {
    let item = desk.queue(content("2026-001", "Mbledhja")).await;
    let revision = desk.newest(item).await;
    let plans = [desk.plan(item, desk.accounts[0])];
    let approve = || async {
        let mut work = desk.store.begin().await?;
        work.approve(&desk.store, &desk.editor, &revision, &frozen("Mbledhja", &plans))
            .await?;
        work.commit().await
    };
    let (first, second) = tokio::join!(approve(), approve());
    let errors: Vec<_> = [first, second].into_iter().filter_map(Result::err).collect();
    assert!(matches!(errors[..], [StoreError::Conflict]), "{errors:?}");
    assert_eq!(desk.count("delivery").await, 1);
}

async fn an_approval_that_is_dropped_leaves_nothing(desk: Desk) {
    let item = desk.queue(content("2026-001", "Mbledhja")).await;
    let revision = desk.newest(item).await;
    let mut work = desk.store.begin().await.unwrap();
    let plans = [desk.plan(item, desk.accounts[0])];
    work.approve(&desk.store, &desk.editor, &revision, &frozen("Tjetër", &plans))
        .await
        .unwrap();
    drop(work);
    assert_eq!(desk.newest(item).await.state, RevisionState::Proposed);
    assert_eq!(desk.store.item_by_id(item).await.unwrap().title, "Mbledhja");
    assert_eq!(desk.count("delivery").await + desk.count("ledger WHERE act = 'approved'").await, 0);
    desk.approve(item, &plans).await;
    assert_eq!(desk.count("delivery").await, 1);
}

async fn a_correction_approved_while_a_worker_settles_is_never_left_behind(desk: Desk) {
    let item = desk.publish("2026-001").await;
    let held = desk.claim_one().await;
    desk.propose(item, RevisionAct::Correct, "Mbledhja e korrigjuar").await;
    let revision = desk.newest(item).await;
    let mut work = desk.store.begin().await.unwrap();
    let plans = [desk.plan(item, desk.accounts[0])];
    work.approve(&desk.store, &desk.editor, &revision, &frozen("Mbledhja", &plans))
        .await
        .unwrap();
    let (store, ending) = (desk.store.clone(), delivered(desk.now()));
    let settling = tokio::spawn(async move { store.settle(&held, &made(&[]), &ending, WORKER).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    work.commit().await.unwrap();
    settling.await.unwrap().unwrap();
    assert_eq!(desk.chain(item).await, ["publish, delivered, done", "update, planned, waiting"]);
}

async fn workers_are_woken_when_the_approval_is_kept(desk: Desk) {
    let elsewhere = if desk.is_sqlite() {
        desk.store.clone()
    } else {
        desk.opened_again().await
    };
    let wake = elsewhere.wake();
    let rung = wake.notified();
    tokio::pin!(rung);
    rung.as_mut().enable();
    desk.publish("2026-001").await;
    tokio::time::timeout(Duration::from_secs(5), rung)
        .await
        .expect("the other worker is woken");
}
