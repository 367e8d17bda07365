//! The page for what is not there, and the one for when we cannot look.

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::layout::{Layout, draw};
use super::visit::Visit;
use crate::render::words::word;
use crate::store::StoreError;
use crate::web::state::Web;

#[derive(Template)]
#[template(path = "missing.html")]
struct Missing {
    page: Layout,
    what: String,
}

/// There is nothing at that address.
pub async fn show(visit: Visit) -> Response {
    let title = word(visit.lang.as_str(), "site-missing", &[]);
    let page = match Layout::of(&visit, title, None).await {
        Ok(page) => page,
        Err(error) => return failed(&visit, &error),
    };
    let what = page.word("site-missing-what");
    draw(StatusCode::NOT_FOUND, &Missing { page, what })
}

/// The same, for a handler that is not the site's.
pub async fn page(web: &Web, headers: &HeaderMap) -> Response {
    match Visit::of(web, headers, &Uri::from_static("/")) {
        Some(visit) => show(visit).await,
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The store did not answer.
pub fn failed(visit: &Visit, error: &StoreError) -> Response {
    tracing::error!(%error, path = visit.path, "a page could not be read");
    let page = Layout::bare(visit, word(visit.lang.as_str(), "site-failed", &[]));
    let what = page.word("site-failed-what");
    if matches!(error, StoreError::File(_)) {
        // To come again in a moment brings back nothing.
        return draw(StatusCode::INTERNAL_SERVER_ERROR, &Missing { page, what });
    }
    let mut response = draw(StatusCode::SERVICE_UNAVAILABLE, &Missing { page, what });
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
    response
}
