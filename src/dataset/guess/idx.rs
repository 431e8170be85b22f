//! Where the labels of an IDX file lie.

use std::path::Path;

use crate::dataset::file::{self, LABELS};
use crate::dataset::guess::Guess;
use crate::dataset::{DatasetError, idx as format};
use crate::parameter::Values;
use crate::value::Value;

/// Of an IDX file's unpacked bytes; `place` is where it lies, so that labels are found beside it.
///
/// # Errors
/// They are not IDX.
pub fn idx(mut bytes: &[u8], path: &str, place: Option<&Path>) -> Result<Guess, DatasetError> {
    format::header(&mut bytes).map_err(|what| file::error(path, what))?;
    let mut values = Values::new();
    if let Some(labels) = place.and_then(beside) {
        values.insert(LABELS.to_owned(), Value::Text(labels));
    }
    Ok(Guess { values, left_out: Vec::new() })
}

/// `train-labels-idx1-ubyte.gz` beside `train-images-idx3-ubyte.gz`, if it is there, packed or not.
fn beside(images: &Path) -> Option<String> {
    let name = images.file_name()?.to_str()?;
    let labels = name.replace("images", "labels").replace("idx3", "idx1");
    let plain = labels.strip_suffix(".gz").unwrap_or(&labels);
    let there = |name: &str| Some(images.with_file_name(name)).filter(|path| name.contains("labels") && path.is_file());
    let found = there(&labels).or_else(|| there(plain)).or_else(|| there(&format!("{plain}.gz")))?;
    (found != images).then(|| found.to_string_lossy().into_owned())
}
