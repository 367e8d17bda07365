//! One import of ten thousand items: it shows how far it is, and takes bounded memory.

use std::io::Read;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::super::kasnec::write;
use super::super::outcome::{Length, Outcome};
use super::office::{Office, item};
use super::{MEMORY, peak};

/// Imports as many as one import may have, and one more.
pub fn play(length: Length, seed: u64) -> Outcome {
    let count = length.pick(200, 10_000);
    let mut outcome = Outcome::new(format!("{count} items in one import"), seed);
    let office = Office::new();
    for number in 0..count {
        let text = item(
            &format!("I-{number:05}"),
            &format!("# [sq] Lajmi {number:05}\nTeksti {number:05}.\n"),
            "",
        );
        write(&office.kasnec.path(&format!("in/{number:05}.md")), &text);
    }
    let (took, most, said) = import(&office);
    println!(
        "{count} items after {} s, with at most {} MB in memory",
        took.as_secs_f32(),
        most / 1024
    );
    let items = office.kasnec.json(&["item", "list", "--limit", "20000"]);
    outcome.runs += count;
    outcome.lost += count - items.as_array().unwrap().len() as u64;
    outcome.wrong += u64::from(most > MEMORY);
    if length == Length::Long {
        outcome.wrong += u64::from(!said.contains("checked 9000 items"));
        write(&office.kasnec.path("in/one-more.md"), &item("I-X", "# [sq] Lajmi\nTeksti.\n", ""));
        let (_, _, said) = import(&office);
        outcome.wrong += u64::from(!said.contains("more than 10000 items"));
    }
    outcome
}

/// How long it took, what it had in memory at most, and what it said beside its result.
fn import(office: &Office) -> (Duration, u64, String) {
    let begun = Instant::now();
    let mut command = office.kasnec.command(&["item", "add", "in", "--as", "shefja"]);
    let mut running = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut most = 0;
    while running.try_wait().unwrap().is_none() {
        most = peak(running.id()).unwrap_or(0).max(most);
        std::thread::sleep(Duration::from_millis(5));
    }
    let mut said = String::new();
    running.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    (begun.elapsed(), most, said)
}
