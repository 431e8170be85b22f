//! One array as NumPy's `save` writes it (NPY, versions 1 to 3).
//!
//! Nothing is taken on trust: what a header claims is held against the budget before any memory is taken.

use std::io::Read;

use ndarray::Array2;

use crate::dataset::Labels;
use crate::dataset::budget::Budget;
use crate::dataset::classes::{Classes, one_a_row};
use crate::dataset::number::{Number, Type};
use crate::dataset::table::{CHUNK, Table, exactly};

/// How every NPY file starts.
pub const MAGIC: &[u8] = b"\x93NUMPY";

/// NumPy itself refuses headers beyond 10,000 characters.
const LONGEST_HEADER: u32 = 1 << 16;

/// What a header says of the array behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// Length of each axis.
    pub shape: Vec<usize>,
    fortran: bool,
    /// What the elements are; an error says what they are instead, and what to do.
    pub element: Result<Element, String>,
}

/// An element as it lies in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// A number.
    Number(Number),
    /// Text of a fixed length, filled up with zeros.
    Text {
        /// Code points of four bytes (`U`) rather than bytes (`S`).
        unicode: bool,
        /// Bytes of one.
        size: usize,
        /// Whether a code point's first byte weighs most.
        big_endian: bool,
    },
}

impl Header {
    /// Whether the elements are numbers.
    pub fn is_numeric(&self) -> bool {
        matches!(self.element, Ok(Element::Number(_)))
    }

    /// How many labels it holds where it is a list, MATLAB's `n x 1` and `1 x n` included.
    pub fn list(&self) -> Option<usize> {
        let long = self.shape.iter().filter(|axis| **axis != 1).count();
        (!self.shape.is_empty() && long <= 1).then(|| self.shape.iter().product())
    }
}

/// Reads up to the first element.
///
/// # Errors
/// It is no NPY file, or a damaged one.
pub fn header(source: &mut impl Read) -> Result<Header, String> {
    let mut start = [0; 8];
    exactly(source, &mut start)?;
    if !start.starts_with(MAGIC) {
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
        None => Err("records of several fields; save each field as an array of its own: `x=a['x']`".to_owned()),
    };
    let order = after("fortran_order")?;
    let fortran = order.starts_with("True");
    if !fortran && !order.starts_with("False") {
        return None;
    }
    let (axes, _) = after("shape")?.strip_prefix('(')?.split_once(')')?;
    let axes = axes.split(',').map(|axis| axis.trim().trim_end_matches('L')).filter(|axis| !axis.is_empty());
    let shape: Vec<usize> = axes.map(|axis| axis.parse().ok()).collect::<Option<_>>()?;
    // NumPy itself allows no more.
    (shape.len() <= 64).then_some(Header { shape, fortran, element })
}

impl Element {
    fn parse(descr: &str) -> Result<Self, String> {
        let big_endian = descr.starts_with('>');
        let code = descr.trim_start_matches(['<', '>', '|', '=']);
        let unknown = || Err(format!("elements of type `{descr}`, not numbers"));
        let number = |of| Ok(Element::Number(Number { of, big_endian }));
        let mut letters = code.chars();
        let kind = letters.next();
        let size: usize = letters.as_str().parse().unwrap_or(0);
        match (kind, size) {
            (Some('?'), _) | (Some('b'), 1) => number(Type::Boolean),
            (Some('i'), 1) => number(Type::I8),
            (Some('i'), 2) => number(Type::I16),
            (Some('i'), 4) => number(Type::I32),
            (Some('i'), 8) => number(Type::I64),
            (Some('u'), 1) => number(Type::U8),
            (Some('u'), 2) => number(Type::U16),
            (Some('u'), 4) => number(Type::U32),
            (Some('u'), 8) => number(Type::U64),
            (Some('f'), 2) => number(Type::F16),
            (Some('f'), 4) => number(Type::F32),
            (Some('f'), 8) => number(Type::F64),
            (Some('S' | 'a'), 1..) => Ok(Element::Text { unicode: false, size, big_endian }),
            (Some('U'), 1..) => match size.checked_mul(4) {
                Some(size) => Ok(Element::Text { unicode: true, size, big_endian }),
                None => unknown(),
            },
            (Some('O'), _) => {
                Err("Python objects, which only Python can unpack; save it with `.astype(float)`, labels \
                                   also with `.astype(str)`"
                    .to_owned())
            }
            (Some('c'), _) => Err("complex numbers; save the real and the imaginary part as views".to_owned()),
            (Some('M' | 'm'), _) => Err("dates or times; save them as numbers, or `.astype(str)` as labels".to_owned()),
            (Some('V'), _) => Err("records; save each field as an array of its own".to_owned()),
            _ => unknown(),
        }
    }
}

/// Reads a whole array of numbers; gives its shape and its numbers as `[first axis, all others]`.
///
/// # Errors
/// It is no NPY file, a damaged one, or one that holds no numbers.
pub fn numbers(source: &mut impl Read, budget: &mut Budget) -> Result<(Vec<usize>, Array2<f64>), String> {
    let header = header(source)?;
    let number = match header.element {
        Ok(Element::Number(number)) => number,
        Ok(Element::Text { .. }) => return Err("holds text, not numbers".to_owned()),
        Err(what) => return Err(format!("holds {what}")),
    };
    let values = table(number, &header.shape, header.fortran, source, budget)?;
    Ok((header.shape, values))
}

fn table(
    number: Number,
    shape: &[usize],
    fortran: bool,
    source: &mut impl Read,
    budget: &mut Budget,
) -> Result<Array2<f64>, String> {
    let mut table = Table::new(shape, fortran, budget)?;
    table.fill(number, source)?;
    at_its_end(source)?;
    table.finish()
}

/// Reads an array of one label a row: numbers or text.
///
/// # Errors
/// It is damaged, holds neither, or not one a row.
pub fn labels(source: &mut impl Read, name: &str, rows: usize, budget: &mut Budget) -> Result<Labels, String> {
    let header = header(source)?;
    let Some(found) = header.list() else {
        return Err(format!("has the shape {:?}; labels are one a row", header.shape));
    };
    one_a_row(found, rows)?;
    match header.element {
        Err(what) => Err(format!("holds {what}")),
        Ok(Element::Number(number)) => {
            let values = table(number, &[rows], false, source, budget)?;
            Classes::of_numbers(name, values.as_slice().unwrap_or_default(), budget)
        }
        Ok(Element::Text { unicode, size, big_endian }) => {
            budget.take(1, size)?;
            let mut classes = Classes::new(rows, budget)?;
            let mut bytes = vec![0; size];
            for row in 0..rows {
                exactly(source, &mut bytes)?;
                let word = text(&bytes, unicode, big_endian)
                    .ok_or_else(|| format!("holds text that is no Unicode in row {row} (from 0)"))?;
                classes.push(&word, budget)?;
            }
            at_its_end(source)?;
            Ok(classes.finish(name))
        }
    }
}

/// Text without the zeros behind it; none where it is no Unicode.
fn text(bytes: &[u8], unicode: bool, big_endian: bool) -> Option<String> {
    if !unicode {
        let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        return std::str::from_utf8(&bytes[..end]).ok().map(str::to_owned);
    }
    let points = bytes.chunks_exact(4).map(|bytes| {
        let bytes = bytes.try_into().unwrap_or_default();
        if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    });
    let whole: String = points.map(char::from_u32).collect::<Option<_>>()?;
    Some(whole.trim_end_matches('\0').to_owned())
}

/// Nothing may follow; an archive also compares its checksum here.
fn at_its_end(source: &mut impl Read) -> Result<(), String> {
    match source.read(&mut [0; CHUNK.div_euclid(64)]) {
        Ok(0) => Ok(()),
        Ok(_) => Err("holds more than its shape says".to_owned()),
        Err(error) => Err(format!("is damaged: {error}")),
    }
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

    fn try_read(dictionary: &str, data: &[u8]) -> Result<Array2<f64>, String> {
        numbers(&mut file(dictionary, data).as_slice(), &mut Budget::of(0)).map(|(_, values)| values)
    }

    fn try_labels(descr: &str, rows: usize, data: &[u8]) -> Result<Vec<String>, String> {
        let dictionary = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({rows},), }}");
        let labels = labels(&mut file(&dictionary, data).as_slice(), "y", rows, &mut Budget::of(0))?;
        Ok(labels.codes.iter().map(|code| labels.classes[*code].clone()).collect())
    }

    #[test]
    fn both_orders_of_bytes_and_of_axes() {
        let c = try_read("{'descr': '>i2', 'fortran_order': False, 'shape': (2, 2), }", &[0, 1, 0, 2, 255, 255, 1, 0]);
        assert_eq!(c, Ok(array![[1.0, 2.0], [-1.0, 256.0]]));
        let f = try_read("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 2), }", &[1, 2, 3, 4]);
        assert_eq!(f, Ok(array![[1.0, 3.0], [2.0, 4.0]]));
        let b = try_read("{'descr': '|b1', 'fortran_order': False, 'shape': (2L,), }", &[1, 0]);
        assert_eq!(b, Ok(array![[1.0], [0.0]]));
        // Version 3 is version 2 with a header in UTF-8.
        let dictionary = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1), } ";
        let length = u32::try_from(dictionary.len()).unwrap().to_le_bytes();
        for version in [2, 3] {
            let bytes = [MAGIC, &[version, 0], &length, dictionary.as_bytes(), &[9]].concat();
            let read = numbers(&mut bytes.as_slice(), &mut Budget::of(0)).map(|(_, values)| values);
            assert_eq!(read, Ok(array![[9.0]]));
        }
    }

    #[test]
    fn labels_of_text() {
        let points = |text: &str, big: bool| -> Vec<u8> {
            text.chars().flat_map(|c| if big { (c as u32).to_be_bytes() } else { (c as u32).to_le_bytes() }).collect()
        };
        assert_eq!(try_labels("<U2", 2, &points("é\0ab", false)), Ok(vec!["é".to_owned(), "ab".to_owned()]));
        assert_eq!(try_labels(">U2", 2, &points("é\0ab", true)), Ok(vec!["é".to_owned(), "ab".to_owned()]));
        assert_eq!(try_labels("|S3", 2, b"a\0\0abc"), Ok(vec!["a".to_owned(), "abc".to_owned()]));
        assert!(try_labels("|S1", 2, b"a\0").expect_err("refused").contains("lacks the label of row 1"));
        assert!(try_labels("|S1", 1, b"\xff").expect_err("refused").contains("no Unicode in row 0"));
        assert!(try_labels("<U1", 1, &[0, 0, 17, 0]).expect_err("refused").contains("no Unicode"));
        assert_eq!(try_labels("|S2", 2, b"abc"), Err("ends too early".to_owned()));
        assert!(try_labels("<U4611686018427387904", 1, &[]).is_err());
        assert!(try_labels("<U1152921504606846976", 1, &[]).expect_err("refused").contains("more than a file"));
        assert!(try_labels("<U0", 1, &[]).expect_err("refused").contains("`<U0`"));
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
        let long = numbers(&mut long.as_slice(), &mut Budget::of(0)).expect_err("refused");
        assert!(long.contains("4294967295 bytes"));
        for broken in
            ["", "{", "{'descr': '<f8'}", "{'descr': '<f8', 'fortran_order': 0, 'shape': (1,)}", "'descr': ''"]
        {
            assert_eq!(error(broken, &[]), "has a damaged header");
        }
        let nested = "(".repeat(60_000);
        assert_eq!(error(&nested, &[]), "has a damaged header");
    }

    #[test]
    fn what_holds_no_numbers_says_what_to_do() {
        let cases = [
            ("'|O'", "Python objects, which only Python can unpack; save it with `.astype(float)`"),
            ("'<U5'", "text, not numbers"),
            ("[('a', '<f4')]", "records of several fields; save each field"),
            ("'|V8'", "records; save each field"),
            ("'<c16'", "complex numbers"),
            ("'<M8[ns]'", "dates or times"),
            ("'<f16'", "elements of type `<f16`"),
            ("'é'", "elements of type `é`"),
        ];
        for (descr, what) in cases {
            let dictionary = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (1,), }}");
            let error = try_read(&dictionary, &[0; 8]).expect_err("refused");
            assert!(error.starts_with(&format!("holds {what}")), "{error}");
        }
    }
}
