//! The queue: what is due is claimed under a lease, earliest deadline first, each account at its own pace.
//!
//! A delivery's place in the queue: `waiting` for its time → `due` → `held` by a worker → `done`; or `behind` an earlier one of the same post.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};

use super::circuit::Streak;
use super::value::{Row, args, to_json};
use super::{Db, Inner, Store, StoreError, Work};
use crate::receipt::{Action, Failure, FailureCode, Objects, State};

/// A delivery that a worker holds.
#[derive(Debug, Clone)]
pub struct Held {
    /// Its number.
    pub id: i64,
    /// Which attempt this is: writes of an older one are refused.
    pub attempt: i64,
    /// The office.
    pub office: String,
    /// The item.
    pub item: i64,
    /// The revision it says.
    pub revision: i64,
    /// The account.
    pub account: i64,
    /// The languages, joined by `+`.
    pub languages: String,
    /// What remote objects can be found by.
    pub key: String,
    /// What it is to do.
    pub action: Action,
    /// Where it stood when it was claimed.
    pub state: State,
    /// To be public by this.
    pub deadline_at: Option<DateTime<Utc>>,
    /// Pointless after this.
    pub expires_at: Option<DateTime<Utc>>,
    /// Failures so far.
    pub failures: i64,
    /// Looks so far at a call whose answer was lost.
    pub looks: i64,
    /// First claimed then.
    pub since: DateTime<Utc>,
    /// This claim's time.
    pub claimed_at: DateTime<Utc>,
    /// The call whose answer was lost, and when it was made.
    pub pending: Option<(String, DateTime<Utc>)>,
    /// What it made so far.
    pub objects: Objects,
    /// The outages in a row on its account when it was claimed.
    pub streak: Streak,
}

impl Held {
    /// What its worker has to prolong.
    pub fn lease(&self) -> Lease {
        Lease {
            delivery: self.id,
            attempt: self.attempt,
        }
    }
}

/// One attempt's hold on a delivery. A later attempt is another one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lease {
    /// The delivery.
    pub delivery: i64,
    /// The attempt.
    pub attempt: i64,
}

/// How an account may be used, from its manifest.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    /// Deliveries under way at once.
    pub parallel: usize,
    /// The time between two.
    pub spacing: Duration,
    /// Deliveries a day, 0 for no cap.
    pub daily: u32,
}

/// An account with something due.
#[derive(Debug, Clone)]
pub struct DueAccount {
    /// Its number.
    pub id: i64,
    /// Its office.
    pub office: String,
    /// The channel it is on.
    pub channel: String,
    /// How many of its deliveries are held, by whichever worker.
    pub held: usize,
}

/// What a delivery without a worker comes to: a call whose answer nobody has heard is *unknown*.
macro_rules! put_back {
    () => {
        "queue = 'waiting', claimed_by = NULL, claimed_until = NULL, \
         state = CASE WHEN pending_step IS NOT NULL THEN 'unknown' WHEN objects <> '[]' THEN 'drafted' ELSE 'planned' END"
    };
}

/// How an account stands for a claim.
macro_rules! allowance {
    ($lock:literal) => {
        concat!(
            "SELECT day, sent_that_day, outages, outage_by, opened_at FROM account \
             WHERE id = $1 AND state = 'open' AND not_before <= $2 AND probe_at <= $2",
            $lock
        )
    };
}
impl Store {
    /// Moves what has come due into its account's line; gives the accounts that have something to do.
    pub async fn due_accounts(&self) -> Result<Vec<DueAccount>, StoreError> {
        let now = self.clock.now();
        if self.row_at_once(ANYTHING_NEW, args![now]).await?.is_some() {
            let come_due = match self.db {
                Db::Sqlite(_) => COME_DUE,
                Db::Pg(_) => COME_DUE_PG,
            };
            self.run(come_due, args![now]).await?;
        }
        let rows = self.rows(DUE_ACCOUNTS, args![now]).await?;
        rows.into_iter()
            .map(|mut row| {
                let (id, office, channel) = (row.int()?, row.text()?, row.text()?);
                Ok(DueAccount {
                    id,
                    office,
                    channel,
                    held: usize::try_from(row.int()?).unwrap_or(0),
                })
            })
            .collect()
    }

    /// The next instant at which something may be due, if anything waits.
    pub async fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let sql = "SELECT MIN(next_at) FROM delivery WHERE queue = 'waiting'";
        self.row_at_once(sql, args![]).await?.map_or(Ok(None), |mut row| row.opt_instant())
    }

    /// Claims up to `limit` of an account's due deliveries for `worker`, within the account's allowance.
    pub async fn claim(
        &self,
        account: i64,
        day: &str,
        allowance: Allowance,
        worker: &str,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<Held>, StoreError> {
        let mut work = self.begin().await?;
        let Some((limit, fresh, streak)) = work.take_allowance(account, day, allowance, limit, self.clock.now()).await? else {
            // Nothing was written, but only a commit lets go of the account at once.
            work.commit().await?;
            return Ok(vec![]);
        };
        let now = self.clock.now();
        let sql = match (&work.inner, streak.opened_at) {
            (Inner::Sqlite(_), None) => CLAIM_SQLITE,
            (Inner::Pg(_), None) => CLAIM_PG,
            (Inner::Sqlite(_), Some(_)) => PROBE_SQLITE,
            (Inner::Pg(_), Some(_)) => PROBE_PG,
        };
        let rows = work.rows(sql, args![account, limit, worker, now + lease, now, fresh]).await?;
        let mut held: Vec<(i64, Held)> = rows
            .into_iter()
            .map(|mut row| read_held(&mut row, now, &streak))
            .collect::<Result<_, _>>()?;
        held.sort_by_key(|(urgency, held)| (*urgency, held.id));
        work.spend_allowance(account, day, allowance, &held, now).await?;
        work.commit().await?;
        Ok(held.into_iter().map(|(_, held)| held).collect())
    }

    /// Prolongs the leases of what a worker has under way, and of nothing else that bears its name: of a claim whose answer was lost it knows
    /// nothing, so that one must run out.
    pub async fn renew(&self, under_way: &[Lease], lease: Duration) -> Result<(), StoreError> {
        let sql = "UPDATE delivery SET claimed_until = $3 WHERE id = $1 AND attempt = $2 AND queue = 'held'";
        let until = self.clock.now() + lease;
        let mut work = self.begin().await?;
        // In one order with those who rescue, so that nobody waits for each other.
        for held in under_way.iter().collect::<BTreeSet<_>>() {
            work.run(sql, args![held.delivery, held.attempt, until]).await?;
        }
        work.commit().await
    }

    /// Gives back a delivery that its worker could not settle; it is looked at again after a moment.
    pub async fn let_go(&self, held: &Held, pause: Duration) -> Result<(), StoreError> {
        let sql = concat!(
            "UPDATE delivery SET next_at = $3, ",
            put_back!(),
            " WHERE id = $1 AND attempt = $2 AND queue = 'held'"
        );
        let now = self.clock.now();
        let mut work = self.begin().await?;
        work.run(BROKE_OFF, args![held.id, held.attempt, now]).await?;
        work.run(sql, args![held.id, held.attempt, now + pause]).await?;
        work.commit().await
    }

    /// Gives back a delivery whose driver broke; after `patience` times it is set aside for a person.
    pub async fn broke_off(&self, held: &Held, pause: Duration, patience: i64) -> Result<(), StoreError> {
        let failures = held.failures + 1;
        let failure = Failure::new(
            FailureCode::GaveUp,
            format!("The channel's driver broke {failures} times; the log says where."),
        );
        let sql = concat!(
            "UPDATE delivery SET next_at = $3, failures = $4, failure = $5, ",
            put_back!(),
            " WHERE id = $1 AND attempt = $2 AND queue = 'held'"
        );
        let now = self.clock.now();
        let values = args![held.id, held.attempt, now + pause, failures, to_json(&failure)?];
        let mut work = self.begin().await?;
        work.run(BROKE_OFF, args![held.id, held.attempt, now]).await?;
        if work.run(sql, values).await? > 0 && failures >= patience {
            work.set_aside(self, held.id).await?;
            let body = serde_json::json!({"failure": failure});
            let state = State::NeedsPerson.word();
            work.note(self, &held.office, "worker", state, Some(held.item), Some(held.id), &body)
                .await?;
        }
        work.commit().await
    }

    /// Takes back what dead workers held: all of it where none other can live (`everything`), else what ran out.
    pub async fn rescue(&self, everything: bool) -> Result<u64, StoreError> {
        let now = self.clock.now();
        let until = if everything { i64::MAX } else { now.timestamp_millis() };
        let mut work = self.begin().await?;
        if matches!(work.inner, Inner::Pg(_)) {
            // Two workers may rescue at once, and a slow one may settle after all: who comes first goes on alone.
            let lock = "SELECT id FROM delivery WHERE queue = 'held' AND claimed_until < $1 ORDER BY id FOR UPDATE";
            work.rows(lock, args![until]).await?;
        }
        let noted = "INSERT INTO attempt (office, delivery, number, worker, started_at, ended_at, outcome, detail) \
                     SELECT office, id, attempt, claimed_by, COALESCE(since_at, $2), $2, 'lease ran out', pending_step FROM delivery WHERE queue = 'held' AND claimed_until < $1";
        work.run(noted, args![until, now]).await?;
        let sql = concat!(
            "UPDATE delivery SET next_at = $2, ",
            put_back!(),
            " WHERE queue = 'held' AND claimed_until < $1"
        );
        let rescued = work.run(sql, args![until, now]).await?;
        work.commit().await?;
        Ok(rescued)
    }
}

impl Work {
    /// Leaves a delivery to a person. A newer revision goes on, unless a lost answer leaves open whether anything stands.
    async fn set_aside(&mut self, store: &Store, delivery: i64) -> Result<(), StoreError> {
        let sql = "UPDATE delivery SET state = 'needs a person', queue = 'done', settled_at = $2 WHERE id = $1 AND pending_step IS NULL";
        if self.run(sql, args![delivery, store.clock.now()]).await? > 0 {
            return self.release_behind(store, delivery).await;
        }
        let in_doubt = "UPDATE delivery SET state = 'needs a person', queue = 'done', settled_at = $2 WHERE id = $1";
        self.run(in_doubt, args![delivery, store.clock.now()]).await.map(drop)
    }

    /// How many may be claimed now, whether fresh posts among them, and the outages in a row; `None` if the account must wait or another worker
    /// is claiming on it.
    async fn take_allowance(
        &mut self,
        account: i64,
        day: &str,
        allowance: Allowance,
        limit: usize,
        now: DateTime<Utc>,
    ) -> Result<Option<(usize, bool, Streak)>, StoreError> {
        let sql = match self.inner {
            Inner::Sqlite(_) => allowance!(""),
            Inner::Pg(_) => allowance!(" FOR UPDATE SKIP LOCKED"),
        };
        let Some(mut row) = self.row(sql, args![account, now]).await? else {
            return Ok(None);
        };
        let (last_day, sent, streak) = (row.text()?, row.int()?, Streak::read(&mut row)?);
        let sent = if last_day == day { usize::try_from(sent).unwrap_or(0) } else { 0 };
        let held = self.held_on(account).await?;
        let free = match streak.opened_at {
            None => allowance.parallel.saturating_sub(held),
            // Half open: one tries whether the remote is back, and what is under way still is such a try.
            Some(_) => 1_usize.saturating_sub(held),
        };
        let paced = if allowance.spacing > Duration::zero() { 1 } else { limit };
        let left = if allowance.daily == 0 {
            limit
        } else {
            (allowance.daily as usize).saturating_sub(sent)
        };
        // A spent cap holds back new posts, not looks, retries and what changes a post.
        let fresh = left > 0;
        let capped = limit.min(free).min(paced).min(if fresh { left } else { limit });
        Ok((capped > 0).then_some((capped, fresh, streak)))
    }

    /// How many of the account's deliveries are under way, with whichever worker.
    async fn held_on(&mut self, account: i64) -> Result<usize, StoreError> {
        let sql = "SELECT COUNT(*) FROM delivery WHERE queue = 'held' AND account = $1";
        let held = self.row(sql, args![account]).await?.map_or(Ok(0), |mut row| row.int())?;
        Ok(usize::try_from(held).unwrap_or(0))
    }

    async fn spend_allowance(
        &mut self,
        account: i64,
        day: &str,
        allowance: Allowance,
        held: &[(i64, Held)],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        if held.is_empty() || (allowance.spacing <= Duration::zero() && allowance.daily == 0) {
            return Ok(());
        }
        // The cap counts posts: what is only tried again was counted when it was first tried.
        let is_fresh = |held: &Held| held.attempt == 1 && held.action == Action::Publish;
        let fresh = held.iter().filter(|(_, held)| is_fresh(held)).count();
        let sql = "UPDATE account SET sent_that_day = CASE WHEN day = $2 THEN sent_that_day ELSE 0 END + $3, day = $2, \
                   not_before = CASE WHEN not_before > $4 THEN not_before ELSE $4 END WHERE id = $1";
        self.run(sql, args![account, day, fresh, now + allowance.spacing]).await?;
        Ok(())
    }
}

macro_rules! claim {
    ($order:expr, $lock:literal) => {
        concat!(
            "UPDATE delivery SET queue = 'held', claimed_by = $3, claimed_until = $4, attempt = attempt + 1, since_at = COALESCE(since_at, $5), \
             state = CASE WHEN state = 'planned' THEN 'claimed' ELSE state END \
             WHERE id IN (SELECT id FROM delivery WHERE account = $1 AND queue = 'due' AND ($6 = 1 OR attempt > 0 OR action <> 'publish') ORDER BY ",
            $order,
            "urgency, id LIMIT $2",
            $lock,
            ") RETURNING urgency, id, attempt, office, item, revision, account, languages, key, action, state, deadline_at, expires_at, \
             failures, looks, since_at, pending_step, pending_at, objects"
        )
    };
}

/// The claim on SQLite, whose one writer is alone. Public, like the three below, so that a test can see its query plan.
pub const CLAIM_SQLITE: &str = claim!("", "");
/// The claim on PostgreSQL: what another worker is claiming is passed over.
pub const CLAIM_PG: &str = claim!("", " FOR UPDATE SKIP LOCKED");
/// Who tries whether a remote is back: a look, which costs nothing; else what has failed a few times already, so that nothing fresh does; then
/// what failed least, so that no poison post keeps a circuit open that any other would close.
macro_rules! probe_order {
    () => {
        "CASE WHEN failures > 3 THEN failures WHEN state = 'unknown' THEN looks - 12 WHEN failures BETWEEN 1 AND 3 THEN failures - 4 ELSE failures END, "
    };
}
const PROBE_SQLITE: &str = claim!(probe_order!(), "");
const PROBE_PG: &str = claim!(probe_order!(), " FOR UPDATE SKIP LOCKED");
/// Whether anything has come due since the last look.
pub const ANYTHING_NEW: &str = "SELECT 1 FROM delivery WHERE queue = 'waiting' AND next_at <= $1 LIMIT 1";
/// Moves what has come due into its account's line.
pub const COME_DUE: &str = "UPDATE delivery SET queue = 'due' WHERE queue = 'waiting' AND next_at <= $1";
/// The same on PostgreSQL: what an approver holds waits for the next look, so that nobody waits for each other.
pub const COME_DUE_PG: &str = "UPDATE delivery SET queue = 'due' WHERE id IN (SELECT id FROM delivery WHERE queue = 'waiting' AND next_at <= $1 \
                           FOR UPDATE SKIP LOCKED)";
/// Notes an attempt that ended without a word: its last call may have arrived.
const BROKE_OFF: &str = "INSERT INTO attempt (office, delivery, number, worker, started_at, ended_at, outcome, detail) \
                         SELECT office, id, attempt, claimed_by, COALESCE(since_at, $3), $3, 'broke off', pending_step \
                         FROM delivery WHERE id = $1 AND attempt = $2 AND queue = 'held'";
/// The accounts that have something to do.
pub const DUE_ACCOUNTS: &str = "SELECT a.id, a.office, a.channel, (SELECT COUNT(*) FROM delivery h WHERE h.queue = 'held' AND h.account = a.id) \
     FROM account a WHERE a.state = 'open' AND a.not_before <= $1 AND a.probe_at <= $1 AND EXISTS (SELECT 1 FROM delivery d WHERE d.account = a.id AND d.queue = 'due')";

fn read_held(row: &mut Row, now: DateTime<Utc>, streak: &Streak) -> Result<(i64, Held), StoreError> {
    let urgency = row.int()?;
    let held = Held {
        id: row.int()?,
        attempt: row.int()?,
        office: row.text()?,
        item: row.int()?,
        revision: row.int()?,
        account: row.int()?,
        languages: row.text()?,
        key: row.text()?,
        action: row.word()?,
        state: row.word()?,
        deadline_at: row.opt_instant()?,
        expires_at: row.opt_instant()?,
        failures: row.int()?,
        looks: row.int()?,
        since: row.instant()?,
        claimed_at: now,
        pending: row.opt_text()?.zip(row.opt_instant()?),
        objects: row.json()?,
        streak: streak.clone(),
    };
    Ok((urgency, held))
}
