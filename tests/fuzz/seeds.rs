//! What the damage starts from: good files, and what is packed again around a damaged inside.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

/// A good file, or its inside.
pub struct Seed {
    pub bytes: Vec<u8>,
    /// Puts the damaged inside into a file whose checksums are right.
    pub wrap: fn(Vec<u8>) -> Vec<u8>,
}

/// Where a reader's damage starts.
pub struct Seeds {
    pub seeds: Vec<Seed>,
    /// Words of the format.
    pub tokens: &'static [&'static [u8]],
}

macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!("../data/readers/", $name))
    };
}

pub fn plain(bytes: &[u8]) -> Seed {
    Seed { bytes: bytes.to_vec(), wrap: |bytes| bytes }
}

fn wrapped(bytes: &[u8], wrap: fn(Vec<u8>) -> Vec<u8>) -> Seed {
    Seed { bytes: bytes.to_vec(), wrap }
}

/// The seeds of a reader; none where it has none yet.
pub fn of(kind: &str) -> Option<Seeds> {
    let (seeds, tokens): (_, &[&[u8]]) = match kind {
        "npy" => (vec![plain(file!("same-x.npy")), plain(file!("same-y.npy")), plain(file!("same-f.npy"))], NPY),
        "npz" => (
            vec![
                plain(file!("same-c.npz")),
                plain(file!("same-big-endian.npz")),
                plain(file!("same-text.npz")),
                wrapped(file!("same-x.npy"), zip),
                wrapped(file!("same-f.npy"), zip),
                wrapped(file!("same-words.npy"), zip_labels),
            ],
            NPY,
        ),
        "mat" => (
            vec![
                plain(file!("same.mat")),
                plain(file!("everything.mat")),
                plain(file!("everything-v6.mat")),
                plain(file!("same-v6.mat")),
                wrapped(&file!("same-v6.mat")[128..], packed_element),
                wrapped(&file!("cells-v6.mat")[128..], packed_element),
                plain(file!("cells-v6.mat")),
                plain(file!("same-words-v6.mat")),
                plain(file!("same-letters-v6.mat")),
            ],
            MAT,
        ),
        "idx" => (
            vec![
                plain(file!("same-x.idx")),
                plain(file!("same-y.idx")),
                wrapped(file!("same-x.idx"), gzip),
                wrapped(file!("same-y.idx"), gzip),
            ],
            &[],
        ),
        _ => return crate::tables::of(kind),
    };
    Some(Seeds { seeds, tokens })
}

const NPY: &[&[u8]] = &[
    b"<f8",
    b"<f4",
    b"<f2",
    b">i8",
    b"<u4",
    b"|b1",
    b"|S1",
    b"<U3",
    b"<U0",
    b"|O",
    b"<c16",
    b"True",
    b"False",
    b"(3, 4)",
    b"(30,)",
    b"(2, 3, 5, 4)",
    b"()",
    b", ",
    b"'shape': (5, ",
    b"[('a', '<f8')]",
    b"\x93NUMPY\x02\x00",
];

/// Kinds and classes, as words.
const MAT: &[&[u8]] = &[
    &[14, 0, 0, 0],
    &[15, 0, 0, 0],
    &[1, 0, 4, 0],
    &[2, 0, 4, 0],
    &[5, 0, 0, 0],
    &[6, 0, 0, 0],
    &[9, 0, 0, 0],
    &[1, 0, 0, 0],
    &[4, 0, 0, 0],
    &[17, 0, 0, 0],
    &[0, 0, 0, 0, 0, 0, 0, 0],
    b"x",
    b"y",
    b"IM",
    b"MI",
];

fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_level(Some(1));
    for (name, bytes) in members {
        zip.start_file(*name, options).expect("a file");
        zip.write_all(bytes).expect("a file in memory");
    }
    zip.finish().expect("a file in memory").into_inner()
}

fn zip(inside: Vec<u8>) -> Vec<u8> {
    zip_of(&[("x.npy", &inside), ("y.npy", file!("same-y.npy"))])
}

fn zip_labels(inside: Vec<u8>) -> Vec<u8> {
    zip_of(&[("x.npy", file!("same-x.npy")), ("y.npy", &inside)])
}

fn packed_element(inside: Vec<u8>) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&inside).expect("bytes in memory");
    let packed = encoder.finish().expect("bytes in memory");
    let size = u32::try_from(packed.len()).unwrap_or(u32::MAX);
    let mut file = file!("same.mat")[..128].to_vec();
    file.extend([15, 0, 0, 0]);
    file.extend(size.to_le_bytes());
    file.extend(packed);
    file
}

fn gzip(inside: Vec<u8>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&inside).expect("bytes in memory");
    encoder.finish().expect("bytes in memory")
}
