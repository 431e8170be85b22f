//! One array as NumPy's `save` writes it (NPY, versions 1 to 3), read as f64.
//!
//! Nothing is taken on trust: memory grows with the bytes that have come, never with the shape that a header claims.

use std::io::{ErrorKind, Read};

use ndarray::{ArrayD, IxDyn, ShapeBuilder};

/// NumPy itself refuses headers beyond 10,000 characters.
const LONGEST_HEADER: u32 = 1 << 16;

/// What a header says of the array behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// Length of each axis.
    pub shape: Vec<usize>,
    fortran: bool,
    /// What the elements are; an error says what they are instead of numbers.
    pub element: Result<Element, String>,
}

/// A number as it lies in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element {
    kind: Kind,
    size: usize,
    big_endian: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Boolean,
    Signed,
    Unsigned,
    Float,
}

/// Reads up to the first element.
///
/// # Errors
/// It is no NPY file, or a damaged one.
pub fn header(source: &mut impl Read) -> Result<Header, String> {
    let mut start = [0; 8];
    exactly(source, &mut start)?;
    if !start.starts_with(b"\x93NUMPY") {
        return Err("is not an array that NumPy wrote".to_owned());
    }
    let length = match start[6] {
        1 => {
            let mut bytes = [0; 2];
            exactly(source, &mut bytes)?;
            u32::from(u16::from_le_bytes(bytes))
        }
        2 | 3 => {
            let mut bytes = [0; 4];
            exactly(source, &mut bytes)?;
            u32::from_le_bytes(bytes)
        }
        version => return Err(format!("has version {version} of the NPY format; 1 to 3 are read")),
    };
    if length > LONGEST_HEADER {
        return Err(format!("has a header of {length} bytes, which no array needs"));
    }
    let mut text = vec![0; usize::try_from(length).unwrap_or(0)];
    exactly(source, &mut text)?;
    parse(&String::from_utf8_lossy(&text)).ok_or_else(|| "has a damaged header".to_owned())
}

/// The dictionary `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`.
fn parse(text: &str) -> Option<Header> {
    let after = |key: &str| {
        let (_, rest) = text.split_once(&format!("'{key}'"))?;
        rest.trim_start().strip_prefix(':').map(str::trim_start)
    };
    let descr = after("descr")?;
    let element = match descr.strip_prefix('\'') {
        Some(rest) => Element::parse(rest.split_once('\'')?.0),
        None => Err("records of several fields".to_owned()),
    };
    let order = after("fortran_order")?;
    let fortran = order.starts_with("True");
    if !fortran && !order.starts_with("False") {
        return None;
    }
    let (axes, _) = after("shape")?.strip_prefix('(')?.split_once(')')?;
    let axes = axes.split(',').map(|axis| axis.trim().trim_end_matches('L')).filter(|axis| !axis.is_empty());
    let shape = axes.map(|axis| axis.parse().ok()).collect::<Option<_>>()?;
    Some(Header { shape, fortran, element })
}

impl Element {
    fn parse(descr: &str) -> Result<Self, String> {
        let big_endian = descr.starts_with('>');
        let code = descr.trim_start_matches(['<', '>', '|', '=']);
        let kind = match code.chars().next() {
            Some('b' | '?') => Kind::Boolean,
            Some('i') => Kind::Signed,
            Some('u') => Kind::Unsigned,
            Some('f') => Kind::Float,
            Some('U' | 'S' | 'a') => return Err("text".to_owned()),
            Some('O') => return Err("Python objects".to_owned()),
            Some('c') => return Err("complex numbers".to_owned()),
            Some('M' | 'm') => return Err("dates or times".to_owned()),
            _ => return Err(format!("elements of type `{descr}`")),
        };
        let size = if code == "?" { 1 } else { code[1..].parse().unwrap_or(0) };
        match (kind, size) {
            (Kind::Boolean, 1) | (Kind::Signed | Kind::Unsigned, 1 | 2 | 4 | 8) | (Kind::Float, 2 | 4 | 8) => {
                Ok(Element { kind, size, big_endian })
            }
            _ => Err(format!("elements of type `{descr}`")),
        }
    }

    /// Appends the numbers that `bytes` hold.
    fn decode(self, bytes: &[u8], numbers: &mut Vec<f64>) {
        macro_rules! decode {
            ($type:ty, $to_f64:expr) => {{
                let one = |bytes: &[u8]| {
                    let bytes = bytes.try_into().unwrap_or_default();
                    if self.big_endian { <$type>::from_be_bytes(bytes) } else { <$type>::from_le_bytes(bytes) }
                };
                numbers.extend(bytes.chunks_exact(size_of::<$type>()).map(|bytes| $to_f64(one(bytes))))
            }};
        }
        #[expect(clippy::cast_precision_loss, reason = "measurements; labels are checked to be exact")]
        match (self.kind, self.size) {
            (Kind::Boolean, _) => numbers.extend(bytes.iter().map(|byte| f64::from(u8::from(*byte != 0)))),
            (Kind::Signed, 1) => decode!(i8, f64::from),
            (Kind::Signed, 2) => decode!(i16, f64::from),
            (Kind::Signed, 4) => decode!(i32, f64::from),
            (Kind::Signed, _) => decode!(i64, |n: i64| n as f64),
            (Kind::Unsigned, 1) => decode!(u8, f64::from),
            (Kind::Unsigned, 2) => decode!(u16, f64::from),
            (Kind::Unsigned, 4) => decode!(u32, f64::from),
            (Kind::Unsigned, _) => decode!(u64, |n: u64| n as f64),
            (Kind::Float, 2) => decode!(u16, half),
            (Kind::Float, 4) => decode!(f32, f64::from),
            (Kind::Float, _) => decode!(f64, |x| x),
        }
    }
}

/// IEEE 754 half precision.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023) / 1024.0);
    sign * match exponent {
        0 => fraction * 2_f64.powi(-14),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction) * 2_f64.powi(exponent - 15),
    }
}

/// Reads a whole array of at most `most` bytes; `most` is lowered by what it took.
///
/// # Errors
/// It is no NPY file, a damaged one, or one that holds no numbers.
pub fn read(source: &mut impl Read, most: &mut u64) -> Result<ArrayD<f64>, String> {
    let header = header(source)?;
    let element = header.element.map_err(|what| format!("holds {what}, not numbers"))?;
    let claimed =
        header.shape.iter().try_fold(element.size as u64, |n, axis| n.checked_mul(u64::try_from(*axis).ok()?));
    let bytes = claimed
        .filter(|bytes| bytes <= most)
        .ok_or_else(|| format!("claims the shape {:?}, more than a file of this size can hold", header.shape))?;
    *most -= bytes;
    let mut numbers = Vec::new();
    let mut left = bytes;
    // A whole number of elements of any size.
    let mut chunk = vec![0; 1 << 16];
    while left > 0 {
        let part = usize::try_from(left).map_or(chunk.len(), |left| left.min(chunk.len()));
        exactly(source, &mut chunk[..part])?;
        element.decode(&chunk[..part], &mut numbers);
        left -= part as u64;
    }
    // Also makes the archive compare its checksum.
    match source.read(&mut chunk) {
        Ok(0) => {}
        Ok(_) => return Err("holds more than its shape says".to_owned()),
        Err(error) => return Err(format!("is damaged: {error}")),
    }
    ArrayD::from_shape_vec(IxDyn(&header.shape).set_f(header.fortran), numbers).map_err(|error| error.to_string())
}

fn exactly(source: &mut impl Read, bytes: &mut [u8]) -> Result<(), String> {
    source.read_exact(bytes).map_err(|error| match error.kind() {
        ErrorKind::UnexpectedEof => "ends too early".to_owned(),
        _ => format!("is damaged: {error}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// A file with this dictionary and these bytes behind it.
    fn file(dictionary: &str, data: &[u8]) -> Vec<u8> {
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend(u16::try_from(dictionary.len()).unwrap().to_le_bytes());
        bytes.extend(dictionary.as_bytes());
        bytes.extend(data);
        bytes
    }

    fn try_read(dictionary: &str, data: &[u8]) -> Result<ArrayD<f64>, String> {
        read(&mut file(dictionary, data).as_slice(), &mut (1 << 20))
    }

    #[test]
    fn both_orders_of_bytes_and_of_axes() {
        let c = try_read("{'descr': '>i2', 'fortran_order': False, 'shape': (2, 2), }", &[0, 1, 0, 2, 255, 255, 1, 0]);
        assert_eq!(c, Ok(array![[1.0, 2.0], [-1.0, 256.0]].into_dyn()));
        let f = try_read("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 2), }", &[1, 2, 3, 4]);
        assert_eq!(f, Ok(array![[1.0, 3.0], [2.0, 4.0]].into_dyn()));
        let b = try_read("{'descr': '|b1', 'fortran_order': False, 'shape': (2L,), }", &[1, 0]);
        assert_eq!(b, Ok(array![1.0, 0.0].into_dyn()));
    }

    #[test]
    fn half_precision() {
        let values = [(0x0000, 0.0), (0x3c00, 1.0), (0xc000, -2.0), (0x7bff, 65504.0), (0x0001, 2_f64.powi(-24))];
        for (bits, value) in values {
            assert_eq!(half(bits), value);
        }
        assert!(half(0x7e00).is_nan() && half(0xfc00) == f64::NEG_INFINITY);
    }

    #[test]
    fn claims_are_not_believed() {
        let error = |dictionary: &str, data: &[u8]| try_read(dictionary, data).expect_err("refused");
        let huge = "{'descr': '<f8', 'fortran_order': False, 'shape': (1152921504606846976, 1), }";
        assert!(error(huge, &[]).contains("more than a file of this size can hold"));
        let over = "{'descr': '<f8', 'fortran_order': False, 'shape': (18446744073709551615, 18446744073709551615), }";
        assert!(error(over, &[]).contains("more than a file"));
        let nine = "{'descr': '<f8', 'fortran_order': False, 'shape': (9,), }";
        assert_eq!(error(nine, &[0; 71]), "ends too early");
        assert_eq!(error(nine, &[0; 73]), "holds more than its shape says");
        let long = [b"\x93NUMPY\x02\x00".as_slice(), &u32::MAX.to_le_bytes()].concat();
        assert!(read(&mut long.as_slice(), &mut 99).expect_err("refused").contains("4294967295 bytes"));
        for (descr, what) in [("'|O'", "Python objects"), ("'<U5'", "text"), ("[('a', '<f4')]", "records")] {
            let dictionary = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (1,), }}");
            assert!(error(&dictionary, &[0; 8]).contains(what));
        }
        for broken in
            ["", "{", "{'descr': '<f8'}", "{'descr': '<f8', 'fortran_order': 0, 'shape': (1,)}", "'descr': ''"]
        {
            assert_eq!(error(broken, &[]), "has a damaged header");
        }
        let nested = "(".repeat(60_000);
        assert_eq!(error(&nested, &[]), "has a damaged header");
    }
}
