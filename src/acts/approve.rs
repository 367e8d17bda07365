//! Approval: every channel must be able to say it; then the revision is frozen and its deliveries are planned.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{ActError, lateness, require, title_of};
use crate::item::{Kind, Lang};
use crate::manifest::Languages;
use crate::receipt::key::{TOGETHER, key};
use crate::render::Request;
use crate::schedule::{Asked, Route, Slot, plan};
use crate::store::Work;
use crate::store::approve::{Frozen, Plan};
use crate::store::rows::{AccountRow, Item, Person, Revision, RevisionAct, RevisionState, Role};
use crate::system::{OfficeConfig, System};

/// What an approval set going.
#[derive(Debug, Clone, Serialize)]
pub struct Approved {
    /// The item's reference.
    pub reference: String,
    /// The revision's number.
    pub revision: i64,
    /// How many deliveries were planned; with none, no channel of the office takes the kind.
    pub deliveries: usize,
    /// By when it must be public.
    pub deadline: Option<DateTime<Utc>>,
    /// Whether it cannot be public by then: that time has passed, or it is to be released only later.
    pub late: bool,
    /// Why, as the person said who approved it.
    pub late_reason: Option<String>,
}

/// Approves what waits of an item; `late_reason` is why it will be public too late, where it will.
pub async fn approve(
    system: &System,
    by: &Person,
    config: &OfficeConfig,
    reference: &str,
    late_reason: Option<&str>,
) -> Result<Approved, ActError> {
    require(by, Role::Editor)?;
    let item = system.store.item(&by.office, reference).await?;
    let revisions = system.store.revisions(item.id).await?;
    let Some(revision) = revisions.iter().rfind(|r| r.state == RevisionState::Proposed) else {
        return Err(ActError::NothingToApprove(item.reference));
    };
    let previous = revisions.iter().rfind(|r| r.state == RevisionState::Approved);
    let ready = Ready::make(system, config, &item, revision, previous, late_reason).await?;
    let mut work = system.store.begin().await?;
    ready.approve(&mut work, system, by, revision).await?;
    work.commit().await?;
    Ok(ready.told(&item, revision))
}

/// A revision that every channel can say, with the deliveries it needs.
pub(super) struct Ready {
    late: bool,
    late_reason: Option<String>,
    title: String,
    event: Option<DateTime<Utc>>,
    plans: Vec<Plan>,
}

impl Ready {
    /// Rehearses the revision on every channel and plans its deliveries; nothing is kept.
    pub(super) async fn make(
        system: &System,
        config: &OfficeConfig,
        item: &Item,
        revision: &Revision,
        previous: Option<&Revision>,
        late_reason: Option<&str>,
    ) -> Result<Self, ActError> {
        let kind = system.kinds.get(&item.kind).filter(|kind| kind.published);
        let kind = kind.ok_or_else(|| ActError::NotPublished(item.kind.clone()))?;
        let accounts = system.store.accounts(&config.office.id).await?;
        lateness::has_all_facts(system, config, revision)?;
        let languages = revision.content.languages(&config.office.languages);
        let slots = slots(system, config, &accounts, kind, revision, &languages);
        rehearse(system, config, &accounts, item, revision, previous, &slots)?;
        let earliest = slots.iter().map(|slot| slot.release_at).max().unwrap_or(system.clock.now());
        let late = lateness::late(system, config, revision, previous, earliest);
        let late_reason = lateness::knowingly(config, revision, late.as_ref(), earliest, late_reason)?;
        Ok(Self {
            late_reason,
            late: late.is_some(),
            title: title_of(&revision.content, &config.office),
            event: revision.content.event(kind.event.as_deref()).map(|moment| moment.at),
            plans: slots.iter().map(|slot| as_plan(config, slot, item, &accounts)).collect(),
        })
    }

    /// Freezes the revision and keeps its deliveries.
    pub(super) async fn approve(&self, work: &mut Work, system: &System, by: &Person, revision: &Revision) -> Result<(), ActError> {
        Ok(work.approve(&system.store, by, revision, &self.frozen()).await?)
    }

    fn frozen(&self) -> Frozen<'_> {
        Frozen {
            title: &self.title,
            event_at: self.event,
            late_reason: self.late_reason.as_deref(),
            plans: &self.plans,
        }
    }

    /// What the approval set going, for the person who gave it.
    pub(super) fn told(&self, item: &Item, revision: &Revision) -> Approved {
        Approved {
            reference: item.reference.clone(),
            revision: revision.number,
            deliveries: self.plans.len(),
            deadline: revision.deadline_at,
            late: self.late,
            late_reason: self.late_reason.clone(),
        }
    }
}

/// What is taken back, mended or moved is told at once, whatever release the first text had; and it never expires.
fn slots(
    system: &System,
    config: &OfficeConfig,
    accounts: &[AccountRow],
    kind: &Kind,
    revision: &Revision,
    languages: &[Lang],
) -> Vec<Slot> {
    let routes: Vec<Route<'_>> = accounts
        .iter()
        .filter_map(|account| {
            Some(Route {
                account: account.id,
                manifest: config.manifests.get(&account.name)?,
            })
        })
        .collect();
    let first = revision.act == RevisionAct::Publish;
    let asked = Asked {
        kind: &revision.content.kind,
        courtesy: kind.courtesy && first,
        languages,
        release: revision.release_at.filter(|_| first),
        deadline: &|group| {
            let strictest = system
                .rules
                .deadline(&config.settings.rules, &revision.content, config.office.zone, group);
            strictest.map(|deadline| deadline.due.safe_by)
        },
    };
    plan(&routes, &asked, system.clock.now(), config.office.zone)
}

/// Says the item on every channel once, so that what cannot be said is refused now and not on the way.
fn rehearse(
    system: &System,
    config: &OfficeConfig,
    accounts: &[AccountRow],
    item: &Item,
    revision: &Revision,
    previous: Option<&Revision>,
    slots: &[Slot],
) -> Result<(), ActError> {
    let event_fact = system.kinds.get(&item.kind).and_then(|kind| kind.event.as_deref());
    let previous_event = previous.and_then(|r| r.content.event(event_fact).cloned());
    let act = revision.told(previous_event);
    for slot in slots {
        let Some(manifest) = account(accounts, slot.account).and_then(|a| config.manifests.get(&a.name)) else {
            continue;
        };
        let request = Request {
            office: &config.office,
            kinds: &system.kinds,
            manifest,
            content: &revision.content,
            act: &act,
            languages: &slot.languages,
            slug: &item.slug,
        };
        system
            .renderer()
            .render(&request)
            .map_err(|error| ActError::Unsayable(manifest.id.clone(), error))?;
    }
    Ok(())
}

fn as_plan(config: &OfficeConfig, slot: &Slot, item: &Item, accounts: &[AccountRow]) -> Plan {
    let languages = slot.languages.iter().map(Lang::as_str).collect::<Vec<_>>().join("+");
    let account_name = account(accounts, slot.account).map_or("", |a| a.name.as_str());
    let each = config
        .manifests
        .get(account_name)
        .is_some_and(|manifest| manifest.languages == Languages::Each);
    let scope = if each { languages.as_str() } else { TOGETHER };
    Plan {
        account: slot.account,
        key: key(&item.office, &item.reference, item.created_at, account_name, scope),
        languages,
        release_at: slot.release_at,
        deadline_at: slot.deadline_at,
        expires_at: slot.expires_at,
        urgency: slot.urgency,
    }
}

fn account(accounts: &[AccountRow], id: i64) -> Option<&AccountRow> {
    accounts.iter().find(|account| account.id == id)
}
