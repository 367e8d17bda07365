//! Two processes that bring one register up to date at the same time.

use kasnec::register;

use super::office::{ALL, Office, fresh_postgres};
use super::texts::{assembly, information, item};

const RULES: &str = include_str!("../../rules/kacanik.toml");

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_sqlite_two_refreshes_at_once_write_nothing_twice() {
    Box::pin(nothing_twice(None)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_postgres_two_refreshes_at_once_write_nothing_twice() {
    Box::pin(nothing_twice(Some(fresh_postgres()))).await;
}

async fn nothing_twice(store: Option<String>) {
    let mut office = Office::with("2027-03-01 09:00", ALL, "", store).await;
    let mut other = office.another().await;
    for round in 0..6 {
        let reference = format!("KK-{round}");
        let day = 20 + round;
        office.queue(&assembly(&reference, &format!("2027-03-{day} 10:00"))).await.unwrap();
        office.approve(&reference, None).await.unwrap();
        office.settle().await;
        Box::pin(both(&office, &other)).await;
        for sheet in office.by_hand().await {
            office.done_by_hand(&sheet).await;
        }
        Box::pin(both(&office, &other)).await;
        office.clock.advance(chrono::Duration::hours(1));
    }
    office.write_rules("kacanik.toml", &RULES.replacen("after = \"3 days\"", "after = \"5 days\"", 1));
    office.reopen().await;
    other = office.another().await;
    Box::pin(both(&office, &other)).await;
    office.queue(&information("INF", "2027-03-20", Some("KK-0"))).await.unwrap();
    office
        .queue(&item(
            "access-request",
            "Q",
            "received_at = \"2027-03-01 10:00\"\nsubject = \"x\"\ndecided_at = \"2027-03-01 11:00\"",
        ))
        .await
        .unwrap();
    Box::pin(both(&office, &other)).await;
    let count = async |sql: &str| office.number(sql).await;
    assert_eq!(count("SELECT COUNT(*) - COUNT(DISTINCT key) FROM obligation").await, 0);
    let ended = count("SELECT COUNT(*) FROM obligation WHERE state <> 'open'").await;
    assert_eq!(count("SELECT COUNT(*) FROM ledger WHERE act = 'duty ended'").await, ended);
    assert!(ended >= 14, "{ended}");
    let videos = count("SELECT COUNT(*) FROM obligation WHERE rule = '03-video'").await;
    let versions = "SELECT COUNT(*) FROM obligation_version v JOIN obligation o ON o.id = v.obligation WHERE o.rule";
    assert_eq!(count(&format!("{versions} = '03-video'")).await, 2 * videos, "one of each rule");
    let others = count("SELECT COUNT(*) FROM obligation WHERE rule <> '03-video'").await;
    assert_eq!(count(&format!("{versions} <> '03-video'")).await, others);
}

/// Each looks twice, all at once.
async fn both(office: &Office, other: &kasnec::system::System) {
    let here = || register::refresh(&office.system, office.config());
    let there = || register::refresh(other, &other.offices["k"]);
    let (a, b, c, d) = tokio::join!(Box::pin(here()), Box::pin(there()), Box::pin(here()), Box::pin(there()));
    for result in [a, b, c, d] {
        result.unwrap();
    }
    office.refresh().await;
}
