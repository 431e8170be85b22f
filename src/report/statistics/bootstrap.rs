//! Bootstrap intervals of a mean: percentile and BCa (Efron 1987).

use super::Summary;
use super::distributions::{normal_below, normal_quantile};
use super::intervals::Interval;
use crate::quantile;
use crate::report::number::float;
use crate::rng::{Purpose, Stream};

/// How many resamples an interval is made from.
pub const RESAMPLES: usize = 10_000;

/// The means of resamples.
#[derive(Clone, Debug)]
pub struct Bootstrap {
    mean: f64,
    /// What the resamples' means add to `mean`, sorted.
    moved: Vec<f64>,
    acceleration: f64,
}

impl Bootstrap {
    /// [`RESAMPLES`] resamples of finite values, the same for the same values and `seed`; none of fewer than two values.
    /// The order of the values counts: sort them where they have none.
    pub fn of_mean(values: &[f64], seed: u64) -> Option<Bootstrap> {
        if values.len() < 2 {
            return None;
        }
        let mean = Summary::of(values)?.mean;
        // Of deviations, so that a large offset costs no digits.
        let deviations: Vec<f64> = values.iter().map(|x| x - mean).collect();
        let mut stream = Stream::new(seed, Purpose::Resampling, "bootstrap.mean");
        let resample = |_| {
            let sum: f64 = (0..values.len()).map(|_| deviations[stream.below(values.len())]).sum();
            sum / float(values.len())
        };
        let mut moved: Vec<f64> = (0..RESAMPLES).map(resample).collect();
        moved.sort_by(f64::total_cmp);
        Some(Bootstrap { mean, moved, acceleration: acceleration(values).unwrap_or(0.0) })
    }

    /// Between the quantiles of the resamples' means.
    pub fn percentile(&self, confidence: f64) -> Interval {
        let tail = (1.0 - confidence) / 2.0;
        (self.quantile(tail), self.quantile(1.0 - tail))
    }

    /// Bias-corrected and accelerated, Efron (1987), eq. 3.9. The percentile interval where all values are one.
    pub fn bca(&self, confidence: f64) -> Interval {
        // Means that are the sample's but for rounding count half, as equal ones do.
        let slack = 1e-12 * self.moved.last().map_or(0.0, |last| last.abs().max(self.moved[0].abs()));
        let below = self.moved.partition_point(|moved| *moved < -slack);
        let at_most = self.moved.partition_point(|moved| *moved <= slack);
        let bias = normal_quantile(float(below + at_most) / float(2 * self.moved.len()));
        if !bias.is_finite() {
            return self.percentile(confidence);
        }
        let tail = (1.0 - confidence) / 2.0;
        let corrected = |p: f64| {
            let z = bias + normal_quantile(p);
            normal_below(bias + z / (1.0 - self.acceleration * z))
        };
        (self.quantile(corrected(tail)), self.quantile(corrected(1.0 - tail)))
    }

    fn quantile(&self, p: f64) -> f64 {
        self.mean + quantile::linear(&self.moved, p.clamp(0.0, 1.0))
    }
}

/// BCa's acceleration of a mean: sum d^3 / (6 (sum d^2)^1.5), d the mean of the jackknife's means less each of them.
/// None where all values are one, or for fewer than two.
pub fn acceleration(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let mean = Summary::of(values)?.mean;
    // The mean without x is (n mean - x) / (n - 1), and their mean is the mean.
    let d = |x: &f64| (x - mean) / float(values.len() - 1);
    let squares: f64 = values.iter().map(|x| d(x).powi(2)).sum();
    let cubes: f64 = values.iter().map(|x| d(x).powi(3)).sum();
    (squares > 0.0).then(|| cubes / (6.0 * squares.powf(1.5)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SKEWED: [f64; 8] = [0.1, 0.1, 0.2, 0.2, 0.3, 0.4, 0.9, 4.0];

    #[test]
    fn a_seed_decides_the_draws() {
        let of = |seed| Bootstrap::of_mean(&SKEWED, seed).unwrap().bca(0.95);
        assert_eq!(of(7), of(7));
        assert_ne!(of(7), of(8));
    }

    #[test]
    fn bca_follows_the_longer_tail() {
        let bootstrap = Bootstrap::of_mean(&SKEWED, 1).unwrap();
        let (percentile, bca) = (bootstrap.percentile(0.95), bootstrap.bca(0.95));
        assert!(bca.0 > percentile.0 && bca.1 > percentile.1, "{percentile:?} {bca:?}");
        let mirrored = SKEWED.map(|x| -x);
        assert!((acceleration(&mirrored).unwrap() + acceleration(&SKEWED).unwrap()).abs() < 1e-12);
    }

    #[test]
    fn bias_and_acceleration_move_the_quantiles_as_efron_says() {
        // 0.3 of the means lie below the sample's; the ends are Phi(b + z / (1 - 0.1 z)) with b = Phi^-1(0.3) and
        // z = b -/+ 1.96, less 0.3.
        let moved = (0..=10_000).map(|i| f64::from(i) / 10_000.0 - 0.300_05).collect();
        let (low, high) = Bootstrap { mean: 5.0, moved, acceleration: 0.1 }.bca(0.95);
        assert!((low - 5.0 - -0.294_038).abs() < 1e-4 && (high - 5.0 - 0.575_296).abs() < 1e-4, "{low} {high}");
    }

    #[test]
    fn degenerate_samples_do_not_panic() {
        assert!(Bootstrap::of_mean(&[1.0], 0).is_none());
        let same = Bootstrap::of_mean(&[0.1; 5], 0).unwrap();
        assert_eq!((same.percentile(0.95), same.bca(0.95)), ((0.1, 0.1), (0.1, 0.1)));
        assert_eq!(acceleration(&[0.1; 5]), None);
    }
}
