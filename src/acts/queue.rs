//! Queueing: what was written is checked, then kept under the office's reference. The same twice is one item.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{ActError, require, title_of};
use crate::item::check::Checked;
use crate::item::source::SourceAttachment;
use crate::item::{Content, Office, Problems, Source, check};
use crate::render::slug;
use crate::store::items::{Proposal, Queued};
use crate::store::rows::{Person, RevisionAct, Role};
use crate::system::{OfficeConfig, System};

/// What became of a queued item.
#[derive(Debug, Clone, Serialize)]
pub struct Receipt {
    /// The item's number.
    pub id: i64,
    /// Its reference.
    pub reference: String,
    /// `new`, `same` or `replaced`.
    pub outcome: &'static str,
    /// By when it must be public.
    pub deadline: Option<Deadline>,
}

/// By when a queued item must be public.
#[derive(Debug, Clone, Serialize)]
pub struct Deadline {
    /// The rule.
    pub rule: String,
    /// The earliest instant over its readings: in time whoever counts.
    pub safe_by: DateTime<Utc>,
    /// The latest instant over them.
    pub latest_by: DateTime<Utc>,
}

/// Checks a written item against the kinds and the office; nothing is kept.
pub fn check_source(
    system: &System,
    office: &Office,
    source: &Source,
    load: impl Fn(&SourceAttachment) -> Result<Vec<u8>, String>,
) -> Result<Checked, Problems> {
    check(source, &system.kinds, office, load)
}

/// Keeps checked items, all of them or none.
pub async fn queue(system: &System, by: &Person, config: &OfficeConfig, items: Vec<Checked>) -> Result<Vec<Receipt>, ActError> {
    require(by, Role::Author)?;
    let mut references = BTreeSet::new();
    if let Some(twice) = items.iter().find(|item| !references.insert(&item.content.reference)) {
        return Err(ActError::TwiceInBatch(twice.content.reference.clone()));
    }
    let mut work = system.store.begin().await?;
    let mut receipts = Vec::with_capacity(items.len());
    for checked in items {
        let reference = checked.content.reference.clone();
        let deadline = deadline(system, config, &checked.content);
        let published = system.kinds.get(&checked.content.kind).is_some_and(|kind| kind.published);
        let slug = slug(&config.office, &checked.content);
        let proposal = due_proposal(system, config, checked, RevisionAct::Publish, None, deadline.as_ref());
        let (id, queued) = work.queue_item(&system.store, by, &slug, proposal, published).await?;
        let outcome = match queued {
            Queued::New => "new",
            Queued::Same => "same",
            Queued::Replaced => "replaced",
            Queued::Differs => return Err(ActError::Differs(reference)),
        };
        receipts.push(Receipt {
            id,
            reference,
            outcome,
            deadline,
        });
    }
    work.commit().await?;
    Ok(receipts)
}

/// A revision to be kept, with what the rules say of it.
pub(super) fn proposal(system: &System, config: &OfficeConfig, checked: Checked, act: RevisionAct, reason: Option<String>) -> Proposal {
    let deadline = deadline(system, config, &checked.content);
    due_proposal(system, config, checked, act, reason, deadline.as_ref())
}

/// The same where it is known already by when it must be public.
fn due_proposal(
    system: &System,
    config: &OfficeConfig,
    checked: Checked,
    act: RevisionAct,
    reason: Option<String>,
    deadline: Option<&Deadline>,
) -> Proposal {
    let content = checked.content;
    let event_fact = system.kinds.get(&content.kind).and_then(|kind| kind.event.as_deref());
    Proposal {
        act,
        reason,
        title: title_of(&content, &config.office),
        event_at: content.event(event_fact).map(|moment| moment.at),
        deadline_at: deadline.map(|deadline| deadline.safe_by),
        content,
        files: checked.files,
    }
}

fn deadline(system: &System, config: &OfficeConfig, content: &Content) -> Option<Deadline> {
    let strictest = system.rules.deadline(&config.settings.rules, content, config.office.zone, None)?;
    Some(Deadline {
        rule: strictest.rule.id.clone(),
        safe_by: strictest.due.safe_by,
        latest_by: strictest.due.latest_by,
    })
}
