//! JSON: one object a cell.

use super::{Report, ReportError, rows};

/// Every table's cells.
pub fn render(report: &Report) -> Result<String, ReportError> {
    let mut text = serde_json::to_string_pretty(&rows::of(report))?;
    text.push('\n');
    Ok(text)
}
