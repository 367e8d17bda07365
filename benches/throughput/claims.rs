//! What a claim costs when ten thousand deliveries wait, and when a million do.

use std::time::Instant;

use chrono::Duration;
use kasnec::store::queue::Allowance;

use crate::office::{ACCOUNT, ID, Office};
use crate::table::Table;

const FEW: i64 = 10_000;
const MANY: i64 = 1_000_000;
const CLAIMS: usize = 75;
const ALLOWANCE: Allowance = Allowance {
    parallel: 64,
    spacing: Duration::zero(),
    daily: 0,
};

/// Measures and adds the row.
pub async fn measure(table: &mut Table) {
    let office = Office::open("http://127.0.0.1:9").await;
    office.approve(1).await;
    fill(&office, FEW).await;
    let few = median_claim(&office).await;
    fill(&office, MANY).await;
    let many = median_claim(&office).await;
    table.alone("claim of 64 out of 10,000", "ms", few, "");
    table.alone("claim of 64 out of 1,000,000", "ms", many, "");
    table.alone("… the ratio", "", many / few, "<= 1.20");
}

/// Copies the one delivery until so many are due, the newest of them the most urgent.
async fn fill(office: &Office, count: i64) {
    let mut database = office.database().await;
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1 - (SELECT COUNT(*) FROM delivery)) \
               INSERT INTO delivery (office, item, revision, account, languages, key, action, state, queue, release_at, deadline_at, urgency, next_at, attempt, \
               failures, looks, objects) \
               SELECT office, item, revision, account, languages, key || i, action, 'planned', CASE WHEN i % 2 = 0 THEN 'due' ELSE 'waiting' END, release_at, deadline_at, \
               urgency + (i * 7919) % 1000003, next_at + 86400000 + i, 0, 0, 0, '[]' FROM n, (SELECT * FROM delivery ORDER BY id LIMIT 1)";
    sqlx::query(sql).bind(count).execute(&mut database).await.unwrap();
    // A million rows in one transaction leave a log of half a gigabyte, which no real office's file drags along.
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut database).await.unwrap();
}

/// Milliseconds of one round of the queue: what has come due, which accounts have something, the claim.
async fn median_claim(office: &Office) -> f64 {
    let store = &office.system.store;
    let accounts = store.accounts(ID).await.unwrap();
    let account = accounts.iter().find(|account| account.name == ACCOUNT).unwrap().id;
    let mut database = office.database().await;
    let mut took = Vec::with_capacity(CLAIMS);
    for _ in 0..CLAIMS {
        let began = Instant::now();
        store.due_accounts().await.unwrap();
        let held = store
            .claim(account, "", ALLOWANCE, "bench", Duration::seconds(60), 64)
            .await
            .unwrap();
        took.push(began.elapsed().as_secs_f64() * 1000.0);
        assert_eq!(held.len(), 64, "nothing left to claim");
        // No worker holds more than a channel lets it send at once.
        let sql = "UPDATE delivery SET queue = 'done', settled_at = 1 WHERE queue = 'held'";
        sqlx::query(sql).execute(&mut database).await.unwrap();
    }
    took.sort_by(f64::total_cmp);
    took[CLAIMS / 2]
}
