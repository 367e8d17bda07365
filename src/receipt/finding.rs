//! What a look at something that was delivered showed, in a closed vocabulary.

use serde::{Deserialize, Serialize};

use super::words::words;

words! {
    /// What a look came to.
    Finding {
        /// What was sent is to be seen.
        Standing = "standing",
        /// Something else than what was sent is to be seen.
        Changed = "changed",
        /// It is not to be seen any more.
        Gone = "gone",
        /// The looks did not tell: it is neither known to stand nor known to be gone.
        CannotTell = "cannot tell",
        /// Nobody can look from here: a letter, a sheet on a wall.
        NotVisible = "not visible",
    }
}

words! {
    /// Who looked, so to speak.
    View {
        /// A citizen: the public address, without any credentials.
        Citizen = "citizen",
        /// The account: what the remote says that it holds.
        Record = "record",
        /// Nobody.
        Nobody = "nobody",
    }
}

words! {
    /// Why a look did not tell.
    Doubt {
        /// No connection, no answer, or half of one.
        NoAnswer = "no answer",
        /// The remote said that something is broken, or to come back later.
        Broken = "broken",
        /// It wants a visitor to sign in first.
        Wall = "sign-in wall",
        /// The page shows nothing of it, and nothing that says why.
        Unclear = "unclear",
        /// The remote holds it as public, but does not show it to a visitor.
        Hidden = "hidden from visitors",
        /// The feed has newer entries only.
        PushedOut = "pushed out",
        /// The address must not be called.
        Forbidden = "forbidden address",
        /// The account cannot be asked.
        NotAsked = "not asked",
    }
}

/// What one look showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Glance {
    /// What it came to.
    pub finding: Finding,
    /// Who looked.
    pub view: View,
    /// Why it did not tell.
    pub doubt: Option<Doubt>,
    /// Where.
    pub address: Option<String>,
    /// What differs, or what was met instead, in a sentence.
    pub what: Option<String>,
    /// SHA-256 of what was shown.
    pub evidence_hash: Option<String>,
}

impl Glance {
    /// A glance of that view which came to that.
    pub fn new(finding: Finding, view: View) -> Self {
        Self {
            finding,
            view,
            doubt: None,
            address: None,
            what: None,
            evidence_hash: None,
        }
    }

    /// One that did not tell, and why.
    pub fn doubtful(view: View, doubt: Doubt, what: impl Into<String>) -> Self {
        Self {
            doubt: Some(doubt),
            ..Self::new(Finding::CannotTell, view).saying(what)
        }
    }

    /// The same, in words.
    #[must_use]
    pub fn saying(mut self, what: impl Into<String>) -> Self {
        self.what = Some(what.into().chars().take(600).collect());
        self
    }

    /// The same, with its address.
    #[must_use]
    pub fn at(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }
}
