//! An item's checked content: what a revision freezes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Attachment, FactValue, Lang, Moment};

/// Everything one revision says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The kind's name.
    pub kind: String,
    /// The office's own reference.
    pub reference: String,
    /// Not before this moment.
    pub release: Option<Moment>,
    /// Words to file it under.
    pub tags: Vec<String>,
    /// The facts, by name.
    pub facts: BTreeMap<String, FactValue>,
    /// Title and text per language.
    pub translations: BTreeMap<Lang, Translation>,
    /// Its files, in order.
    pub attachments: Vec<Attachment>,
}

/// One language's text, in the three forms channels need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Translation {
    /// The headline.
    pub title: String,
    /// As written.
    pub markdown: String,
    /// Sanitised.
    pub html: String,
    /// Without markup.
    pub text: String,
}

impl Content {
    /// SHA-256 over the content's canonical JSON (maps sorted by key), in hex.
    pub fn hash(&self) -> String {
        let json = serde_json::to_vec(self).unwrap_or_default();
        hex::encode(Sha256::digest(json))
    }

    /// The moment of the event, where the kind has one.
    pub fn event(&self, fact: Option<&str>) -> Option<&Moment> {
        self.facts.get(fact?)?.instant()
    }

    /// The languages it is written in, in the office's order first.
    pub fn languages(&self, office_order: &[Lang]) -> Vec<Lang> {
        let mut languages: Vec<Lang> = office_order.iter().filter(|l| self.translations.contains_key(l)).cloned().collect();
        languages.extend(self.translations.keys().filter(|l| !office_order.contains(l)).cloned());
        languages
    }
}
