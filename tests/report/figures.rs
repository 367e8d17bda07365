//! The figures, counted by hand from the sample.

use kasnec::register::entry::Standing;
use kasnec::register::report::{Nature, PlanRow, Report, RowReport, Share, median};
use kasnec::rules::{Certainty, Measure, Severity};

use crate::rows::{self, localized};
use crate::sample::{at, entry, met, office, register, report, year};

fn row<'a>(report: &'a Report, plan: &str) -> &'a RowReport {
    report.rows.iter().find(|row| row.row.plan == plan).unwrap()
}

fn parts(share: Option<Share>) -> Option<(u32, u32)> {
    share.map(|share| (share.part(), share.whole()))
}

#[test]
fn the_row_of_the_meetings_says_what_the_cases_say() {
    let report = report();
    let figures = &row(&report, "01").figures;
    assert_eq!((figures.owed, figures.met, figures.late), (Some(21), Some(19), Some(2)));
    assert_eq!((figures.overdue, figures.open, figures.lifted), (Some(0), Some(0), Some(1)));
    assert_eq!(parts(figures.on_time), Some((19, 21)));
    assert_eq!(parts(figures.safely), Some((18, 21)));
    assert_eq!(figures.lead_days, Some(6.0));
    assert_eq!(parts(figures.channels), Some((62, 63)));
    assert_eq!(parts(figures.languages), Some((40, 42)));
    assert_eq!(figures.corrected, Some(1));
}

#[test]
fn a_row_with_nothing_to_measure_is_there_and_blank() {
    let report = report();
    let plans: Vec<&str> = report.rows.iter().map(|row| row.row.plan.as_str()).collect();
    assert_eq!(plans.len(), 20);
    assert!(plans.is_sorted());
    let yearless = &row(&report, "20").figures;
    assert_eq!(*yearless, kasnec::register::report::Figures::default());
    // The plan sets no time for procurement notices: met, and neither in time nor late.
    let tenders = &row(&report, "19").figures;
    assert_eq!((tenders.met, tenders.on_time, tenders.lead_days), (Some(2), None, None));
}

#[test]
fn aims_and_unconfirmed_deadlines_are_marked_and_left_out_of_the_whole() {
    let report = report();
    assert_eq!(row(&report, "02").row.nature, Nature::Aim);
    assert_eq!(row(&report, "10").row.nature, Nature::Principle);
    assert!(row(&report, "13").row.unverified);
    // The rows 02, 03 and 13.
    assert_eq!(report.aside, 8 + 8 + 3);
    assert_eq!(parts(row(&report, "02").figures.on_time), Some((6, 8)));
    let judged: u32 = ["01", "04", "05", "06", "07", "08", "11", "12"]
        .iter()
        .map(|plan| row(&report, plan).figures.on_time.unwrap().whole())
        .sum();
    assert_eq!(report.overall.on_time.unwrap().whole(), judged);
    assert!(report.missed.iter().all(|case| ["02", "03", "13"].contains(&case.plan.as_str())));
    assert_eq!(report.missed.len(), 3);
}

#[test]
fn a_duty_with_an_aim_beside_it_keeps_them_apart() {
    let duty = met(entry(1, "11", at(3, 1, 9), 7), 5.0);
    let mut aim = met(entry(2, "11", at(3, 1, 9), 2), 5.0);
    aim.severity = Severity::Target;
    let report = Report::of(vec![duty, aim], rows::plan(), &office(), year(), at(12, 1, 0));
    let row = row(&report, "11");
    assert_eq!(
        (row.figures.owed, parts(row.figures.on_time), parts(row.aims)),
        (Some(1), Some((1, 1)), Some((0, 1)))
    );
}

#[test]
fn answers_are_counted_by_calendar_days_whatever_extension_they_had() {
    let report = report();
    let answers = report.measures.iter().find(|each| each.measure == Measure::Answers).unwrap();
    assert_eq!((answers.of, answers.median), (Some(5), Some(6.0)));
    assert_eq!(parts(answers.within_seven_days), Some((4, 5)));
    let mut waiting = entry(1, "11", at(3, 1, 9), 15);
    waiting.measure = Some(Measure::Answers);
    let soon = |day| {
        let report = Report::of(vec![waiting.clone()], vec![], &office(), year(), at(3, day, 9));
        parts(report.measures.last().unwrap().within_seven_days)
    };
    assert_eq!(
        (soon(8), soon(9)),
        (None, Some((0, 1))),
        "an open request counts once its seven days are over"
    );
}

#[test]
fn each_measure_has_its_unit_and_is_blank_without_cases() {
    let report = report();
    let said: Vec<_> = report.measures.iter().map(|each| (each.measure, each.of, each.median)).collect();
    assert_eq!(
        said,
        [
            (Measure::Information, Some(8), Some(32.4)),
            (Measure::Minutes, Some(1), Some(18.0)),
            (Measure::Video, Some(8), Some(1.5)),
            (Measure::Publication, Some(3), Some(14.0)),
            (Measure::Answers, Some(5), Some(6.0)),
        ]
    );
    let empty = Report::of(vec![], rows::plan(), &office(), year(), at(12, 1, 0));
    assert!(
        empty
            .measures
            .iter()
            .all(|each| each.of.is_none() && each.median.is_none() && each.on_time.is_none())
    );
}

#[test]
fn late_ones_come_with_their_reasons_and_by_how_much() {
    let report = report();
    let late: Vec<_> = report
        .late
        .iter()
        .map(|case| (case.id, case.days_late, case.reason.is_some()))
        .collect();
    assert_eq!(
        late,
        [
            (27, Some(0.9), false),
            (82, Some(0.9), false),
            (95, Some(6.0), true),
            (9, Some(3.0), true),
            (70, Some(3.0), true)
        ]
    );
    assert_eq!(report.overdue.iter().map(|case| case.id).collect::<Vec<_>>(), [81]);
    assert_eq!(
        report.lifted[0].reason.as_deref(),
        Some("Mbledhja u anulua para se të fillonte afati")
    );
}

#[test]
fn the_months_hold_what_fell_due_in_them_on_the_office_s_clocks() {
    let report = report();
    assert_eq!(report.months.len(), 12);
    assert_eq!(report.months[11].outcome, None, "nothing is judged in December");
    // 31 August, 23:30 UTC, is 1 September in Kaçanik.
    let late_evening = at(8, 31, 23) + chrono::Duration::minutes(30);
    let one = met(entry(1, "05", late_evening + chrono::Duration::days(14), -14), -20.0);
    let report = Report::of(vec![one], vec![], &office(), year(), at(12, 1, 0));
    let filled: Vec<String> = report
        .months
        .iter()
        .filter(|month| month.outcome.is_some())
        .map(|month| month.first.to_string())
        .collect();
    assert_eq!(filled, ["2027-09-01"]);
}

#[test]
fn what_falls_due_outside_the_period_is_not_in_the_report() {
    let half = (year().0, at(6, 30, 12).date_naive());
    let report = Report::of(register(), rows::plan(), &office(), half, at(12, 20, 12));
    assert_eq!(report.months.len(), 6);
    assert!(
        report
            .entries
            .iter()
            .all(|entry| entry.latest_by.is_none_or(|due| due < at(6, 30, 22)))
    );
    assert!(report.entries.len() < register().len());
}

#[test]
fn rules_of_one_row_make_one_row() {
    let rule = |severity, certainty, name| PlanRow::of("01", localized([name; 4]), severity, certainty);
    let merged = PlanRow::merge([
        rule(Some(Severity::Target), Certainty::Plan, "B"),
        PlanRow::of("00", localized(["A"; 4]), None, Certainty::Plan),
        rule(Some(Severity::Plan), Certainty::Unverified, "C"),
        rule(Some(Severity::Plan), Certainty::Plan, "B"),
    ]);
    assert_eq!(merged.len(), 2);
    assert_eq!((merged[1].nature, merged[1].unverified), (Nature::Duty, true));
    assert_eq!(merged[1].title, localized(["B · C"; 4]));
}

#[test]
fn a_share_is_rounded_to_all_or_nothing_only_where_it_is() {
    let share = |part: u32, whole: u32| Share::of(0..whole, |one| *one < part).unwrap().percent();
    assert_eq!(
        [share(0, 3), share(3, 3), share(1, 3)].map(|value| value.to_string()),
        ["0", "100", "33.3"]
    );
    assert_eq!(
        [share(9999, 10_000), share(1, 10_000)].map(|value| value.to_string()),
        ["99.9", "0.1"]
    );
    assert_eq!(Share::of(0..0, |_| true), None);
    assert_eq!(
        (median([]), median([3.0, 1.0]), median([5.0, 1.0, 3.0])),
        (None, Some(2.0), Some(3.0))
    );
}

#[test]
fn a_lifted_duty_weighs_nothing() {
    let mut lifted = entry(1, "01", at(3, 1, 9), -7);
    lifted.standing = Standing::Lifted;
    let report = Report::of(vec![lifted], rows::plan(), &office(), year(), at(12, 1, 0));
    let figures = &row(&report, "01").figures;
    assert_eq!((figures.owed, figures.lifted, figures.on_time), (Some(0), Some(1), None));
}
