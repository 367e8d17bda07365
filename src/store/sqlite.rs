//! The embedded database: one writer, several readers, and commits that many works share.
//!
//! With `synchronous=FULL` a commit costs an fsync, and fsync is the limit. So each [`Work`](super::Work) runs in a savepoint
//! of one open transaction; a committer closes that transaction as soon as nobody is waiting to join it.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Executor};
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
    /// The last work ended without saying so: its savepoint must be rolled back.
    abandoned: bool,
    verdict: watch::Sender<Option<Result<(), StoreError>>>,
}

/// One work's turn at the writer.
pub(super) struct Turn {
    writer: OwnedMutexGuard<Writer>,
    dirty: Arc<Notify>,
    savepoint: bool,
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
            // A file does not hang up; asking it before every query would double the cost of reading.
            .test_before_acquire(false)
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
        let mut writer = self.writer.clone().lock_owned().await;
        writer.clean_up().await?;
        if !writer.open {
            writer.say("BEGIN IMMEDIATE").await?;
            writer.open = true;
        }
        Ok(Turn {
            writer,
            dirty: self.dirty.clone(),
            savepoint: false,
        })
    }

    /// Runs a statement that cannot stand in a transaction (`VACUUM INTO`).
    pub async fn alone(&self, sql: String) -> Result<(), StoreError> {
        let mut writer = self.writer.clone().lock_owned().await;
        writer.clean_up().await?;
        writer.commit().await;
        writer.conn.execute(sqlx::AssertSqlSafe(sql)).await?;
        Ok(())
    }

    /// The writer's connection, for migrations.
    pub async fn migrate(&self, migrator: &sqlx::migrate::Migrator) -> Result<(), StoreError> {
        let mut writer = self.writer.clone().lock_owned().await;
        migrator
            .run_direct(None, &mut writer.conn, false)
            .await
            .map_err(|e| StoreError::Migration(e.to_string()))
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

/// However a turn ends, its transaction must not stay open: it would keep every other process from writing.
impl Drop for Turn {
    fn drop(&mut self) {
        self.dirty.notify_one();
    }
}

impl Writer {
    /// Runs a statement without values; as a query, unlike as a mere text, it is compiled only once.
    async fn say(&mut self, sql: &'static str) -> Result<(), StoreError> {
        sqlx::query(sql).execute(&mut self.conn).await?;
        Ok(())
    }

    async fn clean_up(&mut self) -> Result<(), StoreError> {
        if self.abandoned && self.open {
            self.conn.execute("ROLLBACK TO work; RELEASE work").await?;
        }
        self.abandoned = false;
        Ok(())
    }

    async fn commit(&mut self) {
        if !self.open {
            return;
        }
        let result = self.say("COMMIT").await;
        if result.is_err() {
            // The error that counts is the commit's; a rollback after it only frees the connection.
            let _ = self.say("ROLLBACK").await;
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
        let mut writer = writer.lock().await;
        if writer.clean_up().await.is_ok() {
            writer.commit().await;
        }
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
