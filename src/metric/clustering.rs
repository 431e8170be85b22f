//! External measures of a clustering, as scikit-learn defines them.

use pathfinding::kuhn_munkres::kuhn_munkres;
use pathfinding::matrix::Matrix;

use crate::metric::contingency::{Contingency, float};

/// The largest sum of cells under a one-to-one matching of clusters to classes, over the rows.
pub fn accuracy(table: &Contingency) -> f64 {
    let matched: u64 = matching(table).into_iter().enumerate().filter_map(|(i, j)| Some(table.cells[i][j?])).sum();
    // Without rows there is nothing to divide by: NaN.
    float(matched) / float(table.total())
}

/// The cluster that each class is matched to, one to one, so that the matched cells add up to the most; none for a
/// class that no cluster is left for.
pub fn matching(table: &Contingency) -> Vec<Option<usize>> {
    let rows = table.cells.len();
    let columns = table.cells.first().map_or(0, Vec::len);
    if rows == 0 || columns == 0 {
        return vec![None; rows];
    }
    // The solver wants no more rows than columns.
    let weight = |i: usize, j: usize| i64::try_from(table.cells[i][j]).unwrap_or(i64::MAX);
    if rows <= columns {
        let (_, matched) = kuhn_munkres(&Matrix::from_fn(rows, columns, |(i, j)| weight(i, j)));
        return matched.into_iter().map(Some).collect();
    }
    let (_, matched) = kuhn_munkres(&Matrix::from_fn(columns, rows, |(j, i)| weight(i, j)));
    let mut clusters = vec![None; rows];
    matched.into_iter().enumerate().for_each(|(cluster, class)| clusters[class] = Some(cluster));
    clusters
}

/// Rows that belong to the largest class of their cluster, over the rows.
pub fn purity(table: &Contingency) -> f64 {
    let columns = table.cells.first().map_or(0, Vec::len);
    let largest: u64 = (0..columns).map(|j| table.cells.iter().map(|row| row[j]).max().unwrap_or(0)).sum();
    float(largest) / float(table.total())
}

/// Pairs of rows: together in both, in the prediction only, in the truth only, in neither.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pairs {
    /// Together in both.
    pub tp: u128,
    /// Together in the prediction only.
    pub fp: u128,
    /// Together in the truth only.
    pub fn_: u128,
    /// Apart in both.
    pub tn: u128,
}

impl Pairs {
    /// Counted from the table.
    pub fn of(table: &Contingency) -> Self {
        let pairs = |n: u64| u128::from(n) * u128::from(n.saturating_sub(1)) / 2;
        let tp: u128 = table.cells.iter().flatten().map(|&n| pairs(n)).sum();
        let same_class: u128 = table.class_sizes().into_iter().map(pairs).sum();
        let same_cluster: u128 = table.cluster_sizes().into_iter().map(pairs).sum();
        let (fp, fn_) = (same_cluster - tp, same_class - tp);
        Pairs { tp, fp, fn_, tn: pairs(table.total()) - tp - fp - fn_ }
    }

    #[expect(clippy::cast_precision_loss, reason = "products of pair counts pass 2^63: they are made in f64")]
    fn floats(self) -> [f64; 4] {
        [self.tp as f64, self.fp as f64, self.fn_ as f64, self.tn as f64]
    }

    /// (TP + TN) / pairs; 1 where the partitions agree, also where there is no pair.
    pub fn rand_index(self) -> f64 {
        if self.agree() {
            return 1.0;
        }
        let [tp, fp, fn_, tn] = self.floats();
        (tp + tn) / (tp + fp + fn_ + tn)
    }

    /// Whether both partitions are the same but for names.
    pub fn agree(self) -> bool {
        self.fp == 0 && self.fn_ == 0
    }

    /// 2 (TP TN - FN FP) / ((TP+FN)(FN+TN) + (TP+FP)(FP+TN)); 1 where the partitions agree.
    pub fn adjusted_rand_index(self) -> f64 {
        if self.agree() {
            return 1.0;
        }
        let [tp, fp, fn_, tn] = self.floats();
        2.0 * (tp * tn - fn_ * fp) / ((tp + fn_) * (fn_ + tn) + (tp + fp) * (fp + tn))
    }

    /// Fowlkes-Mallows: TP / sqrt((TP+FP)(TP+FN)); 0 without a pair together in both.
    pub fn fowlkes_mallows(self) -> f64 {
        let [tp, fp, fn_, _] = self.floats();
        if self.tp == 0 { 0.0 } else { (tp / (tp + fp)).sqrt() * (tp / (tp + fn_)).sqrt() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::information::{Information, Norm};
    use proptest::prelude::*;

    fn brute_force_accuracy(truth: &[usize], clusters: &[usize]) -> f64 {
        fn best(cells: &[Vec<u64>], used: &mut Vec<bool>) -> u64 {
            let Some((row, rest)) = cells.split_first() else { return 0 };
            let mut most = best(rest, used);
            for j in 0..row.len() {
                if !used[j] {
                    used[j] = true;
                    most = most.max(row[j] + best(rest, used));
                    used[j] = false;
                }
            }
            most
        }
        let table = Contingency::of(truth, clusters);
        let columns = table.cells[0].len();
        float(best(&table.cells, &mut vec![false; columns])) / float(table.total())
    }

    proptest! {
        #[test]
        fn identities(pairs in proptest::collection::vec((0_usize..4, 0_usize..5), 2..60)) {
            let (truth, clusters): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
            let table = Contingency::of(&truth, &clusters);
            let information = Information::of(&table);
            let [max, arithmetic, geometric, min] =
                [Norm::Max, Norm::Arithmetic, Norm::Geometric, Norm::Min].map(|norm| information.normalised(norm));
            prop_assert!(max <= arithmetic + 1e-12 && arithmetic <= geometric + 1e-12 && geometric <= min + 1e-12);
            prop_assert!((accuracy(&table) - brute_force_accuracy(&truth, &clusters)).abs() < 1e-12);
            prop_assert!(accuracy(&table) <= purity(&table) + 1e-12);
            // Names of clusters mean nothing.
            let renamed: Vec<usize> = clusters.iter().map(|c| 10 - c).collect();
            let other = Contingency::of(&truth, &renamed);
            prop_assert!((accuracy(&other) - accuracy(&table)).abs() < 1e-12);
            prop_assert_eq!(Pairs::of(&other), Pairs::of(&table));
        }
    }
}
