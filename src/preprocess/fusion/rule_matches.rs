//! Which rules of the classes apply to a row, as columns.

use crate::dataset::{Column, Dataset, View};
use crate::model::rules::apriori::{self, Found};
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::preprocess::discretize::step::{Intervals, fit};
use crate::preprocess::fusion::{free_name, with_columns};
use crate::preprocess::{Effect, FittedStep, Learn, Learned, Remark, StepSpec, Training};
use crate::value::Value;

parameters! {
    /// How the rules are found.
    pub struct Params {
        /// Intervals of about one number of training rows that each column of numbers is cut into for the rules.
        bins: usize = 3, Domain::Between(1.0, 1000.0);
        /// How many rules are wanted.
        rules: usize = 10, Domain::Between(1.0, 10_000.0);
        /// The confidence of a rule at least.
        minimum_metric: f64 = 0.9, Domain::Between(0.0, 1.0);
        /// The minimum support never falls below this share of the training rows.
        lower_support: f64 = 0.1, Domain::Between(0.0, 1.0);
    }
}

/// The step.
pub static SPEC: StepSpec = StepSpec {
    kind: "rule-matches",
    about: "adds a column of zeros and ones for each rule of a class that Apriori finds in the training rows: whether \
            its premise holds; other columns stay",
    reference: "Liu, Hsu and Ma 1998 (rules of classes); Weka's Apriori -A",
    revision: 1,
    parameters: Params::specs,
    effect: |_| Effect { needs_labels: true, ..Effect::NUMBERS },
    learn: Learn::Columns(learn),
};

struct Matches {
    intervals: Intervals,
    found: Found,
    columns: Vec<Column>,
}

fn learn(values: &Values, training: &Training<'_>) -> Learned {
    let params = Params::from_values(values).map_err(|(name, what)| format!("`{name}`: {what}"))?;
    let labels = training.labels.ok_or("rules of classes need the classes of the training rows")?;
    let cut = Values::from([
        ("method".to_owned(), Value::Text("equal-frequency".to_owned())),
        ("bins".to_owned(), Value::Integer(i64::try_from(params.bins).unwrap_or(i64::MAX))),
    ]);
    let intervals = fit(&cut, training)?;
    let view = training.view;
    let class = Column::nominal(free_name(view, &labels.name), labels.classes.clone());
    #[expect(clippy::cast_precision_loss, reason = "indices of classes")]
    let codes = ndarray::Array2::from_shape_fn((view.values.nrows(), 1), |(row, _)| labels.codes[row] as f64);
    let items = with_columns(intervals.apply(view.clone()), [class], &codes);
    let asked = apriori::Params {
        rules: params.rules,
        minimum_metric: params.minimum_metric,
        lower_support: params.lower_support,
        class_rules: true,
        ..apriori::Params::default()
    };
    let found = apriori::mine(&asked, &Dataset::new(vec![items], None)).map_err(|error| error.to_string())?;
    let names = (1..=found.count()).map(|number| Column::numeric(free_name(view, &format!("rule {number}"))));
    Ok(Box::new(Matches { columns: names.collect(), intervals, found }))
}

impl FittedStep for Matches {
    fn apply(&self, view: View) -> View {
        let holds = self.found.premises(self.intervals.apply(view.clone()).values.view());
        with_columns(view, self.columns.iter().cloned(), &holds)
    }

    fn remark(&self) -> Remark {
        /// So many rules are spelled out.
        const SHOWN: usize = 10;
        let rules: Vec<String> = self.found.sentences().take(SHOWN).collect();
        let more = self.found.count().saturating_sub(rules.len());
        let more = if more > 0 { format!("; {more} more") } else { String::new() };
        let note = match rules.len() {
            0 => "no rule is good enough: no column is added".to_owned(),
            _ => format!("{}{more}", rules.join("; ")),
        };
        Remark { note: Some(note), counts: vec![("rules", self.found.count())] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Labels;
    use ndarray::Array2;

    #[test]
    fn a_rule_of_a_class_becomes_a_column_and_speaks_of_new_rows() {
        let number = |row: usize| f64::from(u32::try_from(row).expect("a small number"));
        let values = Array2::from_shape_fn((30, 2), |(row, column)| number(if column == 0 { row } else { row % 5 }));
        let labels: Vec<String> = (0..30).map(|row| if row < 10 { "low" } else { "other" }.to_owned()).collect();
        let labels = Labels::of("y", &labels);
        let view = View::numbered("x", values);
        let fitted = learn(&Values::new(), &Training::of(&view, Some(&labels))).expect("learns");
        let count = fitted.remark().counts[0].1;
        assert!(count > 0, "{:?}", fitted.remark());
        let after = fitted.apply(view.clone());
        assert_eq!(after.values.ncols(), 2 + count);
        // x0 in its lowest third is the class `low`, and nothing else is.
        let note = fitted.remark().note.expect("a note");
        assert!(note.contains("x0=") && note.contains("y=low"), "{note}");
        let fires = |x: f64| {
            let row = View { values: ndarray::array![[x, 2.0]], ..view.clone() };
            fitted.apply(row).values.row(0).iter().skip(2).copied().collect::<Vec<_>>()
        };
        assert_ne!(fires(3.0), fires(25.0));
        assert!(learn(&Values::new(), &Training::of(&view, None)).is_err());
    }
}
