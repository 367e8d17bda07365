//! What stands in a feed, whatever format it is written in.

use chrono::{DateTime, Utc};

use super::{Format, NEWEST, TEXTS};
use crate::item::{Lang, markup};
use crate::ports::Entry;
use crate::render::words::word;
use crate::store::feed::Known;
use crate::store::{Store, StoreError};
use crate::system::OfficeConfig;
use crate::web::categories;

/// The longest description beside the whole text, in characters.
const EXCERPT: usize = 300;

/// What a feed is about, and how it is written.
pub struct Topic<'a> {
    /// The office.
    pub config: &'a OfficeConfig,
    /// The language.
    pub lang: Lang,
    /// The category, or all of them.
    pub category: Option<String>,
    /// The format.
    pub format: Format,
}

/// A feed.
pub struct Feed {
    /// Its name, plain text.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// The pages it is the feed of.
    pub link: String,
    /// Its own address.
    pub own: String,
    /// The tag of its language.
    pub lang: String,
    /// Who speaks.
    pub author: String,
    /// The newest change in it.
    pub changed: Option<DateTime<Utc>>,
    /// The entries, the newest first.
    pub items: Vec<Item>,
    /// Older ones are left out, for all are too large together.
    pub is_cut: bool,
}

/// An entry, with what every format needs beside it.
pub struct Item {
    /// The entry as it is kept.
    pub entry: Entry,
    /// What its category is called.
    pub category: Option<String>,
    /// The beginning of its text, without markup.
    pub excerpt: String,
}

impl Topic<'_> {
    /// Whether the office has such a feed: one of its languages and categories, or one that has entries.
    pub fn exists(&self, entries: usize) -> bool {
        let lang = self.config.office.languages.contains(&self.lang);
        let category = self.category.as_deref().is_none_or(|key| categories::is_known(self.config, key));
        entries > 0 || (lang && category)
    }

    /// Its newest entries, without their texts.
    pub async fn known(&self, store: &Store) -> Result<Vec<Known>, StoreError> {
        let (office, category) = (&self.config.office.id, self.category.as_deref());
        store.known_entries(office, self.lang.as_str(), category, NEWEST).await
    }

    /// Reads the feed.
    pub async fn read(&self, store: &Store, known: &[Known]) -> Result<Feed, StoreError> {
        let office = &self.config.office;
        let category = self.category.as_deref();
        let fitting = fitting(known);
        let entries = store.entries(&office.id, self.lang.as_str(), category, fitting).await?;
        let author = office.name.get(&self.lang, &office.languages).cloned().unwrap_or_default();
        let subject = category.map_or_else(
            || word(self.lang.as_str(), "site-all", &[]),
            |key| categories::label(self.config, key, &self.lang),
        );
        let args = [("office", author.as_str()), ("subject", subject.as_str())];
        let (under, of) = category.map_or((String::new(), String::new()), |key| (format!("k/{key}"), format!("/{key}")));
        Ok(Feed {
            title: word(self.lang.as_str(), "site-feed-title", &args),
            description: word(self.lang.as_str(), "site-feed-about", &args),
            link: format!("{}/{under}", office.public_url),
            own: format!("{}/feed/{}{of}.xml", office.public_url, self.lang),
            lang: self.lang.tag().to_owned(),
            changed: entries.iter().map(|entry| entry.updated_at).max(),
            items: entries.into_iter().map(|entry| self.item(entry)).collect(),
            is_cut: fitting < known.len(),
            author,
        })
    }

    fn item(&self, entry: Entry) -> Item {
        Item {
            category: entry.category.as_deref().map(|key| categories::label(self.config, key, &self.lang)),
            excerpt: excerpt(&entry.content),
            entry,
        }
    }
}

/// How many of the newest have room; one in any case.
fn fitting(known: &[Known]) -> usize {
    let mut texts = 0;
    let fits = |entry: &&Known| {
        texts += entry.bytes;
        texts <= TEXTS
    };
    known.iter().take_while(fits).count().max(1)
}

/// The beginning of a text, cut at a word.
fn excerpt(html: &str) -> String {
    let text = markup::text_of(html);
    let mut excerpt = String::with_capacity(2 * EXCERPT);
    let mut room = EXCERPT;
    for word in text.split_whitespace() {
        let Some(left) = room.checked_sub(word.chars().count() + 1) else {
            excerpt.push_str(" …");
            break;
        };
        room = left;
        if !excerpt.is_empty() {
            excerpt.push(' ');
        }
        excerpt.push_str(word);
    }
    excerpt
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_plain_text_cut_at_a_word() {
        assert_eq!(excerpt("<p>Mbledhja &amp; rendi</p>\n<p>i ditës</p>"), "Mbledhja & rendi i ditës");
        let long = excerpt(&format!("<p>{}</p>", "fjalë ".repeat(100)));
        assert!(long.ends_with("fjalë …") && long.chars().count() <= EXCERPT + 2, "{long}");
    }
}
