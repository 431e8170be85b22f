//! Each column to 0..1.

use ndarray::{Array1, Axis};

use crate::dataset::View;
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::preprocess::columns::{ShiftScale, scale_or_one};
use crate::preprocess::{Effect, FittedStep, Learn, Learned, StepSpec, Training};

parameters! {
    /// Where the columns end up.
    pub struct Params {
        /// What 0..1 is multiplied by.
        scale: f64 = 1.0, Domain::Any;
        /// What is added then: the smallest training value becomes this.
        translation: f64 = 0.0, Domain::Any;
        /// What becomes of a column that has one value in training: its distance from it, `shift`, or always `zero`, as Weka
        /// does.
        constant: String = "shift".to_owned(), Domain::OneOf(&["shift", "zero"]);
    }
}

/// The step.
pub static SPEC: StepSpec = StepSpec {
    kind: "min-max",
    about: "each column to 0..1 by its smallest and largest training value, or to another range; a constant column becomes 0",
    reference: "scikit-learn's MinMaxScaler; Weka's Normalize",
    revision: 1,
    parameters: Params::specs,
    effect: |_| Effect::NUMBERS,
    learn: Learn::Columns(learn),
};

/// Columns in 0..1 in another range.
struct Range {
    unit: ShiftScale,
    scale: f64,
    translation: f64,
    /// Columns that become 0, whatever they hold.
    zero: Vec<usize>,
}

impl FittedStep for Range {
    fn apply(&self, view: View) -> View {
        let mut view = self.unit.apply(view);
        for at in (0..view.columns.len()).filter(|&at| view.columns[at].words.is_none()) {
            let mut cells = view.values.column_mut(at);
            if self.zero.contains(&at) {
                cells.mapv_inplace(|x| if x.is_nan() { x } else { 0.0 });
            } else if (self.scale, self.translation) != (1.0, 0.0) {
                cells.mapv_inplace(|x| x * self.scale + self.translation);
            }
        }
        view
    }
}

fn learn(values: &Values, training: &Training<'_>) -> Learned {
    let params = Params::from_values(values).map_err(|(name, what)| format!("`{name}`: {what}"))?;
    let train = &training.view.values;
    let low = train.fold_axis(Axis(0), f64::INFINITY, |low, x| low.min(*x));
    let high = train.fold_axis(Axis(0), f64::NEG_INFINITY, |high, x| high.max(*x));
    // A column without any value keeps its NaNs.
    let shift: Array1<f64> = low.mapv(|low| if low.is_finite() { low } else { 0.0 });
    let zero =
        if params.constant == "zero" { (0..low.len()).filter(|&at| low[at] >= high[at]).collect() } else { Vec::new() };
    let scale = (&high - &low).mapv(scale_or_one);
    let unit = ShiftScale::new(training.view, shift, scale);
    Ok(Box::new(Range { unit, scale: params.scale, translation: params.translation, zero }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preprocess::tests::{applied, learned};
    use crate::value::Value;
    use ndarray::array;

    #[test]
    fn learned_from_training_rows_alone() {
        let fitted = learned(&SPEC, array![[0.0, 5.0], [4.0, 5.0]]);
        assert_eq!(applied(&*fitted, array![[2.0, 5.0], [8.0, 6.0]]), array![[0.5, 0.0], [2.0, 1.0]]);
    }

    #[test]
    fn another_range_and_constant_columns_as_weka_has_them() {
        let view = View::numbered("x", array![[0.0, 5.0], [4.0, 5.0]]);
        let numbers = [("scale", 2.0), ("translation", -1.0)].map(|(name, x)| (name.to_owned(), Value::Number(x)));
        let mut values = Values::from(numbers);
        values.insert("constant".to_owned(), Value::Text("zero".to_owned()));
        let fitted = learn(&values, &Training::of(&view, None)).expect("learns");
        assert_eq!(applied(&*fitted, array![[1.0, 6.0], [8.0, 5.0]]), array![[-0.5, 0.0], [3.0, 0.0]]);
    }

    #[test]
    fn missing_values_stay_and_teach_nothing() {
        let fitted = learned(&SPEC, array![[f64::NAN, 1.0], [2.0, 3.0], [4.0, f64::NAN]]);
        let out = applied(&*fitted, array![[f64::NAN, 2.0]]);
        assert!(out[[0, 0]].is_nan());
        assert_eq!(out[[0, 1]], 0.5);
    }
}
