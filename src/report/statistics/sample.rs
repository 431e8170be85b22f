//! Everything that is said of one sample.

use serde::Serialize;

use super::bootstrap::{Bootstrap, acceleration};
use super::intervals::{Interval, t_interval};
use super::{BoxNumbers, Summary};
use crate::quantile;
use crate::report::number::float;

/// A sample in numbers. Values that are no finite number are left out and counted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sample {
    /// How many values.
    pub n: usize,
    /// How many were left out.
    pub missing: usize,
    /// Mean.
    pub mean: f64,
    /// Median.
    pub median: f64,
    /// Least value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// Standard deviation with n.
    pub std_ddof0: f64,
    /// Standard deviation with n - 1, the one to show; none for one value.
    pub std_ddof1: Option<f64>,
    /// Standard error of the mean; none for one value.
    pub sem: Option<f64>,
    /// Mean of what is left when floor(n/4) values are cut at each end.
    pub iqm: f64,
    /// The 0.05 quantile, by linear interpolation as all of them.
    pub q05: f64,
    /// Lower quartile.
    pub q25: f64,
    /// Upper quartile.
    pub q75: f64,
    /// The 0.95 quantile.
    pub q95: f64,
    /// The least value within 1.5 heights of the box.
    pub whisker_low: f64,
    /// The largest one.
    pub whisker_high: f64,
    /// The values beyond the whiskers, sorted.
    pub outliers: Vec<f64>,
    /// t interval of the mean.
    pub t_ci95: Option<Interval>,
    /// t interval of the mean.
    pub t_ci99: Option<Interval>,
    /// BCa's acceleration; none where all values are one.
    pub acceleration: Option<f64>,
    /// Bootstrap of the mean, percentiles; none for one value.
    pub boot_percentile_ci95: Option<Interval>,
    /// Bootstrap of the mean, bias-corrected and accelerated; none for one value.
    pub boot_bca_ci95: Option<Interval>,
}

impl Sample {
    /// Of some values, with the bootstrap's draws from `seed`; none of none.
    pub fn of(values: &[f64], seed: u64) -> Option<Sample> {
        let boxed = BoxNumbers::of(values)?;
        let sorted = &boxed.values;
        let summary = Summary::of(sorted)?;
        let n = sorted.len();
        let q = |p: f64| quantile::linear(sorted, p);
        let middle = Summary::of(&sorted[n / 4..n - n / 4])?;
        let (low, high) = boxed.whiskers;
        let bootstrap = Bootstrap::of_mean(sorted, seed);
        Some(Sample {
            n,
            missing: values.len() - n,
            mean: summary.mean,
            median: q(0.5),
            min: sorted[0],
            max: sorted[n - 1],
            std_ddof0: summary.std.map_or(0.0, |std| std * (float(n - 1) / float(n)).sqrt()),
            std_ddof1: summary.std,
            sem: summary.std.map(|std| std / float(n).sqrt()),
            iqm: middle.mean,
            q05: q(0.05),
            q25: q(0.25),
            q75: q(0.75),
            q95: q(0.95),
            whisker_low: low,
            whisker_high: high,
            outliers: sorted.iter().copied().filter(|x| *x < low || *x > high).collect(),
            t_ci95: t_interval(&summary, 0.95),
            t_ci99: t_interval(&summary, 0.99),
            acceleration: acceleration(sorted),
            boot_percentile_ci95: bootstrap.as_ref().map(|bootstrap| bootstrap.percentile(0.95)),
            boot_bca_ci95: bootstrap.as_ref().map(|bootstrap| bootstrap.bca(0.95)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_is_left_out_and_counted() {
        let sample = Sample::of(&[f64::NAN, 3.0, 1.0, f64::INFINITY, 2.0], 0).unwrap();
        assert_eq!((sample.n, sample.missing, sample.median, sample.min, sample.max), (3, 2, 2.0, 1.0, 3.0));
        assert_eq!(Sample::of(&[f64::NAN], 0), None);
    }

    #[test]
    fn one_value_has_no_interval() {
        let one = Sample::of(&[0.4], 0).unwrap();
        assert_eq!((one.std_ddof0, one.std_ddof1, one.sem, one.t_ci95), (0.0, None, None, None));
        assert_eq!((one.boot_percentile_ci95, one.boot_bca_ci95, one.acceleration), (None, None, None));
    }
}
