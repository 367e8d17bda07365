//! What is due and not confirmed, as the watchdog sees it: counted by account, place and state, whatever any worker believes.

use chrono::{DateTime, Duration, NaiveDate, Utc};

use super::circuit::Circuit;
use super::rows::AccountState;
use super::value::{Row, args};
use super::{Store, StoreError};
use crate::receipt::Failure;

/// Signs of life older than this are forgotten.
const FORGOTTEN: Duration = Duration::days(1);

/// Where deliveries stand that should stand at the remote by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Their account could have claimed them.
    Due,
    /// They wait for a later instant of their own.
    Later,
    /// A worker has them.
    Held,
    /// With a person.
    Person,
    /// With a person who has something to do by hand.
    ByHand,
    /// Refused by the remote.
    Refused,
}

/// Deliveries of one account that are due and not confirmed, and stand alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backlog {
    /// The account.
    pub account: i64,
    /// Where they stand.
    pub place: Place,
    /// Whether what came of a call is not known.
    pub in_doubt: bool,
    /// Whether they have failed already.
    pub failing: bool,
    /// How many.
    pub count: i64,
    /// The nearest deadline.
    pub nearest_deadline: Option<DateTime<Utc>>,
    /// Since when the first has waited: its release, or when it was left to a person.
    pub oldest: DateTime<Utc>,
    /// When the first of them was first claimed.
    pub claimed: Option<DateTime<Utc>>,
    /// Why, of one of them.
    pub failure: Option<Failure>,
}

/// An account, as the watchdog needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Whether it may be used.
    pub state: AccountState,
    /// Why it waits.
    pub failure: Option<Failure>,
    /// Throttled or paced: not to be used before this.
    pub not_before: DateTime<Utc>,
    /// Since when it waits for a person.
    pub paused_at: Option<DateTime<Utc>>,
    /// Its circuit, if open.
    pub circuit: Option<Circuit>,
    /// The day on which posts were last counted.
    pub day: Option<NaiveDate>,
    /// How many were made on it.
    pub sent_that_day: i64,
}

impl Store {
    /// A worker lives.
    pub async fn beat(&self, worker: &str) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut work = self.begin().await?;
        let sql = "INSERT INTO heartbeat (worker, at) VALUES ($1, $2) ON CONFLICT (worker) DO UPDATE SET at = excluded.at";
        work.run(sql, args![worker, now]).await?;
        work.run("DELETE FROM heartbeat WHERE at < $1", args![now - FORGOTTEN]).await?;
        work.commit().await
    }

    /// A worker has ended as it should.
    pub async fn stop_beating(&self, worker: &str) -> Result<(), StoreError> {
        self.run("DELETE FROM heartbeat WHERE worker = $1", args![worker]).await.map(drop)
    }

    /// The last sign of life of any worker that is not from the future.
    pub async fn last_beat(&self, until: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        let sql = "SELECT MAX(at) FROM heartbeat WHERE at <= $1";
        self.row(sql, args![until]).await?.map_or(Ok(None), |mut row| row.opt_instant())
    }

    /// Whether anything is to be published yet.
    pub async fn has_open(&self, office: &str) -> Result<bool, StoreError> {
        let sql = "SELECT id FROM delivery WHERE office = $1 AND settled_at IS NULL LIMIT 1";
        Ok(self.row(sql, args![office]).await?.is_some())
    }

    /// What was released before `before` and is not settled. What is behind another of the same post is left out: the one in front is seen.
    pub async fn backlog(&self, office: &str, before: DateTime<Utc>) -> Result<Vec<Backlog>, StoreError> {
        let sql = "SELECT account, CASE WHEN queue = 'waiting' AND next_at > $2 THEN 'later' WHEN queue = 'held' THEN 'held' ELSE 'due' END, \
                   CASE WHEN state = 'unknown' THEN 'doubt' ELSE '' END, CASE WHEN failures > 0 THEN 'failing' ELSE '' END, \
                   COUNT(*), MIN(deadline_at), MIN(release_at), MIN(since_at), MAX(failure) FROM delivery \
                   WHERE office = $1 AND settled_at IS NULL AND queue <> 'behind' AND release_at <= $3 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4";
        let rows = self.rows(sql, args![office, self.clock.now(), before]).await?;
        rows.into_iter().map(|mut row| read(&mut row)).collect()
    }

    /// What was left to a person, or refused since `since`, with nothing newer on its way and nobody's word on it.
    pub async fn left(&self, office: &str, since: DateTime<Utc>) -> Result<Vec<Backlog>, StoreError> {
        let sql = "SELECT account, CASE WHEN state = 'rejected' THEN 'refused' WHEN failure LIKE '{\"code\":\"by hand\"%' THEN 'by hand' ELSE 'person' END, \
                   '', '', COUNT(*), MIN(deadline_at), MIN(settled_at), MIN(since_at), MAX(failure) FROM delivery d \
                   WHERE office = $1 AND (state = 'needs a person' OR (state = 'rejected' AND settled_at >= $2)) AND evidence IS NULL \
                   AND NOT EXISTS (SELECT 1 FROM delivery n WHERE n.item = d.item AND n.key = d.key AND n.id > d.id \
                   AND n.queue <> 'behind' AND n.state <> 'superseded') GROUP BY 1, 2 ORDER BY 1, 2";
        let rows = self.rows(sql, args![office, since]).await?;
        rows.into_iter().map(|mut row| read(&mut row)).collect()
    }

    /// Every account of the office, also those that are no longer configured.
    pub async fn watched(&self, office: &str) -> Result<Vec<Watched>, StoreError> {
        let sql = "SELECT id, name, state, failure, not_before, paused_at, opened_at, probe_at, outages, outage, day, sent_that_day \
                   FROM account WHERE office = $1 ORDER BY id";
        let rows = self.rows(sql, args![office]).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Watched {
                    id: row.int()?,
                    name: row.text()?,
                    state: row.word()?,
                    failure: row.opt_json()?,
                    not_before: row.instant()?,
                    paused_at: row.opt_instant()?,
                    circuit: Circuit::read(&mut row)?,
                    day: row.text()?.parse().ok(),
                    sent_that_day: row.int()?,
                })
            })
            .collect()
    }
}

fn read(row: &mut Row) -> Result<Backlog, StoreError> {
    Ok(Backlog {
        account: row.int()?,
        place: match row.text()?.as_str() {
            "later" => Place::Later,
            "held" => Place::Held,
            "person" => Place::Person,
            "by hand" => Place::ByHand,
            "refused" => Place::Refused,
            _ => Place::Due,
        },
        in_doubt: !row.text()?.is_empty(),
        failing: !row.text()?.is_empty(),
        count: row.int()?,
        nearest_deadline: row.opt_instant()?,
        oldest: row.instant()?,
        claimed: row.opt_instant()?,
        failure: row.opt_json()?,
    })
}
