//! What a person says of a duty: that it was done outside, or why it is late. Both are kept for ever.

use chrono::{DateTime, Utc};

use super::error::RegisterError;
use crate::acts::require;
use crate::store::obligations::{Ending, Obligation, ObligationState, Proof};
use crate::store::rows::{Person, Role};
use crate::system::{OfficeConfig, System};

/// Ends a duty that was met outside Kasnec, at `at`, as `said` shows.
pub async fn settle(
    system: &System,
    by: &Person,
    config: &OfficeConfig,
    id: i64,
    at: Option<DateTime<Utc>>,
    said: &str,
) -> Result<Obligation, RegisterError> {
    require(by, Role::Editor)?;
    let said = needed(said, "what shows it")?;
    let at = at.unwrap_or(system.clock.now());
    if at > system.clock.now() {
        return Err(RegisterError::Ahead);
    }
    let open = system.store.obligation(&config.office.id, id).await?;
    let late = open.due.as_ref().is_some_and(|due| at > due.latest_by);
    let ending = Ending {
        state: if late { ObligationState::Late } else { ObligationState::Met },
        met_at: Some(at),
        met_by: open.met_by,
        proof: Proof {
            said: Some(said),
            ..open.proof.clone()
        },
        reason: open.reason.clone(),
    };
    end(system, by, config, &open, &ending).await
}

/// Lifts a duty that is not owed here, as `reason` says.
pub async fn lift(system: &System, by: &Person, config: &OfficeConfig, id: i64, reason: &str) -> Result<Obligation, RegisterError> {
    require(by, Role::Editor)?;
    let reason = needed(reason, "the reason")?;
    let open = system.store.obligation(&config.office.id, id).await?;
    if open.state == ObligationState::Open && open.due.as_ref().is_some_and(|due| system.clock.now() > due.latest_by) {
        return Err(RegisterError::Overdue(id));
    }
    let ending = Ending {
        state: ObligationState::Lifted,
        met_at: None,
        met_by: None,
        proof: Proof {
            said: Some(reason.clone()),
            ..open.proof.clone()
        },
        reason: Some(reason),
    };
    end(system, by, config, &open, &ending).await
}

/// Says why a duty is or was late.
pub async fn give_reason(system: &System, by: &Person, config: &OfficeConfig, id: i64, reason: &str) -> Result<Obligation, RegisterError> {
    require(by, Role::Editor)?;
    let reason = needed(reason, "the reason")?;
    let office = &config.office.id;
    let late = system.store.obligation(office, id).await?;
    if let Some(given) = late.reason {
        return Err(RegisterError::HasReason(id, given));
    }
    let overdue = late.state == ObligationState::Open && late.due.as_ref().is_some_and(|due| system.clock.now() > due.latest_by);
    if late.state != ObligationState::Late && !overdue {
        return Err(RegisterError::NotLate(id));
    }
    let mut work = system.store.begin().await?;
    if !work.give_reason(&system.store, office, &by.login, &late, &reason).await? {
        let given = system.store.obligation(office, id).await?.reason;
        return Err(RegisterError::HasReason(id, given.unwrap_or_default()));
    }
    work.commit().await?;
    Ok(system.store.obligation(office, id).await?)
}

async fn end(system: &System, by: &Person, config: &OfficeConfig, open: &Obligation, ending: &Ending) -> Result<Obligation, RegisterError> {
    let mut work = system.store.begin().await?;
    if !work
        .end_obligation(&system.store, &config.office.id, &by.login, open, ending)
        .await?
    {
        return Err(RegisterError::Ended(open.id, open.state.to_string()));
    }
    work.commit().await?;
    Ok(system.store.obligation(&config.office.id, open.id).await?)
}

fn needed(text: &str, what: &'static str) -> Result<String, RegisterError> {
    let text = text.trim();
    if text.is_empty() {
        Err(RegisterError::Empty(what))
    } else {
        Ok(text.to_owned())
    }
}
