//! The simulated world: an office, its workers, the remotes and the weather between them, moved one event at a time by seeded dice.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Duration, Utc};
use kasnec::deliver::Worker;
use kasnec::receipt::{FailureCode, State};
use kasnec::store::rows::Delivery;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::books::{Books, Item};
use super::office::Office;
use super::remote::{self, Call, Heard, LATE, Outside, Way};
use super::weather::Weather;

/// What does not end within so many rounds of fair weather never ends.
const MOST_ROUNDS: u32 = 5_000;

/// Everything there is, and the dice.
pub struct World {
    pub office: Office,
    pub books: Books,
    pub outside: Arc<Mutex<Outside>>,
    name: String,
    workers: Vec<Worker>,
    stalled: Option<Worker>,
    pub weather: Vec<(&'static str, Weather)>,
    pub dice: StdRng,
    /// Nothing goes wrong any more.
    pub healed: bool,
}

impl World {
    /// A fresh one.
    pub async fn new(seed: u64) -> Self {
        let office = Office::new().await;
        let name = office.folder.path().display().to_string();
        let worker = Worker::new(office.system.clone());
        Self {
            books: Books::new(seed),
            outside: remote::outside(&name),
            name,
            workers: vec![worker],
            stalled: None,
            weather: Way::ALL.iter().map(|(account, _)| (*account, Weather::Fine)).collect(),
            dice: StdRng::seed_from_u64(seed),
            healed: false,
            office,
        }
    }

    /// Everything outside the program.
    pub fn outside(&self) -> MutexGuard<'_, Outside> {
        self.outside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One event; whether anything happened.
    pub async fn step(&mut self) -> bool {
        let happened = match self.dice.random_range(0..1000) {
            0..480 => self.answer(),
            480..486 => self.stall(),
            486..494 => self.wake(),
            494..500 => self.one_more_worker(),
            throw => {
                self.something_happens(throw).await;
                true
            }
        };
        self.settle_down().await;
        happened
    }

    async fn something_happens(&mut self, throw: u32) {
        match throw {
            500..800 => self.tick().await,
            800..880 => self.office_acts().await,
            880..930 => self.person_acts().await,
            930..980 => self.change_weather(),
            980..998 => self.crash().await,
            _ => self.process_ends().await,
        }
    }

    /// Lets everything run until each delivery under way waits at the gate again: then nothing moves by itself.
    async fn settle_down(&mut self) {
        for spin in 0_u32.. {
            let mut flying = self.stalled.as_ref().map_or(0, Worker::under_way);
            for worker in &mut self.workers {
                worker.collect().await;
                flying += worker.under_way();
            }
            if self.outside().calls.len() == flying {
                return;
            }
            assert!(
                spin < 60_000,
                "something hangs: {flying} under way, {} at the gate",
                self.outside().calls.len()
            );
            if spin < 200 {
                tokio::task::yield_now().await;
            } else {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
        }
    }

    /// A remote acts on a call, or its caller hears what came of it, or both.
    fn answer(&mut self) -> bool {
        let mut calls = self.take_calls();
        let free: Vec<usize> = (0..calls.len()).filter(|index| !calls[*index].stalled).collect();
        let any = !free.is_empty();
        if any {
            let mut call = calls.swap_remove(free[self.dice.random_range(0..free.len())]);
            let heard = self.decide(&mut call);
            if !self.healed && self.dice.random_bool(0.08) {
                calls.push(call);
            } else {
                let gave_up = self.office.now() - call.request.sent_at > Duration::seconds(60);
                call.answer(if gave_up { Heard::Nothing } else { heard });
            }
        }
        self.outside().calls.extend(calls);
        any
    }

    /// The calls at the gate, in an order that does not depend on how threads ran.
    fn take_calls(&mut self) -> Vec<Call> {
        let mut calls = std::mem::take(&mut self.outside().calls);
        calls.sort_by_key(Call::order);
        calls
    }

    /// Time passes, and the workers go on.
    async fn tick(&mut self) {
        let seconds = match self.dice.random_range(0..1000) {
            0..600 => self.dice.random_range(1..30),
            600..900 => self.dice.random_range(30..600),
            900..990 => self.dice.random_range(600..7200),
            _ => self.dice.random_range(7200..200_000),
        };
        self.pass(Duration::seconds(seconds)).await;
    }

    async fn pass(&mut self, by: Duration) {
        let until = self.office.now() + by;
        self.what_was_sent_arrives(until);
        self.late_ones_arrive(until);
        self.office.later(until - self.office.now());
        for index in 0..self.workers.len() {
            if self.healed || self.dice.random_bool(0.9) {
                self.workers[index].keep_alive().await;
            }
            self.workers[index].round().await.unwrap();
        }
    }

    /// A call is not on its way for longer than a network takes.
    fn what_was_sent_arrives(&mut self, until: DateTime<Utc>) {
        let mut calls = self.take_calls();
        for call in &mut calls {
            if call.request.sent_at + LATE < until {
                self.decide(call);
            }
        }
        self.outside().calls.extend(calls);
    }

    fn late_ones_arrive(&mut self, until: DateTime<Utc>) {
        let (mut due, later): (Vec<_>, Vec<_>) = std::mem::take(&mut self.outside().late)
            .into_iter()
            .partition(|(at, _)| *at <= until);
        self.outside().late = later;
        due.sort_by_key(|(at, request)| (*at, request.delivery));
        for (at, request) in due {
            self.office.later((at - self.office.now()).max(Duration::zero()));
            self.act(&request);
        }
    }

    async fn office_acts(&mut self) {
        let standing: Vec<usize> = (0..self.books.items.len())
            .filter(|index| !self.books.items[*index].withdrawn)
            .collect();
        let pick = (!standing.is_empty()).then(|| standing[self.dice.random_range(0..standing.len())]);
        match (self.dice.random_range(0..10), pick) {
            (0..2, Some(index)) => self.correct(index).await,
            (2, Some(index)) => {
                self.books.items[index].withdrawn = true;
                self.office.withdraw(&self.books.items[index].clone()).await.unwrap();
            }
            _ => self.publish().await,
        }
        for worker in &mut self.workers {
            worker.round().await.unwrap();
        }
    }

    async fn publish(&mut self) {
        let number = self.books.items.len();
        let minutes = Duration::minutes(self.dice.random_range(1..3000));
        let release = self.dice.random_bool(0.3).then(|| whole_minute(self.office.now() + minutes));
        let item = Item {
            reference: format!("P-{number}"),
            release,
            title: format!("P-{number} r1"),
            revision: 1,
            withdrawn: false,
            fleeting: self.dice.random_bool(0.1),
            poisoned: self.dice.random_bool(0.03),
        };
        self.office.publish(&item).await.unwrap();
        self.books.items.push(item);
    }

    async fn correct(&mut self, index: usize) {
        let item = &mut self.books.items[index];
        item.revision += 1;
        item.title = format!("{} r{}", item.reference, item.revision);
        item.poisoned = false;
        self.office.correct(&item.clone()).await.unwrap();
    }

    /// Somebody of the office looks at what waits for a person.
    async fn person_acts(&mut self) {
        let index = self.dice.random_range(0..self.weather.len());
        let account = self.weather[index].0;
        if self.weather[index].1 == Weather::SignedOut && self.dice.random_bool(0.5) {
            self.weather[index].1 = Weather::Fine;
        }
        if self.weather[index].1 != Weather::SignedOut {
            self.office.system.store.reopen_account("k", account, "editor").await.unwrap();
        }
        self.settle_what_waits_for_a_person().await;
    }

    /// A person looks whether it stands, says so, and has it tried again if not.
    pub async fn settle_what_waits_for_a_person(&mut self) {
        let seen = self.office.now() - Duration::minutes(5);
        for state in [State::NeedsPerson, State::Rejected] {
            for delivery in self.office.deliveries_in(state).await {
                if delivery.settled_at.is_some_and(|at| at <= seen) {
                    self.settle_by_hand(&delivery).await;
                }
            }
        }
    }

    async fn settle_by_hand(&mut self, delivery: &Delivery) {
        if delivery.state == State::NeedsPerson {
            if delivery
                .failure
                .as_ref()
                .is_some_and(|failure| failure.code == FailureCode::Unresolved)
            {
                *self.books.asked.entry(delivery.account.clone()).or_default() += 1;
            }
            let said = self.books.said.get(&delivery.id).cloned();
            let stands = said.is_some_and(|(key, text)| self.outside().public(&delivery.account, &key).any(|post| post.text == text));
            self.office.resolve(delivery, stands).await;
        } else if !(self.healed && self.is_poisoned(&delivery.reference)) {
            // What a newer revision has followed is not tried again.
            let _ = self.office.system.store.retry(&self.office.editor, delivery.id).await;
        }
    }

    /// All workers die where they stand, and one begins.
    async fn crash(&mut self) {
        self.workers.clear();
        self.stalled = None;
        // Aborted tasks end when they are next looked at.
        tokio::task::yield_now().await;
        let mut dead = self.outside().prune();
        dead.sort_by_key(Call::order);
        for mut call in dead {
            if self.dice.random_bool(0.5) {
                self.decide(&mut call);
            } else if call.decided.is_none() && !call.request.is_look {
                self.is_late(call.request);
            }
        }
        let worker = Worker::new(self.office.system.clone());
        worker.rescue(true).await;
        self.workers.push(worker);
    }

    /// The whole process ends, and another one begins with what was kept.
    async fn process_ends(&mut self) {
        self.crash().await;
        self.workers.clear();
        self.office.begin_anew().await;
        self.workers.push(Worker::new(self.office.system.clone()));
        let known = usize::try_from(self.office.system.store.count_items("k").await.unwrap()).unwrap();
        if known != self.books.items.len() {
            self.books
                .lost(format!("{} items were acknowledged, {known} are there", self.books.items.len()));
        }
    }

    /// A worker stands still with its calls on their way; another one takes over when its leases run out.
    fn stall(&mut self) -> bool {
        if self.stalled.is_some() || self.workers.len() != 1 {
            return false;
        }
        self.outside().calls.iter_mut().for_each(|call| call.stalled = true);
        self.stalled = self.workers.pop();
        self.workers.push(Worker::new(self.office.system.clone()));
        true
    }

    /// It goes on as if no time had passed.
    fn wake(&mut self) -> bool {
        let woken = self.stalled.take();
        self.outside().calls.iter_mut().for_each(|call| call.stalled = false);
        let any = woken.is_some();
        self.workers.extend(woken);
        any
    }

    fn one_more_worker(&mut self) -> bool {
        let lacks = self.workers.len() < 2 && self.stalled.is_none();
        if lacks {
            self.workers.push(Worker::new(self.office.system.clone()));
        }
        lacks
    }

    /// From now on nothing goes wrong, and whatever waits is waited for.
    pub async fn heal(&mut self) {
        self.healed = true;
        self.weather.iter_mut().for_each(|(_, weather)| *weather = Weather::Fine);
        self.wake();
        self.settle_down().await;
        for round in 1..=MOST_ROUNDS {
            while !self.outside().calls.is_empty() {
                self.answer();
                self.settle_down().await;
            }
            let by = if round % 10 == 0 {
                Duration::hours(6)
            } else {
                Duration::seconds(90)
            };
            self.pass(by).await;
            self.settle_down().await;
            if round % 10 == 0 {
                self.everybody_helps().await;
                if self.is_quiet().await {
                    return;
                }
            }
        }
    }

    async fn everybody_helps(&mut self) {
        for (account, _) in Way::ALL {
            self.office.system.store.reopen_account("k", account, "editor").await.unwrap();
        }
        self.settle_what_waits_for_a_person().await;
    }
}

impl World {
    /// Whether nobody has anything left to do.
    async fn is_quiet(&self) -> bool {
        let all = self.office.deliveries(false).await;
        let open = all.iter().any(|delivery| match delivery.state {
            State::Rejected => !self.is_poisoned(&delivery.reference),
            State::NeedsPerson => true,
            state => !state.is_settled(),
        });
        !open && self.outside().late.is_empty()
    }

    fn is_poisoned(&self, reference: &str) -> bool {
        self.books.items.iter().any(|item| item.reference == reference && item.poisoned)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        remote::forget(&self.name);
    }
}

fn whole_minute(at: DateTime<Utc>) -> DateTime<Utc> {
    at - Duration::milliseconds(at.timestamp_millis().rem_euclid(60_000))
}
