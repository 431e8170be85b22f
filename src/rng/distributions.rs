//! Samplers beyond the uniform and the normal, each by a published algorithm.

use super::Stream;

/// Below this mean a Poisson number is found by going up from 0.
const SMALL_MEAN: f64 = 10.0;

impl Stream {
    /// Gamma with this shape and scale 1: rejection from a cubed normal (Marsaglia and Tsang 2000). `shape` must be
    /// above 0.
    #[expect(clippy::many_single_char_names, reason = "the paper's")]
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            // Their section 6: G(a) = G(a + 1) U^(1/a).
            let boost = (1.0 - self.uniform()).powf(1.0 / shape);
            return self.gamma(shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v <= 0.0 {
                continue;
            }
            let u = 1.0 - self.uniform();
            if u.ln() < 0.5 * x * x + d * (1.0 - v + v.ln()) {
                return d * v;
            }
        }
    }

    /// Shares of 1, Dirichlet with the same `concentration` (above 0) for each of `n`.
    pub fn dirichlet(&mut self, concentration: f64, n: usize) -> Vec<f64> {
        let draws: Vec<f64> = (0..n).map(|_| self.gamma(concentration)).collect();
        let sum: f64 = draws.iter().sum();
        draws.iter().map(|draw| draw / sum).collect()
    }

    /// Student's t with `freedom` (above 0) degrees of freedom: a normal over the root of a mean square.
    pub fn student_t(&mut self, freedom: f64) -> f64 {
        let normal = self.normal();
        normal / (self.gamma(freedom / 2.0) / (freedom / 2.0)).sqrt()
    }

    /// Poisson with this mean (not negative): going up from 0 where it is small (Devroye 1986, III.2), else transformed
    /// rejection with squeeze (Hörmann 1993, PTRS).
    pub fn poisson(&mut self, mean: f64) -> f64 {
        if !mean.is_finite() {
            return mean;
        }
        if mean < SMALL_MEAN { self.poisson_small(mean) } else { self.poisson_large(mean) }
    }

    fn poisson_small(&mut self, mean: f64) -> f64 {
        let mut left = self.uniform();
        let (mut k, mut share) = (0.0, (-mean).exp());
        // The shares sum to 1 but for rounding: past the last one that counts there is nothing to find.
        while left >= share && share > 0.0 {
            left -= share;
            k += 1.0;
            share *= mean / k;
        }
        k
    }

    #[expect(clippy::many_single_char_names, reason = "the paper's")]
    fn poisson_large(&mut self, mean: f64) -> f64 {
        let b = 0.931 + 2.53 * mean.sqrt();
        let a = -0.059 + 0.02483 * b;
        let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
        let most = 0.9277 - 3.6224 / (b - 2.0);
        loop {
            let u = self.uniform() - 0.5;
            let v = 1.0 - self.uniform();
            let room = 0.5 - u.abs();
            let k = ((2.0 * a / room + b) * u + mean + 0.43).floor();
            if room >= 0.07 && v <= most {
                return k;
            }
            if k < 0.0 || (room < 0.013 && v > room) {
                continue;
            }
            let left = (v * inverse_alpha / (a / (room * room) + b)).ln();
            if left <= k * mean.ln() - mean - ln_factorial(k) {
                return k;
            }
        }
    }
}

/// ln k!: Stirling's series, moved up where it would be coarse.
fn ln_factorial(k: f64) -> f64 {
    let (mut x, mut below) = (k + 1.0, 0.0);
    while x < 10.0 {
        below += x.ln();
        x += 1.0;
    }
    let square = x * x;
    let series = (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / (1260.0 * square)) / square) / x;
    (x - 0.5) * x.ln() - x + 0.5 * std::f64::consts::TAU.ln() + series - below
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Purpose;

    const DRAWS: u32 = 100_000;

    /// Mean and variance of many draws, each within five standard errors; `fourth` is the fourth central moment.
    fn check(name: &str, draw: impl Fn(&mut Stream) -> f64, mean: f64, variance: f64, fourth: f64) {
        let mut stream = Stream::new(2, Purpose::Noise, name);
        let draws: Vec<f64> = (0..DRAWS).map(|_| draw(&mut stream)).collect();
        let n = f64::from(DRAWS);
        let found = draws.iter().sum::<f64>() / n;
        let spread = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
        let errors = ((variance / n).sqrt(), ((fourth - variance * variance) / n).sqrt());
        assert!((found - mean).abs() < 5.0 * errors.0, "{name}: mean {found}, expected {mean}");
        assert!((spread - variance).abs() < 5.0 * errors.1, "{name}: variance {spread}, expected {variance}");
    }

    #[test]
    fn gamma_has_its_moments() {
        for shape in [0.3, 1.0, 2.5, 60.0] {
            let fourth = 3.0 * shape * (shape + 2.0);
            check(&format!("gamma {shape}"), |stream| stream.gamma(shape), shape, shape, fourth);
        }
    }

    #[test]
    fn poisson_has_its_moments() {
        for mean in [0.4, 9.5, 10.5, 300.0] {
            let fourth = mean * (1.0 + 3.0 * mean);
            check(&format!("poisson {mean}"), |stream| stream.poisson(mean), mean, mean, fourth);
        }
        assert_eq!(Stream::new(0, Purpose::Noise, "none").poisson(0.0), 0.0);
    }

    /// Each number as often as it should be, on both sides of the change of method.
    #[test]
    fn poisson_has_its_shares() {
        for mean in [1.5, 12.0] {
            let mut stream = Stream::new(3, Purpose::Noise, "shares");
            let mut counts = [0_u32; 40];
            for _ in 0..DRAWS {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small whole numbers")]
                let k = stream.poisson(mean) as usize;
                counts[k.min(39)] += 1;
            }
            let n = f64::from(DRAWS);
            for (k, &count) in (0_u32..).zip(&counts) {
                let k = f64::from(k);
                let expected = n * (k * f64::ln(mean) - mean - ln_factorial(k)).exp();
                let off = (f64::from(count) - expected).abs();
                assert!(off < 5.0 * expected.sqrt() + 1.0, "mean {mean}: {k} came {count} times, not {expected}");
            }
        }
    }

    #[test]
    fn student_t_and_dirichlet_have_their_moments() {
        // Variance f/(f-2), fourth moment 3 f²/((f-2)(f-4)).
        check("student t", |stream| stream.student_t(12.0), 0.0, 1.2, 3.0 * 144.0 / 80.0);
        // One share: Beta(3, 6), mean 1/3, variance 2/90, excess kurtosis 6 (9·10 - 18·11) / (18·11·12) of the Beta.
        let (variance, excess) = (1.0 / 45.0, 6.0 * (9.0 * 10.0 - 18.0 * 11.0) / (18.0 * 11.0 * 12.0));
        let fourth = (3.0 + excess) * variance * variance;
        check("dirichlet", |stream| stream.dirichlet(3.0, 3)[1], 1.0 / 3.0, variance, fourth);
        let shares = Stream::new(0, Purpose::Noise, "sum").dirichlet(0.5, 7);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12 && shares.iter().all(|share| *share >= 0.0));
    }

    #[test]
    fn factorials() {
        for (k, factorial) in [(0.0, 1.0), (1.0, 1.0), (5.0, 120.0), (20.0, 2_432_902_008_176_640_000.0_f64)] {
            assert!((ln_factorial(k) - f64::ln(factorial)).abs() < 1e-9, "{k}");
        }
    }
}
