//! Every fault at length, and one table of what came of them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use super::outcome::{Length, Outcome, seed};
use super::panics;

/// A fault: its name, by which `KASNEC_SOAK` chooses, and how it is played.
type Fault = (&'static str, fn(Length, u64) -> Vec<Outcome>);

/// Every fault there is. Those of one hand are played one after the other, the hands side by side: most faults wait more than they work.
const HANDS: &[&[Fault]] = &[
    &[("simulation", super::simulation::play), ("bytes from outside", super::fuzz::play)],
    &[("ambiguous answers", super::ambiguous::play), ("SIGKILL", super::kills::play)],
    &[
        ("clock", super::clock::play),
        ("storage: power cut", super::storage::power::play),
        ("storage: full disk", super::storage::full::play),
        ("storage: locked", super::storage::locked::play),
        ("storage: damage", super::storage::damage::play),
        ("storage: import", super::storage::import::play),
        ("storage: postgresql", super::storage::postgresql::play),
        ("many programs on one store", super::crowd::play),
        ("plenty", super::plenty::play),
    ],
];

#[test]
#[ignore = "it takes long: `make soak` plays it"]
fn every_fault_at_length() {
    let chosen = std::env::var("KASNEC_SOAK").unwrap_or_default();
    let seed = seed();
    panics::watch();
    let mut all: Vec<Outcome> = std::thread::scope(|scope| {
        let hands: Vec<_> = HANDS.iter().map(|hand| scope.spawn(|| play(hand, &chosen, seed))).collect();
        hands.into_iter().flat_map(|hand| hand.join().unwrap()).collect()
    });
    assert!(!all.is_empty() || "start-up".contains(&chosen), "no fault is named \"{chosen}\"");
    if "start-up".contains(&chosen) {
        all.push(super::startup::measure(seed));
    }
    all.push(panics::outcome(all.len(), seed));
    println!("\n{}", table(&all));
    assert!(
        all.iter().all(Outcome::is_clean),
        "the promise was broken; KASNEC_SEED={seed} plays it again"
    );
}

/// Plays those of a hand whose name has the chosen word. One that breaks off is a line of the table like any other.
fn play(hand: &[Fault], chosen: &str, seed: u64) -> Vec<Outcome> {
    let mut all = Vec::new();
    for (name, play) in hand.iter().filter(|(name, _)| name.contains(chosen)) {
        println!("playing: {name} …");
        let begun = Instant::now();
        let outcomes = catch_unwind(AssertUnwindSafe(|| play(Length::Long, seed))).unwrap_or_else(|_| vec![broken_off(name, seed)]);
        for outcome in &outcomes {
            println!("{}", line(outcome));
        }
        println!("played: {name}, {} s", begun.elapsed().as_secs());
        all.extend(outcomes);
    }
    all
}

fn broken_off(name: &str, seed: u64) -> Outcome {
    let mut outcome = Outcome::new(format!("{name}: BROKE OFF, see above"), seed);
    outcome.wrong = 1;
    outcome
}

fn table(all: &[Outcome]) -> String {
    let head = format!(
        "{:<64} {:>9} {:>6} {:>8} {:>16}",
        "fault", "runs", "lost", "doubled", "wrongly reported"
    );
    let lines: Vec<String> = all.iter().map(line).collect();
    format!("{head}\n{}\n{}", "-".repeat(head.chars().count()), lines.join("\n"))
}

fn line(outcome: &Outcome) -> String {
    let Outcome {
        fault,
        runs,
        lost,
        doubled,
        wrong,
        ..
    } = outcome;
    format!("{fault:<64} {runs:>9} {lost:>6} {doubled:>8} {wrong:>16}")
}
