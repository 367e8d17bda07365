//! The style sheet and the icon: embedded, under an address that names their content, so browsers may keep them for ever.

use axum::http::header;
use axum::response::IntoResponse;
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("../../../templates/pages/style.css");
const ICON: &str = include_str!("../../../templates/pages/icon.svg");
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Where they stand.
#[derive(Debug, Clone)]
pub struct Look {
    /// The style sheet's path.
    pub style: String,
    /// The icon's path.
    pub icon: String,
}

impl Default for Look {
    fn default() -> Self {
        let hash = |text: &str| hex::encode(&Sha256::digest(text)[..8]);
        Self {
            style: format!("/style-{}.css", hash(STYLE)),
            icon: format!("/icon-{}.svg", hash(ICON)),
        }
    }
}

/// `GET` the style sheet.
pub async fn style() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, FOR_EVER)];
    (headers, STYLE)
}

/// `GET` the icon.
pub async fn icon() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, FOR_EVER)];
    (headers, ICON)
}
