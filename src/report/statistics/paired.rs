//! Two methods on the same seeds, folds or data sets.

use serde::Serialize;

use super::intervals::{Interval, around};
use super::wilcoxon::{SignTest, Wilcoxon};
use super::{Summary, distributions, extended};
use crate::report::number::float;

/// A t-test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TTest {
    /// The statistic; infinite where the differences are constant and not zero.
    #[serde(serialize_with = "extended::number")]
    pub t: f64,
    /// Degrees of freedom.
    pub df: usize,
    /// Two-sided.
    pub p_value: f64,
    /// Of the mean difference; none for one value.
    pub ci95: Option<Interval>,
}

impl TTest {
    /// Of a mean with its standard error against 0, `n` values.
    pub(super) fn of(mean: f64, standard_error: f64, n: usize) -> TTest {
        let df = n.saturating_sub(1);
        let t = ratio(mean, standard_error);
        // An exact 0 of a constant sample, which may have no degrees of freedom.
        let p_value = if t == 0.0 { 1.0 } else { distributions::t_two_sided(t, df) };
        TTest { t, df, p_value, ci95: (n > 1).then(|| around(mean, standard_error, df, 0.95)) }
    }
}

/// `a / b`, where 0 / 0 is 0 and anything else over 0 infinite.
fn ratio(a: f64, b: f64) -> f64 {
    match (a == 0.0, b == 0.0) {
        (true, true) => 0.0,
        (false, true) => f64::INFINITY.copysign(a),
        _ => a / b,
    }
}

/// The first less the second.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Paired {
    /// Pairs.
    pub n: usize,
    /// Pairs that were left out, since one of the two is no finite number.
    pub dropped: usize,
    /// Mean difference.
    pub mean_difference: f64,
    /// Its standard deviation, n - 1; none for one pair.
    pub std_difference: Option<f64>,
    /// The paired t-test, for independent seeds on one split.
    pub t: TTest,
    /// The corrected resampled t-test (Nadeau and Bengio 2003), for folds and repeated splits, whose training sets overlap.
    pub corrected_t: TTest,
    /// The signed-rank test.
    pub wilcoxon: Wilcoxon,
    /// The sign test.
    pub sign_test: SignTest,
    /// How large the difference is.
    #[serde(flatten)]
    pub effect: Effect,
}

/// Effect sizes: positive where the first is larger.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Effect {
    /// Mean difference over its standard deviation (Cohen 1988); infinite for a constant one.
    #[serde(serialize_with = "extended::number")]
    pub cohen_dz: f64,
    /// Mean difference over the root of the mean of the two variances (Cumming 2012); none for one pair.
    #[serde(serialize_with = "extended::optional")]
    pub cohen_d_av: Option<f64>,
    /// Share of all n*n pairs in which the first is larger, less that in which it is smaller (Cliff 1993).
    pub cliff_delta: f64,
    /// Share of all n*n pairs in which the first is larger, equal ones one half.
    pub prob_improvement: f64,
    /// Matched-pairs rank-biserial correlation (Kerby 2014).
    pub rank_biserial: f64,
}

impl Paired {
    /// Of pairs; none where no pair has two finite numbers. `test_train_ratio` is the size of a test set over that of
    /// its training set: 1/9 for ten folds, 0 for seeds on one split, where the two t-tests are one.
    pub fn of(pairs: &[(f64, f64)], test_train_ratio: f64) -> Option<Paired> {
        let (x, y): (Vec<f64>, Vec<f64>) =
            pairs.iter().filter(|(x, y)| x.is_finite() && y.is_finite()).copied().unzip();
        let differences = differences(&x, &y);
        let summary = Summary::of(&differences)?;
        let n = summary.n;
        let std = summary.std.unwrap_or(0.0);
        let t = |factor: f64| TTest::of(summary.mean, std * factor.sqrt(), n);
        let wilcoxon = Wilcoxon::of(&differences);
        Some(Paired {
            n,
            dropped: pairs.len() - n,
            mean_difference: summary.mean,
            std_difference: summary.std,
            t: t(1.0 / float(n)),
            corrected_t: t(1.0 / float(n) + test_train_ratio),
            sign_test: SignTest::of(&differences),
            effect: Effect::of(&x, &y, &summary, &wilcoxon),
            wilcoxon,
        })
    }
}

/// The differences. Where they are one but for the rounding of the two numbers, they are made one: else methods that
/// agree to the last digit but one would differ significantly.
fn differences(x: &[f64], y: &[f64]) -> Vec<f64> {
    let mut all: Vec<f64> = x.iter().zip(y).map(|(x, y)| x - y).collect();
    let size = x.iter().chain(y).fold(0.0_f64, |size, x| size.max(x.abs()));
    let rounding = 2.0 * f64::EPSILON * size;
    let (low, high) = all.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), d| (low.min(*d), high.max(*d)));
    if high - low <= rounding {
        let one = if high.max(-low) <= rounding { 0.0 } else { f64::midpoint(low, high) };
        all.fill(one);
    }
    all
}

impl Effect {
    fn of(x: &[f64], y: &[f64], difference: &Summary, wilcoxon: &Wilcoxon) -> Effect {
        let std = |values: &[f64]| Summary::of(values)?.std;
        let both = std(x).zip(std(y)).map(|(x, y)| f64::midpoint(x * x, y * y).sqrt());
        let (more, less) = dominance(x, y);
        Effect {
            cohen_dz: ratio(difference.mean, difference.std.unwrap_or(0.0)),
            cohen_d_av: both.map(|std| ratio(difference.mean, std)),
            cliff_delta: more - less,
            prob_improvement: more + 0.5 * (1.0 - more - less),
            rank_biserial: wilcoxon.rank_biserial(),
        }
    }
}

/// The shares of all pairs in which the first is larger, and smaller.
fn dominance(x: &[f64], y: &[f64]) -> (f64, f64) {
    let mut sorted = y.to_vec();
    sorted.sort_by(f64::total_cmp);
    let all = float(x.len()) * float(y.len());
    let more: usize = x.iter().map(|x| sorted.partition_point(|y| y < x)).sum();
    let less: usize = x.iter().map(|x| sorted.len() - sorted.partition_point(|y| y <= x)).sum();
    (float(more) / all, float(less) / all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_ratio_the_two_t_tests_are_one() {
        let pairs = [(0.5, 0.4), (0.6, 0.58), (0.7, 0.71)];
        let test = Paired::of(&pairs, 0.0).unwrap();
        assert_eq!(test.t, test.corrected_t);
        assert!(Paired::of(&pairs, 1.0 / 9.0).unwrap().corrected_t.p_value > test.t.p_value);
        let swapped = Paired::of(&pairs.map(|(x, y)| (y, x)), 0.0).unwrap();
        assert_eq!((swapped.t.t, swapped.t.p_value), (-test.t.t, test.t.p_value));
    }

    #[test]
    fn rounding_is_no_difference() {
        // 0.1 + 0.2 is not 0.3.
        let same = Paired::of(&[(0.1 + 0.2, 0.3), (0.7 + 0.1, 0.8), (0.5, 0.5)], 0.0).unwrap();
        assert_eq!((same.t.t, same.t.p_value, same.effect.cohen_dz), (0.0, 1.0, 0.0));
        let shifted = Paired::of(&[(0.3, 0.2), (0.4, 0.3), (0.9, 0.8)], 0.0).unwrap();
        assert_eq!((shifted.t.t, shifted.t.p_value), (f64::INFINITY, 0.0));
    }

    #[test]
    fn degenerate_pairs_do_not_panic() {
        assert_eq!(Paired::of(&[], 0.0), None);
        assert_eq!(Paired::of(&[(f64::NAN, 1.0), (1.0, f64::INFINITY)], 0.0), None);
        let one = Paired::of(&[(0.5, 0.5), (f64::NAN, 1.0)], 0.1).unwrap();
        assert_eq!((one.n, one.dropped, one.t.p_value, one.t.ci95, one.effect.cohen_d_av), (1, 1, 1.0, None, None));
    }

    #[test]
    fn infinite_statistics_are_words_in_json() {
        let test = TTest::of(-1.0, 0.0, 3);
        assert_eq!(serde_json::to_value(test).unwrap()["t"], "-Infinity");
        assert_eq!(serde_json::to_value(TTest::of(0.0, 0.0, 3)).unwrap()["t"], 0.0);
    }
}
