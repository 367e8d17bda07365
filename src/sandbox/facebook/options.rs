//! How a sandbox is set up.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// What the sandbox pretends to be, and where it keeps what it was told.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// A file to which every Graph request is appended, one JSON object a line.
    pub record: Option<PathBuf>,
    /// A file in which posts survive a restart.
    pub state: Option<PathBuf>,
    /// The Page's id.
    pub page_id: String,
    /// The Page's name.
    pub page_name: String,
    /// The id of the app that publishes.
    pub app_id: String,
    /// The app's secret, the key of `appsecret_proof`.
    pub app_secret: String,
    /// A Page token that never expires.
    pub page_token: String,
    /// A long-lived token of the person who manages the Page.
    pub user_token: String,
    /// How long a post stays invisible to reads after it was written.
    pub read_lag: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            record: None,
            state: None,
            page_id: "104820000000777".into(),
            page_name: "Komuna e Kaçanikut (shembull)".into(),
            app_id: "918270000000111".into(),
            app_secret: "sandbox-app-secret".into(),
            page_token: "EAASandboxPageToken".into(),
            user_token: "EAASandboxUserToken".into(),
            read_lag: Duration::ZERO,
        }
    }
}
