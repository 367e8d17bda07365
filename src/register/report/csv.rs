//! The report for spreadsheets: RFC 4180, a line for each row of the plan, with a mark at the beginning by which spreadsheets know UTF-8.

use super::figures::Report;
use super::measured::Measured;
use super::rows::RowReport;
use super::speech::Speech;
use super::tables::{labels, measure};
use crate::item::Lang;
use crate::register::entry::Entry;
use crate::rules::Measure;

const MARK: &str = "\u{feff}";
/// What makes a spreadsheet take a text for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The report as CSV.
pub fn write(report: &Report, lang: &Lang) -> Vec<u8> {
    let speech = Speech::new(lang, &report.office);
    let mut text = MARK.to_owned();
    line(&mut text, &head(&speech));
    for row in &report.rows {
        line(&mut text, &fields(report, row, &speech));
    }
    text.into_bytes()
}

fn head(speech: &Speech) -> Vec<String> {
    let texts = ["report-number", "report-row", "report-remark"];
    let counts = [
        "report-owed",
        "report-met",
        "report-late",
        "report-overdue",
        "report-open",
        "report-lifted",
        "report-corrected",
    ];
    let mut head: Vec<String> = texts.iter().chain(&counts).map(|key| speech.word(key)).collect();
    let percent = |key| format!("{} (%)", speech.word(key));
    head.extend(["report-on-time", "report-safely"].map(percent));
    head.push(speech.word("report-lead"));
    head.extend(["report-channels", "report-languages"].map(percent));
    head.extend(Measure::ALL.iter().map(|each| measure_head(*each, speech)));
    head.push(percent("report-within-seven"));
    head.push(speech.word("report-late-cases"));
    head
}

fn measure_head(each: Measure, speech: &Speech) -> String {
    let unit = if each == Measure::Information {
        "report-hours"
    } else {
        "report-days"
    };
    format!("{} ({})", speech.word(measure(each)), speech.with(unit, &[("number", "")]).trim())
}

fn fields(report: &Report, row: &RowReport, speech: &Speech) -> Vec<String> {
    let figures = &row.figures;
    let percent = |share: Option<super::Share>| speech.figure(share.map(super::Share::percent));
    let counts = [
        figures.owed,
        figures.met,
        figures.late,
        figures.overdue,
        figures.open,
        figures.lifted,
        figures.corrected,
    ];
    let shares = [
        percent(figures.on_time),
        percent(figures.safely),
        speech.figure(figures.lead_days),
        percent(figures.channels),
        percent(figures.languages),
    ];
    let entries: Vec<&Entry> = report.entries.iter().filter(|entry| entry.plan == row.row.plan).collect();
    let measured = Measured::all(&entries, report.office.zone, report.made_at);
    let soon = measured.iter().find_map(|each| each.within_seven_days);
    let texts = [
        row.row.plan.clone(),
        speech.localized(&row.row.title),
        labels(row, speech).join("; "),
    ];
    let mut fields: Vec<String> = texts.iter().map(|text| guarded(text)).collect();
    fields.extend(counts.map(Speech::count));
    fields.extend(shares);
    fields.extend(measured.iter().map(|each| speech.figure(each.median)));
    fields.push(percent(soon));
    fields.push(guarded(&reasons(report, row, speech)));
    fields
}

/// The late cases of a row, with their reasons.
fn reasons(report: &Report, row: &RowReport, speech: &Speech) -> String {
    let of_row = report
        .late
        .iter()
        .chain(&report.overdue)
        .chain(&report.missed)
        .filter(|case| case.plan == row.row.plan);
    let said = of_row.map(|case| {
        let reason = case.reason.clone().unwrap_or_else(|| speech.word("report-no-reason"));
        format!("{}: {reason}", case.subject)
    });
    said.collect::<Vec<_>>().join("\n")
}

/// A text that no spreadsheet calculates.
fn guarded(text: &str) -> String {
    if text.starts_with(FORMULA) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn line(text: &mut String, fields: &[String]) {
    let quoted: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
    text.push_str(&quoted.join(","));
    text.push_str("\r\n");
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}
