//! The report for programs: every figure, every text in all its languages, and the register's entries. What is unknown is `null`.

use super::{Report, ReportError};

/// The report as JSON.
pub fn write(report: &Report) -> Result<Vec<u8>, ReportError> {
    let mut text = serde_json::to_vec_pretty(report)?;
    text.push(b'\n');
    Ok(text)
}
