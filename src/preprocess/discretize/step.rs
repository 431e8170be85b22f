//! The step: columns of numbers become columns of intervals.

use std::sync::Arc;

use crate::dataset::{Column, View};
use crate::parameter::{Domain, Parameter, Parameters, Values};
use crate::parameters;
use crate::preprocess::discretize::bins::{equal_frequency, equal_width};
use crate::preprocess::discretize::mdl::{Encoding, cuts, interval};
use crate::preprocess::{Effect, FittedStep, Learn, Nominal, Remark, StepSpec, Training};
use crate::weka::number::rounded;

parameters! {
    /// Where the cuts are made.
    pub struct Params {
        /// By the classes and description length, into intervals of one width, or of about one number of rows.
        method: String = "mdl".to_owned(), Domain::OneOf(&["mdl", "equal-width", "equal-frequency"]);
        /// Intervals, of one width or frequency.
        bins: usize = 10, Domain::Between(1.0, 10_000.0);
        /// Whether `mdl` counts only boundaries between different values as candidates, which cuts a little more.
        better_encoding: bool = false, Domain::Any;
    }
}

/// The step.
pub static SPEC: StepSpec = StepSpec {
    kind: "discretize",
    about: "each column of numbers to intervals that are cut on the training rows; words stay, and so does what is missing",
    reference: "Fayyad and Irani 1993; Weka's Discretize (supervised for `mdl`, else unsupervised)",
    revision: 1,
    parameters: Params::specs,
    effect: |values| Effect {
        nominal: Nominal::Makes,
        needs_labels: values.get("method").is_none_or(|method| String::from_value(method).is_ok_and(|m| m == "mdl")),
        ..Effect::NUMBERS
    },
    learn: Learn::Columns(|values, training| Ok(Box::new(fit(values, training)?))),
};

/// The cut points of each column of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Intervals {
    /// Ascending; none for a column of words.
    pub cuts: Vec<Option<Vec<f64>>>,
    words: Vec<Option<Arc<[String]>>>,
}

/// Cuts the columns of training rows.
///
/// # Errors
/// `mdl` without classes, or a number that is infinite.
pub fn fit(values: &Values, training: &Training<'_>) -> Result<Intervals, String> {
    let params = Params::from_values(values).map_err(|(name, what)| format!("`{name}`: {what}"))?;
    let encoding = if params.better_encoding { Encoding::Distinct } else { Encoding::Rows };
    let weights = training.weights();
    let mut found = Intervals { cuts: Vec::new(), words: Vec::new() };
    for (column, cells) in training.view.columns.iter().zip(training.view.values.columns()) {
        if column.words.is_some() {
            found.cuts.push(None);
            found.words.push(None);
            continue;
        }
        if let Some(row) = cells.iter().position(|value| value.is_infinite()) {
            return Err(format!("column `{}` holds {} in training row {row}", column.name, cells[row]));
        }
        let cells = cells.to_vec();
        let points = match params.method.as_str() {
            "equal-width" => equal_width(&cells, params.bins),
            "equal-frequency" => equal_frequency(&cells, &weights, params.bins),
            _ => {
                let labels = training.labels.ok_or("`mdl` needs the classes of the training rows")?;
                cuts(&cells, &labels.codes, &weights, labels.classes.len(), encoding)
            }
        };
        found.words.push(Some(labels_of(&points).into()));
        found.cuts.push(Some(points));
    }
    Ok(found)
}

/// The names of intervals as Weka writes them, with more decimals where six do not tell two cuts apart.
fn labels_of(cuts: &[f64]) -> Vec<String> {
    if cuts.is_empty() {
        return vec!["'All'".to_owned()];
    }
    let written = |decimals: usize| cuts.iter().map(|cut| rounded(*cut, decimals)).collect::<Vec<_>>();
    let distinct = |texts: &[String]| texts.windows(2).all(|pair| pair[0] != pair[1]);
    let texts = (6..=17).map(written).find(|texts| distinct(texts));
    let texts = texts.unwrap_or_else(|| cuts.iter().map(ToString::to_string).collect());
    let first = format!("'(-inf-{}]'", texts[0]);
    let last = format!("'({}-inf)'", texts[texts.len() - 1]);
    let between = texts.windows(2).map(|pair| format!("'({}-{}]'", pair[0], pair[1]));
    std::iter::once(first).chain(between).chain([last]).collect()
}

impl FittedStep for Intervals {
    fn apply(&self, mut view: View) -> View {
        for (at, (cuts, words)) in self.cuts.iter().zip(&self.words).enumerate() {
            let (Some(cuts), Some(words)) = (cuts, words) else { continue };
            view.columns[at] = Column::nominal(view.columns[at].name.clone(), Arc::clone(words));
            #[expect(clippy::cast_precision_loss, reason = "a count of cut points")]
            view.values.column_mut(at).mapv_inplace(|x| if x.is_nan() { x } else { interval(cuts, x) as f64 });
        }
        view
    }

    fn remark(&self) -> Remark {
        let cut = self.cuts.iter().flatten();
        let points: usize = cut.clone().map(Vec::len).sum();
        let uncut = cut.clone().filter(|cuts| cuts.is_empty()).count();
        let note = format!("cuts {} columns at {points} points; {uncut} of them are not cut", cut.count());
        Remark { note: Some(note), counts: vec![("cut_points", points)] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Labels;
    use crate::value::Value;
    use ndarray::{Array2, array};

    fn method(method: &str, bins: i64) -> Values {
        let values = [("method", Value::Text(method.to_owned())), ("bins", Value::Integer(bins))];
        values.map(|(name, value)| (name.to_owned(), value)).into()
    }

    #[test]
    fn numbers_become_intervals_and_words_stay() {
        let words: Vec<String> = ["a", "b"].map(String::from).to_vec();
        let columns = vec![Column::numeric("x"), Column::nominal("w", words), Column::numeric("same")];
        let values = array![[0.0, 1.0, 5.0], [1.0, 0.0, 5.0], [f64::NAN, f64::NAN, 5.0], [4.0, 1.0, 5.0]];
        let view = View { name: "x".to_owned(), columns, values };
        let fitted = fit(&method("equal-width", 2), &Training::of(&view, None)).expect("cuts");
        assert_eq!(fitted.cuts, [Some(vec![2.0]), None, Some(vec![])]);
        let after = fitted.apply(view);
        assert_eq!(after.columns[0].words.as_deref().expect("words"), ["'(-inf-2]'", "'(2-inf)'"]);
        assert_eq!(after.columns[2].words.as_deref().expect("words"), ["'All'"]);
        assert_eq!(after.columns[1].words.as_deref().expect("words"), ["a", "b"]);
        assert_eq!((after.values[[1, 0]], after.values[[3, 0]], after.values[[1, 1]]), (0.0, 1.0, 0.0));
        assert!(after.values[[2, 0]].is_nan() && after.values[[2, 1]].is_nan());
    }

    #[test]
    fn classes_are_needed_for_one_method_only() {
        let view = View::numbered("x", Array2::from_shape_fn((8, 1), |(row, _)| if row < 4 { 0.0 } else { 1.0 }));
        assert!(fit(&Values::new(), &Training::of(&view, None)).expect_err("no classes").contains("classes"));
        let labels: Vec<String> = (0..8).map(|row| (row / 4).to_string()).collect();
        let labels = Labels::of("y", &labels);
        let fitted = fit(&Values::new(), &Training::of(&view, Some(&labels))).expect("cuts");
        assert_eq!(fitted.cuts, [Some(vec![0.5])]);
        assert!((SPEC.effect)(&Values::new()).needs_labels && !(SPEC.effect)(&method("equal-width", 2)).needs_labels);
    }

    #[test]
    fn cuts_that_are_close_have_names_of_their_own() {
        let names = labels_of(&[1.000_000_01, 1.000_000_02, 3.0]);
        assert_eq!(names, ["'(-inf-1.00000001]'", "'(1.00000001-1.00000002]'", "'(1.00000002-3]'", "'(3-inf)'"]);
        assert_eq!(labels_of(&[-0.034]), ["'(-inf--0.034]'", "'(-0.034-inf)'"]);
    }
}
