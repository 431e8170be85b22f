//! Intervals in closed form: Student's t of a mean, Wilson's and Clopper and Pearson's of a share.

use serde::Serialize;

use super::Summary;
use super::distributions::{binomial_at_most, crossing, normal_quantile, t_quantile};
use crate::report::number::float;

/// Lower and upper end.
pub type Interval = (f64, f64);

/// The t interval of a mean: mean -/+ t(n-1) std / sqrt n. The mean twice for a constant sample, none for one value.
pub fn t_interval(summary: &Summary, confidence: f64) -> Option<Interval> {
    let standard_error = summary.std? / float(summary.n).sqrt();
    Some(around(summary.mean, standard_error, summary.n.checked_sub(1)?, confidence))
}

/// A value -/+ so many standard errors as Student's t says.
pub(super) fn around(center: f64, standard_error: f64, degrees: usize, confidence: f64) -> Interval {
    // Not t times 0: t may be infinite.
    let half =
        if standard_error == 0.0 { 0.0 } else { t_quantile(f64::midpoint(1.0, confidence), degrees) * standard_error };
    (center - half, center + half)
}

/// A share with its intervals: the accuracy on one test set, of which there are no repeats.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Proportion {
    /// `k / n`.
    pub p: f64,
    /// Of the score test (Wilson 1927).
    pub wilson_ci95: Interval,
    /// Exact, from the tails of the binomial (Clopper and Pearson 1934).
    pub clopper_pearson_ci95: Interval,
}

impl Proportion {
    /// `k` right of `n`; none of none, or where more are right than there are.
    pub fn of(k: u64, n: u64) -> Option<Proportion> {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
        let p = k as f64 / n as f64;
        Some(Proportion { p, wilson_ci95: wilson(k, n, 0.95)?, clopper_pearson_ci95: clopper_pearson(k, n, 0.95)? })
    }
}

/// The interval of Wilson (1927), eq. 5, for `k` of `n`.
pub fn wilson(k: u64, n: u64, confidence: f64) -> Option<Interval> {
    if n == 0 || k > n {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    let (k, n) = (k as f64, n as f64);
    let (p, z) = (k / n, normal_quantile(f64::midpoint(1.0, confidence)));
    let center = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    Some(((center - half).max(0.0), (center + half).min(1.0)))
}

/// The interval of Clopper and Pearson (1934) for `k` of `n`: the shares for which `k` or more, and `k` or fewer, have
/// half of what the confidence leaves.
pub fn clopper_pearson(k: u64, n: u64, confidence: f64) -> Option<Interval> {
    if n == 0 || k > n {
        return None;
    }
    let tail = (1.0 - confidence) / 2.0;
    // The lower end is the upper one of what is wrong.
    let upper = |k: u64| if k == n { 1.0 } else { crossing(0.0, 1.0, |p| binomial_at_most(k, n, p) - tail) };
    Some((if k == 0 { 0.0 } else { 1.0 - upper(n - k) }, upper(k)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_nothing_have_no_interval() {
        assert_eq!((Proportion::of(0, 0), Proportion::of(3, 2)), (None, None));
        assert!(wilson(1, 0, 0.95).is_none() && clopper_pearson(3, 2, 0.95).is_none());
    }

    #[test]
    fn exact_intervals_are_those_of_the_rule_of_three() {
        // 0 of n: 1 - 0.025^(1/n), and the mirror of it.
        let want = 1.0 - 0.025_f64.powf(1.0 / 50.0);
        let (low, high) = clopper_pearson(0, 50, 0.95).unwrap();
        assert!(low == 0.0 && (high - want).abs() < 1e-13, "{high} {want}");
        let (low, high) = clopper_pearson(50, 50, 0.95).unwrap();
        assert!(high == 1.0 && (low - (1.0 - want)).abs() < 1e-13);
    }

    #[test]
    fn intervals_narrow_with_what_is_known() {
        let few = Proportion::of(8, 10).unwrap();
        let many = Proportion::of(800_000, 1_000_000).unwrap();
        assert!(many.wilson_ci95.0 > few.wilson_ci95.0 && many.wilson_ci95.1 < few.wilson_ci95.1);
        // Of a million they are one interval: 0.8 -/+ 1.96 * 0.0004.
        for (low, high) in [many.wilson_ci95, many.clopper_pearson_ci95] {
            assert!((low - 0.799_216).abs() < 2e-6 && (high - 0.800_784).abs() < 2e-6, "{low} {high}");
        }
    }

    #[test]
    fn a_wider_confidence_is_a_wider_interval() {
        let summary = Summary::of(&[1.0, 2.0, 4.0]).unwrap();
        let (low, high) = t_interval(&summary, 0.95).unwrap();
        assert_eq!((Some(low), Some(high)), (summary.low, summary.high));
        assert!(t_interval(&summary, 0.99).unwrap().0 < low);
        assert_eq!(t_interval(&Summary::of(&[1.0]).unwrap(), 0.95), None);
    }
}
