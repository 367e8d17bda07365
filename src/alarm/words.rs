//! Alarms in a person's language: what each means, and what to do.

use std::borrow::Cow;

use serde::Serialize;

use super::letter::waits;
use crate::register::Speaker;
use crate::render::words::{Args, say};
use crate::store::alarms::Cause;

/// An alarm, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// What it means.
    pub what: String,
    /// What waits for its end, where anything does.
    pub waits: Option<String>,
    /// What to do.
    pub next_step: String,
}

/// Says a cause.
pub fn said(speaker: &Speaker<'_>, cause: &Cause) -> Said {
    let detail = &cause.detail;
    let by = detail.nearest_deadline.map(|by| speaker.deadline(by));
    let text = |ending: &str| text(speaker, cause, &format!("alarm-{}{ending}", cause.kind.word()));
    let reported = detail
        .failure
        .as_ref()
        .map(|failure| failure.what.clone())
        .or_else(|| detail.note.clone());
    Said {
        what: [Some(text("")), reported].into_iter().flatten().collect::<Vec<_>>().join(" "),
        waits: (detail.waiting > 0).then(|| waits(speaker.lang.as_str(), detail.waiting, by.as_deref())),
        next_step: text("-do"),
    }
}

fn text(speaker: &Speaker<'_>, cause: &Cause, key: &str) -> String {
    let args = Args::from([
        (Cow::Borrowed("channel"), speaker.channel(&cause.about).into()),
        (Cow::Borrowed("account"), cause.about.clone().into()),
    ]);
    say(speaker.lang.as_str(), key, &args).unwrap_or_else(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::receipt::AlarmKind;

    #[test]
    fn every_alarm_can_be_said() {
        let args = Args::from([(Cow::Borrowed("channel"), "X".into()), (Cow::Borrowed("account"), "x".into())]);
        for kind in AlarmKind::ALL {
            for ending in ["", "-do"] {
                assert!(say("en", &format!("alarm-{kind}{ending}"), &args).is_some(), "{kind}{ending}");
            }
        }
    }
}
