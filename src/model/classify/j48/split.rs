//! How rows go down the branches of a test.

use super::table::{Bag, Table, float};
use super::tree::{Split, Test};
use crate::model::classify::instances::level;
use crate::weka::number::{NEAR, greater};

impl Split {
    /// The branch that a value goes down; none where it is missing, or a level that the training set does not declare.
    pub fn branch(&self, value: f64) -> Option<usize> {
        if value.is_nan() {
            return None;
        }
        match self.test {
            Test::Threshold(threshold) => Some(usize::from(value > threshold)),
            Test::Level { level: at, levels } => level(value, levels).map(|level| usize::from(level != at)),
            Test::Levels(levels) => level(value, levels),
        }
    }
}

/// What of a bag goes down each branch.
pub(super) struct Divided {
    pub bags: Vec<Bag>,
    /// The weight of each branch with its part of the rows whose value is missing.
    pub weights: Vec<f64>,
    /// The weight of each class, and of all rows: summed over the known rows first, as Weka does, so that the last digits
    /// agree.
    pub class_weights: Vec<f64>,
    pub total: f64,
}

/// Sends a bag down a test. Rows whose value is missing go down every branch in parts, as the known rows do, or as
/// `shares` says where it is given (rows that the test was not made from).
pub(super) fn divide(table: &Table, split: &Split, bag: &Bag, shares: Option<&[f64]>) -> Divided {
    let values = &table.columns[split.column].values;
    let branches = split.children.len();
    let mut weights = vec![0.0; branches];
    let mut class_weights = vec![0.0; table.classes];
    let mut total = 0.0;
    for (row, weight) in bag.iter() {
        if let Some(branch) = split.branch(values[row]) {
            weights[branch] += weight;
            class_weights[table.codes[row]] += weight;
            total += weight;
        }
    }
    let known = parts(shares.unwrap_or(&weights), shares.map_or(total, |shares| shares.iter().sum()));
    for (row, weight) in bag.iter() {
        if split.branch(values[row]).is_none() {
            weights.iter_mut().zip(&known).for_each(|(sum, part)| *sum += weight * part);
            class_weights[table.codes[row]] += weight;
            total += weight;
        }
    }
    let parts = if shares.is_some() { known } else { parts(&weights, total) };
    let mut bags = vec![Bag::default(); branches];
    for (row, weight) in bag.iter() {
        match split.branch(values[row]) {
            Some(branch) => bags[branch].push(u32_of(row), weight),
            None => {
                for (bag, part) in bags.iter_mut().zip(&parts) {
                    if greater(weight * part, 0.0) {
                        bag.push(u32_of(row), weight * part);
                    }
                }
            }
        }
    }
    Divided { bags, weights, class_weights, total }
}

/// What of a row without a value goes down each branch.
fn parts(weights: &[f64], total: f64) -> Vec<f64> {
    let even = 1.0 / float(weights.len().max(1));
    weights.iter().map(|weight| if total < NEAR { even } else { weight / total }).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "a row index that came from a bag")]
fn u32_of(row: usize) -> u32 {
    row as u32
}
