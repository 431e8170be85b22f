//! A kept stage on disk: a line with the format and the checksum of everything after it, a header line, the content.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::stage::{Key, Seconds};

/// Raised when an entry is written otherwise. Others are not read: they are computed again.
const FORMAT: u32 = 1;
/// What every entry begins with.
const NAME: &str = "gridbook-stage";

#[derive(Serialize, Deserialize)]
struct Header {
    kind: String,
    key: String,
    seconds: Seconds,
}

/// Writes an entry whole or not at all: beside, synced, renamed. Only the holder of the key's permit may. The content
/// comes in parts, which are written one after the other.
///
/// # Errors
/// The disk's.
pub fn write(path: &Path, key: &Key, seconds: Seconds, parts: &[&[u8]]) -> io::Result<()> {
    let header = Header { kind: key.kind.to_owned(), key: key.hash.clone(), seconds };
    let mut header = serde_json::to_vec(&header)?;
    header.push(b'\n');
    let mut hasher = blake3::Hasher::new();
    hasher.update(&header);
    for part in parts {
        hasher.update(part);
    }
    let first = format!("{NAME} {FORMAT} blake3:{}\n", hasher.finalize().to_hex());
    let beside = path.with_extension("part");
    let written = File::create(&beside).and_then(|mut file| {
        file.write_all(first.as_bytes())?;
        file.write_all(&header)?;
        parts.iter().try_for_each(|part| file.write_all(part))?;
        file.sync_all()?;
        fs::rename(&beside, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// The content of an entry and the seconds that it took; none where the bytes are not wholly those that were written
/// for this key by this format.
pub fn content<'b>(bytes: &'b [u8], key: &Key) -> Option<(Seconds, &'b [u8])> {
    let (first, sealed) = line(bytes)?;
    let checksum = std::str::from_utf8(first).ok()?.strip_prefix(&format!("{NAME} {FORMAT} blake3:"))?;
    if blake3::hash(sealed).to_hex().as_str() != checksum {
        return None;
    }
    let (header, content) = line(sealed)?;
    let header: Header = serde_json::from_slice(header).ok()?;
    let own = header.kind == key.kind && header.key == key.hash;
    own.then_some((header.seconds, content))
}

fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    Some((&bytes[..end], &bytes[end + 1..]))
}
