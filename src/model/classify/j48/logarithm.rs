//! Fast natural logarithms, good enough to tell which thresholds are worth an exact look.

/// Intervals that the mantissa is looked up in.
const INTERVALS: usize = 256;

/// How far [`Logarithms::ln`] may be from the logarithm of a number between 1e-6 and 1e12, with room to spare.
pub(super) const ERROR: f64 = 1e-12;

/// A table of logarithms.
pub(super) struct Logarithms {
    /// For the middle m of each interval: 1 / m and ln m.
    middles: [(f64, f64); INTERVALS],
}

impl Logarithms {
    pub(super) fn new() -> Self {
        let middles = std::array::from_fn(|interval| {
            let middle = 1.0 + (super::table::float(interval) + 0.5) / super::table::float(INTERVALS);
            (1.0 / middle, middle.ln())
        });
        Logarithms { middles }
    }

    /// ln x of a normal positive number: its exponent, the middle of its mantissa's interval, and four terms of the
    /// series for what is left, at most 1/512.
    #[inline]
    fn ln(&self, x: f64) -> f64 {
        let bits = x.to_bits();
        let (inverse, middle) = self.middles[((bits >> 44) & 0xFF) as usize];
        let mantissa = f64::from_bits((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
        let exponent = f64::from((bits >> 52) as i32 - 1023);
        let r = mantissa * inverse - 1.0;
        let series = r * (1.0 - r * (0.5 - r * (1.0 / 3.0 - r * 0.25)));
        exponent * std::f64::consts::LN_2 + middle + series
    }

    /// n ln n; 0 for what is almost nothing.
    #[inline]
    pub(super) fn n_log_n(&self, n: f64) -> f64 {
        if n < crate::weka::number::NEAR { 0.0 } else { n * self.ln(n) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_as_near_as_is_said() {
        let logarithms = Logarithms::new();
        let mut x = 1e-6_f64;
        while x < 1e12 {
            assert!((logarithms.ln(x) - x.ln()).abs() < ERROR, "{x}");
            x *= 1.000_37;
        }
        assert_eq!(logarithms.n_log_n(1e-7), 0.0);
    }
}
