//! Numbers that may be infinite, in JSON, which has none: the words "Infinity" and "-Infinity", and null for NaN.

use serde::Serializer;

/// For `serialize_with`.
///
/// # Errors
/// Those of the serializer.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
pub fn number<S: Serializer>(x: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if x.is_infinite() {
        serializer.serialize_str(if *x > 0.0 { "Infinity" } else { "-Infinity" })
    } else {
        serializer.serialize_f64(*x)
    }
}

/// As [`number`]; null for none.
///
/// # Errors
/// Those of the serializer.
#[expect(clippy::ref_option, reason = "serde hands over references")]
pub fn optional<S: Serializer>(x: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    match x {
        Some(x) => number(x, serializer),
        None => serializer.serialize_none(),
    }
}
