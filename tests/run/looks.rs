//! What was delivered is looked at by the running program: the sample's page, feed and Facebook post; and what somebody did to them is told.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::guarded::Guarded;
use super::kasnec::{Kasnec, write};

const NOTICE: &str = "+++\nkind = \"news\"\nreference = \"L-1\"\n+++\n\n# [sq] Hapet biblioteka\n\nBiblioteka hapet të hënën.\n";

/// The program, which looks at once, is sure after two looks, and looks again at once.
fn serve(kasnec: &Kasnec) -> Guarded {
    Guarded::spawn(|_| {
        let mut command = kasnec.command(&["serve"]);
        let told = [("EVERY", "1"), ("SOON", "1"), ("RETRY", "1")];
        command.envs(told.map(|(name, seconds)| (format!("KASNEC_VERIFY__{name}_SECONDS"), seconds)));
        command.env("KASNEC_VERIFY__CONFIRM", "2");
        command
    })
}

fn published(kasnec: &Kasnec) {
    kasnec.wait_until_quiet(Duration::from_mins(2));
    write(&kasnec.path("l1.md"), NOTICE);
    kasnec.json(&["item", "add", "l1.md"]);
    kasnec.json(&["item", "approve", "L-1"]);
    kasnec.json(&["item", "publish", "L-1", "--now"]);
    kasnec.wait_until_quiet(Duration::from_secs(30));
}

/// What the last look at the item's delivery on each account showed, once all of them were looked at.
fn seen(kasnec: &Kasnec, wanted: impl Fn(&Value) -> bool) -> Value {
    let end = Instant::now() + Duration::from_mins(1);
    loop {
        let item = kasnec.json(&["item", "show", "L-1"]);
        let accounts = item["deliveries"].as_array().unwrap().iter();
        let seen: Value = accounts
            .map(|d| (d["account"].as_str().unwrap().to_owned(), d["seen"].clone()))
            .collect::<serde_json::Map<_, _>>()
            .into();
        if wanted(&seen) {
            return item;
        }
        assert!(Instant::now() < end, "{seen:#}\n{item:#}");
        std::thread::sleep(Duration::from_millis(300));
    }
}

#[test]
fn the_samples_page_feed_and_post_are_looked_at_and_a_deleted_post_is_told() {
    let kasnec = Kasnec::new();
    let mut running = serve(&kasnec);
    published(&kasnec);
    let item = seen(&kasnec, |seen| {
        ["site", "feed", "facebook"].iter().all(|account| seen[account] == "standing")
    });
    let looks = item["looks"].as_array().unwrap();
    assert!(
        looks
            .iter()
            .filter(|look| look["finding"] == "standing")
            .all(|look| look["view"] == "citizen"),
        "{looks:#?}"
    );
    let facebook = item["deliveries"]
        .as_array()
        .unwrap()
        .iter()
        .find(|d| d["account"] == "facebook")
        .unwrap();

    let (id, post) = (facebook["id"].to_string(), facebook["remote_id"].as_str().unwrap());
    let url = format!("{}/v26.0/{post}", kasnec.graph());
    let token = kasnec::sandbox::facebook::Options::default().page_token;
    let deleted = Command::new("curl")
        .args(["-sS", "-X", "DELETE", "-H", &format!("Authorization: Bearer {token}"), &url])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&deleted.stdout).contains("true"), "{deleted:?}");
    kasnec.json(&["delivery", "look", &id]);
    let item = seen(&kasnec, |seen| seen["facebook"] == "gone");
    assert!(
        item["history"].as_array().unwrap().iter().any(|line| line["act"] == "seen gone"),
        "{item:#}"
    );
    let shown = String::from_utf8(kasnec.run(&["item", "show", "L-1"]).stdout).unwrap();
    assert!(shown.contains("no longer has the post"), "{shown}");
    let told = running.wait_for(Duration::from_secs(5), |running| {
        running.output().contains("somebody took it down").then_some(())
    });
    assert!(told.is_ok(), "the log tells a person");
    assert!(
        kasnec
            .posts()
            .iter()
            .filter(|post| post["message"].as_str().unwrap().contains("biblioteka"))
            .count()
            == 1,
        "not put up again"
    );
    let metrics = super::kasnec::get(&kasnec.site("/metrics"));
    assert!(metrics.contains("kasnec_deliveries_disturbed{finding=\"gone\"} 1"), "{metrics}");
    assert!(kasnec.run(&["ledger", "verify"]).status.success());
}
