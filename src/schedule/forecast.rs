//! The forecast: when each waiting delivery will go, and which will miss their deadline, as soon as that can be known.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use super::pace::{local_day, next_day};
use crate::manifest::Pace;

/// A delivery that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its number.
    pub id: i64,
    /// Its account.
    pub account: i64,
    /// Not before this.
    pub release_at: DateTime<Utc>,
    /// To be public by this.
    pub deadline_at: Option<DateTime<Utc>>,
    /// Smaller goes first.
    pub urgency: i64,
}

/// An account's line of waiting deliveries.
#[derive(Debug, Clone)]
pub struct Line<'a> {
    /// Its pace.
    pub pace: &'a Pace,
    /// Not before this (throttled, or the last post was just now).
    pub not_before: DateTime<Utc>,
    /// Posts already made on the present day.
    pub sent_today: u32,
    /// Whether it waits for a person.
    pub paused: bool,
}

/// Why a deadline will be missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Miss {
    /// It was released too late.
    ReleasedTooLate,
    /// The channel waits for a person.
    ChannelPaused,
    /// The channel's pace does not allow it.
    Pace,
}

/// When each delivery will go, and those that cannot make it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forecast {
    /// The time of each, by number; none for those behind a paused channel.
    pub times: BTreeMap<i64, DateTime<Utc>>,
    /// Those that will miss their deadline, and why.
    pub misses: Vec<(i64, Miss)>,
}

/// Lays out every line from `now` on, earliest deadline first.
pub fn forecast(waiting: &[Waiting], lines: &BTreeMap<i64, Line<'_>>, now: DateTime<Utc>, zone: Tz) -> Forecast {
    let mut by_account: BTreeMap<i64, Vec<&Waiting>> = BTreeMap::new();
    for delivery in waiting {
        by_account.entry(delivery.account).or_default().push(delivery);
    }
    let mut forecast = Forecast::default();
    for (account, mut deliveries) in by_account {
        deliveries.sort_by_key(|d| (d.release_at, d.urgency, d.id));
        match lines.get(&account) {
            Some(line) if !line.paused => forecast.lay_out(&deliveries, line, now, zone),
            _ => forecast.misses.extend(
                deliveries
                    .iter()
                    .filter(|d| d.deadline_at.is_some())
                    .map(|d| (d.id, Miss::ChannelPaused)),
            ),
        }
    }
    forecast
}

impl Forecast {
    /// Walks the line's time forwards: at each free moment, of what is released the most urgent goes.
    fn lay_out(&mut self, deliveries: &[&Waiting], line: &Line<'_>, now: DateTime<Utc>, zone: Tz) {
        let spacing = Duration::seconds(i64::from(line.pace.spacing_seconds));
        let mut day = Day {
            name: local_day(now, zone),
            sent: line.sent_today,
        };
        let mut free = line.not_before.max(now);
        let mut ready: BinaryHeap<Reverse<(i64, i64, usize)>> = BinaryHeap::new();
        let mut next = 0;
        while next < deliveries.len() || !ready.is_empty() {
            if ready.is_empty() {
                free = free.max(deliveries[next].release_at);
            }
            free = day.room(free, line.pace.daily, zone);
            while next < deliveries.len() && deliveries[next].release_at <= free {
                ready.push(Reverse((deliveries[next].urgency, deliveries[next].id, next)));
                next += 1;
            }
            let Some(Reverse((_, id, index))) = ready.pop() else { continue };
            self.put(deliveries[index], id, free, now);
            day.sent += 1;
            free += spacing;
        }
    }

    fn put(&mut self, delivery: &Waiting, id: i64, at: DateTime<Utc>, now: DateTime<Utc>) {
        self.times.insert(id, at);
        if delivery.deadline_at.is_some_and(|deadline| at > deadline) {
            let too_late = delivery.deadline_at.is_some_and(|deadline| delivery.release_at.max(now) > deadline);
            self.misses.push((id, if too_late { Miss::ReleasedTooLate } else { Miss::Pace }));
        }
    }
}

struct Day {
    name: String,
    sent: u32,
}

impl Day {
    /// The first moment from `at` on at which the daily cap leaves room.
    fn room(&mut self, at: DateTime<Utc>, cap: u32, zone: Tz) -> DateTime<Utc> {
        if cap == 0 {
            return at;
        }
        let today = local_day(at, zone);
        if self.name != today {
            *self = Self { name: today, sent: 0 };
        }
        if self.sent < cap {
            return at;
        }
        let tomorrow = next_day(at, zone).unwrap_or(at);
        *self = Self {
            name: local_day(tomorrow, zone),
            sent: 0,
        };
        tomorrow
    }
}
