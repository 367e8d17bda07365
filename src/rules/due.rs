//! When a rule wants something done: every reading counted, the earliest and the latest of them.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::count::{Anchor, Counting, by};
use super::reading::{Certainty, Count, Direction, Reading};
use super::rule::{PERIOD_END, PERIOD_START, PUBLISHED, QUEUED, Rule, Variation, holds};
use super::span::Span;
use super::step::{Listener, Step, Variant};
use crate::item::{Content, FactValue};

/// By when something must be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The earliest instant over the readings in force: in time whoever counts.
    pub safe_by: DateTime<Utc>,
    /// The latest instant over them.
    pub latest_by: DateTime<Utc>,
    /// The earliest unconfirmed reading, where that is earlier still.
    pub warn_by: Option<DateTime<Utc>>,
    /// What was counted from.
    pub anchor: DateTime<Utc>,
    /// Whether it must be done before that.
    pub before: bool,
    /// Whether another period than the usual one holds.
    pub variant: Option<Variant>,
    /// Every reading.
    pub readings: Vec<Counted>,
}

/// What one reading comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// How it counts.
    pub count: Count,
    /// How much.
    pub period: Span,
    /// The instant.
    pub by: DateTime<Utc>,
    /// How sure the reading is.
    pub certainty: Certainty,
}

/// What a rule may count from besides facts.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// The zone of the office's clocks.
    pub zone: Tz,
    /// When the item was queued.
    pub queued: Option<DateTime<Utc>>,
    /// When it first stood anywhere.
    pub published: Option<DateTime<Utc>>,
    /// The period, its first and its last day.
    pub period: Option<(NaiveDate, NaiveDate)>,
}

impl Known {
    /// Nothing but the zone.
    pub fn zone(zone: Tz) -> Self {
        Self {
            zone,
            queued: None,
            published: None,
            period: None,
        }
    }
}

/// Why there is no deadline yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Unsettled {
    /// The rule has no clock.
    #[error("the rule sets no time")]
    NoClock,
    /// What it counts from is not known yet.
    #[error("it counts from {0}, which is not known yet")]
    NoAnchor(String),
    /// The rule does not bind on that day.
    #[error("the rule is not in force on {0}")]
    NotInForce(NaiveDate),
    /// The deadline would lie beyond all calendars.
    #[error("the deadline would lie beyond the years of the calendar")]
    OutOfRange,
}

impl Rule {
    /// When it wants `content` (or what the period asks for) done; every step is told to `listener`.
    pub fn due(
        &self,
        content: Option<&Content>,
        known: &Known,
        calendar: &Calendar,
        listener: &mut impl Listener,
    ) -> Result<Due, Unsettled> {
        let variation = self.variation(content);
        let (period, direction, readings) = self.period(variation.map(|(_, v)| v)).ok_or(Unsettled::NoClock)?;
        let (name, anchor) = self.anchored(content, known)?;
        listener.hear(|| Step::Anchor {
            name: name.to_owned(),
            wall: anchor.wall,
            whole_day: anchor.whole_day,
        });
        if let Some((variant, found)) = variation {
            listener.hear(|| Step::Variant {
                variant,
                source: found.source.clone(),
            });
        }
        let counted = readings.iter().map(|reading| {
            let counting = Counting {
                anchor,
                period: reading.period.unwrap_or(period),
                direction,
                reading,
                calendar,
                zone: known.zone,
            };
            self.counted(&counting, listener).ok_or(Unsettled::OutOfRange)
        });
        let counted = counted.collect::<Result<Vec<_>, _>>()?;
        let due = put_together(counted, anchor, direction, variation.map(|(variant, _)| variant)).ok_or(Unsettled::NoClock)?;
        self.bound(&due, known.zone)?;
        Ok(due)
    }

    /// The variation that the facts open: urgency before extension.
    fn variation(&self, content: Option<&Content>) -> Option<(Variant, &Variation)> {
        let content = content?;
        let open = |variation: &&Variation| holds(&variation.when, content);
        let urgent = self.urgent.as_ref().filter(open).map(|v| (Variant::Urgent, v));
        urgent.or_else(|| self.extension.as_ref().filter(open).map(|v| (Variant::Extension, v)))
    }

    /// The facts without which an item may not be approved, urgency included.
    pub fn required<'a>(&'a self, content: &'a Content) -> impl Iterator<Item = &'a str> {
        let more = self
            .variation(Some(content))
            .map(|(_, v)| v.requires.as_slice())
            .unwrap_or_default();
        self.requires.iter().chain(more).map(String::as_str)
    }

    /// The first anchor that is known.
    fn anchored(&self, content: Option<&Content>, known: &Known) -> Result<(&str, Anchor), Unsettled> {
        let found = self
            .anchor
            .0
            .iter()
            .find_map(|name| Some((name.as_str(), anchor(name, content, known)?)));
        found.ok_or_else(|| Unsettled::NoAnchor(self.anchor.0.join(" / ")))
    }

    fn counted(&self, counting: &Counting<'_>, listener: &mut impl Listener) -> Option<Counted> {
        Some(Counted {
            count: counting.reading.count,
            period: counting.period,
            by: by(counting, listener)?,
            certainty: certainty(counting.reading, self.certainty),
        })
    }

    /// A duty before an event binds by the day on which it falls due, one after an event by the day of the event.
    fn bound(&self, due: &Due, zone: Tz) -> Result<(), Unsettled> {
        // The end of a day is the instant at which the next one begins, but falls due on the day that ends.
        let last = if due.before {
            due.safe_by - TimeDelta::milliseconds(1)
        } else {
            due.anchor
        };
        let day = last.with_timezone(&zone).date_naive();
        if self.in_force(day) {
            Ok(())
        } else {
            Err(Unsettled::NotInForce(day))
        }
    }
}

fn anchor(name: &str, content: Option<&Content>, known: &Known) -> Option<Anchor> {
    let zone = known.zone;
    match name {
        QUEUED => known.queued.map(|at| Anchor::instant(at, zone)),
        PUBLISHED => known.published.map(|at| Anchor::instant(at, zone)),
        PERIOD_START => Anchor::day(known.period?.0, zone),
        PERIOD_END => Anchor::day(known.period?.1, zone),
        fact => match content?.facts.get(fact)? {
            FactValue::Instant(moment) => Some(Anchor::instant(moment.at, zone)),
            FactValue::Date(day) => Anchor::day(*day, zone),
            _ => None,
        },
    }
}

/// An unconfirmed rule has no confirmed readings.
fn certainty(reading: &Reading, rule: Certainty) -> Certainty {
    reading.certainty.unwrap_or(rule).max(rule)
}

/// Unconfirmed readings count only where there are no others; else the earliest of them may warn.
fn put_together(readings: Vec<Counted>, anchor: Anchor, direction: Direction, variant: Option<Variant>) -> Option<Due> {
    let sure = |counted: &&Counted| counted.certainty != Certainty::Unverified;
    let all_unsure = !readings.iter().any(|counted| sure(&counted));
    let counts = || {
        readings
            .iter()
            .filter(|counted| all_unsure || sure(counted))
            .map(|counted| counted.by)
    };
    let (safe_by, latest_by) = (counts().min()?, counts().max()?);
    let warn_by = readings.iter().map(|counted| counted.by).min().filter(|by| *by < safe_by);
    Some(Due {
        safe_by,
        latest_by,
        warn_by,
        anchor: anchor.at,
        before: direction == Direction::Before,
        variant,
        readings,
    })
}
