//! A MAT file of version 5: a header of 128 bytes, then one element a variable.

use crate::dataset::budget::Budget;
use crate::dataset::mat::item::{Item, content, head};
use crate::dataset::mat::stream::{Stream, kind};

/// A variable with its name.
pub type Variable = (String, Item);

const HEADER: usize = 128;

/// Whether bytes start like a MAT file that MATLAB or SciPy wrote, of version 5 or 7.3.
pub fn looks_like(bytes: &[u8]) -> bool {
    bytes.starts_with(b"MATLAB ") && bytes.len() >= HEADER
}

/// Whether numbers have their weightiest byte first.
///
/// # Errors
/// It is no MAT file, or one of another version.
fn byte_order(bytes: &[u8]) -> Result<bool, String> {
    let hdf5 = b"\x89HDF\r\n\x1a\n";
    if bytes.starts_with(hdf5) || bytes.starts_with(b"MATLAB 7.3") || bytes.get(512..520) == Some(hdf5) {
        return Err("is a MAT file of version 7.3, which is HDF5; in MATLAB, load it and write \
                    `save('file.mat', '-v7')`"
            .to_owned());
    }
    if is_version_4(bytes) {
        return Err("is a MAT file of version 4; in MATLAB, load it and write `save('file.mat', '-v7')`".to_owned());
    }
    if bytes.len() < HEADER {
        return Err("is no MAT file: it is shorter than a header".to_owned());
    }
    let version = |big_endian: bool| {
        let bytes = [bytes[124], bytes[125]];
        if big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    };
    let big_endian = match &bytes[126..HEADER] {
        b"IM" => false,
        b"MI" => true,
        _ => return Err("is no MAT file: its header says no order of bytes".to_owned()),
    };
    match version(big_endian) {
        0x0100 => Ok(big_endian),
        other => Err(format!("is a MAT file of version {other:#06x}; version 5 is read, as `save('-v7')` writes it")),
    }
}

/// Version 4 has no header: type, rows, columns, whether complex, length of the name.
fn is_version_4(bytes: &[u8]) -> bool {
    let Some(start) = bytes.get(..20) else { return false };
    // Version 5 starts with text, and the least type is 0.
    if !start[..4].contains(&0) {
        return false;
    }
    let words = |big_endian: bool| {
        let word = |i: usize| {
            let bytes = start[4 * i..4 * i + 4].try_into().unwrap_or_default();
            if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
        };
        let (of, complex, name) = (word(0), word(3), word(4));
        of < 5000 && of % 1000 / 100 == 0 && of % 10 <= 2 && complex <= 1 && (1..=64).contains(&name)
    };
    words(false) || words(true)
}

/// Reads the variables that `wanted` names, or the shapes of all where `keep` is not set.
///
/// # Errors
/// It is no MAT file of version 5, or a damaged one.
pub fn variables(
    bytes: &[u8],
    keep: bool,
    wanted: impl Fn(&str) -> bool,
    budget: &mut Budget,
) -> Result<Vec<Variable>, String> {
    let big_endian = byte_order(bytes)?;
    let mut left = bytes.get(HEADER..).unwrap_or_default();
    let mut variables = Vec::new();
    let mut unpacked = 0;
    while !left.is_empty() {
        let mut outer = Stream::plain(left, big_endian);
        let tag = outer.tag().map_err(|what| format!("a variable {what}"))?;
        let start = usize::try_from(outer.at).unwrap_or(0);
        let data = usize::try_from(tag.size).ok().and_then(|size| left.get(start..start.checked_add(size)?));
        let data = data.ok_or("its last variable is cut off: the file ends too early")?;
        let mut stream = match tag.kind {
            kind::COMPRESSED => Stream::packed(data, big_endian, budget.most().saturating_sub(unpacked)),
            _ => Stream::plain(&left[..start + data.len()], big_endian),
        };
        variables.extend(variable(&mut stream, keep, &wanted, budget)?);
        unpacked += if tag.kind == kind::COMPRESSED { stream.at } else { 0 };
        // Packed elements are not padded.
        let padding = if tag.kind == kind::COMPRESSED { 0 } else { (8 - data.len() % 8) % 8 };
        left = left.get(start + data.len() + padding..).unwrap_or_default();
    }
    Ok(variables)
}

/// One variable; none where it is not wanted or no variable.
fn variable(
    stream: &mut Stream<'_>,
    keep: bool,
    wanted: impl Fn(&str) -> bool,
    budget: &mut Budget,
) -> Result<Option<Variable>, String> {
    let unnamed = |what: String| format!("a variable {what}");
    let tag = stream.tag().map_err(unnamed)?;
    if tag.kind != kind::MATRIX {
        return Err(format!("a variable is damaged: there is an element of kind {}", tag.kind));
    }
    let end = stream.at.saturating_add(tag.size);
    let head = head(stream).map_err(unnamed)?;
    // MATLAB's own data on objects have no name.
    if head.name.is_empty() || !wanted(&head.name) {
        return Ok(None);
    }
    budget.take(1, size_of::<Variable>() + head.name.len() + 64)?;
    let item = content(stream, &head, end, keep, 0, budget).and_then(|item| stream.finish().map(|()| item));
    let item = item.map_err(|what| format!("variable `{}` {what}", head.name))?;
    Ok(Some((head.name, item)))
}
