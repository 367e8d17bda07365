//! Which driver speaks for which manifest. Adding a driver is one line here.

use std::sync::Arc;

use super::{Account, Driver};
use super::{board, email, facebook, feed, http_call, outbox, site, wordpress};
use crate::clock::Clock;
use crate::http::Outbound;
use crate::manifest::Manifest;
use crate::ports::{Entries, Files, Pages, Sheets};
use crate::render::Renderer;

/// What drivers may use: the one door out, the clock, and what they need of the store.
#[derive(Clone)]
pub struct Tools {
    /// The one door out.
    pub http: Outbound,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Attachments' bytes.
    pub files: Arc<dyn Files>,
    /// The built-in site's pages.
    pub pages: Arc<dyn Pages>,
    /// The feeds' entries.
    pub entries: Arc<dyn Entries>,
    /// The notice boards' sheets.
    pub sheets: Arc<dyn Sheets>,
    /// Fills the templates of the generic driver's calls.
    pub renderer: Arc<Renderer>,
}

/// Makes a driver for one account.
pub type Make = fn(&Manifest, Account, &Tools) -> Arc<dyn Driver>;

/// The drivers by name.
pub struct Registry {
    drivers: Vec<(&'static str, Make)>,
}

/// A manifest names a driver that does not exist.
#[derive(Debug, thiserror::Error)]
#[error("channel \"{0}\" names the driver \"{1}\"; write one of: {2}")]
pub struct UnknownDriver(pub String, pub String, pub String);

impl Default for Registry {
    fn default() -> Self {
        Self {
            drivers: vec![
                ("board", board::make),
                ("email", email::make),
                ("facebook", facebook::make),
                ("feed", feed::make),
                ("http", http_call::make),
                ("outbox", outbox::make),
                ("site", site::make),
                ("wordpress", wordpress::make),
            ],
        }
    }
}

impl Registry {
    /// The same, with one driver more.
    #[must_use]
    pub fn with(mut self, name: &'static str, make: Make) -> Self {
        self.drivers.push((name, make));
        self
    }

    /// The driver for `account` on the channel `manifest` describes.
    pub fn make(&self, manifest: &Manifest, account: Account, tools: &Tools) -> Result<Arc<dyn Driver>, UnknownDriver> {
        let make = self.drivers.iter().find(|(name, _)| *name == manifest.driver).map(|(_, make)| make);
        match make {
            Some(make) => Ok(make(manifest, account, tools)),
            None => Err(UnknownDriver(manifest.id.clone(), manifest.driver.clone(), self.names())),
        }
    }

    fn names(&self) -> String {
        self.drivers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }
}
