//! A table as both the page and the document draw it.

use serde::Serialize;

/// A table with its caption.
#[derive(Debug, Clone, Serialize)]
pub struct Table {
    /// Its name on the page.
    pub id: &'static str,
    /// Its caption.
    pub title: String,
    /// Its columns; the first one names its line.
    pub columns: Vec<Column>,
    /// Its lines.
    pub lines: Vec<Vec<Cell>>,
    /// What is said instead of a table without lines.
    pub empty: String,
}

/// One column.
#[derive(Debug, Clone, Serialize)]
pub struct Column {
    /// Its heading.
    pub label: String,
    /// How its cells are set.
    pub set: Set,
}

/// How cells are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Set {
    /// Running text, which takes what space there is.
    Text,
    /// A number of a row or a date: short, to the left.
    Code,
    /// A figure, to the right.
    Figure,
}

/// One cell.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Cell {
    /// What it says; empty where nothing is known.
    pub text: String,
    /// What is added in small print.
    pub notes: Vec<String>,
    /// Whether it calls for a look.
    pub alarm: bool,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

impl Cell {
    /// A count that calls for a look unless it is zero or blank.
    pub fn bad(count: String) -> Self {
        let alarm = !matches!(count.as_str(), "" | "0");
        Self {
            text: count,
            alarm,
            ..Self::default()
        }
    }

    /// With small print.
    pub fn noted(text: String, notes: Vec<String>) -> Self {
        Self { text, notes, alarm: false }
    }
}
