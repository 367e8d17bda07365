//! When the time in force was another one before: what was written in the future is brought back, so that nothing goes early, waits for
//! a day that was never meant, or is looked for where it is not.

use chrono::{DateTime, Duration, Utc};

use super::value::args;
use super::{Db, Store, StoreError};
use crate::clock::{AGREEMENT, Move};

/// How far before now that is looked for whose call was made by a clock that was ahead: nobody knows by how much.
const LOOKING_BACK: Duration = Duration::days(7);

impl Store {
    /// Brings the queue in line with the time in force: at a worker's start, and when that time was set anew (`moved`).
    pub async fn set_right(&self, lease: Duration, moved: Option<&Move>) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.run(NOT_YET_DUE, args![now]).await?;
        self.run(SHORTER_LEASE, args![now + lease]).await?;
        let went_back = moved.is_some_and(|moved| moved.to < moved.from);
        if went_back || self.newest_line().await?.is_some_and(|newest| newest - now > AGREEMENT) {
            self.take_back(now).await?;
        }
        match moved {
            Some(moved) => self.note_move(moved).await,
            None => Ok(()),
        }
    }

    /// Waiting times that a clock which was ahead has set are over.
    async fn take_back(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        for sql in [
            RELEASED_AT_ONCE,
            FIRST_TRY,
            RETRY_NOW,
            ACCOUNT_NOW,
            SENT_BEFORE_NOW,
            LETTER_NOW,
            ALARM_LETTER_NOW,
        ] {
            work.run(sql, args![now]).await?;
        }
        work.run(SINCE_BEFORE, args![now, now - LOOKING_BACK]).await?;
        work.commit().await
    }

    /// Every office's ledger says that its times before and after are not of one clock.
    async fn note_move(&self, moved: &Move) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        let mut offices = Vec::new();
        for mut row in work.rows("SELECT id FROM office ORDER BY id", args![]).await? {
            offices.push(row.text()?);
        }
        let body = serde_json::json!({"from": moved.from, "to": moved.to, "seconds": (moved.to - moved.from).num_seconds(), "because": moved.because});
        for office in offices {
            work.note(self, &office, "kasnec", "time corrected", None, None, &body).await?;
        }
        work.commit().await
    }

    /// The database's time, and whether it surely runs on another machine; none on SQLite, which has no clock of its own.
    pub async fn others_time(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        if matches!(self.db, Db::Sqlite(_)) {
            return Ok(None);
        }
        let row = self.row(OTHERS_TIME, args![]).await?;
        row.map_or(Ok(None), |mut row| row.opt_instant())
    }
}

const NOT_YET_DUE: &str = "UPDATE delivery SET queue = 'waiting' WHERE queue = 'due' AND next_at > $1";
/// A worker that lives renews its lease long before.
const SHORTER_LEASE: &str = "UPDATE delivery SET claimed_until = $1 WHERE queue = 'held' AND claimed_until > $1";
/// What was approved to go at once by a clock that was ahead goes at once, but never before the release that was asked for. A correction may
/// have its release from an earlier revision: it keeps it.
const RELEASED_AT_ONCE: &str = "UPDATE delivery SET release_at = CASE WHEN action = 'publish' THEN (SELECT CASE WHEN MAX(r.release_at) > $1 \
                                THEN MAX(r.release_at) ELSE $1 END FROM revision r WHERE r.item = delivery.item AND r.state = 'approved') ELSE $1 END \
                                WHERE queue IN ('waiting', 'behind') AND next_at > $1 AND EXISTS (SELECT 1 FROM revision r \
                                WHERE r.id = delivery.revision AND r.approved_at > $1 AND delivery.release_at <= r.approved_at)";
const FIRST_TRY: &str = "UPDATE delivery SET next_at = release_at WHERE queue IN ('waiting', 'behind') AND attempt = 0 AND next_at > $1 AND next_at > release_at";
const RETRY_NOW: &str = "UPDATE delivery SET next_at = CASE WHEN release_at > $1 THEN release_at ELSE $1 END \
                         WHERE queue = 'waiting' AND attempt > 0 AND next_at > $1";
const ACCOUNT_NOW: &str = "UPDATE account SET not_before = CASE WHEN not_before > $1 THEN $1 ELSE not_before END, \
                           probe_at = CASE WHEN probe_at > $1 THEN $1 ELSE probe_at END, \
                           opened_at = CASE WHEN opened_at > $1 THEN $1 ELSE opened_at END, \
                           paused_at = CASE WHEN paused_at > $1 THEN $1 ELSE paused_at END \
                           WHERE not_before > $1 OR probe_at > $1 OR opened_at > $1 OR paused_at > $1";
const SENT_BEFORE_NOW: &str = "UPDATE delivery SET pending_at = $1 WHERE queue <> 'done' AND pending_at > $1";
const SINCE_BEFORE: &str = "UPDATE delivery SET since_at = $2 WHERE queue <> 'done' AND since_at > $1";
const LETTER_NOW: &str = "UPDATE warning SET next_at = $1 WHERE state = 'waiting' AND next_at > $1";
const ALARM_LETTER_NOW: &str = "UPDATE alarm_letter SET next_at = $1 WHERE state = 'waiting' AND next_at > $1";
/// A database reached over a socket, or at the very address of the client, has the client's clock.
const OTHERS_TIME: &str = "SELECT CASE WHEN inet_server_addr() <> inet_client_addr() \
                           THEN (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT END";
