//! How long the program takes to start after SIGKILL, beside how long after a clean stop. A row of `make soak`.

use std::time::{Duration, Instant};

use super::guarded::Guarded;
use super::kasnec::{Kasnec, write};
use super::outcome::Outcome;

const STARTS: usize = 12;
const ITEMS: usize = 100;

/// How much longer a start after SIGKILL may take.
const LONGER: Duration = Duration::from_millis(300);

/// Starts alternately after a clean stop and after a kill with work under way, and compares the medians.
pub fn measure(seed: u64) -> Outcome {
    let kasnec = Kasnec::new();
    write(&kasnec.path("kasnec.toml"), include_str!("../../samples/kasnec.toml"));
    kasnec.json(&["user", "add", "shefja", "--name", "Shefja", "--role", "administrator"]);
    let (mut clean, mut killed) = (Vec::new(), Vec::new());
    let (mut running, _) = started(&kasnec);
    for round in 0..2 * STARTS {
        add(&kasnec, round);
        let times = if round % 2 == 0 {
            drop(running);
            &mut clean
        } else {
            running.kill();
            &mut killed
        };
        let (next, took) = started(&kasnec);
        times.push(took);
        running = next;
    }
    let (clean, killed) = (median(clean), median(killed));
    let (clean_ms, killed_ms) = (clean.as_millis(), killed.as_millis());
    let mut outcome = Outcome::new(
        format!("start-up: {clean_ms} ms after a clean stop, {killed_ms} after SIGKILL"),
        seed,
    );
    outcome.runs = 2 * STARTS as u64;
    outcome.wrong = u64::from(killed > clean + LONGER);
    outcome
}

#[test]
#[ignore = "it measures: `make soak` prints it"]
fn a_start_after_sigkill_is_measured_beside_a_clean_one() {
    println!("{:?}", measure(0));
}

/// Starts the whole program, and measures until the site answers.
fn started(kasnec: &Kasnec) -> (Guarded, Duration) {
    let begun = Instant::now();
    let mut running = kasnec.serve();
    let ready = |running: &Guarded| running.output().contains("Ctrl-C ends it").then_some(());
    running.wait_for(Duration::from_mins(1), ready).unwrap();
    (running, begun.elapsed())
}

/// Gives the program something to do, so that the kill finds it at work.
fn add(kasnec: &Kasnec, round: usize) {
    for number in 0..ITEMS / STARTS {
        let reference = format!("S-{round:03}-{number:03}");
        let text = format!(
            "+++\nkind = \"capital-project\"\nreference = \"{reference}\"\n[facts]\nproject = \"P\"\nphase = \"planned\"\n+++\n# [sq] Lajmi {reference}\nTeksti.\n"
        );
        write(&kasnec.path(&format!("in/{round}/{number}.md")), &text);
    }
    kasnec.json(&["item", "add", &format!("in/{round}"), "--approve", "--as", "shefja"]);
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
