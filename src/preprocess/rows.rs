//! Each row to length 1.

use ndarray::Array2;

use crate::parameter::Values;
use crate::preprocess::{Fitted, StepSpec};

/// The step.
pub static SPEC: StepSpec = StepSpec {
    kind: "l2-rows",
    about: "each row divided by its Euclidean length; a row of zeros stays",
    reference: "scikit-learn's Normalizer",
    revision: 1,
    parameters: Vec::new,
    learn: |_: &Values, _: &Array2<f64>| Ok(Box::new(UnitRows)),
};

struct UnitRows;

impl Fitted for UnitRows {
    fn apply(&self, values: &Array2<f64>) -> Array2<f64> {
        let mut out = values.clone();
        for mut row in out.rows_mut() {
            let length = row.iter().filter(|x| !x.is_nan()).map(|x| x * x).sum::<f64>().sqrt();
            if length > 0.0 {
                row.mapv_inplace(|x| x / length);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn rows_have_length_one() {
        assert_eq!(UnitRows.apply(&array![[3.0, 4.0], [0.0, 0.0]]), array![[0.6, 0.8], [0.0, 0.0]]);
    }
}
