//! One line of the register.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use crate::item::{Lang, Localized};
use crate::receipt::words::words;
use crate::rules::{Certainty, Measure, Severity};

words! {
    /// How a duty stands.
    Standing {
        /// Met in time, or met where no time is set.
        Met = "met",
        /// Met, but after the latest instant.
        Late = "late",
        /// Not met, and the latest instant has passed.
        Overdue = "overdue",
        /// Not met, and there is time.
        Open = "open",
        /// No longer owed: cancelled, postponed, excused.
        Lifted = "lifted",
    }
}

/// One duty: what was owed, when it was met on which channel, with which evidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// Its number in the register.
    pub id: i64,
    /// The rule it comes from.
    pub rule: String,
    /// The row of the plan, for example `01`.
    pub plan: String,
    /// What the rule is called.
    pub title: Localized,
    /// Who answers for it.
    pub unit: String,
    /// What it is about: *KK-2027-011 · Mbledhja …* or *2027, first half*.
    pub subject: String,
    /// How much it weighs.
    pub severity: Severity,
    /// How certain its rule is.
    pub certainty: Certainty,
    /// What else it is measured by.
    pub measure: Option<Measure>,
    /// What its time counts from: a meeting's start, a receipt, a registration, a period's end.
    pub anchor_at: Option<DateTime<Utc>>,
    /// Whether it is owed before that.
    pub before: bool,
    /// In time whoever counts.
    pub safe_by: Option<DateTime<Utc>>,
    /// After this, late whoever counts.
    pub latest_by: Option<DateTime<Utc>>,
    /// How it stands.
    pub standing: Standing,
    /// When it was met.
    pub met_at: Option<DateTime<Utc>>,
    /// Why it was late, or why it was lifted.
    pub reason: Option<String>,
    /// The groups of channels, and where it stands on each.
    pub groups: Vec<GroupProof>,
    /// The languages asked for, and whether each is there.
    pub languages: Vec<(Lang, bool)>,
    /// How many versions were published.
    pub versions: usize,
}

/// A group of channels, and the proof that the duty was met there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupProof {
    /// Its name, for example `website`.
    pub group: String,
    /// Whether the rule asks for it.
    pub asked: bool,
    /// Since when it stands there.
    pub at: Option<DateTime<Utc>>,
    /// Where it can be seen.
    pub address: Option<String>,
}

impl Entry {
    /// Whether it binds the office for certain: neither an aim of its own nor an unconfirmed reading.
    pub fn binds(&self) -> bool {
        self.severity != Severity::Target && self.certainty != Certainty::Unverified
    }

    /// Whether it is settled that it was met in time or was not.
    pub fn is_judged(&self) -> bool {
        self.latest_by.is_some() && matches!(self.standing, Standing::Met | Standing::Late | Standing::Overdue)
    }

    /// Whether it was missed, for now or for good.
    pub fn is_missed(&self) -> bool {
        matches!(self.standing, Standing::Late | Standing::Overdue)
    }

    /// The day it falls on in a calendar: when it is due, else what it counts from, else when it was met.
    pub fn day(&self, zone: Tz) -> Option<NaiveDate> {
        let at = self.latest_by.or(self.anchor_at).or(self.met_at)?;
        Some(at.with_timezone(&zone).date_naive())
    }
}
