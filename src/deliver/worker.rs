//! The worker's loop: keep leases alive, claim what is due on every account, drive each delivery in a task of its own.

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::sync::futures::Notified;
use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};

use super::drive::drive;
use super::load::Loader;
use super::verdict::PATIENCE;
use crate::clock::Move;
use crate::schedule::local_day;
use crate::store::StoreError;
use crate::store::queue::{Allowance, DueAccount, Held, Lease};
use crate::store::rows::AccountRow;
use crate::system::System;

/// How long a delivery rests that could not be settled.
const PAUSE: chrono::Duration = chrono::Duration::seconds(5);

/// How often a worker shows that it lives.
const BEAT: chrono::Duration = chrono::Duration::seconds(20);

/// Proof that no other worker on this machine uses the same data folder.
pub struct WorkerLock(#[allow(dead_code, reason = "held, not read: the lock lasts as long as the file is open")] File);

/// Why a worker may not work on a data folder.
#[derive(Debug, thiserror::Error)]
pub enum NotLocked {
    /// Another worker does.
    #[error("another Kasnec is already working on {0}; stop it, or let this one work on a PostgreSQL store, which many can share")]
    AlreadyWorking(String),
    /// The lock cannot be made.
    #[error("{0} cannot be locked ({1}); give the program the right to write there, or free some space")]
    Unusable(String, std::io::Error),
}

impl WorkerLock {
    /// Takes the lock, or says who has it.
    pub fn take(folder: &Path) -> Result<Self, NotLocked> {
        let (place, shown) = (folder.join("worker.lock"), folder.display().to_string());
        let file = File::options().create(true).truncate(false).write(true).open(&place);
        // On a disk that cannot be written just now, a lock that is there is taken all the same: reading and the site go on.
        let file = file.or_else(|error| File::open(&place).map_err(|_| error));
        let file = file.map_err(|error| NotLocked::Unusable(shown.clone(), error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(NotLocked::AlreadyWorking(shown)),
            Err(TryLockError::Error(error)) => Err(NotLocked::Unusable(shown, error)),
        }
    }

    /// Whether somebody has it.
    pub fn is_held(folder: &Path) -> bool {
        File::open(folder.join("worker.lock")).is_ok_and(|file| file.try_lock_shared().is_err())
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
    /// Accounts with more due than they had room for, and how many of theirs may be under way at once.
    crowded: HashMap<i64, usize>,
    /// When it last showed that it lives.
    beat: Option<DateTime<Utc>>,
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
            crowded: HashMap::new(),
            beat: None,
        }
    }

    /// Works until `stop` turns true, then finishes what is under way. `alone`: no other worker can hold a lease on this store.
    pub async fn run(mut self, alone: bool, mut stop: watch::Receiver<bool>) {
        self.rescue(alone).await;
        let mut right = self.set_right(None).await;
        let mut moved = None;
        let lease = self.lease();
        let mut renewed = Instant::now();
        while !*stop.borrow() {
            let wake = self.system.store.wake();
            let rung = wake.notified();
            tokio::pin!(rung);
            rung.as_mut().enable();
            if let Some(latest) = self.system.clock.take_move() {
                (right, moved) = (false, Some(latest));
            }
            if !right {
                right = self.set_right(moved.as_ref()).await;
            }
            // What is in line may be there by a clock that was wrong.
            if !right {
                tokio::time::sleep(Duration::from_secs(1)).await;
            } else if let Err(error) = self.round().await {
                tracing::error!(%error, "the queue cannot be read; trying again");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            moved = moved.filter(|_| !right);
            self.wait(rung, &mut stop).await;
            if renewed.elapsed() > lease / 3 {
                renewed = Instant::now();
                self.keep_alive().await;
            }
        }
        self.finish().await;
    }

    /// Ends what is under way, and keeps its leases alive until then.
    async fn finish(&mut self) {
        let pause = self.lease() / 3;
        while !self.tasks.is_empty() {
            tokio::select! {
                Some(done) = self.tasks.join_next_with_id() => self.finished(done).await,
                () = tokio::time::sleep(pause) => self.keep_alive().await,
            }
        }
        if let Err(error) = self.system.store.stop_beating(&self.name).await {
            tracing::warn!(%error, "the worker's end could not be noted; the watchdog will miss it");
        }
    }

    /// Waits until the queue may have something new to give. A delivery that ends is no such news while its account is busy enough.
    async fn wait(&mut self, mut rung: Pin<&mut Notified<'_>>, stop: &mut watch::Receiver<bool>) {
        let pause = tokio::time::sleep(self.pause().await);
        tokio::pin!(pause);
        loop {
            tokio::select! {
                () = &mut rung => return,
                () = &mut pause => return,
                _ = stop.changed() => return,
                Some(done) = self.tasks.join_next_with_id() => {
                    self.finished(done).await;
                    if self.has_room() {
                        return;
                    }
                }
            }
        }
    }

    /// One round: claims what is due on every account, as far as there is room, and starts it. [`Worker::run`] makes one after the other;
    /// whoever moves a worker by hand makes them when they like.
    pub async fn round(&mut self) -> Result<(), StoreError> {
        for due in self.system.store.due_accounts().await? {
            self.claim(&due).await?;
        }
        self.show_life().await
    }

    /// That the rounds are made, again and again, is the sign of life.
    async fn show_life(&mut self) -> Result<(), StoreError> {
        let now = self.system.clock.now();
        if self.beat.is_none_or(|last| (now - last).abs() >= BEAT) {
            self.system.store.beat(&self.name).await?;
            self.beat = Some(now);
        }
        Ok(())
    }

    /// Keeps what came of the deliveries that have ended meanwhile, without waiting for others.
    pub async fn collect(&mut self) {
        while let Some(done) = self.tasks.try_join_next_with_id() {
            self.finished(done).await;
        }
    }

    /// How many deliveries are under way.
    pub fn under_way(&self) -> usize {
        self.under_way.len()
    }

    /// Takes back what dead workers held: all of it where none other can live (`everything`), else what ran out.
    pub async fn rescue(&self, everything: bool) {
        match self.system.store.rescue(everything).await {
            Ok(0) => {}
            Ok(rescued) => tracing::warn!(rescued, "took back deliveries whose worker has died"),
            Err(error) => tracing::error!(%error, "dead workers' deliveries cannot be taken back yet"),
        }
    }

    /// Brings what a clock that was wrong has written in line with the time in force; until then nothing is claimed.
    async fn set_right(&self, moved: Option<&Move>) -> bool {
        let done = self.system.store.set_right(chrono_of(self.lease()), moved).await;
        if let Err(error) = &done {
            tracing::error!(%error, "the queue cannot be brought in line with the time; trying again");
        }
        done.is_ok()
    }

    /// Prolongs the leases of what is under way, and takes back what others have let run out.
    pub async fn keep_alive(&self) {
        let leases: Vec<Lease> = self.under_way.values().map(Held::lease).collect();
        if !leases.is_empty()
            && let Err(error) = self.system.store.renew(&leases, chrono_of(self.lease())).await
        {
            // To rescue now could take back what this very worker is doing.
            tracing::error!(%error, "the leases cannot be renewed");
            return;
        }
        self.rescue(false).await;
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
        let busy = due.held.max(self.mine(due.id));
        let free = allowance.parallel.saturating_sub(busy);
        self.crowded.insert(due.id, allowance.parallel);
        if !is_worth_a_claim(free, allowance.parallel) {
            return Ok(());
        }
        let day = local_day(self.system.clock.now(), config.office.zone);
        let held = self
            .system
            .store
            .claim(due.id, &day, allowance, &self.name, chrono_of(self.lease()), free)
            .await?;
        if held.len() < free {
            self.crowded.remove(&due.id);
        }
        for delivery in held {
            self.start(account.clone(), delivery);
        }
        Ok(())
    }

    /// Whether an account that has more due could take a good part of it now.
    fn has_room(&self) -> bool {
        let mut crowded = self.crowded.iter();
        crowded.any(|(account, parallel)| is_worth_a_claim(parallel.saturating_sub(self.mine(*account)), *parallel))
    }

    fn mine(&self, account: i64) -> usize {
        self.under_way.values().filter(|held| held.account == account).count()
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
        let kept = match &done {
            Ok(_) => self.system.store.let_go(&held, PAUSE).await,
            Err(error) => {
                tracing::error!(delivery = held.id, %error, "a driver failed in a way it must not");
                self.system.store.broke_off(&held, PAUSE, PATIENCE).await
            }
        };
        if let Err(error) = kept {
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
        // What came due since the queue was looked at is waited for no longer.
        let until = next.map(|at| (at - self.system.clock.now()).to_std().unwrap_or_default());
        until.map_or(longest, |until| until.clamp(Duration::from_millis(1), longest))
    }
}

/// Many small claims cost as many commits: a good part of the account must be free.
fn is_worth_a_claim(free: usize, parallel: usize) -> bool {
    free * 2 >= parallel
}

fn chrono_of(duration: Duration) -> chrono::Duration {
    chrono::Duration::from_std(duration).unwrap_or(chrono::Duration::MAX)
}
