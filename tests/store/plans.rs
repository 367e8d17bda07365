//! With much waiting, the queue is read through its partial indexes: never row by row.

use std::time::Instant;

use kasnec::store::looks::{CLAIM_SQLITE as CLAIM_LOOKS, DISTURBED, LOOKS_DUE};
use kasnec::store::queue::{ANYTHING_NEW, CLAIM_PG, CLAIM_SQLITE, COME_DUE, DUE_ACCOUNTS};
use sqlx::{AssertSqlSafe, Column, Connection, PgConnection, Row, SqliteConnection};

use crate::fixture::{Desk, content};

on_both!(a_long_queue_is_read_through_its_indexes, settled_deliveries_cost_looks_nothing);

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

/// Where everything is settled and hardly anything is still to be looked at.
async fn settled_deliveries_cost_looks_nothing(desk: Desk) {
    fill(&desk).await;
    desk.run(
        "UPDATE delivery SET state = 'delivered', queue = 'done', settled_at = next_at, seen = 'standing', seen_at = next_at; \
              UPDATE delivery SET seen = 'gone' WHERE id IN (SELECT MAX(id) FROM delivery); \
         INSERT INTO glance (office, delivery, stage, at, finding, detail) SELECT office, id, 'soon', 0, 'gone', \
         '{\"finding\":\"gone\",\"view\":\"citizen\"}' FROM delivery WHERE seen = 'gone'; \
              INSERT INTO look SELECT id, account, 'later', 0, 1, 0, 0, NULL FROM delivery WHERE id % 1000 = 0",
    )
    .await;
    if !desk.is_sqlite() {
        desk.run("ANALYZE delivery; ANALYZE look").await;
    }
    for (sql, index) in [(LOOKS_DUE, "look"), (CLAIM_LOOKS, "look_due"), (DISTURBED, "delivery_disturbed")] {
        let plan = explained(&desk, sql).await;
        // PostgreSQL may read a hundred looks without an index, and gathers the newer deliveries of one item that has them all as it likes.
        let free = !desk.is_sqlite();
        let found = free && index == "look_due" || plan.iter().any(|line| line.contains(index));
        assert!(found, "{index}: {plan:#?}");
        let read = !(free && sql == DISTURBED) && plan.iter().any(|line| reads_row_by_row(line));
        assert!(!read, "{plan:#?}");
    }
    let begun = Instant::now();
    let due = desk.store.accounts_to_look_at(chrono::Duration::minutes(1)).await.unwrap();
    let asked = begun.elapsed();
    let day = chrono::Duration::days(1);
    let looks = desk.store.claim_looks(due[0], day, day, 4).await.unwrap();
    let disturbed = desk.store.unconfirmed_or_disturbed("kacanik").await.unwrap();
    eprintln!("asked for looks: {asked:?}; with a claim and the disturbed: {:?}", begun.elapsed());
    assert_eq!((due.len(), looks.len(), disturbed.len()), (1, 4, 1));
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
    } else if sql == DISTURBED {
        ["'kacanik'"; 5]
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
