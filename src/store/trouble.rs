//! What ails the database, as far as it has shown itself. Damage is not forgotten before a restart: each further write could spread it.

use std::sync::{Arc, PoisonError, RwLock};

use super::StoreError;

/// The last trouble, if there is any; shared by a store and its works.
#[derive(Clone, Default)]
pub(super) struct Trouble(Arc<RwLock<Option<StoreError>>>);

impl Trouble {
    /// Passes a result on, and remembers what is not the caller's fault.
    pub fn seen<T>(&self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        use StoreError::{Busy, Damaged, Disk, Full, ReadOnly};
        if let Err(trouble @ (Damaged(_) | Full | Disk(_) | ReadOnly(_) | Busy)) = &result {
            self.put(Some(trouble.clone()));
        }
        result
    }

    /// Remembers what came of trying to write.
    pub fn tried(&self, tried: &Result<(), StoreError>) {
        self.put(tried.as_ref().err().cloned());
    }

    /// What is known.
    pub fn known(&self) -> Option<StoreError> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Fails once damage has shown itself: nothing more is written.
    pub fn unless_damaged(&self) -> Result<(), StoreError> {
        match self.known() {
            Some(damage @ StoreError::Damaged(_)) => Err(damage),
            _ => Ok(()),
        }
    }

    fn put(&self, trouble: Option<StoreError>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*known, Some(StoreError::Damaged(_))) {
            *known = trouble;
        }
    }
}
