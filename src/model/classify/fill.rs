//! Missing values by the mean of a column of numbers, or the word that most rows have, of the training rows (Weka's
//! `ReplaceMissingValues`).

use ndarray::{Array2, ArrayView1, ArrayView2};

use crate::dataset::Column;
use crate::weka::number::first_largest;

/// What stands for a missing value of each column: the weighted mean of the known numbers, 0 where there is none; the
/// first of the words with the largest weight. `values` is `[rows, columns]`, one weight a row.
pub fn means_or_modes(columns: &[Column], values: ArrayView2<f64>, weights: &[f64]) -> Vec<f64> {
    columns
        .iter()
        .zip(values.columns())
        .map(|(column, cells)| match &column.words {
            Some(words) => mode(words.len(), cells, weights),
            None => mean(cells, weights),
        })
        .collect()
}

/// The weighted mean of the known values; 0 where there is none.
fn mean(cells: ArrayView1<f64>, weights: &[f64]) -> f64 {
    let (mut sum, mut total) = (0.0, 0.0);
    for (value, weight) in cells.iter().zip(weights).filter(|(value, _)| !value.is_nan()) {
        sum += weight * value;
        total += weight;
    }
    if total > 0.0 { sum / total } else { 0.0 }
}

#[expect(clippy::cast_precision_loss, reason = "an index of a word")]
fn mode(words: usize, cells: ArrayView1<f64>, weights: &[f64]) -> f64 {
    let mut counts = vec![0.0; words];
    for (value, weight) in cells.iter().zip(weights) {
        if let Some(count) = word(*value).and_then(|word| counts.get_mut(word)) {
            *count += weight;
        }
    }
    first_largest(counts) as f64
}

/// The index of a word that a cell holds; none where it is missing.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index of a word")]
pub fn word(value: f64) -> Option<usize> {
    (value >= 0.0).then_some(value as usize)
}

/// Puts `standing_in`, one value a column, in the place of every missing value.
pub fn fill(values: &mut Array2<f64>, standing_in: &[f64]) {
    for mut row in values.rows_mut() {
        for (cell, value) in row.iter_mut().zip(standing_in) {
            if cell.is_nan() {
                *cell = *value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn weights_count_and_columns_without_values_have_something() {
        let words: Vec<String> = ["x", "y"].map(str::to_owned).to_vec();
        let columns = [
            Column::numeric("a"),
            Column::nominal("b", words.clone()),
            Column::numeric("c"),
            Column::nominal("d", words),
        ];
        let nan = f64::NAN;
        let mut values = array![[1.0, 0.0, nan, nan], [4.0, 1.0, nan, nan], [nan, nan, nan, nan]];
        let standing_in = means_or_modes(&columns, values.view(), &[1.0, 2.0, 5.0]);
        assert_eq!(standing_in, [3.0, 1.0, 0.0, 0.0]);
        fill(&mut values, &standing_in);
        assert_eq!(values.row(2).to_vec(), standing_in);
        assert_eq!(values.row(0).to_vec(), [1.0, 0.0, 0.0, 0.0]);
    }
}
