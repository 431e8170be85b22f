//! How a data file is probably meant: which column or array holds the classes, and what is no feature.

mod idx;
mod mat;
mod npy;
mod npz;

use std::collections::HashSet;

use ::csv::StringRecord;

use crate::dataset::DatasetError;
use crate::dataset::csv::{cell, records};
use crate::parameter::Values;
use crate::value::Value;
pub use idx::idx;
pub use mat::mat;
pub use npy::npy;
pub use npz::npz;

/// What was guessed.
pub struct Guess {
    /// Parameters of the data set that differ from the defaults; `path` is not among them.
    pub values: Values,
    /// Columns or arrays that are not read.
    pub left_out: Vec<String>,
}

/// Names that classes go by, the surest first.
const LABELS: &[&str] = &[
    "class",
    "label",
    "label0",
    "labels",
    "truelabel",
    "true_label",
    "gt",
    "gnd",
    "truth",
    "ground_truth",
    "target",
    "y",
];

/// Its place among [`LABELS`].
fn rank(name: &str) -> Option<usize> {
    LABELS.iter().position(|known| name.trim().eq_ignore_ascii_case(known))
}

/// Whether an array of this name holds classes rather than features.
pub fn named_like_labels(name: &str) -> bool {
    rank(name).is_some()
}

/// Whether a column that is not the labels still holds classes: further accepted partitions are `label1`, ...
/// `y` is more often a coordinate.
fn like_labels(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let numbered = name.strip_prefix("label").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    numbered || rank(&name).is_some_and(|_| name != "y")
}

fn text_list(names: &[String]) -> Value {
    Value::List(names.iter().cloned().map(Value::Text).collect())
}

/// What one column of a CSV file holds.
struct Column {
    name: String,
    /// At least one number, beside missing cells nothing else.
    numeric: bool,
    missing: bool,
    fractions: bool,
    distinct: usize,
}

/// Of a CSV file's bytes.
///
/// # Errors
/// They are not CSV.
pub fn csv(bytes: &[u8], path: &str) -> Result<Guess, DatasetError> {
    let separator = separator(bytes);
    let records = records(bytes, path, separator)?;
    let header = has_header(&records);
    let columns = columns(&records, header);
    let rows = records.len().saturating_sub(usize::from(header));
    let labels = csv_labels(&columns, rows);
    let no_feature = |column: &&Column| !column.numeric || column.name.is_empty() || like_labels(&column.name);
    let label_name = labels.map(|i| columns[i].name.clone());
    let left_out: Vec<String> = columns
        .iter()
        .filter(no_feature)
        .map(|c| c.name.clone())
        .filter(|name| Some(name) != label_name.as_ref())
        .collect();
    let mut values = Values::new();
    if let Some(name) = label_name {
        values.insert("labels".to_owned(), Value::Text(name));
    }
    if !left_out.is_empty() {
        values.insert("drop".to_owned(), text_list(&left_out));
    }
    if !header {
        values.insert("header".to_owned(), Value::Bool(false));
    }
    if separator != b',' {
        values.insert("separator".to_owned(), Value::Text(char::from(separator).to_string()));
    }
    Ok(Guess { values, left_out })
}

/// The separator that the first line has most of.
fn separator(bytes: &[u8]) -> u8 {
    let line = String::from_utf8_lossy(bytes.split(|byte| *byte == b'\n').next().unwrap_or_default());
    let count = |separator: u8| line.matches(char::from(separator)).count();
    // The last of equals wins.
    [b'|', b'\t', b';', b','].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

/// Whether the first record names columns: it holds no number, or a word above a column of numbers.
fn has_header(records: &[StringRecord]) -> bool {
    let Some((first, rest)) = records.split_first() else { return true };
    let number = |text: &str| cell(text).is_some_and(|x| !x.is_nan());
    let above_numbers = |column: usize| {
        cell(&first[column]).is_none()
            && rest.iter().any(|row| number(&row[column]))
            && rest.iter().all(|row| cell(&row[column]).is_some())
    };
    !first.iter().any(number) || (0..first.len()).any(above_numbers)
}

fn columns(records: &[StringRecord], header: bool) -> Vec<Column> {
    let width = records.first().map_or(0, StringRecord::len);
    let rows = &records[usize::from(header).min(records.len())..];
    (0..width)
        .map(|i| {
            let cells = || rows.iter().map(|row| &row[i]);
            let numbers: Vec<Option<f64>> = cells().map(cell).collect();
            let known = || numbers.iter().flatten().filter(|x| !x.is_nan());
            Column {
                name: if header { records[0][i].to_owned() } else { format!("x{i}") },
                numeric: numbers.iter().all(Option::is_some) && known().next().is_some(),
                missing: numbers.iter().flatten().any(|x| x.is_nan()),
                fractions: known().any(|x| x.fract() != 0.0),
                distinct: cells().collect::<HashSet<_>>().len(),
            }
        })
        .collect()
}

/// The column that holds the classes: one named like it, else the last if it holds words.
fn csv_labels(columns: &[Column], rows: usize) -> Option<usize> {
    let alone = |i: usize| columns.iter().filter(|c| c.name == columns[i].name).count() == 1;
    let named = |name: &str| columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
    let usable = |i: &usize| {
        let column = &columns[*i];
        let continuous = matches!(column.name.to_lowercase().as_str(), "y" | "target") && column.fractions;
        let coordinate = column.name.eq_ignore_ascii_case("y") && named("x") && column.numeric;
        alone(*i) && !column.missing && !continuous && !coordinate
    };
    let by_name = (0..columns.len()).filter(usable).filter(|i| rank(&columns[*i].name).is_some());
    by_name.min_by_key(|i| rank(&columns[*i].name)).or_else(|| {
        let last = columns.len().checked_sub(1).filter(usable)?;
        // A remark or an identifier is another word in every row.
        let repeated = columns[last].distinct < rows || rows <= 20;
        (!columns[last].numeric && repeated).then_some(last)
    })
}
