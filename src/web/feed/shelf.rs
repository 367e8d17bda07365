//! The feeds as they were last written, plain and compressed, kept until their entries change.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::Format;
use super::document::Topic;
use crate::store::feed::Known;
use crate::store::{Store, StoreError};
use crate::web::written::Written;

/// How long another process's entry may stay unseen; this process's own are seen at once.
const RECHECK: Duration = Duration::from_secs(1);
/// How many bytes all of them together may take; beyond that, those go that were looked at longest ago.
const ROOM: usize = 64 * 1024 * 1024;

/// Every feed that was asked for.
#[derive(Default)]
pub struct Shelf {
    slots: RwLock<HashMap<Key, Slot>>,
    /// Feeds are written one after the other: each may have megabytes, and readers come together.
    turn: Mutex<()>,
}

type Key = (String, String, Option<String>, Format);

#[derive(Clone)]
struct Slot {
    written: Arc<Written>,
    known: Arc<Vec<Known>>,
    changes: u64,
    checked: Instant,
}

impl Slot {
    fn is_fresh(&self, store: &Store) -> bool {
        self.changes == store.feed_changes() && self.checked.elapsed() < RECHECK
    }
}

impl Shelf {
    /// The feed, written anew if its entries have changed; `None` where the office has no such feed.
    pub async fn written(&self, store: &Store, topic: &Topic<'_>) -> Result<Option<Arc<Written>>, StoreError> {
        let key = key(topic);
        if let Some(slot) = self.slot(&key).filter(|slot| slot.is_fresh(store)) {
            return Ok(Some(slot.written));
        }
        let _turn = self.turn.lock().await;
        let slot = self.slot(&key);
        if let Some(slot) = slot.as_ref().filter(|slot| slot.is_fresh(store)) {
            return Ok(Some(slot.written.clone()));
        }
        let (changes, checked) = (store.feed_changes(), Instant::now());
        let known = topic.known(store).await?;
        let written = match slot {
            Some(slot) if *slot.known == known && slot.changes == changes => slot.written,
            _ if !topic.exists(known.len()) => return Ok(None),
            _ => Arc::new(write(store, topic, &known).await?),
        };
        let slot = Slot {
            written: written.clone(),
            known: Arc::new(known),
            changes,
            checked,
        };
        self.keep(key, slot);
        Ok(Some(written))
    }

    fn slot(&self, key: &Key) -> Option<Slot> {
        self.slots.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn keep(&self, key: Key, slot: Slot) {
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        slots.insert(key, slot);
        while slots.values().map(|slot| slot.written.size()).sum::<usize>() > ROOM && slots.len() > 1 {
            let oldest = slots.iter().min_by_key(|(_, slot)| slot.checked).map(|(key, _)| key.clone());
            oldest.and_then(|key| slots.remove(&key));
        }
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

async fn write(store: &Store, topic: &Topic<'_>, known: &[Known]) -> Result<Written, StoreError> {
    let feed = topic.read(store, known).await?;
    let text = topic.format.write(&feed);
    Written::new(text, feed.changed).map_err(|error| StoreError::Other(error.to_string()))
}
