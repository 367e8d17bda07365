//! The record of every decision and receipt. Rows are only ever added.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value as Json;

use super::value::{Row, args, to_json};
use super::{Store, StoreError, Work};

/// One line of the record.
#[derive(Debug, Clone, Serialize)]
pub struct Note {
    /// When.
    pub at: DateTime<Utc>,
    /// A person's login, or the worker.
    pub who: String,
    /// What was done.
    pub act: String,
    /// On which account, for what happened to a delivery.
    pub account: Option<String>,
    /// The particulars.
    pub body: Json,
}

impl Work {
    /// Adds a line; it is kept with the rest of this work or not at all.
    #[allow(
        clippy::too_many_arguments,
        reason = "a line of the record has that many columns, and every caller names all of them"
    )]
    pub(super) async fn note(
        &mut self,
        store: &Store,
        office: &str,
        who: &str,
        act: &str,
        item: Option<i64>,
        delivery: Option<i64>,
        body: &impl Serialize,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO ledger (office, at, who, act, item, delivery, body) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        self.run(sql, args![office, store.clock.now(), who, act, item, delivery, to_json(body)?])
            .await?;
        Ok(())
    }
}

const HISTORY: &str = "SELECT l.at, l.who, l.act, a.name, l.body FROM ledger l LEFT JOIN delivery d ON d.id = l.delivery \
                       LEFT JOIN account a ON a.id = d.account WHERE l.item = $1 ORDER BY l.id";

impl Store {
    /// What happened to an item, oldest first.
    pub async fn history(&self, item: i64) -> Result<Vec<Note>, StoreError> {
        let rows = self.rows(HISTORY, args![item]).await?;
        rows.into_iter()
            .map(|mut row: Row| {
                Ok(Note {
                    at: row.instant()?,
                    who: row.text()?,
                    act: row.text()?,
                    account: row.opt_text()?,
                    body: row.json()?,
                })
            })
            .collect()
    }
}
