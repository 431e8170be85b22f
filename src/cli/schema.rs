//! `gridbook schema`: the JSON Schema of experiment files.

use crate::cli::{Failure, print_json};
use crate::schema;

/// Prints it.
pub fn run() -> Result<u8, Failure> {
    print_json(&schema::experiment()).map(|()| 0)
}
