//! The loop beside the worker: takes what is due to be looked at, a few at once, one at a time on each account and each server.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use url::Url;

use super::look;
use super::turns::Turns;
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
    let (mut tasks, mut turns) = (JoinSet::new(), Turns::default());
    while !*stop.borrow() {
        match due(&system).await {
            Ok(accounts) => start(&system, &accounts, &mut tasks, &mut turns, &stop),
            Err(error) => tracing::error!(%error, "what is to be looked at cannot be read; trying again"),
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            Some(done) = tasks.join_next() => ended(done, &mut turns),
            _ = stop.changed() => {}
        }
    }
    // What is broken off is looked at again when its lease is over.
    tasks.shutdown().await;
}

/// Looks at everything that is due now, for tests and for those who wait for it.
pub async fn round(system: &System) -> Result<usize, StoreError> {
    let mut made = 0;
    for account in due(system).await? {
        made += handful(system, &account, Duration::ZERO, || false).await?;
    }
    Ok(made)
}

/// The accounts with something to look at, the one whose look has waited longest first.
async fn due(system: &System) -> Result<Vec<AccountRow>, StoreError> {
    let due = system.store.accounts_to_look_at(system.settings.verify.soon()).await?;
    if due.is_empty() {
        return Ok(vec![]);
    }
    let mut accounts = BTreeMap::new();
    for office in system.offices.keys() {
        let all = system.store.accounts(office).await?.into_iter();
        accounts.extend(all.map(|account| (account.id, account)));
    }
    Ok(due.iter().filter_map(|account| accounts.remove(account)).collect())
}

fn start(system: &Arc<System>, accounts: &[AccountRow], tasks: &mut JoinSet<i64>, turns: &mut Turns, stop: &watch::Receiver<bool>) {
    let room = (system.settings.verify.parallel.max(1) as usize).saturating_sub(tasks.len());
    let due: Vec<(i64, String)> = accounts.iter().map(|account| (account.id, server(system, account))).collect();
    let next = turns.next(&due, room);
    for account in accounts.iter().filter(|account| next.contains(&account.id)) {
        let (system, account, stop) = (system.clone(), account.clone(), stop.clone());
        let pause = if is_ours(&system, &account) { Duration::ZERO } else { GENTLY };
        tasks.spawn(async move {
            if let Err(error) = handful(&system, &account, pause, || *stop.borrow()).await {
                tracing::error!(account = account.name, %error, "a look could not be written down; it is made again");
            }
            account.id
        });
    }
}

/// Whether it is the office's own site that is visited.
fn is_ours(system: &System, account: &AccountRow) -> bool {
    let config = system.offices.get(&account.office);
    let own = config.and_then(|config| authority(&config.office.public_url));
    own.is_some_and(|own| own == server(system, account))
}

/// Which server is visited for an account: where its settings say that it is, else the office's own.
fn server(system: &System, account: &AccountRow) -> String {
    let Some((config, manifest)) = system
        .offices
        .get(&account.office)
        .zip(system.manifest(&account.office, &account.name))
    else {
        return String::new();
    };
    let settings = system.account_settings(config, &account.name, manifest);
    let mut servers = settings
        .values()
        .chain([&config.office.public_url])
        .filter_map(|told| authority(told));
    servers.next().unwrap_or_default()
}

/// The name and port of a server.
fn authority(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    Some(format!("{}:{}", url.host_str()?.to_ascii_lowercase(), url.port_or_known_default()?))
}

fn ended(done: Result<i64, tokio::task::JoinError>, turns: &mut Turns) {
    match done {
        Ok(account) => turns.ended(account),
        Err(error) => {
            turns.one_ended();
            tracing::error!(%error, "a look broke off; it is made again");
        }
    }
}

/// A few looks at one account, the oldest first, one after the other.
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
