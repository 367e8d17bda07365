//! Deliveries: listing them, and trying one again.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth::Caller;
use super::error::ApiError;
use super::items::MOST;
use crate::item::Expected;
use crate::receipt::State as Standing;
use crate::store::deliveries::Filter;
use crate::store::looks::Disturbed;
use crate::store::rows::{Delivery, Role};
use crate::web::state::Web;

/// Which deliveries to list.
#[derive(Deserialize)]
pub struct Which {
    state: Option<String>,
    account: Option<String>,
    #[serde(default)]
    open: bool,
    limit: Option<usize>,
}

/// `GET /api/deliveries`: open ones by deadline, then settled ones, the newest first.
pub async fn list(
    State(web): State<Web>,
    caller: Caller,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<Json<Vec<Delivery>>, ApiError> {
    let Query(which) = which?;
    let filter = Filter {
        item: None,
        state: which.state.as_deref().map(standing).transpose()?,
        account: which.account,
        open: which.open,
        limit: which.limit.unwrap_or(100).min(MOST),
    };
    Ok(Json(web.system.store.deliveries(&caller.0.office, &filter).await?))
}

fn standing(word: &str) -> Result<Standing, ApiError> {
    word.parse().map_err(|error| {
        let words = Standing::ALL.iter().map(ToString::to_string).collect();
        ApiError::field("state", format!("{error}"), Expected::OneOf(words))
    })
}

/// `POST /api/deliveries/{id}/retry`: one that was set aside is tried again, now.
pub async fn retry(State(web): State<Web>, caller: Caller, id: Result<Path<i64>, PathRejection>) -> Result<Json<Delivery>, ApiError> {
    let Path(id) = id?;
    caller.must_be(Role::Editor)?;
    web.system.store.retry(&caller.0, id).await?;
    Ok(Json(web.system.store.delivery(&caller.0.office, id).await?))
}

/// `GET /api/deliveries/{id}/looks`: what looks at it showed, and which are still to be made.
pub async fn looks(State(web): State<Web>, caller: Caller, id: Result<Path<i64>, PathRejection>) -> Result<Json<Value>, ApiError> {
    let Path(id) = id?;
    let store = &web.system.store;
    let delivery = store.delivery(&caller.0.office, id).await?;
    let mut ahead = store.looks_ahead(delivery.item, web.system.settings.verify.soon()).await?;
    ahead.retain(|look| look.delivery == id);
    Ok(Json(json!({"looks": store.glances(id).await?, "looks_ahead": ahead})))
}

/// `POST /api/deliveries/{id}/look`: one that stands is looked at again, now.
pub async fn look(State(web): State<Web>, caller: Caller, id: Result<Path<i64>, PathRejection>) -> Result<StatusCode, ApiError> {
    let Path(id) = id?;
    web.system.store.ask_for_look(&caller.0, id).await?;
    Ok(StatusCode::ACCEPTED)
}

/// `GET /api/disturbed`: what was sent, and is not known to stand as it was sent.
pub async fn disturbed(State(web): State<Web>, caller: Caller) -> Result<Json<Vec<Disturbed>>, ApiError> {
    Ok(Json(web.system.store.unconfirmed_or_disturbed(&caller.0.office).await?))
}
