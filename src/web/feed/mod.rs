//! The feeds: one a language, and one a language and category.
//!
//! [`document`] says what stands in a feed whatever its format; a format is one writer beside [`rss`] and one line in [`Format`].

mod document;
mod rss;
mod shelf;
mod xml;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::host;
use super::site::missing;
use super::state::Web;
use super::written::Written;
use crate::store::StoreError;
use document::{Feed, Topic};
pub use shelf::Shelf;

/// How many entries a feed has at most.
const NEWEST: usize = 50;
/// How many bytes their texts may have together, before they are written.
const TEXTS: usize = 4 * 1024 * 1024;
/// How many bytes a feed may have as it is written: readers, our own look at it among them, take no more than a few megabytes.
const WRITTEN: usize = 7 * 512 * 1024;

/// The formats a feed is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// RSS 2.0 by the RSS Board's profile.
    Rss,
}

impl Format {
    /// Splits `sq.xml` into its name and the format its ending stands for.
    fn of(file: &str) -> Option<(&str, Self)> {
        file.strip_suffix(".xml").map(|name| (name, Self::Rss))
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Rss => "application/rss+xml; charset=utf-8",
        }
    }

    fn write(self, feed: &Feed) -> String {
        match self {
            Self::Rss => rss::write(feed),
        }
    }
}

/// `GET /feed/{lang}.xml`: everything in that language.
pub async fn all(State(web): State<Web>, headers: HeaderMap, Path(file): Path<String>) -> Response {
    match Format::of(&file) {
        Some((lang, format)) => answer(&web, &headers, lang, None, format).await,
        None => missing::page(&web, &headers).await,
    }
}

/// `GET /feed/{lang}/{category}.xml`: one category in that language.
pub async fn category(State(web): State<Web>, headers: HeaderMap, Path((lang, file)): Path<(String, String)>) -> Response {
    match Format::of(&file) {
        Some((category, format)) => answer(&web, &headers, &lang, Some(category), format).await,
        None => missing::page(&web, &headers).await,
    }
}

async fn answer(web: &Web, headers: &HeaderMap, lang: &str, category: Option<&str>, format: Format) -> Response {
    match written(web, headers, lang, category, format).await {
        Ok(Some(written)) => written.respond(headers, format.media_type(), "public, max-age=300"),
        Ok(None) => missing::page(web, headers).await,
        Err(error) => {
            tracing::error!(%error, "a feed could not be read");
            let later = [(header::RETRY_AFTER, "30")];
            (
                StatusCode::SERVICE_UNAVAILABLE,
                later,
                "The feed cannot be read just now; try again soon.\n",
            )
                .into_response()
        }
    }
}

async fn written(
    web: &Web,
    headers: &HeaderMap,
    lang: &str,
    category: Option<&str>,
    format: Format,
) -> Result<Option<std::sync::Arc<Written>>, StoreError> {
    let Some(config) = host::office(&web.system, headers) else {
        return Ok(None);
    };
    let Ok(lang) = lang.parse() else { return Ok(None) };
    let topic = Topic {
        config,
        lang,
        category: category.map(str::to_owned),
        format,
    };
    web.feeds.written(&web.system.store, &topic).await
}
