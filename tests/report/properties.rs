//! What holds of any register.

use chrono::Duration;
use kasnec::register::entry::{Entry, Standing};
use kasnec::register::report::{Format, Report, Share, write};
use kasnec::rules::Measure;
use proptest::prelude::*;

use crate::rows;
use crate::sample::{at, entry, lang, met, office, on, year};

const PLANS: [&str; 6] = ["01", "02", "05", "11", "13", "19"];

fn any_entry() -> impl Strategy<Value = Entry> {
    let standing = prop::sample::select(Standing::ALL);
    let measure = prop::option::of(prop::sample::select(Measure::ALL));
    (
        0..6_usize,
        1..13_u32,
        -20..20_i64,
        -30.0..30.0_f64,
        standing,
        measure,
        any::<bool>(),
    )
        .prop_map(|(plan, month, due, when, standing, measure, timed)| {
            let mut one = on(
                met(entry(0, PLANS[plan], at(month, 11, 9), due), when),
                "wF",
                &[("sq", true), ("sr", false)],
            );
            one.standing = standing;
            one.measure = measure;
            if !timed {
                (one.anchor_at, one.safe_by, one.latest_by, one.met_at) = (None, None, None, None);
            }
            one
        })
}

fn register(most: usize) -> impl Strategy<Value = Vec<Entry>> {
    prop::collection::vec(any_entry(), 0..most).prop_map(|mut entries| {
        for (id, entry) in (1..).zip(&mut entries) {
            entry.id = id;
        }
        entries
    })
}

fn of(entries: Vec<Entry>) -> Report {
    Report::of(entries, rows::plan(), &office(), year(), at(12, 20, 12))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_order_of_the_entries_does_not_matter(entries in register(30), seed in any::<prop::sample::Index>()) {
        let mut turned = entries.clone();
        if !turned.is_empty() {
            let place = seed.index(turned.len());
            turned.rotate_left(place);
            turned.reverse();
        }
        prop_assert_eq!(of(entries), of(turned));
    }

    #[test]
    fn one_more_late_entry_never_raises_the_share(entries in register(30)) {
        let before = of(entries.clone());
        let mut late = met(entry(1000, "01", at(6, 15, 9), -7), -2.0);
        late.latest_by = late.met_at.map(|met| met - Duration::days(5));
        prop_assert_eq!(late.standing, Standing::Late);
        let after = of([entries, vec![late]].concat());
        let share = |report: &Report| report.overall.on_time.map(Share::percent);
        let (was, is) = (share(&before), share(&after).unwrap());
        prop_assert!(was.is_none_or(|was| is <= was), "{was:?} became {is}");
    }

    #[test]
    fn no_figure_is_less_than_nothing_more_than_all_or_not_a_number(entries in register(12)) {
        let report = of(entries);
        let shares = report.rows.iter().flat_map(|row| [row.figures.on_time, row.figures.safely, row.figures.channels, row.figures.languages]);
        for share in shares.chain([report.overall.on_time]).flatten() {
            prop_assert!(share.whole() > 0 && share.part() <= share.whole());
            prop_assert!((0.0..=100.0).contains(&share.percent()));
        }
        for format in [Format::Html, Format::Csv, Format::Json] {
            let text = String::from_utf8(write(&report, format, &lang("sq")).unwrap()).unwrap();
            prop_assert!(!text.contains("NaN") && !text.contains(">inf"), "{format}");
        }
    }
}
