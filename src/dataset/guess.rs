//! How a data file is probably meant: which column or array holds the classes, and what is no feature. Tables of text
//! are in `guess_table`.

use crate::dataset::archive::Archive;
use crate::dataset::{DatasetError, npz};
use crate::parameter::Values;
use crate::value::Value;

/// What was guessed.
pub struct Guess {
    /// Parameters of the data set that differ from the defaults; `path` is not among them.
    pub values: Values,
    /// Columns or arrays that are not read.
    pub left_out: Vec<String>,
}

/// Names that classes go by, the surest first.
const LABELS: &[&str] = &["class", "label", "label0", "labels", "gt", "truth", "target", "y"];

/// Its place among [`LABELS`].
pub fn rank(name: &str) -> Option<usize> {
    LABELS.iter().position(|known| name.trim().eq_ignore_ascii_case(known))
}

/// Whether an array of this name holds classes rather than features.
pub fn named_like_labels(name: &str) -> bool {
    rank(name).is_some()
}

/// Whether a column that is not the labels still holds classes: further accepted partitions are `label1`, ...
/// `y` is more often a coordinate.
pub fn like_labels(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let numbered = name.strip_prefix("label").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    numbered || rank(&name).is_some_and(|_| name != "y")
}

/// A list of texts as a value.
pub fn text_list(names: &[String]) -> Value {
    Value::List(names.iter().cloned().map(Value::Text).collect())
}

/// Of an NPZ file's bytes.
///
/// # Errors
/// They are not NPZ.
pub fn npz(bytes: &[u8], path: &str) -> Result<Guess, DatasetError> {
    let mut archive = Archive::open(bytes, path)?;
    let names = archive.names.clone();
    let mut shapes = Vec::new();
    for name in &names {
        let header = archive.header(name)?;
        shapes.push(header.element.is_ok().then_some(header.shape));
    }
    let arrays: Vec<(&String, &Vec<usize>)> =
        names.iter().zip(&shapes).filter_map(|(name, shape)| Some((name, shape.as_ref()?))).collect();
    let tables: Vec<_> = arrays.iter().filter(|(name, shape)| shape.len() > 1 && rank(name).is_none()).collect();
    // The rows that most tables have.
    let rows = tables.iter().map(|(_, shape)| shape[0]).max_by_key(|rows| {
        let same = tables.iter().filter(|(_, shape)| shape[0] == *rows).count();
        (same, std::cmp::Reverse(tables.iter().position(|(_, shape)| shape[0] == *rows)))
    });
    let one_a_row = |shape: &[usize]| shape.iter().filter(|n| **n != 1).copied().eq(rows.filter(|n| *n != 1));
    let labels = arrays
        .iter()
        .filter(|(name, shape)| rank(name).is_some() && one_a_row(shape))
        // The reader's own default comes first.
        .min_by_key(|(name, _)| (*name != npz::DEFAULT_LABELS, rank(name)))
        .map(|(name, _)| (*name).clone());
    let views: Vec<String> =
        tables.iter().filter(|(_, shape)| Some(shape[0]) == rows).map(|(name, _)| (*name).clone()).collect();
    let others: Vec<String> = names.iter().filter(|name| Some(*name) != labels.as_ref()).cloned().collect();
    let left_out = others.iter().filter(|name| !views.contains(name)).cloned().collect();
    let mut values = Values::new();
    if let Some(name) = labels.filter(|name| name != npz::DEFAULT_LABELS) {
        values.insert("labels".to_owned(), Value::Text(name));
    }
    if views != others && !views.is_empty() {
        values.insert("views".to_owned(), text_list(&views));
    }
    Ok(Guess { values, left_out })
}
