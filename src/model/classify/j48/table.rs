//! Training rows column by column, each column of numbers with its order, and the weighted rows of a node.

use crate::model::classify::instances::{Instances, level};

/// The training rows, for trees.
pub(super) struct Table {
    /// What is in each column, by row.
    pub columns: Vec<Feature>,
    /// The class of each row.
    pub codes: Vec<usize>,
    /// The number of classes.
    pub classes: usize,
    /// The number of rows that the whole training set has.
    pub rows: usize,
}

/// One column.
pub(super) struct Feature {
    /// By row; missing is NaN, a nominal column holds levels.
    pub values: Vec<f64>,
    /// The number of levels of a nominal column; none for numbers.
    pub levels: Option<usize>,
    /// The rows with a number, ascending; empty for a nominal column.
    pub order: Vec<u32>,
    /// The place of each row in `order`; [`UNPLACED`] where the value is missing.
    pub places: Vec<u32>,
}

/// The place of a row without a value.
pub(super) const UNPLACED: u32 = u32::MAX;

/// Rows of a node, each with the weight that it has there: a row whose value was missing at a test above is in several
/// branches, in parts.
#[derive(Clone, Debug, Default)]
pub(super) struct Bag {
    /// Indices into the table, in its order.
    pub rows: Vec<u32>,
    /// One weight a row.
    pub weights: Vec<f64>,
}

impl Bag {
    /// The weight of all rows, summed in their order.
    pub(super) fn total(&self) -> f64 {
        self.weights.iter().sum()
    }

    pub(super) fn push(&mut self, row: u32, weight: f64) {
        self.rows.push(row);
        self.weights.push(weight);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.rows.iter().map(|row| *row as usize).zip(self.weights.iter().copied())
    }
}

impl Table {
    pub(super) fn new(instances: &Instances) -> Self {
        let columns = (0..instances.columns.len()).map(|column| Feature::new(instances, column)).collect();
        Table { columns, codes: instances.codes.clone(), classes: instances.classes.len(), rows: instances.rows() }
    }

    /// The weight of each class among the rows of a bag.
    pub(super) fn class_weights(&self, bag: &Bag) -> Vec<f64> {
        let mut sums = vec![0.0; self.classes];
        bag.iter().for_each(|(row, weight)| sums[self.codes[row]] += weight);
        sums
    }
}

impl Feature {
    fn new(instances: &Instances, column: usize) -> Self {
        let levels = instances.levels(column);
        let mut values = instances.values.column(column).to_vec();
        if let Some(levels) = levels {
            values.iter_mut().filter(|value| level(**value, levels).is_none()).for_each(|value| *value = f64::NAN);
            return Feature { values, levels: Some(levels), order: Vec::new(), places: Vec::new() };
        }
        let known = (0_u32..).zip(&values).filter(|(_, value)| !value.is_nan());
        let mut order: Vec<u32> = known.map(|(row, _)| row).collect();
        order.sort_by(|a, b| values[*a as usize].total_cmp(&values[*b as usize]));
        let mut places = vec![UNPLACED; values.len()];
        (0_u32..).zip(&order).for_each(|(place, row)| places[*row as usize] = place);
        Feature { values, levels: None, order, places }
    }

    /// The largest number of the whole training set that is above `cut` by no more than `tolerance`; `cut` itself where
    /// there is none.
    pub(super) fn at_most(&self, cut: f64, tolerance: f64) -> f64 {
        let above = self.order.partition_point(|row| self.values[*row as usize] - cut <= tolerance);
        above.checked_sub(1).map_or(cut, |place| self.values[self.order[place] as usize])
    }
}

/// A count as a number.
#[expect(clippy::cast_precision_loss, reason = "counts of rows, classes and levels")]
pub(super) fn float(count: usize) -> f64 {
    count as f64
}
