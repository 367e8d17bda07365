//! What is asked of the renderer.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::item::{Content, Kinds, Lang, Moment, Office};
use crate::manifest::Manifest;

/// What has been done to the item, as the reader should be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Which act.
    pub kind: ActKind,
    /// Why, in the office's words; never missing for a withdrawal or a postponement that the desk has checked.
    pub reason: Option<String>,
    /// When it was done.
    pub at: DateTime<Utc>,
    /// The revision it made.
    pub revision: i64,
    /// When the event was to be, before it was postponed.
    pub previous_event: Option<Moment>,
}

/// The acts a reader can be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActKind {
    /// Said for the first time.
    Publish,
    /// Said again, mended.
    Correct,
    /// Taken back; an event is cancelled.
    Withdraw,
    /// The event was moved.
    Postpone,
}

/// One item for one channel in the languages it is to be said in.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who publishes.
    pub office: &'a Office,
    /// The kinds, for labels and the order of facts.
    pub kinds: &'a Kinds,
    /// The channel.
    pub manifest: &'a Manifest,
    /// The revision's content.
    pub content: &'a Content,
    /// What has been done to it.
    pub act: &'a Act,
    /// The languages, in the order in which they are said.
    pub languages: &'a [Lang],
    /// The item's slug, as it was first given.
    pub slug: &'a str,
}
