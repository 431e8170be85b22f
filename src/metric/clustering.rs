//! External measures of a clustering, as scikit-learn defines them, and inertia.

use ndarray::{Array1, Array2};
use pathfinding::kuhn_munkres::kuhn_munkres;
use pathfinding::matrix::Matrix;

use crate::metric::contingency::Contingency;
use crate::metric::{Score, finite};

/// The measure of this name; the names of [`METRICS`](crate::metric::METRICS) that need true labels.
pub fn external(name: &str, table: &Contingency) -> Score {
    match name {
        "acc" => finite(accuracy(table)),
        "purity" => finite(purity(table)),
        "ri" => match Pairs::of(table).rand_index() {
            Some(value) => Score::Number(value),
            None => Score::Undefined("fewer than two rows".to_owned()),
        },
        "ari" => finite(Pairs::of(table).adjusted_rand_index()),
        _ => {
            let information = Information::of(table);
            let norm = Norm::ALL.iter().find(|(suffix, _)| name.strip_prefix("nmi_") == Some(suffix));
            norm.map_or_else(|| Score::Undefined(format!("no measure is called `{name}`")), |(_, norm)| {
                finite(information.normalised(*norm))
            })
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^53; products are made in f64 on purpose")]
fn float(n: u64) -> f64 {
    n as f64
}

/// The largest sum of cells under a one-to-one matching of clusters to classes, over the rows.
pub fn accuracy(table: &Contingency) -> f64 {
    let rows = table.cells.len();
    let columns = table.cells.first().map_or(0, Vec::len);
    if rows == 0 || columns == 0 {
        return f64::NAN;
    }
    // The solver wants no more rows than columns.
    let weight = |i: usize, j: usize| i64::try_from(table.cells[i][j]).unwrap_or(i64::MAX);
    let (matched, _) = if rows <= columns {
        kuhn_munkres(&Matrix::from_fn(rows, columns, |(i, j)| weight(i, j)))
    } else {
        kuhn_munkres(&Matrix::from_fn(columns, rows, |(j, i)| weight(i, j)))
    };
    float(u64::try_from(matched).unwrap_or(0)) / float(table.total())
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

    /// (TP + TN) / pairs; none without a pair.
    pub fn rand_index(self) -> Option<f64> {
        let [tp, fp, fn_, tn] = self.floats();
        let pairs = tp + fp + fn_ + tn;
        (pairs > 0.0).then(|| (tp + tn) / pairs)
    }

    /// 2 (TP TN - FN FP) / ((TP+FN)(FN+TN) + (TP+FP)(FP+TN)); 1 where the partitions agree.
    pub fn adjusted_rand_index(self) -> f64 {
        if self.fp == 0 && self.fn_ == 0 {
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

/// How two entropies become the norm of the mutual information.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Norm {
    /// The larger.
    Max,
    /// The smaller.
    Min,
    /// Their mean.
    Arithmetic,
    /// The root of their product.
    Geometric,
}

impl Norm {
    /// Name in metrics, and norm.
    pub const ALL: &'static [(&'static str, Norm)] =
        &[("max", Norm::Max), ("min", Norm::Min), ("arithmetic", Norm::Arithmetic), ("geometric", Norm::Geometric)];

    /// Of two entropies.
    pub fn of(self, a: f64, b: f64) -> f64 {
        match self {
            Norm::Max => a.max(b),
            Norm::Min => a.min(b),
            Norm::Arithmetic => f64::midpoint(a, b),
            Norm::Geometric => (a * b).sqrt(),
        }
    }
}

/// Entropies and mutual information, natural logarithm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Information {
    /// Of the classes.
    pub h_true: f64,
    /// Of the clusters.
    pub h_pred: f64,
    /// Mutual.
    pub mutual: f64,
    single: bool,
}

impl Information {
    /// Of the table.
    pub fn of(table: &Contingency) -> Self {
        let (classes, clusters) = (table.class_sizes(), table.cluster_sizes());
        let total = float(table.total());
        let mut mutual = 0.0;
        for (row, &a) in table.cells.iter().zip(&classes) {
            for (&cell, &b) in row.iter().zip(&clusters) {
                if cell > 0 {
                    let n = float(cell);
                    mutual += n / total * ((n.ln() - float(a).ln()) + (total.ln() - float(b).ln()));
                }
            }
        }
        let single = classes.len() <= 1 && clusters.len() <= 1;
        // Independence leaves rounding, not information.
        let mutual = if mutual.abs() < f64::EPSILON { 0.0 } else { mutual.max(0.0) };
        Information { h_true: entropy(&classes, total), h_pred: entropy(&clusters, total), mutual, single }
    }

    /// Mutual information over a norm of the entropies: 1 for one class and one cluster, 0 without information.
    pub fn normalised(&self, norm: Norm) -> f64 {
        if self.single {
            return 1.0;
        }
        if self.mutual <= 0.0 {
            return 0.0;
        }
        (self.mutual / norm.of(self.h_true, self.h_pred)).min(1.0)
    }
}

fn entropy(sizes: &[u64], total: f64) -> f64 {
    if sizes.len() <= 1 {
        return 0.0;
    }
    -sizes.iter().filter(|&&n| n > 0).map(|&n| float(n) / total * (float(n).ln() - total.ln())).sum::<f64>()
}

/// Sum of squared distances of rows to the mean of their cluster; NaN where the data have gaps.
pub fn inertia(data: &Array2<f64>, clusters: &[usize]) -> f64 {
    let Some(groups) = clusters.iter().max().map(|most| most + 1) else { return 0.0 };
    let mut sums = vec![Array1::<f64>::zeros(data.ncols()); groups];
    let mut counts = vec![0_u64; groups];
    for (row, &cluster) in data.rows().into_iter().zip(clusters) {
        sums[cluster] += &row;
        counts[cluster] += 1;
    }
    for (sum, &count) in sums.iter_mut().zip(&counts) {
        *sum /= float(count.max(1));
    }
    data.rows()
        .into_iter()
        .zip(clusters)
        .map(|(row, &cluster)| row.iter().zip(&sums[cluster]).map(|(x, m)| (x - m) * (x - m)).sum::<f64>())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
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

    #[test]
    fn inertia_of_two_pairs() {
        let data = ndarray::array![[0.0], [2.0], [10.0], [10.0]];
        assert_eq!(inertia(&data, &[0, 0, 1, 1]), 2.0);
    }
}
