//! The built-in site's pages.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::value::{Row, args, to_json};
use super::{Store, StoreError};
use crate::ports::{Page, Pages, PortError};

fn read(row: &mut Row) -> Result<Page, StoreError> {
    Ok(Page {
        slug: row.text()?,
        key: row.text()?,
        kind: row.text()?,
        category: row.opt_text()?,
        title: row.text()?,
        summary: row.text()?,
        body: row.text()?,
        languages: row.json()?,
        post_hash: row.text()?,
        withdrawn: row.int()? == 1,
        published_at: row.instant()?,
        updated_at: row.instant()?,
    })
}

/// `SELECT` of a page with that ending; a macro, because a statement must be one literal.
macro_rules! select {
    ($ending:literal) => {
        concat!("SELECT slug, key, kind, category, title, summary, body, languages, post_hash, withdrawn, published_at, updated_at FROM page WHERE ", $ending)
    };
}

/// What a list shows of a page: its text may have megabytes, and a list has many pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headline {
    /// The last part of its address.
    pub slug: String,
    /// The category it is listed under.
    pub category: Option<String>,
    /// Its headline.
    pub title: String,
    /// One or two sentences.
    pub summary: String,
    /// The languages it is in, the leading one first.
    pub languages: Vec<String>,
    /// Whether the item was withdrawn.
    pub withdrawn: bool,
    /// When it was first published.
    pub published_at: DateTime<Utc>,
}

impl Headline {
    fn read(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            slug: row.text()?,
            category: row.opt_text()?,
            title: row.text()?,
            summary: row.text()?,
            languages: row.json()?,
            withdrawn: row.int()? == 1,
            published_at: row.instant()?,
        })
    }
}

impl Store {
    /// The page at that address.
    pub async fn page(&self, office: &str, slug: &str) -> Result<Option<Page>, StoreError> {
        let row = self.row(select!("office = $1 AND slug = $2"), args![office, slug]).await?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// How many bytes the text of the page at that address has.
    pub async fn page_bytes(&self, office: &str, slug: &str) -> Result<Option<usize>, StoreError> {
        let sql = "SELECT OCTET_LENGTH(body) FROM page WHERE office = $1 AND slug = $2";
        let Some(mut row) = self.row(sql, args![office, slug]).await? else {
            return Ok(None);
        };
        let bytes = row.int()?;
        usize::try_from(bytes)
            .map(Some)
            .map_err(|_| StoreError::Shape(format!("a page has {bytes} bytes")))
    }

    /// The newest pages, of one category if one is named; those that follow the page of that time (ms) and slug, if they are named.
    ///
    /// The slug is part of the place because notices that were published together share their time.
    pub async fn headlines(
        &self,
        office: &str,
        category: Option<&str>,
        after: Option<(i64, &str)>,
        limit: usize,
    ) -> Result<Vec<Headline>, StoreError> {
        let (time, slug) = after.unwrap_or((i64::MAX, ""));
        let rows = match category {
            Some(category) => self.rows(HEADLINES_OF, args![office, time, slug, limit, category]).await?,
            None => self.rows(HEADLINES, args![office, time, slug, limit]).await?,
        };
        rows.into_iter().map(|mut row| Headline::read(&mut row)).collect()
    }

    /// The categories that have pages.
    pub async fn page_categories(&self, office: &str) -> Result<Vec<String>, StoreError> {
        self.rows(CATEGORIES, args![office]).await?.iter_mut().map(Row::text).collect()
    }
}

/// `SELECT` of headlines with that further condition; the first one about the time is what the index is entered by.
macro_rules! headlines {
    ($condition:literal) => {
        concat!(
            "SELECT slug, category, title, summary, languages, withdrawn, published_at FROM page WHERE office = $1 ",
            $condition,
            " AND published_at <= $2 AND (published_at < $2 OR slug > $3) ORDER BY published_at DESC, slug LIMIT $4"
        )
    };
}

/// The newest pages.
pub const HEADLINES: &str = headlines!("");
/// Those of a category.
pub const HEADLINES_OF: &str = headlines!("AND category = $5");
/// From each category straight to the next one: there are a dozen of them, and pages by the ten thousand.
pub const CATEGORIES: &str = "WITH RECURSIVE c (category) AS (SELECT MIN(category) FROM page WHERE office = $1 UNION ALL \
                              SELECT (SELECT MIN(category) FROM page WHERE office = $1 AND category > c.category) FROM c WHERE c.category IS NOT NULL) \
                              SELECT category FROM c WHERE category IS NOT NULL";

#[async_trait]
impl Pages for Store {
    async fn put_page(&self, office: &str, page: &Page) -> Result<(), PortError> {
        self.write_page(office, page).await.map_err(|e| PortError(e.to_string()))
    }

    async fn page_by_key(&self, office: &str, key: &str) -> Result<Option<Page>, PortError> {
        let found = async {
            let row = self.row(select!("office = $1 AND key = $2"), args![office, key]).await?;
            row.map(|mut row| read(&mut row)).transpose()
        };
        found.await.map_err(|e: StoreError| PortError(e.to_string()))
    }
}

impl Store {
    async fn write_page(&self, office: &str, page: &Page) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        let sql = "INSERT INTO page (office, slug, key, kind, category, title, summary, body, languages, post_hash, withdrawn, published_at, updated_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
                   ON CONFLICT (office, key) DO UPDATE SET slug = excluded.slug, kind = excluded.kind, category = excluded.category, title = excluded.title, \
                   summary = excluded.summary, body = excluded.body, languages = excluded.languages, post_hash = excluded.post_hash, \
                   withdrawn = excluded.withdrawn, updated_at = excluded.updated_at";
        let values = args![
            office,
            &page.slug,
            &page.key,
            &page.kind,
            &page.category,
            &page.title,
            &page.summary,
            &page.body,
            to_json(&page.languages)?,
            &page.post_hash,
            page.withdrawn,
            page.published_at,
            page.updated_at,
        ];
        work.run(sql, values).await?;
        work.commit().await
    }
}
