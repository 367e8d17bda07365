//! Why an account could not be connected: what happened, and what to do.

use std::fmt;

use crate::http::CallError;
use crate::render::RenderError;

/// A Page that the person may publish on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageName {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Why an account could not be connected.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "every message says what its fields are")]
pub enum ConnectError {
    /// The manifest has no `[oauth]`.
    #[error("the channel \"{0}\" is not connected in the browser; give its secrets with `kasnec channel add`")]
    NotNeeded(String),
    /// A setting or secret is needed first.
    #[error("the account has no {0}; set it, then connect again")]
    Missing(&'static str),
    /// The manifest's address template cannot be filled.
    #[error(transparent)]
    Template(#[from] RenderError),
    /// Not an address.
    #[error("\"{address}\" is no usable address ({why}); mend the account's settings")]
    BadAddress { address: String, why: String },
    /// The browser's return cannot be awaited.
    #[error("nothing can listen on 127.0.0.1:{port} ({source}); nothing was connected: choose another port, or 0 for any")]
    Listen { port: u16, source: std::io::Error },
    /// Nobody came back.
    #[error("nobody came back from the browser within {0} minutes; nothing was connected: try again")]
    TimedOut(u64),
    /// The person said no.
    #[error("the consent was not given ({0}); nothing was connected: try again and agree to everything that is asked")]
    Declined(String),
    /// The browser's return does not belong to this attempt.
    #[error("the browser came back with another attempt's mark; nothing was connected: close old windows and try again")]
    StateMismatch,
    /// The browser came back without a code.
    #[error("the browser came back without a code; nothing was connected: try again")]
    NoCode,
    /// The service said no.
    #[error("{during} was refused: {said}; nothing was connected: check the app's id, its secret and its redirect addresses")]
    Refused { during: &'static str, said: String },
    /// The service cannot be reached.
    #[error("{during}: {source}; nothing was connected: try again later")]
    Unreachable { during: &'static str, source: CallError },
    /// The chosen Page is not among those that the person may publish on.
    #[error("the Page {wanted} is not among those that this person let the app use; offered were: {}; \
             connect as somebody with a role on it, tick it in the dialog, or change page_id", list(.offered))]
    PageNotOffered { wanted: String, offered: Vec<PageName> },
    /// The person may look at the Page, not publish on it.
    #[error("the person who agreed may not create content on \"{0}\"; give them that task on the Page, or let somebody else connect it")]
    MayNotPublish(String),
}

impl fmt::Display for PageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.id)
    }
}

fn list(pages: &[PageName]) -> String {
    if pages.is_empty() {
        return "none".to_owned();
    }
    pages.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
