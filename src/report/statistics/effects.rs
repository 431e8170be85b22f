//! Which setting matters: eta squared of a balanced grid, permutation importance of a random forest for another.

use rayon::prelude::*;
use serde::Serialize;

use super::Summary;
use super::distributions::f_above;
use super::forest::Forest;
use crate::report::number::float;
use crate::rng::{Purpose, Stream};

/// A setting and the level that it has in each trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    /// Its name.
    pub name: String,
    /// The place of its level in each trial, from 0.
    pub levels: Vec<usize>,
}

impl Factor {
    fn count(&self) -> usize {
        self.levels.iter().max().map_or(0, |most| most.saturating_add(1))
    }
}

/// What a setting, or two together, explain.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Term {
    /// The places of its one or two factors.
    pub factors: Vec<usize>,
    /// Sum of squares; of two factors what goes beyond each alone.
    pub sum_of_squares: f64,
    /// Degrees of freedom.
    pub df: usize,
    /// Share of the total sum of squares, 0 to 1 (Fisher 1925).
    pub eta_squared: f64,
    /// Against the residual; none where nothing is left to compare with.
    pub p_value: Option<f64>,
}

/// A balanced grid taken apart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EtaSquared {
    /// Main effects in the order of the factors, then every two of them.
    pub terms: Vec<Term>,
    /// Sum of squares of all values around their mean.
    pub total: f64,
    /// Share that no term explains: seeds, and what takes three settings.
    pub residual: f64,
    /// Its degrees of freedom.
    pub residual_df: usize,
}

/// The analysis of variance of a balanced grid: main effects and two-way interactions. None where the grid is not
/// balanced (every combination of levels equally often), a value is not finite, all values are one, or no factor has
/// two levels. Factors with one level explain nothing and are no term.
pub fn eta_squared(factors: &[Factor], values: &[f64]) -> Option<EtaSquared> {
    if !is_balanced(factors, values.len()) || !values.iter().all(|value| value.is_finite()) {
        return None;
    }
    let summary = Summary::of(values)?;
    let deviations: Vec<f64> = values.iter().map(|value| value - summary.mean).collect();
    let total: f64 = deviations.iter().map(|d| d * d).sum();
    let varied: Vec<usize> = (0..factors.len()).filter(|place| factors[*place].count() > 1).collect();
    if summary.std? == 0.0 || varied.is_empty() {
        return None;
    }
    let alone = |place: &usize| between(&[&factors[*place]], &deviations);
    let mut terms: Vec<(Vec<usize>, f64, usize)> =
        varied.iter().map(|place| (vec![*place], alone(place), factors[*place].count() - 1)).collect();
    for (i, a) in varied.iter().enumerate() {
        for b in &varied[i + 1..] {
            // Balanced factors are orthogonal: sums of squares add up.
            let together = between(&[&factors[*a], &factors[*b]], &deviations) - alone(a) - alone(b);
            let df = (factors[*a].count() - 1) * (factors[*b].count() - 1);
            terms.push((vec![*a, *b], together.max(0.0), df));
        }
    }
    Some(finish(terms, total, values.len()))
}

fn finish(terms: Vec<(Vec<usize>, f64, usize)>, total: f64, n: usize) -> EtaSquared {
    let explained: f64 = terms.iter().map(|term| term.1).sum();
    let residual_df = (n - 1).saturating_sub(terms.iter().map(|term| term.2).sum());
    // What is left of a sum that is explained whole is rounding.
    let residual = if total - explained > 1e-12 * total && residual_df > 0 { total - explained } else { 0.0 };
    let term = |(factors, sum_of_squares, df): (Vec<usize>, f64, usize)| Term {
        eta_squared: sum_of_squares / total,
        p_value: (residual > 0.0)
            .then(|| f_above(sum_of_squares / float(df) / (residual / float(residual_df)), df, residual_df)),
        factors,
        sum_of_squares,
        df,
    };
    EtaSquared { terms: terms.into_iter().map(term).collect(), total, residual: residual / total, residual_df }
}

/// The sum of squares between the groups that some factors form.
fn between(factors: &[&Factor], deviations: &[f64]) -> f64 {
    let groups: usize = factors.iter().map(|factor| factor.count()).product();
    let mut sums = vec![(0.0, 0_usize); groups];
    for (trial, deviation) in deviations.iter().enumerate() {
        let group = combination(factors.iter().copied(), trial);
        sums[group].0 += deviation;
        sums[group].1 += 1;
    }
    sums.iter().filter(|(_, n)| *n > 0).map(|(sum, n)| sum * sum / float(*n)).sum()
}

/// The number of a trial's combination of levels.
fn combination<'a>(factors: impl Iterator<Item = &'a Factor>, trial: usize) -> usize {
    factors.fold(0, |number, factor| number * factor.count() + factor.levels[trial])
}

/// Whether every combination of levels is there equally often.
pub fn is_balanced(factors: &[Factor], trials: usize) -> bool {
    let combinations = factors.iter().try_fold(1_usize, |all, factor| all.checked_mul(factor.count()));
    // More combinations than trials cannot all be there: no need to count them.
    let Some(combinations) = combinations.filter(|all| (1..=trials).contains(all)) else { return false };
    if factors.iter().any(|factor| factor.levels.len() != trials) {
        return false;
    }
    let mut counts = vec![0_usize; combinations];
    for trial in 0..trials {
        counts[combination(factors.iter(), trial)] += 1;
    }
    counts.iter().all(|count| *count == counts[0])
}

/// Importance by permutation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Importance {
    /// Of each column in the order given: by how much the mean squared error out of the bag grows when the column is
    /// permuted, over the variance of the values. Near 0, or a little below, for what does not matter.
    pub columns: Vec<f64>,
    /// Share of the variance that the forest explains out of the bag; where it is low, the importances say little.
    pub r_squared: f64,
}

/// How often each column is permuted.
const PERMUTATIONS: usize = 10;

/// Permutation importance (Breiman 2001) of columns of numbers (levels of a setting as their places) for values, out of
/// the bag of a forest of 100 trees. The same for the same numbers and `seed`. None for fewer than five finite values,
/// values that are all one, columns that are not as long, or columns with a number that is not finite.
pub fn permutation_importance(columns: &[Vec<f64>], values: &[f64], seed: u64) -> Option<Importance> {
    let whole = |list: &[f64]| list.len() == values.len() && list.iter().all(|x| x.is_finite());
    let std = Summary::of(values)?.std.filter(|std| *std > 0.0)?;
    if values.len() < 5 || columns.is_empty() || !whole(values) || !columns.iter().all(|column| whole(column)) {
        return None;
    }
    let variance = std * std * float(values.len() - 1) / float(values.len());
    let forest = Forest::grow(columns, values, seed);
    let error = forest.error(columns, values)?;
    let grown = |place: usize| -> Option<f64> {
        let mut stream = Stream::new(seed, Purpose::Resampling, &format!("forest.permutations.{place}"));
        let mut permuted = columns.to_vec();
        let mut sum = 0.0;
        for _ in 0..PERMUTATIONS {
            stream.shuffle(&mut permuted[place]);
            sum += forest.error(&permuted, values)? - error;
        }
        Some(sum / float(PERMUTATIONS) / variance)
    };
    let importance = (0..columns.len()).into_par_iter().map(grown).collect::<Option<_>>()?;
    Some(Importance { columns: importance, r_squared: 1.0 - error / variance })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(counts: &[usize], repeats: usize) -> Vec<Factor> {
        let all = counts.iter().product::<usize>() * repeats;
        let mut each = all;
        let factor = |(place, count): (usize, &usize)| {
            each /= count;
            let levels = (0..all).map(|trial| trial / each % count).collect();
            Factor { name: format!("f{place}"), levels }
        };
        counts.iter().enumerate().map(factor).collect()
    }

    #[test]
    fn sums_of_squares_are_those_worked_by_hand() {
        // 2 x 2, two seeds. Means of the cells 1, 3, 5, 11, each -/+ 1: squares 72 (a), 32 (b), 8 (a and b), 8 (seeds).
        let factors = grid(&[2, 2], 2);
        let values = [0.0, 2.0, 2.0, 4.0, 4.0, 6.0, 10.0, 12.0];
        let found = eta_squared(&factors, &values).unwrap();
        let squares: Vec<f64> = found.terms.iter().map(|term| term.sum_of_squares).collect();
        assert_eq!((squares, found.total, found.residual_df), (vec![72.0, 32.0, 8.0], 120.0, 4));
        assert_eq!(found.terms[2].factors, [0, 1]);
        assert!((found.terms[0].eta_squared - 0.6).abs() < 1e-12 && (found.residual - 8.0 / 120.0).abs() < 1e-12);
        // F(1, 4) of 36 is the square of t = 6 with 4 degrees.
        let t = super::super::distributions::t_two_sided(6.0, 4);
        assert!((found.terms[0].p_value.unwrap() - t).abs() < 1e-12);
    }

    #[test]
    fn only_balanced_grids_are_taken_apart() {
        let mut factors = grid(&[2, 3], 2);
        let values: Vec<f64> = (0..12).map(|i| f64::from(i * i)).collect();
        assert!(eta_squared(&factors, &values).is_some());
        assert_eq!(eta_squared(&factors, &[1.0; 12]), None);
        assert_eq!(eta_squared(&factors, &values[1..]), None);
        factors[0].levels[0] = 1;
        assert_eq!(eta_squared(&factors, &values), None);
        assert_eq!(eta_squared(&[], &values), None);
        assert_eq!(eta_squared(&grid(&[1], 12), &values), None);
    }

    #[test]
    fn shares_add_up_without_seeds_too() {
        let values: Vec<f64> = (0..24_i32).map(|i| f64::from(i * 7 % 11)).collect();
        let found = eta_squared(&grid(&[2, 3, 4], 1), &values).unwrap();
        let all: f64 = found.terms.iter().map(|term| term.eta_squared).sum();
        assert!((all + found.residual - 1.0).abs() < 1e-12);
        // (1 + 2 + 3) + (2 + 3 + 6) of 23 leave the three-way interaction.
        assert_eq!((found.terms.len(), found.residual_df), (6, 6));
        let two = eta_squared(&grid(&[2, 3], 1), &[1.0, 2.0, 4.0, 3.0, 5.0, 9.0]).unwrap();
        assert_eq!((two.residual, two.residual_df, two.terms[0].p_value), (0.0, 0, None));
    }

    fn columns(n: usize) -> Vec<Vec<f64>> {
        let mut stream = Stream::new(3, Purpose::Noise, "effects");
        (0..3).map(|_| (0..n).map(|_| float(stream.below(4))).collect()).collect()
    }

    #[test]
    fn what_matters_more_is_more_important() {
        let columns = columns(120);
        let values: Vec<f64> = columns[0].iter().zip(&columns[1]).map(|(a, b)| 3.0 * a + b).collect();
        let found = permutation_importance(&columns, &values, 1).unwrap();
        assert!(found.r_squared > 0.9, "{found:?}");
        assert!(found.columns[0] > 3.0 * found.columns[1] && found.columns[1] > 0.05, "{found:?}");
        assert!(found.columns[2].abs() < 0.02, "{found:?}");
        assert_eq!(permutation_importance(&columns, &values, 1).unwrap(), found);
        assert_ne!(permutation_importance(&columns, &values, 2).unwrap(), found);
    }

    #[test]
    fn nothing_is_important_for_noise() {
        let columns = columns(120);
        let mut stream = Stream::new(4, Purpose::Noise, "effects.values");
        let values: Vec<f64> = (0..120).map(|_| stream.normal()).collect();
        let found = permutation_importance(&columns, &values, 1).unwrap();
        assert!(found.r_squared < 0.2 && found.columns.iter().all(|x| x.abs() < 0.25), "{found:?}");
        assert_eq!(permutation_importance(&columns, &[1.0; 120], 1), None);
        assert_eq!(permutation_importance(&columns, &values[1..], 1), None);
        assert_eq!(permutation_importance(&[], &values, 1), None);
    }
}
