//! Approval: every channel must be able to say it; then the revision is frozen and its deliveries are planned.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{ActError, require, title_of};
use crate::item::Lang;
use crate::render::Request;
use crate::schedule::{Route, Slot, plan};
use crate::store::approve::Plan;
use crate::store::rows::{AccountRow, Item, Person, Revision, RevisionAct, RevisionState, Role};
use crate::system::{OfficeConfig, System};

/// What an approval set going.
#[derive(Debug, Clone, Serialize)]
pub struct Approved {
    /// The item's reference.
    pub reference: String,
    /// The revision's number.
    pub revision: i64,
    /// How many deliveries were planned.
    pub deliveries: usize,
    /// By when it must be public.
    pub deadline: Option<DateTime<Utc>>,
    /// Whether that time has passed already.
    pub late: bool,
}

/// Approves what waits of an item.
pub async fn approve(system: &System, by: &Person, config: &OfficeConfig, reference: &str) -> Result<Approved, ActError> {
    require(by, Role::Editor)?;
    let item = system.store.item(&by.office, reference).await?;
    let revisions = system.store.revisions(item.id).await?;
    let kind = system
        .kinds
        .get(&item.kind)
        .ok_or_else(|| ActError::NotPublished(item.kind.clone()))?;
    if !kind.published {
        return Err(ActError::NotPublished(item.kind.clone()));
    }
    let Some(revision) = revisions.iter().rfind(|r| r.state == RevisionState::Proposed) else {
        return Err(ActError::NothingToApprove(item.reference));
    };
    let previous = revisions.iter().rfind(|r| r.state == RevisionState::Approved);
    let accounts = system.store.accounts(&by.office).await?;
    let languages = revision.content.languages(&config.office.languages);
    let slots = slots(system, config, &accounts, &item, revision, &languages);
    rehearse(system, config, &accounts, &item, revision, previous, &slots)?;
    let plans: Vec<Plan> = slots.iter().map(|slot| as_plan(slot, &item, &accounts)).collect();
    let title = title_of(&revision.content, &config.office);
    let event = revision.content.event(kind.event.as_deref()).map(|moment| moment.at);
    let mut work = system.store.begin().await?;
    work.approve(&system.store, by, revision, &title, event, &plans).await?;
    work.commit().await?;
    let late = revision.deadline_at.is_some_and(|deadline| deadline < system.clock.now());
    Ok(Approved {
        reference: item.reference,
        revision: revision.number,
        deliveries: plans.len(),
        deadline: revision.deadline_at,
        late,
    })
}

/// What is taken back or moved is told at once, whatever release the first text had.
fn slots(
    system: &System,
    config: &OfficeConfig,
    accounts: &[AccountRow],
    item: &Item,
    revision: &Revision,
    languages: &[Lang],
) -> Vec<Slot> {
    let Some(kind) = system.kinds.get(&item.kind) else { return vec![] };
    let routes: Vec<Route<'_>> = accounts
        .iter()
        .filter_map(|account| {
            Some(Route {
                account: account.id,
                manifest: config.manifests.get(&account.name)?,
            })
        })
        .collect();
    let release = if revision.act == RevisionAct::Publish {
        revision.release_at
    } else {
        None
    };
    plan(
        &routes,
        &item.kind,
        kind,
        languages,
        release,
        revision.deadline_at,
        system.clock.now(),
        config.office.zone,
    )
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

fn as_plan(slot: &Slot, item: &Item, accounts: &[AccountRow]) -> Plan {
    let languages = slot.languages.iter().map(Lang::as_str).collect::<Vec<_>>().join("+");
    let account_name = account(accounts, slot.account).map_or("", |a| a.name.as_str());
    // With one post for all languages the key must not change when a correction brings a translation.
    let scope = if slot.languages.len() == 1 {
        languages.as_str()
    } else {
        "together"
    };
    Plan {
        account: slot.account,
        key: key(item, account_name, scope),
        languages,
        release_at: slot.release_at,
        deadline_at: slot.deadline_at,
        expires_at: slot.expires_at,
        urgency: slot.urgency,
    }
}

/// What remote objects of one post can be found by: stable for ever, different in every installation.
fn key(item: &Item, account: &str, scope: &str) -> String {
    let named = format!(
        "{}|{}|{}|{account}|{scope}",
        item.office,
        item.reference,
        item.created_at.timestamp_millis()
    );
    hex::encode(&Sha256::digest(named)[..10])
}

fn account(accounts: &[AccountRow], id: i64) -> Option<&AccountRow> {
    accounts.iter().find(|account| account.id == id)
}
