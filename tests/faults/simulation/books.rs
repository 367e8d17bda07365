//! The simulation's own books: what was promised to whom, against which the program and the remotes are held.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::remote::{Outside, Request, Way};
use crate::outcome::Outcome;

/// An item as the office remembers it.
#[derive(Debug, Clone)]
pub struct Item {
    pub reference: String,
    pub release: Option<DateTime<Utc>>,
    /// The headline of the newest approved revision.
    pub title: String,
    pub revision: u32,
    pub withdrawn: bool,
    /// Pointless after a while.
    pub fleeting: bool,
    /// The remotes will not have it until it is corrected.
    pub poisoned: bool,
}

/// Everything the simulation remembers.
pub struct Books {
    pub items: Vec<Item>,
    pub outcome: Outcome,
    /// What a delivery says, and under which key, as it was seen at the gate.
    pub said: BTreeMap<i64, (String, String)>,
    /// How often a person was asked whether something stands, by account.
    pub asked: BTreeMap<String, u64>,
    /// The first violations, in words.
    pub broken: Vec<String>,
}

impl Books {
    /// Empty ones.
    pub fn new(seed: u64) -> Self {
        Self {
            items: vec![],
            outcome: Outcome::new("simulation", seed),
            said: BTreeMap::new(),
            asked: BTreeMap::new(),
            broken: vec![],
        }
    }

    /// The item a text belongs to.
    pub fn item_of(&self, text: &str) -> Option<&Item> {
        let reference = headline(text)?.split(' ').next()?;
        let number: usize = reference.strip_prefix("P-")?.parse().ok()?;
        self.items.get(number)
    }

    /// What became public by this call: once only, and not before its time.
    pub fn became_public(&mut self, outside: &Outside, call: &Request, now: DateTime<Utc>) {
        let same = |text: &str| Way::of(&call.account) != Way::Letter || text == call.text;
        let standing = outside.public(&call.account, &call.key).filter(|post| same(&post.text)).count();
        if standing > 1 {
            self.outcome.doubled += 1;
            self.broken
                .push(format!("{now}: {} stands {standing} times on {}", call.text, call.account));
        }
        let release = self.item_of(&call.text).and_then(|item| item.release);
        if release.is_some_and(|release| now < release) {
            self.wrong(format!("{now}: {} is public before {release:?}", call.text));
        }
    }

    /// Something is not as it was said.
    pub fn wrong(&mut self, what: String) {
        self.outcome.wrong += 1;
        self.broken.push(what);
    }

    /// Something that was promised is not there.
    pub fn lost(&mut self, what: String) {
        self.outcome.lost += 1;
        self.broken.push(what);
    }
}

/// The headline in a text, without what acts put before and after it.
pub fn headline(text: &str) -> Option<&str> {
    text[text.find("P-")?..].split(" | ").next()
}
