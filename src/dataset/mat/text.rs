//! Character arrays: one text a row.

use crate::dataset::budget::Budget;
use crate::dataset::mat::stream::{Stream, kind};

/// Reads `rows` texts of `columns` letters, which lie column by column. Blanks that fill up shorter rows are cut off.
///
/// # Errors
/// It is damaged, or no Unicode.
pub fn read(stream: &mut Stream<'_>, rows: usize, columns: usize, budget: &mut Budget) -> Result<Vec<String>, String> {
    let tag = stream.tag()?;
    let size = usize::try_from(tag.size).unwrap_or(usize::MAX);
    // The bytes, their letters in a list that grows, and the texts that grow too.
    budget.take(size, 1 + 12 + 9)?;
    budget.take(rows, 2 * size_of::<String>() + 16)?;
    let mut bytes = Vec::with_capacity(size);
    stream.data(tag, |part| {
        bytes.extend_from_slice(part);
        Ok(())
    })?;
    let letters = letters(tag.kind, &bytes, stream.big_endian)?;
    if rows == 1 {
        return Ok(vec![joined(tag.kind, letters.iter().copied())?]);
    }
    if Some(letters.len()) != rows.checked_mul(columns) {
        return Err(format!("is damaged: {} letters for {rows} texts of {columns}", letters.len()));
    }
    let row = |row: usize| joined(tag.kind, letters.iter().copied().skip(row).step_by(rows));
    (0..rows).map(|nth| Ok(row(nth)?.trim_end().to_owned())).collect()
}

/// Code units of UTF-16, or whole letters where they are stored as such.
fn letters(of: u32, bytes: &[u8], big_endian: bool) -> Result<Vec<u32>, String> {
    Ok(match of {
        kind::UINT16 | kind::UTF16 => bytes
            .chunks_exact(2)
            .map(|unit| unit.try_into().unwrap_or_default())
            .map(|unit| u32::from(if big_endian { u16::from_be_bytes(unit) } else { u16::from_le_bytes(unit) }))
            .collect(),
        kind::UTF32 => bytes
            .chunks_exact(4)
            .map(|unit| unit.try_into().unwrap_or_default())
            .map(|unit| if big_endian { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) })
            .collect(),
        kind::UTF8 => std::str::from_utf8(bytes).map_err(|_| NO_UNICODE)?.chars().map(u32::from).collect(),
        kind::INT8 | kind::UINT8 => bytes.iter().copied().map(u32::from).collect(),
        other => return Err(format!("is damaged: its letters are of kind {other}")),
    })
}

const NO_UNICODE: &str = "holds text that is no Unicode";

fn joined(of: u32, letters: impl Iterator<Item = u32>) -> Result<String, String> {
    if [kind::UINT16, kind::UTF16].contains(&of) {
        let units = letters.map(|unit| u16::try_from(unit).unwrap_or(0));
        return char::decode_utf16(units).collect::<Result<_, _>>().map_err(|_| NO_UNICODE.to_owned());
    }
    letters.map(char::from_u32).collect::<Option<_>>().ok_or_else(|| NO_UNICODE.to_owned())
}
