//! `kasnec due …`, as people run it.

use std::fs;
use std::process::{Command, Output};

use chrono::{Days, Local};
use serde_json::Value;
use tempfile::TempDir;

const OFFICE: &str = r#"
[offices.kacanik]
name = { sq = "Komuna e Kaçanikut" }
zone = "Europe/Belgrade"
languages = ["sq", "sr"]
[offices.kacanik.units.mayors-office]
label = { sq = "Zyra e Kryetarit", en = "Mayor's Office" }
[offices.kacanik.accounts.site]
"#;

/// A folder with an office in it.
struct Office(TempDir);

impl Office {
    fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("kasnec.toml"), OFFICE).unwrap();
        Self(folder)
    }

    /// With an author who reads Serbian and an editor who reads English.
    fn staffed() -> Self {
        let office = Self::empty();
        let first = [
            "user",
            "add",
            "shefja",
            "--name",
            "Shefja",
            "--role",
            "administrator",
            "--lang",
            "en",
        ];
        assert!(office.run(&first).status.success());
        let author = [
            "user", "add", "arta", "--name", "Arta", "--role", "author", "--lang", "sr", "--as", "shefja",
        ];
        assert!(office.run(&author).status.success());
        // From now on the register is kept: what fell due before is nobody's business.
        office.text(&["due"]);
        office
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kasnec"));
        command
            .args(arguments)
            .current_dir(self.0.path())
            .env_remove("KASNEC_AS")
            .output()
            .unwrap()
    }

    fn text(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.text(&[arguments, &["--json"]].concat())).unwrap()
    }

    /// The exit code and what was said.
    fn refused(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.run(arguments);
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    /// A meeting so many days from now, proposed by the author.
    fn meeting(&self, days: u64) {
        let day = Local::now().date_naive().checked_add_days(Days::new(days)).unwrap();
        let text = format!(
            "+++\nkind = \"assembly-meeting\"\nreference = \"KK-1\"\n[facts]\nsession = \"regular\"\nmeeting_start = \"{day} 10:00\"\n\
             venue = {{ sq = \"Salla\" }}\ncalled_by = {{ sq = \"Kryesuesi\" }}\nagenda = {{ sq = [\"Buxheti\"] }}\n+++\n# [sq] Njoftim\nTeksti.\n"
        );
        fs::write(self.0.path().join("m.md"), text).unwrap();
        self.text(&["item", "add", "m.md", "--as", "arta"]);
    }
}

#[test]
fn the_leading_language_is_spoken_to_nobody_in_particular_and_each_person_is_told_in_theirs() {
    let office = Office::empty();
    let albanian = office.text(&["due"]);
    assert!(
        albanian.contains("AFATI I SIGURT") && albanian.contains("Zyra e Kryetarit"),
        "{albanian}"
    );
    assert!(office.text(&["due", "--lang", "en"]).contains("Mayor's Office"));
    let staffed = Office::staffed();
    assert!(staffed.text(&["due", "--as", "arta"]).contains("SIGURAN ROK"));
    assert!(staffed.text(&["due", "--as", "shefja"]).contains("SAFE BY"));
    assert_eq!(staffed.refused(&["due", "--as", "askush"]).0, 4);
    let (code, said) = staffed.refused(&["due", "--lang", "xx"]);
    assert!(code == 3 && said.contains("en, sq, sr, tr"), "{said}");
}

#[test]
fn what_comes_every_week_has_one_row_unless_a_day_is_asked_for() {
    let office = Office::empty();
    let rows = |arguments: &[&str]| office.text(arguments).matches("The mayor's weekly day").count();
    // The next one has a row of its own in the hours in which it is at risk.
    assert!((1..=2).contains(&rows(&["due", "--lang", "en"])));
    assert!(office.text(&["due", "--lang", "en"]).contains("more like it, the last safe by"));
    let until = Local::now().date_naive().checked_add_days(Days::new(60)).unwrap().to_string();
    assert!(rows(&["due", "--lang", "en", "--until", &until]) > 4);
    assert_eq!(office.refused(&["due", "--until", "1.1."]).0, 2);
    assert!(office.json(&["due"]).as_array().unwrap().len() > 10, "programs get every one");
}

#[test]
fn what_will_be_late_says_why_and_what_to_do() {
    let office = Office::staffed();
    office.meeting(2);
    let told = office.text(&["due", "--as", "shefja"]);
    assert!(told.contains("overdue") || told.contains("at risk"), "{told}");
    assert!(
        told.contains("It waits for approval") && told.contains("→ kasnec item approve KK-1"),
        "{told}"
    );
    let shown = office.text(&["item", "show", "KK-1", "--as", "shefja"]);
    assert!(shown.contains("Notice of an assembly meeting"), "{shown}");
    let item = office.json(&["item", "show", "KK-1"]);
    let (id, risks) = (item["duties"][0]["id"].to_string(), &item["duties"][0]["risks"]);
    assert!(risks.as_array().unwrap().iter().any(|risk| risk["kind"] == "unapproved"), "{item}");
    let detail = office.text(&["due", "show", &id, "--lang", "en"]);
    assert!(detail.contains("Rule: 01-assembly") && detail.contains("not yet"), "{detail}");
}

#[test]
fn settling_explaining_and_lifting_end_as_the_manual_says() {
    let office = Office::staffed();
    let lines = office.json(&["due"]);
    let id = |nth: usize| lines[nth]["id"].to_string();
    let settle = |id: &str, proof: &str, who: &str| office.refused(&["due", "settle", id, "--proof", proof, "--as", who]);
    assert_eq!(settle(&id(0), "Libri", "arta").0, 4);
    assert_eq!(settle(&id(0), " ", "shefja").0, 3);
    assert_eq!(settle("99999", "Libri", "shefja").0, 3);
    let ahead = office.refused(&[
        "due",
        "settle",
        &id(0),
        "--proof",
        "Libri",
        "--at",
        "2099-01-01 10:00",
        "--as",
        "shefja",
    ]);
    assert!(ahead.0 == 3 && ahead.1.contains("future"), "{}", ahead.1);
    assert_eq!(settle(&id(0), "Libri", "shefja").0, 0);
    let (code, said) = settle(&id(0), "Libri", "shefja");
    assert!(code == 3 && said.contains("has ended already (met)"), "{said}");
    assert_eq!(
        office.refused(&["due", "reason", &id(1), "--reason", "Vonë", "--as", "shefja"]).0,
        3
    );
    let lifted = office.text(&["due", "lift", &id(1), "--reason", "Festë", "--as", "shefja"]);
    assert!(lifted.contains("no longer owed (Festë)"), "{lifted}");
    let all = office.text(&["due", "--all", "--as", "shefja"]);
    assert!(all.contains("no longer owed") && all.contains("Reason: Festë"), "{all}");
    assert!(office.text(&["due", "show", &id(0), "--lang", "en"]).contains("Proof: Libri"));
    let (code, said) = office.refused(&["due", "--unit", "mayor"]);
    assert!(code == 3 && said.contains("mayors-office"), "{said}");
}

#[test]
fn the_calendar_goes_into_a_file_or_to_standard_output() {
    let office = Office::empty();
    let printed = office.text(&["due", "--ics", "-", "--lang", "en"]);
    assert!(printed.starts_with("BEGIN:VCALENDAR\r\n") && printed.ends_with("END:VCALENDAR\r\n"));
    assert_eq!(office.text(&["due", "--ics", "afatet.ics", "--lang", "en"]), "");
    assert_eq!(fs::read_to_string(office.0.path().join("afatet.ics")).unwrap(), printed);
    assert_eq!(office.refused(&["due", "--ics", "nowhere/afatet.ics"]).0, 1);
}
