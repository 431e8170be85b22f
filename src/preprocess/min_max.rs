//! Each column to 0..1.

use ndarray::Axis;

use crate::parameter::Values;
use crate::preprocess::columns::{ShiftScale, scale_or_one};
use crate::preprocess::{Effect, Learn, Learned, StepSpec, Training};

/// The step.
pub static SPEC: StepSpec = StepSpec {
    kind: "min-max",
    about: "each column to 0..1 by its smallest and largest training value; a constant column becomes 0",
    reference: "scikit-learn's MinMaxScaler",
    revision: 1,
    parameters: Vec::new,
    effect: Effect::NUMBERS,
    learn: Learn::Columns(learn),
};

#[expect(clippy::unnecessary_wraps, reason = "the signature of every step")]
fn learn(_: &Values, training: &Training<'_>) -> Learned {
    let train = &training.view.values;
    let low = train.fold_axis(Axis(0), f64::INFINITY, |low, x| low.min(*x));
    let high = train.fold_axis(Axis(0), f64::NEG_INFINITY, |high, x| high.max(*x));
    // A column without any value keeps its NaNs.
    let shift = low.mapv(|low| if low.is_finite() { low } else { 0.0 });
    let scale = (&high - &low).mapv(scale_or_one);
    Ok(Box::new(ShiftScale::new(training.view, shift, scale)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preprocess::tests::{applied, learned};
    use ndarray::array;

    #[test]
    fn learned_from_training_rows_alone() {
        let fitted = learned(&SPEC, array![[0.0, 5.0], [4.0, 5.0]]);
        assert_eq!(applied(&*fitted, array![[2.0, 5.0], [8.0, 6.0]]), array![[0.5, 0.0], [2.0, 1.0]]);
    }

    #[test]
    fn missing_values_stay_and_teach_nothing() {
        let fitted = learned(&SPEC, array![[f64::NAN, 1.0], [2.0, 3.0], [4.0, f64::NAN]]);
        let out = applied(&*fitted, array![[f64::NAN, 2.0]]);
        assert!(out[[0, 0]].is_nan());
        assert_eq!(out[[0, 1]], 0.5);
    }
}
