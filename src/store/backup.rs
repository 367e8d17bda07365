//! A copy of the data file while it is written, and what a data file says of itself before anybody trusts it.

use std::fs::File;
use std::path::Path;

use chrono::{DateTime, Utc};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use serde::Serialize;
use url::Url;

use super::migrate::is_known;
use super::sqlite::{blocking, connect};
use super::{Db, Store, StoreError};
use crate::clock::from_ms;

/// How closely a file is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Its header and its tables, not its pages.
    Header,
    /// Every page.
    Quick,
    /// Every page, and that each index has what its table has.
    Full,
}

/// What a data file holds.
#[derive(Debug, Clone, Serialize)]
pub struct Contents {
    /// The last line of each office's ledger.
    pub ends: Vec<End>,
    /// When the newest line of any ledger was written: nothing that happened later is in the file.
    pub newest: Option<DateTime<Utc>>,
}

/// The end of an office's ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct End {
    /// The office.
    pub office: String,
    /// The line's place.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
}

impl Store {
    /// The data file, on SQLite.
    pub fn data_file(&self) -> Option<&Path> {
        match &self.db {
            Db::Sqlite(sqlite) => Some(sqlite.file()),
            Db::Pg(_) => None,
        }
    }
}

/// Copies the data file `from` to `to`, which must not be there, as it stands at one moment; returns when the copy is on the disk.
/// Writers are not held up: the copy is read beside them.
pub async fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let (from, to) = (from.to_owned(), to.to_owned());
    blocking(move || {
        let conn = connect(&from, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        conn.execute("VACUUM INTO ?1", [to.display().to_string()])?;
        sync(&to)
    })
    .await?
}

/// Looks at a file that nobody writes to (a backup), without touching it.
pub async fn inspect_still(file: &Path, depth: Depth) -> Result<Contents, StoreError> {
    let file = file.to_owned();
    blocking(move || look(&open_still(&file)?, depth)).await?
}

/// Looks at what a killed process or a power cut left beside a data file.
pub async fn inspect_log(log: &Path) -> Result<(), StoreError> {
    let log = log.to_owned();
    blocking(move || super::log::look(&log)).await?
}

/// Looks at a data file that may be in use.
pub async fn inspect(file: &Path, depth: Depth) -> Result<Contents, StoreError> {
    let file = file.to_owned();
    blocking(move || {
        let conn = connect(&file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        // A look changes nothing: what a crash left in the log is not written into a file that may be damaged.
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        look(&conn, depth)
    })
    .await?
}

/// Opens a file that nobody writes to, without touching it.
pub(super) fn open_still(file: &Path) -> Result<Connection, StoreError> {
    let mut address = Url::from_file_path(std::path::absolute(file).unwrap_or_else(|_| file.to_owned()))
        .map_err(|()| StoreError::Unreachable(file.display().to_string()))?;
    address.set_query(Some("immutable=1"));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Ok(Connection::open_with_flags(address.as_str(), flags)?)
}

fn look(conn: &Connection, depth: Depth) -> Result<Contents, StoreError> {
    check_pages(conn, depth)?;
    let numbers = column(conn, "SELECT version FROM _sqlx_migrations")?;
    if let Some(number) = numbers.iter().find(|number| !is_known(**number)) {
        return Err(StoreError::Newer(*number));
    }
    let newest: Option<i64> = conn.query_row("SELECT MAX(at) FROM ledger", [], |row| row.get(0))?;
    Ok(Contents {
        // A backup of an early version has no chain.
        ends: ends(conn).unwrap_or_default(),
        newest: newest.map(from_ms),
    })
}

fn check_pages(conn: &Connection, depth: Depth) -> Result<(), StoreError> {
    let sql = match depth {
        Depth::Header => return Ok(()),
        Depth::Quick => "PRAGMA quick_check(3)",
        Depth::Full => "PRAGMA integrity_check(3)",
    };
    let mut statement = conn.prepare(sql)?;
    let told: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    if told == ["ok"] {
        Ok(())
    } else {
        Err(StoreError::Damaged(told.join("; ")))
    }
}

fn column(conn: &Connection, sql: &str) -> Result<Vec<i64>, StoreError> {
    let mut statement = conn.prepare(sql)?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

fn ends(conn: &Connection) -> Result<Vec<End>, StoreError> {
    let sql = "SELECT l.office, l.seq, l.hash FROM ledger l JOIN (SELECT office, MAX(seq) AS seq FROM ledger GROUP BY office) e \
               ON e.office = l.office AND e.seq = l.seq ORDER BY l.office";
    let mut statement = conn.prepare(sql)?;
    let ends = statement.query_map([], |row| {
        Ok(End {
            office: row.get(0)?,
            seq: row.get(1)?,
            hash: row.get(2)?,
        })
    })?;
    Ok(ends.collect::<Result<_, _>>()?)
}

/// Returns when a file is on the disk.
pub(super) fn sync(file: &Path) -> Result<(), StoreError> {
    let synced = File::open(file).and_then(|file| file.sync_all());
    synced.map_err(|e| match e.kind() {
        std::io::ErrorKind::StorageFull => StoreError::Full,
        _ => StoreError::Other(format!("{} cannot be written to the disk ({e})", file.display())),
    })
}
