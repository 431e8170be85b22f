//! The merit of a set of columns (Hall 1999): how much they tell about the class, against how much about each other.

use crate::preprocess::select::codes::{Table, information};
use crate::weka::number::equal;

/// The correlations that sets of columns are judged by, each computed when it is first needed.
///
/// They are kept in single precision, as Weka keeps them: that decides which of two sets is the better one where
/// correlations are almost the same.
pub struct Merits {
    table: Table,
    with_class: Vec<f32>,
    /// Of each column that has been in a set: its correlation with every other; NaN where it is not known yet.
    with_others: Vec<Vec<f32>>,
}

/// A set of columns with the sums that its merit is made of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subset {
    /// Its columns, ascending.
    pub columns: Vec<usize>,
    with_class: f64,
    with_others: f64,
}

impl Subset {
    /// `Σ r_cf / √(k + 2 Σ r_ff)`; 0 for no columns.
    pub fn merit(&self) -> f64 {
        if self.columns.is_empty() {
            return 0.0;
        }
        #[expect(clippy::cast_precision_loss, reason = "a count of columns")]
        let scale = (self.columns.len() as f64 + 2.0 * self.with_others).sqrt();
        self.with_class / scale
    }
}

impl Merits {
    /// Of these columns.
    pub fn new(table: Table) -> Merits {
        let with_class = table.columns.iter().map(|column| {
            let found = information(column, &table.class, &table.weights).symmetrical_uncertainty();
            single(if equal(found, 0.0) { 0.0 } else { found })
        });
        Merits { with_class: with_class.collect(), with_others: vec![Vec::new(); table.columns.len()], table }
    }

    /// How many columns there are.
    pub fn columns(&self) -> usize {
        self.with_class.len()
    }

    /// How much a column tells about the class: symmetrical uncertainty.
    pub fn with_class(&self, column: usize) -> f32 {
        self.with_class[column]
    }

    /// How much two columns tell about each other: symmetrical uncertainty, except that of two columns which tell nothing
    /// about each other it is 1. That is Weka's, and keeps columns out that say nothing of anything.
    pub fn between(&mut self, one: usize, other: usize) -> f32 {
        let columns = self.columns();
        if self.with_others[one].is_empty() {
            self.with_others[one] = vec![f32::NAN; columns];
        }
        if self.with_others[one][other].is_nan() {
            let mirrored = self.with_others[other].get(one).copied().filter(|known| !known.is_nan());
            self.with_others[one][other] = mirrored.unwrap_or_else(|| self.compute(one, other));
        }
        self.with_others[one][other]
    }

    fn compute(&self, one: usize, other: usize) -> f32 {
        let (a, b) = (&self.table.columns[one.max(other)], &self.table.columns[one.min(other)]);
        let found = information(a, b, &self.table.weights).symmetrical_uncertainty();
        single(if equal(found, 0.0) { 1.0 } else { found })
    }

    fn ties(&mut self, column: usize, others: &[usize]) -> f64 {
        others.iter().filter(|&&other| other != column).map(|&other| f64::from(self.between(other, column))).sum()
    }

    /// The set with one more column.
    pub fn with(&mut self, set: &Subset, column: usize) -> Subset {
        let with_others = set.with_others + self.ties(column, &set.columns);
        let mut columns = set.columns.clone();
        columns.insert(columns.partition_point(|known| *known < column), column);
        Subset { columns, with_class: set.with_class + f64::from(self.with_class[column]), with_others }
    }

    /// The set without one of its columns.
    pub fn without(&mut self, set: &Subset, column: usize) -> Subset {
        let with_others = set.with_others - self.ties(column, &set.columns);
        let columns = set.columns.iter().copied().filter(|known| *known != column).collect();
        Subset { columns, with_class: set.with_class - f64::from(self.with_class[column]), with_others }
    }

    /// The set of all columns.
    pub fn all(&mut self) -> Subset {
        (0..self.columns()).fold(Subset::default(), |set, column| self.with(&set, column))
    }

    /// The set with the columns that are locally predictive: from the one that tells most about the class downwards, each
    /// that tells more about it than about any column chosen so far.
    pub fn with_locally_predictive(&mut self, found: Subset) -> Subset {
        let mut order: Vec<usize> = (0..self.columns()).filter(|column| !found.columns.contains(column)).collect();
        // Stable: the first of equals stays first.
        order.sort_by(|a, b| self.with_class[*b].total_cmp(&self.with_class[*a]));
        order.into_iter().fold(found, |set, column| {
            let own = self.with_class[column];
            let clear = set.columns.iter().all(|&chosen| self.between(chosen, column) <= own);
            if clear { self.with(&set, column) } else { set }
        })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "kept in single precision on purpose")]
fn single(x: f64) -> f32 {
    x as f32
}
