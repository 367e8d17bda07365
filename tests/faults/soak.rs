//! Every fault at length, and one table of what came of them.

use super::outcome::{Length, Outcome, seed};

/// A fault: its name, by which `KASNEC_SOAK` chooses, and how it is played.
type Fault = (&'static str, fn(Length, u64) -> Vec<Outcome>);

/// Every fault there is, in the order of the table.
const FAULTS: &[Fault] = &[
    ("simulation", super::simulation::play),
    ("ambiguous answers", super::ambiguous::play),
    ("SIGKILL", super::kills::play),
    ("clock", super::clock::play),
    ("bytes from outside", super::fuzz::play),
    ("storage: power cut", super::storage::power::play),
    ("storage: full disk", super::storage::full::play),
    ("storage: locked", super::storage::locked::play),
    ("storage: damage", super::storage::damage::play),
    ("storage: import", super::storage::import::play),
    ("storage: postgresql", super::storage::postgresql::play),
    ("many programs on one store", super::crowd::play),
    ("plenty", super::plenty::play),
];

#[test]
#[ignore = "it takes long: `make soak` plays it"]
fn every_fault_at_length() {
    let chosen = std::env::var("KASNEC_SOAK").unwrap_or_default();
    let seed = seed();
    let mut all = Vec::new();
    for (name, play) in FAULTS.iter().filter(|(name, _)| name.contains(&chosen)) {
        println!("playing: {name} …");
        let outcomes = play(Length::Long, seed);
        for outcome in &outcomes {
            println!("{}", line(outcome));
        }
        all.extend(outcomes);
    }
    assert!(!all.is_empty() || "start-up".contains(&chosen), "no fault is named \"{chosen}\"");
    println!("\n{}", table(&all));
    if "start-up".contains(&chosen) {
        println!("{}", super::startup::report());
    }
    assert!(
        all.iter().all(Outcome::is_clean),
        "the promise was broken; KASNEC_SEED={seed} plays it again"
    );
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
