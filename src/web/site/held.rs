//! Attachments on their way to readers: the same file once in memory for all of them, and no more of them at once than there is room.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use axum::body::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::item::attachment::MAX_BYTES;
use crate::store::StoreError;

/// How much of different files is held at once, in kB.
const ROOM: usize = 512 * 1024;
/// What the largest file takes, in kB.
#[allow(clippy::cast_possible_truncation, reason = "an attachment has megabytes, not terabytes")]
const LARGEST: u32 = (MAX_BYTES / 1024) as u32 + 1;
/// How long a reader waits for others to have read.
const PATIENCE: Duration = Duration::from_secs(10);

/// A file that is being read by somebody.
pub struct File {
    /// Its media type.
    pub media_type: String,
    bytes: Vec<u8>,
    _place: OwnedSemaphorePermit,
}

impl File {
    /// Its size in bytes.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }
}

/// Every file that is being read.
pub struct Held {
    room: Arc<Semaphore>,
    patience: Duration,
    files: Mutex<HashMap<(String, String), Weak<File>>>,
}

impl Default for Held {
    fn default() -> Self {
        Self::with(ROOM, PATIENCE)
    }
}

impl Held {
    fn with(room: usize, patience: Duration) -> Self {
        Self {
            room: Arc::new(Semaphore::new(room)),
            patience,
            files: Mutex::default(),
        }
    }

    /// The file of that office and hash, from memory or by `load`; `None` where there is none, an error too where there is no room for it.
    pub async fn file(
        &self,
        office: &str,
        sha256: &str,
        load: impl Future<Output = Result<Option<(String, Vec<u8>)>, StoreError>>,
    ) -> Result<Option<Arc<File>>, StoreError> {
        let key = (office.to_owned(), sha256.to_owned());
        if let Some(file) = self.known(&key) {
            return Ok(Some(file));
        }
        let place = timeout(self.patience, self.room.clone().acquire_many_owned(LARGEST)).await;
        // Nobody closes the semaphore.
        let Ok(Ok(mut place)) = place else { return Err(StoreError::Busy) };
        // While it waited, another reader may have fetched it.
        if let Some(file) = self.known(&key) {
            return Ok(Some(file));
        }
        let Some((media_type, bytes)) = load.await? else { return Ok(None) };
        let needed = bytes.len() / 1024 + 1;
        let file = Arc::new(File {
            media_type,
            _place: place.split(needed).unwrap_or(place),
            bytes,
        });
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.retain(|_, file| file.strong_count() > 0);
        files.insert(key, Arc::downgrade(&file));
        Ok(Some(file))
    }

    fn known(&self, key: &(String, String)) -> Option<Arc<File>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).get(key)?.upgrade()
    }
}

/// Its bytes, held until the last reader has them.
pub fn bytes(file: Arc<File>) -> Bytes {
    Bytes::from_owner(Shared(file))
}

struct Shared(Arc<File>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn take(held: &Held, name: &str, size: usize) -> Result<Option<Arc<File>>, StoreError> {
        held.file(
            "kacanik",
            name,
            async move { Ok(Some(("application/pdf".to_owned(), vec![0; size]))) },
        )
        .await
    }

    #[tokio::test]
    async fn a_file_stands_in_memory_once_and_all_of_them_within_their_room() {
        let held = Held::with(4 * LARGEST as usize, Duration::from_millis(50));
        let first = take(&held, "a", MAX_BYTES).await.unwrap().unwrap();
        let again = held
            .file("kacanik", "a", async { panic!("it is there already") })
            .await
            .unwrap()
            .unwrap();
        assert!(Arc::ptr_eq(&first, &again));
        let mut others = Vec::new();
        let refused = loop {
            match take(&held, &others.len().to_string(), MAX_BYTES).await {
                Ok(file) => others.push(file),
                Err(error) => break error,
            }
        };
        assert!(refused.is_transient() && others.len() == 3, "{refused}, {}", others.len());
        let body = bytes(first);
        drop((again, others));
        assert!(take(&held, "b", MAX_BYTES).await.is_ok());
        assert_eq!(body.len(), MAX_BYTES);
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_takes_no_room() {
        let held = Held::default();
        for _ in 0..100 {
            assert!(held.file("kacanik", "a", async { Ok(None) }).await.unwrap().is_none());
        }
        assert_eq!(held.room.available_permits(), ROOM);
    }
}
