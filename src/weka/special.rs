//! The normal distribution function and ln Γ by the rational approximations of Moshier's Cephes library (Methods and
//! Programs for Mathematical Functions, 1989), term by term: far out in a tail the rounding of 1 - y decides, and sums of
//! ln Γ are printed with all their digits.

// The published coefficients have more digits than a double.
#![expect(clippy::excessive_precision, clippy::many_single_char_names, reason = "coefficients and names as published")]

use std::f64::consts::FRAC_1_SQRT_2;

/// ln of the largest double.
const MAX_LOG: f64 = 709.782_712_893_384;
/// ln √(2π).
const LN_SQRT_TWO_PI: f64 = 0.918_938_533_204_672_741_78;

/// A polynomial, the highest power first.
fn polynomial(x: f64, coefficients: &[f64]) -> f64 {
    coefficients.iter().fold(0.0, |sum, c| sum * x + c)
}

/// The same with 1 for the highest power.
fn monic(x: f64, coefficients: &[f64]) -> f64 {
    coefficients.iter().fold(1.0, |sum, c| sum * x + c)
}

/// Φ, the distribution function of the standard normal distribution.
pub fn normal_cdf(a: f64) -> f64 {
    let x = a * FRAC_1_SQRT_2;
    let z = x.abs();
    if z < FRAC_1_SQRT_2 {
        return 0.5 + 0.5 * erf(x);
    }
    let y = 0.5 * erfc(z);
    if x > 0.0 { 1.0 - y } else { y }
}

fn erf(x: f64) -> f64 {
    const T: [f64; 5] = [
        9.604_973_739_870_516_387_49E0,
        9.002_601_972_038_426_892_17E1,
        2.232_005_345_946_843_192_26E3,
        7.003_325_141_128_050_754_73E3,
        5.559_230_130_103_949_627_68E4,
    ];
    const U: [f64; 5] = [
        3.356_171_416_475_030_996_47E1,
        5.213_579_497_801_526_797_95E2,
        4.594_323_829_709_801_279_87E3,
        2.262_900_006_138_909_342_46E4,
        4.926_739_426_086_359_210_86E4,
    ];
    if x.abs() > 1.0 {
        return 1.0 - erfc(x);
    }
    let z = x * x;
    x * polynomial(z, &T) / monic(z, &U)
}

fn erfc(a: f64) -> f64 {
    const P: [f64; 9] = [
        2.461_969_814_735_305_125_24E-10,
        5.641_895_648_310_688_219_77E-1,
        7.463_210_564_422_699_126_87E0,
        4.863_719_709_856_813_666_14E1,
        1.965_208_329_560_770_982_42E2,
        5.264_451_949_954_773_586_31E2,
        9.345_285_271_719_576_075_40E2,
        1.027_551_886_895_157_102_72E3,
        5.575_353_353_693_993_275_26E2,
    ];
    const Q: [f64; 8] = [
        1.322_819_511_547_449_925_08E1,
        8.670_721_408_859_897_423_29E1,
        3.549_377_788_878_198_910_62E2,
        9.757_085_017_432_054_897_53E2,
        1.823_909_166_879_097_362_89E3,
        2.246_337_608_187_109_817_92E3,
        1.656_663_091_941_613_501_82E3,
        5.575_353_408_177_276_755_46E2,
    ];
    const R: [f64; 6] = [
        5.641_895_835_477_550_739_84E-1,
        1.275_366_707_599_781_044_16E0,
        5.019_050_422_511_804_774_14E0,
        6.160_210_979_930_535_851_95E0,
        7.409_742_699_504_489_391_60E0,
        2.978_866_653_721_002_406_70E0,
    ];
    const S: [f64; 6] = [
        2.260_528_632_201_172_765_90E0,
        9.396_035_249_380_014_346_73E0,
        1.204_895_398_080_966_566_05E1,
        1.708_144_507_475_658_972_22E1,
        9.608_968_090_632_858_781_98E0,
        3.369_076_451_000_815_160_50E0,
    ];
    let x = a.abs();
    if x < 1.0 {
        return 1.0 - erf(a);
    }
    let tail = if -a * a < -MAX_LOG {
        0.0
    } else {
        let z = (-a * a).exp();
        let (p, q) = if x < 8.0 { (polynomial(x, &P), monic(x, &Q)) } else { (polynomial(x, &R), monic(x, &S)) };
        z * p / q
    };
    if a < 0.0 { 2.0 - tail } else { tail }
}

/// ln Γ of a positive number.
pub fn ln_gamma(x: f64) -> f64 {
    const A: [f64; 5] = [
        8.116_141_674_705_084_503_00E-4,
        -5.950_619_042_843_014_383_24E-4,
        7.936_503_404_577_169_439_45E-4,
        -2.777_777_777_300_996_872_05E-3,
        8.333_333_333_333_319_277_22E-2,
    ];
    const B: [f64; 6] = [
        -1.378_251_525_691_208_591_00E3,
        -3.880_163_151_346_378_409_24E4,
        -3.316_129_927_388_711_847_44E5,
        -1.162_370_974_927_623_073_83E6,
        -1.721_737_008_208_396_621_46E6,
        -8.535_556_642_457_654_656_27E5,
    ];
    const C: [f64; 6] = [
        -3.518_157_014_365_234_705_49E2,
        -1.706_421_066_518_811_592_23E4,
        -2.205_285_905_538_544_548_39E5,
        -1.139_334_443_679_825_072_07E6,
        -2.532_523_071_775_829_512_85E6,
        -2.018_891_414_335_327_732_31E6,
    ];
    if x.is_nan() || x <= 0.0 {
        return f64::INFINITY;
    }
    if x >= 13.0 {
        let q = (x - 0.5) * x.ln() - x + LN_SQRT_TWO_PI;
        let p = 1.0 / (x * x);
        return if x > 1e8 {
            q
        } else if x >= 1000.0 {
            let series = (7.936_507_936_507_936_507_936_5e-4 * p - 2.777_777_777_777_777_777_777_8e-3) * p;
            q + (series + 0.083_333_333_333_333_333_333_3) / x
        } else {
            q + polynomial(p, &A) / x
        };
    }
    // Into [2, 3) by Γ(x + 1) = x Γ(x).
    let (mut z, mut shift, mut u) = (1.0, 0.0, x);
    while u >= 3.0 {
        shift -= 1.0;
        u = x + shift;
        z *= u;
    }
    while u < 2.0 {
        z /= u;
        shift += 1.0;
        u = x + shift;
    }
    if u == 2.0 {
        return f64::ln(z);
    }
    let u = x + (shift - 2.0);
    f64::ln(z) + u * polynomial(u, &B) / monic(u, &C)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_are_right_to_their_rounding() {
        for step in 0..4000_u32 {
            let x = f64::from(step).mul_add(0.01, -20.0);
            let want = 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2);
            // Far out the rounding of x² is an error of the exponent.
            let bound = f64::EPSILON * x.mul_add(1.5 * x, 4.0);
            assert!((normal_cdf(x) - want).abs() <= bound * want, "{x}: {} {want}", normal_cdf(x));
            let (x, scale) = (x + 20.005, 1.0);
            let want = libm::lgamma(x);
            assert!((ln_gamma(x) - want).abs() <= 1e-14 * want.abs().max(scale), "{x}: {} {want}", ln_gamma(x));
        }
        assert_eq!((normal_cdf(9.0), normal_cdf(-60.0), normal_cdf(0.0)), (1.0, 0.0, 0.5));
        for x in [13.0, 999.5, 1e3, 1e6, 1e9] {
            assert!((ln_gamma(x) / libm::lgamma(x) - 1.0).abs() < 1e-15, "{x}");
        }
        assert_eq!((ln_gamma(0.0), ln_gamma(1.0), ln_gamma(2.0)), (f64::INFINITY, 0.0, 0.0));
    }
}
