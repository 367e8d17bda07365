//! How an answer is read: a success with its body, or what it means that it is none.

use chrono::{DateTime, Duration, Utc};
use serde_json::Value;

use crate::http::Reply;
use crate::manifest::HttpCall;
use crate::receipt::{Action, Answer, Failure, FailureCode, Scrub, Wait};

/// The wait when a throttling remote does not say how long.
const UNTOLD: i64 = 60;
/// The longest wait that is believed.
const LONGEST: i64 = 24 * 60 * 60;

/// One answer and all that is needed to read it.
pub struct Judge<'a> {
    /// The channel, for messages.
    pub channel: &'a str,
    /// The call, as the manifest tells it.
    pub call: &'a HttpCall,
    /// What was to be done.
    pub action: Action,
    /// What came back.
    pub reply: &'a Reply,
    /// What must not show in evidence.
    pub scrub: &'a Scrub,
    /// The time.
    pub now: DateTime<Utc>,
    /// Whether making the call again does no harm.
    pub repeatable: bool,
}

impl Judge<'_> {
    /// The body of a success (`null` if it is not JSON), or what the answer came to.
    pub fn read(&self) -> Result<Value, Answer> {
        if !self.call.success_status.contains(&self.reply.status) {
            return Err(self.refusal());
        }
        let body = self.reply.json();
        let Some(pointer) = &self.call.success_pointer else {
            return Ok(body.unwrap_or_default());
        };
        match body.as_ref().and_then(|body| body.pointer(pointer)) {
            Some(Value::Bool(false)) => Err(Answer::Reject(self.failure(FailureCode::ContentRefused, "said no in its answer"))),
            None | Some(Value::Null) => Err(self.unsure(FailureCode::BadAnswer, "The answer does not say whether it worked.")),
            Some(_) => Ok(body.unwrap_or_default()),
        }
    }

    /// It may have worked: a call that does no harm is made again, any other is looked up.
    pub fn unsure(&self, code: FailureCode, what: &str) -> Answer {
        let failure = self.evidence(Failure::new(code, format!("{}: {what}", self.channel)));
        if self.repeatable {
            Answer::Retry(failure)
        } else {
            Answer::Unknown(failure)
        }
    }

    fn refusal(&self) -> Answer {
        match self.reply.status {
            301 | 308 => Answer::Reauthorise(self.failure(FailureCode::NotConfigured, "has moved to another address")),
            401 => Answer::Reauthorise(self.failure(FailureCode::NotSignedIn, "does not accept the credentials")),
            403 => Answer::Reauthorise(self.failure(FailureCode::NotAllowed, "does not let this account do it")),
            404 | 410 if self.action != Action::Publish => {
                Answer::Reject(self.failure(FailureCode::Gone, "no longer has the post that was to be changed"))
            }
            408 | 425 => Answer::Retry(self.failure(FailureCode::NoAnswer, "did not take the request in time")),
            409 if !self.repeatable => self.unsure(FailureCode::Duplicate, "It says that this stands already."),
            409 => Answer::Reject(self.failure(FailureCode::Duplicate, "says that this stands already")),
            413 => Answer::Reject(self.failure(FailureCode::TooLarge, "finds it too large")),
            429 => Answer::Snooze(self.wait()),
            400..=499 => Answer::Reject(self.failure(FailureCode::ContentRefused, "refused it")),
            500..=599 => self.unsure(FailureCode::RemoteBroken, "Something broke on its side."),
            _ => self.unsure(FailureCode::BadAnswer, "Its answer is not one that the manifest knows."),
        }
    }

    fn wait(&self) -> Wait {
        let seconds = self.told_to_wait().unwrap_or(UNTOLD).clamp(1, LONGEST);
        Wait {
            until: self.now + Duration::seconds(seconds),
            account: true,
            why: self.failure(FailureCode::Throttled, "asked to go slower"),
        }
    }

    fn told_to_wait(&self) -> Option<i64> {
        let header = self.reply.header("retry-after").map(str::trim);
        let seconds = || header?.parse().ok();
        let date = || Some((DateTime::parse_from_rfc2822(header?).ok()?.to_utc() - self.now).num_seconds());
        let pointer = || {
            text_at(&self.reply.json()?, self.call.retry_after_pointer.as_deref()?)?
                .parse::<f64>()
                .ok()
        };
        #[allow(
            clippy::cast_possible_truncation,
            reason = "a fraction of a second counts as a whole one, and the cast saturates"
        )]
        seconds().or_else(date).or_else(|| pointer().map(|seconds| seconds.ceil() as i64))
    }

    fn failure(&self, code: FailureCode, what: &str) -> Failure {
        self.evidence(Failure::new(code, format!("{} {what}.", self.channel)))
    }

    fn evidence(&self, failure: Failure) -> Failure {
        let said = format!("HTTP {}: {}", self.reply.status, self.reply.text());
        failure.with_evidence(&self.scrub.clean(&said))
    }
}

/// The text or number that stands at a pointer.
pub fn text_at(value: &Value, pointer: &str) -> Option<String> {
    match value.pointer(pointer)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
