//! Recomputing what is owed by meetings, acts and requests of the Kaçanik plan.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use chrono_tz::Europe::Belgrade;
use kasnec::item::{Content, FactValue, Moment};
use kasnec::rules::{Known, Rules, Told};

use crate::{SIZES, median};

/// So many duties each, and the seconds that takes.
pub fn measure(rules: &Rules) -> Vec<(usize, f64)> {
    SIZES.into_iter().map(|count| recompute(rules, count)).collect()
}

fn recompute(rules: &Rules, wanted: usize) -> (usize, f64) {
    let plans = ["kacanik".to_owned()];
    let owed = |content: &Content| {
        let duties = rules.duties_of(&plans, &told(content));
        duties.iter().filter(|duty| duty.due.is_ok()).count()
    };
    let (mut items, mut count) = (Vec::new(), 0);
    while count < wanted {
        let content = item(items.len());
        count += owed(&content);
        items.push(content);
    }
    let seconds = median(|| items.iter().map(owed).sum::<usize>());
    (count, seconds)
}

fn told(content: &Content) -> Told<'_> {
    let queued = start();
    Told {
        item: 1,
        content,
        published: !matches!(content.kind.as_str(), "access-request" | "petition"),
        known: Known {
            queued: Some(queued),
            published: Some(queued + Duration::hours(2)),
            ..Known::zone(Belgrade)
        },
        withdrawn: None,
    }
}

fn start() -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(2026, 11, 24)
        .unwrap()
        .and_hms_opt(9, 0, 0)
        .unwrap()
        .and_utc()
}

/// Meetings, acts and requests in turn, over four years.
fn item(number: usize) -> Content {
    let days = i64::try_from(number % 1_461).unwrap();
    let at = start() + Duration::days(days) + Duration::minutes(i64::try_from(number % 480).unwrap());
    let instant = FactValue::Instant(Moment {
        at,
        wall: String::new(),
        zone: Belgrade,
    });
    let session = |name: &str| FactValue::Choice(name.to_owned());
    let (kind, facts) = match number % 6 {
        0 => (
            "assembly-meeting",
            vec![("session", session("regular")), ("meeting_start", instant)],
        ),
        1 => (
            "committee-meeting",
            vec![("session", session("regular")), ("meeting_start", instant)],
        ),
        2 => (
            "committee-meeting",
            vec![("session", session("urgent")), ("meeting_start", instant)],
        ),
        3 => ("municipal-act", vec![("registered_on", FactValue::Date(at.date_naive()))]),
        4 => ("access-request", vec![("received_at", instant)]),
        _ => ("petition", vec![("received_at", instant)]),
    };
    Content {
        kind: kind.to_owned(),
        reference: format!("B-{number}"),
        release: None,
        tags: vec![],
        facts: facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        translations: BTreeMap::new(),
        attachments: vec![],
    }
}
