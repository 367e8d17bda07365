//! What the open store says: ledger, secrets, queue, accounts that are gone.

use chrono::{DateTime, Duration, Utc};

use super::{Finding, told};
use crate::system::{OfficeConfig, System};

/// A clock may be so much behind the newest line: the machine that wrote it has its own.
const TOLERANCE: Duration = Duration::minutes(2);

/// Everything that the store alone can tell.
pub async fn findings(system: &System) -> Vec<Finding> {
    let mut found = vec![queue(system).await.unwrap_or_else(|finding| finding)];
    found.extend(doubts(system).await);
    for config in system.offices.values() {
        found.push(ledger(system, config).await.unwrap_or_else(|finding| finding));
        found.extend(orphans(system, config).await);
        found.extend(secrets(system, config).await);
    }
    found
}

/// Whether the machine's clock is behind what has happened already.
pub fn clock_against(newest: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Finding {
    match newest {
        Some(newest) if newest - now > TOLERANCE => Finding::wrong(
            "clock",
            format!(
                "The clock shows {}, but the ledger has a line of {}: it is behind, and what is due is held back.",
                shown(now),
                shown(newest)
            ),
            "Set the clock, and let it be kept right (timedatectl set-ntp true).",
        ),
        _ => Finding::ok("clock", format!("The clock shows {}, which fits the ledger.", shown(now))),
    }
}

async fn queue(system: &System) -> Result<Finding, Finding> {
    let stats = told("queue", system.store.queue_stats()).await?;
    let late = stats.oldest_due.map(|due| system.clock.now() - due).unwrap_or_default();
    let what = format!(
        "{} deliveries are open, {} of them due, {} with a person.",
        stats.open, stats.due, stats.with_person
    );
    let next = "See `kasnec delivery list --open` and `kasnec channel list`: a worker that does not run, or a channel that is paused.";
    Ok(if late > Duration::hours(1) {
        let hours = late.num_hours();
        Finding::wrong(
            "queue",
            format!("{what} The one that waits longest has been due for {hours} hour(s)."),
            next,
        )
    } else if late > Duration::minutes(10) {
        Finding::warning(
            "queue",
            format!("{what} The one that waits longest has been due for {} minutes.", late.num_minutes()),
            next,
        )
    } else if stats.with_person > 0 {
        Finding::warning("queue", what, "kasnec delivery list --state \"needs a person\"")
    } else {
        Finding::ok("queue", what)
    })
}

/// What is still looked up after a restore.
async fn doubts(system: &System) -> Option<Finding> {
    let doubted = told("restore", system.store.doubted()).await;
    match doubted {
        Ok(doubted) if doubted.is_empty() => None,
        Ok(doubted) => {
            let what = format!(
                "{} open deliveries were in a backup that was put back: each is looked up before it is sent.",
                doubted.len()
            );
            Some(Finding::warning("restore", what, "kasnec delivery list --state unknown"))
        }
        Err(finding) => Some(finding),
    }
}

async fn ledger(system: &System, config: &OfficeConfig) -> Result<Finding, Finding> {
    let id = &config.office.id;
    let audit = told("ledger", system.store.audit_chain(id, None)).await?;
    Ok(match audit.faults.first() {
        None => Finding::ok(
            "ledger",
            format!("The ledger of {id} fits: {} lines, {} published heads.", audit.lines, audit.heads),
        ),
        Some(fault) => Finding::wrong(
            "ledger",
            format!("The ledger of {id} does not fit: {fault}."),
            "Change nothing, keep a copy of the data as evidence, and run `kasnec ledger verify`.",
        ),
    })
}

async fn orphans(system: &System, config: &OfficeConfig) -> Vec<Finding> {
    match told("accounts", system.store.orphans(&config.office.id)).await {
        Ok(orphans) => orphans
            .into_iter()
            .map(|(name, waiting, deadline)| {
                let by = deadline.map(|at| format!(", one of them by {}", shown(at))).unwrap_or_default();
                let what =
                    format!("{waiting} deliveries wait for the account \"{name}\", which is no longer configured{by}: they never go.");
                let next = format!(
                    "Write [offices.{}.accounts.{name}] again; or, if it is gone for good, look at what stands there and settle each: kasnec delivery resolve.",
                    config.office.id
                );
                Finding::wrong("accounts", what, next)
            })
            .collect(),
        Err(finding) => vec![finding],
    }
}

/// Whether each kept secret opens with the key that is there.
async fn secrets(system: &System, config: &OfficeConfig) -> Option<Finding> {
    let id = &config.office.id;
    let mut closed = Vec::new();
    for (name, manifest) in &config.manifests {
        if let Err(failure) = system.account(id, name, manifest).await {
            closed.push(format!("{name}: {}", failure.what));
        }
    }
    Some(if closed.is_empty() {
        Finding::ok("secrets", format!("Every secret of {id} opens with the key."))
    } else {
        let next = "Put the right key back, or connect these channels again: kasnec channel connect NAME";
        Finding::wrong("secrets", format!("Secrets of {id} do not open: {}.", closed.join("; ")), next)
    })
}

fn shown(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}
