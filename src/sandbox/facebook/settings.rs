//! Conditions that hold until they are changed, as opposed to faults, which are used up.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// A circumstance under which Graph behaves differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Condition {
    /// The app is not Live: what it posts is seen by people with a role on it only.
    DevelopmentMode,
    /// "Require App Secret" is switched on.
    ProofRequired,
    /// The Page is unpublished: nobody but its managers sees it.
    PageUnpublished,
    /// Whoever has not signed in is sent to do so, whatever the address.
    SignInWall,
    /// `/me/accounts` leaves the Page out, as it may for Pages of a Business portfolio.
    PageUnlisted,
    DeletesRefused,
    EditsRefused,
}

/// All standing circumstances.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Settings {
    pub conditions: BTreeSet<Condition>,
    /// Scopes that no token has, whatever it was granted.
    pub missing_scopes: BTreeSet<String>,
    pub read_lag_ms: i64,
    /// What the usage headers say, when it is not to be counted.
    pub usage_percent: Option<u8>,
}

impl Settings {
    /// Whether the condition holds.
    pub fn has(&self, condition: Condition) -> bool {
        self.conditions.contains(&condition)
    }

    /// Takes over what a change names and leaves the rest.
    pub fn change(&mut self, change: Change) {
        if let Some(conditions) = change.conditions {
            self.conditions = conditions;
        }
        if let Some(scopes) = change.missing_scopes {
            self.missing_scopes = scopes;
        }
        if let Some(lag) = change.read_lag_ms {
            self.read_lag_ms = lag;
        }
        if change.usage_percent.is_some() {
            self.usage_percent = change.usage_percent;
        }
    }
}

/// A change of the settings; what is absent stays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    conditions: Option<BTreeSet<Condition>>,
    missing_scopes: Option<BTreeSet<String>>,
    read_lag_ms: Option<i64>,
    usage_percent: Option<u8>,
}
