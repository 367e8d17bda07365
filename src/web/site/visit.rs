//! One request to the site: whose site, in which language, from where.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri};
use url::form_urlencoded;

use super::language;
use crate::item::{Lang, Office};
use crate::system::OfficeConfig;
use crate::web::host;
use crate::web::state::Web;

/// Who asks for what.
pub struct Visit {
    /// What every handler shares.
    pub web: Web,
    /// The language of the site's own words.
    pub lang: Lang,
    /// Whether the language was chosen, so that links keep it.
    pub chosen: bool,
    /// The path that was asked for.
    pub path: String,
    /// The place in a list after which it goes on.
    pub after: Option<(i64, String)>,
    config: OfficeConfig,
}

impl Visit {
    /// Reads it; `None` where no office is configured.
    pub fn of(web: &Web, headers: &HeaderMap, uri: &Uri) -> Option<Self> {
        let config = host::office(&web.system, headers)?.clone();
        let value = |wanted: &str| {
            let query = uri.query().unwrap_or_default().as_bytes();
            form_urlencoded::parse(query)
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.into_owned())
        };
        let (lang, chosen) = language::choose(value("lang").as_deref(), headers, &config.office)?;
        Some(Self {
            web: web.clone(),
            lang,
            chosen,
            path: uri.path().to_owned(),
            after: value("after").and_then(|place| read_place(&place)),
            config,
        })
    }

    /// The office's configuration.
    pub fn config(&self) -> &OfficeConfig {
        &self.config
    }

    /// The office.
    pub fn office(&self) -> &Office {
        &self.config.office
    }
}

impl FromRequestParts<Web> for Visit {
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Self::Rejection> {
        Self::of(web, &parts.headers, &parts.uri).ok_or((StatusCode::NOT_FOUND, "No office is configured here.\n"))
    }
}

fn read_place(place: &str) -> Option<(i64, String)> {
    let (time, slug) = place.split_once('~')?;
    Some((time.parse().ok()?, slug.to_owned()))
}
