//! What the store gives back: people, items, revisions, accounts and deliveries as values.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::StoreError;
use super::circuit::Circuit;
use super::value::Row;
use crate::item::{Content, Moment};
use crate::receipt::words::words;
use crate::receipt::{Action, Failure, Finding, Objects, State};
use crate::render::{Act, ActKind};

words! {
    /// What a person may do.
    Role {
        /// Writes items.
        Author = "author",
        /// Approves, corrects, withdraws, resolves.
        Editor = "editor",
        /// Also connects channels and manages people.
        Administrator = "administrator",
    }
}

words! {
    /// Where an item stands.
    ItemState {
        /// Waits for approval.
        Proposed = "proposed",
        /// Approved: its deliveries are planned, under way or done.
        Approved = "approved",
        /// Taken back.
        Withdrawn = "withdrawn",
        /// Of a kind that is followed, not published.
        Tracked = "tracked",
    }
}

words! {
    /// Where a revision stands.
    RevisionState {
        /// Waits for approval.
        Proposed = "proposed",
        /// Frozen.
        Approved = "approved",
        /// Another proposal took its place before it was approved.
        Replaced = "replaced",
    }
}

words! {
    /// What a revision does to the item.
    RevisionAct {
        /// The first one.
        Publish = "publish",
        /// Mends it.
        Correct = "correct",
        /// Takes it back.
        Withdraw = "withdraw",
        /// Moves its event.
        Postpone = "postpone",
    }
}

words! {
    /// Whether an account may be used.
    AccountState {
        /// It may.
        Open = "open",
        /// It waits for a person.
        Paused = "paused",
        /// It is no longer in the configuration.
        Removed = "removed",
    }
}

/// A known user of an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Its number.
    pub id: i64,
    /// The office.
    pub office: String,
    /// The name used with `--as`.
    pub login: String,
    /// The name people use.
    pub name: String,
    /// What this person may do.
    pub role: Role,
    /// The language of messages to this person.
    pub lang: String,
    /// The operating-system user who is this person.
    pub os_user: Option<String>,
}

impl Person {
    pub(super) fn read(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.int()?,
            office: row.text()?,
            login: row.text()?,
            name: row.text()?,
            role: row.word()?,
            lang: row.text()?,
            os_user: row.opt_text()?,
        })
    }
}

/// An item, without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Its number.
    pub id: i64,
    /// The office.
    pub office: String,
    /// The office's own reference.
    pub reference: String,
    /// Its kind.
    pub kind: String,
    /// The last part of its address.
    pub slug: String,
    /// Where it stands.
    pub state: ItemState,
    /// Its headline in the leading language.
    pub title: String,
    /// When its event begins.
    pub event_at: Option<DateTime<Utc>>,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Item {
    pub(super) fn read(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.int()?,
            office: row.text()?,
            reference: row.text()?,
            kind: row.text()?,
            slug: row.text()?,
            state: row.word()?,
            title: row.text()?,
            event_at: row.opt_instant()?,
            created_at: row.instant()?,
            updated_at: row.instant()?,
        })
    }
}

/// One revision of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Revision {
    /// Its number in the store.
    pub id: i64,
    /// The item.
    pub item: i64,
    /// 1 for the first one.
    pub number: i64,
    /// Where it stands.
    pub state: RevisionState,
    /// What it does.
    pub act: RevisionAct,
    /// Why, for every act but the first.
    pub reason: Option<String>,
    /// What it says.
    pub content: Content,
    /// SHA-256 of that.
    pub content_hash: String,
    /// Who wrote it.
    pub author: i64,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// Who approved it.
    pub approved_by: Option<i64>,
    /// When it was approved.
    pub approved_at: Option<DateTime<Utc>>,
    /// Not to be published before this.
    pub release_at: Option<DateTime<Utc>>,
    /// To be public by this.
    pub deadline_at: Option<DateTime<Utc>>,
    /// Why it was approved although it would be late.
    pub late_reason: Option<String>,
}

impl Revision {
    pub(super) fn read(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.int()?,
            item: row.int()?,
            number: row.int()?,
            state: row.word()?,
            act: row.word()?,
            reason: row.opt_text()?,
            content: row.json()?,
            content_hash: row.text()?,
            author: row.int()?,
            created_at: row.instant()?,
            approved_by: row.opt_int()?,
            approved_at: row.opt_instant()?,
            release_at: row.opt_instant()?,
            deadline_at: row.opt_instant()?,
            late_reason: row.opt_text()?,
        })
    }
}

impl Revision {
    /// What the reader is told was done.
    pub fn told(&self, previous_event: Option<Moment>) -> Act {
        Act {
            kind: match self.act {
                RevisionAct::Publish => ActKind::Publish,
                RevisionAct::Correct => ActKind::Correct,
                RevisionAct::Withdraw => ActKind::Withdraw,
                RevisionAct::Postpone => ActKind::Postpone,
            },
            reason: self.reason.clone(),
            at: self.approved_at.unwrap_or(self.created_at),
            revision: self.number,
            previous_event,
        }
    }
}

/// An office's account on a channel, as the store knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountRow {
    /// Its number.
    pub id: i64,
    /// The office.
    pub office: String,
    /// Its name.
    pub name: String,
    /// The channel it is on.
    pub channel: String,
    /// Whether it may be used.
    pub state: AccountState,
    /// Why it waits.
    pub failure: Option<Failure>,
    /// Throttled or paced: not to be used before this.
    pub not_before: DateTime<Utc>,
    /// Since when it waits for a person.
    pub paused_at: Option<DateTime<Utc>>,
    /// Its circuit, if the remote does not do its work.
    pub circuit: Option<Circuit>,
}

impl AccountRow {
    pub(super) fn read(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.int()?,
            office: row.text()?,
            name: row.text()?,
            channel: row.text()?,
            state: row.word()?,
            failure: row.opt_json()?,
            not_before: row.instant()?,
            paused_at: row.opt_instant()?,
            circuit: Circuit::read(row)?,
        })
    }
}

/// A delivery, as people and programs are shown it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// Its number.
    pub id: i64,
    /// The item's number.
    pub item: i64,
    /// The item's reference.
    pub reference: String,
    /// The account's name.
    pub account: String,
    /// The languages, joined by `+`.
    pub languages: String,
    /// What it is to do.
    pub action: Action,
    /// Where it stands.
    pub state: State,
    /// Not before this.
    pub release_at: DateTime<Utc>,
    /// To be public by this.
    pub deadline_at: Option<DateTime<Utc>>,
    /// When it is tried next, unless it is settled.
    pub next_at: DateTime<Utc>,
    /// How often it was tried.
    pub attempt: i64,
    /// What it made at the remote.
    pub objects: Objects,
    /// The last failure.
    pub failure: Option<Failure>,
    /// The remote's id.
    pub remote_id: Option<String>,
    /// Where it can be seen.
    pub url: Option<String>,
    /// SHA-256 of the post.
    pub post_hash: Option<String>,
    /// When nothing more was to be done.
    pub settled_at: Option<DateTime<Utc>>,
    /// What the last look at it showed, once it stood.
    pub seen: Option<Finding>,
    /// When that was.
    pub seen_at: Option<DateTime<Utc>>,
}

impl Delivery {
    pub(super) fn read(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.int()?,
            item: row.int()?,
            reference: row.text()?,
            account: row.text()?,
            languages: row.text()?,
            action: row.word()?,
            state: row.word()?,
            release_at: row.instant()?,
            deadline_at: row.opt_instant()?,
            next_at: row.instant()?,
            attempt: row.int()?,
            objects: row.json()?,
            failure: row.opt_json()?,
            remote_id: row.opt_text()?,
            url: row.opt_text()?,
            post_hash: row.opt_text()?,
            settled_at: row.opt_instant()?,
            seen: row.opt_word()?,
            seen_at: row.opt_instant()?,
        })
    }

    /// Whether it stood only after its deadline, or does not stand although the deadline has passed.
    pub fn is_late(&self, now: DateTime<Utc>) -> bool {
        let met = if self.state == State::Delivered {
            self.settled_at.unwrap_or(now)
        } else {
            now
        };
        self.deadline_at.is_some_and(|deadline| met > deadline) && !matches!(self.state, State::Superseded | State::Expired)
    }
}
