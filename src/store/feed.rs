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

impl Store {
    /// The newest entries in that language, of one category if one is named.
    pub async fn entries(&self, office: &str, lang: &str, category: Option<&str>, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let sql = select!("office = $1 AND lang = $2 AND ($3 IS NULL OR category = $3) ORDER BY published_at DESC, id LIMIT $4");
        self.rows(sql, args![office, lang, category, limit])
            .await?
            .iter_mut()
            .map(read)
            .collect()
    }

    /// How many entries a feed has and when the newest change was: while both stay, so does the feed.
    pub async fn feed_stamp(&self, office: &str, lang: &str, category: Option<&str>) -> Result<(i64, Option<DateTime<Utc>>), StoreError> {
        let sql = "SELECT COUNT(*), MAX(updated_at) FROM entry WHERE office = $1 AND lang = $2 AND ($3 IS NULL OR category = $3)";
        let row = self.row(sql, args![office, lang, category]).await?;
        let mut row = row.ok_or_else(|| StoreError::Shape("a count gave nothing".to_owned()))?;
        Ok((row.int()?, row.opt_instant()?))
    }

    /// Which categories the entries of each language have: `(language, category)`.
    pub async fn feed_categories(&self, office: &str) -> Result<Vec<(String, String)>, StoreError> {
        let sql = "SELECT DISTINCT lang, category FROM entry WHERE office = $1 AND category IS NOT NULL ORDER BY lang, category";
        let rows = self.rows(sql, args![office]).await?;
        rows.into_iter().map(|mut row| Ok((row.text()?, row.text()?))).collect()
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
