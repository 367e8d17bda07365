//! What is due and not confirmed, why, and what to do.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::auth::Caller;
use super::error::ApiError;
use crate::alarm::{Said, Shown, current, said};
use crate::item::Lang;
use crate::register::Speaker;
use crate::web::state::Web;

/// An alarm, with its words in the caller's language.
#[derive(Serialize)]
pub struct Told {
    #[serde(flatten)]
    shown: Shown,
    #[serde(flatten)]
    said: Said,
}

/// `GET /api/alarms`: as things are at this moment.
pub async fn list(State(web): State<Web>, caller: Caller) -> Result<Json<Vec<Told>>, ApiError> {
    let config = caller.office(&web.system)?;
    let leading = || config.office.languages.first().cloned();
    let lang: Option<Lang> = caller.0.lang.parse().ok().or_else(leading);
    let lang = lang.ok_or_else(|| ApiError::failed("the office has no language"))?;
    let speaker = Speaker::new(&web.system, config, lang);
    let shown = current(&web.system, config).await?;
    let told = shown.into_iter().map(|shown| Told {
        said: said(&speaker, &shown.cause),
        shown,
    });
    Ok(Json(told.collect()))
}
