//! The first run, and what a user does next.

use std::time::Duration;

use super::kasnec::{Kasnec, get, write};

const NOTICE: &str = "+++\nkind = \"news\"\nreference = \"T-1\"\n+++\n\n# [sq] Hapet biblioteka\n\nBiblioteka hapet të hënën.\n";

#[test]
fn an_item_goes_out_is_corrected_and_is_withdrawn_on_every_channel() {
    let kasnec = Kasnec::new();
    let _running = kasnec.serve();
    kasnec.wait_until_quiet(Duration::from_mins(2));
    write(&kasnec.path("t1.md"), NOTICE);
    assert_eq!(kasnec.json(&["item", "add", "t1.md"])[0]["outcome"], "new");
    assert_eq!(kasnec.json(&["item", "add", "t1.md"])[0]["outcome"], "same");
    kasnec.json(&["item", "approve", "T-1"]);
    kasnec.json(&["item", "publish", "T-1", "--now"]);
    kasnec.wait_until_quiet(Duration::from_secs(30));
    assert_eq!(posts_with(&kasnec, "biblioteka"), 1);

    write(&kasnec.path("t1.md"), &NOTICE.replace("të hënën", "të martën"));
    let refused = kasnec.run(&["item", "add", "t1.md"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("item correct"));
    kasnec.json(&["item", "correct", "T-1", "t1.md", "--reason", "Dita ishte gabim", "--approve"]);
    kasnec.wait_until_quiet(Duration::from_secs(30));
    assert_eq!((posts_with(&kasnec, "të martën"), posts_with(&kasnec, "të hënën")), (1, 0));
    let page = page_of(&kasnec, "T-1");
    assert!(page.contains("të martën") && page.contains("Dita ishte gabim"), "{page}");
    let feed = get(&kasnec.site("/feed/sq.xml"));
    assert_eq!(
        feed.matches("Hapet biblioteka").count() / 2,
        feed.matches("Hapet biblioteka</title>").count() / 2,
        "the entry stays and a second announces the change"
    );
    assert!(feed.matches("biblioteka</title>").count() >= 2, "{feed}");

    kasnec.json(&["item", "withdraw", "T-1", "--reason", "Hapja u anulua"]);
    kasnec.wait_until_quiet(Duration::from_secs(30));
    assert!(page_of(&kasnec, "T-1").contains("Hapja u anulua"));
    assert_eq!(posts_with(&kasnec, "Hapja u anulua"), 1);
}

#[test]
fn a_postponed_meeting_leaves_one_sheet_to_put_up_on_each_board() {
    let kasnec = Kasnec::new();
    let _running = kasnec.serve();
    kasnec.wait_until_quiet(Duration::from_mins(2));
    let items = kasnec.json(&["item", "list"]);
    let of_kind = |item: &&serde_json::Value| item["kind"] == "assembly-meeting" && item["state"] == "approved";
    let meeting = items.as_array().unwrap().iter().find(of_kind).unwrap()["reference"]
        .as_str()
        .unwrap()
        .to_owned();
    kasnec.json(&[
        "item",
        "postpone",
        &meeting,
        "--to",
        "2099-01-05 10:00",
        "--reason",
        "Mungesë kuorumi",
    ]);
    kasnec.wait_until_quiet(Duration::from_mins(1));
    let sheets = kasnec.json(&["delivery", "list", "--item", &meeting, "--channel", "board"]);
    let mut states: Vec<&str> = sheets
        .as_array()
        .unwrap()
        .iter()
        .map(|sheet| sheet["state"].as_str().unwrap())
        .collect();
    states.sort_unstable();
    assert_eq!(states, ["needs a person", "superseded"]);
}

#[test]
fn a_second_program_on_the_same_data_says_why_it_does_not_start() {
    let kasnec = Kasnec::new();
    let _running = kasnec.serve();
    kasnec.wait_until_quiet(Duration::from_mins(2));
    let second = kasnec.run(&["worker"]);
    assert_eq!(second.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&second.stderr).contains("already working"));
}

fn posts_with(kasnec: &Kasnec, text: &str) -> usize {
    kasnec
        .posts()
        .iter()
        .filter(|p| p["state"] == "published" && p["message"].as_str().unwrap().contains(text))
        .count()
}

fn page_of(kasnec: &Kasnec, reference: &str) -> String {
    let shown = kasnec.json(&["item", "show", reference]);
    get(&kasnec.site(&format!("/n/{}", shown["item"]["slug"].as_str().unwrap())))
}
