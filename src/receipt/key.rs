//! The key by which a post's remote objects are found, by the program and by whoever checks it.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

/// The scope of a post that says all languages at once: its key must not change when a correction brings a translation.
pub const TOGETHER: &str = "together";

/// What remote objects of one post can be found by: stable for ever, different in every installation.
pub fn key(office: &str, reference: &str, created_at: DateTime<Utc>, account: &str, scope: &str) -> String {
    let named = format!("{office}|{reference}|{}|{account}|{scope}", created_at.timestamp_millis());
    hex::encode(&Sha256::digest(named)[..10])
}
