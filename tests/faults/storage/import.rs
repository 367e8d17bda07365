//! A large import interrupted by a power cut: all of it or nothing.

use std::process::Stdio;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::super::outcome::{Length, Outcome, seed};
use super::complain;
use super::disk::Taken;
use super::office::Office;

/// Imports again and again, and cuts the power at any moment of it.
pub fn play(length: Length, seed: u64) -> Vec<Outcome> {
    let (count, cuts) = length.pick((200, 3), (10_000, 12));
    let mut outcome = Outcome::new(format!("power cut in an import of {count} items"), seed);
    let mut random = StdRng::seed_from_u64(seed);
    let office = Office::new();
    (0..count).for_each(|number| drop(office.item_file_in("import", number)));
    let arguments = ["item", "add", "import", "--as", "shefja"];
    let mut whole = Duration::from_secs(length.pick(4, 30));
    for _ in 0..cuts {
        let begun = std::time::Instant::now();
        let mut command = office.command(&arguments);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let moment = whole.mul_f64(random.random_range(0.2..1.1));
        let mut ended = None;
        while begun.elapsed() < moment && ended.is_none() {
            ended = child.try_wait().unwrap();
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        office.disk.cut(Taken::throw(&mut random), &mut random);
        let there = office.items().len();
        println!("after {moment:?}: {there} of {count}");
        match there {
            0 if ended.is_none_or(|status| !status.success()) => {}
            there if there == count as usize => break,
            there => {
                outcome.lost += u64::from(ended.is_some());
                complain(&mut outcome, &format!("{there} of {count} are there"));
            }
        }
        if ended.is_some() {
            whole = begun.elapsed();
        }
        outcome.runs += 1;
    }
    if !office.run(&arguments).status.success() || office.items().len() != count as usize {
        complain(&mut outcome, "the import cannot be made again");
    }
    outcome.runs += 1;
    vec![outcome]
}

#[test]
fn an_import_that_is_cut_off_is_there_whole_or_not_at_all() {
    play(Length::Brief, seed()).iter().for_each(Outcome::must_be_clean);
}
