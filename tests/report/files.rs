//! The files, as they are written.

use kasnec::register::report::{Format, Report, write};
use serde_json::{Value, json};

use crate::rows;
use crate::sample::{at, entry, lang, met, office, report, year};

fn text(report: &Report, format: Format, code: &str) -> String {
    String::from_utf8(write(report, format, &lang(code)).unwrap()).unwrap()
}

fn empty() -> Report {
    Report::of(vec![], rows::plan(), &office(), year(), at(12, 20, 12))
}

#[test]
fn the_page_needs_nothing_else_and_runs_nothing() {
    let page = text(&report(), Format::Html, "sq");
    for word in ["<script", "src=", "href=", "@import", "url(", "onload"] {
        assert!(!page.contains(word), "{word}");
    }
    assert!(page.starts_with("<!doctype html>\n<html lang=\"sq\">"), "{}", &page[..80]);
    assert!(page.contains("buxhetin &#60;2028&#62; &#38; tatimet"), "texts are escaped");
}

#[test]
fn every_chart_is_named_described_and_given_in_figures() {
    let page = text(&report(), Format::Html, "en");
    assert_eq!(page.matches("<svg role=\"img\"").count(), 3);
    for id in ["chart-rows", "chart-months", "chart-leads"] {
        assert!(page.contains(&format!("aria-labelledby=\"{id}-title {id}-what\"")), "{id}");
        assert!(page.contains(&format!("<title id=\"{id}-title\">")) && page.contains(&format!("<desc id=\"{id}-what\">")));
    }
    assert_eq!(page.matches("<details>").count(), 3);
    assert_eq!(page.matches("<caption>").count(), page.matches("<table>").count());
}

#[test]
fn each_language_writes_its_own_numbers_dates_and_words() {
    let report = report();
    let expected = [
        ("sq", "90,5%", "Raporti i transparencës", "lang=\"sq\"", "1 janar 2027"),
        ("sr", "90,5%", "Izveštaj o transparentnosti", "lang=\"sr-Latn\"", "1. januar 2027"),
        ("en", "90.5%", "Transparency report", "lang=\"en\"", "1 January 2027"),
        ("tr", "%90,5", "Saydamlık raporu", "lang=\"tr\"", "1 Ocak 2027"),
    ];
    for (code, share, title, tag, day) in expected {
        let page = text(&report, Format::Html, code);
        for wanted in [share, title, tag, day] {
            assert!(page.contains(wanted), "{code}: {wanted}");
        }
        assert!(!page.contains("report-"), "{code}: a key without its text");
    }
}

#[test]
fn a_period_without_duties_is_said_and_drawn_without_a_single_figure() {
    let page = text(&empty(), Format::Html, "sq");
    assert!(page.contains("asnjë detyre nuk i ka skaduar afati"));
    let (_, body) = page.split_once("<body>").unwrap();
    assert!(
        !body.contains("<svg") && !body.contains("0%") && !body.contains(">0<"),
        "blank, never zero"
    );
    assert!(write(&empty(), Format::Pdf, &lang("sq")).unwrap().starts_with(b"%PDF-"));
    let figures: Value = serde_json::from_str(&text(&empty(), Format::Json, "sq")).unwrap();
    assert_eq!(figures["overall"]["on_time"], Value::Null);
    assert_eq!(figures["rows"][0]["figures"]["owed"], Value::Null);
}

#[test]
fn the_json_has_the_figures_and_the_register_behind_them() {
    let figures: Value = serde_json::from_str(&text(&report(), Format::Json, "sq")).unwrap();
    assert_eq!(
        figures["rows"][0]["figures"]["on_time"],
        json!({"part": 19, "whole": 21, "percent": 90.5})
    );
    assert_eq!(figures["rows"][1]["nature"], "aim");
    let first = figures["entries"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["id"] == 1)
        .unwrap();
    assert_eq!(first["groups"][0]["address"], "https://njoftime.kacanik.example/n/1");
    assert_eq!(first["met_at"], "2027-01-17T04:12:00Z");
}

#[test]
fn a_spreadsheet_does_not_calculate_what_somebody_wrote() {
    let hostile = |id, subject: &str| {
        let mut one = met(entry(id, "11", at(3, 1, 9), 7), 9.0);
        subject.clone_into(&mut one.subject);
        one
    };
    for subject in ["=HYPERLINK(\"x\")", "+1", "-1", "@SUM(1)", "\t=1"] {
        let report = Report::of(vec![hostile(1, subject)], rows::plan(), &office(), year(), at(12, 1, 0));
        let sheet = text(&report, Format::Csv, "sq");
        let quoted = format!("'{}", subject.replace('"', "\"\""));
        assert!(sheet.contains(&quoted), "{subject}: {sheet}");
    }
}
