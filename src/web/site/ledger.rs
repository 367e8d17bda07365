//! `GET /ledger`: the published heads of the office's ledger, for whoever wants to compare one.

use askama::Template;
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::layout::{Layout, draw};
use super::missing;
use super::visit::Visit;
use crate::render::dates::{Spoken, instant};
use crate::render::words::word;
use crate::store::StoreError;
use crate::store::heads::Head;

/// The page shows about a year; the JSON has all of them.
const SHOWN: usize = 400;

#[derive(Template)]
#[template(path = "ledger.html")]
struct Ledger {
    page: Layout,
    heads: Vec<(Head, Spoken)>,
    all: String,
}

/// `GET /ledger`.
pub async fn show(visit: Visit) -> Response {
    match ledger(&visit).await {
        Ok(page) => draw(StatusCode::OK, &page),
        Err(error) => missing::failed(&visit, &error),
    }
}

async fn ledger(visit: &Visit) -> Result<Ledger, StoreError> {
    let office = visit.office();
    let heads = visit.web.system.store.heads(&office.id).await?.into_iter().take(SHOWN);
    let spoken = |head: Head| {
        let at = instant(head.published_at, office.zone, visit.lang.as_str());
        (head, at)
    };
    let page = Layout::of(visit, word(visit.lang.as_str(), "ledger-title", &[]), None).await?;
    Ok(Ledger {
        all: page.to("/ledger/heads.json"),
        heads: heads.map(spoken).collect(),
        page,
    })
}

/// `GET /ledger/heads.json`: every published head, the newest first.
pub async fn heads(visit: Visit) -> Response {
    match visit.web.system.store.heads(&visit.office().id).await {
        Ok(heads) => {
            let cache = [
                (header::CACHE_CONTROL, "public, max-age=300"),
                (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
            ];
            (cache, Json(json!({"office": visit.office().id, "heads": heads}))).into_response()
        }
        Err(error) => missing::failed(&visit, &error),
    }
}
