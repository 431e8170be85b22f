//! Columns of numbers as intervals, for classifiers that discretise by themselves.

use serde_json::{Map, Value as Json, json};

use crate::dataset::Column;
use crate::model::classify::instances::Instances;
use crate::preprocess::discretize::mdl::{Cutter, Encoding, interval};
use crate::weka::number::rounded;

/// The intervals of each column, cut by description length on the training rows.
#[derive(Clone, Debug)]
pub struct Intervals {
    /// The cut points of each column of numbers; none for a nominal one.
    cuts: Vec<Option<Vec<f64>>>,
}

impl Intervals {
    /// Cuts every column of numbers.
    pub fn fit(rows: &Instances) -> Self {
        let cutter = Cutter::new(&rows.codes, &rows.weights, rows.classes.len(), Encoding::Rows);
        let cut = |(at, column): (usize, &Column)| {
            column.words.is_none().then(|| cutter.cuts(rows.values.column(at).iter().copied()))
        };
        Intervals { cuts: rows.columns.iter().enumerate().map(cut).collect() }
    }

    /// Every column as it is: no column of numbers is cut.
    pub fn none(columns: usize) -> Self {
        Intervals { cuts: vec![None; columns] }
    }

    /// The value as an index: of its interval, or of its word. Missing stays missing.
    #[expect(clippy::cast_precision_loss, reason = "a number of intervals")]
    pub fn index(&self, column: usize, value: f64) -> f64 {
        match &self.cuts[column] {
            Some(cuts) if !value.is_nan() => interval(cuts, value) as f64,
            _ => value,
        }
    }

    /// How many intervals a column of numbers has; none where it was not cut into such.
    pub fn levels(&self, column: usize) -> Option<usize> {
        self.cuts[column].as_ref().map(|cuts| cuts.len() + 1)
    }

    /// The names of the intervals as Weka writes them, to 6 digits: `'(-inf-5.45]'`, `'All'`.
    pub fn names(&self, column: usize) -> Option<Vec<String>> {
        let cuts = self.cuts[column].as_ref()?;
        if cuts.is_empty() {
            return Some(vec!["'All'".to_owned()]);
        }
        let low = |at: usize| if at == 0 { "-inf".to_owned() } else { rounded(cuts[at - 1], 6) };
        let name = |at: usize| match cuts.get(at) {
            Some(high) => format!("'({}-{}]'", low(at), rounded(*high, 6)),
            None => format!("'({}-inf)'", low(at)),
        };
        Some((0..=cuts.len()).map(name).collect())
    }

    /// The cut points by column, all digits.
    pub fn json(&self, columns: &[Column]) -> Json {
        let cut = self.cuts.iter().zip(columns);
        Json::Object(
            cut.filter_map(|(cuts, column)| Some((column.name.clone(), json!(cuts.as_ref()?)))).collect::<Map<_, _>>(),
        )
    }
}
