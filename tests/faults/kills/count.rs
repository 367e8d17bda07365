//! What stands on each channel, against what was acknowledged and what is said to stand.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::OpenFlags;
use serde_json::Value;

use super::Added;
use super::town::Town;
use crate::ambiguous::facebook::message_of_public;
use crate::ambiguous::letters::subject;
use crate::ambiguous::wordpress::public_posts;
use crate::kasnec::get;
use crate::outcome::Outcome;
use crate::wordpress::wordpress;

/// Where a text can stand, and every text there.
type Standing = BTreeMap<&'static str, Vec<String>>;

/// Compares item by item, channel by channel; gives also how often a person is asked.
pub fn everything(town: &Town, deliveries: &[Value], added: &Added, seed: u64) -> (Outcome, u64) {
    let mut outcome = Outcome::new("", seed);
    let standing = standing(town);
    outcome.wrong += u64::from(!are_read(town, deliveries));
    let mut of: BTreeMap<(&str, &str), Vec<&Value>> = BTreeMap::new();
    for delivery in deliveries {
        let (reference, account) = (delivery["reference"].as_str().unwrap(), delivery["account"].as_str().unwrap());
        of.entry((reference, account)).or_default().push(delivery);
    }
    let mut asked = 0_u64;
    for reference in &added.tried {
        let is_there = of.keys().any(|(there, _)| there == reference);
        if !is_there {
            outcome.lost += u64::from(added.acknowledged.contains(reference));
            continue;
        }
        for (account, texts) in &standing {
            let stands = texts.iter().filter(|text| text.to_uppercase().contains(reference.as_str())).count();
            let mine = of.get(&(reference.as_str(), *account)).map(Vec::as_slice).unwrap_or_default();
            match (mine, stands) {
                ([one], 1) if one["state"] == "delivered" => {}
                ([one], 0 | 1) if is_left_to_a_person(one, stands) => asked += 1,
                (_, 2..) => wrong(&mut outcome.doubled, reference, account, mine),
                ([], _) | (_, 0) => wrong(&mut outcome.lost, reference, account, mine),
                _ => wrong(&mut outcome.wrong, reference, account, mine),
            }
        }
        board(&mut outcome, reference, of.get(&(reference.as_str(), "board")).map(Vec::as_slice));
    }
    outcome.fault = format!("SIGKILL while items flow to all channels ({asked} asked)");
    (outcome, asked)
}

fn wrong(count: &mut u64, reference: &str, account: &str, deliveries: &[&Value]) {
    *count += 1;
    println!("    {reference} on {account}: {deliveries:#?}");
}

/// Telegram and mail are public at once and cannot be looked up: killed between the call and its answer, only a person can tell. The
/// webhook can be looked into: there a person is asked only about what was announced, but never sent.
fn is_left_to_a_person(delivery: &Value, stands: usize) -> bool {
    let blind = match delivery["account"].as_str().unwrap() {
        "telegram" | "email" => true,
        "notices" => stands == 0,
        _ => false,
    };
    blind && delivery["state"] == "needs a person" && delivery["failure"]["code"] == "unresolved"
}

/// A meeting has one sheet that waits to be put up.
fn board(outcome: &mut Outcome, reference: &str, sheets: Option<&[&Value]>) {
    let Some(sheets) = sheets else { return };
    let fine = sheets.len() == 1 && sheets[0]["state"] == "needs a person" && sheets[0]["failure"]["code"] == "by hand";
    if !fine {
        wrong(&mut outcome.wrong, reference, "board", sheets);
    }
}

fn standing(town: &Town) -> Standing {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let posts = town.kasnec.posts();
    let letters = town.letters.taken();
    BTreeMap::from([
        ("facebook", posts.iter().filter_map(message_of_public).collect()),
        ("wordpress", runtime.block_on(public_posts(wordpress()))),
        ("notices", town.recorder.standing("notices")),
        ("telegram", town.recorder.standing("telegram")),
        ("mastodon", town.recorder.standing("mastodon")),
        ("email", letters.iter().map(|(_, text)| subject(text)).collect()),
        ("outbox", files(&town.kasnec.path("data/outbox"))),
        ("site", titles(town, "page")),
        ("feed", titles(town, "entry")),
    ])
}

/// The texts in a folder and those below.
fn files(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            texts.extend(files(&path));
        } else if path.extension().is_some_and(|ending| ending == "txt") {
            texts.push(std::fs::read_to_string(path).unwrap());
        }
    }
    texts
}

/// The titles of a table of the program's: what the site or the feed shows, whatever is said of deliveries.
fn titles(town: &Town, table: &str) -> Vec<String> {
    let data = rusqlite::Connection::open_with_flags(town.kasnec.path("data/kasnec.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut statement = data.prepare(&format!("SELECT title FROM {table}")).unwrap();
    let titles = statement.query_map([], |row| row.get(0)).unwrap();
    titles.map(Result::unwrap).collect()
}

/// Whether each notice that is said to stand can be read, and the feed is full.
fn are_read(town: &Town, deliveries: &[Value]) -> bool {
    let mine = deliveries.iter().filter(|d| d["account"] == "site" && d["state"] == "delivered");
    let heading = |delivery: &Value| {
        let page = get(delivery["url"].as_str().unwrap());
        page.split("<h1")
            .nth(1)
            .unwrap_or_default()
            .split("</h1>")
            .next()
            .unwrap_or_default()
            .to_uppercase()
    };
    let all = mine
        .clone()
        .all(|delivery| heading(delivery).contains(delivery["reference"].as_str().unwrap()));
    // The daily head stands there, too.
    let shown = get(&town.kasnec.site("/feed/sq.xml")).matches("<item>").count();
    let full = shown >= mine.count().min(50);
    if !(all && full) {
        println!("    a notice cannot be read where it is said to stand, or the feed lacks one: it shows {shown}");
    }
    all && full
}
