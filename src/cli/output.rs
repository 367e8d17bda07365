//! What commands print: a table for people, JSON for programs, failures on standard error.

use std::io::Write;

use chrono::{DateTime, Duration, NaiveTime, Utc};
use chrono_tz::Tz;
use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};
use serde::Serialize;
use serde_json::json;

use super::exit::Failed;
use crate::acts::ActError;

/// Prints a line. A closed pipe (`| head`) is no failure.
pub fn line(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stdout(), "{}", text.as_ref());
}

/// Prints a value as JSON.
pub fn json(value: &impl Serialize) {
    line(serde_json::to_string_pretty(value).unwrap_or_default());
}

/// Prints a table, or says that there is nothing.
pub fn table(headers: &[&str], rows: Vec<Vec<String>>, nothing: &str) {
    if rows.is_empty() {
        line(nothing);
        return;
    }
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(headers.iter().map(|header| header.to_uppercase()));
    table.add_rows(rows);
    line(table.to_string());
}

/// Prints why a command failed, on standard error.
pub fn failure(failure: &Failed, as_json: bool) {
    let problems = match failure {
        Failed::Act(ActError::Problems(problems)) => Some(problems),
        _ => None,
    };
    let text = if as_json {
        json!({"error": failure.to_string(), "exit": failure.exit() as u8, "problems": problems}).to_string()
    } else {
        format!("kasnec: {failure}")
    };
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Prints what should be known beside what was asked for, on standard error.
pub fn warning(text: &str) {
    let _ = writeln!(std::io::stderr(), "kasnec: warning: {text}");
}

/// An instant on the office's clock, for people.
pub fn when(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}

/// A deadline on the office's clock; midnight belongs to the day that ends. Or a dash.
pub fn deadline(at: Option<DateTime<Utc>>, zone: Tz) -> String {
    let ends = at.map(|at| (at - Duration::milliseconds(1)).with_timezone(&zone)).filter(|_| {
        let midnight = at.map(|at| at.with_timezone(&zone).time());
        midnight == Some(NaiveTime::MIN)
    });
    ends.map_or_else(|| when_if(at, zone), |day| day.format("%Y-%m-%d 24:00").to_string())
}

/// The same, or a dash.
pub fn when_if(at: Option<DateTime<Utc>>, zone: Tz) -> String {
    at.map_or_else(|| "–".to_owned(), |at| when(at, zone))
}
