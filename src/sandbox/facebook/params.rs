//! Parameters read as the types of Meta's tables.

use chrono::DateTime;
use serde_json::{Map, Value};

use super::errors::GraphError;

/// Typed access to what a call was given.
#[derive(Clone, Copy)]
pub(super) struct Params<'a>(pub &'a Map<String, Value>);

impl<'a> Params<'a> {
    /// `string`; numbers count as their text, as they do in a form.
    pub fn text(self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Null => None,
            other => Some(other.to_string()),
        }
    }

    /// `string`, where an empty one counts as absent.
    pub fn filled(self, name: &str) -> Option<String> {
        self.text(name).filter(|text| !text.trim().is_empty())
    }

    /// Whether it was sent at all.
    pub fn has(self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Whether it was sent as JSON's `null`.
    pub fn is_null(self, name: &str) -> bool {
        self.0.get(name).is_some_and(Value::is_null)
    }

    /// `bool`
    pub fn flag(self, name: &str) -> Result<Option<bool>, GraphError> {
        match self.text(name).as_deref().map(str::to_ascii_lowercase).as_deref() {
            None => Ok(None),
            Some("true" | "1") => Ok(Some(true)),
            Some("false" | "0") => Ok(Some(false)),
            Some(_) => Err(GraphError::parameter(format!("Param {name} must be a boolean"))),
        }
    }

    /// `unsigned int`
    pub fn unsigned(self, name: &str) -> Result<Option<u64>, GraphError> {
        let parse = |text: String| {
            text.parse()
                .map_err(|_| GraphError::parameter(format!("Param {name} must be an integer")))
        };
        self.text(name).map(parse).transpose()
    }

    /// `datetime`, in milliseconds: seconds since the epoch or ISO 8601.
    pub fn instant(self, name: &str) -> Result<Option<i64>, GraphError> {
        let parse = |text: String| {
            let seconds = text.parse::<i64>().map(|seconds| seconds.saturating_mul(1000)).ok();
            let written = || DateTime::parse_from_rfc3339(&text).or_else(|_| DateTime::parse_from_str(&text, GRAPH_FORMAT));
            seconds
                .or_else(|| written().map(|at| at.timestamp_millis()).ok())
                .ok_or_else(|| GraphError::parameter(format!("Param {name} must be a valid datetime")))
        };
        self.text(name).map(parse).transpose()
    }

    /// `list<Object>`: a JSON array, the text of one, or `name[0]`, `name[1]`, … in a form.
    pub fn objects(self, name: &str) -> Result<Vec<Value>, GraphError> {
        let broken = || GraphError::parameter(format!("Param {name} must be an array."));
        let whole = match self.0.get(name) {
            None => Vec::new(),
            Some(Value::Array(items)) => items.clone(),
            Some(Value::String(text)) => serde_json::from_str(text).map_err(|_| broken())?,
            Some(_) => return Err(broken()),
        };
        whole
            .iter()
            .chain(self.indexed(name))
            .map(|item| object(item).ok_or_else(broken))
            .collect()
    }

    fn indexed(self, name: &str) -> impl Iterator<Item = &'a Value> {
        let prefix = format!("{name}[");
        self.0
            .iter()
            .filter(move |(key, _)| key.starts_with(&prefix))
            .map(|(_, value)| value)
    }

    /// One of the values of an enumeration.
    pub fn one_of(self, name: &str, values: &[&str]) -> Result<Option<String>, GraphError> {
        let Some(text) = self.filled(name) else { return Ok(None) };
        if values.contains(&text.as_str()) {
            return Ok(Some(text));
        }
        Err(GraphError::parameter(format!(
            "Param {name} must be one of {{{}}} - got \"{text}\".",
            values.join(", ")
        )))
    }
}

const GRAPH_FORMAT: &str = "%Y-%m-%dT%H:%M:%S%z";

fn object(item: &Value) -> Option<Value> {
    match item {
        Value::Object(_) => Some(item.clone()),
        Value::String(text) => serde_json::from_str(text).ok().filter(Value::is_object),
        _ => None,
    }
}
