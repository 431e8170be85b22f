//! A shift and a scale per column: what several steps learn.

use ndarray::{Array1, Array2};

use crate::dataset::View;
use crate::preprocess::FittedStep;

/// `(x - shift) / scale` per column; nominal columns stay.
pub struct ShiftScale {
    shift: Array1<f64>,
    /// Never 0.
    scale: Array1<f64>,
}

impl ShiftScale {
    /// From the shift and the scale of each column of `view`.
    pub fn new(view: &View, shift: Array1<f64>, scale: Array1<f64>) -> Self {
        let (mut shift, mut scale) = (shift, scale);
        for (i, column) in view.columns.iter().enumerate() {
            if column.words.is_some() {
                (shift[i], scale[i]) = (0.0, 1.0);
            }
        }
        ShiftScale { shift, scale }
    }
}

impl FittedStep for ShiftScale {
    fn apply(&self, view: View) -> View {
        View { values: (view.values - &self.shift) / &self.scale, ..view }
    }
}

/// What changes the numbers and not the columns.
pub struct Numbers<F>(pub F);

impl<F: Fn(Array2<f64>) -> Array2<f64> + Send + Sync> FittedStep for Numbers<F> {
    fn apply(&self, view: View) -> View {
        View { values: (self.0)(view.values), ..view }
    }
}

/// A constant column has no scale of its own: 1 keeps it constant.
pub fn scale_or_one(scale: f64) -> f64 {
    if scale > 0.0 && scale.is_finite() { scale } else { 1.0 }
}
