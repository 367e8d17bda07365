//! The API under `/api`: JSON in, JSON out, one act or one question to the store a handler.

mod alarms;
mod auth;
mod body;
mod changes;
mod channels;
mod deliveries;
mod due;
mod error;
mod items;
mod proof;
mod register;
mod resolve;
mod sheet;

use axum::Router;
use axum::routing::{get, post};

use super::state::Web;
use error::ApiError;

/// Its routes.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/items", get(items::list).post(items::queue))
        .route("/items/{reference}", get(items::show))
        .route("/items/{reference}/preview", get(items::preview))
        .route("/items/{reference}/proof", get(proof::show))
        .route("/items/{reference}/approve", post(changes::approve))
        .route("/items/{reference}/correct", post(changes::correct))
        .route("/items/{reference}/withdraw", post(changes::withdraw))
        .route("/items/{reference}/postpone", post(changes::postpone))
        .route("/items/{reference}/publish-now", post(changes::publish_now))
        .route("/deliveries", get(deliveries::list))
        .route("/deliveries/{id}/retry", post(deliveries::retry))
        .route("/deliveries/{id}/looks", get(deliveries::looks))
        .route("/deliveries/{id}/look", post(deliveries::look))
        .route("/disturbed", get(deliveries::disturbed))
        .route("/deliveries/{id}/resolve", post(resolve::resolve))
        .route("/deliveries/{id}/sheet", get(sheet::show))
        .route("/alarms", get(alarms::list))
        .route("/warnings", get(register::warnings))
        .route("/report", get(register::report))
        .route("/due", get(due::list))
        .route("/due.ics", get(due::calendar))
        .route("/due/{id}", get(due::show))
        .route("/due/{id}/settle", post(due::settle))
        .route("/due/{id}/reason", post(due::reason))
        .route("/due/{id}/lift", post(due::lift))
        .route("/channels", get(channels::list))
        .fallback(async || ApiError::no_such_address())
        .method_not_allowed_fallback(async || ApiError::wrong_method())
}
