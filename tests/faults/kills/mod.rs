//! SIGKILL at any instant, again and again, while items flow to all channels.

mod count;
mod town;

use std::process::{Child, Command, Stdio};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use self::town::Town;
use super::kasnec::{Kasnec, write};
use super::outcome::{Length, Outcome, brief_seed};
use super::wire::{bearer, exchange};

/// A kill in so many may hit a call whose outcome nobody can look up.
const RARELY: u64 = 10;

/// How many items may be added before the next is only added every fourth time: they must flow, not pile up.
const AHEAD: usize = 6;

/// Kills the program, and now and then the hand that adds an item; then lets it end in peace and counts.
pub fn play(length: Length, seed: u64) -> Vec<Outcome> {
    let (kills, begun) = (length.pick(12, 1_000), Instant::now());
    let mut die = StdRng::seed_from_u64(seed);
    let town = Town::found();
    let mut added = Added::default();
    let start = town.start_takes();
    for round in 0..kills {
        let serves = round % 5 == 4;
        let running = if serves { town.kasnec.serve() } else { town.kasnec.worker() };
        let killed_at = Instant::now() + start / 4 + (start + Duration::from_millis(600)).mul_f64(die.random());
        let adds = round < AHEAD || die.random_bool(0.45);
        let asked = (adds && serves).then(|| added.ask(&town, killed_at));
        if adds && !serves {
            added.one(&town.kasnec, killed_at, &mut die);
        }
        sleep(killed_at.saturating_duration_since(Instant::now()));
        running.kill();
        added.acknowledged.extend(asked.and_then(|asked| asked.join().unwrap()));
    }
    println!(
        "    {kills} kills in {} s, {} items acknowledged",
        begun.elapsed().as_secs(),
        added.acknowledged.len()
    );
    let running = town.kasnec.serve();
    let deliveries = town.kasnec.wait_until_quiet(Duration::from_mins(10));
    let (mut outcome, asked) = count::everything(&town, &deliveries, &added, seed);
    outcome.runs = kills as u64;
    if asked > outcome.runs / RARELY + 5 {
        outcome.wrong += 1;
        println!("    a person is asked {asked} times");
    }
    println!("    quiet after {} s", begun.elapsed().as_secs());
    drop(running);
    vec![outcome]
}

#[test]
fn killed_while_items_flow_to_all_channels_loses_and_doubles_nothing() {
    play(Length::Brief, brief_seed()).iter().for_each(Outcome::must_be_clean);
}

/// What a user has added.
#[derive(Default)]
pub struct Added {
    /// What was tried: an item whose command was killed may be there, or not.
    tried: Vec<String>,
    /// What the command said yes to.
    acknowledged: Vec<String>,
}

impl Added {
    /// Asks the API to add and approve one item as soon as it answers; gives its reference if it said yes to both.
    fn ask(&mut self, town: &Town, until: Instant) -> JoinHandle<Option<String>> {
        let (number, port, head) = (self.tried.len(), town.kasnec.site_port(), bearer(&town.token));
        let reference = format!("K-{number:05}");
        self.tried.push(reference.clone());
        spawn(move || {
            let item = serde_json::json!({"kind": "capital-project", "reference": reference, "facts": {"project": "P", "phase": "planned"},
                "translations": {"sq": {"title": format!("NJOFTIMI {reference}"), "body": "Teksti i njoftimit."}}});
            let says_yes = |path: &str, body: &str| {
                let answer = exchange(port, "POST", path, &head, body);
                let refused = answer.as_ref().filter(|(status, _)| !matches!(status, 200..=299 | 503));
                assert!(refused.is_none(), "the API refuses an item: {refused:?}");
                answer.is_some_and(|(status, _)| status / 100 == 2)
            };
            while exchange(port, "GET", "/healthz", "", "").is_none() && Instant::now() < until {
                sleep(Duration::from_millis(5));
            }
            let both = says_yes("/api/items", &item.to_string()) && says_yes(&format!("/api/items/{reference}/approve"), "{}");
            both.then_some(reference)
        })
    }

    /// Adds and approves one item beside the running program. One command in five is killed, too.
    fn one(&mut self, kasnec: &Kasnec, until: Instant, die: &mut StdRng) {
        let number = self.tried.len();
        let reference = format!("K-{number:05}");
        let file = format!("in/{reference}.md");
        write(&kasnec.path(&file), &text(number, &reference));
        let mut command = kasnec.command(&["item", "add", &file, "--approve", "--as", "shefja"]);
        let child = quiet(&mut command);
        self.tried.push(reference.clone());
        let killed = die.random_bool(0.2);
        if killed {
            sleep(until.saturating_duration_since(Instant::now()).mul_f64(die.random()));
        }
        if ended_well(child, killed) {
            self.acknowledged.push(reference);
        }
    }
}

fn quiet(command: &mut Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

fn ended_well(mut child: Child, killed: bool) -> bool {
    if killed {
        let _ = child.kill();
    }
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() || killed, "an item was refused: {said}");
    output.status.success()
}

/// Every sixth is a meeting, which goes to the notice board, too.
fn text(number: usize, reference: &str) -> String {
    let facts = if number % 6 == 5 {
        "kind = \"committee-meeting\"\nREF\n[facts]\nmeeting_start = \"2099-03-04 13:00\"\ncommittee = { sq = \"Financat\" }\nvenue = { sq = \"Salla\" }\nagenda = { sq = [\"Pika 1\"] }\n"
    } else {
        "kind = \"capital-project\"\nREF\n[facts]\nproject = \"P\"\nphase = \"planned\"\n"
    };
    let front = facts.replace("REF", &format!("reference = \"{reference}\""));
    format!("+++\n{front}+++\n# [sq] NJOFTIMI {reference}\nTeksti i njoftimit.\n")
}
