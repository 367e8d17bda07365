//! What speaks against a clock, in words.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

/// Why the time in force, or the machine's clock, may be wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// Why.
    pub reason: Reason,
    /// By how many seconds the machine's clock is ahead of the time in force; negative if it is behind.
    pub ahead_seconds: i64,
    /// Whose time speaks against it.
    pub witnesses: Vec<String>,
    /// By how many seconds the machine's clock is ahead of theirs, or of what was written last.
    pub ahead_of_them_seconds: i64,
    /// Since when, in the time in force.
    pub since: DateTime<Utc>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The machine's clock was moved, and nobody confirms it: what was in force goes on.
    Moved,
    /// The machine's clock is wrong: others say so, and their time is in force.
    MachineWrong,
    /// One host has an earlier time, and nobody says who is right: the earlier one is in force.
    Earlier,
    /// One host has another time; the machine's is in force.
    Contradicted,
    /// Others have another time, but a person has said that the machine's is right: it is in force.
    AgainstTrust,
    /// The machine's clock is behind what has been written already.
    BehindData,
}

impl Doubt {
    /// What was seen, and what it means.
    pub fn what(&self) -> String {
        let ours = apart(self.ahead_seconds);
        let theirs = apart(self.ahead_of_them_seconds);
        let who = self.witnesses.join(" and ");
        match self.reason {
            Reason::Moved => format!(
                "The machine's clock was moved and is now {ours} the time that Kasnec has counted; no other machine confirms it. \
                 Kasnec goes on by its own count: nothing goes out early or twice."
            ),
            Reason::MachineWrong => {
                format!("The machine's clock is wrong: it is {ours} the time of {who}. Kasnec goes by theirs, so notices go out in time.")
            }
            Reason::Earlier => format!(
                "The machine's clock is {theirs} that of {who}, and nobody else says which is right. Kasnec goes by the earlier one, \
                 so that nothing goes out early: if the machine is right, everything goes out late by as much."
            ),
            Reason::Contradicted => {
                format!("The machine's clock is {theirs} that of {who}, and nobody else says which is right. Kasnec goes by the machine's.")
            }
            Reason::AgainstTrust => format!(
                "The machine's clock is {theirs} that of {who}. A person has said that the machine is right, so Kasnec goes by it: \
                 if it is not, notices go out early or late by as much."
            ),
            Reason::BehindData => format!(
                "The machine's clock is {theirs} what has been written already: either it went back, and notices go out late, or it was ahead then."
            ),
        }
    }

    /// What to do.
    pub fn next_step(&self) -> &'static str {
        match self.reason {
            Reason::MachineWrong => {
                "Set the machine's clock, and let it be kept right (timedatectl set-ntp true); Kasnec notices by itself."
            }
            Reason::Contradicted | Reason::BehindData => {
                "Compare the machine's clock with another one. If it is wrong, set it (timedatectl set-ntp true). \
                 To have it checked from now on, name a server you trust under [clock] witnesses."
            }
            Reason::AgainstTrust => {
                "Compare the machine's clock with another one. If it is wrong, set it (timedatectl set-ntp true): with that the word of trust ends, \
                 and Kasnec asks the others again."
            }
            Reason::Moved | Reason::Earlier => {
                "Compare the machine's clock with another one. If it is right, say so: kasnec clock trust. \
                 If it is wrong, set it (timedatectl set-ntp true); Kasnec notices by itself."
            }
        }
    }

    /// Whether it has ended, now that the machine's clock and the time in force agree.
    pub(super) fn is_over(&self, wall_ms: i64, written_ms: Option<i64>) -> bool {
        match self.reason {
            Reason::Moved | Reason::MachineWrong | Reason::Earlier => true,
            // Who contradicts is asked again.
            Reason::Contradicted | Reason::AgainstTrust => false,
            Reason::BehindData => written_ms.is_some_and(|written| written <= wall_ms),
        }
    }

    /// Whether it is the same trouble as `other`, or one that a person should be told of anew.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let near = (self.ahead_of_them_seconds - other.ahead_of_them_seconds).abs() + (self.ahead_seconds - other.ahead_seconds).abs();
        self.reason == other.reason && near <= 120
    }
}

fn apart(ahead: i64) -> String {
    let relation = if ahead >= 0 { "ahead of" } else { "behind" };
    format!("{} {relation}", span(Duration::seconds(ahead)))
}

/// A span of time as people say it.
pub(super) fn span(time: Duration) -> String {
    let seconds = time.num_seconds().abs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}
