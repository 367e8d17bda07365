//! Failures as values: what happened, what it means, what to do.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::words::words;

words! {
    /// The closed set of ways in which a delivery can fail.
    FailureCode {
        /// No connection could be made.
        Unreachable = "unreachable",
        /// No answer came in time, or the connection broke after the request went out.
        NoAnswer = "no answer",
        /// The remote said that something broke on its side.
        RemoteBroken = "remote broken",
        /// The answer cannot be understood (an outage page, half a body).
        BadAnswer = "bad answer",
        /// The remote does its work, and will not take this one thing for now.
        NotNow = "not now",
        /// Too many calls.
        Throttled = "throttled",
        /// An earlier call about the same post had no answer and may still arrive.
        EarlierCall = "earlier call",
        /// The credentials are not accepted.
        NotSignedIn = "not signed in",
        /// The credentials have run out.
        TokenExpired = "token expired",
        /// A password was changed and took the credentials with it.
        PasswordChanged = "password changed",
        /// The account may not do this.
        NotAllowed = "not allowed",
        /// The app is in development mode: its posts are invisible.
        AppInDevelopment = "app in development",
        /// The page is not public.
        PageUnpublished = "page unpublished",
        /// What was to be changed is not there.
        Gone = "gone",
        /// The remote will not have this content.
        ContentRefused = "content refused",
        /// A file or a text is larger than the remote takes.
        TooLarge = "too large",
        /// The remote says that this stands already.
        Duplicate = "duplicate",
        /// The template or its data is at fault.
        Template = "template",
        /// The account lacks a setting or a secret.
        NotConfigured = "not configured",
        /// An address that must not be called.
        ForbiddenAddress = "forbidden address",
        /// It was sent, cannot be found, and must not be sent again.
        Unresolved = "unresolved",
        /// A person has to put up a sheet, or change what the remote would not let us change.
        ByHand = "by hand",
        /// Our own store or disk failed.
        Storage = "storage",
        /// It failed as often as it may.
        GaveUp = "gave up",
    }
}

impl FailureCode {
    /// Whether, after a call that ended so, the remote may have acted all the same.
    pub fn may_have_arrived(self) -> bool {
        matches!(
            self,
            Self::NoAnswer | Self::RemoteBroken | Self::BadAnswer | Self::Storage | Self::Duplicate | Self::Unresolved | Self::GaveUp
        )
    }

    /// Whether it ends every call of the account until a person acts. A right that is missing may be missing for this one call alone.
    pub fn ends_every_call(self) -> bool {
        matches!(
            self,
            Self::NotSignedIn | Self::TokenExpired | Self::PasswordChanged | Self::AppInDevelopment | Self::PageUnpublished
        )
    }

    /// What it means for the notice.
    pub fn means(self) -> &'static str {
        match self {
            Self::Unreachable | Self::NoAnswer | Self::RemoteBroken | Self::BadAnswer | Self::NotNow | Self::Storage => {
                "It is tried again by itself; nothing is lost."
            }
            Self::Throttled => "The channel asked to go slower; it waits as told and goes on.",
            Self::EarlierCall => "The change waits until that cannot undo it any more, and goes out then.",
            Self::NotSignedIn | Self::TokenExpired | Self::PasswordChanged | Self::NotAllowed | Self::NotConfigured => {
                "Nothing goes out on this channel until it is connected again; everything waits in order."
            }
            Self::AppInDevelopment | Self::PageUnpublished => "Posts would be invisible to citizens; the channel waits.",
            Self::Gone => "What stood there was removed by somebody.",
            Self::ContentRefused | Self::TooLarge | Self::Duplicate | Self::Template | Self::ForbiddenAddress => {
                "This notice does not appear on this channel as it is."
            }
            Self::Unresolved => "It may stand twice if it were sent again, so it is not.",
            Self::ByHand => "It counts as published when a person says so.",
            Self::GaveUp => "It was set aside so that the others go on.",
        }
    }

    /// What a person should do.
    pub fn next_step(self) -> &'static str {
        match self {
            Self::Unreachable | Self::NoAnswer | Self::RemoteBroken | Self::BadAnswer | Self::NotNow | Self::Throttled => {
                "Nothing, unless the deadline is near: then publish by hand and resolve the delivery."
            }
            Self::EarlierCall => "Nothing; it goes out by itself.",
            Self::Storage => "Free disk space or mend the database; see the log.",
            Self::NotSignedIn | Self::TokenExpired | Self::PasswordChanged | Self::NotConfigured => {
                "Run `kasnec channel connect` for it, then `kasnec channel check`."
            }
            Self::NotAllowed => "Give the account the right named in the message, then run `kasnec channel check`.",
            Self::AppInDevelopment => "Switch the app to Live mode in Meta's App Dashboard, then run `kasnec channel check`.",
            Self::PageUnpublished => "Publish the page in its settings, then run `kasnec channel check`.",
            Self::Gone => "Decide whether it should stand: `kasnec delivery retry` or `kasnec delivery resolve`.",
            Self::ContentRefused | Self::TooLarge | Self::Duplicate => {
                "Correct the item with `kasnec item correct`, or resolve the delivery."
            }
            Self::Template => "Mend the template or the fact it names, then `kasnec delivery retry`.",
            Self::ForbiddenAddress => "Use a public address in the item.",
            Self::Unresolved => "Look at the channel; then `kasnec delivery resolve --delivered` or `--not-delivered`.",
            Self::ByHand => "Do it, then `kasnec delivery resolve --delivered`.",
            Self::GaveUp => "Read the error, mend its cause, then `kasnec delivery retry`.",
        }
    }
}

/// One failure, with its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Which of the closed set.
    pub code: FailureCode,
    /// What happened, in a sentence.
    pub what: String,
    /// What the remote said, shortened, without secrets.
    pub evidence: Option<String>,
}

impl Failure {
    /// A failure.
    pub fn new(code: FailureCode, what: impl Into<String>) -> Self {
        Self {
            code,
            what: what.into(),
            evidence: None,
        }
    }

    /// The same, with what the remote said.
    #[must_use]
    pub fn with_evidence(mut self, evidence: &str) -> Self {
        self.evidence = Some(evidence.chars().take(2000).collect());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.what, self.code.means(), self.code.next_step())
    }
}
