//! Which methods differ, once Friedman's test says that some do: Nemenyi (1963), Dunn (1961), Holm (1979), as in
//! Demsar (2006). All of them start from average ranks over data sets.

use serde::Serialize;

use super::adjust::Adjustment;
use super::distributions::{normal_quantile, normal_two_sided};
use super::friedman::pairs;
use super::studentized_range;
use crate::report::number::float;

/// The critical difference diagram in numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Nemenyi {
    /// The level.
    pub alpha: f64,
    /// Studentized range over root 2.
    pub q: f64,
    /// Average ranks that differ by more than this differ significantly.
    pub critical_difference: f64,
    /// The places of the methods, best average rank first; equal ones in the order given.
    pub order: Vec<usize>,
    /// The bars of the diagram: maximal runs of two or more methods in that order, whose ends do not differ.
    pub groups: Vec<Vec<usize>>,
}

impl Nemenyi {
    /// Of average ranks over `datasets`. None for fewer than two methods, no data set, or an `alpha` outside 0 to 1.
    pub fn of(average_rank: &[f64], datasets: usize, alpha: f64) -> Option<Nemenyi> {
        let q = critical_q(average_rank.len(), alpha)?;
        let critical_difference = q * standard_error(average_rank.len(), datasets)?;
        let mut order: Vec<usize> = (0..average_rank.len()).collect();
        order.sort_by(|a, b| average_rank[*a].total_cmp(&average_rank[*b]));
        let groups = groups(&order, average_rank, critical_difference);
        Some(Nemenyi { alpha, q, critical_difference, order, groups })
    }
}

/// Nemenyi's q for `methods`: the studentized range with infinite degrees of freedom over root 2. None for fewer than two
/// methods or an `alpha` outside 0 to 1.
pub fn critical_q(methods: usize, alpha: f64) -> Option<f64> {
    let q = studentized_range::critical(alpha, methods) / std::f64::consts::SQRT_2;
    q.is_finite().then_some(q)
}

/// Of a difference of two average ranks: root of k (k + 1) / (6 N).
fn standard_error(methods: usize, datasets: usize) -> Option<f64> {
    (methods > 1 && datasets > 0).then(|| (float(methods) * float(methods + 1) / (6.0 * float(datasets))).sqrt())
}

fn groups(order: &[usize], average_rank: &[f64], critical_difference: f64) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut covered = 0;
    for (start, first) in order.iter().enumerate() {
        let near = |place: &&usize| average_rank[**place] - average_rank[*first] <= critical_difference;
        let end = start + order[start..].iter().take_while(near).count();
        // One that ends where the last did is part of it.
        if end > covered && end - start > 1 {
            groups.push(order[start..end].to_vec());
            covered = end;
        }
    }
    groups
}

/// Two methods by their average ranks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RankPair {
    /// The place of the first method.
    pub first: usize,
    /// That of the second.
    pub second: usize,
    /// Difference of the average ranks, first less second, in standard errors: below 0 where the first is better.
    pub z: f64,
    /// Nemenyi's p-value, adjusted for all pairs by the studentized range.
    pub p_value: f64,
}

/// Every two methods by their average ranks; empty for fewer than two methods or no data set.
pub fn nemenyi_pairs(average_rank: &[f64], datasets: usize) -> Vec<RankPair> {
    let k = average_rank.len();
    let Some(standard_error) = standard_error(k, datasets) else { return Vec::new() };
    let pair = |(first, second): (usize, usize)| {
        let z = (average_rank[first] - average_rank[second]) / standard_error;
        RankPair { first, second, z, p_value: studentized_range::above(z.abs() * std::f64::consts::SQRT_2, k) }
    };
    pairs(k).map(pair).collect()
}

/// Every method against the one with the best average rank.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VersusBest {
    /// Its place; the first of equally good ones.
    pub control: usize,
    /// z-tests against it, adjusted by Holm; none for itself.
    pub p_holm: Vec<Option<f64>>,
}

/// z-tests of the average ranks against the best one, adjusted by Holm.
pub fn holm_versus_best(average_rank: &[f64], datasets: usize) -> Option<VersusBest> {
    let standard_error = standard_error(average_rank.len(), datasets)?;
    let control = (0..average_rank.len()).min_by(|a, b| average_rank[*a].total_cmp(&average_rank[*b]))?;
    let p = |(method, rank): (usize, &f64)| {
        if method == control { f64::NAN } else { normal_two_sided((rank - average_rank[control]) / standard_error) }
    };
    let p: Vec<f64> = average_rank.iter().enumerate().map(p).collect();
    let p_holm = Adjustment::Holm.apply(&p).into_iter().map(|p| Some(p).filter(|p| !p.is_nan())).collect();
    Some(VersusBest { control, p_holm })
}

/// Bonferroni and Dunn's critical difference of average ranks, of `methods` with one control among them.
pub fn bonferroni_dunn(methods: usize, datasets: usize, alpha: f64) -> Option<f64> {
    let standard_error = standard_error(methods, datasets)?;
    let z = -normal_quantile(alpha / (2.0 * float(methods - 1)));
    z.is_finite().then_some(z * standard_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_maximal_and_join_at_least_two() {
        let ranks = [1.0, 5.0, 2.0, 2.5, 6.5, 9.0];
        let order = [0, 2, 3, 1, 4, 5];
        assert_eq!(groups(&order, &ranks, 1.5), [vec![0, 2, 3], vec![1, 4]]);
        assert_eq!(groups(&order, &ranks, 0.5), [vec![2, 3]]);
        assert_eq!(groups(&order, &ranks, 8.0), [order.to_vec()]);
        assert!(groups(&order, &ranks, 0.1).is_empty());
    }

    #[test]
    fn the_best_is_compared_with_the_others_only() {
        let best = holm_versus_best(&[2.0, 1.0, 3.0], 10).unwrap();
        assert_eq!((best.control, best.p_holm[1]), (1, None));
        assert!(best.p_holm[2] < best.p_holm[0]);
    }

    #[test]
    fn pairs_agree_with_the_critical_difference() {
        let ranks = [1.5, 2.5, 2.0, 4.0];
        let cd = Nemenyi::of(&ranks, 12, 0.05).unwrap().critical_difference;
        for pair in nemenyi_pairs(&ranks, 12) {
            let apart = (ranks[pair.first] - ranks[pair.second]).abs() > cd;
            assert_eq!(pair.p_value < 0.05, apart, "{pair:?}");
        }
        // Two methods: every test is the z-test.
        let two = nemenyi_pairs(&[1.2, 1.8], 10)[0];
        assert!((two.p_value - normal_two_sided(two.z)).abs() < 1e-12);
        let one = bonferroni_dunn(2, 10, 0.05).unwrap();
        assert!((one - Nemenyi::of(&[1.0, 2.0], 10, 0.05).unwrap().critical_difference).abs() < 1e-9);
    }

    #[test]
    fn degenerate_tables_have_no_difference() {
        assert_eq!(Nemenyi::of(&[1.0], 5, 0.05), None);
        assert_eq!(Nemenyi::of(&[1.0, 2.0], 0, 0.05), None);
        assert_eq!(Nemenyi::of(&[1.0, 2.0], 5, 1.5), None);
        assert!(nemenyi_pairs(&[], 4).is_empty() && holm_versus_best(&[], 4).is_none());
        assert_eq!((bonferroni_dunn(1, 4, 0.05), bonferroni_dunn(3, 4, 0.0)), (None, None));
    }
}
