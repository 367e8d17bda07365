//! The loop beside the worker: takes what is due to be looked at, a few at once, one at a time on each account.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::look;
use crate::store::StoreError;
use crate::store::rows::AccountRow;
use crate::system::System;

/// Looks taken from one account at a time.
const HANDFUL: usize = 4;
/// Between two visits to somebody else's server.
const GENTLY: Duration = Duration::from_secs(1);
/// How long a look may take, with every address it visits; then another process takes it up.
const LEASE: i64 = 20;

/// Looks until `stop` turns true, then ends what is under way.
pub async fn watch(system: Arc<System>, mut stop: watch::Receiver<bool>) {
    if !system.settings.verify.enabled {
        return;
    }
    let pause = Duration::from_secs(u64::from(system.settings.verify.every_seconds.max(1)));
    let (mut tasks, mut busy) = (JoinSet::new(), BTreeSet::new());
    while !*stop.borrow() {
        match due(&system).await {
            Ok(accounts) => start(&system, &accounts, &mut tasks, &mut busy, &stop),
            Err(error) => tracing::error!(%error, "what is to be looked at cannot be read; trying again"),
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            Some(done) = tasks.join_next() => ended(done, &mut busy),
            _ = stop.changed() => {}
        }
    }
    // What is broken off is looked at again when its lease is over.
    tasks.shutdown().await;
}

/// Looks at everything that is due now, for tests and for those who wait for it.
pub async fn round(system: &System) -> Result<usize, StoreError> {
    let mut made = 0;
    for account in due(system).await?.into_values() {
        made += handful(system, &account, Duration::ZERO, || false).await?;
    }
    Ok(made)
}

/// The accounts with something to look at.
async fn due(system: &System) -> Result<BTreeMap<i64, AccountRow>, StoreError> {
    let due: BTreeSet<i64> = system
        .store
        .accounts_to_look_at(system.settings.verify.soon())
        .await?
        .into_iter()
        .collect();
    let mut accounts = BTreeMap::new();
    if due.is_empty() {
        return Ok(accounts);
    }
    for office in system.offices.keys() {
        let all = system.store.accounts(office).await?.into_iter();
        accounts.extend(all.filter(|account| due.contains(&account.id)).map(|account| (account.id, account)));
    }
    Ok(accounts)
}

fn start(
    system: &Arc<System>,
    accounts: &BTreeMap<i64, AccountRow>,
    tasks: &mut JoinSet<i64>,
    busy: &mut BTreeSet<i64>,
    stop: &watch::Receiver<bool>,
) {
    let room = (system.settings.verify.parallel.max(1) as usize).saturating_sub(tasks.len());
    let free: Vec<&AccountRow> = accounts.values().filter(|account| !busy.contains(&account.id)).take(room).collect();
    for account in free {
        busy.insert(account.id);
        let (system, account, stop) = (system.clone(), account.clone(), stop.clone());
        tasks.spawn(async move {
            if let Err(error) = handful(&system, &account, GENTLY, || *stop.borrow()).await {
                tracing::error!(account = account.name, %error, "a look could not be written down; it is made again");
            }
            account.id
        });
    }
}

fn ended(done: Result<i64, tokio::task::JoinError>, busy: &mut BTreeSet<i64>) {
    match done {
        Ok(account) => {
            busy.remove(&account);
        }
        Err(error) => {
            // Whose it was is not known; the leases keep two from looking at one.
            busy.clear();
            tracing::error!(%error, "a look broke off; it is made again");
        }
    }
}

/// A few looks at one account, one after the other.
async fn handful(system: &System, account: &AccountRow, pause: Duration, stopped: impl Fn() -> bool) -> Result<usize, StoreError> {
    let lease = chrono::Duration::minutes(LEASE);
    let looks = system
        .store
        .claim_looks(account.id, system.settings.verify.soon(), lease, HANDFUL)
        .await?;
    let mut made = 0;
    for look in looks {
        if stopped() {
            // What is left is given back at once.
            system.store.look_again(&look, system.clock.now(), None).await?;
            continue;
        }
        if made > 0 {
            tokio::time::sleep(pause).await;
        }
        match look::make(system, account, look).await {
            Ok(()) => made += 1,
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(made)
}
