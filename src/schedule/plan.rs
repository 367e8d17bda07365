//! Which deliveries an approved revision needs, and from when on each may go.

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;

use super::pace::quiet_until;
use crate::item::Lang;
use crate::manifest::{Languages, Manifest};

/// A channel an office has an account on.
#[derive(Debug, Clone, Copy)]
pub struct Route<'a> {
    /// The account's number.
    pub account: i64,
    /// Its channel.
    pub manifest: &'a Manifest,
}

/// One delivery to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The account's number.
    pub account: i64,
    /// The languages, in order.
    pub languages: Vec<Lang>,
    /// Not before this.
    pub release_at: DateTime<Utc>,
    /// To be public by this.
    pub deadline_at: Option<DateTime<Utc>>,
    /// Pointless after this: courtesy posts only.
    pub expires_at: Option<DateTime<Utc>>,
    /// Smaller goes first.
    pub urgency: i64,
}

/// What without a deadline goes behind everything that has one within this time.
const UNDATED: Duration = Duration::days(60);
/// A courtesy post that is later than this is no longer worth posting.
const COURTESY_LIFE: Duration = Duration::days(3);

/// What a revision asks for.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The kind's name.
    pub kind: &'a str,
    /// Whether it may wait for the morning, and expire.
    pub courtesy: bool,
    /// The languages it is written in.
    pub languages: &'a [Lang],
    /// Not before this.
    pub release: Option<DateTime<Utc>>,
    /// To be public by this, on channels of that group.
    pub deadline: &'a dyn Fn(Option<&str>) -> Option<DateTime<Utc>>,
}

/// The deliveries for what is asked, on every channel that takes the kind.
pub fn plan(routes: &[Route<'_>], asked: &Asked<'_>, now: DateTime<Utc>, zone: Tz) -> Vec<Slot> {
    let release = asked.release.map_or(now, |at| at.max(now));
    let takers = routes.iter().filter(|route| route.manifest.takes(asked.kind));
    takers
        .flat_map(|route| {
            let quiet = if asked.courtesy {
                quiet_until(&route.manifest.pace, release, zone)
            } else {
                None
            };
            let release_at = quiet.unwrap_or(release);
            let deadline = (asked.deadline)(route.manifest.group.as_deref());
            let slot = Slot {
                account: route.account,
                languages: asked.languages.to_vec(),
                release_at,
                deadline_at: deadline,
                expires_at: asked.courtesy.then_some(release_at + COURTESY_LIFE),
                urgency: deadline.unwrap_or(release_at + UNDATED).timestamp_millis(),
            };
            split(slot, route.manifest.languages)
        })
        .collect()
}

fn split(slot: Slot, languages: Languages) -> Vec<Slot> {
    match languages {
        Languages::Together => vec![slot],
        Languages::Each => slot
            .languages
            .iter()
            .map(|lang| Slot {
                languages: vec![lang.clone()],
                ..slot.clone()
            })
            .collect(),
    }
}
