//! From a claimed row to a job: the revision, its post and what stands of it already.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::channels::Job;
use crate::item::{Lang, Moment};
use crate::receipt::{Action, Failure, FailureCode, Objects};
use crate::render::Request;
use crate::store::StoreError;
use crate::store::queue::Held;
use crate::store::rows::{AccountRow, Item, Revision, RevisionAct, RevisionState};
use crate::system::System;

/// Revisions kept in memory: each is asked for once an account.
const KEPT: usize = 256;

/// A revision with its item.
pub struct Loaded {
    item: Item,
    revision: Revision,
    previous_event: Option<Moment>,
}

/// Loads and remembers revisions, which never change once approved.
#[derive(Default)]
pub struct Loader(Mutex<HashMap<i64, Arc<Loaded>>>);

impl Loader {
    /// The job of a claimed delivery.
    pub async fn job(&self, system: &System, account: &AccountRow, held: &Held) -> Result<Job, Failure> {
        let loaded = self
            .revision(system, held)
            .await
            .map_err(|e| Failure::new(FailureCode::Storage, e.to_string()))?;
        let standing = match held.action {
            Action::Publish | Action::Discard => Objects::default(),
            Action::Update | Action::Withdraw => system
                .store
                .standing(held)
                .await
                .map_err(|e| Failure::new(FailureCode::Storage, e.to_string()))?,
        };
        let post = post(system, account, held, &loaded)?;
        Ok(Job {
            delivery: held.id,
            key: held.key.clone(),
            action: held.action,
            post,
            objects: held.objects.clone(),
            standing,
            since: held.since,
        })
    }

    async fn revision(&self, system: &System, held: &Held) -> Result<Arc<Loaded>, StoreError> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&held.revision).cloned();
        if let Some(loaded) = kept {
            return Ok(loaded);
        }
        let item = system.store.item_by_id(held.item).await?;
        let revision = system.store.revision(held.revision).await?;
        let previous_event = previous_event(system, &item, &revision).await?;
        let loaded = Arc::new(Loaded {
            item,
            revision,
            previous_event,
        });
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(held.revision, loaded.clone());
        Ok(loaded)
    }
}

async fn previous_event(system: &System, item: &Item, revision: &Revision) -> Result<Option<Moment>, StoreError> {
    if revision.act != RevisionAct::Postpone {
        return Ok(None);
    }
    let fact = system.kinds.get(&item.kind).and_then(|kind| kind.event.clone());
    let earlier = system.store.revisions(item.id).await?;
    Ok(earlier
        .iter()
        .rfind(|r| r.number < revision.number && r.state == RevisionState::Approved)
        .and_then(|r| r.content.event(fact.as_deref()).cloned()))
}

fn post(system: &System, account: &AccountRow, held: &Held, loaded: &Loaded) -> Result<crate::render::Post, Failure> {
    let not_configured = || {
        Failure::new(
            FailureCode::NotConfigured,
            format!("The account \"{}\" is not configured on this machine.", account.name),
        )
    };
    let office = &system.offices.get(&held.office).ok_or_else(not_configured)?.office;
    let manifest = system.manifest(&held.office, &account.name).ok_or_else(not_configured)?;
    let languages: Vec<Lang> = held.languages.split('+').filter_map(|lang| lang.parse().ok()).collect();
    let act = loaded.revision.told(loaded.previous_event.clone());
    let request = Request {
        office,
        kinds: &system.kinds,
        manifest,
        content: &loaded.revision.content,
        act: &act,
        languages: &languages,
        slug: &loaded.item.slug,
    };
    system
        .renderer()
        .render(&request)
        .map_err(|e| Failure::new(FailureCode::Template, e.to_string()))
}
