//! An item as the register sees it: what holds of it, and what of it stands where.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::item::Content;
use crate::receipt::{Action, State};
use crate::rules::{Known, Told};
use crate::store::StoreError;
use crate::store::publications::Publication;
use crate::store::rows::{Item, ItemState, Revision, RevisionAct, RevisionState};
use crate::system::System;

/// One item.
#[derive(Debug, Clone)]
pub struct View {
    /// The item.
    pub item: Item,
    /// Its revisions that were approved, the first one first.
    pub approved: Vec<Revision>,
    /// What holds: the newest approved text, or what is proposed while none is.
    pub content: Content,
    /// Whether its kind is published.
    pub published: bool,
    /// When its event begins, as the kind names it.
    pub event: Option<DateTime<Utc>>,
    /// Every delivery of it.
    pub publications: Vec<Publication>,
}

impl View {
    /// Reads an item; nothing if it has no text yet.
    pub async fn load(system: &System, id: i64) -> Result<Option<Self>, StoreError> {
        let item = system.store.item_by_id(id).await?;
        let mut revisions = system.store.revisions(id).await?;
        let newest = revisions
            .iter()
            .rfind(|revision| revision.state != RevisionState::Replaced)
            .map(|r| r.content.clone());
        revisions.retain(|revision| revision.state == RevisionState::Approved);
        let Some(content) = revisions.last().map(|revision| revision.content.clone()).or(newest) else {
            return Ok(None);
        };
        let kind = system.kinds.get(&item.kind);
        Ok(Some(Self {
            published: kind.is_some_and(|kind| kind.published),
            event: content.event(kind.and_then(|kind| kind.event.as_deref())).map(|moment| moment.at),
            publications: system.store.publications(id).await?,
            approved: revisions,
            content,
            item,
        }))
    }

    /// Whether somebody approved it.
    pub fn is_approved(&self) -> bool {
        matches!(self.item.state, ItemState::Approved | ItemState::Withdrawn)
    }

    /// When it was withdrawn.
    pub fn withdrawn(&self) -> Option<DateTime<Utc>> {
        let last = self.approved.last().filter(|revision| revision.act == RevisionAct::Withdraw)?;
        last.approved_at
    }

    /// Why it was withdrawn.
    pub fn withdrawal_reason(&self) -> Option<String> {
        let last = self.approved.last().filter(|revision| revision.act == RevisionAct::Withdraw)?;
        last.reason.clone()
    }

    /// When it first stood anywhere.
    pub fn first_public(&self) -> Option<DateTime<Utc>> {
        let stood = self.publications.iter().filter(|publication| publication.stands());
        stood.filter_map(|publication| publication.settled_at).min()
    }

    /// What duties may count from.
    pub fn told(&self, zone: Tz) -> Told<'_> {
        Told {
            item: self.item.id,
            content: &self.content,
            published: self.published,
            known: Known {
                queued: Some(self.wanted_from()),
                published: self.first_public(),
                ..Known::zone(zone)
            },
            withdrawn: self.withdrawn(),
        }
    }

    /// When it was queued, or later where it is meant to be released later.
    fn wanted_from(&self) -> DateTime<Utc> {
        let release = self.content.release.as_ref().map(|release| release.at);
        release.map_or(self.item.created_at, |release| release.max(self.item.created_at))
    }

    /// The day on which its event begins.
    pub fn event_day(&self, zone: Tz) -> Option<NaiveDate> {
        Some(self.event?.with_timezone(&zone).date_naive())
    }
}

impl Publication {
    /// Whether it put a text up that stood.
    pub fn stands(&self) -> bool {
        self.state == State::Delivered && matches!(self.action, Action::Publish | Action::Update)
    }
}
