//! When somebody is in the office, and when so much office time will have passed.
//!
//! Hours are those of the clock on the wall: the office opens when it first shows the opening hour of that day and closes when it
//! first shows the closing hour, also in the nights in which clocks are changed.

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc, Weekday};
use chrono_tz::Tz;

/// How far ahead is looked: an office that opens on no day of a year does not open.
const HORIZON: u64 = 366;
/// The longest gap that a zone's clocks ever jumped over is a whole day.
const LONGEST_GAP: i64 = 24 * 60;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The hours of a week, as `mon-thu 08:00-16:30, fri 08:00-14:00` says them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeHours {
    /// From Monday on; those of a day in order, none touching another.
    week: [Vec<Span>; 7],
}

type Span = (NaiveTime, NaiveTime);

/// Why a text says no office hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadHours {
    /// Nothing is said.
    #[error("no hours are named, so nobody would ever be there; write for example \"mon-fri 08:00-16:00\"")]
    Empty,
    /// Not days and hours.
    #[error("\"{0}\" is not days and hours; write for example \"mon-fri 08:00-16:00\"")]
    Form(String),
    /// Not a day.
    #[error("\"{0}\" is not a day; write mon, tue, wed, thu, fri, sat or sun, for example \"mon-thu 08:00-16:30, fri 08:00-14:00\"")]
    Day(String),
    /// Not a time of the day.
    #[error("\"{0}\" is not a time of the day; write hours and minutes from 00:00 to 23:59, for example \"08:00-16:30\"")]
    Time(String),
    /// Closed before it opens.
    #[error("\"{0}\" ends before it begins; the opening hour comes first, for example \"08:00-16:00\"")]
    Backwards(String),
    /// Two spans of one day meet.
    #[error("the hours of {0} overlap; name every hour once, for example \"{0} 08:00-12:00, {0} 13:00-16:00\"")]
    Overlap(&'static str),
}

impl OfficeHours {
    /// Reads hours such as `mon-fri 08:00-16:00` or `mon-thu 08:00-16:30, fri 08:00-14:00`.
    pub fn parse(text: &str) -> Result<Self, BadHours> {
        let mut week: [Vec<Span>; 7] = Default::default();
        if text.trim().is_empty() {
            return Err(BadHours::Empty);
        }
        for part in text.split(',').map(str::trim) {
            let form = || BadHours::Form(part.to_owned());
            let (days, hours) = part.split_once(char::is_whitespace).ok_or_else(form)?;
            let span = span(hours.trim())?;
            for day in days_of(days)? {
                week[day].push(span);
            }
        }
        for (day, spans) in DAYS.into_iter().zip(&mut week) {
            spans.sort_unstable();
            if spans.windows(2).any(|pair| pair[1].0 < pair[0].1) {
                return Err(BadHours::Overlap(day));
            }
        }
        Ok(Self { week })
    }

    /// `at` itself if somebody is there then, else when the office next opens; `None` if it does not within a year.
    pub fn open_from(&self, at: DateTime<Utc>, zone: Tz, is_working_day: impl Fn(NaiveDate) -> bool) -> Option<DateTime<Utc>> {
        self.spans(at, zone, is_working_day).next().map(|(from, _)| from)
    }

    /// When so much office time will have passed since `at`; `None` if it has not within a year. No time at all passes when the
    /// office is open: that is [`Self::open_from`].
    pub fn after_working(
        &self,
        at: DateTime<Utc>,
        time: Duration,
        zone: Tz,
        is_working_day: impl Fn(NaiveDate) -> bool,
    ) -> Option<DateTime<Utc>> {
        let mut left = time.max(Duration::zero());
        for (from, to) in self.spans(at, zone, is_working_day) {
            if left <= to - from {
                return from.checked_add_signed(left);
            }
            left -= to - from;
        }
        None
    }

    /// What remains of the office's hours from `at` on, in order, for a year.
    fn spans(
        &self,
        at: DateTime<Utc>,
        zone: Tz,
        is_working_day: impl Fn(NaiveDate) -> bool,
    ) -> impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)> {
        let today = at.with_timezone(&zone).date_naive();
        let days = (0..=HORIZON).filter_map(move |ahead| today.checked_add_days(Days::new(ahead)));
        days.filter(move |day| is_working_day(*day))
            .flat_map(move |day| self.on(day.weekday()).iter().map(move |span| (day, span)))
            .filter_map(move |(day, (from, to))| {
                Some((
                    first_shown(day.and_time(*from), zone)?.max(at),
                    first_shown(day.and_time(*to), zone)?,
                ))
            })
            .filter(|(from, to)| from < to)
    }

    fn on(&self, day: Weekday) -> &[Span] {
        &self.week[day.num_days_from_monday() as usize]
    }
}

/// The instant at which a clock first shows this time or a later one of the day: a clock put forward jumps over some.
fn first_shown(time: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    (0..=LONGEST_GAP).find_map(|minutes| {
        let shown = time.checked_add_signed(Duration::minutes(minutes))?;
        Some(zone.from_local_datetime(&shown).earliest()?.with_timezone(&Utc))
    })
}

/// `mon`, `mon-fri`, `sat-mon`: which days of the week, from Monday on.
fn days_of(text: &str) -> Result<impl Iterator<Item = usize>, BadHours> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (day(first)?, day(last)?);
    let count = (last + 7 - first) % 7;
    Ok((0..=count).map(move |ahead| (first + ahead) % 7))
}

fn day(text: &str) -> Result<usize, BadHours> {
    let named = DAYS.iter().position(|day| text.eq_ignore_ascii_case(day));
    named.ok_or_else(|| BadHours::Day(text.to_owned()))
}

fn span(text: &str) -> Result<Span, BadHours> {
    let (from, to) = text.split_once('-').ok_or_else(|| BadHours::Form(text.to_owned()))?;
    let (from, to) = (clock(from)?, clock(to)?);
    if from < to {
        Ok((from, to))
    } else {
        Err(BadHours::Backwards(text.to_owned()))
    }
}

fn clock(text: &str) -> Result<NaiveTime, BadHours> {
    NaiveTime::parse_from_str(text.trim(), "%H:%M").map_err(|_| BadHours::Time(text.trim().to_owned()))
}
