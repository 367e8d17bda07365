//! A disk that is full, over its quota, failing or read-only: nothing half-written, a clear alarm, and it goes on by itself.

use std::collections::BTreeSet;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use super::super::outcome::{Length, Outcome, brief_seed};
use super::office::{self, Office, reference, stderr, title};
use super::{complain, standing};

const ENOSPC: i32 = 28;
const EDQUOT: i32 = 122;
const EIO: i32 = 5;
const EROFS: i32 = 30;

/// What fails, how it is called, and whether what was refused must not be there all the same: of a failed flush nobody knows.
type Fault = (&'static str, &'static [(&'static str, i32)], bool);

const FAULTS: [Fault; 4] = [
    ("the disk is full", &[("write", ENOSPC)], true),
    ("the disk is over its quota", &[("write", EDQUOT)], true),
    ("the disk fails to flush", &[("fsync", EIO)], false),
    ("the disk is read-only", &[("write", EROFS), ("open", EROFS)], true),
];

/// How soon an alarm must be raised, and how soon the work must go on.
const SOON: Duration = Duration::from_secs(20);

/// Lets the disk fail while items go out, and heals it.
pub fn play(length: Length, seed: u64) -> Vec<Outcome> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut faults = FAULTS;
    faults.shuffle(&mut random);
    let chosen = faults.iter().take(length.pick(2, FAULTS.len()));
    chosen.map(|fault| strikes(fault, length.pick(1, 12), &mut random, seed)).collect()
}

fn strikes((name, calls, certain): &Fault, count: u32, random: &mut StdRng, seed: u64) -> Outcome {
    let mut outcome = Outcome::new(*name, seed);
    let office = Office::new();
    let running = office.serve().unwrap();
    let (mut approved, mut refused) = (BTreeSet::new(), Vec::new());
    let mut number = 0;
    let mut approve = |outcome: &mut Outcome, must: bool| {
        number += 1;
        match office.approve_over_http(number) {
            true => drop(approved.insert(title(number))),
            false if must => complain(outcome, &format!("{name}: {} is refused on a sound disk", reference(number))),
            false => refused.push(reference(number)),
        }
    };
    for _ in 0..count {
        (0..3).for_each(|_| approve(&mut outcome, true));
        std::thread::sleep(Duration::from_millis(random.random_range(0..400)));
        let alarms = running.output().matches("ALARM").count();
        office.disk.fail(calls);
        (0..3).for_each(|_| approve(&mut outcome, false));
        match office.readiness(503, SOON) {
            Some(text) => println!("{name}: {text}"),
            None => complain(&mut outcome, &format!("{name}: nobody is told")),
        }
        // The alarm follows the first write that fails within seconds.
        let alarms = || running.output().matches("ALARM").count() > alarms;
        if !office::waits_until(SOON, alarms) {
            complain(&mut outcome, &format!("{name}: the log has no alarm"));
        }
        if !office.is_read() {
            complain(&mut outcome, &format!("{name}: the site cannot be read"));
        }
        office.disk.mend();
        if office.readiness(200, SOON).is_none() {
            complain(&mut outcome, &format!("{name}: it does not go on by itself"));
        }
        approve(&mut outcome, true);
        outcome.runs += 1;
    }
    standing::check(&office, &approved, &mut outcome);
    let items = office.items();
    let half = refused
        .iter()
        .filter(|reference| items.get(*reference).is_some_and(|state| state == "approved"));
    if *certain {
        half.for_each(|reference| complain(&mut outcome, &format!("{name}: {reference} was refused and is approved")));
    }
    outcome
}

#[test]
fn a_disk_that_is_full_or_fails_loses_nothing_and_raises_the_alarm() {
    play(Length::Brief, brief_seed()).iter().for_each(Outcome::must_be_clean);
}

#[test]
fn on_a_full_disk_it_starts_to_read_and_neither_backs_up_nor_restores_by_half() {
    let office = Office::new();
    assert!(office.approve(1));
    let backup = office.json(&["backup"])["file"].as_str().unwrap().to_owned();
    let files = || std::fs::read_dir(office.data("backups")).unwrap().count();
    office.disk.fail(&[("write", ENOSPC)]);
    let refused = office.run(&["backup"]);
    assert!(
        !refused.status.success() && stderr(&refused).contains("full"),
        "{}",
        stderr(&refused)
    );
    assert_eq!(files(), 1, "nothing is left of the attempt");
    assert!(!office.run(&["restore", &backup]).status.success());
    let running = office.serve().unwrap();
    assert!(office.is_read(), "the site is shown from a full disk");
    assert!(office.readiness(503, SOON).unwrap().contains("the disk is full"));
    office.disk.mend();
    assert!(office.readiness(200, SOON).is_some());
    let mut outcome = Outcome::new("a start on a full disk", 0);
    outcome.runs = 1;
    standing::check(&office, &[title(1)].into(), &mut outcome);
    outcome.must_be_clean();
    drop(running);
}
