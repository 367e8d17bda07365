//! Settling a delivery by what a person found: the sheet hangs, the post stands, or it does not.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::auth::Caller;
use super::body::Whole;
use super::error::ApiError;
use super::items::bytes;
use crate::item::source::SourceAttachment;
use crate::item::{Attachment, Expected, Moment, Office};
use crate::store::deliveries::Resolution;
use crate::store::rows::{Delivery, Role};
use crate::web::state::Web;

const EXAMPLE: &str = r#"{"delivered": true, "at": "2026-11-22 09:30", "place": "Ndërtesa e Komunës", "note": "…", "photo": {"file": "tabela.jpg", "base64": "…"}}"#;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Found {
    delivered: bool,
    at: Option<String>,
    place: Option<String>,
    note: Option<String>,
    photo: Option<SourceAttachment>,
}

/// `POST /api/deliveries/{id}/resolve`.
pub async fn resolve(
    State(web): State<Web>,
    caller: Caller,
    id: Result<Path<i64>, PathRejection>,
    body: Whole,
) -> Result<Json<Delivery>, ApiError> {
    let Path(id) = id?;
    caller.must_be(Role::Editor)?;
    let office = &caller.office(&web.system)?.office;
    let found: Found = body.json(EXAMPLE)?;
    let now = web.system.clock.now();
    let at = found.at.as_deref().map_or(Ok(now), |at| moment(at, office, now))?;
    let photo = found.photo.as_ref().map(photo).transpose()?;
    let resolution = Resolution {
        delivered: found.delivered,
        at,
        place: found.place,
        note: found.note,
        photo: photo.as_ref().map(|(photo, _)| photo.sha256.clone()),
    };
    let store = &web.system.store;
    let delivery = store.delivery(&caller.0.office, id).await?;
    let kept = photo.as_ref().map(|(photo, bytes)| (photo.media_type.as_str(), bytes.clone()));
    store.resolve(&caller.0, &delivery, &resolution, kept).await?;
    Ok(Json(store.delivery(&caller.0.office, id).await?))
}

/// When it was found: on the office's clock, and not in the future.
fn moment(at: &str, office: &Office, now: DateTime<Utc>) -> Result<DateTime<Utc>, ApiError> {
    let wrong = |what: String| ApiError::field("at", what, Expected::Example("\"2026-11-22 09:30\"".to_owned()));
    let moment = Moment::parse(at, office.zone).map_err(|bad| wrong(bad.to_string()))?;
    if moment.at > now {
        return Err(wrong(format!("{at} is still to come, but only what was seen can be recorded")));
    }
    Ok(moment.at)
}

fn photo(source: &SourceAttachment) -> Result<(Attachment, Vec<u8>), ApiError> {
    let expected = || Expected::Do("send a photo as .jpg, .png or .webp in \"base64\"".to_owned());
    let wrong = |what: String| ApiError::field("photo", what, expected());
    let bytes = bytes(source).map_err(wrong)?;
    let photo = Attachment::read(&source.file, &bytes).map_err(|bad| {
        let todo = bad.remedy().map_or_else(expected, |todo| Expected::Do(todo.to_owned()));
        ApiError::field("photo", format!("\"{}\": {bad}", source.file), todo)
    })?;
    if !photo.is_image() {
        return Err(ApiError::field("photo", "it is not a picture", expected()));
    }
    Ok((photo, bytes))
}
