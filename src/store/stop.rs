//! How a run is asked to stop from elsewhere: by a file in its results folder.

use std::fs;
use std::path::Path;

use crate::store::folder::{self, FolderError};

const FILE: &str = ".stop";

/// How soon a run is to end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// It goes on.
    #[default]
    No,
    /// Trials at work are finished, no other is begun.
    Finish,
    /// Trials at work are stopped, to be run again.
    Now,
}

impl Stop {
    fn word(self) -> &'static str {
        match self {
            Stop::No => "",
            Stop::Finish => "finish",
            Stop::Now => "now",
        }
    }
}

/// Asks whoever is at work in the folder.
///
/// # Errors
/// The disk's.
pub fn ask(results: &Path, stop: Stop) -> Result<(), FolderError> {
    folder::replace(&results.join(FILE), stop.word().as_bytes())
}

/// What is asked of the runs in this folder.
pub fn asked(results: &Path) -> Stop {
    let Ok(text) = fs::read_to_string(results.join(FILE)) else { return Stop::No };
    match text.trim() {
        "now" => Stop::Now,
        _ => Stop::Finish,
    }
}

/// What was asked of an earlier run is not asked of this one.
pub fn forget(results: &Path) {
    let _ = fs::remove_file(results.join(FILE));
}
