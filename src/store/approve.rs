//! Approval: the revision is frozen and its deliveries are planned, in one unit of writing.

use chrono::{DateTime, Utc};

use super::rows::{ItemState, Person, Revision, RevisionAct};
use super::value::{Row, args};
use super::{Inner, Store, StoreError, Work};
use crate::receipt::{Action, Failure, FailureCode, Objects, Phase, State};

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

/// What approval freezes beside the revision's own words.
#[derive(Debug, Clone, Copy)]
pub struct Frozen<'a> {
    /// The item's headline in the leading language.
    pub title: &'a str,
    /// When its event begins.
    pub event_at: Option<DateTime<Utc>>,
    /// Why it is approved although it will be late.
    pub late_reason: Option<&'a str>,
    /// Its deliveries.
    pub plans: &'a [Plan],
}

/// What an earlier delivery of the same post means for the next one.
#[derive(Debug, PartialEq, Eq)]
enum Before {
    /// It stands.
    Stands,
    /// It is on its way: the next one waits behind it.
    OnItsWay(i64),
    /// Nothing of it stands; what took its place was not to be released before this.
    Nothing(Option<DateTime<Utc>>),
}

struct Earlier {
    id: i64,
    state: State,
    queue: String,
    pending: bool,
    objects: Objects,
    release_at: DateTime<Utc>,
    tried: bool,
    failure: Option<Failure>,
}

const EARLIER: &str = "SELECT id, state, queue, pending_step, objects, release_at, since_at, failure FROM delivery WHERE item = $1 AND key = $2 ORDER BY id DESC";
/// Else a worker could settle one in between, and nobody would set the next one free. Oldest first, as workers lock them.
pub(super) const LOCK_EARLIER: &str = "SELECT id FROM delivery WHERE item = $1 ORDER BY id FOR UPDATE";

impl Work {
    /// Freezes `revision` and plans its deliveries. Fails with `Conflict` if somebody else was faster.
    pub async fn approve(&mut self, store: &Store, by: &Person, revision: &Revision, frozen: &Frozen<'_>) -> Result<(), StoreError> {
        let now = store.clock.now();
        let sql = "UPDATE revision SET state = 'approved', approved_by = $2, approved_at = $3, late_reason = $4 WHERE id = $1 AND state = 'proposed'";
        if self.run(sql, args![revision.id, by.id, now, frozen.late_reason]).await? == 0 {
            return Err(StoreError::Conflict);
        }
        let state = if revision.act == RevisionAct::Withdraw {
            ItemState::Withdrawn
        } else {
            ItemState::Approved
        };
        let sql = "UPDATE item SET state = $2, title = $3, event_at = $4, updated_at = $5 WHERE id = $1 AND state <> 'withdrawn'";
        if self
            .run(sql, args![revision.item, state.word(), frozen.title, frozen.event_at, now])
            .await?
            == 0
        {
            return Err(StoreError::Conflict);
        }
        if matches!(self.inner, Inner::Pg(_)) {
            self.rows(LOCK_EARLIER, args![revision.item]).await?;
        }
        let covered = self.plan_the_unplanned(store, by, revision, frozen.plans).await?;
        for plan in frozen.plans {
            if covered.contains(&plan.account) {
                self.change_what_stands(store, by, revision, plan).await?;
            } else {
                self.plan(store, by, revision, plan).await?;
            }
        }
        let planned = self.planned(revision).await?;
        let body = serde_json::json!({"revision": revision.number, "act": revision.act, "reason": revision.reason, "content_hash": revision.content_hash,
            "approved_at": now, "release_at": revision.release_at, "deadline_at": revision.deadline_at, "late_reason": frozen.late_reason,
            "deliveries": frozen.plans.len(), "planned": planned});
        self.note(store, &by.office, &by.login, "approved", Some(revision.item), None, &body)
            .await?;
        self.ring(store).await
    }

    async fn plan(&mut self, store: &Store, by: &Person, revision: &Revision, plan: &Plan) -> Result<(), StoreError> {
        let before = self.settle_before(store, by, revision.item, &plan.key).await?;
        match before {
            Before::Nothing(_) if revision.act == RevisionAct::Withdraw => Ok(()),
            before => self.put_delivery(by, revision, plan, &before).await,
        }
    }

    /// Plans a change of a post that stands or is on its way, and nothing where there is none; tells whether there is one.
    pub(super) async fn change_what_stands(
        &mut self,
        store: &Store,
        by: &Person,
        revision: &Revision,
        plan: &Plan,
    ) -> Result<bool, StoreError> {
        match self.settle_before(store, by, revision.item, &plan.key).await? {
            Before::Nothing(_) => Ok(false),
            before => self.put_delivery(by, revision, plan, &before).await.map(|()| true),
        }
    }

    async fn put_delivery(&mut self, by: &Person, revision: &Revision, plan: &Plan, before: &Before) -> Result<(), StoreError> {
        let change = match revision.act {
            RevisionAct::Withdraw => Action::Withdraw,
            _ => Action::Update,
        };
        let mut release_at = plan.release_at;
        let (action, queue, after) = match before {
            Before::Nothing(release) => {
                // What nobody has seen yet keeps its release: a correction of it is no reason to publish early.
                release_at = release.or(revision.release_at).map_or(release_at, |at| at.max(release_at));
                (Action::Publish, "waiting", None)
            }
            Before::Stands => (change, "waiting", None),
            Before::OnItsWay(id) => (change, "behind", Some(*id)),
        };
        let sql = "INSERT INTO delivery (office, item, revision, account, languages, key, action, state, queue, after, release_at, deadline_at, expires_at, urgency, \
                   next_at, attempt, failures, looks, objects) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, 'planned', $8, $9, $10, $11, $12, $13, $10, 0, 0, 0, '[]') RETURNING id";
        let values = args![
            &by.office,
            revision.item,
            revision.id,
            plan.account,
            &plan.languages,
            &plan.key,
            action.word(),
            queue,
            after,
            release_at,
            plan.deadline_at,
            plan.expires_at,
            plan.urgency,
        ];
        let delivery = self.insert(sql, values).await?;
        self.doubt_if_restored(delivery, revision).await
    }

    /// Looks at the earlier deliveries of the same post, newest first; those that never began are superseded.
    async fn settle_before(&mut self, store: &Store, by: &Person, item: i64, key: &str) -> Result<Before, StoreError> {
        let mut release = None;
        for mut row in self.rows(EARLIER, args![item, key]).await? {
            let earlier = Earlier::read(&mut row)?;
            match earlier.state {
                State::Delivered => return Ok(Before::Stands),
                // A sheet that was asked for anew may hang all the same.
                State::Superseded if earlier.objects.is_public() => return Ok(Before::Stands),
                // A part of it stands, though the rest was refused.
                State::Rejected if earlier.objects.is_public() && !earlier.waits_for_hands() => return Ok(Before::Stands),
                State::Rejected | State::Expired | State::Superseded => {}
                // It may stand: to publish again could say it twice, so the person is waited for.
                State::NeedsPerson if earlier.pending => return Ok(Before::OnItsWay(earlier.id)),
                State::NeedsPerson if earlier.objects.is_public() => {
                    // What a person was to do by hand is asked for anew: two sheets for one board would be one too many.
                    if earlier.waits_for_hands() {
                        self.supersede(store, by, item, earlier.id).await?;
                    }
                    return Ok(Before::Stands);
                }
                // Nothing else of it stands, and what is in doubt may: here, too, the person is waited for.
                State::NeedsPerson if earlier.objects.may_be_seen() => return Ok(Before::OnItsWay(earlier.id)),
                // Nothing of this one stands, but an older one may.
                State::NeedsPerson if earlier.objects.is_empty() => {}
                State::NeedsPerson => {
                    self.discard_set_aside(store, earlier.id).await?;
                    return Ok(Before::OnItsWay(earlier.id));
                }
                _ if earlier.never_began() => {
                    release = release.or(Some(earlier.release_at));
                    self.supersede(store, by, item, earlier.id).await?;
                }
                _ => {
                    self.discard_mere_draft(&earlier).await?;
                    return Ok(Before::OnItsWay(earlier.id));
                }
            }
        }
        Ok(Before::Nothing(release))
    }

    /// A draft that was set aside is no longer a person's question: it is removed, and then the newer revision goes.
    async fn discard_set_aside(&mut self, store: &Store, delivery: i64) -> Result<(), StoreError> {
        let sql = "UPDATE delivery SET action = 'discard', state = 'drafted', queue = 'waiting', next_at = $2, failures = 0, settled_at = NULL WHERE id = $1";
        self.run(sql, args![delivery, store.clock.now()]).await?;
        Ok(())
    }

    async fn supersede(&mut self, store: &Store, by: &Person, item: i64, delivery: i64) -> Result<(), StoreError> {
        let sql = "UPDATE delivery SET state = 'superseded', queue = 'done', settled_at = $2 WHERE id = $1";
        self.run(sql, args![delivery, store.clock.now()]).await?;
        self.note(
            store,
            &by.office,
            &by.login,
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
    fn read(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.int()?,
            state: row.word()?,
            queue: row.text()?,
            pending: row.opt_text()?.is_some(),
            objects: row.json()?,
            release_at: row.instant()?,
            tried: row.opt_int()?.is_some(),
            failure: row.opt_json()?,
        })
    }

    fn is_idle(&self) -> bool {
        self.queue != "held" && !self.pending
    }

    /// Nothing of it can have arrived anywhere: it was never tried, or the last try certainly ended before that.
    fn never_began(&self) -> bool {
        let harmless = self.failure.as_ref().is_some_and(|failure| !failure.code.may_have_arrived());
        self.is_idle() && self.objects.is_empty() && (!self.tried || harmless)
    }

    fn waits_for_hands(&self) -> bool {
        self.failure.as_ref().is_some_and(|failure| failure.code == FailureCode::ByHand)
    }

    fn is_mere_draft(&self) -> bool {
        self.is_idle()
            && !self.objects.is_empty()
            && self.queue != "behind"
            && self.objects.0.iter().all(|object| object.phase == Phase::Draft)
    }
}
