//! The test's own calendar: days counted by hand, without the code that is tested.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeZone, Utc, Weekday};

use crate::office::ZONE;

/// The days on which nobody works in 2027 and early 2028, weekends left out: read off Law 03/L-064 and the two Easters by hand, each
/// that falls on a weekend on the Monday after it.
const FREE: [&str; 16] = [
    "2027-01-01",
    "2027-01-04",
    "2027-01-07",
    "2027-02-17",
    "2027-03-09",
    "2027-03-29",
    "2027-04-09",
    "2027-05-03",
    "2027-05-10",
    "2027-05-17",
    "2027-12-27",
    "2028-01-03",
    "2028-01-07",
    "2028-02-17",
    "2028-02-28",
    "2028-04-10",
];

/// By when something is owed: whoever counts, and at the latest.
pub type Span = (DateTime<Utc>, DateTime<Utc>);

pub fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn day_of(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&ZONE).date_naive()
}

/// So many minutes into a day.
pub fn on(day: NaiveDate, minutes: u32) -> DateTime<Utc> {
    let wall = day.and_hms_opt(minutes / 60, minutes % 60, 0).unwrap();
    ZONE.from_local_datetime(&wall).earliest().unwrap().to_utc()
}

pub fn shifted(day: NaiveDate, days: i64) -> NaiveDate {
    day + chrono::Duration::days(days)
}

/// The midnight that ends a day.
pub fn end_of(day: NaiveDate) -> DateTime<Utc> {
    on(day + Days::new(1), 0)
}

/// So many days before an event: clear days, and the same hour so many days earlier.
pub fn days_before(event: DateTime<Utc>, days: i64) -> Span {
    let wall = event.with_timezone(&ZONE).naive_local();
    let clear = end_of(shifted(wall.date(), -days - 1));
    let elapsed = ZONE
        .from_local_datetime(&(wall - chrono::Duration::days(days)))
        .earliest()
        .unwrap()
        .to_utc();
    (clear.min(elapsed), clear.max(elapsed))
}

/// The end of the day so many days after.
pub fn days_after(day: NaiveDate, days: i64) -> Span {
    let by = end_of(shifted(day, days));
    (by, by)
}

/// The end of the working day so many after.
pub fn working_days_after(day: NaiveDate, days: i64) -> Span {
    let mut by = day;
    let mut left = days;
    while left > 0 {
        by = shifted(by, 1);
        let weekend = matches!(by.weekday(), Weekday::Sat | Weekday::Sun);
        left -= i64::from(!weekend && !FREE.iter().any(|free| date(free) == by));
    }
    (end_of(by), end_of(by))
}

/// The Mondays from the week of `from` on, until `until`.
pub fn mondays(from: NaiveDate, until: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let first = shifted(from, -i64::from(from.weekday().num_days_from_monday()));
    first.iter_weeks().take_while(move |monday| *monday <= until)
}

/// As the register names a week.
pub fn week_name(monday: NaiveDate) -> String {
    format!("{}-W{:02}", monday.iso_week().year(), monday.iso_week().week())
}
