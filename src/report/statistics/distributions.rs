//! Tails and quantiles of the distributions that tests compare with. Tails are calculated as tails: a p-value of 1e-20
//! keeps its digits.

use libm::erfc;
use statrs::distribution::{Binomial, Continuous, ContinuousCDF, Discrete, Normal, StudentsT};
use statrs::function::beta::checked_beta_reg;
use statrs::function::gamma::checked_gamma_ur;

use crate::report::number::float;

/// P(Z <= x) of the standard normal.
pub fn normal_below(x: f64) -> f64 {
    0.5 * erfc(-x / std::f64::consts::SQRT_2)
}

/// P(|Z| >= |z|): the two-sided p-value of a z statistic.
pub fn normal_two_sided(z: f64) -> f64 {
    erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// The quantile of the standard normal; infinite at 0 and 1, NaN outside.
pub fn normal_quantile(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    let normal = Normal::standard();
    refine(normal.inverse_cdf(p), |x| (normal_below(x) - p) / normal.pdf(x))
}

/// The quantile of Student's t; NaN for no degrees of freedom and for `p` outside 0 to 1.
pub fn t_quantile(p: f64, degrees: usize) -> f64 {
    t_quantile_of(p, float(degrees))
}

/// The same for degrees of freedom that are no whole number, as Welch's test has them.
pub fn t_quantile_of(p: f64, degrees: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    StudentsT::new(0.0, 1.0, degrees).map_or(f64::NAN, |t| refine(t.inverse_cdf(p), |x| (t.cdf(x) - p) / t.pdf(x)))
}

/// P(|T| >= |t|): the two-sided p-value of a t statistic. NaN for no degrees of freedom, except of an infinite `t`: 0.
pub fn t_two_sided(t: f64, degrees: usize) -> f64 {
    t_two_sided_of(t, float(degrees))
}

/// The same for degrees of freedom that are no whole number.
pub fn t_two_sided_of(t: f64, degrees: f64) -> f64 {
    if t.is_infinite() {
        return 0.0;
    }
    checked_beta_reg(degrees / 2.0, 0.5, degrees / (degrees + t * t)).unwrap_or(f64::NAN)
}

/// P(X >= x) of chi squared.
pub fn chi_squared_above(x: f64, degrees: usize) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    checked_gamma_ur(float(degrees) / 2.0, x / 2.0).unwrap_or(f64::NAN)
}

/// P(X >= f) of Fisher's F.
pub fn f_above(f: f64, above: usize, below: usize) -> f64 {
    if f.is_infinite() {
        return 0.0;
    }
    let (above, below) = (float(above), float(below));
    checked_beta_reg(below / 2.0, above / 2.0, below / (below + above * f)).unwrap_or(f64::NAN)
}

/// Of more draws the binomial is a normal, and the sum would take long.
const MOST_SUMMED: u64 = 1 << 32;

/// P(X <= `k`) of `n` draws with probability `p`.
///
/// Summed, since the library's incomplete beta function has too few steps for tens of thousands of draws.
pub fn binomial_at_most(k: u64, n: u64, p: f64) -> f64 {
    if k >= n || p <= 0.0 {
        return 1.0;
    }
    if p >= 1.0 {
        return 0.0;
    }
    let Ok(binomial) = Binomial::new(p, n) else { return f64::NAN };
    #[expect(clippy::cast_precision_loss, reason = "beyond 2^53 a count is a double")]
    let double = |n: u64| n as f64;
    if n > MOST_SUMMED {
        let std = (double(n) * p * (1.0 - p)).sqrt();
        return normal_below((double(k) + 0.5 - double(n) * p) / std);
    }
    let odds = p / (1.0 - p);
    // Away from the middle the terms only fall: each from its neighbour, until they no longer count.
    if double(k) <= double(n) * p {
        let next = |i: &u64| i.checked_sub(1);
        let ratio = |i: u64| double(i) / (double(n - i + 1) * odds);
        falling(binomial.ln_pmf(k).exp(), std::iter::successors(Some(k), next).take_while(|i| *i > 0).map(ratio))
    } else {
        let ratio = |i: u64| double(n - i) * odds / double(i + 1);
        1.0 - falling(binomial.ln_pmf(k + 1).exp(), (k + 1..n).map(ratio))
    }
}

/// The sum of a series by its first term and the ratios of neighbours.
fn falling(first: f64, ratios: impl Iterator<Item = f64>) -> f64 {
    let (mut term, mut sum) = (first, first);
    for ratio in ratios {
        term *= ratio;
        sum += term;
        if term <= sum * 1e-18 {
            break;
        }
    }
    sum
}

/// The place between `low` and `high` where a function that falls crosses zero, to the last bit.
pub fn crossing(mut low: f64, mut high: f64, falls: impl Fn(f64) -> f64) -> f64 {
    // Each round takes a bit off the interval; a double has no more than this many between two of them.
    for _ in 0..1100 {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if falls(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    low + (high - low) / 2.0
}

/// A few steps of Newton: the library's inverses are good to few digits.
fn refine(mut x: f64, step: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..3 {
        let step = step(x);
        if !step.is_finite() {
            break;
        }
        x -= step;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-12 * b.abs()
    }

    #[test]
    fn quantiles_invert_their_distributions() {
        for p in [1e-9, 0.025, 0.5, 0.9, 0.975, 0.999_999] {
            assert!(near(normal_below(normal_quantile(p)), p), "{p}");
        }
        for degrees in [1, 2, 3, 9, 99, 10_000] {
            let t = t_quantile(0.995, degrees);
            assert!((t_two_sided(t, degrees) - 0.01).abs() < 1e-12, "{degrees}: {t}");
        }
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
        assert!(normal_quantile(1.5).is_nan() && t_quantile(0.975, 0).is_nan() && t_two_sided(1.0, 0).is_nan());
    }

    #[test]
    fn far_tails_keep_their_digits() {
        // Two-sided normal at 10, and t with 2 degrees in closed form: 1 - t / sqrt(2 + t^2).
        assert!((normal_two_sided(10.0) / 1.523_970_604_832_094_4e-23 - 1.0).abs() < 1e-12);
        let t = 1e6_f64;
        assert!((t_two_sided(t, 2) * t * t - 1.0).abs() < 1e-9);
        assert_eq!((t_two_sided(f64::NEG_INFINITY, 0), f_above(f64::INFINITY, 3, 0)), (0.0, 0.0));
    }

    #[test]
    fn sums_of_binomials_are_exact_for_few_and_near_for_many() {
        assert!(near(binomial_at_most(2, 10, 0.5), 56.0 / 1024.0));
        assert!(near(binomial_at_most(7, 10, 0.5), 968.0 / 1024.0));
        assert!(near(binomial_at_most(0, 3, 0.9), 0.001));
        assert_eq!((binomial_at_most(3, 3, 0.9), binomial_at_most(5, 3, 0.9)), (1.0, 1.0));
        assert_eq!((binomial_at_most(0, 3, 0.0), binomial_at_most(2, 3, 1.0)), (1.0, 0.0));
        // Half of an odd number of fair draws lies below the middle.
        for half in [500_000, 1 << 40] {
            assert!((binomial_at_most(half, 2 * half + 1, 0.5) - 0.5).abs() < 1e-8);
        }
    }
}
