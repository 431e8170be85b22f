//! Each row to length 1.

use ndarray::Array2;

use crate::preprocess::columns::Numbers;
use crate::preprocess::{Effect, Learn, Nominal, StepSpec};

/// The step.
pub static SPEC: StepSpec = StepSpec {
    kind: "l2-rows",
    about: "each row divided by its Euclidean length; a row of zeros stays",
    reference: "scikit-learn's Normalizer",
    revision: 1,
    parameters: Vec::new,
    effect: |_| Effect { nominal: Nominal::Refuses, ..Effect::NUMBERS },
    learn: Learn::Columns(|_, _| Ok(Box::new(Numbers(unit_rows)))),
};

fn unit_rows(mut values: Array2<f64>) -> Array2<f64> {
    for mut row in values.rows_mut() {
        let length = row.iter().filter(|x| !x.is_nan()).map(|x| x * x).sum::<f64>().sqrt();
        if length > 0.0 {
            row.mapv_inplace(|x| x / length);
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn rows_have_length_one() {
        assert_eq!(unit_rows(array![[3.0, 4.0], [0.0, 0.0]]), array![[0.6, 0.8], [0.0, 0.0]]);
    }
}
