//! Classes by clusters: the table from which every external measure is made.

use std::collections::BTreeMap;

/// Counts of rows by class and cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct Contingency {
    /// `cells[class][cluster]`.
    pub cells: Vec<Vec<u64>>,
}

impl Contingency {
    /// Counts two labellings of the same rows; labels are taken in sorted order.
    pub fn of<T: Ord, U: Ord>(truth: &[T], clusters: &[U]) -> Self {
        let classes = index(truth);
        let groups = index(clusters);
        let mut cells = vec![vec![0; groups.len()]; classes.len()];
        for (class, cluster) in truth.iter().zip(clusters) {
            cells[classes[class]][groups[cluster]] += 1;
        }
        Contingency { cells }
    }

    /// Rows in all.
    pub fn total(&self) -> u64 {
        self.cells.iter().flatten().sum()
    }

    /// Rows a class.
    pub fn class_sizes(&self) -> Vec<u64> {
        self.cells.iter().map(|row| row.iter().sum()).collect()
    }

    /// Rows a cluster.
    pub fn cluster_sizes(&self) -> Vec<u64> {
        let columns = self.cells.first().map_or(0, Vec::len);
        (0..columns).map(|j| self.cells.iter().map(|row| row[j]).sum()).collect()
    }
}

/// A count as a number to calculate with.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of rows are far below 2^53; products are made in f64 on purpose"
)]
pub fn float(n: u64) -> f64 {
    n as f64
}

fn index<T: Ord>(labels: &[T]) -> BTreeMap<&T, usize> {
    let mut order: BTreeMap<&T, usize> = labels.iter().map(|label| (label, 0)).collect();
    order.values_mut().enumerate().for_each(|(i, place)| *place = i);
    order
}
