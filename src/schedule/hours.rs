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

#[cfg(test)]
mod tests {
    use chrono::Timelike;
    use proptest::prelude::*;

    use super::*;

    const ZONE: Tz = chrono_tz::Europe::Belgrade;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn hours(text: &str) -> OfficeHours {
        OfficeHours::parse(text).unwrap()
    }

    fn usual() -> OfficeHours {
        hours("mon-fri 08:00-16:00")
    }

    /// 30 November 2026, a Monday, is no working day.
    fn works(day: NaiveDate) -> bool {
        day != NaiveDate::from_ymd_opt(2026, 11, 30).unwrap()
    }

    #[test]
    fn while_the_office_is_open_the_next_opening_is_now() {
        let morning = at("2026-11-27T07:00:00Z");
        assert_eq!(usual().open_from(morning, ZONE, works), Some(morning));
        assert_eq!(usual().open_from(at("2026-11-27T05:00:00Z"), ZONE, works), Some(morning));
    }

    #[test]
    fn at_closing_time_on_a_friday_it_opens_after_the_weekend_and_the_holiday() {
        let closing = at("2026-11-27T15:00:00Z");
        assert_eq!(usual().open_from(closing, ZONE, works), Some(at("2026-12-01T07:00:00Z")));
    }

    #[test]
    fn office_time_passes_only_while_somebody_is_there() {
        let friday_at_three = at("2026-11-27T14:00:00Z");
        let after = |hours: i64| usual().after_working(friday_at_three, Duration::hours(hours), ZONE, works);
        assert_eq!(after(1), Some(at("2026-11-27T15:00:00Z")));
        assert_eq!(after(4), Some(at("2026-12-01T10:00:00Z")));
        assert_eq!(after(0), Some(friday_at_three));
        assert_eq!(after(-5), Some(friday_at_three));
    }

    #[test]
    fn an_office_that_never_opens_has_no_next_opening_and_no_end_of_the_work() {
        let now = at("2026-11-27T14:00:00Z");
        assert_eq!(usual().open_from(now, ZONE, |_| false), None);
        assert_eq!(usual().after_working(now, Duration::days(300), ZONE, works), None);
        assert_eq!(
            usual().open_from(DateTime::<Utc>::MAX_UTC - Duration::days(2), ZONE, |_| false),
            None
        );
    }

    #[test]
    fn in_the_night_of_summer_time_an_hour_of_the_clock_is_no_office_time() {
        let night = hours("sun 01:00-04:00");
        let saturday = at("2026-03-28T12:00:00Z");
        assert_eq!(night.open_from(saturday, ZONE, works), Some(at("2026-03-29T00:00:00Z")));
        assert_eq!(
            night.after_working(saturday, Duration::hours(2), ZONE, works),
            Some(at("2026-03-29T02:00:00Z"))
        );
        let gone = hours("sun 02:10-02:50");
        assert_eq!(gone.open_from(saturday, ZONE, works), Some(at("2026-04-05T00:10:00Z")));
    }

    #[test]
    fn an_hour_that_comes_twice_is_closed_when_its_end_is_first_shown() {
        let night = hours("sun 01:00-02:30, sun 02:30-04:00");
        let saturday = at("2026-10-24T12:00:00Z");
        assert_eq!(
            night.after_working(saturday, Duration::hours(4), ZONE, works),
            Some(at("2026-10-25T03:00:00Z"))
        );
        assert_eq!(
            hours("sun 02:10-02:50").open_from(at("2026-10-25T01:15:00Z"), ZONE, works),
            Some(at("2026-11-01T01:10:00Z"))
        );
    }

    #[test]
    fn days_may_be_one_several_or_over_the_weekend() {
        let short_friday = hours("mon-thu 08:00-16:30, fri 08:00-14:00");
        assert_eq!(short_friday.on(Weekday::Thu).len(), 1);
        assert_eq!(short_friday.on(Weekday::Fri)[0].1.hour(), 14);
        assert!(short_friday.on(Weekday::Sat).is_empty());
        let market = hours("Sat-Mon 09:00-12:00");
        let open = [Weekday::Fri, Weekday::Sat, Weekday::Sun, Weekday::Mon, Weekday::Tue].map(|day| !market.on(day).is_empty());
        assert_eq!(open, [false, true, true, true, false]);
    }

    #[test]
    fn a_text_that_says_no_hours_is_refused_with_what_is_wrong_and_an_example() {
        let wrong = |text: &str| OfficeHours::parse(text).unwrap_err();
        assert_eq!(wrong(" "), BadHours::Empty);
        assert_eq!(wrong("mon-fri"), BadHours::Form("mon-fri".to_owned()));
        assert_eq!(wrong("mon 08:00"), BadHours::Form("08:00".to_owned()));
        assert_eq!(wrong("mon-fri 08:00-16:00,"), BadHours::Form(String::new()));
        assert_eq!(wrong("hën-pre 08:00-16:00"), BadHours::Day("hën".to_owned()));
        assert_eq!(wrong("mon 08:00-24:00"), BadHours::Time("24:00".to_owned()));
        assert_eq!(wrong("mon 16:00-08:00"), BadHours::Backwards("16:00-08:00".to_owned()));
        assert_eq!(wrong("mon-fri 08:00-16:00, fri 08:00-14:00"), BadHours::Overlap("fri"));
        assert!(wrong("mon-fri 8-16").to_string().contains("08:00-16:30"));
    }

    /// For each minute from `from` until `to` whether the office is open, found by watching the clock from the day before on: an
    /// opening or closing time has come once the clock has shown it or more on that day.
    fn watched(hours: &OfficeHours, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<bool> {
        let (mut today, mut latest) = (NaiveDate::MIN, NaiveTime::MIN);
        let mut open = Vec::new();
        for minute in -27 * 60..(to - from).num_minutes() {
            let local = (from + Duration::minutes(minute)).with_timezone(&ZONE);
            latest = if local.date_naive() == today {
                latest.max(local.time())
            } else {
                local.time()
            };
            today = local.date_naive();
            let spans = hours.on(today.weekday());
            open.push(works(today) && spans.iter().any(|(from, to)| latest >= *from && latest < *to));
        }
        open.split_off(27 * 60)
    }

    /// Around both changes of the clock, and around a holiday.
    fn minutes() -> impl Strategy<Value = DateTime<Utc>> {
        let days = prop_oneof![
            Just("2026-03-28T00:00:00Z"),
            Just("2026-10-24T00:00:00Z"),
            Just("2026-11-27T00:00:00Z")
        ];
        (days, 0..3 * 24 * 60_i64).prop_map(|(day, minute)| at(day) + Duration::minutes(minute))
    }

    fn weeks() -> impl Strategy<Value = OfficeHours> {
        let span = (0..23 * 60_u32, 10..180_u32).prop_map(|(from, length)| (from, (from + length).min(23 * 60 + 59)));
        let text = |(from, to): (u32, u32)| format!("mon-sun {:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60);
        prop_oneof![
            Just(hours("mon-thu 08:00-16:30, fri 08:00-14:00, sun 01:00-02:30, sun 02:30-03:30")),
            span.prop_map(move |span| hours(&text(span))),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn the_next_opening_is_the_first_minute_in_which_the_watched_clock_says_open(week in weeks(), now in minutes()) {
            let open = week.open_from(now, ZONE, works).unwrap();
            let minutes = watched(&week, now, open + Duration::minutes(1));
            prop_assert_eq!(minutes.iter().position(|open| *open), Some(minutes.len() - 1));
        }

        #[test]
        fn as_many_minutes_are_open_as_were_asked_for(week in weeks(), now in minutes(), asked in 1..90_i64) {
            let end = week.after_working(now, Duration::minutes(asked), ZONE, works).unwrap();
            let minutes = watched(&week, now, end);
            prop_assert_eq!(minutes.iter().filter(|open| **open).count(), usize::try_from(asked).unwrap());
            prop_assert_eq!(minutes.last(), Some(&true));
        }

        #[test]
        fn work_done_in_two_parts_ends_when_it_would_have_ended_in_one(week in weeks(), now in minutes(), first in 1..600_i64, second in 1..600_i64) {
            let after = |from, minutes| week.after_working(from, Duration::minutes(minutes), ZONE, works);
            prop_assert_eq!(after(after(now, first).unwrap(), second), after(now, first + second));
        }

        #[test]
        fn no_text_makes_the_reader_fall_over(text in "[a-z0-9:, -]{0,40}") {
            let _ = OfficeHours::parse(&text);
        }
    }
}
