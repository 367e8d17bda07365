//! A large import interrupted by a power cut: all of it or nothing.
//!
//! How fast a machine is, nobody knows beforehand. So one import runs to its end, uncut, and tells how much an import writes; each cut then
//! waits until a part of that is written. Only a cut that fell between the import's first write and its last counts as played.

use std::process::{Child, Stdio};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::super::outcome::{Length, Outcome, brief_seed};
use super::complain;
use super::disk::Taken;
use super::office::Office;

const IMPORT: [&str; 5] = ["item", "add", "import", "--as", "shefja"];
/// How often a cut may miss before the import counts as not played.
const TRIES: u32 = 5;

/// How much the shim notes of an import.
struct Writes {
    /// Before it, while the data is opened.
    opening: u64,
    /// At its end.
    all: u64,
}

/// Imports again and again, and cuts the power in the middle of it.
pub fn play(length: Length, seed: u64) -> Vec<Outcome> {
    let (count, cuts) = length.pick((200, 3), (10_000, 12));
    let mut outcome = Outcome::new(format!("power cut in an import of {count} items"), seed);
    let mut random = StdRng::seed_from_u64(seed);
    let mut office = with_files(count);
    let writes = uncut(&office);
    office = with_files(count);
    for _ in 0..cuts * TRIES {
        if outcome.runs == u64::from(cuts) {
            break;
        }
        let (ended, middle) = import_until(&office, &writes, random.random());
        office.disk.cut(Taken::throw(&mut random), &mut random);
        let there = office.items().len();
        println!("{there} of {count}; in the middle: {middle}");
        outcome.runs += u64::from(middle);
        if there != 0 && there != count as usize || ended && there == 0 {
            outcome.lost += u64::from(ended);
            complain(&mut outcome, &format!("{there} of {count} are there"));
        }
        if there != 0 {
            office = with_files(count);
        }
    }
    if outcome.runs < u64::from(cuts) {
        complain(&mut outcome, "too few cuts fell in the middle of an import");
    }
    if !office.run(&IMPORT).status.success() || office.items().len() != count as usize {
        complain(&mut outcome, "the import cannot be made again");
    }
    vec![outcome]
}

fn with_files(count: u32) -> Office {
    let office = Office::new();
    (0..count).for_each(|number| drop(office.item_file_in("import", number)));
    office
}

/// One import to its end.
fn uncut(office: &Office) -> Writes {
    let begun = office.disk.noted();
    office.items();
    let opened = office.disk.noted();
    assert!(office.run(&IMPORT).status.success());
    let writes = Writes {
        opening: opened - begun,
        all: office.disk.noted() - opened,
    };
    println!("of an import {} bytes are noted, {} of them before it", writes.all, writes.opening);
    writes
}

/// Kills the import when that part of its writes is made; whether it ended well, and whether the kill fell in the middle of it.
fn import_until(office: &Office, writes: &Writes, part: f64) -> (bool, bool) {
    let begun = office.disk.noted();
    let own = writes.all.saturating_sub(writes.opening);
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        clippy::cast_possible_truncation,
        reason = "aiming is rough"
    )]
    let until = writes.opening + (own as f64 * part) as u64;
    let mut child = office.command(&IMPORT).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while office.disk.noted() - begun <= until && !has_ended(&mut child) {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    let ended = child.wait().unwrap().success();
    let noted = office.disk.noted() - begun;
    (ended, !ended && (writes.opening + 1..writes.all).contains(&noted))
}

fn has_ended(child: &mut Child) -> bool {
    child.try_wait().unwrap().is_some()
}

#[test]
fn an_import_that_is_cut_off_is_there_whole_or_not_at_all() {
    play(Length::Brief, brief_seed()).iter().for_each(Outcome::must_be_clean);
}
