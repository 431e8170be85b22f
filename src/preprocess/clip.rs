//! Outliers cut at quantiles of their column.

use ndarray::Array1;

use crate::dataset::View;
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::preprocess::{Effect, FittedStep, Learn, Learned, StepSpec, Training};
use crate::quantile;

parameters! {
    /// How much is cut.
    pub struct Params {
        /// Share of the training values that are cut at each end of a column.
        quantile: f64 = 0.01, Domain::Between(0.0, 0.5);
    }
}

/// The step.
pub static SPEC: StepSpec = StepSpec {
    kind: "clip",
    about: "values beyond a column's lower and upper quantile of the training rows become that quantile",
    reference: "winsorizing (SciPy's mstats.winsorize); quantiles by linear interpolation, as NumPy's",
    revision: 1,
    parameters: Params::specs,
    effect: |_| Effect::NUMBERS,
    learn: Learn::Columns(learn),
};

/// The lowest and the highest value that each column keeps.
struct Clip {
    low: Array1<f64>,
    high: Array1<f64>,
}

impl FittedStep for Clip {
    fn apply(&self, mut view: View) -> View {
        for ((mut column, low), high) in view.values.columns_mut().into_iter().zip(&self.low).zip(&self.high) {
            // A missing value stays missing.
            column.mapv_inplace(|x| {
                if x < *low {
                    *low
                } else if x > *high {
                    *high
                } else {
                    x
                }
            });
        }
        view
    }
}

fn learn(values: &Values, training: &Training<'_>) -> Learned {
    let params = Params::from_values(values).map_err(|(name, what)| format!("`{name}`: {what}"))?;
    let view = training.view;
    let ends = view.columns.iter().zip(view.values.columns()).map(|(column, cells)| {
        let mut known: Vec<f64> = cells.iter().copied().filter(|x| !x.is_nan()).collect();
        if column.words.is_some() || known.is_empty() {
            return (f64::NEG_INFINITY, f64::INFINITY);
        }
        known.sort_by(f64::total_cmp);
        (quantile::linear(&known, params.quantile), quantile::linear(&known, 1.0 - params.quantile))
    });
    let (low, high): (Vec<f64>, Vec<f64>) = ends.unzip();
    Ok(Box::new(Clip { low: low.into(), high: high.into() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preprocess::tests::applied;
    use crate::value::Value;
    use ndarray::{Array2, array};

    #[test]
    fn what_is_beyond_the_training_quantiles_is_cut() {
        let train = Array2::from_shape_fn((101, 1), |(row, _)| f64::from(u8::try_from(row).unwrap_or(0)));
        let values = Values::from([("quantile".to_owned(), Value::Number(0.05))]);
        let view = View::numbered("x", train);
        let fitted = learn(&values, &Training::of(&view, None)).expect("learns");
        let out = applied(&*fitted, array![[-7.0], [4.0], [50.0], [97.0], [f64::NAN]]);
        assert_eq!(out.column(0).to_vec()[..4], [5.0, 5.0, 50.0, 95.0]);
        assert!(out[[4, 0]].is_nan());
    }
}
