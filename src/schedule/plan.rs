//! Which deliveries an approved revision needs, and from when on each may go.

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;

use super::pace::quiet_until;
use crate::item::{Kind, Lang};
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

/// The deliveries for an item of `kind` in `languages`, released at `release`, due by `deadline`.
#[allow(
    clippy::too_many_arguments,
    reason = "pure: everything the decision needs is handed in, each by its name"
)]
pub fn plan(
    routes: &[Route<'_>],
    kind_name: &str,
    kind: &Kind,
    languages: &[Lang],
    release: Option<DateTime<Utc>>,
    deadline: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    zone: Tz,
) -> Vec<Slot> {
    let release = release.map_or(now, |at| at.max(now));
    let takers = routes.iter().filter(|route| kind.published && route.manifest.takes(kind_name));
    takers
        .flat_map(|route| {
            let quiet = if kind.courtesy {
                quiet_until(&route.manifest.pace, release, zone)
            } else {
                None
            };
            let release_at = quiet.unwrap_or(release);
            let slot = Slot {
                account: route.account,
                languages: languages.to_vec(),
                release_at,
                deadline_at: deadline,
                expires_at: kind.courtesy.then_some(release_at + COURTESY_LIFE),
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
