//! Posts of an item for which a new revision plans nothing: their account is gone from the configuration, its channel no longer takes the
//! kind, or says the languages in another form. They are corrected and withdrawn all the same; else the old text would come back with them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::approve::Plan;
use super::rows::{Delivery, Person, Revision, RevisionAct};
use super::value::{Row, args};
use super::{Store, StoreError, Work};

/// The newest delivery of each post of an item.
const POSTS: &str = "SELECT account, languages, key, urgency FROM delivery d WHERE item = $1 \
                     AND id = (SELECT MAX(n.id) FROM delivery n WHERE n.item = d.item AND n.key = d.key) ORDER BY id";
/// The post of a delivery, if no withdrawal of it is planned or made.
const NOT_WITHDRAWN: &str = "SELECT account, languages, key, urgency FROM delivery d WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM delivery n \
                             WHERE n.item = d.item AND n.key = d.key AND n.id > d.id AND n.action = 'withdraw' AND n.state <> 'superseded')";

/// A line of the ledger: a delivery was planned for a revision that had been approved before.
pub(super) const PLANNED_AFTER_ALL: &str = "planned after all";

impl Work {
    /// Plans what `revision` means for them. Gives the accounts on which such a post stands, or may, and nothing that is planned has stood
    /// before: a second post beside it would say the same twice.
    pub(super) async fn plan_the_unplanned(
        &mut self,
        store: &Store,
        by: &Person,
        revision: &Revision,
        plans: &[Plan],
    ) -> Result<BTreeSet<i64>, StoreError> {
        let mut covered = BTreeSet::new();
        if revision.act == RevisionAct::Publish {
            return Ok(covered);
        }
        let planned: BTreeSet<&str> = plans.iter().map(|plan| plan.key.as_str()).collect();
        let (known, unplanned): (Vec<Plan>, Vec<Plan>) = self
            .posts_of(store, revision.item)
            .await?
            .into_iter()
            .partition(|post| planned.contains(post.key.as_str()));
        for post in unplanned {
            if self.change_what_stands(store, by, revision, &post).await? {
                covered.insert(post.account);
            }
        }
        for post in known {
            covered.remove(&post.account);
        }
        Ok(covered)
    }

    /// Plans the withdrawal of a post that was thought not to stand when its item was withdrawn.
    pub(super) async fn withdraw_after_all(&mut self, store: &Store, by: &Person, delivery: &Delivery) -> Result<(), StoreError> {
        let Some(withdrawal) = self.withdrawal_of(delivery.item).await? else {
            return Ok(());
        };
        let Some(mut row) = self.row(NOT_WITHDRAWN, args![delivery.id]).await? else {
            return Ok(());
        };
        let post = post(&mut row, store.clock().now())?;
        if !self.change_what_stands(store, by, &withdrawal, &post).await? {
            return Ok(());
        }
        let planned = self.planned(&withdrawal).await?.pop();
        let body = serde_json::json!({"revision": withdrawal.number, "planned": [planned]});
        let (item, after) = (Some(delivery.item), Some(delivery.id));
        self.note(store, &by.office, &by.login, PLANNED_AFTER_ALL, item, after, &body).await
    }

    async fn posts_of(&mut self, store: &Store, item: i64) -> Result<Vec<Plan>, StoreError> {
        let now = store.clock().now();
        let rows = self.rows(POSTS, args![item]).await?;
        rows.into_iter().map(|mut row| post(&mut row, now)).collect()
    }
}

fn post(row: &mut Row, now: DateTime<Utc>) -> Result<Plan, StoreError> {
    Ok(Plan {
        account: row.int()?,
        languages: row.text()?,
        key: row.text()?,
        release_at: now,
        deadline_at: None,
        expires_at: None,
        urgency: row.int()?,
    })
}
