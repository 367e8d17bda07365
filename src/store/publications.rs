//! What stands where, as the register asks: every delivery of an item with what came of it.

use chrono::{DateTime, Utc};

use super::value::{Row, args};
use super::{Store, StoreError};
use crate::receipt::{Action, Failure, State};

/// One delivery of one revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// Its number.
    pub delivery: i64,
    /// The revision's number within its item.
    pub revision: i64,
    /// The account's name.
    pub account: String,
    /// The languages, joined by `+`.
    pub languages: String,
    /// What it did.
    pub action: Action,
    /// Where it stands.
    pub state: State,
    /// When nothing more was to be done.
    pub settled_at: Option<DateTime<Utc>>,
    /// Where it can be seen.
    pub url: Option<String>,
    /// SHA-256 of what was said.
    pub hash: Option<String>,
    /// What a person found who settled it.
    pub evidence: Option<serde_json::Value>,
    /// The last failure.
    pub failure: Option<Failure>,
}

impl Store {
    /// Every delivery of an item, the first one first.
    pub async fn publications(&self, item: i64) -> Result<Vec<Publication>, StoreError> {
        let sql = "SELECT d.id, r.number, a.name, d.languages, d.action, d.state, d.settled_at, d.url, d.post_hash, d.evidence, d.failure FROM delivery d \
                   JOIN revision r ON r.id = d.revision JOIN account a ON a.id = d.account WHERE d.item = $1 ORDER BY d.id";
        let rows = self.rows(sql, args![item]).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Publication {
                    delivery: row.int()?,
                    revision: row.int()?,
                    account: row.text()?,
                    languages: row.text()?,
                    action: row.word()?,
                    state: row.word()?,
                    settled_at: row.opt_instant()?,
                    url: row.opt_text()?,
                    hash: row.opt_text()?,
                    evidence: row.opt_json()?,
                    failure: row.opt_json()?,
                })
            })
            .collect()
    }

    /// The items that something happened to since `since`, be it only that a channel took them.
    pub async fn items_touched(&self, office: &str, since: DateTime<Utc>) -> Result<Vec<i64>, StoreError> {
        let sql = "SELECT DISTINCT item FROM ledger WHERE office = $1 AND at >= $2 AND item IS NOT NULL";
        self.rows(sql, args![office, since]).await?.iter_mut().map(Row::int).collect()
    }

    /// The items of a kind queued since `since`, with when that was; for `*` all that something happened to since then, with when it last did.
    pub async fn items_of_kind(&self, office: &str, kind: &str, since: DateTime<Utc>) -> Result<Vec<(i64, DateTime<Utc>)>, StoreError> {
        let rows = if kind == "*" {
            let sql = "SELECT item, MAX(at) FROM ledger WHERE office = $1 AND at >= $2 AND item IS NOT NULL GROUP BY item";
            self.rows(sql, args![office, since]).await?
        } else {
            let sql = "SELECT id, created_at FROM item WHERE office = $1 AND kind = $2 AND created_at >= $3";
            self.rows(sql, args![office, kind, since]).await?
        };
        rows.into_iter().map(|mut row| Ok((row.int()?, row.instant()?))).collect()
    }
}
