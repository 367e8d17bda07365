//! The embedded database: one writer, several readers, and commits that many works share.
//!
//! With `synchronous=FULL` a commit costs an fsync, and fsync is the limit. So each [`Work`](super::Work) runs in a savepoint
//! of one open transaction; a committer closes that transaction as soon as nobody is waiting to join it.
//!
//! A statement of the writer takes microseconds and runs where it stands: handing each to a thread of the database's own costs ten
//! times as much. Whatever waits for the disk or for another process (`COMMIT`, a busy `BEGIN`, reading many rows) goes to the blocking pool.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection as _};
use tokio::sync::{Mutex, Notify, OwnedMutexGuard, Semaphore, watch};

use super::StoreError;
use super::backend::{rows_sqlite, run_sqlite};
use super::value::{Row, Value};
use crate::durable::{self, For};

/// Readers at once.
const READERS: usize = 4;
/// How long another process may go on writing.
const PATIENCE: Duration = Duration::from_secs(10);
/// More than there are different statements.
const STATEMENTS: usize = 200;

/// An SQLite database file.
#[derive(Clone)]
pub(super) struct Sqlite {
    file: Arc<PathBuf>,
    readers: Arc<Readers>,
    writer: Arc<Mutex<Writer>>,
    dirty: Arc<Notify>,
}

struct Readers {
    free: Semaphore,
    idle: std::sync::Mutex<Vec<Connection>>,
}

type Ticket = watch::Receiver<Option<Result<(), StoreError>>>;

struct Writer {
    conn: Connection,
    flags: OpenFlags,
    place: Place,
    /// A transaction is open and waits for its commit.
    open: bool,
    /// The last work ended without saying so: its savepoint must be rolled back.
    abandoned: bool,
    verdict: watch::Sender<Option<Result<(), StoreError>>>,
}

/// One work's turn at the writer. The guard stands first: it must be dropped before the bell rings.
pub(super) struct Turn {
    writer: OwnedMutexGuard<Writer>,
    _bell: Bell,
    savepoint: bool,
}

/// The file that was opened, and its name: what is written to a file that has lost its name is gone when the program ends.
struct Place {
    file: PathBuf,
    #[cfg(unix)]
    inode: Option<(u64, u64)>,
}

impl Place {
    fn of(file: &Path) -> Self {
        Self {
            file: file.to_owned(),
            #[cfg(unix)]
            inode: inode(file),
        }
    }

    fn still_there(&self) -> Result<(), StoreError> {
        #[cfg(unix)]
        if self.inode != inode(&self.file) {
            let file = self.file.display();
            return Err(StoreError::Damaged(format!(
                "{file} was deleted or replaced while the program runs"
            )));
        }
        Ok(())
    }
}

#[cfg(unix)]
fn inode(file: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(file).ok().map(|told| (told.dev(), told.ino()))
}

/// Calls the committer when it is dropped, so that a work given up does not keep the file locked for other processes.
struct Bell(Arc<Notify>);

impl Drop for Bell {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

impl Sqlite {
    pub fn open(url: &str) -> Result<Self, StoreError> {
        let file = file_of(url)?;
        make_folder(&file)?;
        let writer = Writer {
            conn: open_writer(&file, access(url))?,
            flags: access(url),
            place: Place::of(&file),
            open: false,
            abandoned: false,
            verdict: watch::Sender::new(None),
        };
        let sqlite = Self {
            file: Arc::new(file),
            readers: Arc::new(Readers {
                free: Semaphore::new(READERS),
                idle: std::sync::Mutex::default(),
            }),
            writer: Arc::new(Mutex::new(writer)),
            dirty: Arc::new(Notify::new()),
        };
        tokio::spawn(commit_when_quiet(Arc::downgrade(&sqlite.writer), sqlite.dirty.clone()));
        Ok(sqlite)
    }

    /// The data file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Reads rows, beside whatever is being written.
    pub async fn rows(&self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let _permit = self.readers.free.acquire().await.map_err(|_| StoreError::Closed)?;
        let (file, readers) = (self.file.clone(), self.readers.clone());
        blocking(move || readers.read(&file, sql, &args)).await?
    }

    /// Reads what an index leads to at once: it takes microseconds, and is read where it stands.
    pub async fn row_at_once(&self, sql: &'static str, args: Vec<Value>) -> Result<Option<Row>, StoreError> {
        let _permit = self.readers.free.acquire().await.map_err(|_| StoreError::Closed)?;
        Ok(self.readers.read(&self.file, sql, &args)?.into_iter().next())
    }

    /// Waits for the writer and opens a savepoint.
    pub async fn turn(&self) -> Result<Turn, StoreError> {
        let mut turn = self.single_turn().await?;
        turn.writer.say("SAVEPOINT work")?;
        turn.writer.abandoned = true;
        turn.savepoint = true;
        Ok(turn)
    }

    /// Waits for the writer to run one statement: that is kept or not by itself, and needs no savepoint.
    pub async fn single_turn(&self) -> Result<Turn, StoreError> {
        let bell = Bell(self.dirty.clone());
        let mut turn = Turn {
            writer: self.writer.clone().lock_owned().await,
            _bell: bell,
            savepoint: false,
        };
        turn.writer.clean_up();
        match turn.writer.begin(Duration::ZERO) {
            Err(StoreError::Busy) => blocking(move || turn.writer.begin(PATIENCE).map(|()| turn)).await?,
            begun => begun.map(|()| turn),
        }
    }

    /// Writes one page, as any change does, changing nothing.
    pub async fn try_writing(&self) -> Result<(), StoreError> {
        let mut turn = self.single_turn().await?;
        run_sqlite(turn.conn(), "PRAGMA user_version = 0", &[])?;
        turn.commit().await
    }

    /// Runs migrations in one transaction that is alone from its beginning: two processes may start on one new file.
    pub async fn migrate(&self, migrator: &sqlx::migrate::Migrator) -> Result<(), StoreError> {
        let options = SqliteConnectOptions::new().filename(self.file()).busy_timeout(PATIENCE);
        let mut conn = options.disable_statement_logging().connect().await?;
        let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
        let done = migrator.run_direct(None, &mut *tx, false).await;
        done.map_err(|e| StoreError::Migration(e.to_string()))?;
        tx.commit().await?;
        Ok(conn.close().await?)
    }

    /// Commits what is open and closes the file.
    pub async fn close(&self) {
        let writer = self.writer.clone().lock_owned().await;
        commit(writer).await;
        self.readers.free.close();
        self.readers.idle().clear();
    }
}

impl Readers {
    fn read(&self, file: &Path, sql: &str, args: &[Value]) -> Result<Vec<Row>, StoreError> {
        let idle = self.idle().pop();
        let conn = idle.map_or_else(|| connect(file, OpenFlags::SQLITE_OPEN_READ_ONLY), Ok)?;
        let rows = rows_sqlite(&conn, sql, args);
        self.idle().push(conn);
        rows
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    pub fn conn(&mut self) -> &mut Connection {
        &mut self.writer.conn
    }

    /// Releases the savepoint and waits until the shared commit is on the disk.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        if self.savepoint {
            self.writer.say("RELEASE work")?;
            self.writer.abandoned = false;
        }
        let mut ticket: Ticket = self.writer.verdict.subscribe();
        drop(self);
        let verdict = ticket.wait_for(Option::is_some).await.map_err(|_| StoreError::Closed)?;
        verdict.clone().unwrap_or(Err(StoreError::Closed))
    }
}

impl Writer {
    /// Runs a statement without values.
    fn say(&mut self, sql: &str) -> Result<(), StoreError> {
        run_sqlite(&self.conn, sql, &[]).map(drop)
    }

    /// Opens the shared transaction if none is open, waiting so long for other processes.
    fn begin(&mut self, patience: Duration) -> Result<(), StoreError> {
        if !self.open {
            self.place.still_there()?;
            self.conn.busy_timeout(patience)?;
            let mut begun = self.say("BEGIN IMMEDIATE");
            if matches!(begun, Err(StoreError::ReadOnly(_))) {
                // A file that could not be written when it was opened is never written on that connection; perhaps it can be by now.
                self.conn = open_writer(&self.place.file, self.flags)?;
                self.conn.busy_timeout(patience)?;
                begun = self.say("BEGIN IMMEDIATE");
            }
            self.conn.busy_timeout(PATIENCE)?;
            begun?;
            self.open = true;
        }
        Ok(())
    }

    /// Undoes what the last work left, if it did not say that it ended well.
    fn clean_up(&mut self) {
        let left = std::mem::take(&mut self.abandoned) && self.open;
        let undone = !left || self.conn.execute_batch("ROLLBACK TO work; RELEASE work").is_ok();
        // A database that is full undoes the whole transaction by itself.
        if self.open && (!undone || self.conn.is_autocommit()) {
            self.give_up();
        }
    }

    /// Nothing of the open transaction is kept, and everybody in it is told.
    fn give_up(&mut self) {
        if !self.conn.is_autocommit() {
            // A connection on which not even this works fails at the next BEGIN.
            let _ = self.say("ROLLBACK");
        }
        self.end(Err(StoreError::Undone));
    }

    fn commit(&mut self) {
        self.clean_up();
        if !self.open {
            return;
        }
        let result = self.say("COMMIT");
        if result.is_err() && !self.conn.is_autocommit() {
            // The error that counts is the commit's; a rollback after it only frees the connection.
            let _ = self.say("ROLLBACK");
        }
        self.end(result);
    }

    fn end(&mut self, result: Result<(), StoreError>) {
        self.open = false;
        let settled = std::mem::replace(&mut self.verdict, watch::Sender::new(None));
        settled.send_replace(Some(result));
    }
}

async fn commit_when_quiet(writer: Weak<Mutex<Writer>>, dirty: Arc<Notify>) {
    loop {
        dirty.notified().await;
        let Some(writer) = writer.upgrade() else { return };
        // The lock is fair: whoever asked for it before us joins this transaction.
        commit(writer.lock_owned().await).await;
    }
}

async fn commit(mut writer: OwnedMutexGuard<Writer>) {
    let ended = blocking(move || writer.commit());
    // It fails only where the whole program is ending.
    let _ = ended.await;
}

/// Runs what may wait for the disk where that holds up nobody.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Closed)
}

/// The file that an address names, with what stands in it percent-encoded as it is.
pub(super) fn file_of(url: &str) -> Result<PathBuf, StoreError> {
    Ok(SqliteConnectOptions::from_str(url)?.get_filename().to_owned())
}

/// `?mode=ro` at the end of the address opens the file for reading only.
fn access(url: &str) -> OpenFlags {
    let told = url.split_once('?').map_or("", |(_, told)| told);
    if told.split('&').any(|pair| pair == "mode=ro") {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    } else {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    }
}

pub(super) fn connect(file: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let conn = Connection::open_with_flags(file, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(PATIENCE)?;
    conn.pragma_update(None, "foreign_keys", true)?;
    // Else each statement is planned anew whenever a value is bound; our plans do not depend on values.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(conn)
}

fn open_writer(file: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let is_new = !file.exists();
    let conn = connect(file, flags)?;
    if is_new {
        durable::only_for_owner(file).map_err(|e| StoreError::Unreachable(format!("{}: {e}", file.display())))?;
    }
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    Ok(conn)
}

fn make_folder(file: &Path) -> Result<(), StoreError> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => {
            durable::make_folder(folder, For::Owner).map_err(|e| StoreError::Folder(folder.display().to_string(), e.to_string()))
        }
        _ => Ok(()),
    }
}
