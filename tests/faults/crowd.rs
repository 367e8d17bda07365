//! Many programs on one store: ten workers on one PostgreSQL, killed in turn; and a second program on one data file.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::guarded::Guarded;
use super::kasnec::{Kasnec, write};
use super::outcome::{Length, Outcome, brief_seed};
use super::postgres;
use super::wire::exchange;

const WORKERS: usize = 10;

/// Both.
pub fn play(length: Length, seed: u64) -> Vec<Outcome> {
    vec![ten_workers(length, seed), two_programs(length, seed)]
}

#[test]
fn of_many_programs_on_one_store_none_sends_a_delivery_twice() {
    play(Length::Brief, brief_seed()).iter().for_each(Outcome::must_be_clean);
}

fn ten_workers(length: Length, seed: u64) -> Outcome {
    let mut outcome = Outcome::new("ten workers on one PostgreSQL, SIGKILL among them", seed);
    let mut die = StdRng::seed_from_u64(seed);
    let (kills, first, more) = length.pick((6, 40, 10), (60, 200, 20));
    let kasnec = office_on(&postgres::server().fresh_database());
    let _sandbox = kasnec.sandbox();
    kasnec.json(&["user", "add", "shefja", "--name", "Shefja", "--role", "administrator"]);
    kasnec.connect(
        "facebook",
        &[("app_secret", "sandbox-app-secret"), ("page_token", "EAASandboxPageToken")],
    );
    has_patience(&kasnec);
    let mut items = 0..first;
    add(&kasnec, items.clone());
    let mut workers: Vec<Guarded> = (0..WORKERS).map(|_| kasnec.worker()).collect();
    for round in 0..kills {
        std::thread::sleep(Duration::from_millis(die.random_range(200..900)));
        // Who is killed over an empty queue proves nothing.
        if is_idle(&kasnec) {
            let next = items.end..items.end + more;
            add(&kasnec, next.clone());
            items.end = next.end;
        }
        std::mem::replace(&mut workers[round % WORKERS], kasnec.worker()).kill();
        outcome.runs += 1;
    }
    let deliveries = kasnec.wait_until_quiet(Duration::from_mins(5));
    outcome.wrong += deliveries
        .iter()
        .filter(|d| d["account"] == "facebook" && d["state"] != "delivered")
        .count() as u64;
    let mut standing: BTreeMap<String, u64> = BTreeMap::new();
    for post in kasnec.posts().iter().filter(|post| post["state"] == "published") {
        *standing.entry(post["message"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    outcome.lost += (items.end as u64).saturating_sub(standing.len() as u64);
    outcome.doubled += standing.values().filter(|count| **count > 1).count() as u64;
    outcome
}

fn office_on(url: &str) -> Kasnec {
    let kasnec = Kasnec::new();
    let sample = include_str!("../../samples/kasnec.toml");
    let configuration = format!("{sample}\n[store]\nurl = \"{url}\"\n[worker]\nlease_seconds = 5\n");
    write(&kasnec.path("kasnec.toml"), &configuration);
    kasnec
}

/// The sandbox, as Facebook, lets a Page make so many calls a day; these are the posts of years.
fn has_patience(kasnec: &Kasnec) {
    let port = kasnec.graph().rsplit(':').next().and_then(|port| port.parse().ok()).unwrap();
    let told = exchange(port, "POST", "/_sandbox/settings", "", r#"{"usage_percent": 1}"#);
    assert!(matches!(told, Some((200, _))), "{told:?}");
}

fn is_idle(kasnec: &Kasnec) -> bool {
    let open = kasnec.json(&["delivery", "list", "--open", "--channel", "facebook", "--limit", "1"]);
    open.as_array().unwrap().is_empty()
}

fn add(kasnec: &Kasnec, items: Range<usize>) {
    for number in items {
        let text = format!(
            "+++\nkind = \"capital-project\"\nreference = \"W-{number:04}\"\n[facts]\nproject = \"P\"\nphase = \"planned\"\n+++\n# [sq] Lajmi {number:04}\nTeksti {number:04}.\n"
        );
        write(&kasnec.path(&format!("in/{number:04}.md")), &text);
    }
    kasnec.json(&["item", "add", "in", "--approve", "--as", "shefja"]);
}

/// While one works, each other one says why it does not start, and harms nothing.
fn two_programs(length: Length, seed: u64) -> Outcome {
    let mut outcome = Outcome::new("a second program on one data file", seed);
    let kasnec = Kasnec::new();
    write(&kasnec.path("kasnec.toml"), include_str!("../../samples/kasnec.toml"));
    let mut running = kasnec.worker();
    let works = |running: &Guarded| running.output().contains("is working").then_some(());
    running.wait_for(Duration::from_secs(30), works).unwrap();
    for command in ["worker", "serve"].iter().cycle().take(length.pick(2, 20)) {
        let second = kasnec.run(&[command]);
        let said = String::from_utf8_lossy(&second.stderr);
        outcome.runs += 1;
        outcome.wrong += u64::from(second.status.success() || !said.contains("another Kasnec is already working on"));
    }
    outcome.wrong += u64::from(running.has_ended());
    outcome
}
