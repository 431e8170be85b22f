//! Words as columns of zeros and ones.

use ndarray::Array2;

use crate::dataset::{Column, View};
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::preprocess::{Effect, FittedStep, Learn, Learned, Nominal, StepSpec, Training};

parameters! {
    /// Which words get a column.
    pub struct Params {
        /// Whether a column of two words becomes two columns as well; else one, which is 1 at the second word.
        all_values: bool = false, Domain::Any;
    }
}

/// The step.
pub static SPEC: StepSpec = StepSpec {
    kind: "nominal-to-binary",
    about: "each column of words becomes a column of zeros and ones for each declared word, in its place, named \
            `<column>=<word>`; of two words there is one column; what is missing stays missing",
    reference: "Weka's NominalToBinary, unsupervised or, for a nominal class, supervised; one-hot coding",
    revision: 1,
    parameters: Params::specs,
    effect: |_| Effect { nominal: Nominal::Removes, ..Effect::NUMBERS },
    learn: Learn::Columns(learn),
};

/// What each new column comes from.
enum Source {
    /// A column as it is.
    Same(usize),
    /// Whether a column has this word.
    Is(usize, f64),
}

struct Binary {
    columns: Vec<(Column, Source)>,
}

impl FittedStep for Binary {
    fn apply(&self, view: View) -> View {
        let mut values = Array2::zeros((view.values.nrows(), self.columns.len()));
        for ((_, source), mut column) in self.columns.iter().zip(values.columns_mut()) {
            match source {
                Source::Same(at) => column.assign(&view.values.column(*at)),
                Source::Is(at, word) => {
                    for (cell, code) in column.iter_mut().zip(view.values.column(*at)) {
                        *cell = if code.is_nan() { *code } else { f64::from(u8::from(code == word)) };
                    }
                }
            }
        }
        View { name: view.name, columns: self.columns.iter().map(|(column, _)| column.clone()).collect(), values }
    }
}

fn learn(values: &Values, training: &Training<'_>) -> Learned {
    let params = Params::from_values(values).map_err(|(name, what)| format!("`{name}`: {what}"))?;
    let mut columns = Vec::new();
    for (at, column) in training.view.columns.iter().enumerate() {
        let Some(words) = &column.words else {
            columns.push((column.clone(), Source::Same(at)));
            continue;
        };
        let first = usize::from(words.len() == 2 && !params.all_values);
        for (code, word) in words.iter().enumerate().skip(first) {
            #[expect(clippy::cast_precision_loss, reason = "the number of a word")]
            columns.push((Column::numeric(format!("{}={word}", column.name)), Source::Is(at, code as f64)));
        }
    }
    Ok(Box::new(Binary { columns }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;
    use ndarray::array;

    #[test]
    fn a_column_a_word_in_the_place_of_the_old_one() {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
        let columns = vec![
            Column::nominal("two", words(&["no", "yes"])),
            Column::numeric("x"),
            Column::nominal("three", words(&["a", "b", "c"])),
        ];
        let gap = f64::NAN;
        let view = View { name: "x".to_owned(), columns, values: array![[1.0, 7.0, 2.0], [0.0, gap, gap]] };
        let after = |all: bool| {
            let values = Values::from([("all-values".to_owned(), Value::Bool(all))]);
            learn(&values, &Training::of(&view, None)).expect("learns").apply(view.clone())
        };
        let names = |view: &View| view.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
        let plain = after(false);
        assert_eq!(names(&plain), ["two=yes", "x", "three=a", "three=b", "three=c"]);
        assert_eq!(plain.nominal(), 0);
        assert_eq!(plain.values.row(0).to_vec(), [1.0, 7.0, 0.0, 0.0, 1.0]);
        assert_eq!(plain.values.row(1).iter().map(|x| x.is_nan()).collect::<Vec<_>>(), [false, true, true, true, true]);
        assert_eq!(names(&after(true))[..2], ["two=no", "two=yes"]);
        assert_eq!(after(true).values.row(1).to_vec()[..2], [1.0, 0.0]);
    }
}
