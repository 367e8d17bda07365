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
    let local = at.with_timezone(&zone);
    wall(local.naive_local(), local.format("%Y-%m-%dT%H:%M:%S%:z").to_string(), lang)
}

/// A wall-clock time, with the ISO form it came from.
pub fn wall(local: NaiveDateTime, iso: String, lang: &str) -> Spoken {
    let day = day(local.date(), lang);
    let time = local.format("%H:%M").to_string();
    let at = |date: &str| word(lang, "date-at", &[("date", date), ("time", &time)]);
    Spoken {
        iso,
        long: at(&day.long),
        stamp: at(&day.stamp),
        short: format!("{} {time}", day.short),
        date: day.date,
        time,
    }
}

/// A calendar day.
pub fn day(date: NaiveDate, lang: &str) -> Spoken {
    let names = names(lang);
    let numbers = (date.day().to_string(), date.month().to_string(), date.year().to_string());
    let weekday = &names.weekdays[date.weekday().num_days_from_monday() as usize];
    let args = [
        ("weekday", weekday.as_str()),
        ("day", &numbers.0),
        ("month", &names.months[date.month0() as usize]),
        ("month-number", &numbers.1),
        ("year", &numbers.2),
    ];
    let full = word(lang, "date-long", &args);
    Spoken {
        iso: date.format("%Y-%m-%d").to_string(),
        date: full.clone(),
        long: full,
        stamp: word(lang, "date-plain", &args),
        time: String::new(),
        short: word(lang, "date-short", &args),
    }
}

/// Reads back the `iso` of a [`Spoken`], or any other RFC 3339 instant or calendar day.
pub fn respoken(iso: &str, lang: &str) -> Option<Spoken> {
    if let Ok(at) = DateTime::parse_from_rfc3339(iso) {
        return Some(wall(at.naive_local(), iso.to_owned(), lang));
    }
    NaiveDate::parse_from_str(iso, "%Y-%m-%d").ok().map(|date| day(date, lang))
}

#[derive(Default)]
struct Names {
    weekdays: Vec<String>,
    months: Vec<String>,
}

/// Looked up once: a formatter costs far more than the names it gives, and is not shareable between threads.
static NAMES: LazyLock<HashMap<String, Names>> = LazyLock::new(|| languages().map(|lang| (lang.clone(), read_names(&lang))).collect());

fn names(lang: &str) -> &'static Names {
    static NUMBERS: LazyLock<Names> = LazyLock::new(|| Names {
        weekdays: (1..=7).map(|n| n.to_string()).collect(),
        months: (1..=12).map(|n| n.to_string()).collect(),
    });
    NAMES.get(lang).or_else(|| NAMES.get("en")).unwrap_or(&NUMBERS)
}

fn read_names(lang: &str) -> Names {
    try_names(if lang == "sr" { "sr-Latn" } else { lang }).unwrap_or_else(|| Names {
        weekdays: vec![String::new(); 7],
        months: (1..=12).map(|n| n.to_string()).collect(),
    })
}

fn try_names(tag: &str) -> Option<Names> {
    let locale: Locale = tag.parse().ok()?;
    let weekday = DateTimeFormatter::try_new((&locale).into(), fieldsets::E::long()).ok()?;
    let month = DateTimeFormatter::try_new((&locale).into(), fieldsets::M::long()).ok()?;
    let date = |month, day| -> Option<Date<Gregorian>> { Date::try_new_gregorian(2024, month, day).ok() };
    Some(Names {
        // 1 January 2024 was a Monday.
        weekdays: (1..=7)
            .map(|n| Some(weekday.format(&date(1, n)?).to_string()))
            .collect::<Option<_>>()?,
        months: (1..=12)
            .map(|n| Some(month.format(&date(n, 1)?).to_string()))
            .collect::<Option<_>>()?,
    })
}
