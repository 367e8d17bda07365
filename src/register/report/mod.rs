//! The transparency report: what was owed in a period and what became of it, row by row of the plan.
//!
//! [`Report::of`] makes the figures, [`write`] a file of them. No I/O and no clock: the register's entries, the plan's rows and the time are handed in.

mod cases;
mod chart;
mod csv;
mod figures;
mod html;
mod json;
mod measured;
mod months;
mod page;
mod pdf;
mod rows;
mod share;
mod speech;
mod table;
mod tables;
mod tally;

pub use cases::Case;
pub use figures::Report;
pub use measured::{Measured, Unit};
pub use months::{Month, Outcome};
pub use rows::{Lead, Nature, PlanRow, RowReport};
pub use share::{Share, median};
pub use tally::Figures;

use crate::item::Lang;
use crate::receipt::words::words;

words! {
    /// What a report is written as.
    Format {
        /// One page for a browser, with everything in it.
        Html = "html",
        /// A document to be printed, signed and filed.
        Pdf = "pdf",
        /// A line for each row of the plan, for spreadsheets.
        Csv = "csv",
        /// All figures and the register behind them, for programs.
        Json = "json",
    }
}

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The page's template failed.
    #[error("the report's page could not be drawn ({0}): this is a fault of the program, report it; the other formats are not concerned")]
    Page(#[from] askama::Error),
    /// The figures did not become JSON.
    #[error("the report's figures could not be written as JSON ({0}): this is a fault of the program, report it")]
    Json(#[from] serde_json::Error),
    /// The document's template failed.
    #[error(
        "the report's document could not be set ({0}): this is a fault of the program, report it; --format html can be printed instead"
    )]
    Document(String),
}

/// The report in `lang`, as the bytes of a file.
pub fn write(report: &Report, format: Format, lang: &Lang) -> Result<Vec<u8>, ReportError> {
    match format {
        Format::Html => html::write(report, lang),
        Format::Pdf => pdf::write(report, lang),
        Format::Csv => Ok(csv::write(report, lang)),
        Format::Json => json::write(report),
    }
}
