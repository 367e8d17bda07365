//! Correcting, withdrawing and postponing what is approved: a new revision with a reason, which then travels like the first.

use super::approve::Ready;
use super::queue::proposal;
use super::{ActError, Approved, require};
use crate::item::check::Checked;
use crate::item::{Content, FactValue, Moment};
use crate::store::items::Proposal;
use crate::store::rows::{Item, ItemState, Person, Revision, RevisionAct, RevisionState, Role};
use crate::system::{OfficeConfig, System};

/// Proposes a better text; it waits for approval like the first one. Gives the revision's number.
pub async fn correct(
    system: &System,
    by: &Person,
    config: &OfficeConfig,
    reference: &str,
    checked: Checked,
    reason: &str,
) -> Result<i64, ActError> {
    require(by, Role::Author)?;
    let reason = needed(reason)?;
    let (item, approved) = standing(system, by, reference).await?;
    same("the reference", &checked.content.reference, &item.reference)?;
    same("the kind", &checked.content.kind, &item.kind)?;
    if checked.content.hash() == approved.content_hash {
        return Err(ActError::NothingChanged);
    }
    if let Some(dropped) = approved
        .content
        .translations
        .keys()
        .find(|lang| !checked.content.translations.contains_key(lang))
    {
        return Err(ActError::DropsLanguage(item.reference, dropped.to_string()));
    }
    let proposal = proposal(system, config, checked, RevisionAct::Correct, Some(reason));
    keep(system, by, &item, proposal).await
}

/// Releases what is approved without waiting for its time; gives the number of deliveries released.
pub async fn publish_now(system: &System, by: &Person, reference: &str) -> Result<u64, ActError> {
    require(by, Role::Editor)?;
    let (item, _) = standing(system, by, reference).await?;
    Ok(system.store.publish_now(by, item.id).await?)
}

/// Takes an item back, everywhere, at once.
pub async fn withdraw(system: &System, by: &Person, config: &OfficeConfig, reference: &str, reason: &str) -> Result<Approved, ActError> {
    require(by, Role::Editor)?;
    let reason = needed(reason)?;
    let (item, approved) = standing(system, by, reference).await?;
    let change = Change {
        content: approved.content.clone(),
        act: RevisionAct::Withdraw,
        reason,
        late_reason: None,
    };
    change.make(system, by, config, &item, &approved).await
}

/// Moves an item's event to another time, everywhere, at once.
pub async fn postpone(
    system: &System,
    by: &Person,
    config: &OfficeConfig,
    reference: &str,
    to: &str,
    reason: &str,
    late_reason: Option<&str>,
) -> Result<Approved, ActError> {
    require(by, Role::Editor)?;
    let reason = needed(reason)?;
    let (item, approved) = standing(system, by, reference).await?;
    if system
        .store
        .revisions(item.id)
        .await?
        .last()
        .is_some_and(|newest| newest.state == RevisionState::Proposed)
    {
        return Err(ActError::CorrectionWaits(item.reference));
    }
    let content = moved(system, config, &item, approved.content.clone(), to)?;
    let change = Change {
        content,
        act: RevisionAct::Postpone,
        reason,
        late_reason,
    };
    change.make(system, by, config, &item, &approved).await
}

/// What becomes of an approved item, and why.
struct Change<'a> {
    content: Content,
    act: RevisionAct,
    reason: String,
    late_reason: Option<&'a str>,
}

impl Change<'_> {
    /// Says the change on every channel first; only then is it kept and approved, both in one unit of writing.
    async fn make(
        self,
        system: &System,
        by: &Person,
        config: &OfficeConfig,
        item: &Item,
        approved: &Revision,
    ) -> Result<Approved, ActError> {
        let checked = Checked {
            content: self.content,
            files: vec![],
        };
        let proposal = proposal(system, config, checked, self.act, Some(self.reason));
        let mut revision = proposed(system, by, item, &proposal).await?;
        let ready = Ready::make(system, config, item, &revision, Some(approved), self.late_reason).await?;
        let mut work = system.store.begin().await?;
        revision.id = work.propose(&system.store, by, item.id, proposal).await?;
        ready.approve(&mut work, system, by, &revision).await?;
        work.commit().await?;
        Ok(ready.told(item, &revision))
    }
}

/// The revision a proposal will be, before it is kept.
async fn proposed(system: &System, by: &Person, item: &Item, proposal: &Proposal) -> Result<Revision, ActError> {
    let revisions = system.store.revisions(item.id).await?;
    let now = system.clock.now();
    Ok(Revision {
        id: 0,
        item: item.id,
        number: revisions.last().map_or(1, |last| last.number + 1),
        state: RevisionState::Proposed,
        act: proposal.act,
        reason: proposal.reason.clone(),
        content: proposal.content.clone(),
        content_hash: proposal.content.hash(),
        author: by.id,
        created_at: now,
        approved_by: None,
        approved_at: None,
        release_at: proposal.content.release.as_ref().map(|moment| moment.at),
        deadline_at: proposal.deadline_at,
        late_reason: None,
    })
}

async fn keep(system: &System, by: &Person, item: &Item, proposal: Proposal) -> Result<i64, ActError> {
    let mut work = system.store.begin().await?;
    let revision = work.propose(&system.store, by, item.id, proposal).await?;
    work.commit().await?;
    Ok(system.store.revision(revision).await?.number)
}

/// The item and its newest approved revision.
async fn standing(system: &System, by: &Person, reference: &str) -> Result<(Item, Revision), ActError> {
    let item = system.store.item(&by.office, reference).await?;
    match item.state {
        ItemState::Approved => {}
        ItemState::Withdrawn => return Err(ActError::Withdrawn(item.reference)),
        ItemState::Tracked => return Err(ActError::NotPublished(item.kind)),
        ItemState::Proposed => return Err(ActError::NotApproved(item.reference)),
    }
    let revisions = system.store.revisions(item.id).await?;
    let approved = revisions.into_iter().rfind(|r| r.state == RevisionState::Approved);
    let approved = approved.ok_or_else(|| ActError::NotApproved(item.reference.clone()))?;
    Ok((item, approved))
}

/// The content with its event moved; an end moves along.
fn moved(system: &System, config: &OfficeConfig, item: &Item, mut content: Content, to: &str) -> Result<Content, ActError> {
    let event = system
        .kinds
        .get(&item.kind)
        .and_then(|kind| kind.event.clone())
        .ok_or_else(|| ActError::NoEvent(item.kind.clone()))?;
    let new = Moment::parse(to, config.office.zone).map_err(|bad| wrong_moment(&bad.to_string()))?;
    let Some(FactValue::Instant(old)) = content.facts.insert(event.clone(), FactValue::Instant(new.clone())) else {
        return Err(ActError::NoEvent(item.kind.clone()));
    };
    if old.at == new.at {
        return Err(ActError::NothingChanged);
    }
    let shift = new.local() - old.local();
    for (name, spec) in system.kinds.facts(&item.kind) {
        if spec.after.as_ref() == Some(&event)
            && let Some(FactValue::Instant(end)) = content.facts.get(name)
        {
            let wall = (end.local() + shift).format("%Y-%m-%d %H:%M").to_string();
            let end = Moment::parse(&wall, config.office.zone).map_err(|bad| wrong_moment(&bad.to_string()))?;
            content.facts.insert(name.clone(), FactValue::Instant(end));
        }
    }
    Ok(content)
}

fn wrong_moment(what: &str) -> ActError {
    use crate::item::{Expected, Problem, Problems};
    let expected = Expected::Example("--to \"2026-12-01 10:00\"".to_owned());
    ActError::Problems(Problems(vec![Problem {
        source: "command".to_owned(),
        line: None,
        field: "to".to_owned(),
        what: what.to_owned(),
        expected,
    }]))
}

fn needed(reason: &str) -> Result<String, ActError> {
    let reason = crate::item::markup::printable(reason.trim());
    if reason.is_empty() { Err(ActError::NoReason) } else { Ok(reason) }
}

fn same(what: &'static str, found: &str, expected: &str) -> Result<(), ActError> {
    if found == expected {
        Ok(())
    } else {
        Err(ActError::OtherItem(what, found.to_owned(), expected.to_owned()))
    }
}
