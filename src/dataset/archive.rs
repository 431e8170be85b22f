//! The arrays of an NPZ file, which is a ZIP archive of NPY files.

use std::io::Cursor;

use ndarray::Array2;
use zip::ZipArchive;
use zip::read::ZipFile;

use crate::dataset::budget::Budget;
use crate::dataset::npy::format;
use crate::dataset::{DatasetError, Labels, file};

const SUFFIX: &str = ".npy";

/// The arrays of a file, read one by one.
pub struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// For messages.
    pub path: &'a str,
    /// The arrays' names, in the file's order.
    pub names: Vec<String>,
    /// What may still be taken.
    pub budget: Budget,
}

impl<'a> Archive<'a> {
    /// Opens the bytes of a file; `path` is for messages.
    ///
    /// # Errors
    /// It is no archive.
    pub fn open(bytes: &'a [u8], path: &'a str) -> Result<Self, DatasetError> {
        let zip =
            ZipArchive::new(Cursor::new(bytes)).map_err(|e| file::error(path, format!("not an NPZ file: {e}")))?;
        let names = zip.file_names().map(|name| name.strip_suffix(SUFFIX).unwrap_or(name).to_owned()).collect();
        Ok(Archive { zip, path, names, budget: Budget::of(bytes.len()) })
    }

    /// The shape of an array, and what it holds.
    ///
    /// # Errors
    /// It is damaged.
    pub fn header(&mut self, name: &str) -> Result<format::Header, DatasetError> {
        self.member(name, |member, _| format::header(member))
    }

    /// An array's shape and its numbers as `[first axis, all others]`.
    ///
    /// # Errors
    /// It is damaged, or holds no numbers.
    pub fn array(&mut self, name: &str) -> Result<(Vec<usize>, Array2<f64>), DatasetError> {
        self.member(name, |member, budget| format::numbers(member, budget))
    }

    /// An array of one label a row.
    ///
    /// # Errors
    /// It is damaged, or holds no such labels.
    pub fn labels(&mut self, name: &str, rows: usize) -> Result<Labels, DatasetError> {
        self.member(name, |member, budget| format::labels(member, name, rows, budget))
    }

    fn member<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut ZipFile<'_, Cursor<&'a [u8]>>, &mut Budget) -> Result<T, String>,
    ) -> Result<T, DatasetError> {
        let index = self.names.iter().position(|known| known == name).unwrap_or(usize::MAX);
        let result = match self.zip.by_index(index) {
            Ok(mut member) => read(&mut member, &mut self.budget),
            Err(error) => Err(format!("is damaged: {error}")),
        };
        result.map_err(|what| file::error(self.path, format!("array `{name}` {what}")))
    }
}
