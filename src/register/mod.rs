//! What was owed, when it was met and with which evidence; and the report that shows it.

pub mod entry;
pub mod report;
pub mod words;
