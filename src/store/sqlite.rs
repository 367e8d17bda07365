//! The embedded database: one writer, several readers, and commits that many works share.
//!
//! With `synchronous=FULL` a commit costs an fsync, and fsync is the limit. So each [`Work`](super::Work) runs in a savepoint
//! of one open transaction; a committer closes that transaction as soon as nobody is waiting to join it.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Executor};
use tokio::sync::{Mutex, Notify, OwnedMutexGuard, watch};

use super::StoreError;

/// An SQLite database file.
#[derive(Clone)]
pub(super) struct Sqlite {
    pub readers: SqlitePool,
    writer: Arc<Mutex<Writer>>,
    dirty: Arc<Notify>,
}

type Ticket = watch::Receiver<Option<Result<(), StoreError>>>;

struct Writer {
    conn: SqliteConnection,
    /// A transaction is open and waits for its commit.
    open: bool,
    /// A work began and has not said that it ended well: its savepoint must be rolled back.
    abandoned: bool,
    verdict: watch::Sender<Option<Result<(), StoreError>>>,
}

/// One work's turn at the writer. The guard stands first: it must be dropped before the bell rings.
pub(super) struct Turn {
    writer: OwnedMutexGuard<Writer>,
    _bell: Bell,
    savepoint: bool,
}

/// Calls the committer when it is dropped, so that a work given up does not keep the file locked for other processes.
struct Bell(Arc<Notify>);

impl Drop for Bell {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

impl Sqlite {
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .statement_cache_capacity(200)
            .disable_statement_logging();
        make_folder(options.get_filename())?;
        let conn = options.clone().connect().await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_lazy_with(options.read_only(true));
        let writer = Writer {
            conn,
            open: false,
            abandoned: false,
            verdict: watch::Sender::new(None),
        };
        let sqlite = Self {
            readers,
            writer: Arc::new(Mutex::new(writer)),
            dirty: Arc::new(Notify::new()),
        };
        tokio::spawn(commit_when_quiet(Arc::downgrade(&sqlite.writer), sqlite.dirty.clone()));
        Ok(sqlite)
    }

    /// Waits for the writer and opens a savepoint.
    pub async fn turn(&self) -> Result<Turn, StoreError> {
        let mut turn = self.single_turn().await?;
        turn.writer.abandoned = true;
        turn.savepoint = true;
        turn.writer.say("SAVEPOINT work").await?;
        Ok(turn)
    }

    /// Waits for the writer to run one statement: that is kept or not by itself, and needs no savepoint.
    pub async fn single_turn(&self) -> Result<Turn, StoreError> {
        let bell = Bell(self.dirty.clone());
        let mut writer = self.writer.clone().lock_owned().await;
        writer.clean_up().await;
        writer.join().await?;
        Ok(Turn {
            writer,
            _bell: bell,
            savepoint: false,
        })
    }

    /// Runs a statement that cannot stand in a transaction (`VACUUM INTO`).
    pub async fn alone(&self, sql: String) -> Result<(), StoreError> {
        let mut writer = self.writer.clone().lock_owned().await;
        writer.commit().await;
        writer.conn.execute(sqlx::AssertSqlSafe(sql)).await?;
        Ok(())
    }

    /// Runs migrations in one transaction that is alone from its beginning: two processes may start on one new file.
    pub async fn migrate(&self, migrator: &sqlx::migrate::Migrator) -> Result<(), StoreError> {
        let mut writer = self.writer.clone().lock_owned().await;
        let mut tx = writer.conn.begin_with("BEGIN IMMEDIATE").await?;
        migrator
            .run_direct(None, &mut *tx, false)
            .await
            .map_err(|e| StoreError::Migration(e.to_string()))?;
        Ok(tx.commit().await?)
    }

    /// Commits what is open and closes the file.
    pub async fn close(&self) {
        let mut writer = self.writer.clone().lock_owned().await;
        writer.commit().await;
        self.readers.close().await;
    }
}

impl Turn {
    pub fn conn(&mut self) -> &mut SqliteConnection {
        &mut self.writer.conn
    }

    /// Releases the savepoint and waits until the shared commit is on the disk.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        if self.savepoint {
            self.writer.say("RELEASE work").await?;
            self.writer.abandoned = false;
        }
        let mut ticket: Ticket = self.writer.verdict.subscribe();
        drop(self);
        let verdict = ticket.wait_for(Option::is_some).await.map_err(|_| StoreError::Closed)?;
        verdict.clone().unwrap_or(Err(StoreError::Closed))
    }
}

impl Writer {
    /// Runs a statement without values; as a query, unlike as a mere text, it is compiled only once.
    async fn say(&mut self, sql: &'static str) -> Result<(), StoreError> {
        sqlx::query(sql).execute(&mut self.conn).await?;
        Ok(())
    }

    /// Joins the open transaction, or opens one. Its caller may go away at any `await`.
    async fn join(&mut self) -> Result<(), StoreError> {
        self.abandoned = true;
        if !self.open {
            self.open = true;
            if let Err(error) = self.say("BEGIN IMMEDIATE").await {
                self.open = false;
                return Err(error);
            }
        }
        self.abandoned = false;
        Ok(())
    }

    /// Undoes what the last work left, if it did not say that it ended well.
    async fn clean_up(&mut self) {
        if self.abandoned && self.open && self.conn.execute("ROLLBACK TO work; RELEASE work").await.is_err() {
            self.look_after_lost_savepoint().await;
        }
        self.abandoned = false;
    }

    /// No savepoint is there: either its work came or went between two calls and the transaction is as it should be, or
    /// the database has undone the whole transaction, as it does on a full disk. Only in the latter case can a new one begin.
    async fn look_after_lost_savepoint(&mut self) {
        // Taken first: should this be cut off, those who wait are told that it failed rather than that it was kept.
        let group = std::mem::replace(&mut self.verdict, watch::Sender::new(None));
        if self.conn.execute("BEGIN").await.is_err() {
            self.verdict = group;
            return;
        }
        // It only frees the connection: nothing was written since.
        let _ = self.conn.execute("ROLLBACK").await;
        self.open = false;
        group.send_replace(Some(Err(StoreError::Undone)));
    }

    async fn commit(&mut self) {
        self.clean_up().await;
        if !self.open {
            return;
        }
        let result = self.say("COMMIT").await;
        if result.is_err() {
            // The error that counts is the commit's; a rollback after it only frees the connection.
            let _ = self.conn.execute("ROLLBACK").await;
        }
        self.open = false;
        let settled = std::mem::replace(&mut self.verdict, watch::Sender::new(None));
        settled.send_replace(Some(result));
    }
}

async fn commit_when_quiet(writer: std::sync::Weak<Mutex<Writer>>, dirty: Arc<Notify>) {
    loop {
        dirty.notified().await;
        let Some(writer) = writer.upgrade() else { return };
        // The lock is fair: whoever asked for it before us joins this transaction.
        writer.lock().await.commit().await;
    }
}

fn make_folder(file: &Path) -> Result<(), StoreError> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => {
            std::fs::create_dir_all(folder).map_err(|e| StoreError::Folder(folder.display().to_string(), e.to_string()))
        }
        _ => Ok(()),
    }
}
