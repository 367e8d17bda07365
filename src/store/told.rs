//! What the lines of one item tell, each as it can be asked for what it vouches for.

use chrono::{DateTime, Duration, Utc};
use serde_json::Value as Json;

use super::chain::Kept;
use super::planned::Planned;
use super::unplanned::PLANNED_AFTER_ALL;
use crate::receipt::chain::sha256;

/// A line is written in the transaction of what it tells of, which does not last longer.
const TRANSACTION: Duration = Duration::minutes(1);

const APPROVED: &str = "approved";

/// What a line tells.
pub(super) struct Told<'a> {
    pub act: &'a str,
    pub delivery: Option<i64>,
    pub key: Option<&'a str>,
    pub text: &'a str,
    pub body: Json,
    at: DateTime<Utc>,
}

impl<'a> Told<'a> {
    pub fn of(kept: &'a Kept) -> Self {
        Self {
            act: &kept.line.act,
            delivery: kept.line.delivery,
            key: kept.line.key.as_deref(),
            text: &kept.line.body,
            body: serde_json::from_str(&kept.line.body).unwrap_or_default(),
            at: kept.line.at,
        }
    }

    /// Whether it says that a delivery stands.
    pub fn stands(&self) -> bool {
        self.act == "delivered" || (self.act == "resolved" && self.body["delivered"] == true)
    }

    /// Whether it approves that revision.
    pub fn approves(&self, revision: i64) -> bool {
        self.act == APPROVED && self.body["revision"] == revision
    }

    /// Whether it plans deliveries of that revision: its approval, or a later line.
    pub fn plans_for(&self, revision: i64) -> bool {
        [APPROVED, PLANNED_AFTER_ALL].contains(&self.act) && self.body["revision"] == revision
    }

    /// Whether it names what was planned: older lines tell only how much.
    pub fn plans(&self) -> bool {
        self.body.get("planned").is_some()
    }

    /// That delivery as it was planned, if it was with this line.
    pub fn plan(&self, delivery: i64) -> Option<Planned> {
        self.planned().find(|plan| plan.delivery == delivery)
    }

    /// Everything that was planned with this line.
    pub fn planned(&self) -> impl Iterator<Item = Planned> {
        let plans = self.body.get("planned").and_then(Json::as_array).cloned().unwrap_or_default();
        plans.into_iter().filter_map(|plan| serde_json::from_value(plan).ok())
    }

    /// Whether it speaks of `what` at all: older lines say less.
    pub fn tells(&self, what: &str) -> bool {
        self.body.get(what).is_some()
    }

    /// Whether it has that text, or does not speak of it.
    pub fn has(&self, what: &str, text: Option<&str>) -> bool {
        self.body.get(what).is_none_or(|told| told.as_str() == text)
    }

    /// Whether it has that instant, or does not speak of it.
    pub fn has_instant(&self, what: &str, at: Option<DateTime<Utc>>) -> bool {
        self.body.get(what).is_none_or(|told| instant(told) == millis(at))
    }

    /// Whether it has that instant as the time of its own act; an older line has only the time at which it was written.
    pub fn was_at(&self, what: &str, at: Option<DateTime<Utc>>) -> bool {
        if self.tells(what) {
            return self.has_instant(what, at);
        }
        at.is_some_and(|at| (self.at - at).abs() <= TRANSACTION)
    }

    /// Whether a receipt in it has that text.
    pub fn received(&self, what: &str, text: Option<&str>) -> bool {
        self.body["receipt"][what].as_str() == text
    }

    /// Whether a receipt in it has that time.
    pub fn received_at(&self, at: Option<DateTime<Utc>>) -> bool {
        instant(&self.body["receipt"]["at"]) == millis(at)
    }
}

/// The hash of a text that may not be there.
pub(super) fn hash_of(text: Option<&String>) -> Option<String> {
    text.map(|text| sha256(text))
}

fn instant(told: &Json) -> Option<i64> {
    millis(told.as_str().and_then(|at| at.parse().ok()))
}

fn millis(at: Option<DateTime<Utc>>) -> Option<i64> {
    at.map(|at| at.timestamp_millis())
}
