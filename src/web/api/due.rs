//! What the office owes: the list, one duty, what people say of it, and the calendar.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

use super::auth::{Caller, Reader};
use super::body::Whole;
use super::error::ApiError;
use crate::item::{Expected, Lang, Moment, Office};
use crate::register::{self, Detail, Filter, Line, ical};
use crate::render::words::languages;
use crate::store::StoreError;
use crate::system::OfficeConfig;
use crate::web::state::Web;
use crate::web::written::Written;

/// Which duties to list.
#[derive(Deserialize)]
pub struct Which {
    until: Option<String>,
    unit: Option<String>,
    #[serde(default)]
    all: bool,
}

/// `GET /api/due`: the most urgent first; with `all`, then what ended within a year.
pub async fn list(
    State(web): State<Web>,
    caller: Caller,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<Json<Vec<Line>>, ApiError> {
    let Query(which) = which?;
    let config = caller.office(&web.system)?;
    let until = which.until.as_deref().map(day).transpose()?;
    let filter = Filter::new(web.system.clock.now(), config.office.zone, until, which.unit, which.all);
    Ok(Json(register::due(&web.system, config, &filter).await?))
}

fn day(text: &str) -> Result<NaiveDate, ApiError> {
    let expected = || Expected::Example("2026-12-31".to_owned());
    text.parse()
        .map_err(|_| ApiError::field("until", format!("\"{text}\" is not a day"), expected()))
}

/// `GET /api/due/{id}`: one duty with its past.
pub async fn show(State(web): State<Web>, caller: Caller, id: Result<Path<i64>, PathRejection>) -> Result<Json<Detail>, ApiError> {
    let Path(id) = id?;
    let config = caller.office(&web.system)?;
    Ok(Json(register::detail(&web.system, config, id).await?))
}

/// What shows that a duty was met, and when it was.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settlement {
    proof: String,
    at: Option<String>,
}

/// `POST /api/due/{id}/settle`: it was met outside Kasnec.
pub async fn settle(
    State(web): State<Web>,
    caller: Caller,
    id: Result<Path<i64>, PathRejection>,
    body: Whole,
) -> Result<Json<Detail>, ApiError> {
    let (id, config) = (id?.0, fresh(&web, &caller).await?);
    let said: Settlement = body.json(r#"{"proof": "Procesverbali nr. 12", "at": "2026-11-22 10:00"}"#)?;
    let at = said.at.as_deref().map(|at| instant(at, &config.office)).transpose()?;
    register::settle::settle(&web.system, &caller.0, config, id, at, &said.proof).await?;
    Ok(Json(register::detail(&web.system, config, id).await?))
}

fn instant(at: &str, office: &Office) -> Result<DateTime<Utc>, ApiError> {
    let expected = || Expected::Example("\"2026-11-22 10:00\"".to_owned());
    let moment = Moment::parse(at, office.zone);
    moment
        .map(|moment| moment.at)
        .map_err(|bad| ApiError::field("at", bad.to_string(), expected()))
}

/// Why a duty is late, or not owed here.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Because {
    reason: String,
}

/// `POST /api/due/{id}/reason`: why it is or was late.
pub async fn reason(
    State(web): State<Web>,
    caller: Caller,
    id: Result<Path<i64>, PathRejection>,
    body: Whole,
) -> Result<Json<Detail>, ApiError> {
    let (id, config) = (id?.0, fresh(&web, &caller).await?);
    let Because { reason } = body.json(r#"{"reason": "Salla u lirua vonë"}"#)?;
    register::settle::give_reason(&web.system, &caller.0, config, id, &reason).await?;
    Ok(Json(register::detail(&web.system, config, id).await?))
}

/// `POST /api/due/{id}/lift`: it is not owed here.
pub async fn lift(
    State(web): State<Web>,
    caller: Caller,
    id: Result<Path<i64>, PathRejection>,
    body: Whole,
) -> Result<Json<Detail>, ApiError> {
    let (id, config) = (id?.0, fresh(&web, &caller).await?);
    let Because { reason } = body.json(r#"{"reason": "Drejtoria u shkri"}"#)?;
    register::settle::lift(&web.system, &caller.0, config, id, &reason).await?;
    Ok(Json(register::detail(&web.system, config, id).await?))
}

/// The caller's office, its register up to date: nothing is said of a duty that ended meanwhile.
async fn fresh<'a>(web: &'a Web, caller: &Caller) -> Result<&'a OfficeConfig, ApiError> {
    let config = caller.office(&web.system)?;
    register::refresh(&web.system, config).await?;
    Ok(config)
}

/// Which duties stand in the calendar, and in which language.
#[derive(Deserialize)]
pub struct Shown {
    unit: Option<String>,
    lang: Option<String>,
}

/// `GET /api/due.ics`: everything owed and what ended within a year, as a calendar.
pub async fn calendar(
    State(web): State<Web>,
    Reader(caller): Reader,
    headers: HeaderMap,
    shown: Result<Query<Shown>, QueryRejection>,
) -> Result<Response, ApiError> {
    let Query(shown) = shown?;
    let config = caller.office(&web.system)?;
    let lang = spoken(shown.lang.as_deref().unwrap_or(&caller.0.lang))?;
    let filter = Filter::everything(web.system.clock.now(), shown.unit);
    let text = ical::calendar(&web.system, config, lang, &filter).await?;
    let written = Written::new(text, None).map_err(|error| StoreError::Other(error.to_string()))?;
    let mut response = written.respond(&headers, "text/calendar; charset=utf-8", "private, max-age=300");
    let vary = HeaderValue::from_static("Accept-Encoding, Authorization");
    response.headers_mut().insert(header::VARY, vary);
    Ok(response)
}

fn spoken(lang: &str) -> Result<Lang, ApiError> {
    let mut known: Vec<String> = languages().collect();
    known.sort();
    let spoken = lang.parse().ok().filter(|_| known.iter().any(|known| known == lang));
    spoken.ok_or_else(|| ApiError::field("lang", format!("Kasnec does not speak \"{lang}\""), Expected::OneOf(known)))
}
