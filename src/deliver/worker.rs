//! The worker's loop: keep leases alive, claim what is due on every account, drive each delivery in a task of its own.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};

use super::drive::drive;
use super::load::Loader;
use crate::schedule::local_day;
use crate::store::StoreError;
use crate::store::queue::{Allowance, DueAccount, Held};
use crate::store::rows::AccountRow;
use crate::system::System;

/// How long a delivery rests that could not be settled.
const PAUSE: chrono::Duration = chrono::Duration::seconds(5);

/// Proof that no other worker on this machine uses the same data folder.
pub struct WorkerLock(#[allow(dead_code, reason = "held, not read: the lock lasts as long as the file is open")] File);

/// Another worker runs on this data folder.
#[derive(Debug, thiserror::Error)]
#[error("another Kasnec is already working on {0}; stop it, or let this one work on a PostgreSQL store, which many can share")]
pub struct AlreadyWorking(String);

impl WorkerLock {
    /// Takes the lock, or says who has it.
    pub fn take(folder: &Path) -> Result<Self, AlreadyWorking> {
        let busy = || AlreadyWorking(folder.display().to_string());
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("worker.lock"))
            .map_err(|_| busy())?;
        file.try_lock().map_err(|_| busy())?;
        Ok(Self(file))
    }
}

/// One worker: a name, what it shares with the process, and what it has under way.
pub struct Worker {
    system: Arc<System>,
    name: String,
    loader: Arc<Loader>,
    tasks: JoinSet<bool>,
    under_way: HashMap<Id, Held>,
    accounts: HashMap<i64, AccountRow>,
}

impl Worker {
    /// A worker that goes by a name of its own.
    pub fn new(system: Arc<System>) -> Self {
        let name = format!("{}-{:08x}", std::process::id(), rand::random::<u32>());
        Self {
            system,
            name,
            loader: Arc::default(),
            tasks: JoinSet::new(),
            under_way: HashMap::new(),
            accounts: HashMap::new(),
        }
    }

    /// Works until `stop` turns true, then finishes what is under way. `alone`: no other worker can hold a lease on this store.
    pub async fn run(mut self, alone: bool, mut stop: watch::Receiver<bool>) {
        self.rescue(alone).await;
        let lease = self.lease();
        let mut renewed = Instant::now();
        while !*stop.borrow() {
            let wake = self.system.store.wake();
            let rung = wake.notified();
            tokio::pin!(rung);
            rung.as_mut().enable();
            if let Err(error) = self.claim_all().await {
                tracing::error!(%error, "the queue cannot be read; trying again");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            let pause = self.pause().await;
            tokio::select! {
                () = &mut rung => {}
                () = tokio::time::sleep(pause) => {}
                Some(done) = self.tasks.join_next_with_id() => self.finished(done).await,
                _ = stop.changed() => {}
            }
            if renewed.elapsed() > lease / 3 {
                renewed = Instant::now();
                self.keep_alive().await;
            }
        }
        while let Some(done) = self.tasks.join_next_with_id().await {
            self.finished(done).await;
        }
    }

    async fn rescue(&self, everything: bool) {
        match self.system.store.rescue(everything).await {
            Ok(0) => {}
            Ok(rescued) => tracing::warn!(rescued, "took back deliveries whose worker has died"),
            Err(error) => tracing::error!(%error, "dead workers' deliveries cannot be taken back yet"),
        }
    }

    async fn keep_alive(&self) {
        if !self.tasks.is_empty()
            && let Err(error) = self.system.store.renew(&self.name, chrono_of(self.lease())).await
        {
            tracing::error!(%error, "the leases cannot be renewed");
        }
        self.rescue(false).await;
    }

    async fn claim_all(&mut self) -> Result<(), StoreError> {
        for due in self.system.store.due_accounts().await? {
            self.claim(&due).await?;
        }
        Ok(())
    }

    async fn claim(&mut self, due: &DueAccount) -> Result<(), StoreError> {
        let Some(account) = self.account(due).await? else { return Ok(()) };
        let (Some(manifest), Some(config)) = (
            self.system.manifest(&due.office, &account.name),
            self.system.offices.get(&due.office),
        ) else {
            return Ok(());
        };
        let allowance = Allowance {
            parallel: manifest.pace.parallel.max(1) as usize,
            spacing: chrono::Duration::seconds(i64::from(manifest.pace.spacing_seconds)),
            daily: manifest.pace.daily,
        };
        let mine = self.under_way.values().filter(|held| held.account == due.id).count();
        let busy = due.held.max(mine);
        let free = allowance.parallel.saturating_sub(busy);
        // Many small claims cost as many commits: wait until a good part of the account is free.
        if free * 2 < allowance.parallel {
            return Ok(());
        }
        let day = local_day(self.system.clock.now(), config.office.zone);
        let held = self
            .system
            .store
            .claim(due.id, &day, allowance, &self.name, chrono_of(self.lease()), free)
            .await?;
        for delivery in held {
            self.start(account.clone(), delivery);
        }
        Ok(())
    }

    fn start(&mut self, account: AccountRow, held: Held) {
        let (system, loader, name, delivery) = (self.system.clone(), self.loader.clone(), self.name.clone(), held.clone());
        let task = self.tasks.spawn(async move {
            let outcome = drive(&system, &loader, &account, &delivery, &name).await;
            if let Err(error) = &outcome {
                tracing::error!(delivery = delivery.id, account = account.name, %error, "the outcome could not be kept; it is looked up again");
            }
            outcome.is_ok()
        });
        self.under_way.insert(task.id(), held);
    }

    async fn account(&mut self, due: &DueAccount) -> Result<Option<AccountRow>, StoreError> {
        if !self.accounts.contains_key(&due.id) {
            let all = self.system.store.accounts(&due.office).await?;
            self.accounts.extend(all.into_iter().map(|account| (account.id, account)));
        }
        Ok(self.accounts.get(&due.id).cloned())
    }

    /// A delivery that was not settled (the store failed, or the driver panicked) is let go, so that it is soon looked at again.
    async fn finished(&mut self, done: Result<(Id, bool), JoinError>) {
        let (id, settled) = done.as_ref().map_or_else(|error| (error.id(), false), |done| *done);
        let Some(held) = self.under_way.remove(&id) else { return };
        if settled {
            return;
        }
        if let Err(error) = &done {
            tracing::error!(delivery = held.id, %error, "a driver failed in a way it must not");
        }
        if let Err(error) = self.system.store.let_go(&held, PAUSE).await {
            tracing::error!(delivery = held.id, %error, "the delivery waits until its lease runs out");
        }
    }

    fn lease(&self) -> Duration {
        Duration::from_secs(u64::from(self.system.settings.worker.lease_seconds.max(5)))
    }

    /// Until the next delivery is due, but never longer than the queue may be left unseen.
    async fn pause(&self) -> Duration {
        let longest = Duration::from_millis(u64::from(self.system.settings.worker.poll_milliseconds.max(10)));
        let next = self.system.store.next_due().await.ok().flatten();
        let until = next.and_then(|at| (at - self.system.clock.now()).to_std().ok());
        until.map_or(longest, |until| until.clamp(Duration::from_millis(1), longest))
    }
}

fn chrono_of(duration: Duration) -> chrono::Duration {
    chrono::Duration::from_std(duration).unwrap_or(chrono::Duration::MAX)
}
