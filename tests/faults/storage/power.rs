//! A power cut while items are approved and published: what was acknowledged is there, nothing stands twice.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::super::outcome::{Length, Outcome, brief_seed};
use super::disk::Taken;
use super::office::{Office, reference, title};
use super::{complain, standing};

/// Cuts the power again and again.
pub fn play(length: Length, seed: u64) -> Vec<Outcome> {
    let mut outcome = Outcome::new("power cut: what was not flushed is gone", seed);
    let mut random = StdRng::seed_from_u64(seed);
    // An office with thousands of items would only make each look at it slower.
    for _ in 0..length.pick(1, 12) {
        let mut play = Play::new(Office::new());
        for _ in 0..length.pick(3, 25) {
            play.round(&mut random, &mut outcome);
        }
        play.end(&mut outcome);
    }
    vec![outcome]
}

struct Play {
    office: Office,
    key: Vec<u8>,
    next: AtomicU32,
    /// What the program said it had approved.
    approved: Mutex<BTreeSet<u32>>,
    /// What it said it had backed up.
    backups: Mutex<Vec<std::path::PathBuf>>,
}

impl Play {
    fn new(office: Office) -> Self {
        Self {
            key: std::fs::read(office.data("key")).unwrap(),
            office,
            next: AtomicU32::new(0),
            approved: Mutex::default(),
            backups: Mutex::default(),
        }
    }

    /// Lets the office work for a moment, cuts the power, and looks at what is left.
    fn round(&mut self, random: &mut StdRng, outcome: &mut Outcome) {
        let running = match self.office.serve() {
            Ok(running) => running,
            Err(told) => return complain(outcome, &format!("it does not start: {told}")),
        };
        let moment = Duration::from_millis(random.random_range(0..1500));
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let hands = [
                scope.spawn(|| self.approve_over_http(&over)),
                scope.spawn(|| self.approve_on_the_command_line(&over)),
            ];
            std::thread::sleep(moment);
            over.store(true, Ordering::SeqCst);
            running.kill();
            for hand in hands {
                hand.join().unwrap();
            }
        });
        let taken = Taken::throw(random);
        let count = self.office.disk.cut(taken, random);
        println!("after {moment:?}: {taken:?} of {count} changes that were not flushed");
        outcome.runs += 1;
        self.look(outcome);
    }

    fn approve_over_http(&self, over: &AtomicBool) {
        while !over.load(Ordering::SeqCst) {
            let number = self.next.fetch_add(1, Ordering::SeqCst);
            if self.office.approve_over_http(number) {
                self.approved.lock().unwrap().insert(number);
            }
        }
    }

    /// Each command is killed by the cut as the server is.
    fn approve_on_the_command_line(&self, over: &AtomicBool) {
        while !over.load(Ordering::SeqCst) {
            let number = self.next.fetch_add(1, Ordering::SeqCst);
            let file = self.office.item_file(number);
            if self
                .finishes(&["item", "add", file.to_str().unwrap(), "--approve", "--as", "shefja"], over)
                .is_some()
            {
                self.approved.lock().unwrap().insert(number);
            }
            if number.is_multiple_of(5)
                && let Some(told) = self.finishes(&["backup", "--with-key", "--json"], over)
            {
                let made: serde_json::Value = serde_json::from_slice(&told).unwrap();
                self.backups
                    .lock()
                    .unwrap()
                    .push(self.office.disk.path().join(made["file"].as_str().unwrap()));
            }
        }
    }

    /// Runs a command until it ends or the power is cut; what it said if it said that it succeeded.
    fn finishes(&self, arguments: &[&str], over: &AtomicBool) -> Option<Vec<u8>> {
        let mut command = self.office.command(arguments);
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null());
        let mut child = command.spawn().unwrap();
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                let output = child.wait_with_output().unwrap();
                return status.success().then_some(output.stdout);
            }
            if over.load(Ordering::SeqCst) {
                child.kill().unwrap();
                child.wait().unwrap();
                return None;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// What was acknowledged is there.
    fn look(&self, outcome: &mut Outcome) {
        let items = self.office.items();
        for number in self.approved.lock().unwrap().iter() {
            if items.get(&reference(*number)).is_none_or(|state| state != "approved") {
                println!("{} was approved and is not", reference(*number));
                outcome.lost += 1;
            }
        }
        if !self.office.run(&["ledger", "verify"]).status.success() {
            complain(outcome, "the ledger does not verify");
        }
        if std::fs::read(self.office.data("key")).unwrap_or_default() != self.key {
            println!("the key is gone");
            outcome.lost += 1;
        }
        for backup in self.backups.lock().unwrap().drain(..) {
            if !standing::is_whole(&backup) || std::fs::read(backup.with_extension("key")).unwrap_or_default() != self.key {
                println!("the backup {} is not whole", backup.display());
                outcome.lost += 1;
            }
        }
    }

    /// With the power back for good, everything approved goes out once.
    fn end(self, outcome: &mut Outcome) {
        let _running = self.office.serve().unwrap();
        let titles = self.approved.lock().unwrap().iter().map(|number| title(*number)).collect();
        standing::check(&self.office, &titles, outcome);
    }
}

#[test]
fn after_power_cuts_what_was_acknowledged_is_there_and_nothing_stands_twice() {
    play(Length::Brief, brief_seed()).iter().for_each(Outcome::must_be_clean);
}

#[test]
fn on_a_disk_that_lies_about_flushing_the_losses_are_seen() {
    let mut random = StdRng::seed_from_u64(1);
    let mut play = Play::new(Office::on_a_lying_disk());
    let mut outcome = Outcome::new("a disk that lies", 1);
    let running = play.office.serve().unwrap();
    assert!(play.office.approve_over_http(1));
    play.approved.get_mut().unwrap().insert(1);
    running.kill();
    assert!(play.office.disk.cut(Taken::All, &mut random) > 0);
    // Nothing at all was flushed: not even the data folder is left.
    assert!(!play.office.data("").exists());
    outcome.lost += u64::from(!play.office.run(&["item", "show", "K-00001"]).status.success());
    assert_eq!(outcome.lost, 1, "the harness sees no loss where there is one");
}
