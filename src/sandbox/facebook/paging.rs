//! Cursor paging: opaque cursors, and `next` only while there is more.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::errors::GraphError;
use super::params::Params;
use super::request::Call;

const DEFAULT_LIMIT: u64 = 25;
const LARGEST_LIMIT: u64 = 100;

/// An element of a list: where it stands, and what is shown.
pub(super) struct Item {
    /// Orders the list, greatest first, and survives in a cursor when the element is gone.
    pub key: (i64, String),
    pub shown: Value,
}

/// The asked-for page of a list.
pub(super) fn page(call: &Call, mut items: Vec<Item>) -> Result<Value, GraphError> {
    let params = Params(&call.params);
    let limit = limit(params)?;
    items.sort_by(|a, b| b.key.cmp(&a.key));
    let total = items.len();
    let after = cursor(params, "after")?;
    let before = cursor(params, "before")?;
    let mut window: Vec<Item> = items
        .into_iter()
        .filter(|item| after.as_ref().is_none_or(|after| item.key < *after))
        .filter(|item| before.as_ref().is_none_or(|before| item.key > *before))
        .collect();
    let more = window.len() > limit;
    if before.is_some() && more {
        window.drain(..window.len() - limit);
    }
    window.truncate(limit);
    Ok(body(call, &window, more || before.is_some(), total))
}

fn body(call: &Call, window: &[Item], more: bool, total: usize) -> Value {
    let mut body = Map::new();
    body.insert("data".into(), window.iter().map(|item| item.shown.clone()).collect());
    if let (Some(first), Some(last)) = (window.first(), window.last()) {
        let (before, after) = (encode(&first.key), encode(&last.key));
        let mut paging = json!({ "cursors": { "before": before, "after": after } });
        if more {
            paging["next"] = json!(link(call, &after));
        }
        body.insert("paging".into(), paging);
    }
    if Params(&call.params).has("summary") {
        body.insert("summary".into(), json!({ "total_count": total }));
    }
    Value::Object(body)
}

fn limit(params: Params) -> Result<usize, GraphError> {
    let limit = params.unsigned("limit")?.unwrap_or(DEFAULT_LIMIT);
    if limit > LARGEST_LIMIT {
        return Err(GraphError::parameter("The page size is too large. The limit is 100."));
    }
    Ok(usize::try_from(limit).unwrap_or_default())
}

/// The same request again, from a cursor on; like Meta's, it carries the token.
fn link(call: &Call, after: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in call.params.iter().filter(|(name, _)| *name != "after" && *name != "before") {
        query.append_pair(name, value.as_str().unwrap_or(&value.to_string()));
    }
    query.append_pair("after", after);
    format!("{}{}?{}", call.base_url(), call.path, query.finish())
}

fn encode(key: &(i64, String)) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}:{}", key.0, key.1))
}

fn cursor(params: Params, name: &str) -> Result<Option<(i64, String)>, GraphError> {
    let Some(text) = params.filled(name) else { return Ok(None) };
    let decoded = URL_SAFE_NO_PAD.decode(&text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded
        .as_deref()
        .and_then(|text| text.split_once(':'))
        .and_then(|(time, id)| Some((time.parse().ok()?, id.to_owned())))
        .map(Some)
        .ok_or_else(|| GraphError::parameter(format!("Invalid cursors values: {name}")))
}
