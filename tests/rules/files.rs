//! Faults of whole files: plans and calendars against each other, many at once, and files that are damaged.

use std::collections::BTreeMap;

use crate::faults::on_meetings;
use crate::support::{files, one_rule, parse, plan};

/// What is told of several files.
fn told_of(changes: &[(&str, &str)]) -> String {
    let mut files = files();
    files.extend(changes.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())));
    parse(&files).map(|_| String::new()).unwrap_err()
}

#[test]
fn what_two_rules_of_a_plan_say_against_each_other_is_told() {
    let second = |id: &str, more: &str| {
        let first = one_rule("kosovo", &on_meetings(""));
        let rule = first
            .split_once("[[rule]]")
            .unwrap()
            .1
            .replace("id = \"r\"", &format!("id = \"{id}\""))
            .replace("7 days", "5 days");
        format!("{first}[[rule]]{rule}{more}")
    };
    let faults = |text: &str| plan(text).map(|_| String::new()).unwrap_err();
    let contradiction = faults(&second("q", ""));
    assert!(contradiction.starts_with("rules/plan.toml:27: q.anchor: "), "{contradiction}");
    assert!(
        contradiction.contains("the same as \"r\", but by another time") && contradiction.contains("valid_until"),
        "{contradiction}"
    );
    let twice = faults(&second("r", ""));
    assert!(twice.starts_with("rules/plan.toml:20: r.id: "), "{twice}");
    assert!(twice.contains("the name of an earlier rule"), "{twice}");
    assert!(
        plan(&second("q", "when = { session = [\"urgent\"] }\n")).is_ok(),
        "told apart by their facts"
    );
}

#[test]
fn a_plan_that_names_what_there_is_not_is_told() {
    let text = one_rule("kosova", &on_meetings(""));
    let faults = plan(&text).map(|_| String::new()).unwrap_err();
    assert!(
        faults.starts_with("rules/plan.toml:5: plan.calendar: there is no calendar \"kosova\""),
        "{faults}"
    );
    let principle = "\n[[principle]]\nid = \"q\"\nplan = \"00\"\ntitle = { en = \"Q\" }\nwhy = \"w\"\nserved_by = [\"rr\"]\n";
    let faults = plan(&(one_rule("kosovo", &on_meetings("")) + principle))
        .map(|_| String::new())
        .unwrap_err();
    assert!(
        faults.starts_with("rules/plan.toml:25: q.served_by: there is no rule \"rr\"; write one of: r"),
        "{faults}"
    );
    let without = one_rule("kosovo", &on_meetings("").replace("clear", "working")).replace("calendar = \"kosovo\"\n", "");
    let faults = plan(&without).map(|_| String::new()).unwrap_err();
    assert!(
        faults.starts_with("rules/plan.toml:16: r.readings: ") && faults.contains("add calendar"),
        "{faults}"
    );
    let nobody = one_rule("kosovo", &on_meetings("")).replacen("\n\n", "\nescalate = [{ before = \"1 day\", tell = [] }]\n\n", 1);
    let faults = plan(&nobody).map(|_| String::new()).unwrap_err();
    assert!(faults.starts_with("rules/plan.toml:6: p.escalate: "), "{faults}");
}

#[test]
fn the_same_plan_or_rule_in_two_files_is_told() {
    let kacanik = &files()["kacanik.toml"];
    let line = |of: &str| kacanik.lines().position(|line| line == of).unwrap() + 1;
    let twice = told_of(&[("zz.toml", kacanik)]);
    let place = line("id = \"kacanik\"");
    assert_eq!(
        twice,
        format!(
            "rules/zz.toml:{place}: plan.id: the plan \"kacanik\" is in rules/kacanik.toml already; give each file's plan an id of its own"
        )
    );
    let copied = told_of(&[("zz.toml", &kacanik.replace("id = \"kacanik\"", "id = \"copied\""))]);
    let first = format!("rules/zz.toml:{}: 01-assembly.id: ", line("id = \"01-assembly\""));
    assert!(
        copied.contains(&first) && copied.contains("the name of a rule in rules/kacanik.toml already"),
        "{copied}"
    );
}

#[test]
fn faults_of_a_calendar_are_told_with_the_holiday() {
    let year = &files()["holidays/kosovo-2027.toml"];
    let line = |text: &str, of: &str| text.lines().position(|line| line.contains(of)).unwrap();
    let changed = |from: &str, to: &str| told_of(&[("holidays/kosovo-2027.toml", &year.replace(from, to))]);
    let place = line(year, "2027-02-17");
    let other = changed("2027-02-17", "2026-02-17");
    assert!(
        other.starts_with(&format!("rules/holidays/kosovo-2027.toml:{place}: holiday: ")),
        "{other}"
    );
    assert!(
        other.contains("is dated 2026-02-17, but the file is about 2027") && !other.contains("there is no calendar"),
        "{other}"
    );
    let which = changed("date = \"2027-02-17\"\n", "");
    assert!(
        which.contains(&format!(":{place}: holiday: ")) && which.contains("needs either date"),
        "{which}"
    );
    let impossible = changed("2027-02-17", "2027-02-30");
    assert!(impossible.contains(&format!(":{}: date: ", place + 1)), "{impossible}");
    let church = changed("easter = \"western\"", "easter = \"westen\"");
    assert!(church.contains("did you mean `western`?"), "{church}");
    let weekend = changed(
        "[\"saturday\", \"sunday\"]",
        "[\"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\"]",
    );
    assert!(weekend.contains("the weekend has 6 days"), "{weekend}");
    let far = changed("year = 2027", "year = 20270");
    assert!(far.contains("the year 20270 is not between 1990 and 2210"), "{far}");
    let two = told_of(&[("holidays/kosovo-2027b.toml", year)]);
    assert!(
        two.contains("kosovo-2027b.toml:") && two.contains("has two files for 2027"),
        "{two}"
    );
    let twice = told_of(&[(
        "holidays/kosovo-2027.toml",
        &format!(
            "{year}\n[[holiday]]\ndate = \"2027-02-17\"\nname = {{ en = \"Independence Day\", sq = \"Dita e Pavarësisë\", sr = \"Dan nezavisnosti\", tr = \"Bağımsızlık Günü\" }}\n"
        ),
    )]);
    assert!(twice.contains("stands twice on 2027-02-17"), "{twice}");
}

#[test]
fn every_fault_of_every_file_is_told_at_once() {
    let bad = on_meetings("requires = [\"room\"]\nrestarts = [\"agendum\"]\n");
    let told = told_of(&[
        ("aa.toml", &one_rule("kosovo", &bad)),
        ("bb.toml", "[plan]\nid = 5\n"),
        (
            "holidays/kosovo-2027.toml",
            &files()["holidays/kosovo-2027.toml"].replace("2027-02-17", "2025-02-17"),
        ),
    ]);
    assert_eq!(told.lines().count(), 4, "{told}");
    for start in [
        "rules/aa.toml:18: r.requires",
        "rules/aa.toml:19: r.restarts",
        "rules/bb.toml:2: id",
        "rules/holidays/kosovo-2027.toml:",
    ] {
        assert!(told.lines().any(|line| line.starts_with(start)), "{start} in\n{told}");
    }
}

/// A small generator of its own: the same damage at every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below
    }
}

#[test]
fn a_damaged_plan_is_told_or_read_but_never_ends_the_program() {
    let text = &files()["kacanik.toml"];
    let characters: Vec<char> = text.chars().collect();
    let alphabet: Vec<char> = "[]{}=\"\n #,.0123456789abcxyzë\u{0}*-".chars().collect();
    let mut dice = Dice(2027);
    let (mut refused, runs) = (0, 250);
    for run in 0..runs {
        let mut damaged = characters.clone();
        if run % 2 == 0 {
            damaged.truncate(dice.roll(characters.len()));
        } else {
            for _ in 0..=dice.roll(4) {
                let place = dice.roll(damaged.len());
                match dice.roll(3) {
                    0 => damaged[place] = alphabet[dice.roll(alphabet.len())],
                    1 => damaged.insert(place, alphabet[dice.roll(alphabet.len())]),
                    _ => _ = damaged.remove(place),
                }
            }
        }
        let files = BTreeMap::from([("kacanik.toml".to_owned(), damaged.into_iter().collect())]);
        let told = parse(&files).map(|_| String::new()).unwrap_err();
        assert!(told.lines().all(|line| line.starts_with("rules/kacanik.toml:")), "{told}");
        refused += usize::from(told.lines().any(|line| !line.contains("no calendar \"kosovo\"")));
    }
    assert!(refused > runs / 2, "only {refused} of {runs} were refused for their damage");
}
