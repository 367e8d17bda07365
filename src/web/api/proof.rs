//! The proof for one item.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::auth::Caller;
use super::error::ApiError;
use crate::acts;
use crate::item::Expected;
use crate::web::proof;
use crate::web::state::Web;

/// The forms a proof comes in.
const FORMATS: [&str; 2] = ["json", "html"];

/// In which form.
#[derive(Deserialize)]
pub struct Form {
    format: Option<String>,
}

/// `GET /api/items/{ref}/proof`: what was published where and when, to be checked without this program.
pub async fn show(
    State(web): State<Web>,
    caller: Caller,
    Path(reference): Path<String>,
    form: Result<Query<Form>, QueryRejection>,
) -> Result<Response, ApiError> {
    let Query(form) = form?;
    let format = form.format.as_deref().unwrap_or("json");
    if !FORMATS.contains(&format) {
        let formats = FORMATS.map(str::to_owned).to_vec();
        return Err(ApiError::field(
            "format",
            format!("there is no form \"{format}\""),
            Expected::OneOf(formats),
        ));
    }
    let proof = acts::proof(&web.system, caller.office(&web.system)?, &reference).await?;
    if format == "json" {
        return Ok(Json(proof).into_response());
    }
    let page = proof::page(&proof).map_err(|error| ApiError::undrawn(&error))?;
    // Its style stands in it, which a page of this site may not have: it is a file to be kept.
    let file = HeaderValue::from_static("attachment; filename=\"proof.html\"");
    Ok(([(header::CONTENT_DISPOSITION, file)], Html(page)).into_response())
}
