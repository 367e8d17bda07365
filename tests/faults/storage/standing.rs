//! What stands once everything has settled, compared with what was acknowledged.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use kasnec::store::backup::{Depth, inspect_still};
use serde_json::Value;

use super::super::outcome::Outcome;
use super::office::Office;

/// Waits until nothing is open, and counts what is lost, doubled or told wrongly.
pub fn check(office: &Office, approved: &BTreeSet<String>, outcome: &mut Outcome) {
    let Some(deliveries) = office.settled(Duration::from_mins(3)) else {
        let open: Vec<Value> = office.deliveries().into_iter().filter(|d| d["settled_at"].is_null()).collect();
        println!("something stays open: {open:#?}");
        outcome.wrong += 1;
        return;
    };
    let well = |d: &&Value| d["state"] == "delivered" || (d["account"] == "board" && d["state"] == "needs a person");
    for odd in deliveries.iter().filter(|delivery| !well(delivery)) {
        println!("not delivered: {odd:#}");
        outcome.wrong += 1;
    }
    facebook(office, approved, &deliveries, outcome);
    site(office, &deliveries, outcome);
    press(office, &deliveries, outcome);
    if !office.run(&["ledger", "verify"]).status.success() {
        println!("the ledger does not verify");
        outcome.wrong += 1;
    }
}

/// Whether a backup can be read from the first page to the last.
pub fn is_whole(backup: &Path) -> bool {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(inspect_still(backup, Depth::Full)).is_ok()
}

fn delivered<'a>(deliveries: &'a [Value], account: &'a str) -> impl Iterator<Item = &'a Value> {
    deliveries
        .iter()
        .filter(move |d| d["account"] == account && d["state"] == "delivered")
}

fn facebook(office: &Office, approved: &BTreeSet<String>, deliveries: &[Value], outcome: &mut Outcome) {
    let standing = office.standing_on_facebook();
    for (title, count) in standing.iter().filter(|(_, count)| **count > 1) {
        println!("{title} stands {count} times");
        outcome.doubled += 1;
    }
    for title in approved.iter().filter(|title| !standing.contains_key(*title)) {
        println!("{title} was approved and does not stand");
        outcome.lost += 1;
    }
    if delivered(deliveries, "facebook").count() != standing.len() {
        println!("{} stand, but not as many are said to", standing.len());
        outcome.wrong += 1;
    }
}

fn site(office: &Office, deliveries: &[Value], outcome: &mut Outcome) {
    let mut seen = BTreeMap::<&str, u64>::new();
    for delivery in delivered(deliveries, "site") {
        let url = delivery["url"].as_str().unwrap();
        *seen.entry(url).or_default() += 1;
        let path = url.splitn(4, '/').nth(3).unwrap_or_default();
        if office.get(&format!("/{path}")).is_none_or(|(status, _)| status != 200) {
            println!("{url} does not stand");
            outcome.wrong += 1;
        }
    }
    outcome.doubled += seen.values().filter(|count| **count > 1).count() as u64;
}

/// Each file for the media is there once, and whole.
fn press(office: &Office, deliveries: &[Value], outcome: &mut Outcome) {
    let mut keys = BTreeMap::<String, u64>::new();
    for entry in std::fs::read_dir(office.data("press/press")).into_iter().flatten().flatten() {
        if entry.path().extension().is_some_and(|ending| ending == "json") {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            let letter: Value = serde_json::from_str(&text).unwrap_or_default();
            *keys.entry(letter["key"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
        }
    }
    outcome.doubled += keys.values().filter(|count| **count > 1).count() as u64;
    let said = delivered(deliveries, "press").count();
    if keys.len() != said {
        println!("{} files for the media stand, {said} are said to", keys.len());
        outcome.lost += said.abs_diff(keys.len()) as u64;
    }
}
