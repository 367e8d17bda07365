//! Attachments' bytes, kept once an office under their hash.

use std::sync::Arc;

use async_trait::async_trait;
use sha2::{Digest, Sha256};

use super::value::args;
use super::{Store, StoreError, Work};
use crate::ports::{Files, PortError};

/// What is known of an attachment without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AboutFile {
    /// Its media type.
    pub media_type: String,
    /// Its size in bytes.
    pub size: usize,
}

impl Work {
    pub(super) async fn put_file(&mut self, office: &str, sha256: &str, media_type: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        let sql =
            "INSERT INTO attachment (office, sha256, media_type, bytes) VALUES ($1, $2, $3, $4) ON CONFLICT (office, sha256) DO NOTHING";
        self.run(sql, args![office, sha256, media_type, bytes]).await?;
        Ok(())
    }
}

impl Store {
    /// What is known of an attachment; neither database reads its bytes to tell how many there are.
    pub async fn about_file(&self, office: &str, sha256: &str) -> Result<Option<AboutFile>, StoreError> {
        let sql = "SELECT media_type, LENGTH(bytes) FROM attachment WHERE office = $1 AND sha256 = $2";
        let Some(mut row) = self.row(sql, args![office, sha256]).await? else {
            return Ok(None);
        };
        let (media_type, size) = (row.text()?, row.int()?);
        let size = usize::try_from(size).map_err(|_| StoreError::Shape(format!("an attachment has {size} bytes")))?;
        Ok(Some(AboutFile { media_type, size }))
    }

    /// An attachment's media type and bytes; an error if they are not those that were kept.
    pub async fn file(&self, office: &str, sha256: &str) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        let Some((media_type, bytes)) = self.kept_file(office, sha256).await? else {
            return Ok(None);
        };
        let (hash, bytes) = hashed(bytes).await?;
        if hash == sha256 {
            Ok(Some((media_type, bytes)))
        } else {
            Err(StoreError::File(sha256.to_owned()))
        }
    }

    /// The hash that an attachment's bytes have; nothing if it is not there. One file is in memory at a time.
    pub(super) async fn hash_of_file(&self, office: &str, sha256: &str) -> Result<Option<String>, StoreError> {
        let Some((_, bytes)) = self.kept_file(office, sha256).await? else {
            return Ok(None);
        };
        Ok(Some(hashed(bytes).await?.0))
    }

    async fn kept_file(&self, office: &str, sha256: &str) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        let row = self
            .row(
                "SELECT media_type, bytes FROM attachment WHERE office = $1 AND sha256 = $2",
                args![office, sha256],
            )
            .await?;
        row.map(|mut row| Ok((row.text()?, row.bytes()?))).transpose()
    }
}

/// The bytes with their hash, reckoned where a large file holds up nobody.
async fn hashed(bytes: Vec<u8>) -> Result<(String, Vec<u8>), StoreError> {
    let hash = tokio::task::spawn_blocking(move || (hex::encode(Sha256::digest(&bytes)), bytes));
    hash.await.map_err(|error| StoreError::Other(error.to_string()))
}

#[async_trait]
impl Files for Store {
    async fn bytes(&self, office: &str, sha256: &str) -> Result<Option<Arc<Vec<u8>>>, PortError> {
        let file = self.file(office, sha256).await.map_err(|e| PortError(e.to_string()))?;
        Ok(file.map(|(_, bytes)| Arc::new(bytes)))
    }
}
