//! The publisher: a municipality, its zone and its languages.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{Lang, Localized};

/// What the engine needs to know of an office to read and render its items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Office {
    /// The key every stored row bears, for example `kacanik`.
    pub id: String,
    /// The official name in each language.
    pub name: Localized,
    /// The zone in which the office's clocks and deadlines run.
    pub zone: Tz,
    /// The languages it publishes in, the leading one first.
    pub languages: Vec<Lang>,
    /// Where citizens read the office's built-in site, without a trailing slash.
    pub public_url: String,
}
