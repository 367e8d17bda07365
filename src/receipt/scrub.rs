//! Secrets never show: whatever a remote echoes is cleaned before it becomes evidence.

use url::form_urlencoded::byte_serialize;

/// What a secret is replaced by.
const HIDDEN: &str = "•••";

/// An account's secrets, in every spelling an answer could echo.
pub struct Scrub(Vec<String>);

impl Scrub {
    /// Knows those secrets: as they are, in an address, inside JSON.
    pub fn of<'a>(secrets: impl Iterator<Item = &'a String>) -> Self {
        let mut spellings: Vec<String> = secrets
            .filter(|secret| !secret.is_empty())
            .flat_map(|secret| spell(secret))
            .collect();
        // The longest first: a secret that is part of another must not leave the rest of it standing.
        spellings.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
        spellings.dedup();
        Self(spellings)
    }

    /// The text without them.
    pub fn clean(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret, HIDDEN))
    }
}

fn spell(secret: &str) -> [String; 3] {
    let in_json = serde_json::Value::from(secret).to_string();
    let in_address = byte_serialize(secret.as_bytes()).collect();
    [secret.to_owned(), in_address, in_json[1..in_json.len() - 1].to_owned()]
}
