//! Numbers as they lie in binary files, read as f64.

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// One byte; anything but 0 is 1.
    Boolean,
    /// Whole, 8 bits.
    I8,
    /// Whole, not negative, 8 bits.
    U8,
    /// Whole, 16 bits.
    I16,
    /// Whole, not negative, 16 bits.
    U16,
    /// Whole, 32 bits.
    I32,
    /// Whole, not negative, 32 bits.
    U32,
    /// Whole, 64 bits.
    I64,
    /// Whole, not negative, 64 bits.
    U64,
    /// IEEE 754 half precision.
    F16,
    /// IEEE 754 single precision.
    F32,
    /// IEEE 754 double precision.
    F64,
}

/// A type with its order of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// What it is.
    pub of: Type,
    /// Whether the first byte weighs most.
    pub big_endian: bool,
}

impl Number {
    /// Bytes of one.
    pub fn size(self) -> usize {
        match self.of {
            Type::Boolean | Type::I8 | Type::U8 => 1,
            Type::I16 | Type::U16 | Type::F16 => 2,
            Type::I32 | Type::U32 | Type::F32 => 4,
            Type::I64 | Type::U64 | Type::F64 => 8,
        }
    }

    /// Whether it can be infinite or missing.
    pub fn is_float(self) -> bool {
        matches!(self.of, Type::F16 | Type::F32 | Type::F64)
    }

    /// Appends the numbers that `bytes` hold; bytes beyond the last whole number are left.
    ///
    /// # Errors
    /// A whole number is none that an f64 can be; what was before it has been appended.
    pub fn decode(self, bytes: &[u8], numbers: &mut Vec<f64>) -> Result<(), String> {
        macro_rules! each {
            ($type:ty) => {{
                let big_endian = self.big_endian;
                bytes.chunks_exact(size_of::<$type>()).map(move |bytes| {
                    let bytes = bytes.try_into().unwrap_or_default();
                    if big_endian { <$type>::from_be_bytes(bytes) } else { <$type>::from_le_bytes(bytes) }
                })
            }};
        }
        match self.of {
            Type::Boolean => numbers.extend(bytes.iter().map(|byte| f64::from(u8::from(*byte != 0)))),
            Type::I8 => numbers.extend(each!(i8).map(f64::from)),
            Type::U8 => numbers.extend(bytes.iter().copied().map(f64::from)),
            Type::I16 => numbers.extend(each!(i16).map(f64::from)),
            Type::U16 => numbers.extend(each!(u16).map(f64::from)),
            Type::I32 => numbers.extend(each!(i32).map(f64::from)),
            Type::U32 => numbers.extend(each!(u32).map(f64::from)),
            Type::I64 => return each!(i64).try_for_each(|n| whole(n.into(), numbers)),
            Type::U64 => return each!(u64).try_for_each(|n| whole(n.into(), numbers)),
            Type::F16 => numbers.extend(each!(u16).map(half)),
            Type::F32 => numbers.extend(each!(f32).map(f64::from)),
            Type::F64 => numbers.extend(each!(f64)),
        }
        Ok(())
    }
}

/// Beyond 2^53 an f64 skips whole numbers: one that would become its neighbour is refused.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "the very thing that is checked")]
fn whole(n: i128, numbers: &mut Vec<f64>) -> Result<(), String> {
    let x = n as f64;
    if x as i128 != n {
        return Err(format!(
            "holds the whole number {n}, which is none of the 64-bit floats that features are (exact up to 2^53): \
             leave identifiers out, or save it as float64 if rounding does no harm"
        ));
    }
    numbers.push(x);
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(of: Type, big_endian: bool, bytes: &[u8]) -> Result<Vec<f64>, String> {
        let mut numbers = Vec::new();
        Number { of, big_endian }.decode(bytes, &mut numbers).map(|()| numbers)
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
    fn both_orders_of_bytes() {
        assert_eq!(decode(Type::I16, true, &[255, 255, 1, 0]), Ok(vec![-1.0, 256.0]));
        assert_eq!(decode(Type::I16, false, &[255, 255, 1, 0, 9]), Ok(vec![-1.0, 1.0]));
        assert_eq!(decode(Type::F64, true, &1.5_f64.to_be_bytes()), Ok(vec![1.5]));
        assert_eq!(decode(Type::Boolean, false, &[0, 1, 7]), Ok(vec![0.0, 1.0, 1.0]));
    }

    #[test]
    fn large_whole_numbers_are_exact_or_refused() {
        let signed = |n: i64| decode(Type::I64, false, &n.to_le_bytes());
        let unsigned = |n: u64| decode(Type::U64, true, &n.to_be_bytes());
        assert_eq!(signed(1 << 60), Ok(vec![2_f64.powi(60)]));
        assert_eq!(signed(i64::MIN), Ok(vec![-(2_f64.powi(63))]));
        assert_eq!(unsigned((1 << 53) - 1), Ok(vec![2_f64.powi(53) - 1.0]));
        assert!(signed((1 << 53) + 1).expect_err("refused").contains("9007199254740993"));
        assert!(signed(i64::MAX).is_err() && unsigned(u64::MAX).is_err());
    }
}
