//! Approval: the revision is frozen and its deliveries are planned, in one unit of writing.

use chrono::{DateTime, Utc};

use super::rows::{ItemState, Person, Revision, RevisionAct};
use super::value::args;
use super::{Inner, Store, StoreError, Work};
use crate::receipt::{Action, Objects, Phase, State};

/// A delivery to be planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The account's number.
    pub account: i64,
    /// The languages, joined by `+`.
    pub languages: String,
    /// What remote objects can be found by.
    pub key: String,
    /// Not before this.
    pub release_at: DateTime<Utc>,
    /// To be public by this.
    pub deadline_at: Option<DateTime<Utc>>,
    /// Pointless after this.
    pub expires_at: Option<DateTime<Utc>>,
    /// Smaller goes first.
    pub urgency: i64,
}

/// What an earlier delivery of the same post means for the next one.
#[derive(Debug, PartialEq, Eq)]
enum Before {
    /// It stands.
    Stands,
    /// It is on its way: the next one waits behind it.
    OnItsWay(i64),
    /// Nothing of it stands.
    Nothing,
}

struct Earlier {
    id: i64,
    state: State,
    queue: String,
    pending: bool,
    objects: Objects,
}

macro_rules! earlier {
    ($lock:literal) => {
        concat!(
            "SELECT id, state, queue, pending_step, objects FROM delivery WHERE item = $1 AND key = $2 ORDER BY id DESC",
            $lock
        )
    };
}

impl Work {
    /// Freezes `revision` and plans its deliveries. Fails with `Conflict` if somebody else was faster.
    pub async fn approve(
        &mut self,
        store: &Store,
        by: &Person,
        revision: &Revision,
        title: &str,
        event_at: Option<DateTime<Utc>>,
        plans: &[Plan],
    ) -> Result<(), StoreError> {
        let now = store.clock.now();
        let sql = "UPDATE revision SET state = 'approved', approved_by = $2, approved_at = $3 WHERE id = $1 AND state = 'proposed'";
        if self.run(sql, args![revision.id, by.id, now]).await? == 0 {
            return Err(StoreError::Conflict);
        }
        let state = if revision.act == RevisionAct::Withdraw {
            ItemState::Withdrawn
        } else {
            ItemState::Approved
        };
        let sql = "UPDATE item SET state = $2, title = $3, event_at = $4, updated_at = $5 WHERE id = $1";
        self.run(sql, args![revision.item, state.word(), title, event_at, now]).await?;
        for plan in plans {
            self.plan(store, &by.office, revision, plan).await?;
        }
        let body = serde_json::json!({"revision": revision.number, "act": revision.act, "reason": revision.reason, "content_hash": revision.content_hash, "deliveries": plans.len()});
        self.note(store, &by.office, &by.login, "approved", Some(revision.item), None, &body)
            .await?;
        self.ring(store).await
    }

    async fn plan(&mut self, store: &Store, office: &str, revision: &Revision, plan: &Plan) -> Result<(), StoreError> {
        let before = self.settle_before(store, office, revision.item, &plan.key).await?;
        let withdraw = revision.act == RevisionAct::Withdraw;
        let (action, queue, after) = match before {
            Before::Nothing if withdraw => return Ok(()),
            Before::Nothing => (Action::Publish, "waiting", None),
            Before::Stands => (if withdraw { Action::Withdraw } else { Action::Update }, "waiting", None),
            Before::OnItsWay(id) => (if withdraw { Action::Withdraw } else { Action::Update }, "behind", Some(id)),
        };
        let sql = "INSERT INTO delivery (office, item, revision, account, languages, key, action, state, queue, after, release_at, deadline_at, expires_at, urgency, \
                   next_at, attempt, failures, looks, objects) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, 'planned', $8, $9, $10, $11, $12, $13, $10, 0, 0, 0, '[]')";
        let values = args![
            office,
            revision.item,
            revision.id,
            plan.account,
            &plan.languages,
            &plan.key,
            action.word(),
            queue,
            after,
            plan.release_at,
            plan.deadline_at,
            plan.expires_at,
            plan.urgency,
        ];
        self.run(sql, values).await?;
        Ok(())
    }

    /// Looks at the earlier deliveries of the same post, newest first; those that never began are superseded.
    async fn settle_before(&mut self, store: &Store, office: &str, item: i64, key: &str) -> Result<Before, StoreError> {
        let sql = match self.inner {
            Inner::Sqlite(_) => earlier!(""),
            // Else a worker could settle it in between, and nobody would set the next one free.
            Inner::Pg(_) => earlier!(" FOR UPDATE"),
        };
        for mut row in self.rows(sql, args![item, key]).await? {
            let (id, state, queue) = (row.int()?, row.word()?, row.text()?);
            let earlier = Earlier {
                id,
                state,
                queue,
                pending: row.opt_text()?.is_some(),
                objects: row.json()?,
            };
            match earlier.state {
                State::Delivered => return Ok(Before::Stands),
                State::Rejected | State::Expired | State::Superseded => {}
                // It may stand: to publish again could say it twice, so the person is waited for.
                State::NeedsPerson if earlier.pending => return Ok(Before::OnItsWay(earlier.id)),
                State::NeedsPerson => {
                    return Ok(if earlier.objects.is_empty() {
                        Before::Nothing
                    } else {
                        Before::Stands
                    });
                }
                _ if earlier.never_began() => self.supersede(store, office, item, earlier.id).await?,
                _ => {
                    self.discard_mere_draft(&earlier).await?;
                    return Ok(Before::OnItsWay(earlier.id));
                }
            }
        }
        Ok(Before::Nothing)
    }

    async fn supersede(&mut self, store: &Store, office: &str, item: i64, delivery: i64) -> Result<(), StoreError> {
        let sql = "UPDATE delivery SET state = 'superseded', queue = 'done', settled_at = $2 WHERE id = $1";
        self.run(sql, args![delivery, store.clock.now()]).await?;
        self.note(
            store,
            office,
            "worker",
            "superseded",
            Some(item),
            Some(delivery),
            &serde_json::json!({}),
        )
        .await
    }

    /// A draft that nobody outside has seen and that no worker holds is removed instead of being published first.
    async fn discard_mere_draft(&mut self, earlier: &Earlier) -> Result<(), StoreError> {
        if earlier.is_mere_draft() {
            let sql = "UPDATE delivery SET action = 'discard' WHERE id = $1 AND queue IN ('waiting', 'due')";
            self.run(sql, args![earlier.id]).await?;
        }
        Ok(())
    }
}

impl Earlier {
    fn is_idle(&self) -> bool {
        self.queue != "held" && !self.pending
    }

    fn never_began(&self) -> bool {
        self.is_idle() && self.objects.is_empty()
    }

    fn is_mere_draft(&self) -> bool {
        self.is_idle() && self.queue != "behind" && self.objects.0.iter().all(|object| object.phase == Phase::Draft)
    }
}
