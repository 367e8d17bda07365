//! A notice board's sheet, to be printed.
//!
//! People open it in a browser, which sends no token. A sheet is only made once its notice is due, so it says nothing that is not public.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};

use super::error::ApiError;
use crate::web::host;
use crate::web::state::Web;

/// `GET /api/deliveries/{id}/sheet`.
pub async fn show(State(web): State<Web>, headers: HeaderMap, id: Result<Path<i64>, PathRejection>) -> Result<Response, ApiError> {
    let Path(id) = id?;
    let config = host::office(&web.system, &headers).ok_or_else(ApiError::no_such_address)?;
    let sheet = web.system.store.sheet(&config.office.id, id).await?;
    let html = sheet.ok_or_else(|| {
        ApiError::missing(format!(
            "there is no sheet for the delivery {id}: it is not for a board, not yet due, or a newer one has taken its place"
        ))
    })?;
    let policy = policy(&html);
    Ok(([(header::CONTENT_SECURITY_POLICY, policy)], Html(html)).into_response())
}

/// A sheet must print alike from a file, so its style stands in it: that style and no other is allowed, by its hash.
fn policy(html: &str) -> HeaderValue {
    let style = html.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>"));
    let hash = style.map_or_else(String::new, |(style, _)| {
        format!("style-src 'sha256-{}'; ", BASE64.encode(Sha256::digest(style)))
    });
    let policy = format!("default-src 'none'; {hash}img-src 'self' data:; frame-ancestors 'none'");
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}
