//! Why the store could not do it.

/// The closed set.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The URL is of neither database.
    #[error("the store's address must begin with sqlite: or postgres://, for example sqlite:data/kasnec.db")]
    Url,
    /// The folder of the data file cannot be made.
    #[error("the folder {0} cannot be made ({1}); give the program the right to write there, or set [store] url")]
    Folder(String, String),
    /// Somebody else holds the file too long.
    #[error("the database is busy: another process has been writing for ten seconds; nothing was changed, try again")]
    Busy,
    /// No room.
    #[error("the disk is full; nothing was changed. Free some space: the program goes on by itself")]
    Full,
    /// The database undid a whole group of works because one beside this one failed badly.
    #[error("the database undid this because something written beside it failed (is the disk full?); nothing was changed, try again")]
    Undone,
    /// The disk fails.
    #[error(
        "the disk fails ({0}); nothing is promised that it did not keep. Look at the machine's log, and for a quota; the program goes on by itself"
    )]
    Disk(String),
    /// Not writable.
    #[error("the database can be read but not written ({0}); give the program the right to write it")]
    ReadOnly(String),
    /// The file is damaged.
    #[error("the database file is damaged ({0}); stop the program and restore the last backup: `kasnec restore FILE`")]
    Damaged(String),
    /// The database cannot be reached.
    #[error(
        "the database cannot be reached ({0}); see [store] url, whether the server runs, and whether the program may write in the data folder"
    )]
    Unreachable(String),
    /// A migration failed.
    #[error("the tables could not be brought up to date ({0}); the backup made before stands beside the data file")]
    Migration(String),
    /// A newer program has changed the tables.
    #[error("a newer Kasnec has changed this database (migration {0}); use that version, or restore a backup of this one")]
    Newer(i64),
    /// An attachment's bytes are no longer those that were kept.
    #[error(
        "the file {0} has other bytes than those that were kept: it was changed behind the program's back, and is not given out. Run `kasnec ledger verify`,          and take it from the last backup"
    )]
    File(String),
    /// What is kept is not of the shape the program expects.
    #[error("what is stored cannot be read: {0}; was it written by a newer version?")]
    Shape(String),
    /// Two of something that may be there once.
    #[error("it is there already: {0}")]
    Duplicate(String),
    /// Somebody else has changed it in between.
    #[error("somebody else changed it in between; look again and repeat")]
    Conflict,
    /// There is no such thing.
    #[error("there is no {0}; `kasnec {1}` lists what there is")]
    Missing(String, &'static str),
    /// The store was closed.
    #[error("the store is closed: the program is ending")]
    Closed,
    /// Anything else the database says.
    #[error("the database says: {0}")]
    Other(String),
}

impl StoreError {
    /// Whether the same again may work by itself.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Busy | Self::Full | Self::Undone | Self::Disk(_) | Self::Unreachable(_) | Self::ReadOnly(_) | Self::Conflict
        )
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(db) => from_database(db.as_ref()),
            sqlx::Error::Io(io) if io.kind() == std::io::ErrorKind::StorageFull => Self::Full,
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::Tls(_) => Self::Unreachable(error.to_string()),
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Self::Closed,
            _ => Self::Other(error.to_string()),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match &error {
            rusqlite::Error::SqliteFailure(failure, message) => {
                let message = message.clone().unwrap_or_else(|| failure.to_string());
                from_sqlite(failure.extended_code, message)
            }
            _ => Self::Other(error.to_string()),
        }
    }
}

/// PostgreSQL's SQLSTATEs.
fn from_database(error: &dyn sqlx::error::DatabaseError) -> StoreError {
    let message = error.message().to_owned();
    match error.code().as_deref() {
        _ if error.is_unique_violation() => StoreError::Duplicate(message),
        Some("53100") => StoreError::Full,
        Some("58030") => StoreError::Disk(message),
        Some("25006") => StoreError::ReadOnly(message),
        // The server is stopping, starting, not letting anybody in, or has no room for one more connection.
        Some("57P01" | "57P02" | "57P03" | "57P05" | "55000" | "53300") => StoreError::Unreachable(message),
        Some(code) if code.starts_with("08") => StoreError::Unreachable(message),
        Some("XX001" | "XX002") => StoreError::Damaged(message),
        Some("40001" | "40P01") => StoreError::Conflict,
        _ => StoreError::Other(message),
    }
}

/// SQLite's result codes: the primary ones, and the two of uniqueness (sqlite.org/rescode.html).
fn from_sqlite(code: i32, message: String) -> StoreError {
    match (code, code & 0xff) {
        (1555 | 2067, _) => StoreError::Duplicate(message),
        (_, 5 | 6) => StoreError::Busy,
        (_, 8) => StoreError::ReadOnly(message),
        (_, 13) => StoreError::Full,
        (_, 10) if message.contains("full") => StoreError::Full,
        (_, 10) => StoreError::Disk(message),
        (_, 11 | 26) => StoreError::Damaged(message),
        (_, 14) => StoreError::Unreachable(message),
        _ => StoreError::Other(message),
    }
}
