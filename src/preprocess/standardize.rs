//! Each column to mean 0 and standard deviation 1.

use ndarray::Array1;

use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::preprocess::columns::{ShiftScale, scale_or_one};
use crate::preprocess::{Effect, Learn, Learned, StepSpec, Training};

parameters! {
    /// Which deviation becomes 1.
    pub struct Params {
        /// Over n, or over n - 1 as Weka has it.
        deviation: String = "population".to_owned(), Domain::OneOf(&["population", "sample"]);
    }
}

/// The step.
pub static SPEC: StepSpec = StepSpec {
    kind: "standardize",
    about: "each column to mean 0 and standard deviation 1 (over n, or n - 1) of its training values",
    reference: "scikit-learn's StandardScaler; Weka's Standardize for `deviation = \"sample\"`",
    revision: 1,
    parameters: Params::specs,
    effect: |_| Effect::NUMBERS,
    learn: Learn::Columns(learn),
};

fn learn(values: &Values, training: &Training<'_>) -> Learned {
    let params = Params::from_values(values).map_err(|(name, what)| format!("`{name}`: {what}"))?;
    let sample = params.deviation == "sample";
    let train = &training.view.values;
    let mut shift = Array1::zeros(train.ncols());
    let mut scale = Array1::ones(train.ncols());
    for (i, column) in train.columns().into_iter().enumerate() {
        let known: Array1<f64> = column.iter().copied().filter(|x| !x.is_nan()).collect();
        if known.is_empty() {
            continue;
        }
        let (mean, variance) = (known.sum() / count(known.len()), known.var(0.0));
        // A constant column of large numbers leaves rounding, not variance: scikit-learn's bound.
        let rounding = count(known.len()) * f64::EPSILON;
        let constant = variance <= rounding * variance + (rounding * mean).powi(2);
        shift[i] = mean;
        // Of one value there is no sample deviation, and it is constant.
        let over = if sample { count(known.len()) / (count(known.len()) - 1.0).max(1.0) } else { 1.0 };
        scale[i] = scale_or_one(if constant { 0.0 } else { (variance * over).sqrt() });
    }
    Ok(Box::new(ShiftScale::new(training.view, shift, scale)))
}

#[expect(clippy::cast_precision_loss, reason = "a count of rows")]
fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::View;
    use crate::preprocess::tests::{applied, learned};
    use crate::value::Value;
    use ndarray::{Array2, array};

    #[test]
    fn mean_and_deviation() {
        let fitted = learned(&SPEC, array![[1.0, 7.0], [3.0, 7.0]]);
        assert_eq!(applied(&*fitted, array![[1.0, 7.0], [5.0, 8.0]]), array![[-1.0, 0.0], [3.0, 1.0]]);
    }

    #[test]
    fn over_one_less_than_the_rows() {
        let view = View::numbered("x", array![[1.0], [3.0]]);
        let values = Values::from([("deviation".to_owned(), Value::Text("sample".to_owned()))]);
        let fitted = learn(&values, &Training::of(&view, None)).expect("learns");
        assert!((applied(&*fitted, array![[3.0]])[[0, 0]] - 0.5_f64.sqrt()).abs() < 1e-15);
    }

    #[test]
    fn constant_columns_and_missing_values() {
        let rows = Array2::from_shape_fn((1000, 3), |(i, j)| match j {
            0 => 0.1,
            1 => 1e8 + if i % 2 == 0 { 1e-8 } else { 0.0 },
            _ => f64::NAN,
        });
        let out = applied(&*learned(&SPEC, rows.clone()), rows);
        assert!(out.column(0).iter().chain(out.column(1)).all(|x| x.abs() < 1e-6), "{}", out.row(0));
        assert!(out.column(2).iter().all(|x| x.is_nan()));
        let gap = array![[1.0], [f64::NAN], [3.0]];
        let out = applied(&*learned(&SPEC, gap.clone()), gap);
        assert_eq!((out[[0, 0]], out[[2, 0]], out[[1, 0]].is_nan()), (-1.0, 1.0, true));
    }
}
