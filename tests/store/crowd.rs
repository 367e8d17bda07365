//! Many at once: each delivery goes out exactly once, and none is lost.

use std::time::{Duration, Instant};

use kasnec::receipt::Phase;
use kasnec::store::Store;
use kasnec::store::queue::Allowance;
use tokio::task::JoinSet;

use crate::fixture::{Desk, FREE, content, delivered, made};

const DELIVERIES: usize = 399;
const ALLOWANCE: Allowance = Allowance { parallel: 40, ..FREE };

on_both!(
    eight_tasks_on_one_store_deliver_everything_once,
    four_processes_on_one_database_deliver_everything_once,
);

async fn eight_tasks_on_one_store_deliver_everything_once(desk: Desk) {
    let stores = vec![desk.store.clone(); 8];
    deliver_all(&desk, stores).await;
}

async fn four_processes_on_one_database_deliver_everything_once(desk: Desk) {
    let mut stores = vec![desk.store.clone()];
    for _ in 1..4 {
        stores.push(desk.opened_again().await);
    }
    deliver_all(&desk, stores).await;
}

async fn deliver_all(desk: &Desk, stores: Vec<Store>) {
    for number in 0..DELIVERIES / 3 {
        let item = desk.queue(content(&format!("2026-{number:03}"), "Njoftim")).await;
        desk.approve(item, &desk.accounts.map(|account| desk.plan(item, account))).await;
    }
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for (number, store) in stores.into_iter().enumerate() {
        tasks.spawn(work_until_nothing_is_open(store, format!("worker-{number}")));
    }
    tokio::time::timeout(Duration::from_mins(1), tasks.join_all())
        .await
        .expect("all is done");
    eprintln!("{DELIVERIES} deliveries in {:?}", begun.elapsed());
    assert_eq!(
        desk.count("delivery WHERE state = 'delivered' AND queue = 'done' AND attempt = 1")
            .await,
        DELIVERIES
    );
    assert_eq!(desk.count("attempt WHERE outcome = 'delivered'").await, DELIVERIES);
    assert_eq!(desk.count("attempt").await, DELIVERIES);
    assert_eq!(desk.count("ledger WHERE act = 'delivered'").await, DELIVERIES);
}

async fn work_until_nothing_is_open(store: Store, worker: String) {
    while store.queue_stats().await.unwrap().open > 0 {
        for account in store.due_accounts().await.unwrap() {
            let lease = chrono::Duration::minutes(1);
            let claim = store.claim(account.id, "2026-11-23", ALLOWANCE, &worker, lease, 10);
            let settling = claim.await.unwrap().into_iter().map(|held| {
                let (store, worker) = (store.clone(), worker.clone());
                tokio::spawn(async move {
                    let public = made(&[("public", Phase::Public)]);
                    store.settle(&held, &public, &delivered(store.clock().now()), &worker).await
                })
            });
            for settled in settling.collect::<Vec<_>>() {
                settled.await.unwrap().unwrap();
            }
        }
    }
}
