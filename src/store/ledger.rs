//! The record of every decision and receipt. Rows are only ever added; [`super::chain`] links each to the one before.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value as Json;

use super::value::{Row, args, to_json};
use super::{Inner, Store, StoreError, Work};
use crate::receipt::chain::{BEGINNING, Line};

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
        let (at, body) = (store.clock.now(), to_json(body)?);
        if matches!(self.inner, Inner::Pg(_)) {
            self.run(NOTE_UNLINKED, args![office, at, who, act, item, delivery, body]).await?;
            return Ok(());
        }
        let end = self.row(END, args![office, item, delivery]).await?;
        let mut end = end.ok_or_else(|| StoreError::Shape("the end of the ledger's chain cannot be read".to_owned()))?;
        let line = Line {
            seq: end.opt_int()?.unwrap_or(0) + 1,
            at,
            office: office.to_owned(),
            who: who.to_owned(),
            act: act.to_owned(),
            item,
            reference: end.opt_text()?,
            delivery,
            key: end.opt_text()?,
            body,
        };
        let place = line.link(end.opt_text()?.as_deref().unwrap_or(BEGINNING));
        let values = args![
            office,
            at,
            who,
            act,
            item,
            delivery,
            line.body,
            line.reference,
            line.key,
            place.seq,
            place.hash
        ];
        self.run(NOTE, values).await.map(drop)
    }
}

const NOTE: &str = "INSERT INTO ledger (office, at, who, act, item, delivery, body, reference, key, seq, hash) \
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
/// Only a store of one writer may ask for this: it is the end for as long as nobody else can write.
const END: &str = "SELECT (SELECT MAX(seq) FROM ledger WHERE office = $1), (SELECT reference FROM item WHERE id = $2), \
                   (SELECT key FROM delivery WHERE id = $3), (SELECT hash FROM ledger WHERE office = $1 ORDER BY seq DESC LIMIT 1)";
const NOTE_UNLINKED: &str = "INSERT INTO ledger (office, at, who, act, item, delivery, body, reference, key) VALUES ($1, $2, $3, $4, $5, $6, $7, \
                             (SELECT reference FROM item WHERE id = $5), (SELECT key FROM delivery WHERE id = $6))";
const HISTORY: &str = "SELECT l.at, l.who, l.act, a.name, l.body FROM ledger l LEFT JOIN delivery d ON d.id = l.delivery \
                       LEFT JOIN account a ON a.id = d.account WHERE l.item = $1 ORDER BY l.seq NULLS LAST, l.id";

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
