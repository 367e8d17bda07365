//! The office's accounts: whether each may be used, and what waits behind it.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::auth::Caller;
use super::error::ApiError;
use crate::item::Localized;
use crate::store::rows::AccountRow;
use crate::web::state::Web;

/// An account, with what its manifest calls it.
#[derive(Serialize)]
pub struct Channel {
    #[serde(flatten)]
    account: AccountRow,
    label: Option<Localized>,
    nearest_deadline: Option<DateTime<Utc>>,
}

/// `GET /api/channels`.
pub async fn list(State(web): State<Web>, caller: Caller) -> Result<Json<Vec<Channel>>, ApiError> {
    let store = &web.system.store;
    let mut channels = Vec::new();
    for account in store.accounts(&caller.0.office).await? {
        channels.push(Channel {
            label: web
                .system
                .manifest(&account.office, &account.name)
                .map(|manifest| manifest.label.clone()),
            nearest_deadline: store.nearest_deadline(account.id).await?,
            account,
        });
    }
    Ok(Json(channels))
}
