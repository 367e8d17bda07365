//! Figures about the queue, for `/metrics`, `/readyz` and people.

use chrono::{DateTime, Utc};

use super::value::args;
use super::{Db, Store, StoreError};

/// How the queue stands.
#[derive(Debug, Clone, serde::Serialize)]
pub struct QueueStats {
    /// Deliveries that are not settled.
    pub open: i64,
    /// Of those, due now.
    pub due: i64,
    /// When the longest-waiting due one was to go.
    pub oldest_due: Option<DateTime<Utc>>,
    /// The next deadline of an open one.
    pub next_deadline: Option<DateTime<Utc>>,
    /// Deliveries that wait for a person.
    pub with_person: i64,
}

/// Each place of the queue by its own index: what is settled is most of what there is, and is not to be read to count what is open.
pub const QUEUE_STATS: &str = "SELECT \
     (SELECT COUNT(*) FROM delivery WHERE queue = 'waiting') + (SELECT COUNT(*) FROM delivery WHERE queue = 'due') \
     + (SELECT COUNT(*) FROM delivery WHERE queue = 'held') + (SELECT COUNT(*) FROM delivery WHERE queue = 'behind'), \
     (SELECT COUNT(*) FROM delivery WHERE queue = 'due') + (SELECT COUNT(*) FROM delivery WHERE queue = 'waiting' AND next_at <= $1), \
     (SELECT MIN(due.next_at) FROM (SELECT next_at FROM delivery WHERE queue = 'due' \
         UNION ALL SELECT next_at FROM delivery WHERE queue = 'waiting' AND next_at <= $1) AS due), \
     (SELECT MIN(deadline_at) FROM delivery WHERE settled_at IS NULL AND deadline_at >= $1), \
     (SELECT COUNT(*) FROM delivery WHERE state = 'needs a person')";

/// Changes a row into itself: what can only be read, or has no room, does not bear that.
const WRITE_NOTHING: &str = "UPDATE office SET described = described WHERE id = (SELECT MIN(id) FROM office)";

impl Store {
    /// How the queue of all offices stands.
    pub async fn queue_stats(&self) -> Result<QueueStats, StoreError> {
        let now = self.clock.now();
        let mut row = self
            .row(QUEUE_STATS, args![now])
            .await?
            .ok_or_else(|| StoreError::Shape("no figures".to_owned()))?;
        Ok(QueueStats {
            open: row.int()?,
            due: row.int()?,
            oldest_due: row.opt_instant()?,
            next_deadline: row.opt_instant()?,
            with_person: row.int()?,
        })
    }

    /// Tries to write, changing nothing, and remembers what came of it for [`Store::trouble`].
    pub async fn try_writing(&self) -> Result<(), StoreError> {
        self.trouble.unless_damaged()?;
        let tried = match &self.db {
            Db::Sqlite(sqlite) => sqlite.try_writing().await,
            Db::Pg(_) => self.run(WRITE_NOTHING, args![]).await.map(drop),
        };
        self.trouble.tried(&tried);
        tried
    }

    /// Why the database could not be written when that was last tried.
    pub fn trouble(&self) -> Option<StoreError> {
        self.trouble.known()
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.rows("SELECT 1", args![]).await.map(|_| ())
    }
}
