//! Several workers on one PostgreSQL, killed in turn: each delivery is sent by one of them.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::RngExt;

use super::guarded::Guarded;
use super::kasnec::{Kasnec, write};
use super::postgres;

const ITEMS: usize = 60;

#[test]
fn of_several_killed_workers_on_one_postgresql_none_sends_a_delivery_twice() {
    let kasnec = Kasnec::new();
    let url = postgres::server().fresh_database();
    let configuration = format!(
        "{}\n[store]\nurl = \"{url}\"\n[worker]\nlease_seconds = 5\n",
        include_str!("../../samples/kasnec.toml")
    );
    write(&kasnec.path("kasnec.toml"), &configuration);
    let _sandbox = kasnec.sandbox();
    kasnec.json(&["user", "add", "shefja", "--name", "Shefja", "--role", "administrator"]);
    kasnec.connect(
        "facebook",
        &[("app_secret", "sandbox-app-secret"), ("page_token", "EAASandboxPageToken")],
    );
    for number in 0..ITEMS {
        let text = format!(
            "+++\nkind = \"capital-project\"\nreference = \"W-{number:03}\"\n[facts]\nproject = \"P\"\nphase = \"planned\"\n+++\n# [sq] Lajmi {number:03}\nTeksti {number:03}.\n"
        );
        write(&kasnec.path(&format!("in/{number:03}.md")), &text);
    }
    kasnec.json(&["item", "add", "in", "--approve", "--as", "shefja"]);
    let mut workers: Vec<Guarded> = (0..3).map(|_| kasnec.worker()).collect();
    for round in 0..6 {
        std::thread::sleep(Duration::from_millis(rand::rng().random_range(200..900)));
        std::mem::replace(&mut workers[round % 3], kasnec.worker()).kill();
    }
    kasnec.wait_until_quiet(Duration::from_mins(2));
    let mut standing: BTreeMap<String, u32> = BTreeMap::new();
    for post in kasnec.posts().iter().filter(|post| post["state"] == "published") {
        *standing.entry(post["message"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!((standing.len(), standing.values().max()), (ITEMS, Some(&1)), "{standing:#?}");
}
