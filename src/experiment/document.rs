//! The TOML document with the place of every key and value.

/// Where something stands: a range of bytes in one of the document's sources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Index of the source: 0 is the experiment file, later ones are what the command line set.
    pub source: usize,
    /// Bytes.
    pub span: std::ops::Range<usize>,
}
