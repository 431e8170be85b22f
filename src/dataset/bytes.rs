//! Every reader of a format on bytes in memory, its parameters left out: for fuzzing and for measurements.

use crate::dataset::{Dataset, DatasetError, guess, idx, mat, npy, npz};

/// A reader.
pub struct Reader {
    /// The kind of data set.
    pub kind: &'static str,
    /// Reads.
    pub read: fn(&[u8]) -> Result<Dataset, DatasetError>,
    /// Guesses what is meant, as `gridbook describe` does.
    pub guess: fn(&[u8]) -> Result<(), DatasetError>,
}

/// What messages call the file.
const PATH: &str = "input";

/// The readers.
pub static READERS: &[Reader] = &[
    Reader {
        kind: "npy",
        // Features and labels take the same file in turn.
        read: |bytes| npy::read(bytes, PATH, Some((PATH, bytes))).or_else(|_| npy::read(bytes, PATH, None)),
        guess: |bytes| guess::npy(bytes, PATH).map(drop),
    },
    Reader {
        kind: "npz",
        read: |bytes| npz::read(bytes, PATH, &npz::Params::default()),
        guess: |bytes| guess::npz(bytes, PATH).map(drop),
    },
    Reader {
        kind: "mat",
        read: |bytes| mat::read(bytes, PATH, &mat::Params::default()),
        guess: |bytes| guess::mat(bytes, PATH).map(drop),
    },
    Reader {
        kind: "idx",
        read: |bytes| idx::read(bytes, PATH, Some((PATH, bytes))).or_else(|_| idx::read(bytes, PATH, None)),
        guess: |bytes| guess::idx(bytes, PATH, None).map(drop),
    },
];

/// The reader of this kind.
pub fn find(kind: &str) -> Option<&'static Reader> {
    READERS.iter().find(|reader| reader.kind == kind)
}
