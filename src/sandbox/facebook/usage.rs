//! The headers in which Graph tells how much of its patience is used up.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::errors::trace_id;

/// Calls a day for one engaged user, the least a Page has.
const DAILY_CALLS: u64 = 4800;

/// How much is used, and how long to wait when it is too much.
#[derive(Debug, Clone, Copy)]
pub(super) struct Usage {
    pub percent: u64,
    pub regain_minutes: u64,
}

impl Usage {
    /// What so many calls come to.
    pub fn counted(calls: u64) -> Self {
        Self {
            percent: (calls * 100 / DAILY_CALLS).min(100),
            regain_minutes: 0,
        }
    }

    /// Adds the usage, version and trace headers.
    pub fn write(self, page_id: &str, version: &'static str, headers: &mut HeaderMap) {
        let app = json!({ "call_count": self.percent, "total_time": self.percent, "total_cputime": self.percent });
        let page = json!({ page_id: [{
            "type": "pages",
            "call_count": self.percent,
            "total_cputime": self.percent,
            "total_time": self.percent,
            "estimated_time_to_regain_access": self.regain_minutes,
        }] });
        insert_json(headers, "x-app-usage", &app);
        insert_json(headers, "x-business-use-case-usage", &page);
        insert_json(headers, "x-fb-trace-id", &Value::String(trace_id()));
        headers.insert("facebook-api-version", HeaderValue::from_static(version));
    }
}

fn insert_json(headers: &mut HeaderMap, name: &'static str, value: &Value) {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if let Ok(value) = HeaderValue::from_str(&text) {
        headers.insert(HeaderName::from_static(name), value);
    }
}
