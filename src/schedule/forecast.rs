//! The forecast: when each waiting delivery will go, and which will miss their deadline, as soon as that can be known.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use super::pace::next_day;
use crate::manifest::Pace;

/// A delivery that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
    /// A new post, which the daily cap counts and holds back.
    pub fresh: bool,
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

impl Miss {
    /// Why, for people.
    pub fn why(self) -> &'static str {
        match self {
            Self::ReleasedTooLate => "released too late",
            Self::ChannelPaused => "the channel waits for a person",
            Self::Pace => "the channel's pace does not allow it",
        }
    }
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
    // Copies, side by side: with a million of them, following references would cost more than planning.
    let mut by_account: BTreeMap<i64, Vec<Waiting>> = BTreeMap::new();
    for delivery in waiting {
        by_account.entry(delivery.account).or_default().push(*delivery);
    }
    let mut layout = Layout::with_room_for(waiting.len());
    for (account, mut deliveries) in by_account {
        deliveries.sort_unstable_by_key(|d| (d.release_at, d.urgency, d.id));
        match lines.get(&account) {
            Some(line) if !line.paused => layout.lay_out(&deliveries, line, now, zone),
            _ => layout.misses.extend(
                deliveries
                    .iter()
                    .filter(|d| d.deadline_at.is_some())
                    .map(|d| (d.id, Miss::ChannelPaused)),
            ),
        }
    }
    // Built from all at once, the map is filled in order instead of at random.
    Forecast {
        times: layout.times.into_iter().collect(),
        misses: layout.misses,
    }
}

/// The forecast while it is made.
struct Layout {
    times: Vec<(i64, DateTime<Utc>)>,
    misses: Vec<(i64, Miss)>,
}

impl Layout {
    fn with_room_for(count: usize) -> Self {
        Self {
            times: Vec::with_capacity(count),
            misses: Vec::new(),
        }
    }

    /// Walks the line's time forwards: at each free moment, of what is released the most urgent goes.
    fn lay_out(&mut self, deliveries: &[Waiting], line: &Line<'_>, now: DateTime<Utc>, zone: Tz) {
        let spacing = Duration::seconds(i64::from(line.pace.spacing_seconds));
        let mut day = Day::of(now, line.sent_today, zone);
        let mut free = line.not_before.max(now);
        let mut ready = Ready::default();
        let mut coming = deliveries.iter().peekable();
        loop {
            day.reaches(free, zone);
            while let Some(released) = coming.next_if(|delivery| delivery.release_at <= free) {
                ready.push(released);
            }
            let full = day.is_full(line.pace.daily);
            let Some(delivery) = ready.pop(full) else {
                let tomorrow = day.ends.filter(|_| full && !ready.fresh.is_empty());
                let release = coming.peek().map(|delivery| delivery.release_at);
                let Some(later) = tomorrow.into_iter().chain(release).min() else {
                    return;
                };
                free = free.max(later);
                continue;
            };
            self.put(delivery, free, now);
            day.sent += u32::from(delivery.fresh);
            free += spacing;
        }
    }

    fn put(&mut self, delivery: &Waiting, at: DateTime<Utc>, now: DateTime<Utc>) {
        let id = delivery.id;
        self.times.push((id, at));
        if delivery.deadline_at.is_some_and(|deadline| at > deadline) {
            let too_late = delivery.deadline_at.is_some_and(|deadline| delivery.release_at.max(now) > deadline);
            self.misses.push((id, if too_late { Miss::ReleasedTooLate } else { Miss::Pace }));
        }
    }
}

/// What is released, the most urgent first.
#[derive(Default)]
struct Ready<'a> {
    fresh: BinaryHeap<Reverse<Turn<'a>>>,
    others: BinaryHeap<Reverse<Turn<'a>>>,
}

/// Ordered by urgency, then by number.
type Turn<'a> = (i64, i64, &'a Waiting);

impl<'a> Ready<'a> {
    fn push(&mut self, delivery: &'a Waiting) {
        let line = if delivery.fresh { &mut self.fresh } else { &mut self.others };
        line.push(Reverse((delivery.urgency, delivery.id, delivery)));
    }

    /// The next one; on a day that is full no fresh one.
    fn pop(&mut self, full: bool) -> Option<&'a Waiting> {
        let fresh = self.fresh.peek().filter(|_| !full);
        let line = match (fresh, self.others.peek()) {
            (Some(fresh), Some(other)) if fresh > other => &mut self.fresh,
            (Some(_), None) => &mut self.fresh,
            _ => &mut self.others,
        };
        line.pop().map(|Reverse((_, _, delivery))| delivery)
    }
}

/// The office's present day, as the daily cap counts it. Zones are asked once a day, not once a delivery.
struct Day {
    ends: Option<DateTime<Utc>>,
    sent: u32,
}

impl Day {
    fn of(at: DateTime<Utc>, sent: u32, zone: Tz) -> Self {
        Self {
            ends: next_day(at, zone),
            sent,
        }
    }

    /// With the next day the cap begins anew.
    fn reaches(&mut self, at: DateTime<Utc>, zone: Tz) {
        if self.ends.is_some_and(|ends| at >= ends) {
            *self = Self::of(at, 0, zone);
        }
    }

    fn is_full(&self, cap: u32) -> bool {
        cap > 0 && self.sent >= cap
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: Tz = chrono_tz::Europe::Belgrade;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn waiting(id: i64, release: &str, deadline: &str) -> Waiting {
        Waiting {
            id,
            account: 1,
            release_at: at(release),
            deadline_at: Some(at(deadline)),
            urgency: at(deadline).timestamp_millis(),
            fresh: true,
        }
    }

    fn laid_out(waiting: &[Waiting], spacing_seconds: u32, daily: u32, sent_today: u32, paused: bool) -> Forecast {
        let pace = Pace {
            spacing_seconds,
            daily,
            ..Pace::default()
        };
        let now = at("2026-10-24T20:00:00Z");
        let line = Line {
            pace: &pace,
            not_before: now,
            sent_today,
            paused,
        };
        forecast(waiting, &BTreeMap::from([(1, line)]), now, ZONE)
    }

    #[test]
    fn of_what_is_released_the_most_urgent_goes_first_and_the_others_keep_their_distance() {
        let waiting = [
            waiting(1, "2026-10-24T19:00:00Z", "2026-10-30T10:00:00Z"),
            waiting(2, "2026-10-24T20:00:30Z", "2026-10-24T20:02:00Z"),
            waiting(3, "2026-10-24T19:00:00Z", "2026-10-25T10:00:00Z"),
        ];
        let times = laid_out(&waiting, 60, 0, 0, false).times;
        let order: Vec<(i64, String)> = times.iter().map(|(id, at)| (*id, at.format("%H:%M:%S").to_string())).collect();
        assert_eq!(order, [(1, "20:02:00".into()), (2, "20:01:00".into()), (3, "20:00:00".into())]);
    }

    #[test]
    fn what_the_daily_cap_leaves_over_goes_at_local_midnight_also_in_the_night_of_twenty_five_hours() {
        let waiting: Vec<Waiting> = (1..=5)
            .map(|id| waiting(id, "2026-10-24T19:00:00Z", "2026-10-25T12:00:00Z"))
            .collect();
        let forecast = laid_out(&waiting, 0, 2, 1, false);
        let times: Vec<DateTime<Utc>> = forecast.times.into_values().collect();
        let midnights = ["2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"].map(at);
        assert_eq!(
            times,
            [at("2026-10-24T20:00:00Z"), midnights[0], midnights[0], midnights[1], midnights[1]]
        );
        assert_eq!(forecast.misses, [(4, Miss::Pace), (5, Miss::Pace)]);
    }

    #[test]
    fn a_change_goes_before_a_new_post_that_the_daily_cap_holds_back() {
        let mut waiting = [
            waiting(1, "2026-10-24T19:00:00Z", "2026-10-25T10:00:00Z"),
            waiting(2, "2026-10-24T19:00:00Z", "2026-10-25T12:00:00Z"),
            waiting(3, "2026-10-24T21:00:00Z", "2026-10-25T12:00:00Z"),
        ];
        waiting[1].fresh = false;
        waiting[2].fresh = false;
        let times: Vec<String> = laid_out(&waiting, 0, 1, 1, false)
            .times
            .values()
            .map(DateTime::to_rfc3339)
            .collect();
        let expected = [
            "2026-10-24T22:00:00+00:00",
            "2026-10-24T20:00:00+00:00",
            "2026-10-24T21:00:00+00:00",
        ];
        assert_eq!(times, expected);
    }

    #[test]
    fn what_is_released_too_late_or_stands_behind_a_paused_channel_is_told_with_the_reason() {
        let late = [waiting(1, "2026-10-25T12:00:00Z", "2026-10-25T10:00:00Z")];
        assert_eq!(laid_out(&late, 0, 0, 0, false).misses, [(1, Miss::ReleasedTooLate)]);
        let paused = laid_out(&late, 0, 0, 0, true);
        assert_eq!((paused.times.len(), paused.misses), (0, vec![(1, Miss::ChannelPaused)]));
    }
}
