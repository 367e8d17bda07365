//! The worker: claim, send, settle, reconcile, rescue.
//!
//! It knows steps and answers, never a channel: what is specific lives behind [`crate::channels::Driver`].

mod backoff;
mod circuit;
mod drive;
mod load;
mod verdict;
mod worker;

pub use worker::{NotLocked, Worker, WorkerLock};
