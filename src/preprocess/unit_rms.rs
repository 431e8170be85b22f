//! The whole table divided by one number.

use ndarray::Array2;

use crate::parameter::Values;
use crate::preprocess::columns::{Numbers, scale_or_one};
use crate::preprocess::{Effect, Learn, Learned, Nominal, StepSpec, Training};

/// The step.
pub static SPEC: StepSpec = StepSpec {
    kind: "unit-rms",
    about: "the whole table divided by one number, so that the mean of x² over the training rows is 1",
    reference: "Xie, Girshick and Farhadi 2016 (DEC): the scaling of its input",
    revision: 1,
    parameters: Vec::new,
    effect: |_| Effect { nominal: Nominal::Refuses, ..Effect::NUMBERS },
    learn: Learn::Columns(learn),
};

#[expect(clippy::unnecessary_wraps, reason = "the signature of every step")]
fn learn(_: &Values, training: &Training<'_>) -> Learned {
    let train = &training.view.values;
    let (sum, count) =
        train.iter().filter(|x| !x.is_nan()).fold((0.0, 0.0), |(sum, count), x| (sum + x * x, count + 1.0));
    let divisor = scale_or_one((sum / f64::max(count, 1.0)).sqrt());
    Ok(Box::new(Numbers(move |values: Array2<f64>| values / divisor)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preprocess::tests::{applied, learned};
    use ndarray::array;

    #[test]
    fn the_mean_square_is_one() {
        let rows = array![[1.0, 2.0], [3.0, f64::NAN]];
        let out = applied(&*learned(&SPEC, rows.clone()), rows);
        let mean = out.iter().filter(|x| !x.is_nan()).map(|x| x * x).sum::<f64>() / 3.0;
        assert!((mean - 1.0).abs() < 1e-15);
    }
}
