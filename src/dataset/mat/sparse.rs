//! Sparse matrices, made dense.

use ndarray::Array2;

use crate::dataset::budget::Budget;
use crate::dataset::mat::stream::{Stream, kind, number};
use crate::dataset::table::zeros;

/// Reads a sparse matrix of this shape. Its cells lie column by column: the row of each, where each column starts, and
/// the numbers.
///
/// # Errors
/// It is damaged, or too large when dense.
pub fn read(stream: &mut Stream<'_>, shape: &[usize], budget: &mut Budget) -> Result<Array2<f64>, String> {
    let [rows, columns] = *shape else { return Err("is damaged: a sparse matrix has two axes".to_owned()) };
    let row_of = indices(stream, "rows", budget)?;
    let starts = indices(stream, "columns", budget)?;
    let tag = stream.tag()?;
    let number = number(tag.kind, stream.big_endian)
        .ok_or_else(|| format!("is damaged: its numbers are of kind {}", tag.kind))?;
    let count = usize::try_from(tag.size).unwrap_or(usize::MAX) / number.size();
    if starts.len() != columns.saturating_add(1) {
        return Err(format!("is damaged: {} starts of columns for {columns} columns", starts.len()));
    }
    let used = starts.last().map_or(0, |last| *last as usize);
    if used > count || used > row_of.len() || !starts.is_sorted() {
        return Err("is damaged: its columns reach beyond its numbers".to_owned());
    }
    if let Some(row) = row_of[..used].iter().find(|row| **row as usize >= rows) {
        return Err(format!("is damaged: there is a number in row {row}, beyond its {rows} rows (from 0)"));
    }
    budget.take(count, size_of::<f64>())?;
    // The dense table is checked against the budget before anything is read.
    let mut dense = zeros(rows, columns, budget)?;
    let mut numbers = Vec::with_capacity(count);
    stream.data(tag, |bytes| number.decode(bytes, &mut numbers))?;
    for (column, bounds) in starts.windows(2).enumerate() {
        let cells = bounds[0] as usize..bounds[1] as usize;
        for (row, number) in row_of[cells.clone()].iter().zip(&numbers[cells]) {
            // As everywhere, a cell that is named twice holds the sum.
            dense[[*row as usize, column]] += number;
        }
    }
    budget.give_back((count + row_of.len()) * size_of::<f64>());
    Ok(dense)
}

fn indices(stream: &mut Stream<'_>, what: &str, budget: &mut Budget) -> Result<Vec<u32>, String> {
    let tag = stream.tag()?;
    if ![kind::INT32, kind::UINT32].contains(&tag.kind) {
        return Err(format!("is damaged: its {what} are of kind {}", tag.kind));
    }
    let count = usize::try_from(tag.size / 4).unwrap_or(usize::MAX);
    budget.take(count, size_of::<f64>())?;
    let mut indices = Vec::with_capacity(count);
    let big_endian = stream.big_endian;
    stream.data(tag, |bytes| {
        indices.extend(bytes.chunks_exact(4).map(|word| {
            let word = word.try_into().unwrap_or_default();
            if big_endian { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) }
        }));
        Ok(())
    })?;
    Ok(indices)
}
