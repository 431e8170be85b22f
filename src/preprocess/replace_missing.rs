//! Missing cells filled by what is usual in their column.

use ndarray::Array1;

use crate::dataset::View;
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::preprocess::{Effect, FittedStep, Learn, Learned, StepSpec, Training};

parameters! {
    /// What is filled in.
    pub struct Params {
        /// For numbers: the mean or the median of the training rows. For words: always the most frequent one.
        with: String = "mean".to_owned(), Domain::OneOf(&["mean", "median"]);
    }
}

/// The step.
pub static SPEC: StepSpec = StepSpec {
    kind: "replace-missing",
    about: "missing cells become the mean (or median) of the training rows, missing words the most frequent one; \
            a column without any value becomes 0, or its first word",
    reference: "Weka's ReplaceMissingValues; scikit-learn's SimpleImputer",
    revision: 1,
    parameters: Params::specs,
    effect: |_| Effect { fills_missing: true, ..Effect::NUMBERS },
    learn: Learn::Columns(learn),
};

struct Fill(Array1<f64>);

impl FittedStep for Fill {
    fn apply(&self, mut view: View) -> View {
        for (mut column, fill) in view.values.columns_mut().into_iter().zip(&self.0) {
            column.iter_mut().filter(|x| x.is_nan()).for_each(|x| *x = *fill);
        }
        view
    }
}

fn learn(values: &Values, training: &Training<'_>) -> Learned {
    let params = Params::from_values(values).map_err(|(name, what)| format!("`{name}`: {what}"))?;
    let view = training.view;
    let fills = view.columns.iter().zip(view.values.columns()).map(|(column, cells)| {
        let known: Vec<f64> = cells.iter().copied().filter(|x| !x.is_nan()).collect();
        match &column.words {
            _ if known.is_empty() => 0.0,
            Some(words) => mode(&known, words.len()),
            None if params.with == "median" => median(known),
            None => mean(&known),
        }
    });
    Ok(Box::new(Fill(fills.collect())))
}

#[expect(clippy::cast_precision_loss, reason = "a count of rows")]
fn mean(known: &[f64]) -> f64 {
    known.iter().sum::<f64>() / known.len() as f64
}

fn median(mut known: Vec<f64>) -> f64 {
    known.sort_by(f64::total_cmp);
    let half = known.len() / 2;
    if known.len() % 2 == 1 { known[half] } else { f64::midpoint(known[half - 1], known[half]) }
}

/// The most frequent index; the first of equals.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "indices of words"
)]
fn mode(known: &[f64], words: usize) -> f64 {
    let mut counts = vec![0_usize; words];
    known.iter().for_each(|x| counts[*x as usize] += 1);
    let most = counts.iter().max().copied().unwrap_or(0);
    counts.iter().position(|count| *count == most).unwrap_or(0) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Column;
    use crate::preprocess::tests::{applied, learned};
    use crate::value::Value;
    use ndarray::array;

    #[test]
    fn numbers_and_words() {
        let words: Vec<String> = ["a", "b"].map(String::from).to_vec();
        let columns = vec![Column::numeric("x"), Column::nominal("w", words), Column::numeric("empty")];
        let gap = f64::NAN;
        let values = array![[1.0, 1.0, gap], [2.0, 1.0, gap], [9.0, 0.0, gap], [gap, gap, gap]];
        let view = View { name: "x".to_owned(), columns, values };
        let fill = |with: &str| {
            let values = Values::from([("with".to_owned(), Value::Text(with.to_owned()))]);
            let fitted = learn(&values, &Training::of(&view, None)).expect("learns");
            fitted.apply(view.clone()).values.row(3).to_vec()
        };
        assert_eq!(fill("mean"), [4.0, 1.0, 0.0]);
        assert_eq!(fill("median"), [2.0, 1.0, 0.0]);
        assert_eq!(applied(&*learned(&SPEC, array![[1.0], [2.0]]), array![[gap]]), array![[1.5]]);
    }
}
