//! The usual product of a stage as bytes: arrays of f32, little-endian, each with its shape.

/// An array, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Sizes, the last one moving fastest.
    pub shape: Vec<usize>,
    /// As many as the product of the shape.
    pub values: Vec<f32>,
}

/// The bytes: how many arrays there are, then for each the number of its dimensions, their sizes (all u64) and its
/// values.
pub fn to_bytes(arrays: &[Array]) -> Vec<u8> {
    let mut bytes =
        Vec::with_capacity(8 + arrays.iter().map(|a| 8 * (a.shape.len() + 1) + 4 * a.values.len()).sum::<usize>());
    let put = |bytes: &mut Vec<u8>, n: usize| bytes.extend((n as u64).to_le_bytes());
    put(&mut bytes, arrays.len());
    for array in arrays {
        put(&mut bytes, array.shape.len());
        array.shape.iter().for_each(|size| put(&mut bytes, *size));
        array.values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
    }
    bytes
}

/// Reads what [`to_bytes`] wrote; none where it is anything else.
pub fn from_bytes(mut bytes: &[u8]) -> Option<Vec<Array>> {
    let count = take(&mut bytes)?;
    // Neither count is trusted with memory before the bytes for it are there.
    let mut arrays = Vec::new();
    for _ in 0..count {
        let dimensions = take(&mut bytes)?;
        let mut shape = Vec::new();
        for _ in 0..dimensions {
            shape.push(take(&mut bytes)?);
        }
        let length = shape.iter().try_fold(4_usize, |product, size| product.checked_mul(*size))?;
        let (own, rest) = bytes.split_at_checked(length)?;
        bytes = rest;
        let values = own.as_chunks::<4>().0.iter().map(|four| f32::from_le_bytes(*four)).collect();
        arrays.push(Array { shape, values });
    }
    bytes.is_empty().then_some(arrays)
}

fn take(bytes: &mut &[u8]) -> Option<usize> {
    let (eight, rest) = bytes.split_first_chunk::<8>()?;
    *bytes = rest;
    usize::try_from(u64::from_le_bytes(*eight)).ok()
}
