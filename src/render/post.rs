//! The result: everything a driver needs, and nothing it would have to ask for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::item::Lang;

/// What one revision says on one channel, in the languages it needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Post {
    /// The channel's id.
    pub channel: String,
    /// The languages, in the order in which they are said.
    pub languages: Vec<Lang>,
    /// The item's slug.
    pub slug: String,
    /// The item's canonical address.
    pub link: String,
    /// The first language's title, with the act's prefix.
    pub title: String,
    /// The kind's name.
    pub kind: String,
    /// Where the channel files it.
    pub category: Option<Category>,
    /// Words to file it under.
    pub tags: Vec<String>,
    /// The manifest's parts, rendered.
    pub parts: BTreeMap<String, String>,
    /// The files that go along, within the channel's limits.
    pub media: Vec<Media>,
}

/// A category of a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Its key in the manifest.
    pub key: String,
    /// What it is called in the post's first language.
    pub label: String,
}

/// A file that goes along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// The file's name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// The hash under which its bytes are stored.
    pub sha256: String,
    /// Its size in bytes.
    pub size: usize,
    /// What people read on the link; the file's name where nothing was written.
    pub title: String,
    /// What a picture shows.
    pub alt: String,
    /// Its canonical address.
    pub url: String,
}

impl Post {
    /// SHA-256 over the post's canonical JSON (fields in their fixed order, maps sorted by key), in hex.
    pub fn hash(&self) -> String {
        let json = serde_json::to_vec(self).unwrap_or_default();
        hex::encode(Sha256::digest(json))
    }

    /// The part of that name, empty if the channel has none.
    pub fn part(&self, name: &str) -> &str {
        self.parts.get(name).map_or("", String::as_str)
    }
}

impl Media {
    /// Whether it is a picture.
    pub fn is_image(&self) -> bool {
        self.media_type.starts_with("image/")
    }
}
