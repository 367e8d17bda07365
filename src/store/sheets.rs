//! The notice boards' sheets, kept to be printed.

use async_trait::async_trait;

use super::value::args;
use super::{Store, StoreError};
use crate::ports::{PortError, Sheets};

impl Store {
    /// The sheet of a delivery, unless another has taken its place: an old one must not be put up.
    pub async fn sheet(&self, office: &str, delivery: i64) -> Result<Option<String>, StoreError> {
        let row = self
            .row(
                "SELECT html FROM sheet WHERE office = $1 AND delivery = $2 AND NOT EXISTS (SELECT 1 FROM delivery WHERE id = $2 AND state = 'superseded')",
                args![office, delivery],
            )
            .await?;
        row.map(|mut row| row.text()).transpose()
    }

    async fn write_sheet(&self, office: &str, key: &str, delivery: i64, html: &str) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        let sql = "INSERT INTO sheet (office, key, delivery, html, at) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (office, delivery) DO UPDATE SET html = excluded.html, at = excluded.at";
        work.run(sql, args![office, key, delivery, html, self.clock.now()]).await?;
        work.commit().await
    }
}

#[async_trait]
impl Sheets for Store {
    async fn put_sheet(&self, office: &str, key: &str, delivery: i64, html: &str) -> Result<(), PortError> {
        self.write_sheet(office, key, delivery, html)
            .await
            .map_err(|e| PortError(e.to_string()))
    }
}
