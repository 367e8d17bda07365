//! What a pass over the register found is kept: all of it, or nothing.

use chrono::Duration;

use super::fulfil::Fulfilment;
use super::refresh::{Changes, Pass};
use crate::rules::Duty;
use crate::store::StoreError;
use crate::store::obligations::{Ending, Obligation, Opening};

/// What is to be written.
pub(super) enum Write<'a> {
    Open {
        key: String,
        duty: Box<Duty<'a>>,
        item: Option<i64>,
        title: String,
        unit: String,
    },
    Revise {
        open: Obligation,
        duty: Box<Duty<'a>>,
        title: String,
        unit: String,
    },
    Proof {
        id: i64,
        fulfilment: Fulfilment,
    },
    End {
        open: Obligation,
        ending: Ending,
    },
}

impl Pass<'_> {
    /// Writes it all, or nothing if another process was faster.
    pub(super) async fn keep(self) -> Result<Changes, StoreError> {
        let (store, office) = (&self.system.store, self.config.office.id.as_str());
        let mut changes = Changes::default();
        let mut work = store.begin().await?;
        // Always forward: of two who look in the same millisecond, the second must see that it was not alone.
        let at = self.now.max(self.before + Duration::milliseconds(1));
        if !work.register_refreshed(office, self.before, at).await? {
            return Ok(changes);
        }
        for write in &self.writes {
            match write {
                Write::Open {
                    key,
                    duty,
                    item,
                    title,
                    unit,
                } => {
                    let opened = work
                        .open_obligation(store, office, &opening(key, duty, *item, title, unit), duty.bound.rule)
                        .await?;
                    changes.opened += usize::from(opened.is_some());
                }
                Write::Revise { open, duty, title, unit } => {
                    let opening = opening(&open.key, duty, open.item, title, unit);
                    work.revise_obligation(store, office, open.id, &opening, duty.bound.rule).await?;
                    changes.revised += 1;
                }
                Write::Proof { id, fulfilment } => work.keep_proof(*id, fulfilment.by, &fulfilment.proof).await?,
                Write::End { open, ending } => {
                    work.end_obligation(store, office, "register", open, ending).await?;
                    changes.ended += 1;
                }
            }
        }
        work.commit().await?;
        self.system.gone_through(office);
        Ok(changes)
    }
}

fn opening<'b>(key: &'b str, duty: &'b Duty<'_>, item: Option<i64>, title: &'b str, unit: &'b str) -> Opening<'b> {
    Opening {
        key,
        rule: &duty.bound.rule.id,
        version: &duty.bound.rule.version,
        subject: &duty.subject,
        item,
        title,
        unit,
        due: duty.due.as_ref().ok(),
    }
}
