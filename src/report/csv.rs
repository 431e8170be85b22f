//! CSV (RFC 4180): one row a cell.

use super::rows::{self, COLUMNS, Row};
use super::{Report, ReportError};

/// Every table's cells.
pub fn render(report: &Report) -> Result<String, ReportError> {
    write(&rows::of(report))
}

/// Rows as CSV with a heading.
pub fn write(rows: &[Row]) -> Result<String, ReportError> {
    let mut writer = ::csv::WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for row in rows {
        writer.write_record(row.fields())?;
    }
    let bytes = writer.into_inner().map_err(|error| ::csv::Error::from(error.into_error()))?;
    // Made of strings only.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
