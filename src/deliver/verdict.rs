//! From an answer to what is written: the one table of what each outcome leads to. Pure.

use chrono::{DateTime, Duration, Utc};

use super::backoff::{after_failures, after_looks};
use crate::channels::Safety;
use crate::receipt::{Action, Answer, Failure, FailureCode, Objects, State, Wait};
use crate::store::queue::Held;
use crate::store::settle::{AccountEffect, Ending};

/// Failures after which a post that the remote answers, but never takes, is set aside.
pub const PATIENCE: i64 = 8;
/// From then on looks that are told to wait are counted, too.
const PATIENCE_WITH_WAITS: Duration = Duration::days(2);
/// Looks after which a call that cannot be looked up goes to a person.
const LOOKS: i64 = 40;

/// What an ending depends on beside the answer.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances {
    /// The time.
    pub now: DateTime<Utc>,
    /// Seconds until the first look.
    pub look_seconds: u32,
    /// Between 0 and 1: spreads those that failed together.
    pub shift: f64,
    /// The account's circuit is open: what fails now fails by the outage, and spends no attempt.
    pub out: bool,
}

/// How the attempt ends after an answer that is not `Done`.
pub fn ending(answer: Answer, safety: Safety, held: &Held, objects: &Objects, at: Circumstances) -> Ending {
    let resting = if objects.is_empty() { State::Planned } else { State::Drafted };
    let again = |state, when, failure, failures, account| Ending::Again {
        state,
        at: when,
        failure,
        failures,
        looks: 0,
        account,
    };
    match answer {
        Answer::Done(_) => again(
            resting,
            at.now,
            Failure::new(FailureCode::Storage, "The step was done."),
            held.failures,
            AccountEffect::None,
        ),
        Answer::Snooze(wait) => {
            let account = holding(&wait);
            again(resting, wait.until, wait.why, held.failures, account)
        }
        Answer::Unknown(failure) if safety == Safety::Repeatable => retry(failure, resting, safety, held, at),
        // The question stays open, and the call is made again as long as its key is known.
        Answer::Unknown(failure) if matches!(safety, Safety::Keyed(_)) => retry(failure, State::Unknown, safety, held, at),
        Answer::Retry(failure) => retry(failure, resting, safety, held, at),
        Answer::Unknown(failure) => {
            let when = at.now + after_looks(at.look_seconds, 0, at.shift);
            again(State::Unknown, when, failure, held.failures, AccountEffect::None)
        }
        Answer::Reauthorise(failure) => again(resting, at.now, failure, held.failures, AccountEffect::Pause),
        Answer::Reject(failure) => Ending::Settled {
            state: State::Rejected,
            failure: Some(failure),
        },
        Answer::NeedsPerson(failure) => Ending::Settled {
            state: State::NeedsPerson,
            failure: Some(failure),
        },
    }
}

fn retry(failure: Failure, state: State, safety: Safety, held: &Held, at: Circumstances) -> Ending {
    let passes = at.out || passes_by_itself(failure.code);
    // Only an outage leads beyond the end of patience; what the remote says to the post once it is back is given some of it anew.
    let before = if held.failures >= PATIENCE && !passes {
        PATIENCE / 2
    } else {
        held.failures
    };
    let failures = before + 1;
    if failures >= PATIENCE && !passes {
        let shows_nothing = safety == Safety::Invisible || held.action == Action::Discard;
        return given_up(failure, failures, shows_nothing);
    }
    let when = at.now + after_failures(failures, at.shift);
    Ending::Again {
        state,
        at: when,
        failure,
        failures,
        looks: 0,
        account: AccountEffect::None,
    }
}

/// Whose every answer made no sense may have done what it was asked all the same, unless that shows nothing to anybody.
fn given_up(failure: Failure, failures: i64, shows_nothing: bool) -> Ending {
    let (code, doubt) = match failure.code {
        FailureCode::BadAnswer if !shows_nothing => (FailureCode::Unresolved, " It may stand all the same."),
        _ => (FailureCode::GaveUp, ""),
    };
    let what = format!("It failed {failures} times, the last time so: {}{doubt}", failure.what);
    Ending::Settled {
        state: State::NeedsPerson,
        failure: Some(Failure {
            code,
            what,
            evidence: failure.evidence,
        }),
    }
}

/// Outages end, and so does what a remote will not take for now; a legal notice waits for their end, however long it takes.
fn passes_by_itself(code: FailureCode) -> bool {
    matches!(
        code,
        FailureCode::Unreachable
            | FailureCode::NoAnswer
            | FailureCode::Storage
            | FailureCode::Throttled
            | FailureCode::RemoteBroken
            | FailureCode::NotNow
    )
}

/// What follows when a call whose answer was lost cannot be seen at the remote.
pub enum Unseen {
    /// It may be made again.
    Repeat,
    /// It is looked for again, or a person is asked.
    End(Ending),
}

/// Decides what follows after a look that did not find it; `blind`: how the look itself was answered, if not with what was asked for.
pub fn unseen(safety: Safety, held: &Held, sent_at: DateTime<Utc>, grace: Duration, blind: Option<Answer>, at: Circumstances) -> Unseen {
    let over = at.now - sent_at > grace;
    let again = |when, failure, looks, account| {
        Unseen::End(Ending::Again {
            state: State::Unknown,
            at: when,
            failure,
            failures: held.failures,
            looks,
            account,
        })
    };
    let known = |seconds, when| is_known(seconds, sent_at, when);
    match (safety, blind) {
        // What a key still allows now is not put off until it no longer does.
        (Safety::Keyed(seconds), Some(Answer::Snooze(wait))) if known(seconds, at.now) && !known(seconds, wait.until) => Unseen::Repeat,
        // The call would be told so, too, so a wait as told spends no look; unless looks are all that is told to wait, day after day.
        (_, Some(Answer::Snooze(wait))) => {
            let (looks, account) = (held.looks + i64::from(at.now - sent_at > PATIENCE_WITH_WAITS), holding(&wait));
            if looks >= LOOKS {
                return Unseen::End(unresolved(wait.why));
            }
            again(wait.until, wait.why, looks, account)
        }
        (Safety::Repeatable, _) => Unseen::Repeat,
        (Safety::Keyed(seconds), _) if known(seconds, at.now) => Unseen::Repeat,
        (Safety::Invisible, None) if over => Unseen::Repeat,
        (Safety::Once | Safety::Keyed(_), None) if over => Unseen::End(unresolved(not_shown())),
        (safety, blind) => {
            let looks = held.looks + 1;
            let pauses =
                matches!(&blind, Some(Answer::Reauthorise(failure)) if safety == Safety::Invisible || failure.code.ends_every_call());
            let why = blind.map_or_else(not_shown, Answer::into_failure);
            if looks >= LOOKS && !at.out {
                Unseen::End(unresolved(why))
            } else if pauses {
                again(at.now, why, looks, AccountEffect::Pause)
            } else {
                let when = at.now + after_looks(at.look_seconds, looks, at.shift);
                again(when, why, looks, AccountEffect::None)
            }
        }
    }
}

fn not_shown() -> Failure {
    Failure::new(
        FailureCode::NoAnswer,
        "The answer was lost, and the remote does not show the post (yet).",
    )
}

/// Whom a wait concerns.
fn holding(wait: &Wait) -> AccountEffect {
    if wait.account {
        AccountEffect::Hold(wait.until)
    } else {
        AccountEffect::None
    }
}

/// Whether the remote still knows a key that it was first told then. A clock that went back says nothing.
fn is_known(seconds: u32, sent_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    (0..i64::from(seconds)).contains(&(now - sent_at).num_seconds())
}

fn unresolved(why: Failure) -> Ending {
    let what = format!("It was sent, but no answer came and it cannot be found. {}", why.what);
    Ending::Settled {
        state: State::NeedsPerson,
        failure: Some(Failure {
            code: FailureCode::Unresolved,
            what,
            evidence: why.evidence,
        }),
    }
}
