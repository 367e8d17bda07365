//! The heads of the chain that were published: once a day the end of an office's ledger goes where everybody sees it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::value::args;
use super::{Store, StoreError};

/// The end of a chain as it was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The office's day, for example `2026-11-22`.
    pub day: String,
    /// The last line's place.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
    /// When it was published.
    pub published_at: DateTime<Utc>,
}

impl Store {
    /// Publishes the end of the office's chain as the head of that day; `false` if the day has one, or the ledger no line.
    ///
    /// That it was published is a line of the ledger itself, so that a head cannot be taken back without a trace.
    pub async fn publish_head(&self, office: &str, day: &str) -> Result<bool, StoreError> {
        if self.has_head(office, day).await? {
            return Ok(false);
        }
        self.link().await?;
        let mut work = self.begin().await?;
        let end = work.end(office).await?;
        let sql = "INSERT INTO head (office, day, seq, hash, published_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
        if end.seq == 0 || work.run(sql, args![office, day, end.seq, &end.hash, self.clock.now()]).await? == 0 {
            return Ok(false);
        }
        let body = serde_json::json!({"day": day, "seq": end.seq, "hash": end.hash});
        work.note(self, office, "worker", "head published", None, None, &body).await?;
        work.commit().await?;
        Ok(true)
    }

    async fn has_head(&self, office: &str, day: &str) -> Result<bool, StoreError> {
        let row = self.row("SELECT 1 FROM head WHERE office = $1 AND day = $2", args![office, day]);
        Ok(row.await?.is_some())
    }

    /// The office's published heads, the newest first.
    pub async fn heads(&self, office: &str) -> Result<Vec<Head>, StoreError> {
        let sql = "SELECT day, seq, hash, published_at FROM head WHERE office = $1 ORDER BY seq DESC, day DESC";
        let rows = self.rows(sql, args![office]).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Head {
                    day: row.text()?,
                    seq: row.int()?,
                    hash: row.text()?,
                    published_at: row.instant()?,
                })
            })
            .collect()
    }
}
