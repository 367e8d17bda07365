//! A database is opened: new, again, by two at once, or not at all.

use std::sync::Arc;

use kasnec::clock::SystemClock;
use kasnec::store::{Store, StoreError};
use sqlx::{Connection, SqliteConnection};

use crate::fixture::{Desk, OFFICE, fresh_postgres};

on_both!(a_database_that_is_opened_again_keeps_what_it_has);

async fn a_database_that_is_opened_again_keeps_what_it_has(desk: Desk) {
    let item = desk.publish("2026-001").await;
    let migrations = desk.count("_sqlx_migrations").await;
    desk.store.close().await;
    let again = desk.opened_again().await;
    assert_eq!(again.item(OFFICE, "2026-001").await.unwrap().id, item);
    assert_eq!(desk.count("_sqlx_migrations").await, migrations, "no migration ran twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_may_start_on_one_new_file() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("deep/kasnec.db").display());
    Box::pin(open_four_at_once(&url)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_processes_may_start_on_one_new_postgres() {
    Box::pin(open_four_at_once(&fresh_postgres())).await;
}

async fn open_four_at_once(url: &str) {
    let open = || Store::open(url, Arc::new(SystemClock));
    let (a, b, c, d) = tokio::join!(open(), open(), open(), open());
    for store in [a, b, c, d] {
        assert_eq!(store.unwrap().count_items(OFFICE).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn an_address_of_neither_database_is_refused() {
    let refused = Store::open("mysql://127.0.0.1/kasnec", Arc::new(SystemClock)).await.err();
    assert!(matches!(refused, Some(StoreError::Url)), "{refused:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_as_unreachable() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("postgres://postgres@127.0.0.1:{port}/kasnec");
    let refused = Store::open(&url, Arc::new(SystemClock)).await.err().unwrap();
    assert!(matches!(refused, StoreError::Unreachable(_)), "{refused:?}");
    assert!(refused.is_transient());
}

#[tokio::test]
async fn an_older_migration_that_is_missing_is_caught_up_after_a_copy() {
    let desk = Desk::on_sqlite().await;
    let item = desk.publish("2026-001").await;
    desk.store.close().await;
    let mut conn = SqliteConnection::connect(&desk.url).await.unwrap();
    let undone = "DROP TABLE warning; DROP TABLE obligation_version; DROP TABLE obligation; DROP TABLE register; DROP INDEX ledger_since; \
                  DROP INDEX item_of_kind; ALTER TABLE revision DROP COLUMN late_reason; DELETE FROM _sqlx_migrations WHERE version = 2";
    sqlx::raw_sql(undone).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let again = desk.opened_again().await;
    assert_eq!(again.item(OFFICE, "2026-001").await.unwrap().id, item);
    assert!(again.migrations_done().await.unwrap().contains(&2));
    let file = desk.url.strip_prefix("sqlite:").unwrap();
    assert!(std::path::Path::new(&format!("{file}.before-migration-2")).exists());
}

#[tokio::test]
async fn what_a_newer_program_has_changed_is_left_alone() {
    let desk = Desk::on_sqlite().await;
    desk.store.close().await;
    let mut conn = SqliteConnection::connect(&desk.url).await.unwrap();
    sqlx::raw_sql("UPDATE _sqlx_migrations SET version = 9999 WHERE version = 3")
        .execute(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
    let refused = Store::open(&desk.url, desk.clock.clone()).await.err();
    assert!(matches!(refused, Some(StoreError::Newer(9999))), "{refused:?}");
}
