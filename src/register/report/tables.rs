//! The tables of the report.

use super::cases::Case;
use super::figures::Report;
use super::measured::{Measured, Unit};
use super::rows::{Nature, RowReport};
use super::share::Share;
use super::speech::Speech;
use super::table::{Cell, Column, Set, Table};
use crate::rules::Measure;

/// A table's columns, from the keys of their headings.
pub fn columns(speech: &Speech, wanted: &[(&'static str, Set)]) -> Vec<Column> {
    let column = |(key, set): &(&'static str, Set)| Column {
        label: speech.word(key),
        set: *set,
    };
    wanted.iter().map(column).collect()
}

/// The plan, row by row.
pub fn rows(report: &Report, speech: &Speech) -> Table {
    let wanted = [
        ("report-number", Set::Code),
        ("report-row", Set::Text),
        ("report-owed", Set::Figure),
        ("report-on-time", Set::Figure),
        ("report-safely", Set::Figure),
        ("report-late", Set::Figure),
        ("report-overdue", Set::Figure),
        ("report-open", Set::Figure),
        ("report-lead", Set::Figure),
        ("report-channels", Set::Figure),
        ("report-languages", Set::Figure),
    ];
    Table {
        id: "rows",
        title: speech.word("report-rows"),
        columns: columns(speech, &wanted),
        lines: report.rows.iter().map(|row| row_line(row, speech)).collect(),
        empty: speech.word("report-no-cases"),
    }
}

fn row_line(row: &RowReport, speech: &Speech) -> Vec<Cell> {
    let figures = &row.figures;
    vec![
        row.row.plan.clone().into(),
        Cell::noted(speech.localized(&row.row.title), labels(row, speech)),
        Speech::count(figures.owed).into(),
        speech.share(figures.on_time).into(),
        speech.share(figures.safely).into(),
        Cell::bad(Speech::count(figures.late)),
        Cell::bad(Speech::count(figures.overdue)),
        Speech::count(figures.open).into(),
        speech.figure(figures.lead_days).into(),
        speech.share(figures.channels).into(),
        speech.share(figures.languages).into(),
    ]
}

/// What must be known of a row before its figures are read.
pub fn labels(row: &RowReport, speech: &Speech) -> Vec<String> {
    let nature = match row.row.nature {
        Nature::Duty => None,
        Nature::Aim => Some(speech.word("report-aim")),
        Nature::Principle => Some(speech.word("report-principle")),
    };
    let unverified = row.row.unverified.then(|| speech.word("report-unverified"));
    let reached = |share: Share| speech.with("report-aims-reached", &[("share", &speech.share(Some(share)))]);
    nature.into_iter().chain(unverified).chain(row.aims.map(reached)).collect()
}

/// How soon what follows came.
pub fn measures(report: &Report, speech: &Speech) -> Table {
    let wanted = [
        ("report-measure", Set::Text),
        ("report-cases", Set::Figure),
        ("report-median", Set::Figure),
        ("report-on-time", Set::Figure),
        ("report-within-seven", Set::Figure),
    ];
    Table {
        id: "measures",
        title: speech.word("report-measures"),
        columns: columns(speech, &wanted),
        lines: report.measures.iter().map(|measured| measure_line(measured, speech)).collect(),
        empty: speech.word("report-no-cases"),
    }
}

fn measure_line(measured: &Measured, speech: &Speech) -> Vec<Cell> {
    vec![
        speech.word(measure(measured.measure)).into(),
        Speech::count(measured.of).into(),
        span(measured, speech).into(),
        speech.share(measured.on_time).into(),
        speech.share(measured.within_seven_days).into(),
    ]
}

fn span(measured: &Measured, speech: &Speech) -> String {
    let key = match measured.unit {
        Unit::Hours => "report-hours",
        Unit::Days => "report-days",
    };
    let said = |value| speech.with(key, &[("number", &speech.number(value))]);
    measured.median.map_or_else(String::new, said)
}

/// The key of what a measure is called.
pub fn measure(measure: Measure) -> &'static str {
    match measure {
        Measure::Information => "report-information",
        Measure::Minutes => "report-minutes",
        Measure::Video => "report-video",
        Measure::Publication => "report-publication",
        Measure::Answers => "report-answers",
    }
}

/// Where what was asked for stands.
pub fn complete(report: &Report, speech: &Speech) -> Table {
    let wanted = [
        ("report-where", Set::Text),
        ("report-share", Set::Figure),
        ("report-cases", Set::Figure),
    ];
    let line = |name: String, share: Share| vec![name.into(), speech.share(Some(share)).into(), speech.parts(Some(share)).into()];
    let channels = report.channels.iter().map(|(name, share)| line(speech.group(name), *share));
    let languages = report.languages.iter().map(|(code, share)| line(Speech::language(code), *share));
    Table {
        id: "complete",
        title: speech.word("report-complete"),
        columns: columns(speech, &wanted),
        lines: channels.chain(languages).collect(),
        empty: speech.word("report-no-cases"),
    }
}

/// The cases that a council asks about, each kind in a table of its own.
pub fn cases(report: &Report, speech: &Speech) -> Vec<Table> {
    vec![
        late("late", "report-late-cases", &report.late, speech),
        overdue(&report.overdue, speech),
        late("missed", "report-missed-cases", &report.missed, speech),
        lifted(&report.lifted, speech),
    ]
}

fn late(id: &'static str, title: &'static str, cases: &[Case], speech: &Speech) -> Table {
    let wanted = [
        ("report-number", Set::Code),
        ("report-subject", Set::Text),
        ("report-due-at", Set::Code),
        ("report-met-at", Set::Code),
        ("report-days-late", Set::Figure),
        ("report-reason", Set::Text),
    ];
    let line = |case: &Case| {
        vec![
            case.plan.clone().into(),
            subject(case, speech),
            speech.instant(case.due).into(),
            speech.instant(case.met_at).into(),
            speech.figure(case.days_late).into(),
            reason(case, speech).into(),
        ]
    };
    Table {
        id,
        title: speech.word(title),
        columns: columns(speech, &wanted),
        lines: cases.iter().map(line).collect(),
        empty: speech.word("report-no-cases"),
    }
}

fn overdue(cases: &[Case], speech: &Speech) -> Table {
    let wanted = [
        ("report-number", Set::Code),
        ("report-subject", Set::Text),
        ("report-due-at", Set::Code),
        ("report-days-late", Set::Figure),
        ("report-reason", Set::Text),
    ];
    let line = |case: &Case| {
        vec![
            case.plan.clone().into(),
            subject(case, speech),
            speech.instant(case.due).into(),
            speech.figure(case.days_late).into(),
            reason(case, speech).into(),
        ]
    };
    Table {
        id: "overdue",
        title: speech.word("report-overdue-cases"),
        columns: columns(speech, &wanted),
        lines: cases.iter().map(line).collect(),
        empty: speech.word("report-no-cases"),
    }
}

fn lifted(cases: &[Case], speech: &Speech) -> Table {
    let wanted = [
        ("report-number", Set::Code),
        ("report-subject", Set::Text),
        ("report-due-at", Set::Code),
        ("report-reason", Set::Text),
    ];
    let line = |case: &Case| {
        vec![
            case.plan.clone().into(),
            subject(case, speech),
            speech.instant(case.due).into(),
            reason(case, speech).into(),
        ]
    };
    Table {
        id: "lifted",
        title: speech.word("report-lifted-cases"),
        columns: columns(speech, &wanted),
        lines: cases.iter().map(line).collect(),
        empty: speech.word("report-no-cases"),
    }
}

fn subject(case: &Case, speech: &Speech) -> Cell {
    let notes = [speech.localized(&case.title), case.unit.clone()];
    Cell::noted(case.subject.clone(), notes.into_iter().filter(|note| !note.is_empty()).collect())
}

fn reason(case: &Case, speech: &Speech) -> String {
    case.reason.clone().unwrap_or_else(|| speech.word("report-no-reason"))
}
