//! The weather between the program and the remotes: what becomes of each call, as the dice say.

use chrono::Duration;
use kasnec::receipt::{Answer, Failure, FailureCode, Wait};
use rand::RngExt;
use std::sync::PoisonError;

use super::remote::{Call, Heard, LATE, Request};
use super::world::World;

/// What the way to a remote, or the remote itself, is like for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    Fine,
    Flaky,
    Down,
    Throttling,
    SignedOut,
    Broken,
    Blind,
    /// It does what it is asked, or not, and answers with an outage page.
    Senseless,
}

impl World {
    /// It changes on one account.
    pub fn change_weather(&mut self) {
        let index = self.dice.random_range(0..self.weather.len());
        self.weather[index].1 = match self.dice.random_range(0..21) {
            0..9 => Weather::Fine,
            9..14 => Weather::Flaky,
            14..16 => Weather::Down,
            16 => Weather::Throttling,
            17 => Weather::SignedOut,
            18 => Weather::Broken,
            19 => Weather::Senseless,
            _ => Weather::Blind,
        };
    }

    fn weather_of(&self, account: &str) -> Weather {
        self.weather
            .iter()
            .find(|(name, _)| *name == account)
            .map_or(Weather::Fine, |(_, weather)| *weather)
    }

    /// What the remote does with a call, if it has not done so yet.
    pub fn decide(&mut self, call: &mut Call) -> Heard {
        if let Some(heard) = &call.decided {
            return heard.clone();
        }
        let request = call.request.clone();
        let said = (request.key.clone(), request.text.clone());
        self.books.said.insert(request.delivery, said);
        let heard = if request.is_look {
            self.look(&request)
        } else {
            self.perform(&request)
        };
        call.decided = Some(heard.clone());
        heard
    }

    fn look(&mut self, request: &Request) -> Heard {
        match self.weather_of(&request.account) {
            Weather::Down | Weather::Blind | Weather::Broken | Weather::Senseless => return Heard::Nothing,
            Weather::Flaky if self.dice.random_bool(0.3) => return Heard::Nothing,
            Weather::SignedOut => return Heard::Answer(self.shut_out()),
            Weather::Throttling => return Heard::Answer(self.throttled()),
            Weather::Fine | Weather::Flaky => {}
        }
        let found = self.outside().look(request, self.office.now());
        let absent = || Answer::Reject(Failure::new(FailureCode::NoAnswer, "absent"));
        Heard::Answer(found.map_or_else(absent, Answer::Done))
    }

    fn perform(&mut self, request: &Request) -> Heard {
        let told = |answer| Heard::Answer(answer);
        let throw = self.dice.random_range(0..100);
        let poisoned = self.books.item_of(&request.text).is_some_and(|item| item.poisoned);
        match self.weather_of(&request.account) {
            _ if poisoned => told(Answer::Reject(failed(FailureCode::ContentRefused))),
            Weather::Down if throw < 70 => told(Answer::Retry(failed(FailureCode::Unreachable))),
            Weather::Down => Heard::Nothing,
            Weather::Broken if throw < 60 => told(Answer::Retry(failed(FailureCode::RemoteBroken))),
            Weather::SignedOut => told(self.shut_out()),
            Weather::Senseless => {
                if throw < 50 {
                    self.act(request);
                }
                told(Answer::Unknown(failed(FailureCode::BadAnswer)))
            }
            Weather::Throttling => told(self.throttled()),
            Weather::Flaky | Weather::Broken | Weather::Blind => self.flaky(request, throw),
            Weather::Fine if throw < 97 || self.healed => told(self.act(request)),
            Weather::Fine => self.flaky(request, self.office.now().timestamp() % 100),
        }
    }

    fn shut_out(&mut self) -> Answer {
        let codes = [FailureCode::TokenExpired, FailureCode::NotAllowed, FailureCode::NotConfigured];
        Answer::Reauthorise(failed(codes[self.dice.random_range(0..codes.len())]))
    }

    fn throttled(&mut self) -> Answer {
        Answer::Snooze(Wait {
            until: self.office.now() + Duration::seconds(self.dice.random_range(1..1800)),
            account: true,
            why: failed(FailureCode::Throttled),
        })
    }

    fn flaky(&mut self, request: &Request, throw: i64) -> Heard {
        match throw.rem_euclid(100) {
            0..35 => Heard::Answer(self.act(request)),
            35..65 => {
                self.act(request);
                Heard::Nothing
            }
            65..80 => Heard::Nothing,
            80..90 => {
                self.is_late(request.clone());
                Heard::Nothing
            }
            _ => Heard::Answer(Answer::Retry(Failure::new(FailureCode::Unreachable, "simulated"))),
        }
    }

    /// A call that was given up reaches the remote after all, a little later.
    pub fn is_late(&mut self, request: Request) {
        let due = request.sent_at + Duration::seconds(self.dice.random_range(1..LATE.num_seconds()));
        let poisoned = self.books.item_of(&request.text).is_some_and(|item| item.poisoned);
        if !poisoned {
            self.outside().late.push((due, request));
        }
    }

    /// The remote does what it is asked.
    pub fn act(&mut self, request: &Request) -> Answer {
        let now = self.office.now();
        let seen_from = now + Duration::seconds(self.dice.random_range(0..LATE.num_seconds()));
        let (answer, is_news) = self.outside().act(request, seen_from);
        if is_news {
            let outside = self.outside.clone();
            let outside = outside.lock().unwrap_or_else(PoisonError::into_inner);
            self.books.became_public(&outside, request, now);
        }
        answer
    }
}

fn failed(code: FailureCode) -> Failure {
    Failure::new(code, "simulated")
}
