//! The machine's clock is moved, the night is one of those with 23 or 25 hours, the machine is off for a week. The real program runs under
//! libfaketime; the stand-in for Facebook runs beside it, with the true time, and says what was public when.

mod bench;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::outcome::{Length, Outcome, brief_seed};
use bench::{Bench, Seen};

/// How much later than its release something may be public: a busy machine, and witnesses that count whole seconds.
const PROMPT: TimeDelta = TimeDelta::seconds(40);
/// The release that all wait for lies so far ahead of the jump.
const AHEAD: TimeDelta = TimeDelta::seconds(12);

/// One way: its name, how often it is played, and how a round is.
type Way = (&'static str, u64, fn(&mut Outcome, u64, &mut StdRng));

/// Plays every way in which a clock can be wrong. They wait far more than they work, so each has a thread of its own.
pub fn play(length: Length, seed: u64) -> Vec<Outcome> {
    let (rounds, nights) = (length.pick(1, 6), length.pick(1, 3));
    let ways: [Way; 7] = [
        ("the clock jumps ahead by a day", rounds, |outcome, round, random| {
            jumps(outcome, &[far(round, random)], round % 2 == 0, false);
        }),
        ("the clock jumps back by a day", rounds, |outcome, round, random| {
            jumps(outcome, &[-far(round, random)], round % 2 == 1, false);
        }),
        (
            "the clock jumps to and fro, the program is killed meanwhile",
            rounds,
            |outcome, round, random| {
                let by = far(round, random);
                jumps(outcome, &[by, -by, by * 2, TimeDelta::zero(), -by * 2], round % 2 == 0, true);
            },
        ),
        ("the clock is a day ahead at the start", rounds, |outcome, round, random| {
            wrong_at_the_start(outcome, far(round, random), if round % 2 == 0 { 1 } else { 2 });
        }),
        (
            "off for ten days: late, once, in order, at pace, flagged",
            nights,
            |outcome, _, _| off_for_ten_days(outcome),
        ),
        ("the night with two hours from two to three", nights, |outcome, _, _| {
            night(
                outcome,
                "2027-10-31T00:59:30Z",
                ["2027-10-31 02:59:58+02:00", "2027-10-31 02:00:10+01:00"],
            );
        }),
        ("the night without the hour from two to three", nights, |outcome, _, _| {
            night(
                outcome,
                "2027-03-28T00:59:30Z",
                ["2027-03-28 01:59:58+01:00", "2027-03-28 03:00:10+02:00"],
            );
        }),
    ];
    let play = |(name, rounds, way): Way| {
        let (mut outcome, mut random) = (Outcome::new(name, seed), StdRng::seed_from_u64(seed));
        (0..rounds).for_each(|round| way(&mut outcome, round, &mut random));
        outcome
    };
    std::thread::scope(|scope| {
        let playing: Vec<_> = ways.into_iter().map(|way| scope.spawn(move || play(way))).collect();
        playing.into_iter().map(|played| played.join().unwrap()).collect()
    })
}

fn far(round: u64, random: &mut StdRng) -> TimeDelta {
    match round {
        0 => TimeDelta::days(1),
        _ => TimeDelta::minutes(random.random_range(60..3 * 24 * 60)),
    }
}

#[test]
fn no_clock_makes_anything_early_double_or_lost() {
    play(Length::Brief, brief_seed()).iter().for_each(Outcome::must_be_clean);
}

/// One item is out, one is released soon, one far ahead; the clock jumps. The soon one is public at its time by the true clock.
fn jumps(outcome: &mut Outcome, jumps: &[TimeDelta], witnessed: bool, killed: bool) {
    outcome.runs += 1;
    let bench = Bench::new(usize::from(witnessed), TimeDelta::zero());
    bench.approve("OUT", None);
    bench.approve("FAR", Some(Utc::now() + TimeDelta::minutes(50)));
    let mut running = bench.serve();
    bench.until_public("OUT", Duration::from_secs(30));
    let release = Utc::now() + AHEAD;
    bench.approve("SOON", Some(release));
    for (number, by) in jumps.iter().enumerate() {
        bench.jump(*by);
        std::thread::sleep(Duration::from_millis(900));
        if killed && number == 1 {
            running.kill();
            running = bench.serve();
        }
    }
    let seen = bench.watch(&["OUT", "SOON", "FAR"], release + PROMPT);
    judge(outcome, &seen, release, "SOON");
    outcome.wrong += u64::from(!running.output().contains("ALARM: The machine's clock"));
    outcome.wrong += u64::from(!bench.doctor().contains("The machine's clock"));
}

fn wrong_at_the_start(outcome: &mut Outcome, by: TimeDelta, witnesses: usize) {
    outcome.runs += 1;
    let bench = Bench::new(witnesses, TimeDelta::zero());
    let release = Utc::now() + AHEAD;
    bench.approve("OUT", None);
    bench.approve("SOON", Some(release));
    bench.approve("FAR", Some(Utc::now() + TimeDelta::minutes(50)));
    bench.jump(by);
    let running = bench.serve();
    let seen = bench.watch(&["OUT", "SOON", "FAR"], release + PROMPT);
    judge(outcome, &seen, release, "SOON");
    outcome.wrong += u64::from(!running.output().contains("ALARM: The machine's clock"));
}

/// `OUT` is public, `soon` since its release and not before, `FAR` not at all; none twice.
fn judge(outcome: &mut Outcome, seen: &Seen, release: DateTime<Utc>, soon: &str) {
    for reference in ["OUT", soon] {
        match seen.since(reference) {
            None => outcome.lost += 1,
            Some(at) if reference == soon && at < release => outcome.wrong += 1,
            Some(_) => {}
        }
    }
    outcome.wrong += u64::from(seen.since("FAR").is_some());
    outcome.doubled += seen.doubled();
    if !outcome.is_clean() {
        println!("released at {release}: {seen:#?}");
    }
}

/// The machine is off while four items are due, one of them by law.
fn off_for_ten_days(outcome: &mut Outcome) {
    outcome.runs += 1;
    let mut bench = Bench::new(1, TimeDelta::zero());
    let now = Utc::now();
    for (reference, days) in [("THIRD", 5), ("FIRST", 1), ("SECOND", 3)] {
        bench.approve(reference, Some(now + TimeDelta::days(days)));
    }
    bench.approve_meeting("LEGAL", now + TimeDelta::days(14), now + TimeDelta::days(2));
    let running = bench.serve();
    std::thread::sleep(Duration::from_secs(2));
    running.kill();
    bench.sleep(TimeDelta::days(10));
    let _running = bench.serve();
    let all = ["LEGAL", "FIRST", "SECOND", "THIRD"];
    let seen = bench.watch(&all, Utc::now() + TimeDelta::seconds(40));
    let times: Vec<Option<i64>> = all.iter().map(|reference| seen.created(reference)).collect();
    outcome.lost += times.iter().filter(|at| at.is_none()).count() as u64;
    outcome.doubled += seen.doubled();
    // Spacing is two seconds; what the law asks for goes first.
    let in_order = times
        .windows(2)
        .all(|pair| pair[0].zip(pair[1]).is_some_and(|(one, next)| next - one >= 1));
    outcome.wrong += u64::from(!in_order);
    // The notice waits for a sheet on the board, so its duty is not met at all yet.
    let flagged = [("LEGAL", "overdue"), ("FIRST", "late"), ("SECOND", "late"), ("THIRD", "late")];
    outcome.wrong += flagged
        .iter()
        .filter(|(reference, standing)| !bench.stands(reference, standing))
        .count() as u64;
    if !outcome.is_clean() {
        println!("{times:?} {seen:#?}");
    }
}

/// Everybody's clock is right, and goes through the night.
fn night(outcome: &mut Outcome, from: &str, releases: [&str; 2]) {
    outcome.runs += 1;
    let from: DateTime<Utc> = from.parse().unwrap();
    let shift = from - Utc::now();
    let bench = Bench::new(1, shift);
    let _running = bench.serve();
    let parsed = |text: &str| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%:z").unwrap().to_utc() - shift;
    for (reference, release) in ["BEFORE", "AFTER"].into_iter().zip(releases) {
        bench.approve_at(reference, Some(release));
    }
    let seen = bench.watch(&["BEFORE", "AFTER"], parsed(releases[1]) + PROMPT);
    for (reference, release) in ["BEFORE", "AFTER"].into_iter().zip(releases) {
        match seen.since(reference) {
            None => outcome.lost += 1,
            // The shift is kept in whole milliseconds.
            Some(at) => outcome.wrong += u64::from(at < parsed(release) - TimeDelta::milliseconds(50)),
        }
    }
    outcome.doubled += seen.doubled();
    if !outcome.is_clean() {
        println!("{releases:?} {seen:#?}");
    }
}
