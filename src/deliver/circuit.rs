//! A circuit per account: after outages in a row nothing more is claimed on it but one delivery now and then, which tries whether the
//! remote is back. Pure.

use super::backoff::after_outages;
use super::verdict::Circumstances;
use crate::receipt::{Answer, Failure, FailureCode, Sighting};
use crate::store::circuit::{Outage, Streak};

/// Outages in a row that open a circuit.
const THRESHOLD: i64 = 3;

/// What an attempt showed of the remote, beside its own outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sign {
    /// Nothing: it was not asked, or what failed is ours.
    Silent,
    /// It lives, whatever it said.
    Alive,
    /// It does not do its work.
    Out(Failure),
}

impl Sign {
    /// What the answer to a call shows.
    pub fn of_answer(answer: &Answer) -> Self {
        match answer {
            Answer::Retry(failure) | Answer::Unknown(failure) => Self::of_failure(failure),
            Answer::Done(_) | Answer::Snooze(_) | Answer::Reject(_) | Answer::Reauthorise(_) | Answer::NeedsPerson(_) => Self::Alive,
        }
    }

    /// What a look shows; `looked`: whether the driver can ask the remote at all.
    pub fn of_sighting(sighting: &Sighting, looked: bool) -> Self {
        match sighting {
            Sighting::CannotTell(answer) => Self::of_answer(answer),
            Sighting::Found(_) | Sighting::Absent if looked => Self::Alive,
            Sighting::Found(_) | Sighting::Absent => Self::Silent,
        }
    }

    fn of_failure(failure: &Failure) -> Self {
        match failure.code {
            // An outage page is sent with 200 as well: what cannot be understood is no work done.
            FailureCode::Unreachable | FailureCode::NoAnswer | FailureCode::RemoteBroken | FailureCode::BadAnswer => {
                Self::Out(failure.clone())
            }
            FailureCode::Storage | FailureCode::Template | FailureCode::NotConfigured | FailureCode::ForbiddenAddress => Self::Silent,
            _ => Self::Alive,
        }
    }
}

/// What one more outage leads to, where the account stood as `seen`; nothing if it says nothing new.
pub fn after_outage(seen: &Streak, delivery: i64, code: FailureCode, at: Circumstances) -> Option<Outage> {
    // What the remote says to the same post over and over may be the post's fault. That nobody answers at all cannot be.
    let same = seen.by == Some(delivery) && code != FailureCode::Unreachable;
    if same && seen.opened_at.is_none() {
        return None;
    }
    let outages = seen.outages + 1;
    let opened_at = seen.opened_at.or((outages >= THRESHOLD).then_some(at.now));
    Some(Outage {
        probe_at: opened_at.map(|_| at.now + after_outages(outages - THRESHOLD, at.shift)),
        streak: Streak {
            outages,
            by: Some(delivery),
            opened_at,
        },
    })
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::receipt::{Object, Phase, Wait};

    const AT: i64 = 1_800_000_000;

    fn at() -> Circumstances {
        Circumstances {
            now: DateTime::<Utc>::from_timestamp(AT, 0).unwrap(),
            look_seconds: 5,
            shift: 0.0,
            out: false,
        }
    }

    fn streak(outages: i64, by: i64, open: bool) -> Streak {
        Streak {
            outages,
            by: Some(by),
            opened_at: open.then(|| at().now - chrono::Duration::hours(1)),
        }
    }

    #[test]
    fn three_outages_in_a_row_open_it_and_each_further_one_keeps_it_open_longer_up_to_a_quarter_of_an_hour() {
        use FailureCode::{BadAnswer, NoAnswer, RemoteBroken, Unreachable};
        for (seen, code, outages, wait) in [
            (Streak::default(), Unreachable, 1, None),
            (streak(1, 7, false), NoAnswer, 2, None),
            (streak(2, 7, false), RemoteBroken, 3, Some(30)),
            (streak(2, 7, false), BadAnswer, 3, Some(30)),
            (streak(3, 7, true), Unreachable, 4, Some(60)),
            (streak(4, 7, true), Unreachable, 5, Some(120)),
            (streak(7, 7, true), Unreachable, 8, Some(900)),
            (streak(700, 7, true), NoAnswer, 701, Some(900)),
        ] {
            let outage = after_outage(&seen, 8, code, at()).unwrap();
            let told = outage.probe_at.map(|probe| (probe - at().now).num_seconds());
            assert_eq!((outage.streak.outages, told), (outages, wait), "{seen:?}");
            assert_eq!(outage.streak.opened_at.is_some(), wait.is_some(), "{seen:?}");
        }
    }

    #[test]
    fn it_stays_open_since_it_was_opened() {
        let seen = streak(5, 7, true);
        let outage = after_outage(&seen, 8, FailureCode::NoAnswer, at()).unwrap();
        assert_eq!(outage.streak.opened_at, seen.opened_at);
    }

    #[test]
    fn one_poison_post_opens_nothing_but_a_remote_that_is_not_there_does() {
        let seen = streak(2, 7, false);
        assert_eq!(after_outage(&seen, 7, FailureCode::RemoteBroken, at()), None);
        assert_eq!(after_outage(&seen, 7, FailureCode::BadAnswer, at()), None);
        assert!(after_outage(&seen, 7, FailureCode::Unreachable, at()).unwrap().probe_at.is_some());
        // A probe that fails keeps it open, whichever delivery it was.
        assert!(after_outage(&streak(3, 7, true), 7, FailureCode::RemoteBroken, at()).is_some());
    }

    #[test]
    fn every_answer_shows_something() {
        let failure = |code| Failure::new(code, "…");
        let out = |code| Sign::Out(failure(code));
        let throttled = Answer::Snooze(Wait {
            until: at().now,
            account: true,
            why: failure(FailureCode::Throttled),
        });
        for (answer, shows) in [
            (Answer::Done(Object::new("post", Phase::Public, "1")), Sign::Alive),
            (throttled, Sign::Alive),
            (Answer::Reject(failure(FailureCode::ContentRefused)), Sign::Alive),
            (Answer::Reauthorise(failure(FailureCode::TokenExpired)), Sign::Alive),
            (Answer::NeedsPerson(failure(FailureCode::ByHand)), Sign::Alive),
            (Answer::Retry(failure(FailureCode::Unreachable)), out(FailureCode::Unreachable)),
            (Answer::Unknown(failure(FailureCode::NoAnswer)), out(FailureCode::NoAnswer)),
            (Answer::Unknown(failure(FailureCode::RemoteBroken)), out(FailureCode::RemoteBroken)),
            (Answer::Unknown(failure(FailureCode::BadAnswer)), out(FailureCode::BadAnswer)),
            (Answer::Retry(failure(FailureCode::Storage)), Sign::Silent),
            (Answer::Retry(failure(FailureCode::Gone)), Sign::Alive),
            (Answer::Retry(failure(FailureCode::NotNow)), Sign::Alive),
        ] {
            assert_eq!(Sign::of_answer(&answer), shows, "{answer:?}");
        }
    }

    #[test]
    fn a_look_that_was_made_shows_that_the_remote_lives_whatever_it_found() {
        let blind = Failure::new(FailureCode::NoAnswer, "…");
        assert_eq!(Sign::of_sighting(&Sighting::Absent, true), Sign::Alive);
        assert_eq!(Sign::of_sighting(&Sighting::Absent, false), Sign::Silent);
        assert_eq!(
            Sign::of_sighting(&Sighting::CannotTell(Answer::Retry(blind.clone())), true),
            Sign::Out(blind)
        );
    }
}
