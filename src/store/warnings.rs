//! Warnings: raised once for a duty, a step and a recipient. `letters.rs` has them sent until a mail server has them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value as Json;

use super::value::{Row, args, to_json};
use super::{Store, StoreError, Work};
use crate::receipt::words::words;

words! {
    /// Where a warning stands.
    WarningState {
        /// It waits for the mail server.
        Waiting = "waiting",
        /// The mail server has it.
        Sent = "sent",
        /// There is no address or no mail server for it: it is shown, not sent.
        Shown = "shown",
        /// The mail server will never take it.
        Failed = "failed",
    }
}

/// A warning to be raised.
#[derive(Debug, Clone)]
pub struct Raise {
    /// The duty.
    pub obligation: i64,
    /// Which one of its warnings: `10 days`, `risk:pace`, `overdue` …
    pub step: String,
    /// Whom: `unit:NAME`, `head:NAME` or `head`.
    pub recipient: String,
    /// In which language.
    pub lang: String,
    /// What there was to say when it was raised.
    pub detail: Json,
    /// Waiting, or only shown.
    pub state: WarningState,
}

/// One warning.
#[derive(Debug, Clone, Serialize)]
pub struct Warning {
    /// Its number.
    pub id: i64,
    /// The duty.
    pub obligation: i64,
    /// Which one of the duty's warnings.
    pub step: String,
    /// Whom.
    pub recipient: String,
    /// In which language.
    pub lang: String,
    /// What there was to say when it was raised.
    pub detail: Json,
    /// When it was raised.
    pub raised_at: DateTime<Utc>,
    /// Where it stands.
    pub state: WarningState,
    /// How often the mail server did not take it.
    pub failures: i64,
    /// Why not, the last time.
    pub failure: Option<String>,
    /// The letter it went, or is to go, in.
    pub letter: Option<String>,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
}

macro_rules! select {
    ($ending:literal) => {
        concat!(
            "SELECT id, obligation, step, recipient, lang, detail, raised_at, state, failures, failure, letter, sent_at FROM warning WHERE ",
            $ending
        )
    };
}

impl Warning {
    fn read(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.int()?,
            obligation: row.int()?,
            step: row.text()?,
            recipient: row.text()?,
            lang: row.text()?,
            detail: row.json()?,
            raised_at: row.instant()?,
            state: row.word()?,
            failures: row.int()?,
            failure: row.opt_text()?,
            letter: row.opt_text()?,
            sent_at: row.opt_instant()?,
        })
    }
}

impl Store {
    /// The warnings raised since `since`, the newest first.
    pub async fn warnings(&self, office: &str, since: DateTime<Utc>, limit: usize) -> Result<Vec<Warning>, StoreError> {
        let sql = select!("office = $1 AND raised_at >= $2 ORDER BY raised_at DESC, id DESC LIMIT $3");
        self.rows(sql, args![office, since, limit])
            .await?
            .iter_mut()
            .map(Warning::read)
            .collect()
    }

    /// The warnings of one duty, the first one first.
    pub async fn warnings_of(&self, obligation: i64) -> Result<Vec<Warning>, StoreError> {
        let rows = self.rows(select!("obligation = $1 ORDER BY id"), args![obligation]).await?;
        rows.into_iter().map(|mut row| Warning::read(&mut row)).collect()
    }

    /// What was raised for duties that have not ended: duty, step, recipient.
    pub async fn raised(&self, office: &str) -> Result<BTreeSet<(i64, String, String)>, StoreError> {
        let sql = "SELECT w.obligation, w.step, w.recipient FROM warning w JOIN obligation o ON o.id = w.obligation \
                   WHERE o.office = $1 AND o.state = 'open'";
        let rows = self.rows(sql, args![office]).await?;
        rows.into_iter().map(|mut row| Ok((row.int()?, row.text()?, row.text()?))).collect()
    }
}

impl Work {
    /// Raises a warning; gives `false` if it was raised before.
    pub async fn raise(&mut self, store: &Store, office: &str, raise: &Raise) -> Result<bool, StoreError> {
        let sql = "INSERT INTO warning (office, obligation, step, recipient, lang, detail, raised_at, state, next_at, failures) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7, 0) ON CONFLICT DO NOTHING";
        let values = args![
            office,
            raise.obligation,
            &raise.step,
            &raise.recipient,
            &raise.lang,
            to_json(&raise.detail)?,
            store.clock.now(),
            raise.state.word(),
        ];
        Ok(self.run(sql, values).await? == 1)
    }
}
