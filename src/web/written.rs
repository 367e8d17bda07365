//! A text that programs fetch again and again: plain and compressed, with a tag for each.

use std::io::Write;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::conditional::{accepts_gzip, http_date, not_modified};

/// A text, written.
pub struct Written {
    plain: Variant,
    gzip: Variant,
    changed: Option<DateTime<Utc>>,
}

/// One encoding of it.
struct Variant {
    bytes: Bytes,
    /// The strong tag of these bytes.
    etag: HeaderValue,
}

impl Written {
    /// Compresses a text that changed last at `changed`, if that is known.
    pub fn new(text: String, changed: Option<DateTime<Utc>>) -> std::io::Result<Self> {
        let hash = hex::encode(&Sha256::digest(&text)[..16]);
        Ok(Self {
            gzip: Variant::new(compress(text.as_bytes())?.into(), &format!("{hash}-gzip")),
            plain: Variant::new(text.into(), &hash),
            changed,
        })
    }

    /// How many bytes both encodings take.
    pub fn size(&self) -> usize {
        self.plain.bytes.len() + self.gzip.bytes.len()
    }

    /// What a client gets that sent these headers; `kept` says who may keep it for how long.
    ///
    /// A tag for each encoding: a cache that mixed the two up would hand out bytes that nobody asked for.
    pub fn respond(&self, headers: &HeaderMap, media_type: &'static str, kept: &'static str) -> Response {
        let zipped = accepts_gzip(headers);
        let variant = if zipped { &self.gzip } else { &self.plain };
        let mut response = if not_modified(headers, &variant.etag, self.changed) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            variant.full(zipped, media_type)
        };
        let out = response.headers_mut();
        out.insert(header::ETAG, variant.etag.clone());
        out.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        out.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
        if let Some(date) = self.changed.and_then(|at| HeaderValue::from_str(&http_date(at)).ok()) {
            out.insert(header::LAST_MODIFIED, date);
        }
        response
    }
}

impl Variant {
    fn new(bytes: Bytes, tag: &str) -> Self {
        Self {
            bytes,
            etag: HeaderValue::from_str(&format!("\"{tag}\"")).unwrap_or(HeaderValue::from_static("\"\"")),
        }
    }

    fn full(&self, zipped: bool, media_type: &'static str) -> Response {
        let mut response = self.bytes.clone().into_response();
        let out = response.headers_mut();
        out.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        if zipped {
            out.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

fn compress(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}
