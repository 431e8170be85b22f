//! What an NPY file holds.

use crate::dataset::guess::Guess;
use crate::dataset::npy::format;
use crate::dataset::{DatasetError, file};
use crate::parameter::Values;

/// Of an NPY file's bytes: there is nothing to guess.
///
/// # Errors
/// They are not NPY.
pub fn npy(mut bytes: &[u8], path: &str) -> Result<Guess, DatasetError> {
    format::header(&mut bytes).map_err(|what| file::error(path, what))?;
    Ok(Guess { values: Values::new(), left_out: Vec::new() })
}
