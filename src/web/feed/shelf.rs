//! The feeds as they were last written, plain and compressed, kept until their entries change.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use super::Format;
use super::document::Topic;
use crate::store::{Store, StoreError};
use crate::web::written::Written;

/// How long another process's entry may stay unseen; this process's own are seen at once.
const RECHECK: Duration = Duration::from_secs(1);

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
    Written::new(text, feed.changed).map_err(|error| StoreError::Other(error.to_string()))
}
