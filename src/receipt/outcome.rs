//! What one remote call came to, and the receipt when all of them are done.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Failure, FailureCode, Object};

/// The closed set of answers to one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is done: this is what stands at the remote now.
    Done(Object),
    /// Not now; costs no attempt.
    Snooze(Wait),
    /// It failed and nothing happened at the remote: again later.
    Retry(Failure),
    /// This post is wrong for this channel.
    Reject(Failure),
    /// This account is wrong: the channel pauses until a person has reconnected it.
    Reauthorise(Failure),
    /// It may have worked.
    Unknown(Failure),
    /// Only a person can go on.
    NeedsPerson(Failure),
}

impl Answer {
    /// Why it is not done.
    pub fn into_failure(self) -> Failure {
        match self {
            Self::Retry(failure)
            | Self::Reject(failure)
            | Self::Reauthorise(failure)
            | Self::Unknown(failure)
            | Self::NeedsPerson(failure) => failure,
            Self::Snooze(wait) => wait.why,
            Self::Done(object) => Failure::new(FailureCode::BadAnswer, format!("An answer nobody asked for: {}.", object.remote_id)),
        }
    }

    /// The same of a look behind a call that was taken: whatever became of the look, the call may have worked. What asks to wait is waited for.
    #[must_use]
    pub fn behind_a_call(self) -> Self {
        match self {
            Self::Snooze(mut wait) => {
                wait.why.code = FailureCode::NoAnswer;
                Self::Snooze(wait)
            }
            answer => Self::Unknown(answer.into_failure()),
        }
    }
}

/// How long to wait, and who.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// Until when.
    pub until: DateTime<Utc>,
    /// `true` if the whole account waits (throttled), not only this delivery.
    pub account: bool,
    /// Why.
    pub why: Failure,
}

/// What a look at the remote showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sighting {
    /// It is there.
    Found(Object),
    /// It is not there.
    Absent,
    /// The look itself was answered so.
    CannotTell(Answer),
}

/// Proof that a delivery stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The remote's id.
    pub remote_id: String,
    /// Where it can be seen.
    pub url: Option<String>,
    /// SHA-256 of the post that was sent.
    pub post_hash: String,
    /// When it was known to stand.
    pub at: DateTime<Utc>,
}
