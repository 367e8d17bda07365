//! The feeds' entries.

use std::sync::atomic::Ordering;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::value::{Row, args, to_json};
use super::{Store, StoreError};
use crate::ports::{Entries, Entry, PortError};

macro_rules! select {
    ($ending:literal) => {
        concat!(
            "SELECT id, lang, category, kind, title, content, link, enclosure, published_at, updated_at FROM entry WHERE ",
            $ending
        )
    };
}

/// What the newest entries are selected by, each beginning where its index does.
macro_rules! known {
    ($ending:literal) => {
        concat!("SELECT id, updated_at, OCTET_LENGTH(content) FROM entry WHERE ", $ending)
    };
}

/// The newest entries of a language.
pub const ENTRIES: &str = select!("office = $1 AND lang = $2 ORDER BY published_at DESC, id LIMIT $3");
/// Those of a category.
pub const ENTRIES_OF: &str = select!("office = $1 AND lang = $2 AND category = $4 ORDER BY published_at DESC, id LIMIT $3");
/// The newest entries of a language, without their texts.
pub const KNOWN: &str = known!("office = $1 AND lang = $2 ORDER BY published_at DESC, id LIMIT $3");
/// Those of a category.
pub const KNOWN_OF: &str = known!("office = $1 AND lang = $2 AND category = $4 ORDER BY published_at DESC, id LIMIT $3");
/// From each category straight to the next one.
pub const CATEGORIES: &str = "WITH RECURSIVE c (category) AS (SELECT MIN(category) FROM entry WHERE office = $1 AND lang = $2 UNION ALL \
                              SELECT (SELECT MIN(category) FROM entry WHERE office = $1 AND lang = $2 AND category > c.category) FROM c WHERE c.category IS NOT NULL) \
                              SELECT category FROM c WHERE category IS NOT NULL";

fn read(row: &mut Row) -> Result<Entry, StoreError> {
    Ok(Entry {
        id: row.text()?,
        lang: row.text()?,
        category: row.opt_text()?,
        kind: row.text()?,
        title: row.text()?,
        content: row.text()?,
        link: row.text()?,
        enclosure: row.opt_json()?,
        published_at: row.instant()?,
        updated_at: row.instant()?,
    })
}

/// What is known of an entry without its text: while all of that stays, so does a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its id.
    pub id: String,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// How many bytes its text has.
    pub bytes: usize,
}

impl Known {
    fn read(row: &mut Row) -> Result<Self, StoreError> {
        let (id, updated_at, bytes) = (row.text()?, row.instant()?, row.int()?);
        let bytes = usize::try_from(bytes).map_err(|_| StoreError::Shape(format!("a text has {bytes} bytes")))?;
        Ok(Self { id, updated_at, bytes })
    }
}

impl Store {
    /// The newest entries in that language, of one category if one is named.
    pub async fn entries(&self, office: &str, lang: &str, category: Option<&str>, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let rows = self.newest(ENTRIES, ENTRIES_OF, office, lang, category, limit).await?;
        rows.into_iter().map(|mut row| read(&mut row)).collect()
    }

    /// The same without their texts.
    pub async fn known_entries(&self, office: &str, lang: &str, category: Option<&str>, limit: usize) -> Result<Vec<Known>, StoreError> {
        let rows = self.newest(KNOWN, KNOWN_OF, office, lang, category, limit).await?;
        rows.into_iter().map(|mut row| Known::read(&mut row)).collect()
    }

    async fn newest(
        &self,
        all: &'static str,
        of_one: &'static str,
        office: &str,
        lang: &str,
        category: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        match category {
            Some(category) => self.rows(of_one, args![office, lang, limit, category]).await,
            None => self.rows(all, args![office, lang, limit]).await,
        }
    }

    /// Which categories the entries of a language have.
    pub async fn feed_categories(&self, office: &str, lang: &str) -> Result<Vec<String>, StoreError> {
        self.rows(CATEGORIES, args![office, lang])
            .await?
            .iter_mut()
            .map(Row::text)
            .collect()
    }

    /// Counts up whenever this process wrote an entry, so that a cache of feeds knows without asking the database.
    pub fn feed_changes(&self) -> u64 {
        self.feed_changes.load(Ordering::Acquire)
    }

    async fn write_entry(&self, office: &str, entry: &Entry) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        let sql = "INSERT INTO entry (office, id, lang, category, kind, title, content, link, enclosure, published_at, updated_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
                   ON CONFLICT (office, id) DO UPDATE SET category = excluded.category, kind = excluded.kind, title = excluded.title, content = excluded.content, \
                   link = excluded.link, enclosure = excluded.enclosure, updated_at = excluded.updated_at";
        let enclosure = entry.enclosure.as_ref().map(to_json).transpose()?;
        let values = args![
            office,
            &entry.id,
            &entry.lang,
            &entry.category,
            &entry.kind,
            &entry.title,
            &entry.content,
            &entry.link,
            enclosure,
            entry.published_at,
            entry.updated_at,
        ];
        work.run(sql, values).await?;
        work.commit().await?;
        self.feed_changes.fetch_add(1, Ordering::AcqRel);
        Ok(())
    }
}

#[async_trait]
impl Entries for Store {
    async fn put_entry(&self, office: &str, entry: &Entry) -> Result<(), PortError> {
        self.write_entry(office, entry).await.map_err(|e| PortError(e.to_string()))
    }

    async fn entry_by_id(&self, office: &str, id: &str) -> Result<Option<Entry>, PortError> {
        let found = async {
            let row = self.row(select!("office = $1 AND id = $2"), args![office, id]).await?;
            row.map(|mut row| read(&mut row)).transpose()
        };
        found.await.map_err(|e: StoreError| PortError(e.to_string()))
    }
}
