//! CSV (RFC 4180): one row a cell.

use std::borrow::Cow;

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
        writer.write_record(row.fields().iter().map(|field| plain(field).into_owned()))?;
    }
    let bytes = writer.into_inner().map_err(|error| ::csv::Error::from(error.into_error()))?;
    // Made of strings only.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A text that a spreadsheet does not take for a formula: one that begins like a formula and is not a number gets an
/// apostrophe before it. Numbers stay as they are.
pub fn plain(text: &str) -> Cow<'_, str> {
    let begins = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if begins && text.parse::<f64>().is_err() { format!("'{text}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_is_a_formula() {
        for text in ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1"] {
            assert_eq!(plain(text), format!("'{text}"));
        }
        for text in ["-0.25", "+1e-3", "K-means", "1=1", "", "*", "−1"] {
            assert_eq!(plain(text), text);
        }
    }
}
