//! Deliveries as people see and settle them.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::approve::LOCK_EARLIER;
use super::rows::{AccountState, Delivery, Person};
use super::value::{args, to_json};
use super::{Inner, Store, StoreError};
use crate::manifest::Pace;
use crate::receipt::{Action, Failure, FailureCode, State};
use crate::render::Post;
use crate::schedule::{Line, Waiting};

macro_rules! select {
    ($ending:literal) => {
        concat!(
            "SELECT d.id, d.item, i.reference, a.name, d.languages, d.action, d.state, d.release_at, d.deadline_at, d.next_at, d.attempt, d.objects, d.failure, \
             d.remote_id, d.url, d.post_hash, d.settled_at, d.seen, d.seen_at FROM delivery d JOIN item i ON i.id = d.item JOIN account a ON a.id = d.account WHERE ",
            $ending
        )
    };
}

/// Every delivery of an item, by one of them.
const LOCK_BESIDE: &str = "SELECT id FROM delivery WHERE item = (SELECT item FROM delivery WHERE id = $1) ORDER BY id FOR UPDATE";

/// Settles what waits for a person, or for an account that is gone.
const RESOLVE: &str = "UPDATE delivery SET action = CASE WHEN $3 = 'delivered' THEN $7 ELSE action END, state = $3, evidence = $4, \
                       failure = CASE WHEN $3 = 'delivered' THEN NULL ELSE COALESCE($8, failure) END, url = COALESCE($5, url), settled_at = $6, \
                       queue = 'done', pending_step = NULL, pending_at = NULL, \
                       objects = REPLACE(objects, '\"phase\":\"in doubt\"', CASE WHEN $3 = 'delivered' THEN '\"phase\":\"public\"' ELSE '\"phase\":\"draft\"' END) \
                       WHERE office = $1 AND id = $2 AND (state IN ('needs a person', 'rejected') OR (settled_at IS NULL AND queue <> 'held' \
                       AND EXISTS (SELECT 1 FROM account a WHERE a.id = delivery.account AND a.state = 'removed')))";
/// What was planned anew because an earlier one was thought not to stand must change it instead.
const CHANGE_INSTEAD: &str = "UPDATE delivery SET action = 'update' WHERE id > $1 AND action = 'publish' AND state = 'planned' AND objects = '[]' AND attempt = 0 \
                              AND EXISTS (SELECT 1 FROM delivery p WHERE p.id = $1 AND p.item = delivery.item AND p.key = delivery.key)";

/// Which deliveries to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this item.
    pub item: Option<i64>,
    /// In this state.
    pub state: Option<State>,
    /// On this account.
    pub account: Option<String>,
    /// Only those that are not settled.
    pub open: bool,
    /// At most so many.
    pub limit: usize,
}

/// One try at a delivery.
#[derive(Debug, Clone, Serialize)]
pub struct Attempt {
    /// Which one.
    pub number: i64,
    /// Who made it.
    pub worker: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: DateTime<Utc>,
    /// What it came to.
    pub outcome: String,
    /// The failure, if there was one.
    pub detail: Option<serde_json::Value>,
}

/// What a person found when looking.
#[derive(Debug, Clone, Serialize)]
pub struct Resolution {
    /// Whether it stands.
    pub delivered: bool,
    /// Since when.
    pub at: DateTime<Utc>,
    /// Where: the board's place, or the post's address.
    pub place: Option<String>,
    /// What else there is to say.
    pub note: Option<String>,
    /// SHA-256 of the photo, if there is one.
    pub photo: Option<String>,
}

/// What is kept of it, with the delivery and in the ledger alike.
#[derive(Serialize)]
struct Resolved<'a> {
    #[serde(flatten)]
    found: &'a Resolution,
    /// What the delivery did, if it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<Action>,
}

/// How an account's line stands.
#[derive(Debug, Clone)]
pub struct LineRow {
    /// The account's number.
    pub account: i64,
    /// Its name.
    pub name: String,
    /// Whether it may be used.
    pub state: AccountState,
    /// Throttled, paced or out: not before this.
    pub not_before: DateTime<Utc>,
    /// The day on which posts were last counted.
    pub day: String,
    /// How many were made on it.
    pub sent_that_day: u32,
}

impl LineRow {
    /// The line as a forecast wants it, on the office's day `today`.
    pub fn line<'a>(&self, pace: &'a Pace, today: &str) -> Line<'a> {
        Line {
            pace,
            not_before: self.not_before,
            sent_today: if self.day == today { self.sent_that_day } else { 0 },
            paused: self.state == AccountState::Paused,
        }
    }
}

impl Store {
    /// The office's deliveries that pass the filter: open ones by deadline, then settled ones, the newest first.
    pub async fn deliveries(&self, office: &str, filter: &Filter) -> Result<Vec<Delivery>, StoreError> {
        let sql = select!(
            "d.office = $1 AND ($2 IS NULL OR d.item = $2) AND ($3 IS NULL OR d.state = $3) AND ($4 IS NULL OR a.name = $4) AND ($5 = 0 OR d.settled_at IS NULL) \
             ORDER BY CASE WHEN d.settled_at IS NULL THEN d.urgency ELSE 9000000000000000000 END, d.settled_at DESC, d.id DESC LIMIT $6"
        );
        let values = args![
            office,
            filter.item,
            filter.state.map(State::word),
            &filter.account,
            filter.open,
            filter.limit
        ];
        self.rows(sql, values).await?.iter_mut().map(Delivery::read).collect()
    }

    /// What waits in an office's lines, and how each line stands: what a forecast is made from.
    pub async fn lines(&self, office: &str) -> Result<(Vec<Waiting>, Vec<LineRow>), StoreError> {
        let sql = "SELECT id, account, CASE WHEN next_at > release_at THEN next_at ELSE release_at END, deadline_at, urgency, \
                   CASE WHEN attempt = 0 AND action = 'publish' THEN 1 ELSE 0 END FROM delivery WHERE office = $1 AND settled_at IS NULL";
        let waiting = self.rows(sql, args![office]).await?.into_iter().map(|mut row| {
            let (id, account, release_at) = (row.int()?, row.int()?, row.instant()?);
            Ok(Waiting {
                id,
                account,
                release_at,
                deadline_at: row.opt_instant()?,
                urgency: row.int()?,
                fresh: row.int()? == 1,
            })
        });
        let waiting = waiting.collect::<Result<_, StoreError>>()?;
        let sql = "SELECT id, name, state, CASE WHEN probe_at > not_before THEN probe_at ELSE not_before END, day, sent_that_day FROM account WHERE office = $1 AND state <> 'removed'";
        let lines = self.rows(sql, args![office]).await?.into_iter().map(|mut row| {
            let (account, name, state) = (row.int()?, row.text()?, row.word()?);
            let (not_before, day) = (row.instant()?, row.text()?);
            Ok(LineRow {
                account,
                name,
                state,
                not_before,
                day,
                sent_that_day: u32::try_from(row.int()?).unwrap_or(0),
            })
        });
        Ok((waiting, lines.collect::<Result<_, StoreError>>()?))
    }

    /// One delivery.
    pub async fn delivery(&self, office: &str, id: i64) -> Result<Delivery, StoreError> {
        let row = self.row(select!("d.office = $1 AND d.id = $2"), args![office, id]).await?;
        Delivery::read(&mut row.ok_or_else(|| StoreError::Missing(format!("delivery {id}"), "delivery list"))?)
    }

    /// What was said by a delivery that stands.
    pub async fn post(&self, delivery: i64) -> Result<Option<Post>, StoreError> {
        let row = self.row("SELECT post FROM delivery WHERE id = $1", args![delivery]).await?;
        row.map_or(Ok(None), |mut row| row.opt_json())
    }

    /// Every try at a delivery, the first one first.
    pub async fn attempts(&self, delivery: i64) -> Result<Vec<Attempt>, StoreError> {
        let sql = "SELECT number, worker, started_at, ended_at, outcome, detail FROM attempt WHERE delivery = $1 ORDER BY id";
        let rows = self.rows(sql, args![delivery]).await?;
        rows.into_iter()
            .map(|mut row| {
                let (number, worker, started_at) = (row.int()?, row.text()?, row.instant()?);
                let (ended_at, outcome) = (row.instant()?, row.text()?);
                let detail = row
                    .opt_text()?
                    .map(|text| serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text)));
                Ok(Attempt {
                    number,
                    worker,
                    started_at,
                    ended_at,
                    outcome,
                    detail,
                })
            })
            .collect()
    }

    /// Tries a delivery that was set aside again: now, or when it may be released. What may stand already is looked up first.
    /// What a newer revision has followed is not tried again: it would say the old text once more. Nor is what has been withdrawn.
    pub async fn retry(&self, by: &Person, id: i64) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut work = self.begin().await?;
        if matches!(work.inner, Inner::Pg(_)) {
            work.rows(LOCK_BESIDE, args![id]).await?;
        }
        work.doubt_what_is_older_than_a_backup(&by.office, id).await?;
        let sql = "UPDATE delivery SET state = CASE WHEN pending_step IS NOT NULL THEN 'unknown' WHEN objects <> '[]' THEN 'drafted' ELSE 'planned' END, \
                   queue = 'waiting', next_at = CASE WHEN release_at > $3 THEN release_at ELSE $3 END, failures = 0, looks = 0, expires_at = NULL, settled_at = NULL, evidence = NULL \
                   WHERE office = $1 AND id = $2 AND (queue = 'waiting' OR (state IN ('rejected', 'expired', 'needs a person') \
                   AND (action IN ('withdraw', 'discard') OR EXISTS (SELECT 1 FROM item i WHERE i.id = delivery.item AND i.state <> 'withdrawn')))) \
                   AND NOT EXISTS (SELECT 1 FROM delivery n WHERE n.item = delivery.item AND n.key = delivery.key AND n.id > delivery.id \
                   AND n.queue <> 'behind' AND n.state <> 'superseded') RETURNING item";
        let tried = work.row(sql, args![&by.office, id, now]).await?;
        let missing = || StoreError::Missing(format!("delivery {id} that could be tried again"), "delivery list");
        let item = tried.ok_or_else(missing)?.int()?;
        work.note(
            self,
            &by.office,
            &by.login,
            "retry asked for",
            Some(item),
            Some(id),
            &serde_json::json!({}),
        )
        .await?;
        work.ring(self).await?;
        work.commit().await
    }

    /// Settles a delivery that waits for a person by what the person found. Where parts of it stand and others are in doubt, the word is about
    /// those in doubt: what is not there waits for `retry`, which then makes that alone.
    pub async fn resolve(
        &self,
        by: &Person,
        delivery: &Delivery,
        resolution: &Resolution,
        photo: Option<(&str, Vec<u8>)>,
    ) -> Result<State, StoreError> {
        let mut work = self.begin().await?;
        let lacking = lacking(delivery, resolution);
        let state = match (resolution.delivered, &lacking) {
            (true, _) => State::Delivered,
            (false, Some(_)) => State::NeedsPerson,
            (false, None) => State::Rejected,
        };
        let url = resolution.place.as_deref().filter(|place| place.starts_with("http"));
        // A draft that was to be removed and is found to be public is a publication after all.
        let action = if delivery.action == Action::Discard {
            Action::Publish
        } else {
            delivery.action
        };
        let resolved = Resolved {
            found: resolution,
            action: resolution.delivered.then_some(action),
        };
        let values = args![
            &by.office,
            delivery.id,
            state.word(),
            to_json(&resolved)?,
            url,
            resolution.at,
            action.word(),
            lacking.as_ref().map(to_json).transpose()?
        ];
        if work.run(RESOLVE, values).await? == 0 {
            return Err(StoreError::Missing(
                format!("delivery {} that waits for a person", delivery.id),
                "delivery list",
            ));
        }
        if let (Some((media_type, bytes)), Some(sha256)) = (photo, &resolution.photo) {
            work.put_file(&by.office, sha256, media_type, bytes).await?;
        }
        if resolution.delivered {
            work.plan_look(delivery.id, action, self.clock.now()).await?;
            work.run(CHANGE_INSTEAD, args![delivery.id]).await?;
        }
        work.release_behind(self, delivery.id).await?;
        if resolution.delivered && action != Action::Withdraw {
            work.withdraw_after_all(self, by, delivery).await?;
        }
        work.note(
            self,
            &by.office,
            &by.login,
            "resolved",
            Some(delivery.item),
            Some(delivery.id),
            &resolved,
        )
        .await?;
        work.ring(self).await?;
        work.commit().await?;
        Ok(state)
    }

    /// The first release among an item's open deliveries is now: nothing waits any longer.
    pub async fn publish_now(&self, by: &Person, item: i64) -> Result<u64, StoreError> {
        let now = self.clock.now();
        let mut work = self.begin().await?;
        let sql = "UPDATE delivery SET release_at = $2, next_at = $2 WHERE office = $3 AND item = $1 AND settled_at IS NULL \
                   AND queue IN ('waiting', 'behind') AND release_at > $2";
        if matches!(work.inner, Inner::Pg(_)) {
            work.rows(LOCK_EARLIER, args![item]).await?;
        }
        let moved = work.run(sql, args![item, now, &by.office]).await?;
        work.note(
            self,
            &by.office,
            &by.login,
            "publish now",
            Some(item),
            None,
            &serde_json::json!({"deliveries": moved}),
        )
        .await?;
        work.ring(self).await?;
        work.commit().await?;
        Ok(moved)
    }
}

/// What is still to be made of a delivery that stands in parts, when a person has found that the parts in doubt do not.
fn lacking(delivery: &Delivery, resolution: &Resolution) -> Option<Failure> {
    let (lacking, all) = (delivery.objects.in_doubt().count(), delivery.objects.0.len());
    let in_parts = !resolution.delivered && lacking > 0 && delivery.objects.is_public();
    in_parts.then(|| {
        let what = format!("A person found that {lacking} of its {all} parts, which were in doubt, are not there.");
        Failure::new(FailureCode::GaveUp, what)
    })
}
