//! The report as one page that needs nothing else: no script, no picture, no address.

use askama::Template;

use super::page::Page;
use super::table::{Cell, Column, Set, Table};
use super::{Report, ReportError};
use crate::item::Lang;

#[derive(Template)]
#[template(path = "report.html")]
struct Document {
    page: Page,
    style: &'static str,
}

/// The report as HTML.
pub fn write(report: &Report, lang: &Lang) -> Result<Vec<u8>, ReportError> {
    let document = Document {
        page: Page::of(report, lang),
        style: include_str!("../../../templates/pages/report.css"),
    };
    Ok(document.render()?.into_bytes())
}

impl Table {
    /// The cells of a line, each with its column.
    fn cells<'a>(&'a self, line: &'a [Cell]) -> impl Iterator<Item = (&'a Column, &'a Cell)> {
        self.columns.iter().zip(line)
    }
}

impl Column {
    /// How its cells are marked for the style sheet.
    fn class(&self) -> &'static str {
        match self.set {
            Set::Text => "text",
            Set::Code => "code",
            Set::Figure => "figure",
        }
    }
}
