//! Queueing items and looking at them.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth::Caller;
use super::body::Whole;
use super::error::ApiError;
use crate::acts::{self, Receipt};
use crate::item::check::Checked;
use crate::item::source::SourceAttachment;
use crate::item::{Expected, Office, Problems, Source};
use crate::register;
use crate::render::Post;
use crate::store::deliveries::Filter;
use crate::store::rows::{Item, ItemState};
use crate::system::System;
use crate::web::state::Web;

/// The most rows an answer lists, and the most items a request brings.
pub const MOST: usize = 1000;

/// What an item looks like.
pub const EXAMPLE: &str = r#"{"kind": "news", "reference": "KK-2026-L-118", "translations": {"sq": {"title": "…", "body": "…"}}}"#;

/// `POST /api/items`: one item or several; all are kept, or none. 201 if any of them is new.
pub async fn queue(State(web): State<Web>, caller: Caller, body: Whole) -> Result<(StatusCode, Json<Value>), ApiError> {
    let config = caller.office(&web.system)?;
    let (sources, several) = sources(&body)?;
    let checked = check_all(&web.system, &config.office, &sources)?;
    let receipts = acts::queue(&web.system, &caller.0, config, checked).await?;
    let new = receipts.iter().any(|receipt| receipt.outcome == "new");
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(answer(&receipts, several))))
}

fn answer(receipts: &[Receipt], several: bool) -> Value {
    match receipts {
        [only] if !several => json!(only),
        all => json!(all),
    }
}

/// The items of the request, and whether they came as a list.
fn sources(body: &Whole) -> Result<(Vec<Source>, bool), ApiError> {
    let Value::Array(items) = body.json(EXAMPLE)? else {
        let text = String::from_utf8_lossy(&body.0);
        return Ok((vec![Source::parse("request", &text)?], false));
    };
    if items.len() > MOST {
        let what = format!("it holds {} items, more than the {MOST} of one request", items.len());
        return Err(ApiError::field(
            "body",
            what,
            Expected::Do("send them in several requests".to_owned()),
        ));
    }
    let numbered = items.iter().enumerate();
    let sources = numbered.map(|(nth, item)| parse_nth(nth, item)).collect::<Result<_, _>>()?;
    Ok((sources, true))
}

/// One of several is read on its own, so its lines would not be those of the request.
fn parse_nth(nth: usize, item: &Value) -> Result<Source, Problems> {
    let name = format!("request[{nth}]");
    let parsed = Source::parse(&name, &item.to_string()).map_err(without_lines)?;
    Ok(Source::from_item(&name, parsed.item))
}

fn without_lines(mut problems: Problems) -> Problems {
    problems.0.iter_mut().for_each(|problem| problem.line = None);
    problems
}

/// Every problem of every item, told at once.
fn check_all(system: &System, office: &Office, sources: &[Source]) -> Result<Vec<Checked>, Problems> {
    let mut checked = Vec::with_capacity(sources.len());
    let mut problems = Vec::new();
    for source in sources {
        match acts::check_source(system, office, source, bytes) {
            Ok(one) => checked.push(one),
            Err(Problems(more)) => problems.extend(more),
        }
    }
    if problems.is_empty() {
        Ok(checked)
    } else {
        Err(Problems(problems))
    }
}

/// An attachment's bytes stand in the request itself.
pub fn bytes(attachment: &SourceAttachment) -> Result<Vec<u8>, String> {
    let text = attachment
        .base64
        .as_deref()
        .ok_or("its bytes are missing: send them in \"base64\"")?;
    BASE64
        .decode(text)
        .map_err(|error| format!("its \"base64\" cannot be decoded ({error})"))
}

/// Which items to list.
#[derive(Deserialize)]
pub struct Which {
    state: Option<String>,
    limit: Option<usize>,
}

/// `GET /api/items`: the newest first.
pub async fn list(
    State(web): State<Web>,
    caller: Caller,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<Json<Vec<Item>>, ApiError> {
    let Query(which) = which?;
    let state = which.state.as_deref().map(state).transpose()?;
    let limit = which.limit.unwrap_or(100).min(MOST);
    Ok(Json(web.system.store.items(&caller.0.office, state, limit).await?))
}

fn state(word: &str) -> Result<ItemState, ApiError> {
    word.parse().map_err(|error| {
        let words = ItemState::ALL.iter().map(ToString::to_string).collect();
        ApiError::field("state", format!("{error}"), Expected::OneOf(words))
    })
}

/// `GET /api/items/{ref}`: the item with its revisions, deliveries, looks at them, duties and history.
pub async fn show(State(web): State<Web>, caller: Caller, Path(reference): Path<String>) -> Result<Json<Value>, ApiError> {
    let store = &web.system.store;
    let config = caller.office(&web.system)?;
    let item = store.item(&caller.0.office, &reference).await?;
    let filter = Filter {
        item: Some(item.id),
        limit: MOST,
        ..Filter::default()
    };
    Ok(Json(json!({
        "revisions": store.revisions(item.id).await?,
        "deliveries": store.deliveries(&caller.0.office, &filter).await?,
        "looks": store.glances_of_item(item.id).await?,
        "looks_ahead": store.looks_ahead(item.id, web.system.settings.verify.soon()).await?,
        "duties": register::duties_of(&web.system, config, item.id).await?,
        "history": store.history(item.id).await?,
        "item": item,
    })))
}

/// What to preview.
#[derive(Deserialize)]
pub struct Glance {
    channel: Option<String>,
    lang: Option<String>,
}

/// `GET /api/items/{ref}/preview`: what a channel would say, exactly.
pub async fn preview(
    State(web): State<Web>,
    caller: Caller,
    Path(reference): Path<String>,
    glance: Result<Query<Glance>, QueryRejection>,
) -> Result<Json<Post>, ApiError> {
    let Query(glance) = glance?;
    let config = caller.office(&web.system)?;
    let accounts = || Expected::OneOf(config.manifests.keys().cloned().collect());
    let channel = glance
        .channel
        .ok_or_else(|| ApiError::field("channel", "it is missing from the address", accounts()))?;
    let lang = glance.lang.map(|lang| lang.parse()).transpose();
    let lang =
        lang.map_err(|bad: crate::item::lang::BadLang| ApiError::field("lang", bad.to_string(), Expected::Example("sq".to_owned())))?;
    Ok(Json(acts::preview(&web.system, config, &reference, &channel, lang.as_ref()).await?))
}
