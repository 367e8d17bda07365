//! What is on its way to readers: the same attachment once in memory for all of them, notices by their size, and no more at once than there is room.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use axum::body::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::item::attachment::MAX_BYTES;
use crate::store::StoreError;

/// How much of files is held at once, in kB.
const ROOM: usize = 384 * 1024;
/// How much of large notices is held at once, in kB: of their own, so that files that are read slowly hold up no notice.
const PAGES: usize = 128 * 1024;
/// What is smaller than so many bytes needs no room: there are only so many connections.
const SMALL: usize = 128 * 1024;
/// What the largest file takes, in kB.
#[allow(clippy::cast_possible_truncation, reason = "an attachment has megabytes, not terabytes")]
const LARGEST: u32 = (MAX_BYTES / 1024) as u32 + 1;
/// How many different files are loaded at once.
const TURNS: usize = 16;
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
    /// Who comes while a file is loaded waits for it here, instead of loading it too.
    turns: [tokio::sync::Mutex<()>; TURNS],
    room: Arc<Semaphore>,
    pages: Arc<Semaphore>,
    patience: Duration,
    files: Mutex<HashMap<(String, String), Weak<File>>>,
}

impl Default for Held {
    fn default() -> Self {
        Self::with(ROOM, PAGES, PATIENCE)
    }
}

impl Held {
    fn with(room: usize, pages: usize, patience: Duration) -> Self {
        Self {
            turns: std::array::from_fn(|_| tokio::sync::Mutex::default()),
            room: Arc::new(Semaphore::new(room)),
            pages: Arc::new(Semaphore::new(pages)),
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
        let digit = sha256.chars().last().and_then(|digit| digit.to_digit(16)).unwrap_or(0);
        let Ok(_turn) = timeout(self.patience, self.turns[digit as usize % TURNS].lock()).await else {
            return Err(StoreError::Busy);
        };
        if let Some(file) = self.known(&key) {
            return Ok(Some(file));
        }
        let place = timeout(self.patience, self.room.clone().acquire_many_owned(LARGEST)).await;
        // Nobody closes the semaphore.
        let Ok(Ok(mut place)) = place else { return Err(StoreError::Busy) };
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

    /// Room for a notice of so many bytes; an error where others have not read theirs in time.
    pub async fn place(&self, bytes: usize) -> Result<Place, StoreError> {
        if bytes < SMALL {
            return Ok(Place { _permit: None });
        }
        let needed = u32::try_from((bytes / 1024 + 1).min(PAGES)).unwrap_or(LARGEST);
        let place = timeout(self.patience, self.pages.clone().acquire_many_owned(needed)).await;
        // Nobody closes the semaphore.
        let Ok(Ok(place)) = place else { return Err(StoreError::Busy) };
        Ok(Place { _permit: Some(place) })
    }

    fn known(&self, key: &(String, String)) -> Option<Arc<File>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).get(key)?.upgrade()
    }
}

/// Room that was given to one reader.
pub struct Place {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Place {
    /// The text takes the room until its reader has it.
    pub fn hold(self, text: String) -> Bytes {
        Bytes::from_owner(Placed { text, _place: self })
    }
}

struct Placed {
    text: String,
    _place: Place,
}

impl AsRef<[u8]> for Placed {
    fn as_ref(&self) -> &[u8] {
        self.text.as_bytes()
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
        let held = Held::with(4 * LARGEST as usize, PAGES, Duration::from_millis(50));
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
    async fn a_file_is_loaded_once_for_all_who_come_together() {
        let (held, loads) = (Held::default(), std::sync::atomic::AtomicUsize::new(0));
        let load = || async {
            loads.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok(Some(("application/pdf".to_owned(), vec![0; MAX_BYTES])))
        };
        let readers = (0..8).map(|_| held.file("kacanik", "a", load()));
        let files = futures::future::join_all(readers).await;
        assert!(files.iter().all(|file| file.as_ref().is_ok_and(Option::is_some)));
        assert_eq!(loads.load(std::sync::atomic::Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_large_notice_takes_room_until_its_reader_has_it_and_a_small_one_none() {
        let held = Held::with(ROOM, 4 * 1024, Duration::from_millis(50));
        let text = held.place(3 * 1024 * 1024).await.unwrap().hold("mirë".to_owned());
        assert!(held.place(1024 * 1024).await.is_err());
        for _ in 0..100 {
            std::mem::forget(held.place(SMALL - 1).await.unwrap());
        }
        drop(text);
        assert!(held.place(3 * 1024 * 1024).await.is_ok());
    }

    #[tokio::test]
    async fn files_that_nobody_ends_reading_hold_up_no_notice() {
        let held = Held::with(LARGEST as usize, PAGES, Duration::from_millis(50));
        let _read_for_hours = take(&held, "a", MAX_BYTES).await.unwrap().unwrap();
        assert!(take(&held, "b", MAX_BYTES).await.is_err(), "there is no room for another");
        assert!(held.place(1024 * 1024).await.is_ok());
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
