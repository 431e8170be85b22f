//! The studentized range with infinite degrees of freedom: the range of `k` standard normals (Tukey 1949).

use super::distributions::{crossing, normal_below};
use crate::report::number::float;

/// Distance of the trapezoids' ends. Of a smooth function that dies out at both sides the rule is exact to the last
/// digits as soon as the steps are finer than the function's bumps, about 0.7 wide here.
const STEP: f64 = 0.0625;

/// Outside of this many standard deviations a normal has less than 1e-18.
const REACH: f64 = 9.0;

/// P(range >= `q`) of `groups` standard normals; NaN for fewer than two.
pub fn above(q: f64, groups: usize) -> f64 {
    if groups < 2 || q.is_nan() {
        return f64::NAN;
    }
    if q <= 0.0 {
        return 1.0;
    }
    // P = k * integral of phi(z) (Phi(z)^(k-1) - (Phi(z) - Phi(z-q))^(k-1)): the difference and not 1 minus the usual
    // integral, so that small p-values keep their digits.
    let others = float(groups - 1);
    let mut sum = 0.0;
    let mut z = -REACH;
    while z <= q + REACH {
        let (below, far) = (normal_below(z), normal_below(z - q));
        let share = -(others * (-far / below).ln_1p()).exp_m1();
        sum += (-0.5 * z * z).exp() * below.powf(others) * share;
        z += STEP;
    }
    let density = STEP / std::f64::consts::TAU.sqrt();
    (float(groups) * density * sum).min(1.0)
}

/// The value that the range exceeds with probability `alpha`; NaN for fewer than two groups or an `alpha` outside 0 to 1.
pub fn critical(alpha: f64, groups: usize) -> f64 {
    if groups < 2 || !(alpha > 0.0 && alpha < 1.0) {
        return f64::NAN;
    }
    crossing(0.0, 100.0, |q| above(q, groups) - alpha)
}

#[cfg(test)]
mod tests {
    use super::super::distributions::normal_two_sided;
    use super::*;

    #[test]
    fn the_range_of_two_is_a_difference_of_normals() {
        for q in [0.1, 1.0, 3.0, 8.0, 12.0] {
            let want = normal_two_sided(q / std::f64::consts::SQRT_2);
            assert!((above(q, 2) / want - 1.0).abs() < 1e-10, "{q}: {} {want}", above(q, 2));
        }
    }

    #[test]
    fn critical_values_are_those_of_the_tables() {
        // Printed in every table of q at 0.05 and infinite degrees of freedom.
        for (groups, want) in [(2, 2.772), (3, 3.314), (5, 3.858), (10, 4.474), (20, 5.012)] {
            assert!((critical(0.05, groups) - want).abs() < 6e-4, "{groups}: {}", critical(0.05, groups));
        }
        assert!(critical(0.05, 1).is_nan() && critical(0.0, 3).is_nan() && above(1.0, 1).is_nan());
        assert_eq!((above(0.0, 3), above(-1.0, 3)), (1.0, 1.0));
    }
}
