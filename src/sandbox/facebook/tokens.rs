//! Access tokens and what can become of them.

use serde::{Deserialize, Serialize};

use super::errors::GraphError;

/// Every scope that the consent dialog can grant.
pub(super) const ALL_SCOPES: [&str; 8] = [
    "pages_show_list",
    "pages_read_engagement",
    "pages_manage_posts",
    "pages_manage_engagement",
    "pages_read_user_content",
    "publish_video",
    "business_management",
    "public_profile",
];

/// In whose name a token speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum TokenKind {
    Page,
    User,
    App,
}

/// Whether a token still works, and if not, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TokenState {
    Live,
    AppRemoved,
    Checkpoint,
    PasswordChanged,
    Expired,
    Unconfirmed,
    Revoked,
    NoPageRole,
}

impl TokenState {
    /// Subcode and message of the 190 that a dead token gets.
    fn refusal(self) -> Option<(i64, &'static str)> {
        Some(match self {
            Self::Live => return None,
            Self::AppRemoved => (458, "Error validating access token: The user has not authorized application."),
            Self::Checkpoint => (
                459,
                "Error validating access token: You cannot access the app till you log in to www.facebook.com and \
                 follow the instructions given.",
            ),
            Self::PasswordChanged => (
                460,
                "Error validating access token: The session has been invalidated because the user changed their \
                 password or Facebook has changed the session for security reasons.",
            ),
            Self::Expired => (463, "Error validating access token: Session has expired."),
            Self::Unconfirmed => (
                464,
                "Error validating access token: Sessions for the user are not allowed because \
                 the user is not a confirmed user.",
            ),
            Self::Revoked => (
                467,
                "Error validating access token: This may be because the user logged out or may be \
                 due to a system error.",
            ),
            Self::NoPageRole => (
                492,
                "Error validating access token: Session does not match current stored session. \
                 The user no longer has a role on the Page.",
            ),
        })
    }
}

/// An access token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Token {
    pub value: String,
    pub kind: TokenKind,
    pub state: TokenState,
    pub scopes: Vec<String>,
    pub issued: i64,
    /// Seconds since the epoch; 0 for never.
    pub expires_at: i64,
    pub data_access_expires_at: i64,
}

impl Token {
    /// A live token with every scope, issued `now` (milliseconds) and expiring after `lifetime` seconds (0: never).
    pub fn issue(value: String, kind: TokenKind, now: i64, lifetime: i64) -> Self {
        let seconds = now / 1000;
        Self {
            value,
            kind,
            state: TokenState::Live,
            scopes: ALL_SCOPES.map(String::from).to_vec(),
            issued: seconds,
            expires_at: if lifetime == 0 { 0 } else { seconds + lifetime },
            data_access_expires_at: seconds + 90 * 86_400,
        }
    }

    /// Fails with 190 and the subcode that tells why the token is dead.
    pub fn check(&self, now: i64) -> Result<(), GraphError> {
        let expired = self.expires_at != 0 && self.expires_at <= now / 1000;
        let state = if expired && self.state == TokenState::Live {
            TokenState::Expired
        } else {
            self.state
        };
        match state.refusal() {
            None => Ok(()),
            Some((subcode, message)) => Err(GraphError::new(190, message).subcode(subcode)),
        }
    }
}

/// A value that has not been given out before.
pub(super) fn fresh_value(prefix: &str) -> String {
    format!("{prefix}{}", uuid::Uuid::new_v4().simple())
}
