//! The figures of a set of entries. Where there are no entries, every one of them is blank.

use serde::Serialize;

use super::share::{Share, count, days, median};
use crate::register::entry::{Entry, Standing};

/// What can be said of some entries.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Owed and not lifted.
    pub owed: Option<u32>,
    /// Met in time, or met where no time is set.
    pub met: Option<u32>,
    /// Met after the latest instant.
    pub late: Option<u32>,
    /// Not met, though the latest instant has passed.
    pub overdue: Option<u32>,
    /// Not met, and there is time.
    pub open: Option<u32>,
    /// No longer owed.
    pub lifted: Option<u32>,
    /// Published in more than one version.
    pub corrected: Option<u32>,
    /// Of those that had a time, and it is settled: met by the latest instant.
    pub on_time: Option<Share>,
    /// The same, by the instant that is in time whoever counts.
    pub safely: Option<Share>,
    /// How many days before its event a notice stood, in the median.
    pub lead_days: Option<f64>,
    /// Of the groups of channels asked for: those it stands on.
    pub channels: Option<Share>,
    /// Of the languages asked for: those that are there.
    pub languages: Option<Share>,
}

impl Figures {
    /// The figures of these.
    pub fn of(entries: &[&Entry]) -> Self {
        if entries.is_empty() {
            return Self::default();
        }
        let standing = |wanted| Some(count(entries.iter().filter(|entry| entry.standing == wanted)));
        Self {
            owed: Some(count(entries.iter().filter(|entry| entry.standing != Standing::Lifted))),
            met: standing(Standing::Met),
            late: standing(Standing::Late),
            overdue: standing(Standing::Overdue),
            open: standing(Standing::Open),
            lifted: standing(Standing::Lifted),
            corrected: Some(count(entries.iter().filter(|entry| entry.versions > 1))),
            on_time: on_time(entries),
            safely: safely(entries),
            lead_days: median(entries.iter().filter_map(|entry| lead(entry))),
            channels: Share::of(groups(entries), |(_, stands)| *stands),
            languages: Share::of(languages(entries), |(_, there)| *there),
        }
    }
}

/// The share of those that are judged and were met in time.
pub fn on_time(entries: &[&Entry]) -> Option<Share> {
    let judged = entries.iter().filter(|entry| entry.is_judged());
    Share::of(judged, |entry| entry.standing == Standing::Met)
}

fn safely(entries: &[&Entry]) -> Option<Share> {
    let judged = entries.iter().filter(|entry| entry.is_judged());
    let cautious = judged.filter_map(|entry| Some((entry, entry.safe_by?)));
    Share::of(cautious, |(entry, safe_by)| {
        entry.standing == Standing::Met && entry.met_at.is_some_and(|met| met <= *safe_by)
    })
}

/// How many days before its event a notice stood; negative where it came after.
pub fn lead(entry: &Entry) -> Option<f64> {
    let announced = entry.before && entry.standing != Standing::Lifted;
    announced.then_some(())?;
    Some(days(entry.anchor_at? - entry.met_at?))
}

/// The groups of channels that are asked for by now, and whether it stands there.
pub fn groups<'a>(entries: &'a [&Entry]) -> impl Iterator<Item = (&'a str, bool)> {
    let asked = due(entries).flat_map(|entry| entry.groups.iter().filter(|group| group.asked));
    asked.map(|group| (group.group.as_str(), group.at.is_some()))
}

/// The languages that are asked for by now, and whether they are there.
pub fn languages<'a>(entries: &'a [&Entry]) -> impl Iterator<Item = (&'a str, bool)> {
    let asked = due(entries).flat_map(|entry| &entry.languages);
    asked.map(|(lang, there)| (lang.as_str(), *there))
}

/// What is still open has time to become complete, and what was lifted need not.
fn due<'a>(entries: &'a [&Entry]) -> impl Iterator<Item = &'a Entry> {
    entries
        .iter()
        .copied()
        .filter(|entry| !matches!(entry.standing, Standing::Open | Standing::Lifted))
}
