//! Connecting an account in the browser: OAuth2's authorisation-code flow, as the channel's manifest describes it.
//!
//! [`connect`] does it all on this machine; [`Flow`] is its two halves, for whoever receives the browser's return elsewhere.

mod error;
mod facebook;
mod flow;
mod graph;
mod listener;
mod proof;

use std::collections::BTreeMap;
use std::time::Duration;

pub use self::error::{ConnectError, PageName};
pub use self::flow::{Flow, Return};
pub use self::proof::appsecret_proof;
use crate::http::Outbound;
use crate::manifest::Manifest;
use crate::render::Renderer;

/// What is known of the account that is to be connected.
#[derive(Clone, Copy)]
pub struct Account<'a> {
    /// The manifest's settings, defaults filled in.
    pub settings: &'a BTreeMap<String, String>,
    /// The manifest's secrets, opened, as far as they are known.
    pub secrets: &'a BTreeMap<String, String>,
    /// Where the browser's return is awaited.
    pub listen: Listen,
}

/// Where and how long the browser's return is awaited; always on this machine only.
#[derive(Debug, Clone, Copy)]
pub struct Listen {
    /// The port, 0 for any that is free. Meta wants the address, port included, listed in the app.
    pub port: u16,
    /// How long the person may take.
    pub patience: Duration,
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            port: 0,
            patience: Duration::from_mins(10),
        }
    }
}

/// A connected account. The token stays out of `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Connected {
    /// The token.
    pub token: String,
    /// The secret that it is to be stored as.
    pub stored_as: String,
    /// What the person should know, in plain words.
    pub notes: Vec<String>,
}

impl std::fmt::Debug for Connected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connected")
            .field("stored_as", &self.stored_as)
            .field("notes", &self.notes)
            .finish_non_exhaustive()
    }
}

/// Connects an account: `open` shows the address to the person, whose browser then comes back to this machine.
pub async fn connect(
    manifest: &Manifest,
    account: &Account<'_>,
    http: &Outbound,
    renderer: &Renderer,
    open: impl Fn(&str),
) -> Result<Connected, ConnectError> {
    let door = listener::open(account.listen.port).await?;
    let flow = Flow::begin(manifest, account, renderer, &door.address())?;
    open(flow.url());
    let back = door.wait(account.listen.patience, |back| flow.is_ours(back)).await?;
    flow.finish(&back, account, http).await
}
