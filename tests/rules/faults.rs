//! Every fault of one rule is told: file, line, field, reason, and what to write instead.

use crate::support::{one_rule, plan};

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

pub fn on_meetings(more: &str) -> String {
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
    ]);
}

#[test]
fn urgent_cases_that_can_never_hold_or_never_be_counted_are_told() {
    told(&[
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
