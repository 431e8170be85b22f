//! The arrays of an NPZ file, which is a ZIP archive of NPY files.

use std::io::Cursor;

use ndarray::ArrayD;
use zip::ZipArchive;
use zip::read::ZipFile;

use crate::dataset::{DatasetError, file, npy};

const SUFFIX: &str = ".npy";

/// The arrays of a file, read one by one.
pub struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// For messages.
    pub path: &'a str,
    /// The arrays' names, in the file's order.
    pub names: Vec<String>,
    /// Bytes that may still be unpacked.
    left: u64,
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
        Ok(Archive { zip, path, names, left: file::most_unpacked(bytes.len() as u64) })
    }

    /// The shape of an array, and whether it holds numbers.
    ///
    /// # Errors
    /// It is damaged.
    pub fn header(&mut self, name: &str) -> Result<npy::Header, DatasetError> {
        self.member(name, |member, _| npy::header(member))
    }

    /// An array as f64.
    ///
    /// # Errors
    /// It is damaged, or holds no numbers.
    pub fn array(&mut self, name: &str) -> Result<ArrayD<f64>, DatasetError> {
        self.member(name, |member, left| npy::read(member, left))
    }

    fn member<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut ZipFile<'_, Cursor<&'a [u8]>>, &mut u64) -> Result<T, String>,
    ) -> Result<T, DatasetError> {
        let index = self.names.iter().position(|known| known == name).unwrap_or(usize::MAX);
        let result = match self.zip.by_index(index) {
            Ok(mut member) => read(&mut member, &mut self.left),
            Err(error) => Err(format!("is damaged: {error}")),
        };
        result.map_err(|what| file::error(self.path, format!("array `{name}` {what}")))
    }
}
