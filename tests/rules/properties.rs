//! What holds for every rule, every anchor and every reading.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use kasnec::item::{Content, FactValue, Moment};
use kasnec::rules::{Certainty, Count, Due, Known, Rules, Step, Unit, Unsettled, Variant};
use proptest::prelude::*;

use crate::support::{BELGRADE, due, item, one_rule, parse, plan, the_rule};

const ZONES: [Tz; 4] = [
    BELGRADE,
    chrono_tz::Europe::London,
    chrono_tz::America::Los_Angeles,
    chrono_tz::Australia::Lord_Howe,
];

/// Rules of every way of counting, read once: reading a calendar of two hundred years is not what is tried here.
static RULES: LazyLock<Vec<Rules>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for direction in ["before", "after"] {
        for span in [
            "0 days",
            "1 day",
            "7 days",
            "45 days",
            "2 weeks",
            "1 month",
            "13 months",
            "2 years",
            "5 hours",
            "72 hours",
            "1000 hours",
        ] {
            let rules: Vec<String> = readings(span, direction)
                .into_iter()
                .map(|reading| rule(direction, span, &reading))
                .collect();
            all.push(rules);
        }
    }
    all.into_iter()
        .flatten()
        .map(|text| plan(&text).unwrap_or_else(|faults| panic!("{faults}\n{text}")))
        .collect()
});

fn readings(span: &str, direction: &str) -> Vec<String> {
    let hours = span.ends_with("hours");
    let months = span.contains("month") || span.contains("year");
    let mut forms = vec!["count = \"elapsed\""];
    if !hours {
        forms.extend(["count = \"clear\"", "count = \"calendar\""]);
    }
    if !months {
        forms.push("count = \"elapsed\", exclude = [\"sundays\", \"holidays\"]");
    }
    if !hours && !months {
        forms.extend([
            "count = \"working\"",
            "count = \"clear\", exclude = [\"weekends\"]",
            "count = \"calendar\", exclude = [\"saturdays\"]",
        ]);
    }
    let roll = if direction == "before" { "earlier" } else { "later" };
    let ends = |form: &str| {
        let mut ends = vec![String::new(), ", cutoff = \"16:00\"".to_owned()];
        if direction == "before" || !form.contains("elapsed") {
            ends.extend([format!(", roll = \"{roll}\""), format!(", roll = \"{roll}\", cutoff = \"12:30\"")]);
        }
        ends
    };
    let all = forms
        .iter()
        .flat_map(|form| ends(form).into_iter().map(move |end| format!("{form}{end}")));
    all.collect()
}

/// One rule with one reading, and an unconfirmed one beside it that may warn.
fn rule(direction: &str, span: &str, reading: &str) -> String {
    let lines = format!(
        "kinds = [\"assembly-meeting\"]\nanchor = \"meeting_start\"\n{direction} = \"{span}\"\nreadings = [{{ {reading} }}, {{ count = \"elapsed\" }}, \
         {{ count = \"elapsed\", period = \"60 hours\", certainty = \"unverified\" }}]"
    );
    one_rule("kosovo", &lines)
}

fn anchors() -> impl Strategy<Value = DateTime<Utc>> {
    // From 1990 to 2200, to the minute; every third within a day of a change of clocks, where mistakes live.
    let any = (631_152_000_i64..7_258_118_400).prop_map(|seconds| seconds / 60 * 60);
    let changes = (1990_i32..2200, prop::bool::ANY, -1440_i64..1440).prop_map(|(year, spring, minutes)| {
        let month = if spring { 3 } else { 10 };
        let end = NaiveDate::from_ymd_opt(year, month, 31).unwrap();
        let sunday = end - Duration::days(i64::from(chrono::Datelike::weekday(&end).num_days_from_sunday()));
        sunday.and_time(NaiveTime::MIN).and_utc().timestamp() + 3600 + minutes * 60
    });
    prop_oneof![2 => any, 1 => changes].prop_map(|seconds| DateTime::from_timestamp(seconds, 0).unwrap())
}

fn meeting_at(at: DateTime<Utc>, zone: Tz) -> Content {
    let mut content = item("assembly-meeting", &[("session", "regular")], zone);
    let moment = Moment {
        at,
        wall: String::new(),
        zone,
    };
    content.facts.insert("meeting_start".to_owned(), FactValue::Instant(moment));
    content
}

fn counted(rules: &Rules, at: DateTime<Utc>, zone: Tz) -> (Result<Due, Unsettled>, Vec<Step>) {
    due(the_rule(rules), Some(&meeting_at(at, zone)), &Known::zone(zone))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn a_later_anchor_never_has_an_earlier_deadline(at in anchors(), zone in 0..ZONES.len(), which in any::<prop::sample::Index>(), later in 0_i64..200_000) {
        let rules = which.get(&RULES);
        let (first, second) = (counted(rules, at, ZONES[zone]).0, counted(rules, at + Duration::minutes(later), ZONES[zone]).0);
        if let (Ok(first), Ok(second)) = (first, second) {
            // 29 and 30 March are both a month after the last of February: of months that pass, only the day is certain to grow.
            let clamped = first.readings.iter().any(|one| one.count == Count::Elapsed && matches!(one.period.unit, Unit::Months | Unit::Years));
            let slack = if clamped { Duration::days(1) } else { Duration::zero() };
            prop_assert!(first.safe_by <= second.safe_by + slack && first.latest_by <= second.latest_by + slack);
            for (one, other) in first.readings.iter().zip(&second.readings) {
                prop_assert!(one.by <= other.by + slack, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn every_anchor_has_a_deadline_or_a_named_reason_and_the_deadlines_are_in_order(at in anchors(), zone in 0..ZONES.len(), which in any::<prop::sample::Index>()) {
        let rules = which.get(&RULES);
        match counted(rules, at, ZONES[zone]).0 {
            Ok(due) => {
                prop_assert!(due.safe_by <= due.latest_by);
                prop_assert!(due.warn_by.is_none_or(|warn| warn < due.safe_by));
                let side = |by: DateTime<Utc>| if due.before { by <= end_of_day(at, ZONES[zone]) } else { by >= at - Duration::days(1) };
                prop_assert!(due.readings.iter().all(|reading| side(reading.by)), "on the wrong side of {at}: {due:?}");
            }
            Err(unsettled) => prop_assert_eq!(unsettled, Unsettled::OutOfRange),
        }
    }

    #[test]
    fn what_is_explained_is_what_is_computed(at in anchors(), zone in 0..ZONES.len(), which in any::<prop::sample::Index>()) {
        let (due, steps) = counted(which.get(&RULES), at, ZONES[zone]);
        if let Ok(due) = due {
            let ends: Vec<DateTime<Utc>> = steps.iter().filter_map(|step| if let Step::By { at } = step { Some(*at) } else { None }).collect();
            let readings: Vec<DateTime<Utc>> = due.readings.iter().map(|reading| reading.by).collect();
            prop_assert_eq!(ends, readings);
        }
    }

    #[test]
    fn what_is_public_too_late_stays_too_late_however_later_it_is(at in anchors(), which in any::<prop::sample::Index>(), public in -400_000_i64..400_000, later in 0_i64..400_000) {
        if let Ok(due) = counted(which.get(&RULES), at, BELGRADE).0 {
            let first = at + Duration::minutes(public);
            let late = |public: DateTime<Utc>| public > due.latest_by;
            prop_assert!(!late(first) || late(first + Duration::minutes(later)));
        }
    }

    #[test]
    fn any_length_and_any_reading_that_is_accepted_comes_to_something(
        amount in 0_u32..4000, unit in 0..5_usize, count in 0..4_usize, exclude in 0..16_usize, roll in 0..3_usize, before in any::<bool>(), at in anchors()
    ) {
        let unit = ["hours", "days", "weeks", "months", "years"][unit];
        let count = ["clear", "calendar", "working", "elapsed"][count];
        let roll = ["none", "earlier", "later"][roll];
        let excluded: Vec<&str> = ["\"saturdays\"", "\"sundays\"", "\"weekends\"", "\"holidays\""]
            .into_iter().enumerate().filter(|(bit, _)| exclude >> bit & 1 == 1).map(|(_, day)| day).collect();
        let lines = format!(
            "kinds = [\"assembly-meeting\"]\nanchor = \"meeting_start\"\n{} = \"{amount} {unit}\"\nreadings = [{{ count = \"{count}\", exclude = [{}], roll = \"{roll}\" }}]",
            if before { "before" } else { "after" }, excluded.join(", ")
        );
        let files = BTreeMap::from([
            ("plan.toml".to_owned(), one_rule("bare", &lines)),
            ("holidays/bare-2027.toml".to_owned(), BARE.to_owned()),
        ]);
        if let Ok(rules) = parse(&files) {
            match counted(&rules, at, BELGRADE).0 {
                Ok(due) => prop_assert!(due.safe_by == due.latest_by),
                Err(unsettled) => prop_assert_eq!(unsettled, Unsettled::OutOfRange),
            }
        }
    }
}

const BARE: &str = "[calendar]\nid = \"bare\"\nyear = 2027\nweekend = [\"saturday\", \"sunday\"]\nstatus = \"computed\"\nsource = \"s\"\n";

/// A duty before an event may last as long as the day of the event does, where it is counted in whole days.
fn end_of_day(at: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    at.with_timezone(&zone)
        .date_naive()
        .succ_opt()
        .unwrap()
        .and_time(NaiveTime::MIN)
        .and_utc()
        + Duration::hours(14)
}

#[test]
fn an_urgent_case_and_an_extension_take_the_place_of_the_usual_period() {
    let rules = plan(&one_rule(
        "kosovo",
        "kinds = [\"assembly-meeting\"]\nanchor = \"meeting_start\"\nbefore = \"7 days\"\nreadings = [{ count = \"clear\" }]\n\
         [rule.urgent]\nwhen = { session = [\"urgent\"] }\nbefore = \"24 hours\"\nreadings = [{ count = \"elapsed\" }]\nsource = \"u\"\n\
         [rule.extension]\nwhen = { session = [\"urgent\", \"extraordinary\"] }\nbefore = \"3 days\"\nsource = \"e\"",
    ))
    .unwrap();
    let of = |session: &str| {
        let (due, steps) = due(
            the_rule(&rules),
            Some(&crate::support::meeting(session, "2026-11-24 10:00")),
            &Known::zone(BELGRADE),
        );
        let due = due.unwrap();
        let told = steps.iter().find_map(|step| {
            if let Step::Variant { variant, source } = step {
                Some((*variant, source.clone()))
            } else {
                None
            }
        });
        assert_eq!(told.as_ref().map(|(variant, _)| *variant), due.variant);
        (crate::support::wall(due.safe_by, BELGRADE), told)
    };
    assert_eq!(of("regular"), ("2026-11-17 00:00".to_owned(), None));
    assert_eq!(
        of("urgent"),
        ("2026-11-23 10:00".to_owned(), Some((Variant::Urgent, "u".to_owned())))
    );
    assert_eq!(
        of("extraordinary"),
        ("2026-11-21 00:00".to_owned(), Some((Variant::Extension, "e".to_owned())))
    );
}

#[test]
fn an_unconfirmed_reading_warns_and_only_where_there_is_no_other_it_counts() {
    let of = |readings: &str, certainty: &str| {
        let text = one_rule(
            "kosovo",
            &format!("kinds = [\"assembly-meeting\"]\nanchor = \"meeting_start\"\nbefore = \"3 days\"\nreadings = [{readings}]"),
        );
        let rules = plan(&text.replace("certainty = \"plan\"", &format!("certainty = \"{certainty}\""))).unwrap();
        let bound = the_rule(&rules);
        let found = due(
            bound,
            Some(&crate::support::meeting("regular", "2026-11-24 10:00")),
            &Known::zone(BELGRADE),
        )
        .0
        .unwrap();
        (found, bound.rule.binds())
    };
    let unsure = "{ count = \"elapsed\", period = \"10 days\", certainty = \"unverified\" }";
    let (mixed, binds) = of(&format!("{{ count = \"elapsed\" }}, {unsure}"), "plan");
    assert!(binds && mixed.warn_by.is_some() && mixed.safe_by == mixed.latest_by);
    let (later, _) = of(
        "{ count = \"elapsed\" }, { count = \"elapsed\", period = \"1 day\", certainty = \"unverified\" }",
        "plan",
    );
    assert_eq!(later.warn_by, None, "a later one says nothing");
    let (alone, _) = of(unsure, "plan");
    assert!(alone.warn_by.is_none() && alone.readings[0].certainty == Certainty::Unverified);
    let (rule, binds) = of("{ count = \"elapsed\", certainty = \"verified\" }", "unverified");
    assert!(
        !binds && rule.readings[0].certainty == Certainty::Unverified,
        "a reading is never surer than its rule"
    );
}
