//! The register's further faces: warnings, and the transparency report.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, TimeZone, Utc};
use serde::Deserialize;

use super::auth::Caller;
use super::error::ApiError;
use super::items::MOST;
use crate::item::{Expected, Lang};
use crate::register;
use crate::register::report::{Format, write};
use crate::store::warnings::Warning;
use crate::web::state::Web;

/// How far back warnings are listed, where nobody says how far.
const WINDOW: Duration = Duration::days(30);

/// Which warnings to list.
#[derive(Deserialize)]
pub struct Since {
    since: Option<NaiveDate>,
}

/// `GET /api/warnings`: the newest first.
pub async fn warnings(
    State(web): State<Web>,
    caller: Caller,
    since: Result<Query<Since>, QueryRejection>,
) -> Result<Json<Vec<Warning>>, ApiError> {
    let Query(since) = since?;
    let zone = caller.office(&web.system)?.office.zone;
    let day = since
        .since
        .and_then(|day| zone.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest());
    let since: DateTime<Utc> = day.map_or(web.system.clock.now() - WINDOW, |day| day.to_utc());
    Ok(Json(web.system.store.warnings(&caller.0.office, since, MOST).await?))
}

/// Which report.
#[derive(Deserialize)]
pub struct Asked {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    format: Option<String>,
    lang: Option<String>,
}

/// `GET /api/report`: what was owed between two days, and how it was met.
pub async fn report(State(web): State<Web>, caller: Caller, asked: Result<Query<Asked>, QueryRejection>) -> Result<Response, ApiError> {
    let Query(asked) = asked?;
    let config = caller.office(&web.system)?;
    let day = |name, day: Option<NaiveDate>| {
        day.ok_or_else(|| ApiError::field(name, "it is missing from the address", Expected::Example("2027-01-01".to_owned())))
    };
    let (from, to) = (day("from", asked.from)?, day("to", asked.to)?);
    let format = match asked.format.as_deref().unwrap_or("json").parse::<Format>() {
        Ok(format) => format,
        Err(unknown) => {
            let words = Format::ALL.iter().map(ToString::to_string).collect();
            return Err(ApiError::field("format", unknown.to_string(), Expected::OneOf(words)));
        }
    };
    let lang = asked.lang.as_deref().unwrap_or(&caller.0.lang);
    let lang: Lang = lang
        .parse()
        .map_err(|bad: crate::item::lang::BadLang| ApiError::field("lang", bad.to_string(), Expected::Example("sq".to_owned())))?;
    let report = register::report(&web.system, config, from, to, &lang).await?;
    let written = tokio::task::spawn_blocking(move || write(&report, format, &lang)).await;
    let bytes = written
        .map_err(|error| ApiError::failed(&error.to_string()))?
        .map_err(|error| ApiError::failed(&error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(media_type(format)))], bytes).into_response())
}

fn media_type(format: Format) -> &'static str {
    match format {
        Format::Html => "text/html; charset=utf-8",
        Format::Pdf => "application/pdf",
        Format::Csv => "text/csv; charset=utf-8",
        Format::Json => "application/json",
    }
}
