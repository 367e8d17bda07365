//! Items and their revisions: queued, looked up, listed.

use chrono::{DateTime, Utc};

use super::rows::{Item, ItemState, Person, Revision, RevisionAct};
use super::value::{args, to_json};
use super::{Store, StoreError, Work};
use crate::item::Content;

macro_rules! select_item {
    ($ending:literal) => {
        concat!(
            "SELECT id, office, reference, kind, slug, state, title, event_at, created_at, updated_at FROM item WHERE ",
            $ending
        )
    };
}

macro_rules! select_revision {
    ($ending:literal) => {
        concat!(
            "SELECT id, item, number, state, act, reason, content, content_hash, author, created_at, approved_by, approved_at, release_at, deadline_at, late_reason \
             FROM revision WHERE ",
            $ending
        )
    };
}

/// A revision to be kept, not yet approved.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// What it does.
    pub act: RevisionAct,
    /// Why.
    pub reason: Option<String>,
    /// What it says.
    pub content: Content,
    /// Its headline in the leading language.
    pub title: String,
    /// When its event begins.
    pub event_at: Option<DateTime<Utc>>,
    /// To be public by this.
    pub deadline_at: Option<DateTime<Utc>>,
    /// The bytes of its files, by hash.
    pub files: Vec<(String, Vec<u8>)>,
}

/// What became of a queued item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queued {
    /// It is new.
    New,
    /// The very same is there already.
    Same,
    /// It took the place of a proposal that nobody had approved.
    Replaced,
    /// It differs from what was approved under that reference: nothing was changed.
    Differs,
}

impl Work {
    /// Queues an item under its reference.
    pub async fn queue_item(
        &mut self,
        store: &Store,
        by: &Person,
        slug: &str,
        proposal: Proposal,
        published: bool,
    ) -> Result<(i64, Queued), StoreError> {
        let state = if published { ItemState::Proposed } else { ItemState::Tracked };
        if let Some(id) = self.insert_item(store, by, slug, &proposal, state).await? {
            self.propose(store, by, id, proposal).await?;
            return Ok((id, Queued::New));
        }
        let reference = &proposal.content.reference;
        let found = self
            .row(select_item!("office = $1 AND reference = $2"), args![&by.office, reference])
            .await?;
        let item = Item::read(&mut found.ok_or(StoreError::Conflict)?)?;
        if self.has_said(item.id, &proposal.content.hash()).await? {
            return Ok((item.id, Queued::Same));
        }
        if item.state == ItemState::Approved || item.state == ItemState::Withdrawn {
            return Ok((item.id, Queued::Differs));
        }
        let content = &proposal.content;
        let sql = "UPDATE item SET kind = $2, state = $3, title = $4, event_at = $5 WHERE id = $1";
        let values = args![item.id, &content.kind, state.word(), &proposal.title, proposal.event_at];
        self.run(sql, values).await?;
        self.propose(store, by, item.id, proposal).await?;
        Ok((item.id, Queued::Replaced))
    }

    /// Gives nothing if the reference (or, a moment ago, the slug) was taken, even by a work under way at the same time.
    async fn insert_item(
        &mut self,
        store: &Store,
        by: &Person,
        slug: &str,
        proposal: &Proposal,
        state: ItemState,
    ) -> Result<Option<i64>, StoreError> {
        let taken = self
            .row("SELECT COUNT(*) FROM item WHERE office = $1 AND slug = $2", args![&by.office, slug])
            .await?;
        let taken = taken.map_or(Ok(0), |mut row| row.int())? > 0;
        let slug = if taken {
            format!("{slug}-{}", &proposal.content.hash()[..6])
        } else {
            slug.to_owned()
        };
        let now = store.clock.now();
        let sql = "INSERT INTO item (office, reference, kind, slug, state, title, event_at, created_at, updated_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT DO NOTHING RETURNING id";
        let content = &proposal.content;
        let values = args![
            &by.office,
            &content.reference,
            &content.kind,
            slug,
            state.word(),
            &proposal.title,
            proposal.event_at,
            now
        ];
        self.row(sql, values).await?.map(|mut row| row.int()).transpose()
    }

    /// Adds a revision that waits for approval; an older one that still waits is replaced.
    pub async fn propose(&mut self, store: &Store, by: &Person, item: i64, proposal: Proposal) -> Result<i64, StoreError> {
        let now = store.clock.now();
        // First, because it lets two who propose at once take turns.
        self.run("UPDATE item SET updated_at = $2 WHERE id = $1", args![item, now]).await?;
        self.run(
            "UPDATE revision SET state = 'replaced' WHERE item = $1 AND state = 'proposed'",
            args![item],
        )
        .await?;
        for (sha256, bytes) in proposal.files {
            let media_type = proposal
                .content
                .attachments
                .iter()
                .find(|a| a.sha256 == sha256)
                .map_or("", |a| &a.media_type);
            self.put_file(&by.office, &sha256, media_type, bytes).await?;
        }
        let content = &proposal.content;
        let hash = content.hash();
        let sql = "INSERT INTO revision (office, item, number, state, act, reason, content, content_hash, author, created_at, release_at, deadline_at) \
                   SELECT $1, $2, COALESCE(MAX(number), 0) + 1, 'proposed', $3, $4, $5, $6, $7, $8, $9, $10 FROM revision WHERE item = $2 RETURNING id";
        let release = content.release.as_ref().map(|m| m.at);
        let values = args![
            &by.office,
            item,
            proposal.act.word(),
            &proposal.reason,
            to_json(content)?,
            &hash,
            by.id,
            now,
            release,
            proposal.deadline_at,
        ];
        let id = self.insert(sql, values).await?;
        let body = serde_json::json!({"revision": id, "act": proposal.act, "reason": proposal.reason, "content_hash": hash,
            "created_at": now, "release_at": release, "deadline_at": proposal.deadline_at});
        self.note(store, &by.office, &by.login, "proposed", Some(item), None, &body).await?;
        Ok(id)
    }

    /// Whether that content was queued before and has not been replaced: a file that nobody touched stays the same item,
    /// also when the item has been corrected or postponed since.
    async fn has_said(&mut self, item: i64, hash: &str) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM revision WHERE item = $1 AND content_hash = $2 AND state <> 'replaced' LIMIT 1";
        Ok(self.row(sql, args![item, hash]).await?.is_some())
    }
}

impl Store {
    /// The item of that reference (or number).
    pub async fn item(&self, office: &str, reference: &str) -> Result<Item, StoreError> {
        let number = reference.parse::<i64>().unwrap_or(-1);
        let sql = select_item!("office = $1 AND (reference = $2 OR id = $3) ORDER BY CASE WHEN reference = $2 THEN 0 ELSE 1 END LIMIT 1");
        let row = self.row(sql, args![office, reference, number]).await?;
        Item::read(&mut row.ok_or_else(|| StoreError::Missing(format!("item \"{reference}\""), "item list"))?)
    }

    /// The item of that number.
    pub async fn item_by_id(&self, id: i64) -> Result<Item, StoreError> {
        let row = self.row_at_once(select_item!("id = $1"), args![id]).await?;
        Item::read(&mut row.ok_or_else(|| StoreError::Missing(format!("item {id}"), "item list"))?)
    }

    /// The office's items, the newest first; of one state if one is named.
    pub async fn items(&self, office: &str, state: Option<ItemState>, limit: usize) -> Result<Vec<Item>, StoreError> {
        let sql = select_item!("office = $1 AND ($2 IS NULL OR state = $2) ORDER BY id DESC LIMIT $3");
        self.rows(sql, args![office, state.map(ItemState::word), limit])
            .await?
            .iter_mut()
            .map(Item::read)
            .collect()
    }

    /// The office's items that follow that number, by their numbers.
    pub async fn items_after(&self, office: &str, after: i64, limit: usize) -> Result<Vec<Item>, StoreError> {
        let sql = select_item!("office = $1 AND id > $2 ORDER BY id LIMIT $3");
        self.rows(sql, args![office, after, limit])
            .await?
            .iter_mut()
            .map(Item::read)
            .collect()
    }

    /// An item's revisions, the first one first.
    pub async fn revisions(&self, item: i64) -> Result<Vec<Revision>, StoreError> {
        self.rows(select_revision!("item = $1 ORDER BY number"), args![item])
            .await?
            .iter_mut()
            .map(Revision::read)
            .collect()
    }

    /// One revision.
    pub async fn revision(&self, id: i64) -> Result<Revision, StoreError> {
        let row = self.row_at_once(select_revision!("id = $1"), args![id]).await?;
        Revision::read(&mut row.ok_or(StoreError::Shape(format!("there is no revision {id}")))?)
    }

    /// How many items the office has.
    pub async fn count_items(&self, office: &str) -> Result<i64, StoreError> {
        self.row("SELECT COUNT(*) FROM item WHERE office = $1", args![office])
            .await?
            .map_or(Ok(0), |mut row| row.int())
    }
}

impl Work {
    /// The revision that withdrew an item, if it is withdrawn.
    pub(super) async fn withdrawal_of(&mut self, item: i64) -> Result<Option<Revision>, StoreError> {
        let sql = select_revision!("item = $1 AND state = 'approved' ORDER BY number DESC LIMIT 1");
        let newest = self
            .row(sql, args![item])
            .await?
            .map(|mut row| Revision::read(&mut row))
            .transpose()?;
        Ok(newest.filter(|revision| revision.act == RevisionAct::Withdraw))
    }
}
