//! The ledger from the command line: a head a day, a proof, and an exit code for what was changed.

use std::time::Duration;

use super::kasnec::{Kasnec, get};

#[test]
fn the_head_is_published_a_change_is_found_and_what_is_changed_gets_no_proof() {
    let kasnec = Kasnec::new();
    let running = kasnec.serve();
    kasnec.wait_until_quiet(Duration::from_mins(2));
    let heads = kasnec.json(&["ledger", "heads"]);
    let hash = heads[0]["hash"].as_str().expect("a head is published at the start").to_owned();
    assert!(get(&kasnec.site("/ledger")).contains(&hash));
    drop(running);

    let verified = kasnec.json(&["ledger", "verify", "--from-head", &hash]);
    assert_eq!((verified["fits"].as_bool(), verified["unlinked"].as_i64()), (Some(true), Some(0)));
    let mistyped = kasnec.run(&["ledger", "verify", "--from-head", "abc"]);
    assert_eq!(mistyped.status.code(), Some(3));
    let stranger = kasnec.run(&["ledger", "verify", "--from-head", &"0".repeat(64)]);
    assert_eq!(stranger.status.code(), Some(6));

    let items = kasnec.json(&["item", "list", "--state", "approved"]);
    let item = items[0]["reference"].as_str().unwrap();
    let written = kasnec.run(&["proof", item, "--out", "proof.html"]);
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    assert!(std::fs::read_to_string(kasnec.path("proof.html")).unwrap().contains(item));

    let database = rusqlite::Connection::open(kasnec.path("data/kasnec.db")).unwrap();
    let changed = database
        .execute(
            "UPDATE revision SET content = REPLACE(content, '\"sq\"', '\"sr\"') WHERE item = (SELECT id FROM item WHERE reference = ?1)",
            [item],
        )
        .unwrap();
    assert!(changed > 0);
    let found = kasnec.run(&["ledger", "verify"]);
    let said = String::from_utf8_lossy(&found.stdout);
    assert_eq!(found.status.code(), Some(6), "{said}");
    assert!(
        said.contains(&format!("the text of revision 1 of {item}")) && said.contains("What to do:"),
        "{said}"
    );
    let refused = kasnec.run(&["proof", item]);
    assert_eq!(refused.status.code(), Some(6));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("it cannot be proved"));
}
