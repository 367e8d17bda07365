//! Days off: weekends and holidays, from one file a year.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::easter::{Church, easter};
use crate::item::Localized;

/// The years for which a calendar can be asked; what has no file is estimated.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2210;

/// One year's file, as `rules/holidays/*.toml` writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearFile {
    /// What the file is about.
    pub calendar: Head,
    /// Its holidays.
    #[serde(default)]
    pub holiday: Vec<HolidayLine>,
}

/// What a year's file is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The calendar.
    pub id: String,
    /// The year.
    pub year: i32,
    /// The days of the week on which nobody works.
    pub weekend: Vec<Weekday>,
    /// Where a holiday on a weekend goes.
    #[serde(default)]
    pub shift: Shift,
    /// Whether what moves, or falls on another holiday, takes the next day that is still free.
    #[serde(default)]
    pub cascade: bool,
    /// Whether the official calendar has confirmed it.
    pub status: Status,
    /// Where it stands.
    pub source: String,
}

/// Where a holiday on a weekend goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shift {
    /// Nowhere: it is lost.
    #[default]
    None,
    /// To the next day that is no weekend, and stays a holiday itself.
    NextWorkingDay,
    /// From the first day of the weekend to the day before, from any other to the day after.
    Nearest,
}

/// Whether the official calendar has confirmed a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Computed from the law.
    Computed,
    /// As published.
    Official,
}

/// One holiday: a date, or days after an Easter Sunday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HolidayLine {
    /// The day.
    #[serde(default)]
    pub date: Option<NaiveDate>,
    /// Whose Easter it follows.
    #[serde(default)]
    pub easter: Option<Church>,
    /// By how many days.
    #[serde(default)]
    pub plus_days: i64,
    /// What people call it.
    pub name: Localized,
    /// Whether it depends on the moon, or on a decision not yet taken.
    #[serde(default)]
    pub estimated: bool,
}

/// Why nobody works on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DayOff {
    /// A weekend.
    Weekend,
    /// A holiday, or the day it moved to.
    Holiday {
        /// Its name.
        name: Localized,
        /// Whether that is certain.
        estimated: bool,
    },
}

/// The days off of one country, for every year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeMap<i32, Year>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Year {
    weekend: Vec<Weekday>,
    holidays: BTreeMap<NaiveDate, (Localized, bool)>,
    /// That of its own file; an estimated year has none.
    status: Option<Status>,
}

/// A year that has a file of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Written {
    /// The year.
    pub year: i32,
    /// Whether the official calendar has confirmed it.
    pub status: Status,
    /// How many of its days off are not certain.
    pub estimated: usize,
}

/// What is wrong with a calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCalendar {
    /// A holiday is neither a date nor an Easter, or both.
    #[error("the holiday \"{0}\" needs either date = \"2027-02-17\" or easter = \"western\" (or \"orthodox\") with plus_days")]
    Which(String),
    /// A date of another year.
    #[error("the holiday \"{0}\" is dated {1}, but the file is about {2}; mend the date, or move it to that year's file")]
    OtherYear(String, NaiveDate, i32),
    /// The same day twice under the same name.
    #[error("the holiday \"{0}\" stands twice on {1}; keep one of the two")]
    Twice(String, NaiveDate),
    /// A week without working days.
    #[error("the weekend has {0} days; name those on which nobody works, for example [\"saturday\", \"sunday\"]")]
    Weekend(usize),
    /// A year that nobody means.
    #[error("the year {0} is not between 1990 and 2210")]
    Year(i32),
    /// Two files for one year.
    #[error("the calendar \"{0}\" has two files for {1}; keep one of the two")]
    TwoFiles(String, i32),
}

impl Calendar {
    /// Puts the years' files together; the years between and beyond are estimated.
    pub fn of(files: &[YearFile]) -> Result<Self, BadCalendar> {
        let mut years = BTreeMap::new();
        for file in files {
            file.check().map_err(|(_, bad)| bad)?;
            if years.insert(file.calendar.year, file.days(file.calendar.year, true)).is_some() {
                return Err(BadCalendar::TwoFiles(file.calendar.id.clone(), file.calendar.year));
            }
        }
        for year in YEARS {
            let nearest = files.iter().min_by_key(|file| (file.calendar.year - year).abs());
            if let (false, Some(file)) = (years.contains_key(&year), nearest) {
                years.insert(year, file.days(year, false));
            }
        }
        let mut calendar = Self { years };
        calendar.settle_strays();
        Ok(calendar)
    }

    /// A holiday that moved over the turn of the year stands in the year it moved to.
    fn settle_strays(&mut self) {
        let strays: Vec<_> = self
            .years
            .iter_mut()
            .flat_map(|(year, days)| days.holidays.extract_if(.., |day, _| day.year() != *year).collect::<Vec<_>>())
            .collect();
        for (day, holiday) in strays {
            if let Some(year) = self.years.get_mut(&day.year()) {
                year.holidays.entry(day).or_insert(holiday);
            }
        }
    }

    /// Why nobody works on that day; nothing for a working day.
    pub fn day_off(&self, day: NaiveDate) -> Option<DayOff> {
        self.holiday(day).or_else(|| self.is_weekend(day).then_some(DayOff::Weekend))
    }

    /// Whether it is neither weekend nor holiday.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        !self.is_weekend(day) && !self.is_holiday(day)
    }

    pub(super) fn is_weekend(&self, day: NaiveDate) -> bool {
        self.years
            .get(&day.year())
            .is_some_and(|year| year.weekend.contains(&day.weekday()))
    }

    pub(super) fn is_holiday(&self, day: NaiveDate) -> bool {
        self.years.get(&day.year()).is_some_and(|year| year.holidays.contains_key(&day))
    }

    pub(super) fn holiday(&self, day: NaiveDate) -> Option<DayOff> {
        let (name, estimated) = self.years.get(&day.year())?.holidays.get(&day)?.clone();
        Some(DayOff::Holiday { name, estimated })
    }

    /// Whether the days of that year are known at all.
    pub(super) fn reaches(&self, year: i32) -> bool {
        self.years.contains_key(&year)
    }

    /// Whether the year has a file of its own.
    pub fn is_written(&self, year: i32) -> bool {
        self.years.get(&year).is_some_and(|year| year.status.is_some())
    }

    /// The years that have files of their own.
    pub fn written(&self) -> impl Iterator<Item = Written> {
        self.years.iter().filter_map(|(year, days)| {
            Some(Written {
                year: *year,
                status: days.status?,
                estimated: days.holidays.values().filter(|(_, estimated)| *estimated).count(),
            })
        })
    }
}

impl YearFile {
    /// What is wrong with the file alone, and with which of its holidays.
    pub(super) fn check(&self) -> Result<(), (Option<usize>, BadCalendar)> {
        let (weekend, year) = (self.calendar.weekend.len(), self.calendar.year);
        if weekend > 5 {
            return Err((None, BadCalendar::Weekend(weekend)));
        }
        if !YEARS.contains(&year) {
            return Err((None, BadCalendar::Year(year)));
        }
        let mut seen = BTreeSet::new();
        for (number, line) in self.holiday.iter().enumerate() {
            let at = |bad| Err((Some(number), bad));
            let name = line.name.0.values().next().cloned().unwrap_or_default();
            let Some(day) = line.day(year) else {
                return at(BadCalendar::Which(name));
            };
            if day.year() != year {
                return at(BadCalendar::OtherYear(name, day, year));
            }
            if !seen.insert((day, name.clone())) {
                return at(BadCalendar::Twice(name, day));
            }
        }
        Ok(())
    }

    /// The days off of `year`: of its own if `written`, else an estimate that leaves out what depends on the moon.
    fn days(&self, year: i32, written: bool) -> Year {
        let mut lines: Vec<(NaiveDate, &HolidayLine)> = self
            .holiday
            .iter()
            .filter(|line| written || !line.estimated)
            .filter_map(|line| Some((line.in_year(year)?, line)))
            .collect();
        lines.sort_by_key(|(day, _)| *day);
        let mut days = Year {
            weekend: self.calendar.weekend.clone(),
            holidays: BTreeMap::new(),
            status: written.then_some(self.calendar.status),
        };
        let mut moved = Vec::new();
        for (day, line) in lines {
            let estimated = line.estimated || !written;
            let taken = days.holidays.contains_key(&day);
            days.holidays.entry(day).or_insert_with(|| (line.name.clone(), estimated));
            if self.moves(day, taken) {
                moved.push((day, line.name.clone(), estimated));
            }
        }
        for (day, name, estimated) in moved {
            if let Some(to) = self.moved(day, &days) {
                days.holidays.entry(to).or_insert((name, estimated));
            }
        }
        days
    }

    fn moves(&self, day: NaiveDate, taken: bool) -> bool {
        let on_weekend = self.calendar.weekend.contains(&day.weekday());
        self.calendar.shift != Shift::None && (on_weekend || (taken && self.calendar.cascade))
    }

    fn moved(&self, from: NaiveDate, days: &Year) -> Option<NaiveDate> {
        let off =
            |day: NaiveDate| self.calendar.weekend.contains(&day.weekday()) || (self.calendar.cascade && days.holidays.contains_key(&day));
        let back = self.calendar.shift == Shift::Nearest && from.pred_opt().is_some_and(|before| !off(before));
        let mut day = from;
        loop {
            day = if back { day.pred_opt()? } else { day.succ_opt()? };
            if !off(day) {
                return Some(day);
            }
        }
    }
}

impl HolidayLine {
    fn day(&self, year: i32) -> Option<NaiveDate> {
        match (self.date, self.easter) {
            (Some(date), None) => Some(date),
            (None, Some(church)) => {
                let sunday = easter(year, church)?;
                let days = Days::new(self.plus_days.unsigned_abs());
                if self.plus_days < 0 {
                    sunday.checked_sub_days(days)
                } else {
                    sunday.checked_add_days(days)
                }
            }
            _ => None,
        }
    }

    /// The same holiday in another year: the same day of the month, or that year's Easter.
    fn in_year(&self, year: i32) -> Option<NaiveDate> {
        self.day(year)?.with_year(year)
    }
}
