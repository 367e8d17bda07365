//! What a driver may ask of the store, as small traits. The store keeps them, the drivers use them, neither knows the other.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The store could not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the store could not do it: {0}")]
pub struct PortError(pub String);

/// Attachments' bytes, by their hash.
#[async_trait]
pub trait Files: Send + Sync {
    /// The bytes of the attachment with that SHA-256, if it is kept.
    async fn bytes(&self, office: &str, sha256: &str) -> Result<Option<Arc<Vec<u8>>>, PortError>;
}

/// A page of the built-in site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The last part of its address.
    pub slug: String,
    /// The delivery's key: the same page whatever happens to its address.
    pub key: String,
    /// The item kind.
    pub kind: String,
    /// The category it is listed under.
    pub category: Option<String>,
    /// Its headline.
    pub title: String,
    /// One or two sentences for lists.
    pub summary: String,
    /// Its text, sanitised HTML.
    pub body: String,
    /// The languages it is in, the leading one first.
    pub languages: Vec<String>,
    /// SHA-256 of the post it shows.
    pub post_hash: String,
    /// Whether the item was withdrawn: the page stays and says so.
    pub withdrawn: bool,
    /// When it was first published.
    pub published_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// The built-in site's pages.
#[async_trait]
pub trait Pages: Send + Sync {
    /// Puts a page up, or in place of the one with the same key; the first `published_at` is kept.
    async fn put_page(&self, office: &str, page: &Page) -> Result<(), PortError>;
    /// The page with that key.
    async fn page_by_key(&self, office: &str, key: &str) -> Result<Option<Page>, PortError>;
}

/// An entry of the office's feeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its permanent id, a `tag:` URI.
    pub id: String,
    /// Its language.
    pub lang: String,
    /// Its category.
    pub category: Option<String>,
    /// The item kind.
    pub kind: String,
    /// Plain text.
    pub title: String,
    /// Sanitised HTML.
    pub content: String,
    /// Where the notice stands.
    pub link: String,
    /// A file to enclose: address, bytes, media type.
    pub enclosure: Option<(String, usize, String)>,
    /// When it was first published.
    pub published_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// The feeds' entries.
#[async_trait]
pub trait Entries: Send + Sync {
    /// Puts an entry in, or in place of the one with the same id; the first `published_at` is kept.
    async fn put_entry(&self, office: &str, entry: &Entry) -> Result<(), PortError>;
    /// The entry with that id.
    async fn entry_by_id(&self, office: &str, id: &str) -> Result<Option<Entry>, PortError>;
}

/// The sheets for the notice boards, kept to be printed.
#[async_trait]
pub trait Sheets: Send + Sync {
    /// Keeps a delivery's sheet, a whole HTML page, or puts it in place of the one it has.
    async fn put_sheet(&self, office: &str, key: &str, delivery: i64, html: &str) -> Result<(), PortError>;
}
