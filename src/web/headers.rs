//! The headers that keep a browser from doing what no page of ours asks for.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use url::Url;

use super::state::Web;
use crate::system::System;

const FIXED: [(HeaderName, HeaderValue); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=()"),
    ),
];

/// Adds them to an answer; one that brings its own policy keeps it.
pub async fn secure(State(web): State<Web>, mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.insert(name, value);
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(web.policy);
    response
}

/// Nothing but our own style and pictures: no script, no inline style, no frame, nothing from elsewhere.
///
/// Notices name their pictures by the office's public address, which need not be the address of this request.
pub fn policy(system: &System) -> HeaderValue {
    let origins: BTreeSet<String> = system
        .offices
        .values()
        .filter_map(|config| Url::parse(&config.office.public_url).ok())
        .map(|url| url.origin().ascii_serialization())
        .collect();
    let origins = origins.into_iter().collect::<Vec<_>>().join(" ");
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self' {origins}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static(
        "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
    ))
}
