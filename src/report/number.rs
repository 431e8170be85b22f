//! How numbers are shown: one precision a column, a true minus sign.

use crate::metric::{MetricSpec, Needs};

/// The true minus sign.
pub const MINUS: &str = "\u{2212}";

/// More digits than this after the point are never shown.
const MOST_DECIMALS: i32 = 6;

/// `x` with a fixed number of decimals and a true minus sign; never "−0.000".
pub fn fixed(x: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", x.abs());
    if x < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) { format!("{MINUS}{text}") } else { text }
}

/// As [`fixed`], with a plus sign before what is above zero.
pub fn signed(x: f64, decimals: usize) -> String {
    let text = fixed(x, decimals);
    if x > 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) { format!("+{text}") } else { text }
}

/// A difference: one decimal more where three would show nothing of it.
pub fn difference(x: f64, decimals: usize) -> String {
    let small = x != 0.0 && x.abs() < 10f64.powi(-i32::try_from(decimals).unwrap_or(3));
    signed(x, if small { decimals + 1 } else { decimals })
}

/// A count with thousands separated.
pub fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The same of what is counted by metrics.
pub fn count_of(n: u64) -> String {
    usize::try_from(n).map_or_else(|_| n.to_string(), count)
}

/// `1 trial`, `2 trials`.
pub fn plural(n: usize, word: &str) -> String {
    format!("{} {word}{}", count(n), if n == 1 { "" } else { "s" })
}

/// Decimals for a metric's values: three where they lie within -1 to 1, else such that the largest has four
/// significant digits and the smallest at least two.
pub fn decimals(metric: &MetricSpec, values: impl Iterator<Item = f64>) -> usize {
    if is_unit(metric) {
        return 3;
    }
    let decimals = decimals_of(values);
    // A clock is not read to the microsecond.
    if metric.needs == Needs::Time { decimals.min(4) } else { decimals }
}

/// Whether a metric's values lie within -1 to 1.
pub fn is_unit(metric: &MetricSpec) -> bool {
    metric.range.0 >= -1.0 && metric.range.1 <= 1.0
}

/// Decimals for numbers of unknown size.
pub fn decimals_of(values: impl Iterator<Item = f64>) -> usize {
    let (mut least, mut most) = (f64::INFINITY, 0.0_f64);
    let mut whole = true;
    for value in values.filter(|v| v.is_finite() && *v != 0.0) {
        whole &= value.fract() == 0.0;
        least = least.min(value.abs());
        most = most.max(value.abs());
    }
    if most == 0.0 || (whole && most >= 1000.0) {
        return 0;
    }
    let wanted = (3 - magnitude(most)).max(1 - magnitude(least));
    usize::try_from(wanted.clamp(0, MOST_DECIMALS)).unwrap_or(0)
}

/// The power of ten of the first digit.
fn magnitude(x: f64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "the logarithm of a finite number is small")]
    let power = x.log10().floor() as i32;
    power
}

/// Seconds for people: `38 s`, `12 min`, `3.5 h`; number and unit apart.
pub fn duration(seconds: f64) -> (String, &'static str) {
    match seconds {
        s if s < 10.0 => (fixed(s, 1), "s"),
        s if s < 120.0 => (fixed(s, 0), "s"),
        s if s < 600.0 => (fixed(s / 60.0, 1), "min"),
        s if s < 7200.0 => (fixed(s / 60.0, 0), "min"),
        s => (fixed(s / 3600.0, 1), "h"),
    }
}

/// A count as a number to divide by.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub fn float(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minus_is_true_and_never_before_nothing() {
        assert_eq!(fixed(-0.5, 2), "−0.50");
        assert_eq!(fixed(-0.0001, 3), "0.000");
        assert_eq!(signed(0.0051, 3), "+0.005");
        assert_eq!(difference(-0.0004, 3), "−0.0004");
        assert_eq!(difference(0.0, 3), "0.000");
    }

    #[test]
    fn precision_follows_the_largest_and_the_smallest() {
        assert_eq!(decimals_of([123.456, 98.0].into_iter()), 1);
        assert_eq!(decimals_of([100.0, 0.012].into_iter()), 3);
        assert_eq!(decimals_of([0.0].into_iter()), 0);
        assert_eq!(decimals_of([12000.0, 4.0].into_iter()), 0);
    }

    #[test]
    fn thousands_are_separated() {
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(999), "999");
        assert_eq!(plural(1, "trial"), "1 trial");
    }
}
