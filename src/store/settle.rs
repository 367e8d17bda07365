//! What a worker writes while it drives a delivery, and how it ends. Every write is fenced: a worker that lost its lease changes nothing.

use chrono::{DateTime, Utc};

use super::queue::Held;
use super::value::{args, to_json};
use super::{Store, StoreError, Work};
use crate::receipt::{Action, Failure, FailureCode, Objects, Receipt, State};
use crate::render::Post;

/// What was refused after a part of it was published: that part stands. A sheet that nobody has put up does not.
macro_rules! stands_in_part {
    ($delivery:literal) => {
        concat!(
            "(",
            $delivery,
            ".state = 'rejected' AND ",
            $delivery,
            ".objects LIKE '%\"phase\":\"public\"%' AND COALESCE(",
            $delivery,
            ".failure, '') NOT LIKE '{\"code\":\"by hand\"%')"
        )
    };
}

/// How an attempt ended.
#[derive(Debug, Clone)]
pub enum Ending {
    /// It stands.
    Delivered {
        /// The proof.
        receipt: Receipt,
        /// What was said.
        post: Box<Post>,
    },
    /// It is tried (or looked at) again.
    Again {
        /// Where it stands until then.
        state: State,
        /// When.
        at: DateTime<Utc>,
        /// Why.
        failure: Failure,
        /// Failures so far, this one included if it counts.
        failures: i64,
        /// Looks so far.
        looks: i64,
        /// What the account must do, too.
        account: AccountEffect,
    },
    /// Nothing further happens by itself.
    Settled {
        /// Rejected, expired, superseded or with a person.
        state: State,
        /// Why.
        failure: Option<Failure>,
    },
}

/// What an ending means for the whole account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountEffect {
    /// Nothing.
    None,
    /// It waits until then.
    Hold(DateTime<Utc>),
    /// It waits for a person.
    Pause,
}

impl Store {
    /// Notes that a call is about to be made (or that none is open), with what was made so far.
    pub async fn record(
        &self,
        held: &Held,
        state: State,
        objects: &Objects,
        pending: Option<(&str, DateTime<Utc>)>,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE delivery SET state = $3, objects = $4, pending_step = $5, pending_at = $6 WHERE id = $1 AND attempt = $2 AND queue = 'held'";
        let values = args![
            held.id,
            held.attempt,
            state.word(),
            to_json(objects)?,
            pending.map(|(step, _)| step),
            pending.map(|(_, at)| at)
        ];
        fenced(self.run(sql, values).await?)
    }

    /// Fails with `Conflict` if the worker no longer holds the delivery.
    pub async fn confirm(&self, held: &Held) -> Result<(), StoreError> {
        let sql = "SELECT 1 FROM delivery WHERE id = $1 AND attempt = $2 AND queue = 'held'";
        let still = self.row(sql, args![held.id, held.attempt]).await?;
        still.map(drop).ok_or(StoreError::Conflict)
    }

    /// Whether a newer revision waits behind it.
    pub async fn is_followed(&self, held: &Held) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM delivery WHERE after = $1 AND queue = 'behind' LIMIT 1";
        Ok(self.row(sql, args![held.id]).await?.is_some())
    }

    /// What nobody has seen is removed instead of being published first.
    pub async fn turn_to_discard(&self, held: &Held) -> Result<(), StoreError> {
        let sql = "UPDATE delivery SET action = 'discard' WHERE id = $1 AND attempt = $2 AND queue = 'held'";
        fenced(self.run(sql, args![held.id, held.attempt]).await?)
    }

    /// When a call of an earlier delivery of the same post was last left without an answer that makes sense.
    pub async fn last_lost(&self, held: &Held) -> Result<Option<DateTime<Utc>>, StoreError> {
        let sql = "SELECT MAX(a.ended_at) FROM attempt a JOIN delivery d ON d.id = a.delivery \
                   WHERE d.item = $1 AND d.key = $2 AND d.id < $3 AND (a.outcome IN ('unknown', 'lease ran out', 'broke off') \
                   OR (a.outcome = 'again' AND (a.detail LIKE '{\"code\":\"no answer\"%' OR a.detail LIKE '{\"code\":\"remote broken\"%' \
                   OR a.detail LIKE '{\"code\":\"bad answer\"%')) \
                   OR (a.outcome = 'needs a person' AND (a.detail LIKE '{\"code\":\"gave up\"%' OR a.detail LIKE '{\"code\":\"unresolved\"%')))";
        let row = self.row(sql, args![held.item, &held.key, held.id]).await?;
        row.map_or(Ok(None), |mut row| row.opt_instant())
    }

    /// Ends an attempt.
    pub async fn settle(&self, held: &Held, objects: &Objects, ending: &Ending, worker: &str) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        match ending {
            Ending::Delivered { receipt, post } => work.delivered(self, held, objects, receipt, post).await?,
            Ending::Again { .. } => work.again(self, held, objects, ending).await?,
            Ending::Settled { state, failure } => work.settled(self, held, objects, *state, failure.as_ref()).await?,
        }
        work.attempt(self, held, ending, worker).await?;
        work.commit().await
    }

    /// What earlier deliveries of the same post left standing.
    pub async fn standing(&self, held: &Held) -> Result<Objects, StoreError> {
        self.left_standing(held.item, &held.key, held.id).await
    }

    /// What the deliveries before that one left standing of a post.
    pub(super) async fn left_standing(&self, item: i64, key: &str, before: i64) -> Result<Objects, StoreError> {
        let sql = concat!(
            "SELECT objects FROM delivery WHERE item = $1 AND key = $2 AND id < $3 AND (state IN ('delivered', 'needs a person') OR ",
            stands_in_part!("delivery"),
            ") ORDER BY id"
        );
        let mut standing = Objects::default();
        for mut row in self.rows(sql, args![item, key, before]).await? {
            row.json::<Objects>()?.0.into_iter().for_each(|object| standing.put(object));
        }
        Ok(standing)
    }
}

impl Work {
    async fn delivered(&mut self, store: &Store, held: &Held, objects: &Objects, receipt: &Receipt, post: &Post) -> Result<(), StoreError> {
        let sql = "UPDATE delivery SET state = 'delivered', queue = 'done', objects = $3, pending_step = NULL, pending_at = NULL, failure = NULL, claimed_by = NULL, \
                   claimed_until = NULL, post = $4, post_hash = $5, remote_id = $6, url = $7, settled_at = $8 WHERE id = $1 AND attempt = $2 AND queue = 'held'";
        let values = args![
            held.id,
            held.attempt,
            to_json(objects)?,
            to_json(post)?,
            &receipt.post_hash,
            &receipt.remote_id,
            &receipt.url,
            receipt.at
        ];
        fenced(self.run(sql, values).await?)?;
        self.plan_look(held.id, held.action, receipt.at).await?;
        self.release_behind(store, held.id).await?;
        let late = held.deadline_at.is_some_and(|deadline| receipt.at > deadline);
        let body = Delivered {
            action: held.action,
            receipt,
            objects,
            late,
        };
        self.note(store, &held.office, "worker", "delivered", Some(held.item), Some(held.id), &body)
            .await
    }

    async fn again(&mut self, store: &Store, held: &Held, objects: &Objects, ending: &Ending) -> Result<(), StoreError> {
        let Ending::Again {
            state,
            at,
            failure,
            failures,
            looks,
            account,
        } = ending
        else {
            return Ok(());
        };
        let sql = "UPDATE delivery SET state = $3, queue = 'waiting', next_at = $4, failure = $5, failures = $6, looks = $7, objects = $8, \
                   claimed_by = NULL, claimed_until = NULL, pending_step = CASE WHEN $9 = 1 THEN pending_step END, pending_at = CASE WHEN $9 = 1 THEN pending_at END \
                   WHERE id = $1 AND attempt = $2 AND queue = 'held'";
        let keeps_pending = *state == State::Unknown;
        let values = args![
            held.id,
            held.attempt,
            state.word(),
            *at,
            to_json(failure)?,
            *failures,
            *looks,
            to_json(objects)?,
            keeps_pending
        ];
        fenced(self.run(sql, values).await?)?;
        match account {
            AccountEffect::None => Ok(()),
            AccountEffect::Hold(until) => self.hold_account(held.account, *until).await,
            AccountEffect::Pause => self.pause_account(store, &held.office, held.account, failure).await,
        }
    }

    async fn settled(
        &mut self,
        store: &Store,
        held: &Held,
        objects: &Objects,
        state: State,
        failure: Option<&Failure>,
    ) -> Result<(), StoreError> {
        let failure_json = failure.map(to_json).transpose()?;
        let unanswered = held.pending.as_ref().is_some_and(|(role, _)| !objects.has(role)) || objects.in_doubt().next().is_some();
        // A publication that was given up after answers without sense, a draft that turned out to be public: what follows waits for who looks.
        // What is to change or take down a post knows that one stands, and need not.
        let unresolved = failure.is_some_and(|failure| failure.code == FailureCode::Unresolved);
        let may_stand = unresolved && matches!(held.action, Action::Publish | Action::Discard);
        let in_doubt = state == State::NeedsPerson && (unanswered || may_stand);
        let sql = "UPDATE delivery SET state = $3, queue = 'done', failure = $4, objects = $5, claimed_by = NULL, claimed_until = NULL, settled_at = $6, \
                   pending_step = CASE WHEN $7 = 1 THEN pending_step END, pending_at = CASE WHEN $7 = 1 THEN pending_at END \
                   WHERE id = $1 AND attempt = $2 AND queue = 'held'";
        let values = args![
            held.id,
            held.attempt,
            state.word(),
            failure_json,
            to_json(objects)?,
            store.clock.now(),
            in_doubt
        ];
        fenced(self.run(sql, values).await?)?;
        if !in_doubt {
            self.release_behind(store, held.id).await?;
        }
        self.note(
            store,
            &held.office,
            "worker",
            state.word(),
            Some(held.item),
            Some(held.id),
            &serde_json::json!({"failure": failure}),
        )
        .await
    }

    /// Sets free the delivery that waited behind this one: an update of what stands, or a first publication if nothing does.
    pub(super) async fn release_behind(&mut self, store: &Store, delivery: i64) -> Result<(), StoreError> {
        let now = store.clock.now();
        let sql = "UPDATE delivery SET queue = 'waiting', after = NULL, next_at = CASE WHEN next_at > $2 THEN next_at ELSE $2 END WHERE after = $1 AND queue = 'behind'";
        if self.run(sql, args![delivery, now]).await? == 0 {
            return Ok(());
        }
        self.ring(store).await?;
        let nothing_stands = concat!(
            "SELECT d.id, d.item, d.office FROM delivery d JOIN delivery p ON p.id = $1 AND p.item = d.item AND p.key = d.key WHERE d.id > $1 AND d.queue = 'waiting' \
             AND NOT EXISTS (SELECT 1 FROM delivery s WHERE s.item = d.item AND s.key = d.key AND s.id < d.id \
             AND (s.state = 'delivered' OR (s.state IN ('needs a person', 'superseded') AND s.objects LIKE '%\"phase\":\"public\"%') OR ",
            stands_in_part!("s"),
            "))"
        );
        for mut row in self.rows(nothing_stands, args![delivery]).await? {
            let (next, item, office) = (row.int()?, row.int()?, row.text()?);
            self.run(
                "UPDATE delivery SET action = 'publish' WHERE id = $1 AND action = 'update'",
                args![next],
            )
            .await?;
            let moot = "UPDATE delivery SET state = 'superseded', queue = 'done', settled_at = $2 WHERE id = $1 AND action = 'withdraw'";
            if self.run(moot, args![next, now]).await? > 0 {
                let body = serde_json::json!({});
                self.note(store, &office, "worker", State::Superseded.word(), Some(item), Some(next), &body)
                    .await?;
            }
        }
        Ok(())
    }

    async fn attempt(&mut self, store: &Store, held: &Held, ending: &Ending, worker: &str) -> Result<(), StoreError> {
        let (outcome, failure) = match ending {
            Ending::Delivered { .. } => ("delivered", None),
            Ending::Again { state, failure, .. } => (if *state == State::Unknown { "unknown" } else { "again" }, Some(failure)),
            Ending::Settled { state, failure } => (state.word(), failure.as_ref()),
        };
        let sql = "INSERT INTO attempt (office, delivery, number, worker, started_at, ended_at, outcome, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let detail = failure.map(to_json).transpose()?;
        self.run(
            sql,
            args![
                &held.office,
                held.id,
                held.attempt,
                worker,
                held.claimed_at,
                store.clock.now(),
                outcome,
                detail
            ],
        )
        .await?;
        Ok(())
    }
}

/// What the ledger has of a delivery that stands.
#[derive(serde::Serialize)]
struct Delivered<'a> {
    action: Action,
    receipt: &'a Receipt,
    objects: &'a Objects,
    late: bool,
}

/// A write that touched nothing came from a worker that had lost its lease.
fn fenced(touched: u64) -> Result<(), StoreError> {
    if touched == 0 { Err(StoreError::Conflict) } else { Ok(()) }
}
