//! What is owed as a calendar (RFC 5545), for the programs in which an office keeps its appointments.
//!
//! Everything in it follows from the register and the time, so the same register gives the same bytes.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus};
use sha2::{Digest, Sha256};

use super::due::{Filter, Line, Standing, due};
use super::error::RegisterError;
use super::speaker::Speaker;
use crate::item::Lang;
use crate::render::words::word;
use crate::store::obligations::Obligation;
use crate::system::{OfficeConfig, System};

/// How long a deadline is drawn: it ends when the time is over, so that midnight is seen on the day it ends.
const DRAWN: Duration = Duration::minutes(15);
/// How often a program should fetch it again.
const FRESH: Duration = Duration::hours(1);

/// How many versions each duty has had, and since when the last one holds.
type Versions = BTreeMap<i64, (i64, DateTime<Utc>)>;

/// The calendar of what an office owes.
pub async fn calendar(system: &System, config: &OfficeConfig, lang: Lang, filter: &Filter) -> Result<String, RegisterError> {
    let lines = due(system, config, filter).await?;
    let versions = system.store.version_counts(&config.office.id).await?;
    Ok(write(&Speaker::new(system, config, lang), &lines, &versions, system.clock.now()))
}

fn write(speaker: &Speaker<'_>, lines: &[Line], versions: &Versions, now: DateTime<Utc>) -> String {
    let office = &speaker.config.office;
    let name = office.name.get(&speaker.lang, &office.languages).cloned().unwrap_or_default();
    let mut calendar = Calendar::empty();
    calendar
        .append_property(("VERSION", "2.0"))
        .append_property(("PRODID", "-//Kasnec//Kasnec//SQ"))
        .append_property(("CALSCALE", "GREGORIAN"))
        .name(&clean(&word(speaker.lang.as_str(), "due-calendar", &[("office", &name)])))
        .ttl(&FRESH);
    for line in lines {
        if let Some(event) = event(speaker, line, versions, now) {
            calendar.push(event);
        }
    }
    calendar.to_string()
}

fn event(speaker: &Speaker<'_>, line: &Line, versions: &Versions, now: DateTime<Utc>) -> Option<Event> {
    let owed = &line.obligation;
    let due = owed.due.as_ref()?;
    let (count, since) = versions.get(&owed.id).copied().unwrap_or((1, owed.opened_at));
    let passed = [Some(since), owed.closed_at, Some(due.safe_by), Some(due.latest_by)];
    let changed = passed.into_iter().flatten().filter(|at| *at <= now).max().unwrap_or(owed.opened_at);
    let mut event = Event::with_uid(&uid(&speaker.config.office.id, owed));
    event
        .summary(&clean(&summary(speaker, line)))
        .description(&clean(&description(speaker, line)))
        .starts(due.safe_by - DRAWN)
        .ends(due.safe_by)
        .timestamp(changed)
        .last_modified(changed)
        .sequence(u32::try_from(count - 1).unwrap_or(0))
        .categories([speaker.standing(line.standing)])
        .status(if line.standing == Standing::Lifted {
            EventStatus::Cancelled
        } else {
            EventStatus::Confirmed
        })
        // A deadline takes nobody's time.
        .append_property(("TRANSP", "TRANSPARENT"));
    if let Some(address) = address(speaker, owed) {
        event.url(address);
    }
    Some(event)
}

/// The same for ever; of two installations that serve one office each has its own.
fn uid(office: &str, owed: &Obligation) -> String {
    let named = format!("{office}\n{}\n{}", owed.key, owed.opened_at.timestamp_micros());
    format!("{}@kasnec", hex::encode(&Sha256::digest(named)[..16]))
}

fn summary(speaker: &Speaker<'_>, line: &Line) -> String {
    let mark = match line.standing {
        Standing::OnCourse => return speaker.what(line),
        Standing::AtRisk | Standing::Overdue | Standing::Late => "⚠",
        Standing::Met => "✓",
        Standing::Lifted => "–",
    };
    format!("{mark} {}: {}", speaker.standing(line.standing), speaker.what(line))
}

fn description(speaker: &Speaker<'_>, line: &Line) -> String {
    let owed = &line.obligation;
    let told = |key, text: String| (!text.is_empty()).then(|| format!("{}: {text}", speaker.word(key)));
    let due = owed.due.as_ref();
    let mut rows = vec![
        told("due-standing", speaker.standing(line.standing)),
        told("due-safe-by", due.map(|due| speaker.deadline(due.safe_by)).unwrap_or_default()),
        told("due-latest-by", due.map(|due| speaker.deadline(due.latest_by)).unwrap_or_default()),
        told("due-met-at", owed.met_at.map(|at| speaker.time(at)).unwrap_or_default()),
        told("due-unit", speaker.unit(line)),
        told("due-reason", owed.reason.clone().unwrap_or_default()),
    ];
    let advice = speaker
        .advice(line)
        .into_iter()
        .map(|advice| Some(format!("{} → {}", advice.why, advice.step)));
    rows.extend(advice);
    rows.push(told("due-address", address(speaker, owed).unwrap_or_default().to_owned()));
    rows.push(Some(format!("kasnec due show {}", owed.id)));
    rows.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// Where it stands, if it stands anywhere on the web: on the office's own site before all others.
fn address<'a>(speaker: &Speaker<'_>, owed: &'a Obligation) -> Option<&'a str> {
    let stands = || owed.proof.stands.iter().filter_map(|stand| stand.address.as_deref());
    let own = stands().find(|address| address.starts_with(&speaker.config.office.public_url));
    own.or_else(|| stands().find(|address| address.starts_with("http")))
}

/// Without the characters that no calendar may contain.
fn clean(text: &str) -> String {
    text.chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}
