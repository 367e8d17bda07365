//! Dates as people write them: names from Unicode's locale data, order and joints from `locales/`.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use icu_calendar::{Date, Gregorian};
use icu_datetime::{DateTimeFormatter, fieldsets};
use icu_locale_core::Locale;
use serde::Serialize;

use super::words::{languages, word};

/// A day, or a day and a time, in every form a template may want.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Spoken {
    /// For machines: `2026-11-24T10:00:00+01:00` or `2026-11-24`.
    pub iso: String,
    /// Everything: *e martë, 24 nëntor 2026, ora 10:00*.
    pub long: String,
    /// Without the time: *e martë, 24 nëntor 2026*.
    pub date: String,
    /// Without the weekday: *24 nëntor 2026, ora 10:00*.
    pub stamp: String,
    /// The time alone: *10:00*; empty for a day.
    pub time: String,
    /// In digits: *24.11.2026 10:00*.
    pub short: String,
}

/// An instant on the clocks of `zone`.
pub fn instant(at: DateTime<Utc>, zone: Tz, lang: &str) -> Spoken {
    wall(at.with_timezone(&zone).naive_local(), iso(at, zone), lang)
}

/// An instant for machines, with the offset that `zone` has then.
pub fn iso(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// A calendar day.
pub fn day(date: NaiveDate, lang: &str) -> Spoken {
    let habits = habits(lang);
    let values = [
        habits.weekdays[date.weekday().num_days_from_monday() as usize].as_str(),
        &date.day().to_string(),
        &habits.months[date.month0() as usize],
        &date.month().to_string(),
        &date.year().to_string(),
    ];
    let full = habits.long.fill(&values);
    Spoken {
        iso: date.format("%Y-%m-%d").to_string(),
        date: full.clone(),
        long: full,
        stamp: habits.plain.fill(&values),
        time: String::new(),
        short: habits.short.fill(&values),
    }
}

/// The name of a day of the week: *e martë*.
pub fn weekday(date: NaiveDate, lang: &str) -> &'static str {
    &habits(lang).weekdays[date.weekday().num_days_from_monday() as usize]
}

/// Reads back the `iso` of a [`Spoken`], or any other RFC 3339 instant or calendar day.
pub fn respoken(iso: &str, lang: &str) -> Option<Spoken> {
    if let Ok(at) = DateTime::parse_from_rfc3339(iso) {
        return Some(wall(at.naive_local(), iso.to_owned(), lang));
    }
    NaiveDate::parse_from_str(iso, "%Y-%m-%d").ok().map(|date| day(date, lang))
}

fn wall(local: NaiveDateTime, iso: String, lang: &str) -> Spoken {
    let day = day(local.date(), lang);
    let time = local.format("%H:%M").to_string();
    let at = |date: &str| habits(lang).at.fill(&[date, &time]);
    Spoken {
        iso,
        long: at(&day.long),
        stamp: at(&day.stamp),
        short: format!("{} {time}", day.short),
        date: day.date,
        time,
    }
}

/// How a language writes dates, looked up once: formatters and Fluent cost far more than what they give here.
struct Habits {
    weekdays: Vec<String>,
    months: Vec<String>,
    long: Pattern,
    plain: Pattern,
    short: Pattern,
    at: Pattern,
}

static HABITS: LazyLock<HashMap<String, Habits>> = LazyLock::new(|| languages().map(|lang| (lang.clone(), Habits::of(&lang))).collect());

fn habits(lang: &str) -> &'static Habits {
    static ENGLISH: LazyLock<Habits> = LazyLock::new(|| Habits::of("en"));
    HABITS.get(lang).unwrap_or(&ENGLISH)
}

impl Habits {
    fn of(lang: &str) -> Self {
        let (weekdays, months) = names(if lang == "sr" { "sr-Latn" } else { lang }).unwrap_or_else(numbers);
        let parts = ["weekday", "day", "month", "month-number", "year"];
        Self {
            weekdays,
            months,
            long: Pattern::read(lang, "date-long", &parts),
            plain: Pattern::read(lang, "date-plain", &parts),
            short: Pattern::read(lang, "date-short", &parts),
            at: Pattern::read(lang, "date-at", &["date", "time"]),
        }
    }
}

/// A text of the locales, cut once at its values: literal, then value, then literal …
struct Pattern {
    pieces: Vec<(String, Option<usize>)>,
}

impl Pattern {
    fn read(lang: &str, key: &'static str, names: &[&'static str]) -> Self {
        // Private-use characters stand for the values while Fluent puts the text together.
        let marks: Vec<char> = ('\u{e000}'..).take(names.len()).collect();
        let written: Vec<String> = marks.iter().map(char::to_string).collect();
        let args: Vec<(&'static str, &str)> = names.iter().copied().zip(written.iter().map(String::as_str)).collect();
        let mut pieces = vec![(String::new(), None)];
        for c in word(lang, key, &args).chars() {
            if let Some(last) = pieces.last_mut() {
                match marks.iter().position(|mark| *mark == c) {
                    None => last.0.push(c),
                    value => {
                        last.1 = value;
                        pieces.push((String::new(), None));
                    }
                }
            }
        }
        Self { pieces }
    }

    fn fill(&self, values: &[&str]) -> String {
        let mut out = String::with_capacity(48);
        for (literal, value) in &self.pieces {
            out.push_str(literal);
            out.push_str(value.and_then(|index| values.get(index)).unwrap_or(&""));
        }
        out
    }
}

type Names = (Vec<String>, Vec<String>);

fn names(tag: &str) -> Option<Names> {
    let locale: Locale = tag.parse().ok()?;
    let weekday = DateTimeFormatter::try_new((&locale).into(), fieldsets::E::long()).ok()?;
    let month = DateTimeFormatter::try_new((&locale).into(), fieldsets::M::long()).ok()?;
    let date = |month, day| -> Option<Date<Gregorian>> { Date::try_new_gregorian(2024, month, day).ok() };
    // 1 January 2024 was a Monday.
    let weekdays = (1..=7).map(|n| Some(weekday.format(&date(1, n)?).to_string()));
    let months = (1..=12).map(|n| Some(month.format(&date(n, 1)?).to_string()));
    Some((weekdays.collect::<Option<_>>()?, months.collect::<Option<_>>()?))
}

/// For a language that Unicode's data do not know: months by number, no weekdays.
fn numbers() -> Names {
    (vec![String::new(); 7], (1..=12).map(|n| n.to_string()).collect())
}
