//! Files of data: found, hashed, unpacked within bounds, with errors that name them as written.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::Read;

use flate2::read::MultiGzDecoder;

use crate::dataset::{DatasetError, Places};
use crate::diagnostic::io_words;
use crate::parameter::{Parameters, Values};
use crate::value::Value;

/// The parameter that names the file.
pub const PATH: &str = "path";

/// A packed file may grow to this many times its size, and 64 MiB more.
const MOST_GROWTH: u64 = 200;

/// What a packed file of `bytes` bytes may grow to.
pub fn most_unpacked(bytes: u64) -> u64 {
    bytes.saturating_mul(MOST_GROWTH).saturating_add(64 << 20)
}

/// An error about the file, with the path as written.
pub fn error(path: &str, what: impl std::fmt::Display) -> DatasetError {
    DatasetError::File { key: PATH.to_owned(), message: format!("`{path}`: {what}") }
}

/// A name or cell for a message: a quote left open can make a cell of the whole file.
pub fn shown(text: &str) -> Cow<'_, str> {
    const LONGEST: usize = 40;
    text.char_indices().nth(LONGEST).map_or(Cow::Borrowed(text), |(at, _)| format!("{}…", &text[..at]).into())
}

/// The text of a file without its byte order mark.
///
/// # Errors
/// It is not UTF-8, or holds a zero byte.
pub fn text<'b>(bytes: &'b [u8], path: &str) -> Result<&'b str, DatasetError> {
    let line = |at: usize| bytes[..at].split(|byte| *byte == b'\n').count();
    let text =
        std::str::from_utf8(bytes).map_err(|e| error(path, format!("line {} is not UTF-8", line(e.valid_up_to()))))?;
    if let Some(at) = text.find('\0') {
        return Err(error(path, format!("line {} holds a zero byte; is it a text file?", line(at))));
    }
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// The parameters of a data set.
pub fn params<P: Parameters>(values: &Values) -> Result<P, DatasetError> {
    P::from_values(values).map_err(|(key, message)| DatasetError::Parameter { key, message, suggestion: None })
}

/// The path as written.
pub fn path(values: &Values) -> Result<&str, DatasetError> {
    match values.get(PATH) {
        Some(Value::Text(path)) => Ok(path),
        _ => Err(DatasetError::Parameter {
            key: PATH.to_owned(),
            message: "the data set has no `path`".to_owned(),
            suggestion: None,
        }),
    }
}

/// Hash of a file's bytes as they lie on the disk.
pub fn checksum(values: &Values, places: &Places) -> Result<Option<String>, DatasetError> {
    hash(path(values)?, places).map(Some)
}

/// Hash of one file's bytes as they lie on the disk.
pub fn hash(path: &str, places: &Places) -> Result<String, DatasetError> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(open(path, places)?).map_err(|e| error(path, e))?;
    Ok(format!("blake3:{}", hasher.finalize().to_hex()))
}

/// Opens the file.
pub fn open(path: &str, places: &Places) -> Result<File, DatasetError> {
    let full = places.resolve(path);
    let missing = |e: std::io::Error| error(path, format!("cannot be opened: {}", io_words(&e)));
    // Asked first: opening a pipe would wait for whoever writes it, and a device may never end.
    let kind = fs::metadata(&full).map_err(missing)?.file_type();
    if kind.is_dir() {
        return Err(error(path, "is a folder, not a file"));
    }
    if !kind.is_file() {
        return Err(error(path, "is not a regular file"));
    }
    File::open(&full).map_err(missing)
}

/// All bytes, unpacked when they are gzip.
pub fn read(path: &str, places: &Places) -> Result<Vec<u8>, DatasetError> {
    let mut bytes = Vec::new();
    open(path, places)?.read_to_end(&mut bytes).map_err(|e| error(path, io_words(&e)))?;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let most = most_unpacked(bytes.len() as u64);
    let mut unpacked = Vec::new();
    MultiGzDecoder::new(bytes.as_slice())
        .take(most + 1)
        .read_to_end(&mut unpacked)
        .map_err(|e| error(path, format!("damaged gzip: {e}")))?;
    if unpacked.len() as u64 > most {
        return Err(error(
            path,
            format!("unpacks to more than {} MiB, which no data table of its size does", most >> 20),
        ));
    }
    Ok(unpacked)
}
