//! After a backup was put back: what was open in it may have been sent since, so it is looked up before anything of it is sent.
//!
//! A restored database is the past. Its open deliveries get an *open question* over every step ([`ANY_STEP`]): the engine asks the
//! remote about each before it makes it. The same holds for what is approved later and may have been approved once before.

use std::path::Path;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OpenFlags, params};
use serde::Serialize;

use super::backup::{End, open_still};
use super::rows::Revision;
use super::sqlite::{blocking, connect};
use super::value::args;
use super::{Store, StoreError, Work};
use crate::clock::from_ms;
use crate::receipt::Action;

/// In the place of a step's name: any of them may have been made.
pub const ANY_STEP: &str = "*";

/// A delivery that is looked up before it is sent.
#[derive(Debug, Clone, Serialize)]
pub struct Doubted {
    /// Its number.
    pub id: i64,
    /// The office.
    pub office: String,
    /// The item.
    pub reference: String,
    /// The account.
    pub account: String,
    /// What it is to do.
    pub action: Action,
    /// Not before this.
    pub release_at: DateTime<Utc>,
    /// To be public by this.
    pub deadline_at: Option<DateTime<Utc>>,
}

/// Something that the replaced data knew of, and the backup does not.
#[derive(Debug, Clone, Serialize)]
pub struct Lost {
    /// When.
    pub at: DateTime<Utc>,
    /// The item.
    pub reference: String,
    /// What was done.
    pub act: String,
    /// On which account, for what happened to a delivery.
    pub account: Option<String>,
}

const DOUBTED: &str = "SELECT d.id, d.office, i.reference, a.name, d.action, d.release_at, d.deadline_at FROM delivery d \
     JOIN item i ON i.id = d.item JOIN account a ON a.id = d.account WHERE d.pending_step = $1 AND d.settled_at IS NULL ORDER BY d.urgency, d.id";

impl Store {
    /// Notes that the database was put back to what it was at `since`, and lets everything open in it be looked up first.
    pub async fn doubt_everything_open(&self, since: DateTime<Utc>, body: &serde_json::Value) -> Result<Vec<Doubted>, StoreError> {
        let now = self.clock.now();
        let mut work = self.begin().await?;
        for mut office in work.rows("SELECT id FROM office ORDER BY id", args![]).await? {
            let office = office.text()?;
            let sql = "INSERT INTO restoration (office, at, since) VALUES ($1, $2, $3)";
            work.run(sql, args![&office, now, since]).await?;
            work.note(self, &office, "kasnec", "restored", None, None, body).await?;
        }
        // To remove a draft twice harms nobody; to look for a draft that is to go would only bring it back.
        let sql = "UPDATE delivery SET state = 'unknown', queue = CASE WHEN queue = 'behind' THEN 'behind' ELSE 'waiting' END, claimed_by = NULL, claimed_until = NULL, \
                   next_at = CASE WHEN release_at > $2 THEN release_at ELSE $2 END, pending_step = $1, pending_at = $2, since_at = COALESCE(since_at, $3), \
                   looks = 0, failures = 0, failure = NULL WHERE settled_at IS NULL AND action <> 'discard'";
        work.run(sql, args![ANY_STEP, now, since]).await?;
        work.ring(self).await?;
        work.commit().await?;
        self.doubted().await
    }

    /// What is open and is looked up before it is sent.
    pub async fn doubted(&self) -> Result<Vec<Doubted>, StoreError> {
        let rows = self.rows(DOUBTED, args![ANY_STEP]).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Doubted {
                    id: row.int()?,
                    office: row.text()?,
                    reference: row.text()?,
                    account: row.text()?,
                    action: row.word()?,
                    release_at: row.instant()?,
                    deadline_at: row.opt_instant()?,
                })
            })
            .collect()
    }

    /// The time of the newest line of any ledger that is not from the future: a clock that was ahead has written that.
    pub async fn newest_line_before(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        let row = self.row("SELECT MAX(at) FROM ledger WHERE at <= $1", args![now]).await?;
        row.map_or(Ok(None), |mut row| row.opt_instant())
    }

    /// The time of the newest line of any ledger.
    pub async fn newest_line(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let row = self.row("SELECT MAX(at) FROM ledger", args![]).await?;
        row.map_or(Ok(None), |mut row| row.opt_instant())
    }

    /// Whether a worker holds a lease that has not run out.
    pub async fn is_worked_on(&self) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM delivery WHERE queue = 'held' AND claimed_until > $1 LIMIT 1";
        Ok(self.row(sql, args![self.clock.now()]).await?.is_some())
    }
}

impl Work {
    /// What was proposed before a backup that was put back later may have been approved and published in between: a delivery of it
    /// is looked up first, too.
    pub(super) async fn doubt_if_restored(&mut self, delivery: i64, revision: &Revision) -> Result<(), StoreError> {
        let sql = "SELECT r.at, r.since, CASE WHEN i.created_at <= r.since THEN 1 ELSE 0 END, CASE WHEN v.created_at <= r.since THEN 1 ELSE 0 END \
                   FROM restoration r JOIN item i ON i.office = r.office JOIN revision v ON v.id = $2 WHERE i.id = $1 ORDER BY r.at DESC";
        for mut row in self.rows(sql, args![revision.item, revision.id]).await? {
            let (at, since) = (row.instant()?, row.instant()?);
            let (old_item, old_revision) = (row.int()? == 1, row.int()? == 1);
            let sql = "UPDATE delivery SET state = 'unknown', pending_step = $2, pending_at = $3, since_at = $4 WHERE id = $1 \
                       AND pending_step IS NULL AND ($5 = 1 OR ($6 = 1 AND action = 'publish'))";
            self.run(sql, args![delivery, ANY_STEP, at, since, old_revision, old_item]).await?;
        }
        Ok(())
    }
}

impl Work {
    /// What was settled in a backup without standing anywhere may have been tried again after it: it is looked up before it is tried now.
    pub(super) async fn doubt_what_is_older_than_a_backup(&mut self, office: &str, delivery: i64) -> Result<(), StoreError> {
        let sql = "SELECT MAX(r.at), MAX(r.since) FROM restoration r JOIN delivery d ON d.id = $1 AND d.office = r.office \
                   WHERE r.office = $2 AND d.settled_at <= r.since";
        let Some(mut row) = self.row(sql, args![delivery, office]).await? else {
            return Ok(());
        };
        let (Some(at), since) = (row.opt_instant()?, row.opt_instant()?) else {
            return Ok(());
        };
        let sql = "UPDATE delivery SET pending_step = $2, pending_at = $3, since_at = COALESCE(since_at, $4) WHERE id = $1 AND pending_step IS NULL";
        self.run(sql, args![delivery, ANY_STEP, at, since]).await.map(drop)
    }
}

impl Lost {
    /// Whether it was done to a notice. Duties are reckoned anew, and looks made again.
    pub fn is_of_a_notice(&self) -> bool {
        !self.act.starts_with("duty ") && !self.act.starts_with("seen ")
    }
}

/// What a replaced data file knows of the time after the backup: the lines that follow the ends of its ledgers, the oldest first.
pub async fn lost_since(file: &Path, ends: &[End]) -> Result<Vec<Lost>, StoreError> {
    let (file, ends) = (file.to_owned(), ends.to_vec());
    blocking(move || {
        let conn = connect(&file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let mut lost = Vec::new();
        let mut offices = conn.prepare("SELECT DISTINCT office FROM ledger")?;
        for office in offices.query_map([], |row| row.get::<_, String>(0))? {
            let office = office?;
            // What the backup does not know at all was begun after it.
            let end = ends.iter().find(|end| end.office == office).map_or(0, |end| end.seq);
            lost.extend(lines_after(&conn, &office, end)?);
        }
        lost.sort_by_key(|lost| lost.at);
        Ok(lost)
    })
    .await?
}

fn lines_after(conn: &Connection, office: &str, end: i64) -> Result<Vec<Lost>, StoreError> {
    let sql = "SELECT l.at, l.reference, l.act, a.name FROM ledger l LEFT JOIN delivery d ON d.id = l.delivery \
               LEFT JOIN account a ON a.id = d.account WHERE l.office = ?1 AND l.seq > ?2 AND l.reference IS NOT NULL ORDER BY l.seq";
    let mut statement = conn.prepare(sql)?;
    let lost = statement.query_map(params![office, end], |row| {
        Ok(Lost {
            at: from_ms(row.get(0)?),
            reference: row.get(1)?,
            act: row.get(2)?,
            account: row.get(3)?,
        })
    })?;
    Ok(lost.collect::<Result<_, _>>()?)
}

/// The newest line of any ledger of a backup that is not from the future: a clock that was ahead has written that.
pub async fn newest_line(file: &Path, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
    let file = file.to_owned();
    blocking(move || {
        let sql = "SELECT MAX(at) FROM ledger WHERE at <= ?1";
        let newest: Option<i64> = open_still(&file)?.query_row(sql, [now.timestamp_millis()], |row| row.get(0))?;
        Ok(newest.map(from_ms))
    })
    .await?
}

/// Makes a data file whole in one file (its log written back), if nobody else has it open; `Busy` if somebody has.
pub async fn gather(file: &Path) -> Result<(), StoreError> {
    let file = file.to_owned();
    blocking(move || {
        let conn = connect(&file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        conn.busy_timeout(std::time::Duration::from_secs(2))?;
        let mode: String = conn.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0))?;
        if mode.eq_ignore_ascii_case("delete") {
            Ok(())
        } else {
            Err(StoreError::Busy)
        }
    })
    .await?
}
