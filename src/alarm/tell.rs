//! Who is to be told what: one letter when a channel stands still, and one more when a deadline behind it comes close.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::cause::LONG;
use super::keeper::keeper;
use crate::receipt::{AlarmKind, FailureCode};
use crate::register::Speaker;
use crate::store::StoreError;
use crate::store::alarms::{Alarm, Telling};
use crate::system::{OfficeConfig, System};

/// A deadline this near is told of again, where the first letter did not name one.
const CLOSE: Duration = Duration::hours(24);
const RAISED: &str = "raised";
const REMINDER: &str = "reminder";

/// What a letter about an account says, in the recipient's language where it is a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The account's name, as commands want it.
    pub account: String,
    /// The channel, as people call it.
    pub channel: String,
    /// Whether it waits for a person, or for its remote.
    pub kind: AlarmKind,
    /// Since when.
    pub since: String,
    /// What happened.
    pub code: Option<FailureCode>,
    /// What was reported, in the program's words.
    pub said: Option<String>,
    /// How many wait.
    pub waiting: i64,
    /// The nearest deadline behind it.
    pub nearest: Option<DateTime<Utc>>,
    /// The same on the office's clock.
    pub by: Option<String>,
    /// Whether this is the second letter.
    pub reminder: bool,
}

/// Has told what is to be told of these alarms; gives how many letters that makes.
pub async fn tell(system: &System, config: &OfficeConfig, alarms: &[Alarm]) -> Result<usize, StoreError> {
    let (store, office, now) = (&system.store, &config.office.id, system.clock.now());
    let told: Vec<&Alarm> = alarms.iter().filter(|alarm| is_told(alarm, now)).collect();
    if told.is_empty() {
        return Ok(0);
    }
    let before = store.told_of_alarms(office).await?;
    let said = |alarm: &Alarm, step: &str| before.get(&(alarm.id, step.to_owned())).cloned();
    let mut tellings = Vec::new();
    for alarm in told {
        let nearest = alarm.cause.detail.nearest_deadline;
        let step = match (said(alarm, RAISED), said(alarm, REMINDER)) {
            (None, _) => RAISED,
            (Some((at, detail)), None) if comes_close(nearest, now) && !named_close(&detail, at) => REMINDER,
            _ => continue,
        };
        tellings.extend(telling(system, config, alarm, step));
    }
    if tellings.is_empty() {
        return Ok(0);
    }
    let mut work = store.begin().await?;
    let mut count = 0;
    for telling in &tellings {
        count += usize::from(work.tell(store, office, telling).await?);
    }
    work.commit().await?;
    Ok(count)
}

/// A pause at once; a remote that is out only when it stays so.
fn is_told(alarm: &Alarm, now: DateTime<Utc>) -> bool {
    match alarm.cause.kind {
        AlarmKind::ChannelPaused => true,
        AlarmKind::ChannelDown => alarm.cause.since.is_some_and(|since| now - since >= LONG),
        _ => false,
    }
}

fn comes_close(nearest: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    nearest.is_some_and(|nearest| nearest <= now + CLOSE)
}

/// Whether the first letter, of `at`, named a deadline that was close already.
fn named_close(detail: &serde_json::Value, at: DateTime<Utc>) -> bool {
    let told: Option<Told> = serde_json::from_value(detail.clone()).ok();
    comes_close(told.and_then(|told| told.nearest), at)
}

fn telling(system: &System, config: &OfficeConfig, alarm: &Alarm, step: &'static str) -> Option<Telling> {
    let cause = &alarm.cause;
    let recipient = keeper(&config.settings, &cause.about);
    let lang = recipient.lang(config)?;
    let speaker = Speaker::new(system, config, lang.clone());
    let detail = &cause.detail;
    let told = Told {
        account: cause.about.clone(),
        channel: speaker.channel(&cause.about),
        kind: cause.kind,
        since: speaker.time(cause.since.unwrap_or(alarm.raised_at)),
        code: detail.failure.as_ref().map(|failure| failure.code),
        said: detail.failure.as_ref().map(|failure| failure.what.clone()),
        waiting: detail.waiting,
        nearest: detail.nearest_deadline,
        by: detail.nearest_deadline.map(|by| speaker.deadline(by)),
        reminder: step == REMINDER,
    };
    Some(Telling {
        alarm: alarm.id,
        step,
        state: recipient.state(&config.settings),
        recipient: recipient.key(),
        lang: lang.to_string(),
        detail: serde_json::to_value(told).unwrap_or_default(),
    })
}
