//! The one place where the sandbox reads the system clock.

use chrono::{DateTime, Utc};

/// Milliseconds since the epoch.
pub(super) fn now() -> i64 {
    Utc::now().timestamp_millis()
}

/// An instant as Graph writes it: `2026-11-22T09:30:00+0000`.
pub(super) fn graph_time(millis: i64) -> String {
    instant(millis).format("%Y-%m-%dT%H:%M:%S%z").to_string()
}

/// An instant as a person reads it.
pub(super) fn readable(millis: i64) -> String {
    instant(millis).format("%d.%m.%Y %H:%M UTC").to_string()
}

fn instant(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}
