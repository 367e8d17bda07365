//! What a call that failed means for the delivery.

use chrono::{DateTime, Duration, Utc};
use serde_json::Value;

use super::refusal::{GraphError, Verdict};
use crate::http::CallError;
use crate::receipt::{Answer, Failure, FailureCode, Wait};

/// A call that did not come to a usable value.
pub(super) enum Fault {
    /// No answer.
    Call(CallError),
    /// Graph said no.
    Graph(Box<GraphError>),
    /// Neither a result nor an error: an outage page, half a body.
    Page {
        /// The HTTP status.
        status: u16,
        /// What it says.
        text: String,
    },
}

/// What a call was about: the same error means something else for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// The Page itself.
    Page,
    /// Something made a moment ago, which Graph may not show yet.
    Fresh,
    /// A post that stands.
    Standing,
}

impl From<CallError> for Fault {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl Fault {
    /// What it comes to, if Graph said something.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        match self {
            Self::Graph(error) => Some(error.verdict()),
            Self::Call(_) | Self::Page { .. } => None,
        }
    }

    /// Whether Graph says that the thing is not there.
    pub(super) fn is_gone(&self) -> bool {
        self.verdict() == Some(Verdict::Missing)
    }

    /// Whether Facebook will not let us change this post.
    pub(super) fn forbids_change(&self) -> bool {
        matches!(self, Self::Graph(error) if error.forbids_change() && self.verdict() != Some(Verdict::Ambiguous))
    }

    /// What it means for a call that may have done something.
    pub(super) fn answer(&self, now: DateTime<Utc>, about: About) -> Answer {
        match self {
            Self::Call(error) => unanswered(error),
            Self::Page { status, text } => Answer::Unknown(
                Failure::new(page(*status, text), "Facebook answered with a page instead of a result.")
                    .with_evidence(&format!("HTTP {status}: {text}")),
            ),
            Self::Graph(error) => refused(error, now, about),
        }
    }

    /// What it means for a call that does no harm, whether it was done or not.
    pub(super) fn harmless(&self, now: DateTime<Utc>, about: About) -> Answer {
        match self.answer(now, about) {
            Answer::Unknown(failure) => Answer::Retry(failure),
            answer => answer,
        }
    }
}

/// An answer of JSON, but without what was asked for.
pub(super) fn shapeless(value: &Value) -> Answer {
    let what = "Facebook's answer lacks what it should hold.";
    Answer::Unknown(Failure::new(FailureCode::BadAnswer, what).with_evidence(&value.to_string()))
}

/// What is to be changed is not there.
pub(super) fn gone(what: &str) -> Answer {
    Answer::NeedsPerson(Failure::new(FailureCode::Gone, what))
}

/// An outage ends by itself, so it is waited for; a page that comes for another reason is not.
fn page(status: u16, text: &str) -> FailureCode {
    if status >= 500 || text.contains("Service Unavailable") {
        FailureCode::RemoteBroken
    } else {
        FailureCode::BadAnswer
    }
}

fn unanswered(error: &CallError) -> Answer {
    let failed = |code, what: &str| Failure::new(code, what).with_evidence(&error.to_string());
    match error {
        CallError::NotSent(_) | CallError::Client(_) => Answer::Retry(failed(FailureCode::Unreachable, "Facebook cannot be reached.")),
        CallError::Forbidden(..) => Answer::Reauthorise(failed(
            FailureCode::NotConfigured,
            "The account's graph_url or video_url is not an address that can be called.",
        )),
        CallError::NoAnswer(_) | CallError::BrokenAnswer(_) => {
            Answer::Unknown(failed(FailureCode::NoAnswer, "Facebook was asked, but its answer never came."))
        }
    }
}

fn refused(error: &GraphError, now: DateTime<Utc>, about: About) -> Answer {
    let failed = |code, what: &str| Failure::new(code, what).with_evidence(error.evidence());
    let numbered = |code, what: &str| failed(code, &format!("{what} (Facebook's error {}.)", error.number()));
    match error.verdict() {
        Verdict::Ambiguous => Answer::Unknown(failed(FailureCode::RemoteBroken, "Something broke inside Facebook.")),
        Verdict::Slower(minutes) => slower(error, now, minutes),
        Verdict::Pause(code, what) => Answer::Reauthorise(numbered(code, what)),
        Verdict::Refuse(code, what) => Answer::Reject(numbered(code, what)),
        Verdict::Missing => missing(about, error),
        Verdict::Spent => Answer::Unknown(failed(
            FailureCode::Duplicate,
            "Facebook says that the photos hang on a post already.",
        )),
        Verdict::Duplicate => Answer::Reject(numbered(FailureCode::Duplicate, "Facebook says that this was posted already.")),
        Verdict::Scrape => Answer::Reject(numbered(
            FailureCode::ContentRefused,
            "Facebook cannot read the page that the link leads to.",
        )),
        Verdict::Offset => Answer::Retry(failed(FailureCode::RemoteBroken, "Facebook lost its place in the video.")),
    }
}

fn missing(about: About, error: &GraphError) -> Answer {
    let failed = |code, what: &str| Failure::new(code, what).with_evidence(error.evidence());
    match about {
        About::Page => Answer::Reauthorise(failed(
            FailureCode::NotAllowed,
            "Facebook does not show the Page to this account: the page_id is wrong, or the right to it was taken away.",
        )),
        About::Fresh => Answer::Retry(failed(FailureCode::Gone, "Facebook does not show yet what was just made.")),
        About::Standing => Answer::NeedsPerson(failed(FailureCode::Gone, "The post is not on the Page any more.")),
    }
}

fn slower(error: &GraphError, now: DateTime<Utc>, minutes: i64) -> Answer {
    let minutes = if error.regain_minutes > 0 { error.regain_minutes } else { minutes };
    let why = Failure::new(FailureCode::Throttled, "Facebook asks to wait.").with_evidence(error.evidence());
    Answer::Snooze(Wait {
        until: now + Duration::minutes(minutes),
        account: true,
        why,
    })
}
