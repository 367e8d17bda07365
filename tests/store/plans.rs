//! With much waiting, the queue is read through its partial indexes: never row by row.

use std::time::Instant;

use kasnec::store::queue::{ANYTHING_NEW, CLAIM_PG, CLAIM_SQLITE, COME_DUE, DUE_ACCOUNTS};
use sqlx::{AssertSqlSafe, Column, Connection, PgConnection, Row, SqliteConnection};

use crate::fixture::{Desk, content};

on_both!(a_long_queue_is_read_through_its_indexes);

const WAITING: usize = 100_000;
const DUE: usize = 10_000;

async fn a_long_queue_is_read_through_its_indexes(desk: Desk) {
    fill(&desk).await;
    let claim = if desk.is_sqlite() { CLAIM_SQLITE } else { CLAIM_PG };
    for (sql, index) in [
        (claim, "delivery_due"),
        (ANYTHING_NEW, "delivery_waiting"),
        (COME_DUE, "delivery_waiting"),
        (DUE_ACCOUNTS, "delivery_due"),
        (DUE_ACCOUNTS, "delivery_held"),
    ] {
        let plan = explained(&desk, sql).await;
        assert!(plan.iter().any(|line| line.contains(index)), "{index}: {plan:#?}");
        assert!(!plan.iter().any(|line| reads_row_by_row(line)), "{plan:#?}");
    }
    let begun = Instant::now();
    let due = desk.store.due_accounts().await.unwrap();
    let looked = begun.elapsed();
    let held = desk.claim(desk.accounts[0]).await;
    eprintln!(
        "a look at {DUE} due: {looked:?}; with a claim of {}: {:?}",
        held.len(),
        begun.elapsed()
    );
    assert_eq!((due.len(), held.len()), (1, 1000));
}

/// One item with far more deliveries than any has, because only the queue matters here.
async fn fill(desk: &Desk) {
    let item = desk.queue(content("2026-001", "Njoftim")).await;
    let revision = desk.newest(item).await.id;
    let numbers = if desk.is_sqlite() {
        format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})",
            WAITING + DUE
        )
    } else {
        format!("WITH n(i) AS (SELECT generate_series(1, {}))", WAITING + DUE)
    };
    let (account, later) = (desk.accounts[0], desk.after_minutes(60).timestamp_millis());
    let insert = format!(
        "INSERT INTO delivery (office, item, revision, account, languages, key, action, state, queue, release_at, urgency, next_at, attempt, failures, looks, objects) \
         {numbers} SELECT 'kacanik', {item}, {revision}, {account}, 'sq', 'key-' || i, 'publish', 'planned', \
         CASE WHEN i <= {DUE} THEN 'due' ELSE 'waiting' END, {later}, {later} + i, {later} + i, 0, 0, 0, '[]' FROM n"
    );
    desk.run(&insert).await;
    if !desk.is_sqlite() {
        desk.run("ANALYZE delivery").await;
    }
}

async fn explained(desk: &Desk, sql: &str) -> Vec<String> {
    let now = desk.now().timestamp_millis().to_string();
    let account = desk.accounts[0].to_string();
    let values = if sql == CLAIM_SQLITE || sql == CLAIM_PG {
        [account.as_str(), "10", "'worker'", &now, &now]
    } else {
        [now.as_str(); 5]
    };
    let filled = (1..=5).fold(sql.to_owned(), |sql, number| sql.replace(&format!("${number}"), values[number - 1]));
    if desk.is_sqlite() {
        let mut database = SqliteConnection::connect(&desk.url).await.unwrap();
        let rows = sqlx::raw_sql(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {filled}")))
            .fetch_all(&mut database)
            .await
            .unwrap();
        rows.iter()
            .map(|row| row.get::<String, _>(row.columns().last().unwrap().ordinal()))
            .collect()
    } else {
        let mut database = PgConnection::connect(&desk.url).await.unwrap();
        let rows = sqlx::raw_sql(AssertSqlSafe(format!("EXPLAIN {filled}")))
            .fetch_all(&mut database)
            .await
            .unwrap();
        rows.iter().map(|row| row.get::<String, _>(0)).collect()
    }
}

/// A scan of the table itself; a scan of a partial index touches only what is in that place of the queue.
fn reads_row_by_row(line: &str) -> bool {
    let sqlite = ["SCAN delivery", "SCAN d", "SCAN h"].contains(&line);
    sqlite || line.contains("Seq Scan on delivery")
}
