//! An account's circuit: what its last answers say of the remote. Kept in the account's row, so that it holds over restarts and for every worker.
//!
//! What an answer leads to is decided in `deliver/circuit.rs`. An account that is well is read with each claim and never written for it.

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;

use super::value::{Row, args, to_json};
use super::{Store, StoreError, Work};
use crate::receipt::Failure;

/// The longest that a delivery waits by itself after a failure, with room: `deliver/backoff.rs`.
const LONGEST_WAIT: Duration = Duration::minutes(20);

/// The outages in a row on one account, as a claim saw them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Streak {
    /// How many, one after the other.
    pub outages: i64,
    /// The delivery that met the last one.
    pub by: Option<i64>,
    /// Since when the circuit is open, if it is.
    pub opened_at: Option<DateTime<Utc>>,
}

impl Streak {
    pub(super) fn read(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            outages: row.int()?,
            by: row.opt_int()?,
            opened_at: row.opt_instant()?,
        })
    }
}

/// One more outage: what follows for the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outage {
    /// The outages in a row, this one included.
    pub streak: Streak,
    /// When one delivery may try whether the remote is back; none while the circuit is closed.
    pub probe_at: Option<DateTime<Utc>>,
}

/// An open circuit, as people are shown it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Circuit {
    /// Since when.
    pub opened_at: DateTime<Utc>,
    /// When one delivery tries whether the remote is back.
    pub probe_at: DateTime<Utc>,
    /// The outages in a row.
    pub outages: i64,
    /// The last one.
    pub failure: Option<Failure>,
}

impl Circuit {
    /// The circuit, if it is open.
    pub(super) fn read(row: &mut Row) -> Result<Option<Self>, StoreError> {
        let (opened_at, probe_at, outages, failure) = (row.opt_instant()?, row.instant()?, row.int()?, row.opt_json()?);
        Ok(opened_at.map(|opened_at| Self {
            opened_at,
            probe_at,
            outages,
            failure,
        }))
    }
}

impl Store {
    /// Keeps one more outage of an account that `seen` was true of. Of several that were under way together only the first counts: they met one event.
    pub async fn keep_outage(&self, account: i64, seen: &Streak, outage: &Outage, failure: &Failure) -> Result<(), StoreError> {
        let sql = "UPDATE account SET outages = $3, outage_by = $4, opened_at = $5, probe_at = COALESCE($6, 0), outage = $7 \
                   WHERE id = $1 AND outages = $2 RETURNING office, name";
        let streak = &outage.streak;
        let values = args![
            account,
            seen.outages,
            streak.outages,
            streak.by,
            streak.opened_at,
            outage.probe_at,
            to_json(failure)?
        ];
        let mut work = self.begin().await?;
        let kept = work.row(sql, values).await?;
        if let Some(mut row) = kept
            && seen.opened_at.is_none()
            && streak.opened_at.is_some()
        {
            let (office, name) = (row.text()?, row.text()?);
            let body = serde_json::json!({"account": name, "outages": streak.outages, "probe_at": outage.probe_at, "failure": failure});
            work.note(self, &office, "worker", "circuit opened", None, None, &body).await?;
        }
        work.commit().await
    }

    /// The remote of an account lives: its circuit closes, and what waited only for it goes out in deadline order.
    pub async fn close_circuit(&self, account: i64, who: &str) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        let sql = "UPDATE account SET outages = 0, outage_by = NULL, opened_at = NULL, probe_at = 0, outage = NULL \
                   WHERE id = $1 AND opened_at IS NOT NULL RETURNING office, name";
        if let Some(mut row) = work.row(sql, args![account]).await? {
            let (office, body) = (row.text()?, serde_json::json!({"account": row.text()?}));
            work.note(self, &office, who, "circuit closed", None, None, &body).await?;
            work.end_waits(self, account).await?;
        } else {
            let sql = "UPDATE account SET outages = 0, outage_by = NULL, outage = NULL WHERE id = $1 AND outages > 0";
            work.run(sql, args![account]).await?;
        }
        work.commit().await
    }
}

impl Work {
    /// What failed by an outage alone waits no longer: else the most urgent, which failed most often, would go last.
    pub(super) async fn end_waits(&mut self, store: &Store, account: i64) -> Result<(), StoreError> {
        let now = store.clock.now();
        let sql = "UPDATE delivery SET next_at = $2 WHERE account = $1 AND queue = 'waiting' AND next_at > $2 AND next_at <= $3 AND release_at <= $2 \
                   AND (failure LIKE '{\"code\":\"unreachable\"%' OR failure LIKE '{\"code\":\"no answer\"%' \
                   OR failure LIKE '{\"code\":\"remote broken\"%' OR failure LIKE '{\"code\":\"bad answer\"%')";
        self.run(sql, args![account, now, now + LONGEST_WAIT]).await?;
        self.ring(store).await
    }
}
