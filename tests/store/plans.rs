//! With much waiting, the queue is read through its partial indexes: never row by row.

use std::time::Instant;

use kasnec::store::feed::{CATEGORIES as FEED_CATEGORIES, ENTRIES, ENTRIES_OF, KNOWN, KNOWN_OF};
use kasnec::store::looks::{CLAIM_SQLITE as CLAIM_LOOKS, DISTURBED, LOOKS_DUE};
use kasnec::store::queue::{ANYTHING_NEW, CLAIM_PG, CLAIM_SQLITE, COME_DUE, COME_DUE_PG, DUE_ACCOUNTS};
use kasnec::store::site::{CATEGORIES, HEADLINES, HEADLINES_OF};
use kasnec::store::stats::QUEUE_STATS;
use sqlx::{AssertSqlSafe, Column, Connection, PgConnection, Row, SqliteConnection};

use crate::fixture::{Desk, OFFICE, content};

on_both!(
    a_long_queue_is_read_through_its_indexes,
    settled_deliveries_cost_looks_nothing,
    fifty_thousand_notices_are_read_through_their_indexes
);

const WAITING: usize = 100_000;
const DUE: usize = 10_000;

async fn a_long_queue_is_read_through_its_indexes(desk: Desk) {
    fill(&desk).await;
    let (claim, come_due) = if desk.is_sqlite() {
        (CLAIM_SQLITE, COME_DUE)
    } else {
        (CLAIM_PG, COME_DUE_PG)
    };
    for (sql, index) in [
        (claim, "delivery_due"),
        (ANYTHING_NEW, "delivery_waiting"),
        (come_due, "delivery_waiting"),
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
    // As little costs what is asked of the queue as a whole, by whoever watches it every few seconds.
    let plan = explained(&desk, QUEUE_STATS).await;
    assert!(!plan.iter().any(|line| reads_row_by_row(line)), "{plan:#?}");
    let begun = Instant::now();
    let due = desk.store.accounts_to_look_at(chrono::Duration::minutes(1)).await.unwrap();
    let asked = begun.elapsed();
    let day = chrono::Duration::days(1);
    let looks = desk.store.claim_looks(due[0], day, day, 4).await.unwrap();
    let disturbed = desk.store.unconfirmed_or_disturbed("kacanik").await.unwrap();
    eprintln!("asked for looks: {asked:?}; with a claim and the disturbed: {:?}", begun.elapsed());
    assert_eq!((due.len(), looks.len(), disturbed.len()), (1, 4, 1));
}

/// Whatever a citizen can ask for costs what it shows, not what there is.
async fn fifty_thousand_notices_are_read_through_their_indexes(desk: Desk) {
    publish(&desk).await;
    for (sql, index, values) in [
        (HEADLINES, "page_newest", ["'kacanik'", "9", "''", "21", ""]),
        (HEADLINES_OF, "page_of_category", ["'kacanik'", "9", "''", "21", "'raporte'"]),
        (CATEGORIES, "page_of_category", ["'kacanik'", "", "", "", ""]),
        (ENTRIES, "entry_newest", ["'kacanik'", "'sq'", "50", "", ""]),
        (ENTRIES_OF, "entry_of_category", ["'kacanik'", "'sq'", "50", "'raporte'", ""]),
        (KNOWN, "entry_newest", ["'kacanik'", "'sq'", "50", "", ""]),
        (KNOWN_OF, "entry_of_category", ["'kacanik'", "'sq'", "50", "'raporte'", ""]),
        (FEED_CATEGORIES, "entry_of_category", ["'kacanik'", "'sq'", "", "", ""]),
    ] {
        let plan = plan_of(&desk, sql, &values).await;
        assert!(plan.iter().any(|line| line.contains(index)), "{index}: {plan:#?}");
        let sorts = |line: &String| line.contains("TEMP B-TREE") || line.contains("Sort") || line.contains("Seq Scan on");
        assert!(!plan.iter().any(sorts), "{sql}: {plan:#?}");
    }
    let begun = Instant::now();
    let last = desk.store.headlines(OFFICE, Some("lajme"), Some((20, "")), 21).await.unwrap();
    let rare = desk.store.headlines(OFFICE, Some("raporte"), None, 21).await.unwrap();
    let known = desk.store.known_entries(OFFICE, "sq", Some("raporte"), 50).await.unwrap();
    let categories = desk.store.page_categories(OFFICE).await.unwrap();
    eprintln!(
        "the last page of a category, a rare one, its feed and all categories: {:?}",
        begun.elapsed()
    );
    assert_eq!((last.len(), rare.len(), known.len()), (20, 1, 1));
    assert_eq!(categories, ["lajme", "raporte"]);
    assert_eq!(desk.store.feed_categories(OFFICE, "sq").await.unwrap(), ["lajme", "raporte"]);
}

/// Pages and entries of one category, and one of another.
async fn publish(desk: &Desk) {
    let numbers = numbers(desk, 50_000);
    let category = "CASE WHEN i = 25000 THEN 'raporte' ELSE 'lajme' END";
    let text = "'<p>' || i || '</p>'";
    desk.run(&format!(
        "INSERT INTO page (office, key, slug, kind, category, title, summary, body, languages, post_hash, withdrawn, published_at, updated_at) \
         {numbers} SELECT '{OFFICE}', 'k' || i, 's' || i, 'news', {category}, 'T', 'S', {text}, '[\"sq\"]', 'h', 0, i, i FROM n"
    ))
    .await;
    desk.run(&format!(
        "INSERT INTO entry (office, id, lang, category, kind, title, content, link, published_at, updated_at) \
         {numbers} SELECT '{OFFICE}', 'e' || i, 'sq', {category}, 'news', 'T', {text}, 'https://example.org', i, i FROM n"
    ))
    .await;
    if !desk.is_sqlite() {
        desk.run("ANALYZE page; ANALYZE entry").await;
    }
}

/// The beginning of a statement that has the numbers from 1 on in `n (i)`.
fn numbers(desk: &Desk, count: usize) -> String {
    if desk.is_sqlite() {
        format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})")
    } else {
        format!("WITH n(i) AS (SELECT generate_series(1, {count}))")
    }
}

/// One item with far more deliveries than any has, because only the queue matters here.
async fn fill(desk: &Desk) {
    let item = desk.queue(content("2026-001", "Njoftim")).await;
    let revision = desk.newest(item).await.id;
    let numbers = numbers(desk, WAITING + DUE);
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
        [account.as_str(), "10", "'worker'", &now, &now, "1"]
    } else if sql == DISTURBED {
        ["'kacanik'"; 6]
    } else {
        [now.as_str(); 6]
    };
    plan_of(desk, sql, &values).await
}

async fn plan_of(desk: &Desk, sql: &str, values: &[&str]) -> Vec<String> {
    let numbered = (1..).zip(values);
    let filled = numbered.fold(sql.to_owned(), |sql, (number, value)| sql.replace(&format!("${number}"), value));
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
