//! The rows of a file of separated cells.

use std::io::{Chain, Read};

use ::csv::{ByteRecord, Reader, ReaderBuilder};

use crate::dataset::{DatasetError, file};

/// A row after the last one. Where it is not met, a quote was left open and took it in. No text holds a zero byte.
const END: &[u8] = b"\0";
const TAIL: &[u8] = b"\n\0\n";

/// Rows one after the other; all have the same number of cells.
pub struct Records<'a> {
    reader: Reader<Chain<&'a [u8], &'static [u8]>>,
    /// For messages.
    path: &'a str,
    /// Runs of blanks are one separator.
    runs: bool,
    /// The bytes, for counting lines.
    bytes: &'a [u8],
    width: Option<usize>,
}

impl<'a> Records<'a> {
    /// The rows of a text; with the separator ` ` runs of blanks separate cells.
    pub fn new(text: &'a str, path: &'a str, separator: u8) -> Self {
        let bytes = text.as_bytes();
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .buffer_capacity(1 << 16)
            .from_reader(bytes.chain(TAIL));
        Records { reader, path, runs: separator == b' ', bytes, width: None }
    }

    /// Reads the next row into `record`; false after the last.
    ///
    /// # Errors
    /// It has another number of cells than the first, or opens a quote that is never closed.
    pub fn next(&mut self, record: &mut ByteRecord) -> Result<bool, DatasetError> {
        loop {
            let more = self.reader.read_byte_record(record).map_err(|e| file::error(self.path, e))?;
            if record.len() == 1 && &record[0] == END {
                return Ok(false);
            }
            if !more || record.iter().next_back().is_some_and(|cell| cell.ends_with(TAIL)) {
                let line = self.line(record);
                let message = format!("the row that begins in line {line} opens a quote that is never closed");
                return Err(file::error(self.path, message));
            }
            if !self.runs {
                break;
            }
            let position = record.position().cloned();
            *record = record.iter().filter(|cell| !cell.is_empty()).collect();
            record.set_position(position);
            if !record.is_empty() {
                break;
            }
        }
        let width = *self.width.get_or_insert(record.len());
        if record.len() != width {
            let message = format!("line {} has {} cells, the first line has {width}", self.line(record), record.len());
            return Err(file::error(self.path, message));
        }
        Ok(true)
    }

    /// The line, from 1, on which a record begins. Counted here, and only for messages: the parser takes empty lines
    /// and the line feed of a `\r\n` for a part of the record that follows.
    pub fn line(&self, record: &ByteRecord) -> usize {
        let begin = record.position().map_or(0, |position| usize::try_from(position.byte()).unwrap_or(usize::MAX));
        let (before, from) = self.bytes.split_at(begin.min(self.bytes.len()));
        let skipped = from.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        1 + before.iter().chain(skipped).filter(|byte| **byte == b'\n').count()
    }
}

/// A cell as text, without blanks around it.
pub fn cell(record: &ByteRecord, column: usize) -> &str {
    raw_cell(record, column).trim()
}

/// A cell as text as it stands. The parts of a text that ASCII separates are texts.
pub fn raw_cell(record: &ByteRecord, column: usize) -> &str {
    std::str::from_utf8(&record[column]).unwrap_or_default()
}

/// The most rows that a text can have.
pub fn lines(text: &str) -> usize {
    1 + text.bytes().filter(|byte| *byte == b'\n').count()
}
