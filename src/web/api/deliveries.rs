//! Deliveries: listing them, and trying one again.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use serde::Deserialize;

use super::auth::Caller;
use super::error::ApiError;
use super::items::MOST;
use crate::item::Expected;
use crate::receipt::State as Standing;
use crate::store::deliveries::Filter;
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
