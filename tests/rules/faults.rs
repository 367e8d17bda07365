//! Every fault of a file of rules is told: file, line, field, reason, and what to write instead.

use std::collections::BTreeMap;

use crate::support::{files, one_rule, parse, plan};

/// The rule of [`one_rule`] begins on line 7; what a case adds begins on this one.
const KINDS: &str = "kinds = [\"assembly-meeting\"]\n";
const ACTS: &str = "kinds = [\"municipal-act\"]\n";
const SEVEN: &str = "anchor = \"meeting_start\"\nbefore = \"7 days\"\n";
const CLEAR: &str = "readings = [{ count = \"clear\" }]\n";

/// What is wrong with the one rule, and how it is told: `LINE: FIELD`, then words of the reason and of the suggestion.
fn told(cases: &[(&str, String, &str, &[&str])]) {
    let mut wrong = Vec::new();
    for (what, lines, place, words) in cases {
        match plan(&one_rule("kosovo", lines)) {
            Ok(_) => wrong.push(format!("{what}: nothing was told")),
            Err(faults) => {
                let start = format!("rules/plan.toml:{place}: ");
                let found = faults
                    .lines()
                    .any(|fault| fault.starts_with(&start) && words.iter().all(|word| fault.contains(word)));
                if !found {
                    wrong.push(format!("{what}: expected {start} with {words:?}, told was:\n    {faults}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn on_meetings(more: &str) -> String {
    format!("{KINDS}{SEVEN}{CLEAR}{more}")
}

#[test]
fn a_file_that_cannot_be_read_is_told_with_the_line_the_key_and_what_may_have_been_meant() {
    told(&[
        (
            "unknown key",
            format!("{KINDS}ancor = \"meeting_start\"\n"),
            "15: ancor",
            &["unknown field", "did you mean `anchor`?", "docs/RULES.md"],
        ),
        (
            "unknown count",
            format!("{KINDS}{SEVEN}readings = [{{ count = \"clea\" }}]\n"),
            "17: readings",
            &["unknown variant `clea`", "did you mean `clear`?"],
        ),
        (
            "unknown severity",
            on_meetings("measure = \"minute\"\n"),
            "18: measure",
            &["did you mean `minutes`?"],
        ),
        (
            "impossible length",
            format!("{KINDS}anchor = \"meeting_start\"\nbefore = \"7 fortnights\"\n{CLEAR}"),
            "16: before",
            &["\"7 fortnights\" is not a length of time", "for example \"7 days\""],
        ),
        (
            "length beyond ten years",
            on_meetings("escalate = [{ before = \"11 years\", tell = [\"unit\"] }]\n"),
            "18: escalate",
            &["\"11 years\"", "at most ten years"],
        ),
        (
            "impossible hour",
            format!("{KINDS}{SEVEN}readings = [{{ count = \"clear\", cutoff = \"25:00\" }}]\n"),
            "17: readings",
            &["\"25:00\" is not an hour of the day", "\"16:00\""],
        ),
        (
            "impossible date",
            on_meetings("valid_from = \"2027-02-29\"\n"),
            "18: valid_from",
            &["out of range"],
        ),
        (
            "a text for a list",
            on_meetings("requires = \"agenda\"\n"),
            "18: requires",
            &["invalid type"],
        ),
        (
            "no TOML at all",
            "kinds = [\"assembly-meeting\"\n".to_owned(),
            "14: kinds",
            &["unclosed array", "docs/RULES.md"],
        ),
    ]);
}

#[test]
fn unknown_kinds_facts_values_and_groups_are_told_with_those_there_are() {
    told(&[
        (
            "unknown kind",
            format!("kinds = [\"assembly-meting\"]\n{SEVEN}{CLEAR}"),
            "14: r.kinds",
            &["no kind \"assembly-meting\"", "assembly-meeting"],
        ),
        (
            "no kind",
            format!("kinds = []\n{SEVEN}{CLEAR}"),
            "14: r.kinds",
            &["names no kind, so it can never apply"],
        ),
        (
            "unknown anchor",
            format!("{KINDS}anchor = \"meeting_begin\"\nbefore = \"7 days\"\n{CLEAR}"),
            "15: r.anchor",
            &["no fact \"meeting_begin\" to count from", "meeting_start"],
        ),
        (
            "anchor that is no time",
            format!("{KINDS}anchor = \"venue\"\nbefore = \"7 days\"\n{CLEAR}"),
            "15: r.anchor",
            &["\"venue\" of \"assembly-meeting\" is no day and no instant"],
        ),
        (
            "unknown fact in when",
            on_meetings("when = { sesion = [\"regular\"] }\n"),
            "18: r.when",
            &["has no fact \"sesion\"", "session"],
        ),
        (
            "unknown value",
            on_meetings("when = { session = [\"reguler\"] }\n"),
            "18: r.when",
            &["\"reguler\" is no value of \"session\"", "can never apply", "extraordinary"],
        ),
        (
            "no value",
            on_meetings("when = { session = [] }\n"),
            "18: r.when",
            &["no value it may have", "can never apply"],
        ),
        (
            "a value of an instant",
            on_meetings("when = { meeting_start = [\"2026-11-24 10:00\"] }\n"),
            "18: r.when",
            &["can never apply", "choice, number, date or text"],
        ),
        (
            "a number that is none",
            on_meetings("when = { session_number = [\"first\"] }\n"),
            "18: r.when",
            &["\"first\" is no value", "write it like 12"],
        ),
        (
            "unknown required fact",
            on_meetings("requires = [\"agenda\", \"room\"]\n"),
            "18: r.requires",
            &["no fact \"room\"", "venue"],
        ),
        (
            "unknown restart",
            on_meetings("restarts = [\"agendum\"]\n"),
            "18: r.restarts",
            &["no fact \"agendum\""],
        ),
        (
            "unknown group",
            on_meetings("channels = { all = [\"webpage\"] }\n"),
            "18: r.channels",
            &["no group of channels \"webpage\"", "website"],
        ),
        (
            "a fact that no kind has",
            "kinds = [\"*\"]\nwhen = { colour = [\"red\"] }\nchannels = { all = [\"website\"] }\n".to_owned(),
            "15: r.when",
            &["no kind has a fact \"colour\""],
        ),
    ]);
}

#[test]
fn rules_that_can_never_apply_or_never_be_met_are_told() {
    told(&[
        ("but shuts out what when lets in", on_meetings("when = { session = [\"urgent\"] }\nbut = { session = [\"urgent\"] }\n"), "19: r.but", &["can never apply"]),
        ("but shuts out everything", on_meetings("but = { session = [\"regular\", \"extraordinary\", \"urgent\"] }\n"), "18: r.but", &["can never apply"]),
        ("a kind that is never published", "kinds = [\"petition\"]\nanchor = \"received_at\"\nafter = \"60 days\"\nreadings = [{ count = \"calendar\" }]\n".to_owned(), "14: r.kinds", &["\"petition\" is never published", "met ="]),
        ("what is tracked, on a channel", "kinds = [\"petition\"]\nmet = \"considered_at\"\nanchor = \"received_at\"\nafter = \"60 days\"\nreadings = [{ count = \"calendar\" }]\nchannels = { all = [\"website\"] }\n".to_owned(), "19: r.channels", &["only tracked", "leave channels away"]),
        ("met by what is no time", "kinds = [\"petition\"]\nmet = \"summary\"\nanchor = \"received_at\"\nafter = \"60 days\"\nreadings = [{ count = \"calendar\" }]\n".to_owned(), "15: r.met", &["summary"]),
        ("several duties in one", on_meetings("met = \"meeting_end\"\nevery = { period = \"week\" }\n"), "14: r.kinds", &["more than one of met, follows and every"]),
        ("follows everything", follows("{ kinds = [\"*\"], on = \"meeting_date\" }"), "15: r.follows", &["there is no kind \"*\""]),
        ("follows an unknown kind", follows("{ kinds = [\"assembly\"], on = \"meeting_date\" }"), "15: r.follows", &["there is no kind \"assembly\""]),
        ("follows by nothing", follows("{ kinds = [\"assembly-meeting\"] }"), "15: r.follows", &["how a follow-up is known", "can never be met"]),
        ("follows by an unknown fact", follows("{ kinds = [\"assembly-meeting\"], reference = \"ref\" }"), "15: r.follows", &["no fact \"ref\"", "notice_reference"]),
        ("asks for nothing", KINDS.to_owned(), "8: r.id", &["asks for nothing", "[[principle]]"]),
        ("ends before it begins", on_meetings("valid_from = \"2027-05-01\"\nvalid_until = \"2027-04-01\"\n"), "19: r.valid_until", &["ends on 2027-04-01, before it begins on 2027-05-01", "swap"]),
        ("tells nobody", on_meetings("escalate = [{ before = \"2 days\", tell = [] }]\n"), "18: r.escalate", &["tells nobody", "escalate = []"]),
        ("at the same time as itself", on_meetings("channels = { all = [\"website\"], simultaneous = true }\n"), "18: r.channels", &["simultaneous"]),
        ("one of those that all are", on_meetings("channels = { all = [\"website\"], any = [\"website\", \"boards\"] }\n"), "18: r.channels", &["\"website\" is in all"]),
    ]);
}

fn follows(how: &str) -> String {
    format!(
        "kinds = [\"meeting-information\"]\nfollows = {how}\nanchor = \"meeting_start\"\nafter = \"2 days\"\nreadings = [{{ count = \"working\" }}]\n"
    )
}

#[test]
fn impossible_times_and_readings_are_told() {
    told(&[
        (
            "both ways",
            on_meetings("after = \"1 days\"\n"),
            "16: r.before",
            &["both before and after", "keep one"],
        ),
        (
            "nothing to count from",
            format!("{KINDS}before = \"7 days\"\n{CLEAR}"),
            "7: r.anchor",
            &["nothing to count it from", "add anchor"],
        ),
        (
            "no way to count",
            format!("{KINDS}{SEVEN}"),
            "7: r.readings",
            &["how the time is counted", "add readings"],
        ),
        (
            "nothing to count",
            format!("{KINDS}anchor = \"meeting_start\"\n{CLEAR}"),
            "16: r.readings",
            &["how to count, but not how much"],
        ),
        (
            "before it is queued",
            format!("{KINDS}anchor = \"queued\"\nbefore = \"7 days\"\n{CLEAR}"),
            "15: r.anchor",
            &["before an item is queued"],
        ),
        (
            "a period without every",
            format!("{KINDS}anchor = \"period_end\"\nafter = \"7 days\"\nreadings = [{{ count = \"calendar\" }}]\n"),
            "15: r.anchor",
            &["period_start or period_end"],
        ),
        (
            "rolls past the event",
            format!("{KINDS}{SEVEN}readings = [{{ count = \"calendar\", roll = \"later\" }}]\n"),
            "17: r.readings",
            &["rolls later", "roll = \"earlier\""],
        ),
        (
            "hours in clear days",
            format!("{KINDS}anchor = \"meeting_start\"\nbefore = \"48 hours\"\n{CLEAR}"),
            "17: r.readings",
            &["hours are hours that pass", "count = \"elapsed\""],
        ),
        (
            "months with days left out",
            format!("{ACTS}anchor = \"registered_on\"\nafter = \"2 months\"\nreadings = [{{ count = \"working\" }}]\n"),
            "17: r.readings",
            &["of months no days can be left out"],
        ),
        (
            "months in one reading",
            format!(
                "{ACTS}anchor = \"registered_on\"\nafter = \"2 days\"\nreadings = [{{ count = \"calendar\", period = \"1 month\", exclude = [\"sundays\"] }}]\n"
            ),
            "17: r.readings",
            &["of months"],
        ),
        (
            "to the minute, rolled later",
            format!("{ACTS}anchor = \"registered_on\"\nafter = \"2 days\"\nreadings = [{{ count = \"elapsed\", roll = \"later\" }}]\n"),
            "17: r.readings",
            &["counted to the minute", "would be due earlier"],
        ),
        (
            "weekends twice",
            format!("{KINDS}{SEVEN}readings = [{{ count = \"clear\", exclude = [\"saturdays\", \"sundays\", \"weekends\"] }}]\n"),
            "17: r.readings",
            &["left out twice"],
        ),
        (
            "a cancellation in weeks",
            on_meetings("cancellation = \"1 week\"\n"),
            "18: r.cancellation",
            &["within hours or days"],
        ),
        (
            "urgent without a time",
            on_meetings("[rule.urgent]\nwhen = { session = [\"urgent\"] }\nsource = \"s\"\n"),
            "18: r.urgent",
            &["either before or after"],
        ),
        (
            "urgent at no time",
            on_meetings("[rule.urgent]\nwhen = {}\nbefore = \"24 hours\"\nreadings = [{ count = \"elapsed\" }]\nsource = \"s\"\n"),
            "18: r.urgent",
            &["does not say when it holds"],
        ),
        (
            "urgent the other way",
            on_meetings(
                "[rule.urgent]\nwhen = { session = [\"urgent\"] }\nafter = \"24 hours\"\nreadings = [{ count = \"elapsed\" }]\nsource = \"s\"\n",
            ),
            "18: r.urgent",
            &["the other way"],
        ),
        (
            "urgent in hours, counted as usual",
            on_meetings("[rule.urgent]\nwhen = { session = [\"urgent\"] }\nbefore = \"24 hours\"\nsource = \"s\"\n"),
            "17: r.readings",
            &["hours are hours that pass"],
        ),
        (
            "urgent by an unknown value",
            on_meetings("[rule.urgent]\nwhen = { session = [\"hurried\"] }\nbefore = \"1 day\"\nsource = \"s\"\n"),
            "18: r.urgent",
            &["\"hurried\" is no value"],
        ),
        (
            "urgent asks for an unknown fact",
            on_meetings("[rule.urgent]\nwhen = { session = [\"urgent\"] }\nbefore = \"1 day\"\nrequires = [\"excuse\"]\nsource = \"s\"\n"),
            "18: r.urgent",
            &["no fact \"excuse\""],
        ),
    ]);
}

#[test]
fn periods_that_cannot_be_told_apart_are_told() {
    let every = |every: &str| {
        format!(
            "kinds = [\"directorate-report\"]\nevery = {{ period = \"half-year\", {every} }}\nanchor = \"period_end\"\nafter = \"31 days\"\nreadings = [{{ count = \"calendar\" }}]\n"
        )
    };
    told(&[
        ("a part without values", every("year = \"year\", part = \"period\""), "15: r.every", &["not its values", "first-half"]),
        ("a part without a year", every("part = \"period\", parts = [\"first-half\", \"year\"]"), "15: r.every", &["not the year"]),
        ("a part that is no value", every("year = \"year\", part = \"period\", parts = [\"first-half\", \"second-half\"]"), "15: r.every", &["\"second-half\" is no value of \"period\""]),
        ("each without a fact", every("year = \"year\", each = \"directorates\""), "15: r.every", &["neither works alone"]),
        ("a fact without each", every("year = \"year\", fact = \"directorate\""), "15: r.every", &["neither works alone"]),
        ("an unknown fact", every("year = \"years\""), "15: r.every", &["no fact \"years\""]),
        ("never", every("year = \"year\", times = 0"), "15: r.every", &["nothing is owed zero times"]),
        ("two ways to find the period", every("year = \"year\", on = \"year\""), "15: r.every", &["keep either"]),
        ("counts from no period", "kinds = [\"news\"]\nevery = { period = \"week\" }\nanchor = \"queued\"\nafter = \"2 days\"\nreadings = [{ count = \"working\" }]\n".to_owned(), "16: r.anchor", &["use both or neither"]),
    ]);
}

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
