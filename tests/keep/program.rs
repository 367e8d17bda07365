//! The real binary: backed up while it serves, restored over live channels, damaged and repaired.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::guarded::Guarded;
use super::kasnec::{Kasnec, write};
use super::postgres;

fn stderr(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn file(made: &serde_json::Value) -> PathBuf {
    PathBuf::from(made["file"].as_str().unwrap())
}

/// Runs a command that must succeed and print JSON, under one setting of its own.
fn json_with(kasnec: &Kasnec, (name, value): (&str, &str), arguments: &[&str]) -> serde_json::Value {
    let output = kasnec.command(arguments).env(name, value).arg("--json").output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_sample_office_put_back_to_before_its_publishing_says_nothing_twice() {
    let kasnec = Kasnec::new();
    // Everything is approved, and nothing of it is sent yet.
    let mut loading = Guarded::spawn(|_| kasnec.command(&["serve", "--no-worker"]));
    let end = Instant::now() + Duration::from_mins(1);
    while kasnec.json(&["item", "list", "--state", "approved"]).as_array().unwrap().len() < 20 {
        assert!(Instant::now() < end, "the samples are loaded");
        std::thread::sleep(Duration::from_millis(200));
    }
    let loaded = |loading: &Guarded| loading.output().contains("Ctrl-C ends it").then_some(());
    loading.wait_for(Duration::from_mins(1), loaded).unwrap();
    let backup = file(&kasnec.json(&["backup"]));
    loading.kill();
    let running = kasnec.serve();
    std::thread::sleep(Duration::from_secs(1));
    kasnec.wait_until_quiet(Duration::from_mins(2));
    let refused = kasnec.run(&["restore", backup.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(3), "{}", stderr(&refused));
    let standing = |kasnec: &Kasnec| {
        let mut standing: BTreeMap<String, u32> = BTreeMap::new();
        for post in kasnec.posts().iter().filter(|post| post["state"] == "published") {
            *standing.entry(post["message"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        standing
    };
    let before = standing(&kasnec);
    running.kill();
    let restored = kasnec.json(&["restore", backup.to_str().unwrap()]);
    assert!(!restored["doubted"].as_array().unwrap().is_empty(), "{restored:#}");
    assert!(!restored["lost"].as_array().unwrap().is_empty(), "{restored:#}");
    let _running = kasnec.serve();
    std::thread::sleep(Duration::from_secs(1));
    kasnec.wait_until_quiet(Duration::from_mins(3));
    let after = standing(&kasnec);
    assert!(before.len() > 10, "the samples did not go out");
    assert_eq!(after, before, "what stood, stands, once");
    assert!(after.values().all(|count| *count == 1), "{after:#?}");
    assert_eq!(kasnec.run(&["ledger", "verify"]).status.code(), Some(0));
}

#[test]
fn a_damaged_page_is_recognised_at_start_after_a_crash_and_the_backup_is_named() {
    let kasnec = Kasnec::new();
    kasnec.json(&["user", "add", "shefja", "--name", "Shefja", "--role", "administrator"]);
    let backup = file(&kasnec.json(&["backup"]));
    let data = kasnec.path("data/kasnec.db");
    let mut bytes = std::fs::read(&data).unwrap();
    // The last page is one that a start does not happen to read.
    let page = bytes.len() - 4096;
    bytes[page..].fill(0x5a);
    std::fs::write(&data, &bytes).unwrap();
    std::fs::write(kasnec.path("data/kasnec.db-wal"), "left by a crash").unwrap();
    let refused = kasnec.run(&["serve"]);
    assert_eq!(refused.status.code(), Some(1));
    let told = stderr(&refused);
    assert!(
        told.contains("damaged") && told.contains("kasnec restore data/backups/kasnec-"),
        "{told}"
    );
    let _ = kasnec.json(&["restore", backup.to_str().unwrap()]);
    assert_eq!(kasnec.json(&["user", "list"]).as_array().unwrap().len(), 1);
}

#[test]
fn a_damaged_log_is_kept_with_its_data_and_a_restore_that_breaks_off_lets_nobody_work() {
    let kasnec = Kasnec::new();
    kasnec.json(&["user", "add", "shefja", "--name", "Shefja", "--role", "administrator"]);
    let backup = file(&kasnec.json(&["backup"]));
    let mut running = kasnec.serve();
    let loaded = |running: &Guarded| running.output().contains("Ctrl-C ends it").then_some(());
    running.wait_for(Duration::from_mins(1), loaded).unwrap();
    running.kill();
    let log = kasnec.path("data/kasnec.db-wal");
    let mut bytes = std::fs::read(&log).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 16].fill(0x5a);
    std::fs::write(&log, &bytes).unwrap();
    let half = kasnec.path("copy.db");
    std::fs::copy(kasnec.path("data/kasnec.db"), &half).unwrap();
    std::fs::copy(&log, kasnec.path("copy.db-wal")).unwrap();
    let refused = kasnec.run(&["restore", half.to_str().unwrap()]);
    assert!(stderr(&refused).contains("--already-back"), "{}", stderr(&refused));

    // The last step, in the way of which something stands.
    let marker = kasnec.path("data/kasnec.db.restored");
    std::fs::create_dir_all(marker.join("in the way")).unwrap();
    assert_eq!(kasnec.run(&["restore", backup.to_str().unwrap()]).status.code(), Some(1));
    assert_eq!(std::fs::read(&log).unwrap(), bytes, "nothing was changed");
    let refused = kasnec.run(&["item", "list"]);
    assert!(stderr(&refused).contains("restore"), "{}", stderr(&refused));
    std::fs::remove_dir_all(&marker).unwrap();

    let restored = kasnec.json(&["restore", backup.to_str().unwrap()]);
    assert!(restored["lost"].is_null(), "{restored:#}");
    let kept = restored["kept"].as_str().unwrap();
    assert_eq!(std::fs::read(kasnec.path(&format!("{kept}-wal"))).unwrap(), bytes);
    assert_eq!(kasnec.json(&["user", "list"]).as_array().unwrap().len(), 1);
}

#[test]
fn a_data_file_that_is_none_names_the_backup_whatever_the_command() {
    let kasnec = Kasnec::new();
    kasnec.json(&["user", "add", "shefja", "--name", "Shefja", "--role", "administrator"]);
    kasnec.json(&["backup"]);
    std::fs::write(
        kasnec.path("data/kasnec.db"),
        "not a database at all, but long enough to be taken for one",
    )
    .unwrap();
    let refused = kasnec.run(&["item", "list"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        stderr(&refused).contains("kasnec restore data/backups/kasnec-"),
        "{}",
        stderr(&refused)
    );
}

#[test]
fn a_data_file_whose_address_is_percent_encoded_is_the_same_for_everybody() {
    let kasnec = Kasnec::new();
    let url = format!("sqlite:{}", kasnec.path("my%20data%3F/kasnec.db").display());
    let run = |arguments: &[&str]| json_with(&kasnec, ("KASNEC_STORE__URL", &url), arguments);
    run(&["user", "add", "shefja", "--name", "Shefja", "--role", "administrator"]);
    assert!(kasnec.path("my data?/kasnec.db").exists());
    let backup = file(&run(&["backup"]));
    // Where there is a backup, a file that is not there is a fault.
    assert_eq!(run(&["user", "list"]).as_array().unwrap().len(), 1);
    run(&["restore", backup.to_str().unwrap()]);
    assert_eq!(run(&["user", "list"]).as_array().unwrap().len(), 1);
    assert!(!kasnec.path("my%20data%3F").exists());
}

#[test]
fn two_configurations_with_one_data_file_have_one_worker() {
    let kasnec = Kasnec::new();
    kasnec.json(&["user", "add", "shefja", "--name", "Shefja", "--role", "administrator"]);
    let mut running = kasnec.worker();
    let works = |running: &Guarded| running.output().contains("is working").then_some(());
    running.wait_for(Duration::from_mins(1), works).unwrap();
    let url = format!("sqlite:{}", kasnec.path("data/kasnec.db").display());
    let mut second = kasnec.command(&["worker"]);
    second.env("KASNEC_DATA", "elsewhere").env("KASNEC_STORE__URL", url);
    let refused = second.output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("already working"), "{}", stderr(&refused));
}

#[test]
fn a_data_folder_with_a_percent_sign_in_its_name_is_one_folder() {
    let kasnec = Kasnec::new();
    let run = |arguments: &[&str]| json_with(&kasnec, ("KASNEC_DATA", "data%20"), arguments);
    run(&["user", "add", "shefja", "--name", "Shefja", "--role", "administrator"]);
    run(&["backup"]);
    run(&["user", "list"]);
    assert!(kasnec.path("data%20/kasnec.db").exists() && !kasnec.path("data ").exists());
}

#[test]
fn a_lost_key_comes_back_with_a_backup_that_has_it() {
    let kasnec = Kasnec::new();
    kasnec.json(&["user", "add", "shefja", "--name", "Shefja", "--role", "administrator"]);
    let key = std::fs::read(kasnec.path("data/key")).unwrap();
    let made = kasnec.json(&["backup", "--with-key", "--out", "safe"]);
    std::fs::remove_dir_all(kasnec.path("data")).unwrap();
    let restored = kasnec.json(&["restore", file(&made).to_str().unwrap()]);
    assert_eq!((&restored["key_restored"], &restored["key_missing"]), (&true.into(), &false.into()));
    assert_eq!(std::fs::read(kasnec.path("data/key")).unwrap(), key);
    assert_eq!(kasnec.json(&["user", "list"]).as_array().unwrap().len(), 1);
}

#[test]
fn on_postgresql_the_right_command_is_told_without_the_password() {
    let kasnec = Kasnec::new();
    let url = postgres::server().fresh_database();
    write(
        &kasnec.path("kasnec.toml"),
        &format!("{}\n[store]\nurl = \"{url}\"\n", include_str!("../../samples/kasnec.toml")),
    );
    for command in [["backup"].as_slice(), &["restore", "kasnec.dump"]] {
        let refused = kasnec.run(command);
        assert_eq!(refused.status.code(), Some(3));
        assert!(stderr(&refused).contains("pg_dump --format=custom"), "{}", stderr(&refused));
    }
    kasnec.json(&["user", "add", "shefja", "--name", "Shefja", "--role", "administrator"]);
    let told = kasnec.json(&["restore", "--already-back"]);
    assert_eq!(told["doubted"].as_array().unwrap().len(), 0);
    let found = kasnec.run(&["doctor", "--json"]);
    assert!(String::from_utf8_lossy(&found.stdout).contains("pg_dump"));
}
