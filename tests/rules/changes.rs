//! What changes with time: rules that begin and end, periods they cut in two, years without a calendar.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kasnec::rules::{Known, Rules, Step, Subject, Told, Unsettled};

use crate::support::{BELGRADE, due, item, meeting, one_rule, plan, the_rule, wall};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The periods for which a rule of one plan asks something in a year.
fn owed(rules: &Rules, lists: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let plans = ["p".to_owned()];
    let year = (day("2027-01-01"), day("2027-12-31"));
    let duties = rules.duties_ahead(&plans, year, &Known::zone(BELGRADE), lists);
    let periods = duties.into_iter().map(|duty| match duty.subject {
        Subject::Period { period, .. } => format!("{period} by {}", wall(duty.due.unwrap().safe_by, BELGRADE)),
        other => panic!("{other:?}"),
    });
    periods.collect()
}

#[test]
fn a_rule_that_ends_within_a_period_asks_for_the_periods_that_end_while_it_is_in_force() {
    let monthly = "kinds = [\"news\"]\nevery = { period = \"month\" }\nanchor = \"period_end\"\nafter = \"5 days\"\nreadings = [{ count = \"calendar\" }]";
    let until = plan(&one_rule("kosovo", &format!("{monthly}\nvalid_until = \"2027-03-15\""))).unwrap();
    assert_eq!(
        owed(&until, &BTreeMap::new()),
        ["2027-01 by 2027-02-06 00:00", "2027-02 by 2027-03-06 00:00"]
    );
    let to_the_day = plan(&one_rule("kosovo", &format!("{monthly}\nvalid_until = \"2027-03-31\""))).unwrap();
    assert_eq!(
        owed(&to_the_day, &BTreeMap::new()).len(),
        3,
        "a period that ends on the last day still counts"
    );
    let from = plan(&one_rule("kosovo", &format!("{monthly}\nvalid_from = \"2027-11-30\""))).unwrap();
    assert_eq!(
        owed(&from, &BTreeMap::new()),
        ["2027-11 by 2027-12-06 00:00", "2027-12 by 2028-01-06 00:00"]
    );
}

#[test]
fn one_rule_takes_over_from_another_without_a_gap_and_without_both() {
    let version = |id: &str, after: &str, validity: &str| {
        format!(
            "\n[[rule]]\nid = \"{id}\"\nplan = \"00\"\ntitle = {{ en = \"R\" }}\nkinds = [\"news\"]\nevery = {{ period = \"quarter\" }}\nanchor = \"period_end\"\n\
             after = \"{after}\"\nreadings = [{{ count = \"calendar\" }}]\nseverity = \"plan\"\ncertainty = \"plan\"\nsource = \"s\"\n{validity}\n"
        )
    };
    let head = "[plan]\nid = \"p\"\ntitle = { en = \"P\" }\nsource = \"s\"\n";
    let old = version("r", "30 days", "valid_until = \"2027-06-29\"");
    let new = version("r", "10 days", "valid_from = \"2027-06-30\"");
    let rules = plan(&format!("{head}{old}{new}")).unwrap();
    assert_eq!(
        owed(&rules, &BTreeMap::new()),
        [
            "2027-Q1 by 2027-05-01 00:00",
            "2027-Q2 by 2027-07-11 00:00",
            "2027-Q3 by 2027-10-11 00:00",
            "2027-Q4 by 2028-01-11 00:00"
        ]
    );
}

#[test]
fn a_duty_before_an_event_binds_by_the_day_on_which_it_falls_due() {
    let rules = plan(&one_rule(
        "kosovo",
        "kinds = [\"assembly-meeting\"]\nanchor = \"meeting_start\"\nbefore = \"7 days\"\nreadings = [{ count = \"elapsed\" }]\nvalid_from = \"2027-03-01\"\nvalid_until = \"2027-03-31\"",
    ))
    .unwrap();
    let of = |start: &str| due(the_rule(&rules), Some(&meeting("regular", start)), &Known::zone(BELGRADE)).0;
    assert_eq!(of("2027-03-07 23:00"), Err(Unsettled::NotInForce(day("2027-02-28"))));
    assert!(of("2027-03-08 00:01").is_ok());
    assert!(of("2027-04-07 23:00").is_ok(), "the event may come after the rule");
    assert_eq!(of("2027-04-08 00:01"), Err(Unsettled::NotInForce(day("2027-04-01"))));
}

#[test]
fn a_duty_whose_last_moment_is_the_end_of_a_day_falls_due_on_that_day() {
    let rules = plan(&one_rule(
        "kosovo",
        "kinds = [\"assembly-meeting\"]\nanchor = \"meeting_start\"\nbefore = \"7 days\"\nreadings = [{ count = \"clear\" }]\nvalid_until = \"2027-03-31\"",
    ))
    .unwrap();
    let of = |start: &str| due(the_rule(&rules), Some(&meeting("regular", start)), &Known::zone(BELGRADE)).0;
    // 31 March, 24:00, is still 31 March.
    assert!(of("2027-04-08 10:00").is_ok(), "{:?}", of("2027-04-08 10:00"));
    assert_eq!(of("2027-04-09 10:00"), Err(Unsettled::NotInForce(day("2027-04-01"))));
}

#[test]
fn a_duty_after_an_event_binds_by_the_day_of_the_event() {
    let rules = plan(&one_rule(
        "kosovo",
        "kinds = [\"municipal-act\"]\nanchor = \"registered_on\"\nafter = \"15 days\"\nreadings = [{ count = \"calendar\" }]\nvalid_from = \"2027-03-01\"\nvalid_until = \"2027-03-31\"",
    ))
    .unwrap();
    let of = |registered: &str| {
        let act = item("municipal-act", &[("registered_on", registered)], BELGRADE);
        due(the_rule(&rules), Some(&act), &Known::zone(BELGRADE)).0
    };
    assert_eq!(of("2027-02-28"), Err(Unsettled::NotInForce(day("2027-02-28"))));
    assert!(of("2027-03-01").is_ok());
    assert!(of("2027-03-31").is_ok(), "it may fall due after the rule has ended");
    assert_eq!(of("2027-04-01"), Err(Unsettled::NotInForce(day("2027-04-01"))));
}

#[test]
fn a_year_without_a_file_is_estimated_and_says_so_and_a_year_with_one_does_not() {
    let rules = plan(&one_rule(
        "kosovo",
        "kinds = [\"municipal-act\"]\nanchor = \"registered_on\"\nafter = \"3 days\"\nreadings = [{ count = \"working\" }, { count = \"calendar\" }]",
    ))
    .unwrap();
    let of = |registered: &str| {
        let act = item("municipal-act", &[("registered_on", registered)], BELGRADE);
        let (due, steps) = due(the_rule(&rules), Some(&act), &Known::zone(BELGRADE));
        let years: Vec<i32> = steps
            .iter()
            .filter_map(|step| if let Step::Estimated { year } = step { Some(*year) } else { None })
            .collect();
        (wall(due.unwrap().readings[0].by, BELGRADE), years)
    };
    // 17 February is Independence Day in every year; in 2031 it is a Monday.
    assert_eq!(of("2031-02-14"), ("2031-02-21 00:00".to_owned(), vec![2031]));
    // Orthodox Easter Monday of 2032 is 3 May; of 1 May, a Saturday, the shift to Monday is estimated too.
    assert_eq!(of("2032-04-30").1, vec![2032]);
    assert_eq!(of("2028-12-29").1, vec![2029], "a count that runs into such a year says so");
    assert_eq!(of("2027-02-16").1, Vec::<i32>::new());
}

#[test]
fn a_withdrawn_item_opens_the_duty_to_tell_so_only_where_the_rule_asks_for_it() {
    let with = |cancellation: &str| {
        let lines = format!(
            "kinds = [\"assembly-meeting\"]\nanchor = \"meeting_start\"\nbefore = \"7 days\"\nreadings = [{{ count = \"clear\" }}]\n{cancellation}"
        );
        plan(&one_rule("kosovo", &lines)).unwrap()
    };
    let content = meeting("regular", "2026-11-24 10:00");
    let withdrawn = crate::support::at("2026-11-23 16:00", BELGRADE);
    let told = Told {
        item: 1,
        content: &content,
        published: true,
        known: Known::zone(BELGRADE),
        withdrawn: Some(withdrawn),
    };
    let plans = ["p".to_owned()];
    let cancelled = |rules: &Rules| {
        let duties = rules.duties_of(&plans, &told);
        let found = duties.into_iter().find(|duty| duty.subject == Subject::Cancelled)?;
        Some(wall(found.due.unwrap().latest_by, BELGRADE))
    };
    assert_eq!(cancelled(&with("")), None);
    assert_eq!(cancelled(&with("cancellation = \"12 hours\"")).as_deref(), Some("2026-11-24 04:00"));
    assert_eq!(
        cancelled(&with("cancellation = \"24 hours\"")).as_deref(),
        Some("2026-11-24 10:00"),
        "before the event in any case"
    );
}
