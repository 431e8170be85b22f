//! Every reader of a format on bytes in memory, its parameters left out or guessed: for fuzzing and for measurements.

use crate::dataset::{Dataset, DatasetError, arff, csv, file, guess, guess_table, idx, jsonl, mat, npy, npz, text};

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
    Reader {
        kind: "csv",
        // The guess finds the separator, the classes and the words; without it cells are numbers.
        read: |bytes| {
            guess_table::csv(bytes, PATH)
                .and_then(|guess| csv::parse(bytes, PATH, &file::params(&guess.values)?))
                .or_else(|_| csv::parse(bytes, PATH, &csv::Params::default()))
        },
        guess: |bytes| guess_table::csv(bytes, PATH).map(drop),
    },
    Reader {
        kind: "arff",
        read: |bytes| {
            guess_table::arff(bytes, PATH)
                .and_then(|guess| arff::parse(bytes, PATH, &file::params(&guess.values)?))
                .or_else(|_| arff::parse(bytes, PATH, &arff::Params::default()))
        },
        guess: |bytes| guess_table::arff(bytes, PATH).map(drop),
    },
    Reader {
        kind: "jsonl",
        read: |bytes| {
            guess_table::jsonl(bytes, PATH)
                .and_then(|guess| jsonl::parse(bytes, PATH, &file::params(&guess.values)?))
                .or_else(|_| jsonl::parse(bytes, PATH, &jsonl::Params::default()))
        },
        guess: |bytes| guess_table::jsonl(bytes, PATH).map(drop),
    },
    Reader {
        kind: "text",
        // Classes before a tab and a file of classes take the same bytes in turn.
        read: |bytes| {
            let classes = text::LineLabels::File(PATH.to_owned());
            text::parse(bytes, PATH, &text::LineLabels::Before, None)
                .or_else(|_| text::parse(bytes, PATH, &classes, Some((bytes, PATH))))
                .or_else(|_| text::parse(bytes, PATH, &text::LineLabels::None, None))
        },
        guess: |bytes| guess_table::text(bytes, PATH).map(drop),
    },
];

/// The reader of this kind.
pub fn find(kind: &str) -> Option<&'static Reader> {
    READERS.iter().find(|reader| reader.kind == kind)
}
