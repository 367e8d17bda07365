//! The built-in site's pages.

use async_trait::async_trait;

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

impl Store {
    /// The page at that address.
    pub async fn page(&self, office: &str, slug: &str) -> Result<Option<Page>, StoreError> {
        let row = self.row(select!("office = $1 AND slug = $2"), args![office, slug]).await?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// The newest pages, of one category if one is named; those that follow the page of that time (ms) and slug, if they are named.
    ///
    /// The slug is part of the place because notices that were published together share their time.
    pub async fn pages(
        &self,
        office: &str,
        category: Option<&str>,
        after: Option<(i64, &str)>,
        limit: usize,
    ) -> Result<Vec<Page>, StoreError> {
        let sql = select!(
            "office = $1 AND ($2 IS NULL OR category = $2) AND (published_at < $3 OR (published_at = $3 AND slug > $4)) \
             ORDER BY published_at DESC, slug LIMIT $5"
        );
        let (time, slug) = after.unwrap_or((i64::MAX, ""));
        self.rows(sql, args![office, category, time, slug, limit])
            .await?
            .iter_mut()
            .map(read)
            .collect()
    }

    /// The categories that have pages.
    pub async fn page_categories(&self, office: &str) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT DISTINCT category FROM page WHERE office = $1 AND category IS NOT NULL ORDER BY category";
        self.rows(sql, args![office]).await?.iter_mut().map(Row::text).collect()
    }
}

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
