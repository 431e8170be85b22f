//! Mutual information corrected for chance (Vinh, Epps and Bailey 2010).

use std::collections::BTreeMap;

use crate::metric::clustering::Pairs;
use crate::metric::contingency::{Contingency, float};
use crate::metric::information::{Information, Norm};

/// (MI - E) / (norm - E), E being the mutual information expected of two random partitions with these sizes: about 0
/// by chance, 1 where the partitions agree, may be negative. None where it is 0/0.
///
/// One class or one cluster, not both, gives 0, as in scikit-learn. So does a partition into single rows: whichever
/// rows it pairs, its mutual information is the other partition's entropy. scikit-learn's rounding decides there
/// what 0/0 is; here it is none.
pub fn adjusted_mutual_information(table: &Contingency, norm: Norm) -> Option<f64> {
    let sizes = |sizes: Vec<u64>| sizes.into_iter().filter(|n| *n > 0).collect::<Vec<u64>>();
    let (classes, clusters) = (sizes(table.class_sizes()), sizes(table.cluster_sizes()));
    if Pairs::of(table).agree() {
        return Some(1.0);
    }
    if classes.len() == 1 || clusters.len() == 1 {
        return Some(0.0);
    }
    let information = Information::of(table);
    let norm = norm.of(information.h_true, information.h_pred);
    let rounding = 1e-12 * norm;
    let alone = |sizes: &[u64]| sizes.iter().all(|n| *n == 1);
    if alone(&classes) || alone(&clusters) {
        return (norm - information.mutual > rounding).then_some(0.0);
    }
    let expected = expected_mutual_information(&classes, &clusters);
    (norm - expected > rounding).then(|| (information.mutual - expected) / (norm - expected))
}

/// Mean of the mutual information over all pairs of partitions with these sizes (none of them 0), natural logarithm.
pub fn expected_mutual_information(classes: &[u64], clusters: &[u64]) -> f64 {
    let total = classes.iter().sum();
    // A cell's share depends on the two sizes alone, and few of them differ.
    let (classes, clusters) = (counted(classes), counted(clusters));
    let mut sum = 0.0;
    for (&a, times_a) in &classes {
        for (&b, times_b) in &clusters {
            sum += times_a * times_b * expected_cell(a, b, total);
        }
    }
    sum.max(0.0)
}

fn counted(sizes: &[u64]) -> BTreeMap<u64, f64> {
    let mut counts = BTreeMap::new();
    sizes.iter().for_each(|size| *counts.entry(*size).or_insert(0.0) += 1.0);
    counts
}

/// Mean of `n/N ln(N n / (a b))` over the hypergeometric number n of rows that a class of `a` and a cluster of `b` of
/// `total` rows share.
///
/// Its probabilities are made from one to the next, outwards from the most likely n, and divided by their sum.
/// Through log-gamma, as the formula is usually written, they would lose digits in proportion to ln N!.
fn expected_cell(a: u64, b: u64, total: u64) -> f64 {
    let (low, high) = ((a + b).saturating_sub(total), a.min(b));
    let likely = (u128::from(a + 1) * u128::from(b + 1)) / (u128::from(total) + 2);
    let likely = u64::try_from(likely).unwrap_or(high).clamp(low, high);
    let (af, bf, nf) = (float(a), float(b), float(total));
    let term = |n: f64| if n > 0.0 { n / nf * (nf * n / (af * bf)).ln() } else { 0.0 };
    // How much more likely n + 1 is than n.
    let growth = |n: u64| {
        let x = float(n);
        (af - x) * (bf - x) / ((x + 1.0) * (float(total - (a + b - n)) + 1.0))
    };
    let (mut weights, mut sum) = (1.0, term(float(likely)));
    let mut weight = 1.0;
    for n in likely..high {
        weight *= growth(n);
        weights += weight;
        sum += weight * term(float(n + 1));
        if weight < NEGLIGIBLE {
            break;
        }
    }
    weight = 1.0;
    for n in (low..likely).rev() {
        weight /= growth(n);
        weights += weight;
        sum += weight * term(float(n));
        if weight < NEGLIGIBLE {
            break;
        }
    }
    sum / weights
}

/// Weights fall ever faster away from the most likely n, whose weight is 1: what follows this one changes no digit.
const NEGLIGIBLE: f64 = 1e-30;

#[cfg(test)]
mod tests {
    use super::*;

    /// The mean over every way to put 6 rows into the clusters, one by one.
    #[test]
    fn the_expectation_is_the_mean_over_all_permutations() {
        fn permutations(items: &mut Vec<usize>, from: usize, visit: &mut dyn FnMut(&[usize])) {
            if from == items.len() {
                visit(items);
            }
            for i in from..items.len() {
                items.swap(from, i);
                permutations(items, from + 1, visit);
                items.swap(from, i);
            }
        }
        for (truth, clusters) in [([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 1, 1]), ([0, 1, 1, 1, 1, 1], [0, 0, 0, 1, 2, 2])] {
            let (mut sum, mut count) = (0.0, 0.0);
            permutations(&mut clusters.to_vec(), 0, &mut |clusters| {
                sum += Information::of(&Contingency::of(&truth, clusters)).mutual;
                count += 1.0;
            });
            let table = Contingency::of(&truth, &clusters);
            let found = expected_mutual_information(&table.class_sizes(), &table.cluster_sizes());
            assert!((found - sum / count).abs() < 1e-14, "{found} {}", sum / count);
        }
    }

    #[test]
    fn the_usual_formula_agrees() {
        use statrs::function::gamma::ln_gamma;
        let (classes, clusters) = ([40_u64, 35, 25, 1], [50_u64, 30, 11, 10]);
        let f = |n: u64| ln_gamma(float(n) + 1.0);
        let total: u64 = classes.iter().sum();
        let mut sum = 0.0;
        for a in classes {
            for b in clusters {
                for n in (a + b).saturating_sub(total).max(1)..=a.min(b) {
                    let logarithm = f(a) + f(b) + f(total - a) + f(total - b)
                        - (f(total) + f(n) + f(a - n) + f(b - n) + f(total + n - a - b));
                    let [n, big, a, b] = [n, total, a, b].map(float);
                    sum += n / big * (big * n / (a * b)).ln() * logarithm.exp();
                }
            }
        }
        let found = expected_mutual_information(&classes, &clusters);
        assert!((found - sum).abs() < 1e-12 * sum, "{found} {sum}");
    }

    #[test]
    fn single_rows_are_chance_itself() {
        let table = Contingency::of(&[0, 0, 0, 1, 1, 1], &[0, 1, 2, 3, 4, 5]);
        assert_eq!(adjusted_mutual_information(&table, Norm::Max), Some(0.0));
        assert_eq!(adjusted_mutual_information(&table, Norm::Min), None);
        let same = Contingency::of(&[0, 1, 2], &[5, 4, 3]);
        assert_eq!(adjusted_mutual_information(&same, Norm::Min), Some(1.0));
    }

    #[test]
    fn millions_of_rows_take_no_time() {
        let found = expected_mutual_information(&[4_000_000, 5_000_000], &[3_000_000, 6_000_000]);
        // One degree of freedom over twice the rows, as for a chi-squared.
        assert!((found * 2.0 * 9e6 - 1.0).abs() < 1e-3, "{found}");
    }
}
