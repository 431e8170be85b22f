//! A shift and a scale per column: what several steps learn.

use ndarray::{Array1, Array2};

use crate::preprocess::Fitted;

/// `(x - shift) / scale` per column.
pub struct ShiftScale {
    /// One a column.
    pub shift: Array1<f64>,
    /// One a column; never 0.
    pub scale: Array1<f64>,
}

impl Fitted for ShiftScale {
    fn apply(&self, values: &Array2<f64>) -> Array2<f64> {
        (values - &self.shift) / &self.scale
    }
}

/// A constant column has no scale of its own: 1 keeps it constant.
pub fn scale_or_one(scale: f64) -> f64 {
    if scale > 0.0 && scale.is_finite() { scale } else { 1.0 }
}
