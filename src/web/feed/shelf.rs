//! The feeds as they were last written, plain and compressed, kept until their entries change.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::HeaderValue;
use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::Format;
use super::document::Topic;
use crate::store::{Store, StoreError};
use crate::web::conditional::http_date;

/// How long another process's entry may stay unseen; this process's own are seen at once.
const RECHECK: Duration = Duration::from_secs(1);

/// A feed, written.
pub struct Written {
    /// As it is.
    pub plain: Variant,
    /// Compressed.
    pub gzip: Variant,
    /// The newest change in it.
    pub changed: Option<DateTime<Utc>>,
    /// The same, as a header.
    pub last_modified: Option<HeaderValue>,
}

/// One encoding of it.
pub struct Variant {
    /// The bytes.
    pub bytes: Bytes,
    /// Their strong tag.
    pub etag: HeaderValue,
}

/// Every feed that was asked for.
#[derive(Default)]
pub struct Shelf(RwLock<HashMap<Key, Slot>>);

type Key = (String, String, Option<String>, Format);
type Stamp = (i64, Option<DateTime<Utc>>);

#[derive(Clone)]
struct Slot {
    written: Arc<Written>,
    stamp: Stamp,
    changes: u64,
    checked: Instant,
}

impl Shelf {
    /// The feed, written anew if its entries have changed; `None` where the office has no such feed.
    pub async fn written(&self, store: &Store, topic: &Topic<'_>) -> Result<Option<Arc<Written>>, StoreError> {
        let key = key(topic);
        let changes = store.feed_changes();
        let slot = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(slot) = &slot
            && slot.changes == changes
            && slot.checked.elapsed() < RECHECK
        {
            return Ok(Some(slot.written.clone()));
        }
        let checked = Instant::now();
        let stamp = store
            .feed_stamp(&topic.config.office.id, topic.lang.as_str(), topic.category.as_deref())
            .await?;
        let written = match slot {
            Some(slot) if slot.stamp == stamp && slot.changes == changes => slot.written,
            _ if !topic.exists(stamp.0) => return Ok(None),
            _ => Arc::new(write(store, topic).await?),
        };
        let slot = Slot {
            written: written.clone(),
            stamp,
            changes,
            checked,
        };
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(key, slot);
        Ok(Some(written))
    }
}

fn key(topic: &Topic<'_>) -> Key {
    (
        topic.config.office.id.clone(),
        topic.lang.to_string(),
        topic.category.clone(),
        topic.format,
    )
}

async fn write(store: &Store, topic: &Topic<'_>) -> Result<Written, StoreError> {
    let feed = topic.read(store).await?;
    let text = topic.format.write(&feed);
    let hash = hex::encode(&Sha256::digest(&text)[..16]);
    let zipped = compress(text.as_bytes()).map_err(|error| StoreError::Other(error.to_string()))?;
    Ok(Written {
        plain: Variant::new(text.into(), &hash),
        gzip: Variant::new(zipped.into(), &format!("{hash}-gzip")),
        changed: feed.changed,
        last_modified: feed.changed.and_then(|at| HeaderValue::from_str(&http_date(at)).ok()),
    })
}

impl Variant {
    fn new(bytes: Bytes, tag: &str) -> Self {
        Self {
            bytes,
            etag: HeaderValue::from_str(&format!("\"{tag}\"")).unwrap_or(HeaderValue::from_static("\"\"")),
        }
    }
}

fn compress(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}
