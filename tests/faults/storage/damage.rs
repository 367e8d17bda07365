//! A damaged data file: recognised at the start and while running, never replaced by an empty one, and brought back by `kasnec restore`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use super::super::outcome::{Length, Outcome, brief_seed};
use super::office::{Office, stderr, title};
use super::{complain, standing};

const PAGE: usize = 4096;

/// What happens to a file.
#[derive(Debug, Clone, Copy)]
enum Damage {
    Pages,
    Truncated,
    Header,
    Empty,
    Deleted,
    Log,
    DeletedWhileRunning,
    OverwrittenWhileRunning,
}

use Damage::{Deleted, DeletedWhileRunning, Empty, Header, Log, OverwrittenWhileRunning, Pages, Truncated};

/// Damages the data in each way, and brings it back.
pub fn play(length: Length, seed: u64) -> Vec<Outcome> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut outcome = Outcome::new("the data file is damaged, empty or gone", seed);
    let mut run = Outcome::new("the data file is damaged or deleted while running", seed);
    for _ in 0..length.pick(1, 10) {
        let mut play = Play::new();
        let (mut still, mut running) = (
            [Pages, Truncated, Header, Empty, Deleted, Log],
            [DeletedWhileRunning, OverwrittenWhileRunning],
        );
        still.shuffle(&mut random);
        running.shuffle(&mut random);
        for damage in &still[..length.pick(2, 6)] {
            play.strike(*damage, &mut random, &mut outcome);
        }
        for damage in &running[..length.pick(1, 2)] {
            play.strike(*damage, &mut random, &mut run);
        }
        let _running = play.office.serve().unwrap();
        standing::check(&play.office, &play.approved, &mut outcome);
    }
    vec![outcome, run]
}

struct Play {
    office: Office,
    number: u32,
    approved: BTreeSet<String>,
}

impl Play {
    fn new() -> Self {
        Self {
            office: Office::new(),
            number: 0,
            approved: BTreeSet::new(),
        }
    }

    /// Approves and backs up, publishes after the backup, damages the data, and puts the backup back.
    fn strike(&mut self, damage: Damage, random: &mut StdRng, outcome: &mut Outcome) {
        for _ in 0..2 {
            self.number += 1;
            assert!(self.office.approve(self.number));
            self.approved.insert(title(self.number));
        }
        // A backup bears the second of its making.
        std::thread::sleep(Duration::from_millis(1100));
        let backup = self.office.json(&["backup"])["file"].as_str().unwrap().to_owned();
        let running = self.office.serve().unwrap();
        self.office.settled(Duration::from_mins(1));
        if matches!(damage, DeletedWhileRunning | OverwrittenWhileRunning) {
            self.harm(damage, random);
            // The damage shows when somebody touches it; the alarm follows within seconds.
            self.office.approve_over_http(90_000 + self.number);
            let told = self.office.readiness(503, Duration::from_secs(30));
            std::thread::sleep(Duration::from_secs(3));
            println!("{damage:?}: {told:?}");
            self.told_while_running(damage, &running.output(), outcome);
            running.kill();
        } else {
            running.kill();
            self.harm(damage, random);
        }
        self.refused_at_start(damage, &backup, outcome);
        let restored = self.office.run(&["restore", &backup]);
        if !restored.status.success() {
            complain(outcome, &format!("{damage:?}: not restored: {}", stderr(&restored)));
        }
        let _running = self.office.serve().unwrap();
        if self.office.settled(Duration::from_mins(1)).is_none() {
            complain(outcome, &format!("{damage:?}: it does not go on"));
        }
        outcome.runs += 1;
    }

    fn harm(&self, damage: Damage, random: &mut StdRng) {
        let data = self.office.data("kasnec.db");
        match damage {
            Pages | OverwrittenWhileRunning => overwrite(&data, random, if matches!(damage, Pages) { 0.3 } else { 1.0 }),
            Truncated => cut_off(&data, random),
            Header => {
                // A log that has the first page would mend it.
                let conn = rusqlite::Connection::open(&data).unwrap();
                conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
                drop(conn);
                garble(&data, 0, 100, random);
            }
            Empty => fs::write(&data, "").unwrap(),
            Deleted | DeletedWhileRunning => fs::remove_file(&data).unwrap(),
            Log => garble(&self.office.data("kasnec.db-wal"), 0, 3 * PAGE, random),
        }
    }

    fn told_while_running(&mut self, damage: Damage, log: &str, outcome: &mut Outcome) {
        self.number += 1;
        if self.office.approve_over_http(self.number) {
            complain(outcome, &format!("{damage:?}: an approval is taken that will be gone"));
        }
        if !log.contains("ALARM") || !log.contains("kasnec restore") {
            complain(outcome, &format!("{damage:?}: no alarm names the backup: {log}"));
        }
    }

    fn refused_at_start(&self, damage: Damage, backup: &str, outcome: &mut Outcome) {
        let data = self.office.data("kasnec.db");
        let before = fs::read(&data).ok();
        for command in [&["serve"][..], &["item", "list"]] {
            // Commands that look at little may not meet a damaged page.
            if matches!(damage, Pages | Truncated | OverwrittenWhileRunning) && command[0] != "serve" {
                continue;
            }
            let told = self.office.run_for(Duration::from_secs(15), command);
            if !told.contains("damaged") || !told.contains(&format!("kasnec restore {backup}")) {
                complain(outcome, &format!("{damage:?}: {command:?} says: {told}"));
            }
        }
        if fs::read(&data).ok() != before {
            complain(outcome, &format!("{damage:?}: the damaged file was changed"));
        }
    }
}

/// Garbles each page but the first with that probability, and one in any case.
fn overwrite(data: &Path, random: &mut StdRng, share: f64) {
    let pages = usize::try_from(fs::metadata(data).unwrap().len()).unwrap() / PAGE;
    let sure = random.random_range(1..pages);
    let chosen: Vec<_> = (1..pages).filter(|page| *page == sure || random.random_bool(share)).collect();
    for page in chosen {
        garble(data, page * PAGE, PAGE, random);
    }
}

fn garble(file: &Path, from: usize, length: usize, random: &mut StdRng) {
    use std::os::unix::fs::FileExt;
    let garbage: Vec<u8> = (0..length).map(|_| random.random()).collect();
    let file = fs::File::options().write(true).open(file).unwrap();
    file.write_all_at(&garbage, from as u64).unwrap();
}

fn cut_off(file: &Path, random: &mut StdRng) {
    let file = fs::File::options().write(true).open(file).unwrap();
    let length = file.metadata().unwrap().len();
    file.set_len(random.random_range(length / 4..length * 3 / 4)).unwrap();
}

#[test]
fn damaged_data_is_recognised_never_replaced_and_brought_back() {
    play(Length::Brief, brief_seed()).iter().for_each(Outcome::must_be_clean);
}
