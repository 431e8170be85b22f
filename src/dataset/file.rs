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

/// The parameter that names the file of the labels, for formats that have one.
pub const LABELS: &str = "labels";

/// A packed text may grow to this many times its size, and 16 MiB more.
const MOST_GROWTH: u64 = 20;

/// What a packed text of `bytes` bytes may grow to.
fn most_unpacked(bytes: u64) -> u64 {
    bytes.saturating_mul(MOST_GROWTH).saturating_add(16 << 20)
}

/// An error about the file, with the path as written.
pub fn error(path: &str, what: impl std::fmt::Display) -> DatasetError {
    error_at(PATH, path, what)
}

/// An error about the file that the parameter `key` names.
pub fn error_at(key: &str, path: &str, what: impl std::fmt::Display) -> DatasetError {
    DatasetError::File { key: key.to_owned(), message: format!("`{path}`: {what}") }
}

/// The parameters of a kind.
pub fn params<P: Parameters>(values: &Values) -> Result<P, DatasetError> {
    P::from_values(values).map_err(|(key, message)| DatasetError::Parameter { key, message, suggestion: None })
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
    hash_at(PATH, path, places).map(written)
}

/// Hash of a file's bytes and, where `labels` names a second file, of that one's too.
pub fn checksum_with_labels(values: &Values, places: &Places) -> Result<Option<String>, DatasetError> {
    let features = hash_at(PATH, path(values)?, places)?;
    let Some(Value::Text(labels)) = values.get(LABELS) else { return Ok(Some(written(features))) };
    let labels = hash_at(LABELS, labels, places)?;
    Ok(Some(written(blake3::hash(&[*features.as_bytes(), *labels.as_bytes()].concat()))))
}

fn written(hash: blake3::Hash) -> String {
    format!("blake3:{}", hash.to_hex())
}

fn hash_at(key: &str, path: &str, places: &Places) -> Result<blake3::Hash, DatasetError> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(open_at(key, path, places)?).map_err(|e| error_at(key, path, io_words(&e)))?;
    Ok(hasher.finalize())
}

/// Opens the file that the parameter `key` names.
fn open_at(key: &str, path: &str, places: &Places) -> Result<File, DatasetError> {
    let full = places.resolve(path);
    let missing = |e: std::io::Error| error_at(key, path, format!("cannot be opened: {}", io_words(&e)));
    // Asked first: opening a pipe would wait for whoever writes it, and a device may never end.
    let kind = fs::metadata(&full).map_err(missing)?.file_type();
    if kind.is_dir() {
        return Err(error_at(key, path, "is a folder, not a file"));
    }
    if !kind.is_file() {
        return Err(error_at(key, path, "is not a regular file"));
    }
    File::open(&full).map_err(missing)
}

/// All bytes as they lie on the disk.
pub fn raw(path: &str, places: &Places) -> Result<Vec<u8>, DatasetError> {
    raw_at(PATH, path, places)
}

/// All bytes of the file that the parameter `key` names.
pub fn raw_at(key: &str, path: &str, places: &Places) -> Result<Vec<u8>, DatasetError> {
    let mut bytes = Vec::new();
    open_at(key, path, places)?.read_to_end(&mut bytes).map_err(|e| error_at(key, path, io_words(&e)))?;
    Ok(bytes)
}

/// Whether the bytes are gzip's.
pub fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// All bytes, unpacked when they are gzip.
pub fn read(path: &str, places: &Places) -> Result<Vec<u8>, DatasetError> {
    let bytes = raw(path, places)?;
    if !is_gzip(&bytes) {
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
            format!("unpacks to more than {} MiB, too much for a packed text of its size; unpack it first", most >> 20),
        ));
    }
    Ok(unpacked)
}
