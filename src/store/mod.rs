//! What is kept: in one SQLite file, or in PostgreSQL where one machine is not enough.
//!
//! The store speaks of items, deliveries and receipts, not of tables. One SQL text serves both databases; what must differ (the
//! claim) stands side by side in [`queue`].

pub mod accounts;
mod agreement;
pub mod alarms;
pub mod approve;
pub mod audit;
mod backend;
pub mod backlog;
pub mod backup;
pub mod chain;
pub mod circuit;
pub mod deliveries;
mod duties;
pub mod error;
pub mod evidence;
pub mod feed;
pub mod files;
pub mod heads;
pub mod items;
pub mod ledger;
pub mod letters;
mod log;
pub mod looks;
mod migrate;
pub mod obligations;
pub mod people;
mod planned;
pub mod publications;
pub mod queue;
pub mod restore;
pub mod rows;
pub mod settle;
pub mod sheets;
pub mod site;
mod sqlite;
pub mod stats;
pub mod tally;
mod times;
mod told;
mod trouble;
mod unplanned;
pub mod value;
pub mod warnings;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use sqlx::postgres::{PgPool, PgPoolOptions, Postgres};
use tokio::sync::Notify;

use crate::clock::Clock;
use backend::Conn;
pub use error::StoreError;
use sqlite::Sqlite;
use tally::Tally;
use trouble::Trouble;
use value::{Row, Value};

/// How soon it is tried again to listen where the database cannot be reached.
const LISTENING_AGAIN: Duration = Duration::from_secs(1);

/// The store. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    db: Db,
    clock: Arc<dyn Clock>,
    wake: Arc<Notify>,
    feed_changes: Arc<AtomicU64>,
    trouble: Trouble,
    tally: Tally,
}

#[derive(Clone)]
enum Db {
    Sqlite(Sqlite),
    Pg(PgPool),
}

/// A unit of writing: all of it is kept, or nothing.
pub struct Work {
    inner: Inner,
    wakes: Option<Arc<Notify>>,
    trouble: Trouble,
}

enum Inner {
    Sqlite(sqlite::Turn),
    Pg(sqlx::Transaction<'static, Postgres>),
}

/// The data file that an address names; `None` if it is that of another database. Nobody else takes such an address apart.
pub fn file_at(url: &str) -> Result<Option<PathBuf>, StoreError> {
    is_embedded(url).then(|| sqlite::file_of(url)).transpose()
}

fn is_embedded(url: &str) -> bool {
    url.starts_with("sqlite:")
}

impl Store {
    /// Opens `sqlite:PATH` or `postgres://…`, and brings its tables up to date after a backup.
    pub async fn open(url: &str, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let db = if is_embedded(url) {
            Db::Sqlite(Sqlite::open(url)?)
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Db::Pg(PgPoolOptions::new().max_connections(16).connect(url).await?)
        } else {
            return Err(StoreError::Url);
        };
        let store = Self {
            db,
            clock,
            wake: Arc::new(Notify::new()),
            feed_changes: Arc::default(),
            trouble: Trouble::default(),
            tally: Tally::default(),
        };
        store.migrate().await?;
        store.link().await?;
        store.keep_linking();
        store.listen().await?;
        Ok(store)
    }

    /// The clock this store writes its times by.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Rings when deliveries were planned or set free, here or (on PostgreSQL) on another machine.
    pub fn wake(&self) -> Arc<Notify> {
        self.wake.clone()
    }

    /// Begins a unit of writing.
    pub async fn begin(&self) -> Result<Work, StoreError> {
        self.trouble.unless_damaged()?;
        let begun = self.begin_any().await;
        let (wakes, trouble) = (None, self.trouble.clone());
        self.trouble.seen(begun).map(|inner| Work { inner, wakes, trouble })
    }

    async fn begin_any(&self) -> Result<Inner, StoreError> {
        Ok(match &self.db {
            Db::Sqlite(sqlite) => Inner::Sqlite(sqlite.turn().await?),
            Db::Pg(pool) => Inner::Pg(pool.begin().await?),
        })
    }

    /// Runs one statement that is a whole unit of writing; gives the number of rows it touched, once that is kept.
    async fn run(&self, sql: &'static str, args: Vec<Value>) -> Result<u64, StoreError> {
        self.trouble.unless_damaged()?;
        self.trouble.seen(self.run_any(sql, args).await)
    }

    async fn run_any(&self, sql: &'static str, args: Vec<Value>) -> Result<u64, StoreError> {
        match &self.db {
            Db::Sqlite(sqlite) => {
                let mut turn = sqlite.single_turn().await?;
                let touched = Conn::Sqlite(turn.conn()).run(sql, args).await?;
                turn.commit().await?;
                Ok(touched)
            }
            Db::Pg(pool) => Conn::Pg(&mut *pool.acquire().await?).run(sql, args).await,
        }
    }

    /// Reads rows.
    async fn rows(&self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        self.trouble.seen(match &self.db {
            Db::Sqlite(sqlite) => sqlite.rows(sql, args).await,
            Db::Pg(pool) => Conn::Pg(&mut *pool.acquire().await?).rows(sql, args).await,
        })
    }

    /// Reads at most one row.
    async fn row(&self, sql: &'static str, args: Vec<Value>) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// Reads at most one small row that an index leads to: what the worker asks for at every delivery.
    async fn row_at_once(&self, sql: &'static str, args: Vec<Value>) -> Result<Option<Row>, StoreError> {
        match &self.db {
            Db::Sqlite(sqlite) => self.trouble.seen(sqlite.row_at_once(sql, args).await),
            Db::Pg(_) => self.row(sql, args).await,
        }
    }

    /// Waits for what is being written, then closes.
    pub async fn close(&self) {
        match &self.db {
            Db::Sqlite(sqlite) => sqlite.close().await,
            Db::Pg(pool) => pool.close().await,
        }
    }

    /// On PostgreSQL, passes other machines' notifications on to [`Store::wake`], as long as there is a store.
    async fn listen(&self) -> Result<(), StoreError> {
        let Db::Pg(pool) = &self.db else { return Ok(()) };
        let mut listener = sqlx::postgres::PgListener::connect_with(pool).await?;
        listener.listen("kasnec").await?;
        let (wake, pool) = (Arc::downgrade(&self.wake), pool.clone());
        tokio::spawn(async move {
            while !pool.is_closed() {
                // A lost connection is no news, but what was notified meanwhile may have been missed; the listener connects anew by itself.
                if listener.try_recv().await.is_err() {
                    tokio::time::sleep(LISTENING_AGAIN).await;
                    continue;
                }
                let Some(wake) = wake.upgrade() else { return };
                wake.notify_waiters();
            }
        });
        Ok(())
    }
}

impl Work {
    fn conn(&mut self) -> Conn<'_> {
        match &mut self.inner {
            Inner::Sqlite(turn) => Conn::Sqlite(turn.conn()),
            Inner::Pg(tx) => Conn::Pg(&mut *tx),
        }
    }

    async fn run(&mut self, sql: &'static str, args: Vec<Value>) -> Result<u64, StoreError> {
        let done = self.conn().run(sql, args).await;
        self.trouble.seen(done)
    }

    async fn rows(&mut self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let read = self.conn().rows(sql, args).await;
        self.trouble.seen(read)
    }

    async fn row(&mut self, sql: &'static str, args: Vec<Value>) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// Runs an `INSERT … RETURNING id`.
    async fn insert(&mut self, sql: &'static str, args: Vec<Value>) -> Result<i64, StoreError> {
        self.row(sql, args)
            .await?
            .ok_or(StoreError::Shape("an insert gave no id".to_owned()))?
            .int()
    }

    /// Tells the workers, once this work is kept, that there may be something to do.
    async fn ring(&mut self, store: &Store) -> Result<(), StoreError> {
        if matches!(self.inner, Inner::Pg(_)) {
            self.rows("SELECT pg_notify('kasnec', '')::TEXT", vec![]).await?;
        }
        self.wakes = Some(store.wake.clone());
        Ok(())
    }

    /// Keeps it all; returns when it is on the disk.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.trouble.seen(match self.inner {
            Inner::Sqlite(turn) => turn.commit().await,
            Inner::Pg(tx) => tx.commit().await.map_err(StoreError::from),
        })?;
        if let Some(wake) = self.wakes {
            wake.notify_waiters();
        }
        Ok(())
    }
}
