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

/// A number rounded to `decimals` without trailing zeros, as Weka prints it. `0` for what rounds to nothing. Halves go
/// away from zero, and only what is a half to the last bit is one: 1.125 becomes 1.13, and 0.985, which is a little less,
/// 0.98.
pub fn rounded(x: f64, decimals: usize) -> String {
    if x.is_nan() {
        return "NaN".to_owned();
    }
    if x.is_infinite() {
        return if x > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() };
    }
    let size = x.abs();
    #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "a few decimals")]
    let halves = size * 2.0_f64.powi(decimals as i32 + 1);
    // An odd number of these parts ends in a 5 behind the last decimal, and nothing else does.
    let is_half = halves % 2.0 == 1.0;
    let text = match size {
        _ if size >= 1e15 => format!("{size}"),
        _ if is_half => format!("{:.decimals$}", size.next_up()),
        _ => format!("{size:.decimals$}"),
    };
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text };
    if x < 0.0 && text != "0" { format!("-{text}") } else { text }
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
        for (x, decimals, text) in [
            (1.5, 6, "1.5"),
            (2.0, 6, "2"),
            (0.125, 2, "0.13"),
            (0.985, 2, "0.98"),
            (2.5, 0, "3"),
            (-1e-9, 6, "0"),
            (-2.25, 1, "-2.3"),
            (10.0, 0, "10"),
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
