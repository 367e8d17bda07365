//! One attempt at one delivery: step by step, each object kept before the next call, each lost answer looked up first.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};

use super::circuit::{Sign, after_outage};
use super::load::Loader;
use super::verdict::{Circumstances, Unseen, ending, unseen};
use crate::channels::{Driver, Job, Safety, Step};
use crate::receipt::{Action, Answer, Failure, FailureCode, Objects, Receipt, Sighting, State};
use crate::store::StoreError;
use crate::store::queue::Held;
use crate::store::restore::ANY_STEP;
use crate::store::rows::AccountRow;
use crate::store::settle::{AccountEffect, Ending};
use crate::system::System;

/// Drives `held` until it is done or can go no further, and settles it.
pub async fn drive(system: &System, loader: &Loader, account: &AccountRow, held: &Held, worker: &str) -> Result<(), StoreError> {
    let mut drive = Drive {
        system,
        held,
        grace: grace(system, account),
        objects: held.objects.clone(),
        kept: held.objects.clone(),
        open_question: held.pending.is_some(),
        sign: Sign::Silent,
        has_done: false,
        rests_until: None,
    };
    let mut ending = drive.attempt(loader, account).await?;
    if let Err(error) = drive.tell_account(&mut ending, worker).await {
        // What came of this delivery is known, and is kept all the same.
        tracing::error!(account = account.name, %error, "how the remote does could not be noted");
    }
    system.store.settle(held, &drive.objects, &ending, worker).await
}

struct Drive<'a> {
    system: &'a System,
    held: &'a Held,
    grace: Duration,
    objects: Objects,
    /// What the store knows of the objects.
    kept: Objects,
    /// A call was made whose answer was lost, and it is not yet known what came of it.
    open_question: bool,
    /// What this attempt has shown of the remote.
    sign: Sign,
    /// The remote has done a call of this attempt.
    has_done: bool,
    /// Until when the remote asks the account to make no more calls, whatever came of this one.
    rests_until: Option<DateTime<Utc>>,
}

impl Drive<'_> {
    async fn attempt(&mut self, loader: &Loader, account: &AccountRow) -> Result<Ending, StoreError> {
        if self.has_expired() {
            return Ok(EXPIRED);
        }
        if let Some(ending) = self.let_late_ones_arrive().await? {
            return Ok(ending);
        }
        let prepared = async {
            let driver = self.system.driver(account).await.map_err(as_answer)?;
            let job = loader.job(self.system, account, self.held).await.map_err(as_answer)?;
            Ok::<_, Answer>((driver, job))
        };
        match prepared.await {
            Ok((driver, job)) => {
                let ending = self.steps(&driver, job).await;
                self.rests_until = driver.rests_until();
                ending
            }
            Err(answer) => Ok(self.ending(answer, Safety::Invisible)),
        }
    }

    /// An earlier call about the same post, whose answer was lost, may be on its way for as long as the grace: it would undo what is changed now.
    async fn let_late_ones_arrive(&self) -> Result<Option<Ending>, StoreError> {
        let changes = matches!(self.held.action, Action::Update | Action::Withdraw);
        if !changes || self.held.pending.is_some() {
            return Ok(None);
        }
        let now = self.system.clock.now();
        // What a clock that was ahead has written says nothing.
        let lost = self.system.store.last_lost(self.held).await?.filter(|lost| *lost <= now);
        let until = lost.map(|lost| lost + self.grace).filter(|until| *until > now);
        Ok(until.map(|at| Ending::Again {
            state: if self.objects.is_empty() { State::Planned } else { State::Drafted },
            at,
            failure: Failure::new(
                FailureCode::EarlierCall,
                "An earlier call about this post had no answer and may still arrive; it is waited for.",
            ),
            failures: self.held.failures,
            looks: 0,
            account: AccountEffect::None,
        }))
    }

    /// A courtesy post whose time has passed before anything of it was sent.
    fn has_expired(&self) -> bool {
        self.is_past() && self.objects.is_empty() && !self.open_question
    }

    fn is_past(&self) -> bool {
        self.held.expires_at.is_some_and(|at| self.held.claimed_at > at)
    }

    async fn steps(&mut self, driver: &Arc<dyn Driver>, mut job: Job) -> Result<Ending, StoreError> {
        let doubted = self.doubted_since();
        if doubted.is_none()
            && let Some(ending) = self.reconcile(driver, &mut job).await
        {
            return Ok(ending);
        }
        if self.has_expired() {
            return Ok(EXPIRED);
        }
        loop {
            let step = match next(driver, &job) {
                Ok(Some(step)) => step,
                Ok(None) => return Ok(self.complete(driver, &job)),
                Err(failure) => return Ok(self.ending(as_answer(failure), Safety::Invisible)),
            };
            if let Some(since) = doubted {
                match self.look_first(driver, &step, &mut job, since).await {
                    Looked::Found => continue,
                    Looked::Absent => {}
                    Looked::End(ending) => return Ok(ending),
                }
            }
            if self.is_overtaken(&step, &job).await? {
                self.system.store.turn_to_discard(self.held).await?;
                job.action = Action::Discard;
                continue;
            }
            self.announce(&step).await?;
            let answer = driver.perform(&step, &job).await;
            self.note_sign(Sign::of_answer(&answer));
            match answer {
                Answer::Done(object) => {
                    self.has_done = true;
                    job.objects.put(object);
                    self.objects = job.objects.clone();
                    // A doubt about the whole delivery lasts until it is settled.
                    self.open_question &= doubted.is_some();
                }
                // To make it again is harmless, so some drivers say no more; but it may have been done.
                Answer::Retry(failure) if matches!(step.safety, Safety::Keyed(_)) && failure.code.may_have_arrived() => {
                    return Ok(self.ending(Answer::Unknown(failure), step.safety));
                }
                answer => {
                    // Taken, but not to be seen yet: it may be any moment.
                    self.open_question |= is_taken(&answer, step.safety);
                    return Ok(self.ending(answer, step.safety));
                }
            }
        }
    }

    /// Whether a newer revision waits behind what nobody has seen yet, nor can have: then the old text is not shown first.
    async fn is_overtaken(&self, step: &Step, job: &Job) -> Result<bool, StoreError> {
        let asked = |(role, _): &(String, DateTime<Utc>)| *role == step.role || role == ANY_STEP;
        let in_question = self.open_question || self.held.pending.as_ref().is_some_and(asked);
        let shows = job.action == Action::Publish && step.safety != Safety::Invisible && !job.objects.may_be_seen();
        Ok(shows && self.never_made(step, job) && !in_question && self.system.store.is_followed(self.held).await?)
    }

    /// A repeatable call is not announced: that no earlier attempt has made it is known where this is the first, where a step before it was
    /// still open, and where what it shows was made just now.
    fn never_made(&self, step: &Step, job: &Job) -> bool {
        let made_just_now = self.held.objects.is_empty() && !job.objects.is_empty();
        step.safety != Safety::Repeatable || self.held.attempt == 1 || self.held.pending.is_some() || made_just_now
    }

    /// Since when any step of this delivery may have been made by somebody whose notes are lost: a backup was put back.
    fn doubted_since(&self) -> Option<DateTime<Utc>> {
        let pending = self.held.pending.as_ref();
        pending.filter(|(step, _)| step == ANY_STEP).map(|(_, since)| *since)
    }

    /// Asks the remote for what a step of a doubted delivery may have made. What cannot be asked is not made by guess.
    async fn look_first(&mut self, driver: &Arc<dyn Driver>, step: &Step, job: &mut Job, since: DateTime<Utc>) -> Looked {
        let blind = match self.find(driver, step, job).await {
            Sighting::Found(object) => {
                job.objects.put(object);
                self.objects = job.objects.clone();
                return Looked::Found;
            }
            Sighting::Absent if driver.can_look(step, job) => None,
            Sighting::Absent => return Looked::End(in_doubt("The channel offers no way to look.")),
            Sighting::CannotTell(answer) => Some(answer),
        };
        // What a step allows holds for a lost answer a moment ago, not for a look that failed days later.
        let safety = if blind.is_some() { Safety::Once } else { step.safety };
        match unseen(safety, self.held, since, self.grace, blind, self.circumstances()) {
            Unseen::Repeat if self.is_past() && self.objects.is_empty() => Looked::End(EXPIRED),
            Unseen::Repeat => Looked::Absent,
            Unseen::End(Ending::Settled {
                failure: Some(failure), ..
            }) => Looked::End(in_doubt(&failure.what)),
            Unseen::End(ending) => Looked::End(ending),
        }
    }

    /// Settles the question of a call whose answer was lost, before anything else is sent.
    async fn reconcile(&mut self, driver: &Arc<dyn Driver>, job: &mut Job) -> Option<Ending> {
        let (role, sent_at) = self.held.pending.as_ref()?;
        let step = match next(driver, job) {
            Ok(Some(step)) if step.role == *role => step,
            // The post has changed under way so that this call is no longer part of it: treat it as the most delicate one.
            _ => Step::new(role.clone(), Safety::Once),
        };
        let blind = match self.find(driver, &step, job).await {
            Sighting::Found(object) => {
                job.objects.put(object);
                self.objects = job.objects.clone();
                self.open_question = false;
                return None;
            }
            Sighting::Absent => None,
            Sighting::CannotTell(answer) => Some(answer),
        };
        // What may be repeated for ever is often not asked for: making it again tells.
        let forever = step.safety == Safety::Keyed(u32::MAX);
        let surely_absent = !forever && blind.is_none() && driver.can_look(&step, job) && self.system.clock.now() - *sent_at > self.grace;
        match unseen(step.safety, self.held, *sent_at, self.grace, blind, self.circumstances()) {
            Unseen::Repeat => {
                // A call that is made again under its key may have been made before, until an answer says so.
                self.open_question = matches!(step.safety, Safety::Keyed(_)) && !surely_absent;
                None
            }
            Unseen::End(ending) => Some(ending),
        }
    }

    async fn find(&mut self, driver: &Arc<dyn Driver>, step: &Step, job: &Job) -> Sighting {
        let sighting = driver.find(step, job).await;
        self.note_sign(Sign::of_sighting(&sighting, driver.asks(step, job)));
        sighting
    }

    /// A remote that has done a call of this attempt lives, whatever it says to the next.
    fn note_sign(&mut self, sign: Sign) {
        if !self.has_done {
            self.sign = sign;
        }
    }

    /// Lets the account rest as it was told, counts outages in a row on it, and ends them. On an account that is well nothing is written.
    async fn tell_account(&self, ending: &mut Ending, worker: &str) -> Result<(), StoreError> {
        let (store, held) = (&self.system.store, self.held);
        if let Some(until) = self.rests_until {
            store.hold_account(held.account, until).await?;
        }
        match &self.sign {
            Sign::Alive if held.streak.outages > 0 => store.close_circuit(held.account, worker).await,
            Sign::Out(failure) => {
                let Some(outage) = after_outage(&held.streak, held.id, failure.code, self.circumstances()) else {
                    return Ok(());
                };
                if let (Ending::Again { at, .. }, Some(probe_at)) = (ending, outage.probe_at) {
                    // It can be the one that tries: a look at a lost answer costs less than another post.
                    *at = probe_at.min(*at);
                }
                store.keep_outage(held.account, &held.streak, &outage, failure).await
            }
            Sign::Alive | Sign::Silent => Ok(()),
        }
    }

    /// Keeps what was made and, where a lost answer would matter, that a call is about to be made.
    async fn announce(&mut self, step: &Step) -> Result<(), StoreError> {
        let now = self.system.clock.now();
        let delicate = step.safety != Safety::Repeatable;
        let pending = match self.doubted_since() {
            // The doubt lasts until the delivery is settled; the grace counts from the last call.
            Some(since) => Some((ANY_STEP, if delicate { now } else { since })),
            None => delicate.then(|| (step.role.as_str(), self.first_made(step).unwrap_or(now))),
        };
        if pending.is_none() && self.kept == self.objects && self.held.pending.is_none() {
            return self.confirm_lease().await;
        }
        let state = if pending.is_none() && !self.objects.is_empty() {
            State::Drafted
        } else {
            State::Sending
        };
        self.system.store.record(self.held, state, &self.objects, pending).await?;
        self.kept = self.objects.clone();
        Ok(())
    }

    /// When a call that is being made again under its key was made first: that is when the remote began to remember it.
    fn first_made(&self, step: &Step) -> Option<DateTime<Utc>> {
        let (role, at) = self.held.pending.as_ref()?;
        (self.open_question && *role == step.role).then_some(*at)
    }

    /// A worker that stood still for longer than half its lease may have lost it: then another one is at work, and this one stops.
    async fn confirm_lease(&self) -> Result<(), StoreError> {
        let lease = Duration::seconds(i64::from(self.system.settings.worker.lease_seconds));
        if self.system.clock.now() - self.held.claimed_at < lease / 2 {
            return Ok(());
        }
        self.system.store.confirm(self.held).await
    }

    fn complete(&self, driver: &Arc<dyn Driver>, job: &Job) -> Ending {
        if job.action == Action::Discard {
            return Ending::Settled {
                state: State::Superseded,
                failure: None,
            };
        }
        let standing = driver.standing(job);
        let receipt = Receipt {
            remote_id: standing.map(|object| object.remote_id.clone()).unwrap_or_default(),
            url: standing.and_then(|object| object.url.clone()),
            post_hash: job.post.hash(),
            at: self.system.clock.now(),
        };
        Ending::Delivered {
            receipt,
            post: Box::new(job.post.clone()),
        }
    }

    fn ending(&self, answer: Answer, safety: Safety) -> Ending {
        let ending = ending(answer, safety, self.held, &self.objects, self.circumstances());
        self.keep_question_open(ending)
    }

    /// A failure to prepare says nothing about a call whose answer was lost: that question stays open.
    fn keep_question_open(&self, ending: Ending) -> Ending {
        match ending {
            Ending::Again {
                at,
                failure,
                failures,
                looks,
                account,
                ..
            } if self.open_question => Ending::Again {
                state: State::Unknown,
                at,
                failure,
                failures,
                looks,
                account,
            },
            // It is refused now, but an earlier try may have put it up.
            Ending::Settled {
                state: State::Rejected,
                failure,
            } if self.open_question || self.objects.in_doubt().next().is_some() => Ending::Settled {
                state: State::NeedsPerson,
                failure,
            },
            other => other,
        }
    }

    fn circumstances(&self) -> Circumstances {
        Circumstances {
            now: self.system.clock.now(),
            look_seconds: self.system.settings.worker.look_seconds,
            shift: shift(self.held),
            out: self.held.streak.opened_at.is_some(),
        }
    }
}

/// A courtesy post whose time has passed.
const EXPIRED: Ending = Ending::Settled {
    state: State::Expired,
    failure: None,
};

/// The next call. One that may be what makes it public leaves a question when its answer is lost, however harmless it is to make it again: until
/// that is done, the notice may have been corrected or withdrawn, or its time may have passed.
fn next(driver: &Arc<dyn Driver>, job: &Job) -> Result<Option<Step>, Failure> {
    let step = driver.next(job)?;
    let is_unseen = job.action == Action::Publish && !job.objects.is_public();
    Ok(step.map(|step| match step.safety {
        Safety::Repeatable if is_unseen => Step::new(step.role, Safety::Keyed(u32::MAX)),
        _ => step,
    }))
}

/// Whether a call that may make it public was taken, and only shows nothing yet.
fn is_taken(answer: &Answer, safety: Safety) -> bool {
    matches!((answer, safety), (Answer::Snooze(wait), Safety::Keyed(_)) if wait.why.code.may_have_arrived())
}

/// Between 0 and 1: another for every delivery and attempt, the same whenever it is computed again.
fn shift(held: &Held) -> f64 {
    let mut hasher = DefaultHasher::new();
    (&held.key, held.attempt).hash(&mut hasher);
    f64::from(u32::try_from(hasher.finish() >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}

/// What a look before a step of a doubted delivery came to.
enum Looked {
    /// It had been made.
    Found,
    /// It may be made.
    Absent,
    /// It is looked for again, or a person is asked.
    End(Ending),
}

/// Leaves to a person what may have been sent after the backup that was put back.
fn in_doubt(why: &str) -> Ending {
    let what = format!("The data was put back from a backup. This may have been sent since, and the channel does not show it. {why}");
    Ending::Settled {
        state: State::NeedsPerson,
        failure: Some(Failure::new(FailureCode::Unresolved, what)),
    }
}

fn grace(system: &System, account: &AccountRow) -> Duration {
    let seconds = system
        .manifest(&account.office, &account.name)
        .map_or(120, |manifest| manifest.pace.grace_seconds);
    Duration::seconds(i64::from(seconds))
}

/// A failure before any call: the account's fault pauses it, our store's passes, anything else is this post's.
fn as_answer(failure: Failure) -> Answer {
    match failure.code {
        FailureCode::NotConfigured | FailureCode::NotSignedIn | FailureCode::NotAllowed => Answer::Reauthorise(failure),
        FailureCode::Storage => Answer::Retry(failure),
        _ => Answer::NeedsPerson(failure),
    }
}
