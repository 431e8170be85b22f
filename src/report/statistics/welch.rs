//! Two independent samples whose variances may differ.

use serde::Serialize;

use super::intervals::Interval;
use super::{Summary, distributions, extended};
use crate::report::number::float;

/// The t-test of Welch (1947).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Welch {
    /// Mean of the first less that of the second.
    pub mean_difference: f64,
    /// The statistic; infinite where neither sample has any spread and their means differ.
    #[serde(serialize_with = "extended::number")]
    pub t: f64,
    /// Degrees of freedom (Welch and Satterthwaite); none where neither sample has any spread.
    pub df: Option<f64>,
    /// Two-sided.
    pub p_value: f64,
    /// Of the difference.
    pub ci95: Interval,
}

impl Welch {
    /// Of two samples; none where one of them has fewer than two values.
    pub fn of(first: &[f64], second: &[f64]) -> Option<Welch> {
        let (one, two) = (Summary::of(first)?, Summary::of(second)?);
        let part = |summary: &Summary| Some((summary.std?.powi(2) / float(summary.n), float(summary.n - 1)));
        let ((one_part, one_df), (two_part, two_df)) = (part(&one)?, part(&two)?);
        let mean = one.mean - two.mean;
        let variance = one_part + two_part;
        if variance == 0.0 {
            return Some(Welch::without_spread(mean, one.mean.abs().max(two.mean.abs())));
        }
        let error = variance.sqrt();
        // By parts of the variance: their squares alone may be too small for a double.
        let (one_share, two_share) = (one_part / variance, two_part / variance);
        let df = 1.0 / (one_share.powi(2) / one_df + two_share.powi(2) / two_df);
        let half = distributions::t_quantile_of(0.975, df) * error;
        let t = mean / error;
        let p_value = distributions::t_two_sided_of(t, df);
        Some(Welch { mean_difference: mean, t, df: Some(df), p_value, ci95: (mean - half, mean + half) })
    }

    /// Of constant samples: they differ or they do not, but for the rounding of their means.
    fn without_spread(mean: f64, size: f64) -> Welch {
        let mean = if mean.abs() <= 2.0 * f64::EPSILON * size { 0.0 } else { mean };
        let (t, p_value) = if mean == 0.0 { (0.0, 1.0) } else { (f64::INFINITY.copysign(mean), 0.0) };
        Welch { mean_difference: mean, t, df: None, p_value, ci95: (mean, mean) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_thirty_digits() {
        // By mpmath with thirty digits, from the formulas of Welch and Satterthwaite.
        let a = [0.71, 0.74, 0.69, 0.80, 0.77];
        let b = [0.61, 0.70, 0.66];
        let test = Welch::of(&a, &b).unwrap();
        let near = |x: f64, y: f64| assert!((x - y).abs() < 1e-10, "{x} {y}");
        near(test.t, 2.606_551_658_576_6);
        near(test.df.unwrap(), 4.278_234_909_588_6);
        near(test.p_value, 0.055_763_940_908_245);
        near(test.ci95.0, -0.003_277_443_773_347_7);
        near(test.ci95.1, 0.173_944_110_440_01);
        let swapped = Welch::of(&b, &a).unwrap();
        assert_eq!((swapped.t, swapped.p_value), (-test.t, test.p_value));
    }

    #[test]
    fn samples_without_spread_differ_or_do_not() {
        let same = Welch::of(&[0.1 + 0.2; 3], &[0.3; 2]).unwrap();
        assert_eq!((same.t, same.p_value, same.mean_difference), (0.0, 1.0, 0.0));
        let apart = Welch::of(&[0.5; 3], &[0.75; 2]).unwrap();
        assert_eq!((apart.t, apart.p_value, apart.ci95), (f64::NEG_INFINITY, 0.0, (-0.25, -0.25)));
        assert_eq!(Welch::of(&[0.5], &[0.5, 0.6]), None);
        assert_eq!(Welch::of(&[], &[0.5, 0.6]), None);
    }

    #[test]
    fn one_sample_may_be_constant() {
        let test = Welch::of(&[0.5; 4], &[0.4, 0.6, 0.5]).unwrap();
        assert!((test.df.unwrap() - 2.0).abs() < 1e-12 && test.p_value > 0.99);
    }
}
