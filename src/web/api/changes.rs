//! Approving an item and changing what is approved.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth::Caller;
use super::body::Whole;
use super::error::ApiError;
use super::items::bytes;
use crate::acts::{self, Approved};
use crate::item::{Source, SourceItem};
use crate::web::state::Web;

/// What an approval may say: why the item will be public too late, where it will.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Approval {
    #[serde(default)]
    late_reason: Option<String>,
}

/// `POST /api/items/{ref}/approve`; the body may be empty.
pub async fn approve(
    State(web): State<Web>,
    caller: Caller,
    Path(reference): Path<String>,
    body: Whole,
) -> Result<Json<Approved>, ApiError> {
    let config = caller.office(&web.system)?;
    let approval: Option<Approval> = if body.0.is_empty() {
        None
    } else {
        body.json(r#"{"late_reason": "Salla u lirua vonë"}"#)?
    };
    let late_reason = approval.as_ref().and_then(|approval| approval.late_reason.as_deref());
    Ok(Json(acts::approve(&web.system, &caller.0, config, &reference, late_reason).await?))
}

/// A better text, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Correction {
    item: SourceItem,
    reason: String,
}

/// `POST /api/items/{ref}/correct`: the better text waits for approval.
pub async fn correct(
    State(web): State<Web>,
    caller: Caller,
    Path(reference): Path<String>,
    body: Whole,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let config = caller.office(&web.system)?;
    let correction: Correction = body.json(r#"{"item": {"kind": "…", "reference": "…", …}, "reason": "Gabim në orë"}"#)?;
    let source = Source::from_item("request", correction.item);
    let checked = acts::check_source(&web.system, &config.office, &source, bytes)?;
    let revision = acts::correct(&web.system, &caller.0, config, &reference, checked, &correction.reason).await?;
    Ok((StatusCode::CREATED, Json(json!({ "reference": reference, "revision": revision }))))
}

/// Why an item is taken back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Withdrawal {
    reason: String,
}

/// `POST /api/items/{ref}/withdraw`.
pub async fn withdraw(
    State(web): State<Web>,
    caller: Caller,
    Path(reference): Path<String>,
    body: Whole,
) -> Result<Json<Approved>, ApiError> {
    let config = caller.office(&web.system)?;
    let Withdrawal { reason } = body.json(r#"{"reason": "Publikuar gabimisht"}"#)?;
    Ok(Json(acts::withdraw(&web.system, &caller.0, config, &reference, &reason).await?))
}

/// When an event is to be instead, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Postponement {
    to: String,
    reason: String,
    #[serde(default)]
    late_reason: Option<String>,
}

/// `POST /api/items/{ref}/postpone`.
pub async fn postpone(
    State(web): State<Web>,
    caller: Caller,
    Path(reference): Path<String>,
    body: Whole,
) -> Result<Json<Approved>, ApiError> {
    let config = caller.office(&web.system)?;
    let told: Postponement = body.json(r#"{"to": "2026-12-01 10:00", "reason": "Mungesë kuorumi"}"#)?;
    let late_reason = told.late_reason.as_deref();
    Ok(Json(
        acts::postpone(&web.system, &caller.0, config, &reference, &told.to, &told.reason, late_reason).await?,
    ))
}

/// `POST /api/items/{ref}/publish-now`: what waits for its release waits no longer.
pub async fn publish_now(State(web): State<Web>, caller: Caller, Path(reference): Path<String>) -> Result<Json<Value>, ApiError> {
    let moved = acts::publish_now(&web.system, &caller.0, &reference).await?;
    Ok(Json(json!({ "reference": reference, "deliveries": moved })))
}
