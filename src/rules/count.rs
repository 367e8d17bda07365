//! Counting: from an anchor, a length and a reading to an instant. Every wall clock has one: skipped and doubled hours are read cautiously.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::calendar::Calendar;
use super::reading::{Count, Direction, Reading, Roll};
use super::span::{Span, Unit};
use super::step::{Listener, Step};

/// Where counting begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// The instant.
    pub at: DateTime<Utc>,
    /// The office's clock then; midnight for a day.
    pub wall: NaiveDateTime,
    /// Whether it is a whole day.
    pub whole_day: bool,
}

impl Anchor {
    /// An instant on the clocks of `zone`.
    pub fn instant(at: DateTime<Utc>, zone: Tz) -> Self {
        Self {
            at,
            wall: at.with_timezone(&zone).naive_local(),
            whole_day: false,
        }
    }

    /// A day.
    pub fn day(day: NaiveDate, zone: Tz) -> Option<Self> {
        let wall = day.and_time(NaiveTime::MIN);
        Some(Self {
            at: instant(wall, zone)?,
            wall,
            whole_day: true,
        })
    }
}

/// One count under way.
pub(super) struct Counting<'a> {
    pub anchor: Anchor,
    pub period: Span,
    pub direction: Direction,
    pub reading: &'a Reading,
    pub calendar: &'a Calendar,
    pub zone: Tz,
}

/// The instant so far from the anchor, in this reading; nothing where the calendar ends.
pub(super) fn by(counting: &Counting<'_>, listener: &mut impl Listener) -> Option<DateTime<Utc>> {
    listener.hear(|| Step::Counted {
        period: counting.period,
        direction: counting.direction,
        reading: counting.reading.clone(),
    });
    let at = match (counting.reading.count, counting.period.unit) {
        (Count::Elapsed, Unit::Hours) => counting.hours(i64::from(counting.period.amount), listener)?,
        (Count::Elapsed, Unit::Days | Unit::Weeks) if counting.reading.excludes() => {
            counting.hours(i64::from(counting.whole_days()) * 24, listener)?
        }
        (Count::Elapsed, _) => instant(counting.shifted()?.and_time(counting.anchor.wall.time()), counting.zone)?,
        _ => {
            let day = counting.last_day(listener)?;
            return counting.end(day, listener);
        }
    };
    counting.settled(at, listener)
}

impl Counting<'_> {
    /// The last day on which it is still in time, counted in whole days.
    fn last_day(&self, listener: &mut impl Listener) -> Option<NaiveDate> {
        let clear = self.reading.count == Count::Clear && self.direction == Direction::Before;
        let day = if self.reading.excludes() {
            self.walked(listener)?
        } else {
            self.shifted()?
        };
        if clear { day.pred_opt() } else { Some(day) }
    }

    /// The day so many calendar days or months away.
    fn shifted(&self) -> Option<NaiveDate> {
        let day = self.anchor.wall.date();
        let back = self.direction == Direction::Before;
        match self.period.unit {
            Unit::Hours => None,
            Unit::Days | Unit::Weeks => {
                let days = Days::new(u64::from(self.whole_days()));
                if back {
                    day.checked_sub_days(days)
                } else {
                    day.checked_add_days(days)
                }
            }
            Unit::Months | Unit::Years => {
                let months = Months::new(self.period.amount * if self.period.unit == Unit::Years { 12 } else { 1 });
                if back {
                    day.checked_sub_months(months)
                } else {
                    day.checked_add_months(months)
                }
            }
        }
    }

    /// The day reached after so many days that count.
    fn walked(&self, listener: &mut impl Listener) -> Option<NaiveDate> {
        let mut day = self.anchor.wall.date();
        let mut left = self.whole_days();
        while left > 0 {
            day = self.next(day)?;
            if self.counts(day, listener) {
                left -= 1;
            }
        }
        Some(day)
    }

    /// The instant after so many hours of days that count.
    fn hours(&self, hours: i64, listener: &mut impl Listener) -> Option<DateTime<Utc>> {
        let mut left = TimeDelta::hours(hours);
        let back = self.direction == Direction::Before;
        if !self.reading.excludes() {
            return if back {
                self.anchor.at.checked_sub_signed(left)
            } else {
                self.anchor.at.checked_add_signed(left)
            };
        }
        let (mut day, mut at) = (self.anchor.wall.date(), self.anchor.at);
        loop {
            let (start, end) = (instant(day.and_time(NaiveTime::MIN), self.zone)?, end_of(day, self.zone)?);
            let edge = if back { start } else { end };
            if self.counts(day, listener) {
                let room = if back { at - start } else { end - at };
                if left <= room {
                    return Some(if back { at - left } else { at + left });
                }
                left -= room;
            }
            at = edge;
            day = self.next(day)?;
        }
    }

    fn whole_days(&self) -> u32 {
        self.period.amount * if self.period.unit == Unit::Weeks { 7 } else { 1 }
    }

    fn next(&self, day: NaiveDate) -> Option<NaiveDate> {
        match self.direction {
            Direction::Before => day.pred_opt(),
            Direction::After => day.succ_opt(),
        }
    }

    /// Whether a day counts; one that does not is told.
    fn counts(&self, day: NaiveDate, listener: &mut impl Listener) -> bool {
        let skipped = self.reading.skips(day, self.calendar);
        if skipped {
            listener.hear(|| Step::Skipped {
                day,
                why: self.reading.why(day, self.calendar),
            });
        }
        !skipped
    }

    /// An instant, moved off a day on which nobody works and before the hour at which the day is over.
    fn settled(&self, at: DateTime<Utc>, listener: &mut impl Listener) -> Option<DateTime<Utc>> {
        let day = at.with_timezone(&self.zone).date_naive();
        if self.rolls(day) {
            return self.end(day, listener);
        }
        let Some(hour) = self.reading.cutoff else {
            return self.told(at, day, listener);
        };
        listener.hear(|| Step::CutOff { hour });
        let over = instant(day.and_time(hour), self.zone)?;
        self.told(at.min(over), day, listener)
    }

    /// The end of a day, or of the working day it rolls to.
    fn end(&self, day: NaiveDate, listener: &mut impl Listener) -> Option<DateTime<Utc>> {
        let mut to = day;
        while self.rolls(to) {
            to = if self.reading.roll == Roll::Earlier {
                to.pred_opt()?
            } else {
                to.succ_opt()?
            };
        }
        if to != day {
            listener.hear(|| Step::Rolled { from: day, to });
        }
        let at = match self.reading.cutoff {
            Some(hour) => {
                listener.hear(|| Step::CutOff { hour });
                instant(to.and_time(hour), self.zone)?
            }
            None => end_of(to, self.zone)?,
        };
        self.told(at, to, listener)
    }

    fn rolls(&self, day: NaiveDate) -> bool {
        self.reading.roll != Roll::None && !self.calendar.is_working_day(day)
    }

    fn told(&self, at: DateTime<Utc>, day: NaiveDate, listener: &mut impl Listener) -> Option<DateTime<Utc>> {
        let first = self.anchor.wall.year().min(day.year());
        let last = self.anchor.wall.year().max(day.year());
        // Beyond its years a calendar has no days off: what is counted there would be wrong without a word.
        if self.reading.needs_calendar() && !(self.calendar.reaches(first) && self.calendar.reaches(last)) {
            return None;
        }
        let missing = (first..=last).find(|year| !self.calendar.is_written(*year));
        if let (true, Some(year)) = (self.reading.needs_calendar(), missing) {
            listener.hear(|| Step::Estimated { year });
        }
        listener.hear(|| Step::By { at });
        Some(at)
    }
}

/// The end of a day: the instant at which the next one begins.
pub(super) fn end_of(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    instant(day.succ_opt()?.and_time(NaiveTime::MIN), zone)
}

/// A wall clock's instant. Of an hour that happens twice the first is taken, of one that is skipped the same minute an hour before: always the cautious side.
pub(super) fn instant(wall: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    let found = zone.from_local_datetime(&wall).earliest();
    let found = found.or_else(|| zone.from_local_datetime(&wall.checked_sub_signed(TimeDelta::hours(1))?).latest());
    found.map(|local| local.with_timezone(&Utc))
}
