//! Entropies, mutual information and what is made of the two alone.

use crate::metric::contingency::{Contingency, float};

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
            Norm::Geometric => a.sqrt() * b.sqrt(),
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
        let several = |sizes: &[u64]| sizes.iter().filter(|n| **n > 0).count() > 1;
        let single = !several(&classes) && !several(&clusters);
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

    /// 1 - H(classes | clusters) / H(classes): 1 where no cluster mixes classes.
    pub fn homogeneity(&self) -> f64 {
        share(self.mutual, self.h_true)
    }

    /// 1 - H(clusters | classes) / H(clusters): 1 where no class is spread over clusters.
    pub fn completeness(&self) -> f64 {
        share(self.mutual, self.h_pred)
    }

    /// Harmonic mean of homogeneity and completeness.
    pub fn v_measure(&self) -> f64 {
        let (h, c) = (self.homogeneity(), self.completeness());
        if h + c > 0.0 { 2.0 * h * c / (h + c) } else { 0.0 }
    }
}

/// Nothing to be told is told in full.
fn share(mutual: f64, entropy: f64) -> f64 {
    if entropy > 0.0 { (mutual / entropy).min(1.0) } else { 1.0 }
}

fn entropy(sizes: &[u64], total: f64) -> f64 {
    // Not minus the sum: one size alone is 0, never -0.
    sizes.iter().filter(|&&n| n > 0).map(|&n| float(n) / total * (total.ln() - float(n).ln())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_rows_and_columns_of_a_table_say_nothing() {
        let full = Information::of(&Contingency { cells: vec![vec![3, 1], vec![0, 4]] });
        let padded = Information::of(&Contingency { cells: vec![vec![3, 0, 1], vec![0, 0, 4], vec![0, 0, 0]] });
        assert_eq!(full, padded);
        let one = Information::of(&Contingency { cells: vec![vec![0, 5], vec![0, 0]] });
        assert_eq!((one.h_true, one.normalised(Norm::Max), one.v_measure()), (0.0, 1.0, 1.0));
    }
}
