//! The doctor: says what is wrong, the grave first, whatever state the data is in.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::guarded::Guarded;
use super::kasnec::{Kasnec, write};

/// What the doctor found, and its exit code.
fn ask(kasnec: &Office) -> (Vec<Value>, Option<i32>) {
    let output = kasnec.command(&["doctor", "--json"]).output().unwrap();
    let found: Vec<Value> =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)));
    let rank = |finding: &Value| {
        ["wrong", "warning", "ok"]
            .iter()
            .position(|level| finding["level"] == *level)
            .unwrap()
    };
    assert!(found.is_sorted_by_key(rank), "the grave come first: {found:#?}");
    let helpful = |finding: &&Value| (finding["level"] == "ok") == finding["next_step"].is_null();
    assert!(
        found.iter().all(|finding| helpful(&finding)),
        "what is not well has a next step: {found:#?}"
    );
    (found, output.status.code())
}

fn level<'a>(found: &'a [Value], check: &str) -> &'a str {
    let finding = found.iter().find(|finding| finding["check"] == check);
    finding.unwrap_or_else(|| panic!("{check} is not among {found:#?}"))["level"]
        .as_str()
        .unwrap()
}

/// A Kasnec with the built-in channels alone.
struct Office(Kasnec);

impl Office {
    fn new() -> Self {
        let office = Self(Kasnec::new());
        write(&office.path("kasnec.toml"), CONFIGURATION);
        office.run(&["user", "add", "shefja", "--name", "Shefja", "--role", "administrator"]);
        office
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path(name)
    }

    /// Runs a command that must succeed.
    fn run(&self, arguments: &[&str]) {
        let output = self.command(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.0.command(arguments);
        let told = command.get_envs().filter_map(|(name, _)| name.to_str());
        let of_accounts = told.filter(|name| name.starts_with("KASNEC_OFFICES__")).map(str::to_owned);
        for name in of_accounts.collect::<Vec<_>>() {
            command.env_remove(name);
        }
        command
    }
}

const CONFIGURATION: &str = "[offices.kacanik]\nname = { sq = \"Komuna\" }\nzone = \"Europe/Belgrade\"\nlanguages = [\"sq\"]\n\
    [offices.kacanik.accounts.site]\n[offices.kacanik.accounts.feed]\n";

#[test]
fn a_new_office_is_well_but_for_what_nobody_has_done_yet() {
    let kasnec = Office::new();
    let (found, code) = ask(&kasnec);
    let grave: Vec<_> = found.iter().filter(|finding| finding["level"] == "wrong").collect();
    assert!(grave.is_empty() && code == Some(0), "{grave:#?}");
    for check in [
        "folder",
        "configuration",
        "data",
        "clock",
        "key",
        "ledger",
        "secrets",
        "channel site",
        "channel feed",
    ] {
        assert_eq!(level(&found, check), "ok", "{check}");
    }
    assert_eq!((level(&found, "worker"), level(&found, "backup")), ("warning", "warning"));
    kasnec.run(&["backup"]);
    let _running = Guarded::spawn(|_| kasnec.command(&["worker"]));
    let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while level(&ask(&kasnec).0, "worker") != "ok" {
        assert!(std::time::Instant::now() < end, "a worker at work is seen");
    }
    assert_eq!(level(&ask(&kasnec).0, "backup"), "ok");
}

#[cfg(unix)]
#[test]
fn a_folder_that_others_may_look_into_is_told_and_the_data_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let kasnec = Office::new();
    let mode = |name: &str| std::fs::metadata(kasnec.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("data"), mode("data/kasnec.db"), mode("data/key")), (0o700, 0o600, 0o600));
    std::fs::set_permissions(kasnec.path("data"), PermissionsExt::from_mode(0o755)).unwrap();
    let (found, _) = ask(&kasnec);
    let told =
        |finding: &&Value| finding["level"] == "warning" && finding["next_step"].as_str().is_some_and(|next| next == "chmod 700 data");
    assert!(found.iter().any(|finding| told(&finding)), "{found:#?}");
}

#[test]
fn a_lost_key_is_told_and_no_new_one_is_made() {
    let kasnec = Office::new();
    std::fs::remove_file(kasnec.path("data/key")).unwrap();
    let (found, code) = ask(&kasnec);
    assert_eq!((level(&found, "key"), level(&found, "data"), code), ("wrong", "ok", Some(5)));
    assert!(!kasnec.path("data/key").exists());
}

#[test]
fn damaged_data_is_told_with_the_backup_and_the_rest_is_looked_at_all_the_same() {
    let kasnec = Office::new();
    kasnec.run(&["backup"]);
    std::fs::write(
        kasnec.path("data/kasnec.db"),
        "not a database at all, but long enough to be taken for one",
    )
    .unwrap();
    let (found, code) = ask(&kasnec);
    assert_eq!((level(&found, "data"), code), ("wrong", Some(5)));
    assert_eq!(level(&found, "backup"), "ok");
    assert_eq!(level(&found, "configuration"), "ok");
    let next = found[0]["next_step"].as_str().unwrap();
    assert!(next.contains("kasnec restore") && next.contains("data/backups/kasnec-"), "{next}");
}

#[test]
fn a_broken_rule_and_an_account_that_is_gone_are_found() {
    let kasnec = Office::new();
    write(
        &kasnec.path("n.md"),
        "+++\nkind = \"capital-project\"\nreference = \"N-1\"\n[facts]\nproject = \"P\"\nphase = \"planned\"\n+++\n# [sq] Lajm\nTekst.\n",
    );
    kasnec.run(&["item", "add", "n.md", "--approve", "--as", "shefja"]);
    write(
        &kasnec.path("kasnec.toml"),
        &CONFIGURATION.replace("[offices.kacanik.accounts.feed]\n", ""),
    );
    let (found, code) = ask(&kasnec);
    assert_eq!((level(&found, "accounts"), code), ("wrong", Some(5)));
    write(&kasnec.path("rules/kacanik.toml"), "plan = [\n");
    write(
        &kasnec.path("kasnec.toml"),
        &format!("{CONFIGURATION}[folders]\nrules = \"rules\"\n"),
    );
    let (found, _) = ask(&kasnec);
    assert_eq!((level(&found, "configuration"), level(&found, "data")), ("wrong", "ok"));
}

#[test]
fn a_clock_behind_the_ledger_is_wrong() {
    let kasnec = Office::new();
    let database = rusqlite::Connection::open(kasnec.path("data/kasnec.db")).unwrap();
    let ahead = (chrono::Utc::now() + chrono::Duration::days(1)).timestamp_millis();
    database.execute("UPDATE ledger SET at = ?1", [ahead]).unwrap();
    drop(database);
    let (found, code) = ask(&kasnec);
    assert_eq!((level(&found, "clock"), code), ("wrong", Some(5)));
    assert_eq!(level(&found, "ledger"), "wrong", "and a line that was changed is found");
}
