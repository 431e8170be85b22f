//! The rows of a file of separated cells.

use std::io::{Chain, Read};
use std::ops::Range;

use ::csv::{ByteRecord, Reader, ReaderBuilder};

use crate::dataset::text_table::check_columns;
use crate::dataset::{DatasetError, file};

/// A row after the last one. Where it is not met, a quote was left open and took it in. No text holds a zero byte.
const END: &[u8] = b"\0";
const TAIL: &[u8] = b"\n\0\n";

/// Rows one after the other; all have the same number of cells. Empty lines are none, nor are lines of blanks but in
/// tables of one column.
pub struct Records<'a> {
    source: Source<'a>,
    text: &'a str,
    /// For messages.
    path: &'a str,
    separator: u8,
    width: Option<usize>,
    /// Where the row begins.
    begin: usize,
    /// Where its cells are, in the text or in the record.
    cells: Vec<Range<usize>>,
}

enum Source<'a> {
    /// Every line is a row: no quote anywhere. How far it has been read.
    Lines(usize),
    /// Cells may be quoted, lines may end in any way.
    Quoted(Box<Reader<Chain<&'a [u8], &'static [u8]>>>, ByteRecord),
}

/// One row.
pub struct Row<'r> {
    source: &'r str,
    cells: &'r [Range<usize>],
    text: &'r str,
    begin: usize,
}

impl<'a> Records<'a> {
    /// The rows of a text; with the separator ` ` runs of blanks separate cells.
    pub fn new(text: &'a str, path: &'a str, separator: u8) -> Self {
        let bytes = text.as_bytes();
        let lone = |at: usize| bytes.get(at + 1) != Some(&b'\n');
        let plain = !text.contains('"') && !text.match_indices('\r').any(|(at, _)| lone(at));
        let source = if plain {
            Source::Lines(0)
        } else {
            let mut reader = ReaderBuilder::new()
                .has_headers(true)
                .flexible(true)
                .delimiter(separator)
                .buffer_capacity(1 << 16)
                .from_reader(bytes.chain(TAIL));
            // Every row is a row. With headers of its own the reader keeps no copy of the first, which may be long.
            reader.set_byte_headers(ByteRecord::new());
            Source::Quoted(Box::new(reader), ByteRecord::new())
        };
        Records { source, text, path, separator, width: None, begin: 0, cells: Vec::new() }
    }

    /// Reads the next row; none after the last.
    ///
    /// # Errors
    /// It has another number of cells than the first, or opens a quote that is never closed.
    pub fn next(&mut self) -> Result<Option<Row<'_>>, DatasetError> {
        loop {
            let more = match &self.source {
                Source::Lines(at) => self.next_line(*at),
                Source::Quoted(..) => self.next_quoted()?,
            };
            if !more {
                return Ok(None);
            }
            if self.separator == b' ' {
                self.cells.retain(|cell| !cell.is_empty());
            }
            // Of one column a blank cell may be all there is.
            let blank = self.cells.len() == 1 && self.width != Some(1) && self.row().cell(0).is_empty();
            if !self.cells.is_empty() && !blank {
                break;
            }
        }
        let width = *self.width.get_or_insert(self.cells.len());
        let row = self.row();
        if row.len() != width {
            let message = format!("line {} has {} cells, the first line has {width}", row.line(), row.len());
            return Err(file::error(self.path, message));
        }
        Ok(Some(row))
    }

    /// Finds the cells of the next line that holds something.
    fn next_line(&mut self, mut at: usize) -> bool {
        let bytes = self.text.as_bytes();
        self.cells.clear();
        while self.cells.is_empty() {
            if at >= bytes.len() {
                return false;
            }
            let end = self.text[at..].find('\n').map_or(bytes.len(), |length| at + length);
            let line = bytes[at..end].strip_suffix(b"\r").unwrap_or(&bytes[at..end]);
            self.begin = at;
            if !line.is_empty() {
                let mut cell = at;
                for (place, _) in line.iter().enumerate().filter(|(_, byte)| **byte == self.separator) {
                    self.cells.push(cell..at + place);
                    cell = at + place + 1;
                }
                self.cells.push(cell..at + line.len());
            }
            at = end + 1;
        }
        self.source = Source::Lines(at);
        true
    }

    fn next_quoted(&mut self) -> Result<bool, DatasetError> {
        let Source::Quoted(reader, record) = &mut self.source else { return Ok(false) };
        let more = reader.read_byte_record(record).map_err(|e| file::error(self.path, e))?;
        if record.len() == 1 && &record[0] == END {
            return Ok(false);
        }
        // Asked before the cells are listed: a row of nothing but separators would cost more than the file allows.
        check_columns(record.len(), self.text.len()).map_err(|what| file::error(self.path, what))?;
        self.begin = record.position().map_or(0, |position| usize::try_from(position.byte()).unwrap_or(usize::MAX));
        self.cells.clear();
        self.cells.extend((0..record.len()).filter_map(|cell| record.range(cell)));
        if !more || record.iter().next_back().is_some_and(|cell| cell.ends_with(TAIL)) {
            let line = self.row().line();
            let message = format!("the row that begins in line {line} opens a quote that is never closed");
            return Err(file::error(self.path, message));
        }
        Ok(true)
    }

    fn row(&self) -> Row<'_> {
        let source = match &self.source {
            Source::Lines(_) => self.text,
            // Cells of a text, cut at ASCII, are text.
            Source::Quoted(_, record) => std::str::from_utf8(record.as_slice()).unwrap_or_default(),
        };
        Row { source, cells: &self.cells, text: self.text, begin: self.begin }
    }
}

impl<'r> Row<'r> {
    /// How many cells.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// A cell without blanks around it.
    pub fn cell(&self, column: usize) -> &'r str {
        self.raw(column).trim()
    }

    /// A cell as it stands.
    pub fn raw(&self, column: usize) -> &'r str {
        self.source.get(self.cells[column].clone()).unwrap_or_default()
    }

    /// All cells without blanks around them.
    pub fn cells(&self) -> impl Iterator<Item = &'r str> + '_ {
        (0..self.len()).map(|column| self.cell(column))
    }

    /// The line, from 1, on which the row begins. Counted here, and only for messages: the parser takes empty lines
    /// and the line feed of a `\r\n` for a part of the record that follows.
    pub fn line(&self) -> usize {
        let bytes = self.text.as_bytes();
        let (before, from) = bytes.split_at(self.begin.min(bytes.len()));
        let skipped = from.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        1 + before.iter().chain(skipped).filter(|byte| **byte == b'\n').count()
    }
}

/// The most rows that a text can have.
pub fn lines(text: &str) -> usize {
    1 + text.bytes().filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(text: &str, separator: u8) -> Result<Vec<(usize, Vec<String>)>, String> {
        let mut records = Records::new(text, "t", separator);
        let mut rows = Vec::new();
        while let Some(row) = records.next().map_err(|error| error.to_string())? {
            rows.push((row.line(), (0..row.len()).map(|cell| row.raw(cell).to_owned()).collect()));
        }
        Ok(rows)
    }

    #[test]
    fn lines_of_blanks_are_no_rows() {
        let row = |line: usize, cells: [&str; 2]| (line, cells.map(str::to_owned).to_vec());
        let want = [row(2, ["a", "b"]), row(4, ["1", "2"]), row(7, ["3", "4"])];
        assert_eq!(rows("  \na,b\n   \n1,2\n\n \t \r\n3,4\n ", b',').unwrap(), want);
        assert_eq!(rows("  \na,b\n   \n1,\"2\"\n\n \t \r\n3,4\n ", b',').unwrap(), want);
        assert_eq!(rows("a\n \n", b',').unwrap().len(), 2);
        assert_eq!(rows("a\tb\n\t\n", b'\t').unwrap().len(), 2, "two cells that are missing");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]
        /// What is read line by line is what the library reads.
        #[test]
        fn lines_without_quotes_are_read_as_the_library_reads_them(text in "[ab,; é\n]{0,40}(\r\n)?[ab,; ]{0,10}", blank in any::<bool>()) {
            let separator = if blank { b' ' } else { b',' };
            let plain = rows(&text, separator);
            // A quoted cell at the end, in a row of its own, and the library reads it all.
            let width = plain.as_ref().ok().and_then(|rows| Some(rows.first()?.1.len())).unwrap_or(1);
            let last = vec!["\"q\""; width].join(if blank { " " } else { "," });
            let quoted = rows(&format!("{text}\n{last}\n"), separator);
            match (plain, quoted) {
                (Ok(plain), Ok(quoted)) => prop_assert_eq!(&plain[..], &quoted[..quoted.len() - 1]),
                (Err(plain), Err(quoted)) => prop_assert_eq!(plain, quoted),
                (plain, quoted) => prop_assert!(false, "{:?} {:?}", plain, quoted),
            }
        }
    }
}
