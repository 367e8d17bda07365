//! The ledger's chain: how a line is written down to be hashed, and how each hash takes in the one before. `docs/LEDGER.md` says the
//! same for those who check it without this program.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What stands where a hash before the first line would stand.
pub const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A line of the ledger as it is hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its place in the office's chain, from 1.
    pub seq: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// The office.
    pub office: String,
    /// A person's login, or the worker.
    pub who: String,
    /// What was done.
    pub act: String,
    /// The item's number in the store.
    pub item: Option<i64>,
    /// The item's reference.
    pub reference: Option<String>,
    /// The delivery's number in the store.
    pub delivery: Option<i64>,
    /// What its remote objects are found by.
    pub key: Option<String>,
    /// The particulars, JSON as it is kept.
    pub body: String,
}

/// A line's place in the chain. The digest alone lets anybody follow the chain without seeing what the line says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its place, from 1.
    pub seq: i64,
    /// SHA-256 of the line as it is written down.
    pub digest: String,
    /// SHA-256 over place, the hash before and the digest.
    pub hash: String,
}

impl Line {
    /// The line as it is written down: one line of JSON, its keys in this order.
    pub fn text(&self) -> String {
        let at = self.at.to_rfc3339_opts(SecondsFormat::Millis, true);
        let (office, who, act) = (quoted(&self.office), quoted(&self.who), quoted(&self.act));
        let (item, delivery) = (number(self.item), number(self.delivery));
        let (reference, key) = (quoted_or_null(self.reference.as_ref()), quoted_or_null(self.key.as_ref()));
        let (seq, body) = (self.seq, &self.body);
        format!(
            "{{\"seq\":{seq},\"at\":\"{at}\",\"office\":{office},\"who\":{who},\"act\":{act},\"item\":{item},\"reference\":{reference},\
             \"delivery\":{delivery},\"key\":{key},\"body\":{body}}}"
        )
    }

    /// Links it to the line before.
    pub fn link(&self, before: &str) -> Link {
        let digest = sha256(&self.text());
        let hash = sha256(&format!("{} {before} {digest}", self.seq));
        Link {
            seq: self.seq,
            digest,
            hash,
        }
    }
}

/// SHA-256 of a text, in hex.
pub fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

fn quoted_or_null(text: Option<&String>) -> String {
    text.map_or_else(|| "null".to_owned(), |text| quoted(text))
}

fn number(number: Option<i64>) -> String {
    number.map_or_else(|| "null".to_owned(), |number| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_written_down_as_docs_ledger_md_shows_it() {
        let line = Line {
            seq: 2,
            at: crate::clock::from_ms(1_795_345_200_007),
            office: "kacanik".to_owned(),
            who: "arta".to_owned(),
            act: "approved".to_owned(),
            item: Some(1),
            reference: Some("KK-\"1\"".to_owned()),
            delivery: None,
            key: None,
            body: "{\"revision\":1}".to_owned(),
        };
        let text = "{\"seq\":2,\"at\":\"2026-11-22T11:00:00.007Z\",\"office\":\"kacanik\",\"who\":\"arta\",\"act\":\"approved\",\"item\":1,\
                    \"reference\":\"KK-\\\"1\\\"\",\"delivery\":null,\"key\":null,\"body\":{\"revision\":1}}";
        assert_eq!(line.text(), text);
        let Link { digest, hash, .. } = line.link(BEGINNING);
        assert_eq!(digest, sha256(text));
        assert_eq!(hash, sha256(&format!("2 {BEGINNING} {digest}")));
    }
}
