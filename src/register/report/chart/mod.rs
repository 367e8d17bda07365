//! The charts, each with its words and its table of figures.

mod drawing;
mod leads;
mod months;
mod rows;

use serde::Serialize;

use self::drawing::Drawing;
use super::figures::Report;
use super::speech::Speech;
use super::table::Table;

/// A chart.
#[derive(Debug, Clone, Serialize)]
pub struct Chart {
    /// Its title.
    pub title: String,
    /// What it shows, in words.
    pub what: String,
    /// As a part of a page, whose style sheet colours it.
    pub inline: String,
    /// As a picture of its own, on white.
    pub alone: String,
    /// Its figures.
    pub table: Table,
}

/// The charts for which there is anything to draw.
pub fn all(report: &Report, speech: &Speech) -> Vec<Chart> {
    let charts = [
        rows::chart(report, speech),
        months::chart(report, speech),
        leads::chart(report, speech),
    ];
    charts.into_iter().flatten().collect()
}

impl Chart {
    fn new(title: String, what: String, drawing: &Drawing, table: Table) -> Self {
        Self {
            inline: drawing.inline(table.id, &title, &what),
            alone: drawing.alone(),
            title,
            what,
            table,
        }
    }
}
