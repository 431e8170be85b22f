//! Each column to mean 0 and standard deviation 1.

use ndarray::{Array1, Array2};

use crate::parameter::Values;
use crate::preprocess::columns::{ShiftScale, scale_or_one};
use crate::preprocess::{Fitted, StepSpec};

/// The step.
pub static SPEC: StepSpec = StepSpec {
    kind: "standardize",
    about: "each column to mean 0 and standard deviation 1 (over n) of its training values",
    reference: "scikit-learn's StandardScaler",
    revision: 1,
    parameters: Vec::new,
    learn,
};

#[expect(clippy::unnecessary_wraps, reason = "the signature of every step")]
fn learn(_: &Values, train: &Array2<f64>) -> Result<Box<dyn Fitted>, String> {
    let mut shift = Array1::zeros(train.ncols());
    let mut scale = Array1::ones(train.ncols());
    for (i, column) in train.columns().into_iter().enumerate() {
        let known: Array1<f64> = column.iter().copied().filter(|x| !x.is_nan()).collect();
        let mean = known.mean().unwrap_or(0.0);
        // A constant column of large numbers leaves rounding, not variance.
        let deviation = known.std(0.0);
        let rounding = 10.0 * f64::EPSILON * mean.abs();
        shift[i] = mean;
        scale[i] = scale_or_one(if deviation > rounding { deviation } else { 0.0 });
    }
    Ok(Box::new(ShiftScale { shift, scale }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn mean_and_deviation() {
        let fitted = learn(&Values::new(), &array![[1.0, 7.0], [3.0, 7.0]]).expect("learns");
        assert_eq!(fitted.apply(&array![[1.0, 7.0], [5.0, 8.0]]), array![[-1.0, 0.0], [3.0, 1.0]]);
    }
}
