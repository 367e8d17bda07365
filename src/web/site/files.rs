//! `GET /files/{sha256}/{name}`: attachments. The address names the content, so it never changes.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::held::{self, File};
use super::missing;
use super::visit::Visit;
use crate::render::url_encode;
use crate::web::conditional::not_modified;

/// A PDF viewer is a page in a frame of the browser's own; a policy for its parts would leave it blank.
const POLICY: HeaderValue = HeaderValue::from_static("frame-ancestors 'none'");

/// Serves an attachment.
pub async fn show(visit: Visit, headers: HeaderMap, Path((sha256, name)): Path<(String, String)>) -> Response {
    let etag = HeaderValue::from_str(&format!("\"{sha256}\"")).ok().filter(|_| is_hash(&sha256));
    let Some(etag) = etag else { return missing::show(visit).await };
    let (office, store) = (&visit.office().id, &visit.web.system.store);
    let file = match visit.web.files.file(office, &sha256, store.file(office, &sha256)).await {
        Ok(Some(file)) => file,
        Ok(None) => return missing::show(visit).await,
        Err(error) => return missing::failed(&visit, &error),
    };
    let mut response = if not_modified(&headers, &etag, None) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        with_type(file, &name)
    };
    let out = response.headers_mut();
    out.insert(header::ETAG, etag);
    out.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    out.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    response
}

/// Documents and pictures are shown; everything else is saved, whatever it holds.
fn with_type(file: Arc<File>, name: &str) -> Response {
    let media_type = &file.media_type;
    let shown = media_type == "application/pdf" || media_type.starts_with("image/") && media_type != "image/svg+xml";
    let manner = if shown { "inline" } else { "attachment" };
    let disposition = format!("{manner}; filename*=UTF-8''{}", url_encode(name));
    let fallback = HeaderValue::from_static("application/octet-stream");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_str(media_type).unwrap_or(fallback)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment")),
        ),
    ];
    (headers, held::bytes(file)).into_response()
}

fn is_hash(sha256: &str) -> bool {
    sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit())
}
