//! What every handler shares.

use std::sync::Arc;

use axum::http::HeaderValue;

use super::feed::Shelf;
use super::headers;
use super::site::{Held, Look};
use crate::system::System;

/// The system, and what is made of it once. Cheap to clone.
#[derive(Clone)]
pub struct Web {
    /// The running Kasnec.
    pub system: Arc<System>,
    /// The content security policy of pages.
    pub policy: HeaderValue,
    /// The feeds as they were last written.
    pub feeds: Arc<Shelf>,
    /// The attachments that are being read.
    pub files: Arc<Held>,
    /// Where the style sheet and the icon stand.
    pub look: Arc<Look>,
}

impl Web {
    /// Makes what can be made before the first request.
    pub fn new(system: Arc<System>) -> Self {
        Self {
            policy: headers::policy(&system),
            system,
            feeds: Arc::default(),
            files: Arc::default(),
            look: Arc::default(),
        }
    }
}
