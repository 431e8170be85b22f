//! Many methods on many data sets, by their ranks: Friedman (1937), Iman and Davenport (1980), as in Demsar (2006).

use serde::Serialize;

use super::adjust::Adjustment;
use super::ranks::{mid_ranks, tie_term};
use super::wilcoxon::{Approximation, Wilcoxon};
use super::{distributions, extended};
use crate::metric::Better;
use crate::report::number::float;

/// Whether the methods differ at all.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Friedman {
    /// Data sets on which every method has a value.
    pub n_datasets: usize,
    /// Methods.
    pub n_methods: usize,
    /// Data sets left out, where a method has no finite value.
    pub dropped: usize,
    /// A row a data set, in the order given: 1 for the best, mid-ranks.
    pub ranks: Vec<Vec<f64>>,
    /// Mean rank of each method, in the order given.
    pub average_rank: Vec<f64>,
    /// The statistic, corrected for ties; none where all are tied.
    pub chi2: Option<f64>,
    /// The statistic of Demsar (2006), which takes no notice of ties.
    pub chi2_without_tie_correction: f64,
    /// Degrees of freedom of both.
    pub df: usize,
    /// Of `chi2`.
    pub p_value: Option<f64>,
    /// Kendall's W, how far the data sets agree: chi2 / (N (k - 1)), 0 to 1.
    pub kendall_w: Option<f64>,
    /// The less conservative F; none for one data set.
    pub iman_davenport: Option<ImanDavenport>,
}

/// Iman and Davenport's F, made from chi squared without correction for ties.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ImanDavenport {
    /// The statistic; infinite where every data set ranks the methods in one order.
    #[serde(serialize_with = "extended::number")]
    pub f: f64,
    /// k - 1.
    pub df1: usize,
    /// (k - 1) (N - 1).
    pub df2: usize,
    /// Of F.
    pub p_value: f64,
}

impl Friedman {
    /// Of a row of values a data set, a value a method. None for fewer than two methods, rows of different lengths, or
    /// where no data set has a finite value of each method.
    pub fn of(values: &[Vec<f64>], better: Better) -> Option<Friedman> {
        let k = values.first()?.len();
        let whole = whole_rows(values);
        let n = whole.len();
        if k < 2 || n == 0 || values.iter().any(|row| row.len() != k) {
            return None;
        }
        let ranks: Vec<Vec<f64>> = whole.iter().map(|row| ranked(row, better)).collect();
        let sums: Vec<f64> = (0..k).map(|method| ranks.iter().map(|row| row[method]).sum()).collect();
        // Sums of halves and their squares: exact, so that "all in one order" and "all tied" are seen for certain.
        let middle = float(n) * float(k + 1) / 2.0;
        let spread: f64 = sums.iter().map(|sum| (sum - middle).powi(2)).sum();
        let cubic = float(k) * (float(k) * float(k) - 1.0);
        let most = float(n) * float(n) * cubic / 12.0;
        let tied: f64 = ranks.iter().map(|row| tie_term(row)).sum();
        let untied = 1.0 - tied / (float(n) * cubic);
        let plain = 12.0 * spread / (float(n) * float(k) * float(k + 1));
        let chi2 = (untied > 0.0).then(|| plain / untied);
        Some(Friedman {
            n_datasets: n,
            n_methods: k,
            dropped: values.len() - n,
            average_rank: sums.iter().map(|sum| sum / float(n)).collect(),
            ranks,
            chi2,
            chi2_without_tie_correction: plain,
            df: k - 1,
            p_value: chi2.map(|chi2| distributions::chi_squared_above(chi2, k - 1)),
            kendall_w: chi2.map(|chi2| chi2 / (float(n) * float(k - 1))),
            iman_davenport: (n > 1).then(|| ImanDavenport::of(spread, most, n, k)),
        })
    }
}

impl ImanDavenport {
    /// (N - 1) chi2 / (N (k - 1) - chi2), with chi2 as its share of the most it can be.
    fn of(spread: f64, most: f64, n: usize, k: usize) -> ImanDavenport {
        let f = if spread >= most { f64::INFINITY } else { float(n - 1) * spread / (most - spread) };
        let (df1, df2) = (k - 1, (k - 1) * (n - 1));
        ImanDavenport { f, df1, df2, p_value: distributions::f_above(f, df1, df2) }
    }
}

/// The rows without a gap.
fn whole_rows(values: &[Vec<f64>]) -> Vec<&[f64]> {
    values.iter().map(Vec::as_slice).filter(|row| row.iter().all(|x| x.is_finite())).collect()
}

fn ranked(row: &[f64], better: Better) -> Vec<f64> {
    match better {
        Better::Lower => mid_ranks(row),
        Better::Higher => mid_ranks(&row.iter().map(|x| -x).collect::<Vec<_>>()),
    }
}

/// Two methods over the data sets.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PairOverDatasets {
    /// The place of the first method.
    pub first: usize,
    /// That of the second.
    pub second: usize,
    /// Data sets on which both have a value.
    pub n: usize,
    /// Of Wilcoxon's signed-rank test, two-sided.
    pub p_value: f64,
    /// What it is.
    pub approximation: Approximation,
    /// Adjusted over all pairs.
    pub p_holm: f64,
}

/// Wilcoxon's test of every pair of methods over the data sets, exact unless tied, with Holm over the pairs
/// (Benavoli, Corani and Mangili 2016 advise it in place of Nemenyi's).
pub fn wilcoxon_holm(values: &[Vec<f64>]) -> Vec<PairOverDatasets> {
    let k = values.iter().map(Vec::len).min().unwrap_or(0);
    let test = |(first, second): (usize, usize)| {
        let difference = |row: &Vec<f64>| Some(row[first] - row[second]).filter(|d| d.is_finite());
        let test = Wilcoxon::of(&values.iter().filter_map(difference).collect::<Vec<_>>());
        let n = values.iter().filter_map(difference).count();
        let (p_value, approximation) = test.exact_p.map_or_else(|| test.shown(), |p| (p, Approximation::Exact));
        PairOverDatasets { first, second, n, p_value, approximation, p_holm: p_value }
    };
    let mut tests: Vec<PairOverDatasets> = pairs(k).map(test).collect();
    let adjusted = Adjustment::Holm.apply(&tests.iter().map(|test| test.p_value).collect::<Vec<_>>());
    for (test, p) in tests.iter_mut().zip(adjusted) {
        test.p_holm = p;
    }
    tests
}

/// Every two of `k`, the lower place first.
pub(super) fn pairs(k: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..k).flat_map(move |first| (first + 1..k).map(move |second| (first, second)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_sets_with_a_gap_are_left_out_and_counted() {
        let values = [vec![0.9, 0.8], vec![f64::NAN, 0.7], vec![0.6, 0.5]];
        let test = Friedman::of(&values, Better::Higher).unwrap();
        assert_eq!((test.n_datasets, test.dropped, test.average_rank), (2, 1, vec![1.0, 2.0]));
        assert_eq!(Friedman::of(&values, Better::Lower).unwrap().average_rank, [2.0, 1.0]);
    }

    #[test]
    fn degenerate_tables_do_not_panic() {
        assert_eq!(Friedman::of(&[], Better::Higher), None);
        assert_eq!(Friedman::of(&[vec![1.0]], Better::Higher), None);
        assert_eq!(Friedman::of(&[vec![1.0, 2.0], vec![1.0]], Better::Higher), None);
        assert_eq!(Friedman::of(&[vec![1.0, f64::NAN]], Better::Higher), None);
        let one = Friedman::of(&[vec![1.0, 2.0, 3.0]], Better::Higher).unwrap();
        assert_eq!((one.chi2, one.kendall_w, one.iman_davenport), (Some(2.0), Some(1.0), None));
        assert!(wilcoxon_holm(&[]).is_empty());
        assert_eq!(wilcoxon_holm(&[vec![1.0, f64::NAN]])[0].p_value, 1.0);
    }
}
