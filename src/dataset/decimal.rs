//! Numbers as most tables write them.

/// Ten to the power of each place.
const POWERS: [f64; 16] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// A number of at most 15 digits without an exponent, rounded as the standard library rounds it; none for anything
/// else, which may still be a number. Both parts are exact in an f64, so that one division rounds once (Clinger 1990,
/// How to read floating point numbers accurately).
pub fn short_number(text: &[u8]) -> Option<f64> {
    const DIGITS: usize = 15;
    let (negative, rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    // With a point one byte more.
    if rest.len() > DIGITS + 1 {
        return None;
    }
    let (mut mantissa, mut digits, mut point) = (0_u64, 0, None);
    for byte in rest {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            mantissa = 10 * mantissa + u64::from(digit);
            digits += 1;
        } else if *byte == b'.' && point.is_none() {
            point = Some(digits);
        } else {
            return None;
        }
    }
    if digits == 0 || digits > DIGITS {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "15 digits are below 2^53")]
    let number = mantissa as f64 / POWERS[digits - point.unwrap_or(digits)];
    Some(if negative { -number } else { number })
}

/// A finite number.
pub fn number(text: &str) -> Option<f64> {
    short_number(text.as_bytes()).or_else(|| text.parse().ok().filter(|x: &f64| x.is_finite()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_short_number() {
        for text in ["", "-", ".", "-.", "1.2.3", "1e5", "+1", " 1", "1234567890123456", "0.0000000000000001", "--1"] {
            assert_eq!(short_number(text.as_bytes()), None, "{text}");
        }
        assert_eq!(short_number(b"-0").map(f64::to_bits), Some((-0.0_f64).to_bits()));
        assert_eq!((number("1e5"), number("1e999"), number("inf"), number("nan")), (Some(1e5), None, None, None));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20000))]
        #[test]
        fn every_bit_is_the_standard_librarys(text in "-?[0-9]{0,9}([.][0-9]{0,9})?") {
            if let Some(found) = short_number(text.as_bytes()) {
                prop_assert_eq!(found.to_bits(), text.parse::<f64>().unwrap().to_bits());
            }
        }
    }
}
