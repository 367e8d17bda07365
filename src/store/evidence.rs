//! What the ledger's lines are held against: revisions and deliveries with their texts as they are kept, byte for byte.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::chain::Kept;
use super::rows::{Item, RevisionAct, RevisionState};
use super::value::{Row, args};
use super::{Store, StoreError};
use crate::item::Content;
use crate::receipt::{Action, State};

/// A revision, with its content as the text that was hashed.
#[derive(Debug, Clone, Serialize)]
pub struct Said {
    /// 1 for the first one.
    pub number: i64,
    /// Where it stands.
    pub state: RevisionState,
    /// What it does.
    pub act: RevisionAct,
    /// Why, for every act but the first.
    pub reason: Option<String>,
    /// What it says, JSON.
    pub content: String,
    /// SHA-256 of that, as it is kept.
    pub content_hash: String,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was approved.
    pub approved_at: Option<DateTime<Utc>>,
    /// Not before this.
    pub release_at: Option<DateTime<Utc>>,
    /// To be public by this.
    pub deadline_at: Option<DateTime<Utc>>,
    /// Why it was approved although it would be late.
    pub late_reason: Option<String>,
}

/// A delivery, with its post as the text that was hashed.
#[derive(Debug, Clone, Serialize)]
pub struct Sent {
    /// Its number.
    pub delivery: i64,
    /// The number of the revision it says.
    pub revision: i64,
    /// The account's name.
    pub account: String,
    /// The channel it is on.
    pub channel: String,
    /// The languages, joined by `+`.
    pub languages: String,
    /// What its remote objects are found by.
    pub key: String,
    /// What it does.
    pub action: Action,
    /// Where it stands.
    pub state: State,
    /// When nothing more was to be done.
    pub settled_at: Option<DateTime<Utc>>,
    /// The remote's id.
    pub remote_id: Option<String>,
    /// Where it can be seen.
    pub url: Option<String>,
    /// What it made at the remote, as it is kept.
    pub objects: serde_json::Value,
    /// What was said, JSON.
    pub post: Option<String>,
    /// SHA-256 of that, as it is kept.
    pub post_hash: Option<String>,
    /// What a person found, JSON.
    pub evidence: Option<String>,
}

/// A file that an approved revision or what a person found names.
#[derive(Debug, Clone)]
pub struct Enclosed {
    /// What people call it.
    pub name: String,
    /// The hash of its bytes, as it was named.
    pub sha256: String,
    /// The hash of its bytes, as they are kept; nothing if they are not.
    pub kept: Option<String>,
}

/// Everything that is kept of an item and can be held against its lines.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// The item.
    pub item: Item,
    /// Its revisions, the first one first.
    pub revisions: Vec<Said>,
    /// Its deliveries, the first one first.
    pub deliveries: Vec<Sent>,
    /// Its files, each once.
    pub files: Vec<Enclosed>,
    /// Its lines, in the order of the chain.
    pub lines: Vec<Kept>,
}

const REVISIONS: &str = "SELECT number, state, act, reason, content, content_hash, created_at, approved_at, release_at, deadline_at, late_reason \
                         FROM revision WHERE item = $1 ORDER BY number";
const DELIVERIES: &str = "SELECT d.id, r.number, a.name, a.channel, d.languages, d.key, d.action, d.state, d.settled_at, d.remote_id, d.url, d.objects, \
                          d.post, d.post_hash, d.evidence FROM delivery d JOIN revision r ON r.id = d.revision AND r.item = d.item \
                          JOIN account a ON a.id = d.account AND a.office = d.office \
                          WHERE d.item = $1 ORDER BY d.id";

impl Store {
    /// Reads it. The lines come after the rows: whatever these show was noted by then.
    pub async fn evidence(&self, item: &Item) -> Result<Evidence, StoreError> {
        let revisions = self.rows(REVISIONS, args![item.id]).await?;
        let deliveries = self.rows(DELIVERIES, args![item.id]).await?;
        let mut evidence = Evidence {
            item: item.clone(),
            revisions: revisions.into_iter().map(said).collect::<Result<_, _>>()?,
            deliveries: deliveries.into_iter().map(sent).collect::<Result<_, _>>()?,
            files: vec![],
            lines: self.lines_of(item.id).await?,
        };
        for (sha256, name) in evidence.named() {
            let kept = self.hash_of_file(&item.office, &sha256).await?;
            evidence.files.push(Enclosed { name, sha256, kept });
        }
        Ok(evidence)
    }
}

impl Evidence {
    /// The hash and the name of each file: of approved texts, and of the photos that lines name.
    fn named(&self) -> BTreeMap<String, String> {
        let approved = self.revisions.iter().filter(|said| said.state == RevisionState::Approved);
        let attached = approved.filter_map(|said| serde_json::from_str::<Content>(&said.content).ok());
        let attached = attached
            .flat_map(|content| content.attachments)
            .map(|file| (file.sha256, file.name));
        let photos = self.lines.iter().filter(|kept| kept.line.act == "resolved").filter_map(|kept| {
            let body: serde_json::Value = serde_json::from_str(&kept.line.body).ok()?;
            let name = format!("(the photo of delivery {})", kept.line.delivery?);
            Some((body["photo"].as_str()?.to_owned(), name))
        });
        photos.chain(attached).collect()
    }
}

fn said(mut row: Row) -> Result<Said, StoreError> {
    Ok(Said {
        number: row.int()?,
        state: row.word()?,
        act: row.word()?,
        reason: row.opt_text()?,
        content: row.text()?,
        content_hash: row.text()?,
        created_at: row.instant()?,
        approved_at: row.opt_instant()?,
        release_at: row.opt_instant()?,
        deadline_at: row.opt_instant()?,
        late_reason: row.opt_text()?,
    })
}

fn sent(mut row: Row) -> Result<Sent, StoreError> {
    Ok(Sent {
        delivery: row.int()?,
        revision: row.int()?,
        account: row.text()?,
        channel: row.text()?,
        languages: row.text()?,
        key: row.text()?,
        action: row.word()?,
        state: row.word()?,
        settled_at: row.opt_instant()?,
        remote_id: row.opt_text()?,
        url: row.opt_text()?,
        objects: serde_json::from_str(&row.text()?).unwrap_or_default(),
        post: row.opt_text()?,
        post_hash: row.opt_text()?,
        evidence: row.opt_text()?,
    })
}
