//! The bytes of a MAT file's element, packed or not, with their tags.

use std::io::{Read, copy, sink};

use flate2::bufread::ZlibDecoder;

use crate::dataset::number::{Number, Type};
use crate::dataset::table::{CHUNK, exactly};

/// Codes of the kinds of elements (`mi...` in the format's description).
pub mod kind {
    /// Bytes, as names are.
    pub const INT8: u32 = 1;
    /// Bytes without a sign.
    pub const UINT8: u32 = 2;
    /// Two bytes without a sign.
    pub const UINT16: u32 = 4;
    /// Lengths of axes, indices.
    pub const INT32: u32 = 5;
    /// Flags.
    pub const UINT32: u32 = 6;
    /// An array with its name, or a cell.
    pub const MATRIX: u32 = 14;
    /// A packed element.
    pub const COMPRESSED: u32 = 15;
    /// Text.
    pub const UTF8: u32 = 16;
    /// Text.
    pub const UTF16: u32 = 17;
    /// Text.
    pub const UTF32: u32 = 18;
}

/// What stands before an element's data.
#[derive(Clone, Copy, Debug)]
pub struct Tag {
    /// One of [`kind`].
    pub kind: u32,
    /// Bytes of data.
    pub size: u64,
    /// The data themselves, where they are so few that they lie in the tag.
    small: Option<[u8; 4]>,
}

/// The numbers of this kind of element; none where it holds none.
pub fn number(kind: u32, big_endian: bool) -> Option<Number> {
    let of = match kind {
        1 => Type::I8,
        2 => Type::U8,
        3 => Type::I16,
        4 => Type::U16,
        5 => Type::I32,
        6 => Type::U32,
        7 => Type::F32,
        9 => Type::F64,
        12 => Type::I64,
        13 => Type::U64,
        _ => return None,
    };
    Some(Number { of, big_endian })
}

enum Source<'a> {
    Plain(&'a [u8]),
    Packed(ZlibDecoder<&'a [u8]>),
}

impl Read for Source<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Source::Plain(source) => source.read(bytes),
            Source::Packed(source) => source.read(bytes),
        }
    }
}

/// One element's bytes, read once from start to end.
pub struct Stream<'a> {
    source: Source<'a>,
    /// Bytes read so far.
    pub at: u64,
    /// Bytes that may be read.
    most: u64,
    /// Whether the first byte of a number weighs most.
    pub big_endian: bool,
}

impl<'a> Stream<'a> {
    /// Bytes as they lie in the file.
    pub fn plain(bytes: &'a [u8], big_endian: bool) -> Self {
        Stream { source: Source::Plain(bytes), at: 0, most: bytes.len() as u64, big_endian }
    }

    /// Bytes that unpack to at most `most`.
    pub fn packed(bytes: &'a [u8], big_endian: bool, most: u64) -> Self {
        Stream { source: Source::Packed(ZlibDecoder::new(bytes)), at: 0, most, big_endian }
    }

    /// Reads so many bytes.
    ///
    /// # Errors
    /// There are fewer, or they are damaged.
    pub fn exactly(&mut self, bytes: &mut [u8]) -> Result<(), String> {
        self.pass(bytes.len() as u64)?;
        exactly(&mut self.source, bytes)
    }

    fn pass(&mut self, bytes: u64) -> Result<(), String> {
        self.at = self.at.saturating_add(bytes);
        match &self.source {
            Source::Packed(_) if self.at > self.most => Err(format!(
                "unpacks to more than {} MiB, too much for a file of this size; save it with '-v6', which does not pack",
                self.most >> 20
            )),
            _ if self.at > self.most => Err("ends too early".to_owned()),
            _ => Ok(()),
        }
    }

    /// Reads bytes and forgets them.
    ///
    /// # Errors
    /// There are fewer, or they are damaged.
    pub fn skip(&mut self, bytes: u64) -> Result<(), String> {
        self.pass(bytes)?;
        let skipped = copy(&mut (&mut self.source).take(bytes), &mut sink()).map_err(|e| format!("is damaged: {e}"))?;
        if skipped == bytes { Ok(()) } else { Err("ends too early".to_owned()) }
    }

    /// Goes on to the byte `end`.
    ///
    /// # Errors
    /// What was read reached beyond it, or there are fewer bytes.
    pub fn skip_to(&mut self, end: u64) -> Result<(), String> {
        let left = end.checked_sub(self.at).ok_or("has parts that are longer than the whole")?;
        self.skip(left)
    }

    /// Reads what is left, so that a packed element's checksum is compared.
    ///
    /// # Errors
    /// It is damaged.
    pub fn finish(&mut self) -> Result<(), String> {
        // One more byte than there should be: the end is seen, and nothing is unpacked without bound.
        copy(&mut (&mut self.source).take(1), &mut sink()).map(drop).map_err(|error| format!("is damaged: {error}"))
    }

    fn u32(&mut self) -> Result<u32, String> {
        let mut bytes = [0; 4];
        self.exactly(&mut bytes)?;
        Ok(self.number32(bytes))
    }

    fn number32(&self, bytes: [u8; 4]) -> u32 {
        if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }

    /// What the next element is.
    ///
    /// # Errors
    /// There is none, or it is damaged.
    pub fn tag(&mut self) -> Result<Tag, String> {
        let first = self.u32()?;
        let mut second = [0; 4];
        self.exactly(&mut second)?;
        // Up to four bytes of data lie in the tag, its first half holding both the size and the kind.
        if first >> 16 == 0 {
            return Ok(Tag { kind: first, size: u64::from(self.number32(second)), small: None });
        }
        let size = u64::from(first >> 16);
        if size > 4 {
            return Err(format!("is damaged: {size} bytes in a place for 4"));
        }
        Ok(Tag { kind: first & 0xffff, size, small: Some(second) })
    }

    /// Hands on an element's data piece by piece, each but the last a whole number of numbers of any size.
    ///
    /// # Errors
    /// They are damaged, or not taken.
    pub fn data(&mut self, tag: Tag, mut take: impl FnMut(&[u8]) -> Result<(), String>) -> Result<(), String> {
        if let Some(small) = tag.small {
            return take(small.get(..usize::try_from(tag.size).unwrap_or(0)).unwrap_or_default());
        }
        let mut left = tag.size;
        let mut chunk = vec![0; usize::try_from(left).unwrap_or(CHUNK).min(CHUNK)];
        while left > 0 {
            let part = usize::try_from(left).unwrap_or(CHUNK).min(chunk.len());
            self.exactly(&mut chunk[..part])?;
            take(&chunk[..part])?;
            left -= part as u64;
        }
        // Elements start at multiples of eight bytes; the last one of a file may lack its padding.
        self.skip((8 - tag.size % 8) % 8)
    }

    /// An element of few bytes as a whole.
    ///
    /// # Errors
    /// It is damaged, or longer than `most`.
    pub fn short(&mut self, what: &str, most: u64) -> Result<(u32, Vec<u8>), String> {
        let tag = self.tag()?;
        if tag.size > most {
            return Err(format!("is damaged: its {what} take {} bytes", tag.size));
        }
        let mut bytes = Vec::new();
        self.data(tag, |part| {
            bytes.extend_from_slice(part);
            Ok(())
        })?;
        Ok((tag.kind, bytes))
    }

    /// Whole numbers of 32 bits, as in flags and lengths of axes.
    ///
    /// # Errors
    /// It is damaged, or more than `most` bytes.
    pub fn words(&mut self, what: &str, most: u64) -> Result<Vec<u32>, String> {
        let (kind, bytes) = self.short(what, most)?;
        if ![kind::INT32, kind::UINT32].contains(&kind) {
            return Err(format!("is damaged: its {what} are of kind {kind}"));
        }
        Ok(bytes.chunks_exact(4).map(|word| self.number32(word.try_into().unwrap_or_default())).collect())
    }
}
