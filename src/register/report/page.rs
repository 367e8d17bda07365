//! The report as it is read: words, tables and charts in one language, drawn by the page and the document alike.

use serde::Serialize;

use super::chart::{self, Chart};
use super::figures::Report;
use super::speech::Speech;
use super::table::Table;
use super::tables;
use crate::item::Lang;

/// Everything that is said.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// The language's tag.
    pub tag: String,
    /// The language's subtag.
    pub lang: String,
    /// *Transparency report*.
    pub title: String,
    /// Whose it is.
    pub office: String,
    /// The period.
    pub period: String,
    /// When it was drawn up.
    pub made: String,
    /// The figure above all others; empty where nothing fell due.
    pub on_time: String,
    /// What that figure is called.
    pub on_time_label: String,
    /// What stands behind it, in a sentence.
    pub summary: Vec<String>,
    /// The counts beside it.
    pub cards: Vec<Card>,
    /// The charts.
    pub charts: Vec<Chart>,
    /// What opens a chart's figures.
    pub data_label: String,
    /// The plan, row by row.
    pub rows: Table,
    /// The other tables of figures.
    pub figures: Vec<Table>,
    /// The tables of single cases.
    pub cases: Vec<Table>,
    /// How the figures are to be read.
    pub notes: Vec<String>,
    /// *Page*, at the foot of each sheet.
    pub foot: String,
}

/// One count with its name.
#[derive(Debug, Clone, Serialize)]
pub struct Card {
    /// Its name.
    pub label: String,
    /// What was counted; empty where nothing could be.
    pub count: String,
    /// The colour it has in the charts.
    pub class: &'static str,
}

impl Page {
    /// The report in `lang`.
    pub fn of(report: &Report, lang: &Lang) -> Self {
        let speech = Speech::new(lang, &report.office);
        let (from, to) = (speech.day(report.from), speech.day(report.to));
        Self {
            tag: speech.tag().to_owned(),
            lang: lang.to_string(),
            title: speech.word("report-title"),
            office: speech.localized(&report.office.name),
            period: speech.with("report-period", &[("from", &from), ("to", &to)]),
            made: speech.with("report-made", &[("at", &speech.stamp(report.made_at))]),
            on_time: speech.share(report.overall.on_time),
            on_time_label: speech.word("report-on-time"),
            summary: summary(report, &speech),
            cards: cards(report, &speech),
            charts: chart::all(report, &speech),
            data_label: speech.word("report-data"),
            rows: tables::rows(report, &speech),
            figures: vec![tables::measures(report, &speech), tables::complete(report, &speech)],
            cases: tables::cases(report, &speech),
            notes: vec![speech.word("report-blank"), speech.word("report-counting")],
            foot: speech.word("report-page"),
        }
    }
}

fn summary(report: &Report, speech: &Speech) -> Vec<String> {
    let due = match report.overall.on_time {
        None => speech.word("report-none-due"),
        Some(share) => {
            let (met, due) = (share.part().to_string(), share.whole().to_string());
            speech.with("report-due", &[("due", &due), ("met", &met)])
        }
    };
    let aside = (report.aside > 0).then(|| speech.with("report-aside", &[("count", &report.aside.to_string())]));
    [due].into_iter().chain(aside).collect()
}

fn cards(report: &Report, speech: &Speech) -> Vec<Card> {
    let overall = &report.overall;
    let wanted = [
        ("report-owed", overall.owed, "all"),
        ("report-late", overall.late, "late"),
        ("report-overdue", overall.overdue, "overdue"),
        ("report-open", overall.open, "open"),
        ("report-lifted", overall.lifted, "lifted"),
    ];
    let card = |(key, count, class)| Card {
        label: speech.word(key),
        count: Speech::count(count),
        class,
    };
    wanted.into_iter().map(card).collect()
}
