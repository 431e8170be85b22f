//! Columns scaled to -1..1 over the training rows.

use ndarray::{Array2, ArrayView2};

/// The middle and half the range of each column.
#[derive(Clone, Debug)]
pub struct Scaling {
    columns: Vec<(f64, f64)>,
}

impl Scaling {
    /// Of `rows`, `[rows, columns]`, missing values aside; with `scaled` off every value stays as it is.
    pub fn of(rows: ArrayView2<f64>, scaled: bool) -> Self {
        let columns = rows
            .columns()
            .into_iter()
            .map(|cells| {
                // `min` and `max` pass over NaN.
                let low = cells.iter().copied().fold(f64::INFINITY, f64::min);
                let high = cells.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                if !scaled || low > high {
                    return (0.0, 1.0);
                }
                let half = (high - low) / 2.0;
                // A constant column is only moved.
                (f64::midpoint(high, low), if half > 0.0 { half } else { 1.0 })
            })
            .collect();
        Scaling { columns }
    }

    /// Whether every range can be divided by.
    pub fn is_finite(&self) -> bool {
        self.columns.iter().all(|(middle, half)| middle.is_finite() && half.is_finite())
    }

    /// Scales `rows`; a missing value becomes 0.
    pub fn apply(&self, rows: &mut Array2<f64>) {
        for mut row in rows.rows_mut() {
            for (cell, (middle, half)) in row.iter_mut().zip(&self.columns) {
                *cell = if cell.is_nan() { 0.0 } else { (*cell - middle) / half };
            }
        }
    }
}
