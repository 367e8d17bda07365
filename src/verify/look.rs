//! One look at one delivery, and what follows from it.

use chrono::{DateTime, Duration, Utc};

use super::subject::glance;
use crate::receipt::{Finding, Glance};
use crate::settings::VerifySettings;
use crate::store::StoreError;
use crate::store::looks::{Look, Noted, Since, Stage};
use crate::store::rows::AccountRow;
use crate::system::System;

/// The longest wait between two tries at a look.
const LONGEST_WAIT: i64 = 3600;

/// Makes a look that was claimed, and writes down what it showed or when it is made again.
pub async fn make(system: &System, account: &AccountRow, look: Look) -> Result<(), StoreError> {
    match system.store.since(&look).await? {
        Since::Superseded => return system.store.drop_look(&look).await,
        Since::UnderWay => {
            let later = system.clock.now() + wait(&system.settings.verify, 0);
            return system.store.look_again(&look, later, None).await;
        }
        Since::Nothing => {}
    }
    if let Some(until) = rests_until(system, account) {
        return system.store.look_again(&look, until, None).await;
    }
    let glance = glance(system, account, &look).await?;
    settle(system, account, look, glance).await
}

/// Until when the remote has asked for no more calls: longer than the account waits between two posts.
fn rests_until(system: &System, account: &AccountRow) -> Option<DateTime<Utc>> {
    let manifest = system.manifest(&account.office, &account.name)?;
    let between = Duration::seconds(i64::from(manifest.pace.spacing_seconds));
    (account.not_before > system.clock.now() + between).then_some(account.not_before)
}

/// What follows from a glance: it is written down, or not believed yet.
async fn settle(system: &System, account: &AccountRow, mut look: Look, glance: Glance) -> Result<(), StoreError> {
    let settings = &system.settings.verify;
    let enough = match glance.finding {
        Finding::Standing | Finding::NotVisible => true,
        Finding::Changed | Finding::Gone => {
            look.negatives += 1;
            look.negatives >= i64::from(settings.confirm)
        }
        Finding::CannotTell => {
            look.blanks += 1;
            look.blanks >= i64::from(settings.tries)
        }
    };
    if !enough {
        let again = system.clock.now() + wait(settings, look.negatives + look.blanks - 1);
        return system.store.look_again(&look, again, Some(&glance)).await;
    }
    let next = next(settings, &look, &glance, system.clock.now());
    let noted = system.store.conclude(&look, &glance, next).await?;
    tell(account, &look, &glance, noted);
    Ok(())
}

/// When the next look is made: a day after it stood, unless that was this one.
fn next(settings: &VerifySettings, look: &Look, glance: &Glance, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let later = look.settled_at + Duration::hours(i64::from(settings.later_hours));
    let wanted = glance.finding != Finding::NotVisible && settings.later_hours > 0;
    let left = match look.stage {
        Stage::Soon => true,
        Stage::Asked => later > now,
        Stage::Later => false,
    };
    (wanted && left).then_some(later)
}

/// The wait doubles from try to try.
fn wait(settings: &VerifySettings, tries: i64) -> Duration {
    let doubled = i64::from(settings.retry_seconds.max(1)) << tries.clamp(0, 12);
    Duration::seconds(doubled.min(LONGEST_WAIT))
}

/// What was changed or taken down is not put up again: a person is told.
fn tell(account: &AccountRow, look: &Look, glance: &Glance, noted: Noted) {
    let (office, channel, delivery) = (&look.office, &account.name, look.delivery);
    let (what, address) = (
        glance.what.as_deref().unwrap_or_default(),
        glance.address.as_deref().unwrap_or_default(),
    );
    match (glance.finding, noted) {
        (_, Noted::Overtaken) | (Finding::NotVisible, _) => {}
        (Finding::Changed, Noted::News) => tracing::error!(
            office,
            channel,
            delivery,
            address,
            what,
            "what was published is not what stands there now: somebody changed it; decide whether to correct the item"
        ),
        (Finding::Gone, Noted::News) => tracing::error!(
            office,
            channel,
            delivery,
            address,
            what,
            "what was published does not stand any more: somebody took it down; it is not put up again by itself"
        ),
        (Finding::CannotTell, _) => tracing::warn!(
            office,
            channel,
            delivery,
            address,
            what,
            "it could not be seen whether this delivery stands; look yourself, then: kasnec delivery look"
        ),
        (finding, _) => tracing::debug!(office, channel, delivery, %finding, "looked at"),
    }
}
