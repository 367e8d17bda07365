//! A disk that is full, a file that may not be written, a file that somebody else keeps locked.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use kasnec::clock::SystemClock;
use kasnec::store::rows::{Person, RevisionAct, Role};
use kasnec::store::{Store, StoreError};
use sqlx::{Connection, SqliteConnection};

use crate::fixture::{Desk, OFFICE, content, newcomer, office, proposal};

#[tokio::test]
async fn a_file_that_may_not_be_written_is_read_all_the_same() {
    let desk = Desk::on_sqlite().await;
    desk.publish("2026-001").await;
    desk.store.close().await;
    let store = Store::open(&format!("{}?mode=ro", desk.url), desk.clock.clone()).await.unwrap();
    assert_eq!(store.item(OFFICE, "2026-001").await.unwrap().reference, "2026-001");
    let refused = store.put_secret(OFFICE, "email", "password", "k:x").await.unwrap_err();
    assert!(matches!(refused, StoreError::ReadOnly(_)), "{refused:?}");
    assert!(refused.is_transient());
    assert_eq!(store.count_items(OFFICE).await.unwrap(), 1);
}

#[tokio::test]
async fn a_postgresql_that_can_only_be_read_is_found_out_without_anybody_writing() {
    let desk = Desk::on_postgres().await;
    desk.store.try_writing().await.unwrap();
    desk.run(
        "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || quote_ident(current_database()) || ' SET default_transaction_read_only = on'; END $$",
    )
    .await;
    desk.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        .await;
    let mut refused = desk.store.try_writing().await.unwrap_err();
    while matches!(refused, StoreError::Unreachable(_)) {
        refused = desk.store.try_writing().await.unwrap_err();
    }
    assert!(matches!(refused, StoreError::ReadOnly(_)), "{refused:?}");
    assert!(desk.store.trouble().is_some());
}

/// A small disk of its own, with a file on it that can be thrown away; `None` where tests may not mount one.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"])
            .arg(folder.path())
            .output();
        let mounted = mount.is_ok_and(|output| output.status.success());
        mounted.then(|| {
            std::fs::write(folder.path().join("ballast"), vec![0; 1024 * 1024]).unwrap();
            Self(folder)
        })
    }

    fn free_some(&self) {
        std::fs::remove_file(self.0.path().join("ballast")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

async fn queue(store: &Store, editor: &Person, reference: &str, file: Vec<u8>) -> Result<(), StoreError> {
    let mut work = store.begin().await?;
    let mut proposal = proposal(content(reference, "Njoftim"), RevisionAct::Publish);
    proposal.files = vec![(reference.to_owned(), file)];
    work.queue_item(store, editor, reference, proposal, true).await?;
    work.commit().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_full_disk_nothing_is_half_kept_and_it_goes_on_by_itself() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("skipped: this user may not mount a small disk");
        return;
    };
    let url = format!("sqlite:{}", disk.0.path().join("kasnec.db").display());
    let store = Store::open(&url, Arc::new(SystemClock)).await.unwrap();
    store.put_office(&office(OFFICE)).await.unwrap();
    store.add_person(OFFICE, &newcomer("arta", Role::Editor)).await.unwrap();
    let editor = store.person(OFFICE, "arta").await.unwrap().unwrap();
    let (store, editor) = (&store, &editor);
    let mut kept = 0;
    let mut refused = Vec::new();
    for round in 0..40 {
        let works = (0..4).map(|number| async move {
            let size = if number == 2 { 300_000 } else { 10 };
            queue(store, editor, &format!("2026-{round}-{number}"), vec![1; size]).await
        });
        let outcomes = tokio::time::timeout(Duration::from_secs(10), futures::future::join_all(works)).await;
        for outcome in outcomes.expect("nobody waits for ever") {
            match outcome {
                Ok(()) => kept += 1,
                Err(error) => refused.push(error),
            }
        }
    }
    assert!(refused.iter().any(|error| matches!(error, StoreError::Full)), "{refused:?}");
    assert!(refused.iter().all(StoreError::is_transient), "{refused:?}");
    assert_eq!(
        store.count_items(OFFICE).await.unwrap(),
        kept,
        "what was promised is there, and nothing else"
    );
    disk.free_some();
    queue(store, editor, "2026-again", vec![1; 10_000]).await.unwrap();
    assert_eq!(store.count_items(OFFICE).await.unwrap(), kept + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_another_process_keeps_locked_is_called_busy() {
    let desk = Desk::on_sqlite().await;
    let mut other = SqliteConnection::connect(&desk.url).await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let refused = desk.store.begin().await.err().unwrap();
    assert!(matches!(refused, StoreError::Busy), "{refused:?}");
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    desk.publish("2026-001").await;
}
