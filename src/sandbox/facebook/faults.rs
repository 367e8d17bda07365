//! Faults on demand: the next matching calls go wrong in a chosen way.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::errors::GraphError;
use super::request::Call;

/// A fault in the queue.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Fault {
    #[serde(flatten)]
    pub kind: Kind,
    /// Only calls of this method.
    #[serde(default)]
    method: Option<String>,
    /// Only calls whose path, without version, ends so.
    #[serde(default)]
    path: Option<String>,
    /// How many calls it spoils.
    #[serde(default = "once")]
    times: u32,
    /// How many matching calls it lets pass first.
    #[serde(default)]
    skip: u32,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Kind {
    /// Nothing is done, and an error answered.
    Error(Wording),
    /// Nothing is done, and the error comes under HTTP 200.
    #[serde(rename = "200_with_error")]
    OkWithError(Wording),
    /// The plain words "Service Unavailable" under HTTP 200.
    #[serde(rename = "200_unavailable")]
    OkUnavailable,
    /// It is done, but no answer comes; after `ms`, if given, the connection is closed.
    TimeoutAfterAccept {
        #[serde(default)]
        ms: Option<u64>,
    },
    /// It is done, and the connection reset.
    AcceptThenReset,
    /// Nothing is done, and the connection reset.
    Reset,
    /// It is done, and HTTP 500 with code 1 answered.
    #[serde(rename = "500_published")]
    PublishedButFailed,
    /// A web page instead of JSON; nothing is done.
    HtmlOutage {
        #[serde(default = "unavailable")]
        status: u16,
    },
    /// Nothing is done: too many calls.
    Throttle {
        #[serde(default = "page_throttle")]
        code: i64,
        #[serde(default = "full")]
        percent: u64,
        #[serde(default = "some_minutes")]
        minutes: u64,
    },
    /// It is done, and answered late.
    Slow { ms: u64 },
    /// Nothing is done and no answer comes.
    Hang,
}

/// An error as the test wants it worded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Wording {
    code: i64,
    #[serde(default)]
    subcode: Option<i64>,
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    user_title: Option<String>,
    #[serde(default)]
    user_message: Option<String>,
    #[serde(default)]
    is_transient: Option<bool>,
    #[serde(default)]
    error_data: Option<Value>,
}

impl Wording {
    /// The error, under `status` unless it names its own.
    pub fn error(&self, status: u16) -> GraphError {
        let message = self
            .message
            .clone()
            .unwrap_or_else(|| format!("(#{}) An error on demand.", self.code));
        let mut error = GraphError::new(self.code, message).status(self.status.unwrap_or(status));
        error.subcode = self.subcode;
        error.transient = self.is_transient;
        error.data = self.error_data.clone().map(Box::new);
        if let Some(title) = &self.user_title {
            error = error.user(title, self.user_message.as_deref().unwrap_or_default());
        }
        error
    }
}

impl Kind {
    /// How long to wait before or instead of an answer.
    pub fn delay(&self) -> Option<Duration> {
        match self {
            Self::Slow { ms } | Self::TimeoutAfterAccept { ms: Some(ms) } => Some(Duration::from_millis(*ms)),
            _ => None,
        }
    }
}

/// Takes the first fault that matches a call, once.
pub(super) fn take(queue: &mut Vec<Fault>, call: &Call) -> Option<Kind> {
    let place = queue.iter_mut().position(|fault| {
        let due = fault.matches(call) && fault.times > 0;
        if due && fault.skip > 0 {
            fault.skip -= 1;
            return false;
        }
        due
    })?;
    queue[place].times -= 1;
    let kind = queue[place].kind.clone();
    queue.retain(|fault| fault.times > 0);
    Some(kind)
}

impl Fault {
    fn matches(&self, call: &Call) -> bool {
        let path = format!("/{}", call.segments.join("/"));
        let method = self
            .method
            .as_deref()
            .is_none_or(|method| method.eq_ignore_ascii_case(call.method.as_str()));
        method && self.path.as_deref().is_none_or(|end| path.ends_with(end.trim_end_matches('/')))
    }
}

fn once() -> u32 {
    1
}

fn unavailable() -> u16 {
    503
}

fn page_throttle() -> i64 {
    80_001
}

fn full() -> u64 {
    100
}

fn some_minutes() -> u64 {
    5
}
