//! Weka's comparisons with a tolerance, and Java's ways to write a number.

/// Numbers nearer than this are equal.
pub const NEAR: f64 = 1e-6;

/// Whether two numbers are equal, within [`NEAR`].
pub fn equal(a: f64, b: f64) -> bool {
    (a - b).abs() < NEAR
}

/// Whether `a` is greater by more than [`NEAR`].
pub fn greater(a: f64, b: f64) -> bool {
    a - b > NEAR
}

/// Whether `a` is at least `b`, within [`NEAR`].
pub fn at_least(a: f64, b: f64) -> bool {
    b - a < NEAR
}

/// The first index with the strictly largest value; 0 where there is none.
pub fn first_largest(values: impl IntoIterator<Item = f64>) -> usize {
    let mut best = (0, f64::NEG_INFINITY);
    for (index, value) in values.into_iter().enumerate() {
        if value > best.1 {
            best = (index, value);
        }
    }
    best.0
}

/// n ln n; 0 for nothing.
pub fn n_log_n(n: f64) -> f64 {
    if n <= 0.0 { 0.0 } else { n * n.ln() }
}

/// A number rounded to `decimals` without trailing zeros, as Weka 3.9 prints it: by all its digits, halves away from 0.
/// `0` or `-0` for what rounds to nothing.
pub fn rounded(x: f64, decimals: usize) -> String {
    if x.is_nan() {
        return "NaN".to_owned();
    }
    if x.is_infinite() {
        return if x > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() };
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "a few decimals")]
    let places = decimals as i32;
    // A half in decimals is a half in binary: an odd number over 2^(decimals + 1). Rust rounds those to even.
    let twice = (x * 2_f64.powi(places + 1)).abs();
    // Java looks at the shortest digits where none of them would be left.
    let lone = x.abs() < 10_f64.powi(-places) && java_double(x.abs()).starts_with('5');
    let half = lone || (twice < 9e15 && twice % 2.0 == 1.0);
    let size = if half { x.abs().next_up() } else { x.abs() };
    let text = if size < 1e15 { format!("{size:.decimals$}") } else { format!("{size}") };
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text };
    if x.is_sign_negative() { format!("-{text}") } else { text }
}

/// Java's `Double.toString`: `2.0`, `1.0E-8`, `0.3`.
pub fn java_double(x: f64) -> String {
    if x.is_nan() || x.is_infinite() {
        return rounded(x, 0);
    }
    let size = x.abs();
    if x == 0.0 || (1e-3..1e7).contains(&size) {
        let text = format!("{x}");
        return if text.contains('.') { text } else { text + ".0" };
    }
    let text = format!("{x:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits = if digits.contains('.') { digits.to_owned() } else { format!("{digits}.0") };
    format!("{digits}E{exponent}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_java_writes_them() {
        for (x, text) in [(2.0, "2.0"), (1e-8, "1.0E-8"), (0.3, "0.3"), (1.25e9, "1.25E9"), (-0.001, "-0.001")] {
            assert_eq!(java_double(x), text);
        }
        for (x, decimals, text) in
            [(1.5, 6, "1.5"), (2.0, 6, "2"), (0.125, 2, "0.13"), (-1e-9, 6, "-0"), (-2.25, 1, "-2.3"), (10.0, 0, "10")]
        {
            assert_eq!(rounded(x, decimals), text, "{x}");
        }
        // As `weka.core.Utils.doubleToString` of Weka 3.9.7 has them; a half in decimals is below or above one in binary.
        for (x, decimals, text) in [
            (1.35e-5, 6, "0.000013"),
            (1.25e-5, 6, "0.000013"),
            (1.000_001_5, 6, "1.000001"),
            (0.123_456_5, 6, "0.123456"),
            (5e-7, 6, "0.000001"),
            (-5e-7, 6, "-0.000001"),
            (123_456.123_456_5, 6, "123456.123457"),
            (2.675, 2, "2.67"),
            (0.625, 2, "0.63"),
            (1e20, 6, "100000000000000000000"),
        ] {
            assert_eq!(rounded(x, decimals), text, "{x}");
        }
    }

    #[test]
    fn comparisons_have_a_tolerance() {
        assert!(equal(1.0, 1.0 + 5e-7) && !equal(1.0, 1.0 + 2e-6));
        assert!(greater(1.0 + 2e-6, 1.0) && !greater(1.0 + 5e-7, 1.0));
        assert!(at_least(1.0 - 5e-7, 1.0) && !at_least(1.0 - 2e-6, 1.0));
        assert_eq!(first_largest([0.1, 0.4, 0.4, f64::NAN]), 1);
    }
}
