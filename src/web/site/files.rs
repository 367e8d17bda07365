//! `GET /files/{sha256}/{name}`: attachments. The address names the content, so it never changes.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::held;
use super::missing;
use super::visit::Visit;
use crate::render::url_encode;
use crate::store::StoreError;
use crate::store::files::AboutFile;
use crate::web::conditional::not_modified;

/// A PDF viewer is a page in a frame of the browser's own; a policy for its parts would leave it blank.
const POLICY: HeaderValue = HeaderValue::from_static("frame-ancestors 'none'");

/// Serves an attachment.
pub async fn show(visit: Visit, method: Method, headers: HeaderMap, Path((sha256, name)): Path<(String, String)>) -> Response {
    let etag = HeaderValue::from_str(&format!("\"{sha256}\"")).ok().filter(|_| is_hash(&sha256));
    let Some(etag) = etag else { return missing::show(visit).await };
    // Whoever has it, or asks only about it, costs neither memory nor a place among those who read.
    let answered = if not_modified(&headers, &etag, None) {
        about(&visit, &sha256)
            .await
            .map(|about| about.map(|_| StatusCode::NOT_MODIFIED.into_response()))
    } else if method == Method::HEAD {
        about(&visit, &sha256)
            .await
            .map(|about| about.map(|about| described(&about, &name).into_response()))
    } else {
        whole(&visit, &sha256, &name).await
    };
    match answered {
        Ok(Some(response)) => kept_for_ever(response, etag),
        Ok(None) => missing::show(visit).await,
        Err(error) => missing::failed(&visit, &error),
    }
}

async fn about(visit: &Visit, sha256: &str) -> Result<Option<AboutFile>, StoreError> {
    visit.web.system.store.about_file(&visit.office().id, sha256).await
}

async fn whole(visit: &Visit, sha256: &str, name: &str) -> Result<Option<Response>, StoreError> {
    let (office, store) = (&visit.office().id, &visit.web.system.store);
    let file = visit.web.files.file(office, sha256, store.file(office, sha256)).await?;
    Ok(file.map(|file| {
        let about = AboutFile {
            media_type: file.media_type.clone(),
            size: file.size(),
        };
        (described(&about, name), held::bytes(file)).into_response()
    }))
}

fn kept_for_ever(mut response: Response, etag: HeaderValue) -> Response {
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
fn described(about: &AboutFile, name: &str) -> [(HeaderName, HeaderValue); 3] {
    let media_type = &about.media_type;
    let shown = media_type == "application/pdf" || media_type.starts_with("image/") && media_type != "image/svg+xml";
    let manner = if shown { "inline" } else { "attachment" };
    let disposition = format!("{manner}; filename*=UTF-8''{}", url_encode(name));
    let fallback = HeaderValue::from_static("application/octet-stream");
    [
        (header::CONTENT_TYPE, HeaderValue::from_str(media_type).unwrap_or(fallback)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment")),
        ),
        (header::CONTENT_LENGTH, HeaderValue::from(about.size)),
    ]
}

fn is_hash(sha256: &str) -> bool {
    sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit())
}
