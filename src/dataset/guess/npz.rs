//! Which arrays of an NPZ file are views, and which is the labels.

use crate::dataset::DatasetError;
use crate::dataset::archive::Archive;
use crate::dataset::guess::{Guess, is_held_out, part, rank, text_list};
use crate::dataset::npz::DEFAULT_LABELS;
use crate::parameter::Values;
use crate::value::Value;

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
        shapes.push(header.element.is_ok().then_some((header.is_numeric(), header.shape)));
    }
    let arrays: Vec<(&String, bool, &Vec<usize>)> = names
        .iter()
        .zip(&shapes)
        .filter_map(|(name, shape)| shape.as_ref().map(|(numeric, shape)| (name, *numeric, shape)))
        .collect();
    let tables: Vec<(&String, &Vec<usize>)> = arrays
        .iter()
        .filter(|(name, numeric, shape)| *numeric && shape.len() > 1 && rank(part(name).0).is_none())
        .filter(|(name, ..)| !is_held_out(name, names.iter().map(String::as_str)))
        .map(|(name, _, shape)| (*name, *shape))
        .collect();
    // The rows that most tables have.
    let rows = tables.iter().map(|(_, shape)| shape[0]).max_by_key(|rows| {
        let same = tables.iter().filter(|(_, shape)| shape[0] == *rows).count();
        (same, std::cmp::Reverse(tables.iter().position(|(_, shape)| shape[0] == *rows)))
    });
    // Training and test rows that are equally many are still no two views of the same rows.
    let kept = tables.iter().find(|(_, shape)| Some(shape[0]) == rows).and_then(|(name, _)| part(name).1);
    let same_part = |name: &str| part(name).1.is_none() || part(name).1 == kept;
    let one_a_row = |shape: &[usize]| shape.iter().filter(|n| **n != 1).copied().eq(rows.filter(|n| *n != 1));
    let labels = arrays
        .iter()
        .filter(|(name, _, shape)| rank(part(name).0).is_some() && one_a_row(shape))
        // The reader's own default comes first, then those of the views' own part.
        .min_by_key(|(name, ..)| (*name != DEFAULT_LABELS, !same_part(name), rank(part(name).0)))
        .map(|(name, ..)| (*name).clone());
    let views: Vec<String> = tables
        .iter()
        .filter(|(name, shape)| Some(shape[0]) == rows && same_part(name))
        .map(|(name, _)| (*name).clone())
        .collect();
    let others: Vec<String> = names.iter().filter(|name| Some(*name) != labels.as_ref()).cloned().collect();
    let left_out = others.iter().filter(|name| !views.contains(name)).cloned().collect();
    let mut values = Values::new();
    if let Some(name) = labels.filter(|name| name != DEFAULT_LABELS) {
        values.insert("labels".to_owned(), Value::Text(name));
    }
    if views != others && !views.is_empty() {
        values.insert("views".to_owned(), text_list(&views));
    }
    Ok(Guess { values, left_out })
}
