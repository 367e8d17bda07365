//! SIGKILL at random moments: nothing is lost and nothing stands twice.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use serde_json::Value;

use super::kasnec::Kasnec;

const KILLS: u32 = 20;

#[test]
fn killed_twenty_times_every_item_stands_exactly_once_on_each_channel() {
    let seed: u64 = std::env::var("KASNEC_SEED")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or_else(rand::random);
    println!("KASNEC_SEED={seed}");
    let mut random = rand::rngs::StdRng::seed_from_u64(seed);
    let kasnec = Kasnec::new();
    for _ in 0..KILLS {
        let running = kasnec.serve();
        // Most kills fall into the seconds in which the samples go out.
        std::thread::sleep(Duration::from_millis(random.random_range(50..1800)));
        running.kill();
    }
    let mut running = kasnec.serve();
    // What is settled already must not be looked up at a sandbox that is still starting.
    let started = running.wait_for(Duration::from_secs(20), |running| {
        running.output().contains("Ctrl-C ends it").then_some(())
    });
    started.unwrap();
    let deliveries = kasnec.wait_until_quiet(Duration::from_mins(2));
    stands_once_on_facebook(&kasnec, &deliveries);
    every_due_delivery_is_delivered(&deliveries);
    stands_once_on_the_site_and_in_the_feed(&kasnec, &deliveries);
}

fn delivered<'a>(deliveries: &'a [Value], account: &'a str) -> impl Iterator<Item = &'a Value> {
    deliveries
        .iter()
        .filter(move |d| d["account"] == account && d["state"] == "delivered")
}

fn stands_once_on_facebook(kasnec: &Kasnec, deliveries: &[Value]) {
    let mut standing: BTreeMap<String, u32> = BTreeMap::new();
    for post in kasnec.posts().iter().filter(|post| post["state"] == "published") {
        *standing.entry(post["message"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert!(standing.values().all(|count| *count == 1), "{standing:#?}");
    assert_eq!(standing.len(), delivered(deliveries, "facebook").count());
    assert!(standing.len() > 10, "the samples did not go out");
}

fn every_due_delivery_is_delivered(deliveries: &[Value]) {
    let settled: Vec<&Value> = deliveries.iter().filter(|d| !d["settled_at"].is_null()).collect();
    let expected = |d: &Value| d["state"] == "delivered" || (d["account"] == "board" && d["state"] == "needs a person");
    let wrong: Vec<_> = settled.iter().filter(|d| !expected(d)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn stands_once_on_the_site_and_in_the_feed(kasnec: &Kasnec, deliveries: &[Value]) {
    for delivery in delivered(deliveries, "site") {
        let page = super::kasnec::get(delivery["url"].as_str().unwrap());
        assert!(page.contains("<h1"), "{page}");
    }
    let feed = super::kasnec::get(&kasnec.site("/feed/sq.xml"));
    let albanian = delivered(deliveries, "feed").filter(|d| d["languages"] == "sq").count();
    // The ledger's head has an entry of its own, one a week.
    let heads = feed.matches(",2026:ledger/").count();
    assert!(heads <= 1, "{heads} entries for one week");
    assert_eq!(feed.matches("<item>").count(), albanian + heads);
    for delivery in delivered(deliveries, "feed").filter(|d| d["languages"] == "sq") {
        let guid = format!(">{}</guid>", delivery["remote_id"].as_str().unwrap());
        assert_eq!(feed.matches(&guid).count(), 1, "{guid}");
    }
}
