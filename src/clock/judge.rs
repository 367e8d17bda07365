//! Which of several clocks is right. Pure.
//!
//! Every clock that is independent of the others has a voice (`voice.rs`), and most voices win. Where they are as many against as many, the time that was
//! in force goes on; at a start, where there is none, the earlier one counts: what goes out late can be made good, what goes out early
//! cannot. A time at which something has been written already is past, so it breaks such a tie. Where a person has said that the machine's
//! clock is right, and it has not been moved since, voices change nothing: they are told.

use std::collections::BTreeMap;
use std::net::IpAddr;

use chrono::{DateTime, Duration, Utc};

use super::voice;

/// Two clocks that differ by no more agree: a `Date` header counts whole seconds, and an answer may be slow.
pub const AGREEMENT: Duration = Duration::minutes(1);

/// What time a witness has now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Testimony {
    /// Who.
    pub name: String,
    /// The address that answered.
    pub ip: Option<IpAddr>,
    /// Its time, carried on to now.
    pub at: DateTime<Utc>,
    /// Whether it is the time that all workers share.
    pub shared: bool,
}

/// All that is known.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// The machine's clock.
    pub wall: DateTime<Utc>,
    /// What was in force, carried on to now; none at a start.
    pub steady: Option<DateTime<Utc>>,
    /// Whether others, or a person, have confirmed that.
    pub attested: bool,
    /// Whether a person has said that the machine's clock is right, and it has not jumped since.
    pub trusted: bool,
    /// The newest time at which anything was written.
    pub written: Option<DateTime<Utc>>,
    /// What others say.
    pub witnesses: Vec<Testimony>,
}

/// Which time is to be in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The machine's; `true` if a voice beside its own is for it.
    Wall(bool),
    /// What was in force, against the machine's.
    Steady,
    /// That of witnesses, who outnumber the machine.
    Theirs(DateTime<Utc>),
    /// That of one witness, only because it is the earlier one.
    Earlier(DateTime<Utc>),
}

impl Evidence {
    /// The time in force is the machine's own.
    pub fn follows(&self) -> bool {
        self.steady.is_some_and(|steady| agree(steady, self.wall))
    }

    /// Every time that somebody has, and whose voice that is.
    fn said(&self) -> Vec<(DateTime<Utc>, Voice)> {
        let steady = self.steady.filter(|_| !self.follows()).map(|steady| (steady, Voice::Steady));
        let voices = voice::voices(&self.witnesses).into_iter();
        let witnesses = self.witnesses.iter().zip(voices).map(|(witness, voice)| {
            // What agrees with the machine's clock may share it: a database on the same machine does.
            let weighty = witness.shared && !agree(witness.at, self.wall);
            (witness.at, if weighty { Voice::Weighty(voice) } else { Voice::Witness(voice) })
        });
        [(self.wall, Voice::Machine)].into_iter().chain(steady).chain(witnesses).collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Voice {
    Machine,
    Steady,
    Witness(usize),
    Weighty(usize),
}

impl Voice {
    fn weight(self) -> usize {
        if matches!(self, Self::Weighty(_)) { 2 } else { 1 }
    }
}

/// Decides.
pub fn judge(evidence: &Evidence) -> Verdict {
    match by_voices(evidence) {
        Verdict::Steady | Verdict::Theirs(_) | Verdict::Earlier(_) if evidence.trusted => Verdict::Wall(false),
        verdict => verdict,
    }
}

fn by_voices(evidence: &Evidence) -> Verdict {
    let said = evidence.said();
    // A voice counts once for a time, and not more often for each name it goes by.
    let votes = |at: DateTime<Utc>| {
        let agreeing = said
            .iter()
            .filter(|(other, _)| agree(*other, at))
            .map(|(_, voice)| (*voice, voice.weight()));
        agreeing.collect::<BTreeMap<_, _>>().into_values().sum::<usize>()
    };
    let most = said.iter().map(|(at, _)| votes(*at)).max().unwrap_or(0);
    let first: Vec<DateTime<Utc>> = said.iter().map(|(at, _)| *at).filter(|at| votes(*at) == most).collect();
    let one = first.iter().all(|at| agree(*at, first[0]));
    if one {
        return won(evidence, first[0], most > 1);
    }
    match evidence.steady {
        Some(_) if !evidence.follows() => Verdict::Steady,
        Some(_) if evidence.attested => Verdict::Wall(false),
        _ => earlier(evidence, &first),
    }
}

fn won(evidence: &Evidence, at: DateTime<Utc>, confirmed: bool) -> Verdict {
    if agree(at, evidence.wall) {
        return Verdict::Wall(confirmed);
    }
    match evidence.steady {
        Some(steady) if agree(at, steady) => Verdict::Steady,
        _ => Verdict::Theirs(at),
    }
}

fn earlier(evidence: &Evidence, candidates: &[DateTime<Utc>]) -> Verdict {
    let is_past = |at: &&DateTime<Utc>| evidence.written.is_some_and(|written| written - **at > AGREEMENT);
    let possible = candidates.iter().filter(|at| !is_past(at)).min();
    let at = possible.or(candidates.iter().min()).copied().unwrap_or(evidence.wall);
    if agree(at, evidence.wall) {
        Verdict::Wall(false)
    } else if at < evidence.wall {
        Verdict::Earlier(at)
    } else {
        Verdict::Theirs(at)
    }
}

pub(super) fn agree(one: DateTime<Utc>, other: DateTime<Utc>) -> bool {
    (one - other).abs() <= AGREEMENT
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hours from a common zero.
    fn h(hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + hours * 3600, 0).unwrap()
    }

    struct Case(Evidence);

    fn wall(hours: i64) -> Case {
        Case(Evidence {
            wall: h(hours),
            steady: None,
            attested: false,
            trusted: false,
            written: None,
            witnesses: vec![],
        })
    }

    impl Case {
        fn steady(mut self, hours: i64) -> Self {
            self.0.steady = Some(h(hours));
            self
        }

        fn attested(mut self) -> Self {
            self.0.attested = true;
            self
        }

        fn trusted(mut self) -> Self {
            self.0.trusted = true;
            self.attested()
        }

        fn written(mut self, hours: i64) -> Self {
            self.0.written = Some(h(hours));
            self
        }

        fn say(mut self, hours: &[i64]) -> Self {
            for hours in hours {
                let name = format!("host{}", self.0.witnesses.len());
                self = self.host(&name, "nobody asked", *hours);
            }
            self
        }

        fn host(mut self, name: &str, ip: &str, hours: i64) -> Self {
            self.0.witnesses.push(Testimony {
                name: name.to_owned(),
                ip: ip.parse().ok(),
                at: h(hours),
                shared: false,
            });
            self
        }

        fn database(mut self, hours: i64) -> Self {
            self.0.witnesses.push(Testimony {
                name: "database".into(),
                ip: None,
                at: h(hours),
                shared: true,
            });
            self
        }

        fn is(self, verdict: &Verdict) {
            assert_eq!(judge(&self.0), *verdict, "{:?}", self.0);
        }
    }

    use Verdict::{Earlier, Steady, Theirs, Wall};

    #[test]
    fn after_a_jump_one_witness_decides_and_without_one_the_time_in_force_goes_on() {
        wall(24).steady(0).is(&Steady);
        wall(-24).steady(0).is(&Steady);
        wall(24).steady(0).say(&[24]).is(&Wall(true));
        wall(-24).steady(0).say(&[-24]).is(&Wall(true));
        wall(24).steady(0).say(&[0]).is(&Steady);
        wall(-24).steady(0).attested().say(&[0]).is(&Steady);
        wall(24).steady(0).say(&[7]).is(&Steady);
        wall(24).steady(0).say(&[24, 0]).is(&Steady);
        wall(24).steady(0).say(&[24, 24, 0]).is(&Wall(true));
        wall(24).steady(0).say(&[7, 7]).is(&Theirs(h(7)));
    }

    #[test]
    fn at_a_start_two_hosts_or_the_shared_database_put_a_wrong_clock_right() {
        wall(24).say(&[0, 0]).is(&Theirs(h(0)));
        wall(-24).say(&[0, 0]).is(&Theirs(h(0)));
        wall(24).database(0).is(&Theirs(h(0)));
        wall(-24).database(0).is(&Theirs(h(0)));
        wall(0).database(0).is(&Wall(true));
        wall(0).database(24).say(&[0, 0]).is(&Wall(true));
        // A database that shares the machine's wrong clock outvotes nobody.
        wall(24).database(24).say(&[0, 0, 0]).is(&Theirs(h(0)));
    }

    #[test]
    fn at_a_start_one_host_against_the_machine_means_that_nothing_goes_out_early() {
        wall(24).say(&[0]).is(&Earlier(h(0)));
        wall(0).say(&[24]).is(&Wall(false));
        wall(0).is(&Wall(false));
        wall(0).say(&[0]).is(&Wall(true));
    }

    #[test]
    fn a_server_has_one_voice_whatever_names_it_goes_by() {
        let (here, there) = ("192.0.2.1", "198.51.100.1");
        let contradicted = || wall(0).steady(0).attested();
        contradicted()
            .host("a.example", here, 168)
            .host("b.net", here, 168)
            .is(&Wall(false));
        contradicted()
            .host("a.example", here, 168)
            .host("www.a.example", there, 168)
            .is(&Wall(false));
        contradicted()
            .host("a.example", here, 168)
            .host("b.net", there, 168)
            .is(&Theirs(h(168)));
        // At a start, too: two names of one server put no clock ahead, and do not outvote what they tell of each other.
        wall(0).host("a.example", here, 24).host("b.net", here, 24).is(&Wall(false));
        wall(24).host("a.example", here, 0).host("b.net", here, 0).is(&Earlier(h(0)));
        wall(0).host("a.example", here, 24).host("b.net", here, 0).is(&Wall(true));
    }

    #[test]
    fn what_a_person_trusts_stays_in_force_whoever_contradicts() {
        wall(0).steady(0).trusted().say(&[168, 168, 168]).is(&Wall(false));
        wall(0).steady(0).trusted().say(&[-168, -168]).database(-168).is(&Wall(false));
        wall(0).steady(0).trusted().say(&[24]).is(&Wall(false));
        wall(0).steady(0).trusted().say(&[0]).is(&Wall(true));
        wall(0).steady(0).trusted().is(&Wall(false));
    }

    #[test]
    fn a_time_at_which_something_was_written_is_past() {
        // A web server whose battery is dead holds nothing up.
        wall(0).written(-1).say(&[-90_000]).is(&Wall(false));
        wall(-24).written(-1).say(&[0]).is(&Theirs(h(0)));
        wall(24).written(-1).say(&[0]).is(&Earlier(h(0)));
        // Two who agree were right, and what was written then was written by a wrong clock.
        wall(0).written(24).say(&[0]).is(&Wall(true));
        wall(0).written(24).is(&Wall(false));
    }

    #[test]
    fn without_a_jump_one_host_changes_nothing_that_was_confirmed_and_two_do() {
        wall(0).steady(0).attested().say(&[-24]).is(&Wall(false));
        wall(0).steady(0).attested().say(&[24]).is(&Wall(false));
        wall(0).steady(0).attested().say(&[168, 168]).is(&Theirs(h(168)));
        wall(24).steady(24).say(&[0]).is(&Earlier(h(0)));
        wall(0).steady(0).is(&Wall(false));
    }
}
