//! What is refused, and with which exit code.

use super::kasnec::{Kasnec, write};

fn stderr(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A Kasnec with an administrator and an author, not running.
fn office() -> Kasnec {
    let kasnec = Kasnec::new();
    kasnec.json(&["user", "add", "shefja", "--name", "Shefja", "--role", "administrator"]);
    kasnec.json(&["user", "add", "autori", "--name", "Autori", "--role", "author", "--as", "shefja"]);
    kasnec
}

#[test]
fn of_a_folder_with_one_bad_item_nothing_is_queued_and_every_problem_is_told() {
    let kasnec = office();
    write(
        &kasnec.path("in/good.md"),
        "+++\nkind = \"news\"\nreference = \"G-1\"\n+++\n# [sq] Mirë\nMirë.\n",
    );
    write(
        &kasnec.path("in/bad.md"),
        "+++\nkind = \"newz\"\nreference = \"B-1\"\n+++\n# [sq] Keq\nKeq.\n",
    );
    write(
        &kasnec.path("in/worse.md"),
        "+++\nkind = \"assembly-meeting\"\nreference = \"B-2\"\n[facts]\nmeeting_start = \"2026-09-31 10:00\"\n+++\n# [sq] Keq\n",
    );
    let refused = kasnec.run(&["item", "add", "in", "--as", "autori"]);
    assert_eq!(refused.status.code(), Some(3));
    let told = stderr(&refused);
    for words in [
        "bad.md:2: kind",
        "did you mean \"news\"?",
        "worse.md:5",
        "does not exist in the calendar",
        "facts.venue",
    ] {
        assert!(told.contains(words), "{words} is missing in:\n{told}");
    }
    assert_eq!(kasnec.json(&["item", "list"]).as_array().unwrap().len(), 0);
}

#[test]
fn an_author_may_not_approve_and_a_stranger_may_nothing() {
    let kasnec = office();
    write(
        &kasnec.path("n.md"),
        "+++\nkind = \"news\"\nreference = \"N-1\"\n+++\n# [sq] Mirë\nMirë.\n",
    );
    kasnec.json(&["item", "add", "n.md", "--as", "autori"]);
    let refused = kasnec.run(&["item", "approve", "N-1", "--as", "autori"]);
    assert_eq!(refused.status.code(), Some(4));
    assert!(stderr(&refused).contains("editor"));
    let unknown = kasnec.run(&["item", "approve", "N-1", "--as", "askush"]);
    assert_eq!(unknown.status.code(), Some(4));
    assert!(stderr(&unknown).contains("autori, shefja"));
}

#[test]
fn an_unknown_key_in_the_configuration_is_refused_with_a_suggestion() {
    let kasnec = Kasnec::new();
    let sample = include_str!("../../samples/kasnec.toml");
    write(
        &kasnec.path("kasnec.toml"),
        &format!("{sample}\n[server]\nlisten_adress = \"127.0.0.1:1\"\n"),
    );
    let refused = kasnec.run(&["config", "check"]);
    assert_eq!(refused.status.code(), Some(3));
    let told = stderr(&refused);
    assert!(told.contains("listen_adress") && told.contains("did you mean `listen`?"), "{told}");
}

#[test]
fn quiet_hours_that_are_none_are_refused_with_the_form_they_have() {
    let kasnec = Kasnec::new();
    let account = "[offices.kacanik.accounts.feed]";
    let sample = include_str!("../../samples/kasnec.toml");
    let file = sample.replace(account, &format!("{account}\nquiet = \"nga 10 deri 7\""));
    write(&kasnec.path("kasnec.toml"), &file);
    let refused = kasnec.run(&["config", "check"]);
    assert_eq!(refused.status.code(), Some(3));
    let told = stderr(&refused);
    assert!(
        told.contains("offices.kacanik.accounts.feed.quiet") && told.contains("22:00-07:00"),
        "{told}"
    );
}

#[test]
fn a_damaged_data_file_is_named_and_not_overwritten() {
    let kasnec = office();
    let file = kasnec.path("data/kasnec.db");
    for leftover in ["data/kasnec.db-wal", "data/kasnec.db-shm"] {
        let _ = std::fs::remove_file(kasnec.path(leftover));
    }
    std::fs::write(&file, "not a database at all, but long enough to be taken for one by mistake").unwrap();
    let refused = kasnec.run(&["item", "list"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("damaged"), "{}", stderr(&refused));
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("not a database"));
}
