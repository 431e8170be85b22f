//! What other runs write into a results folder while this one is at work.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::store::journal::{self, Record};

/// Reads the journals of other runs as they grow. As long as no other run has begun a journal, looking costs one call
/// to the system.
#[derive(Debug)]
pub struct Others {
    folder: PathBuf,
    own: PathBuf,
    /// When a journal was last added.
    modified: Option<SystemTime>,
    joined: bool,
    /// How much of each journal has been read.
    read: HashMap<PathBuf, u64>,
}

impl Others {
    /// Beside the journal `own`; `joined` where another run is at work already.
    pub fn new(own: &Path, joined: bool) -> Self {
        let folder = own.parent().map_or_else(PathBuf::new, Path::to_owned);
        Others { modified: modified(&folder), folder, own: own.to_owned(), joined, read: HashMap::new() }
    }

    /// The records that were written since the last look; at the first one with another run about, all of them.
    ///
    /// # Errors
    /// The disk's.
    pub fn news(&mut self) -> io::Result<Vec<Record>> {
        self.joined = self.joined || modified(&self.folder) != self.modified;
        let mut records = Vec::new();
        if !self.joined {
            return Ok(records);
        }
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path != self.own && journal::is_journal(&path) {
                let from = self.read.entry(path.clone()).or_default();
                *from += read_on(&path, *from, &mut records)?;
            }
        }
        Ok(records)
    }
}

fn modified(folder: &Path) -> Option<SystemTime> {
    fs::metadata(folder).and_then(|meta| meta.modified()).ok()
}

/// Reads the whole lines from a place on; how many bytes they have.
fn read_on(path: &Path, from: u64, records: &mut Vec<Record>) -> io::Result<u64> {
    let mut file = File::open(path)?;
    if file.metadata()?.len() <= from {
        return Ok(0);
    }
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    records.extend(String::from_utf8_lossy(&bytes[..whole]).lines().filter_map(journal::from_line));
    Ok(whole as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::journal::Journal;

    fn start(trial: &str) -> Record {
        Record::Start { trial: trial.to_owned(), attempt: 1 }
    }

    fn trials(records: &[Record]) -> Vec<&str> {
        let mut found = Vec::new();
        for record in records {
            if let Record::Start { trial, .. } = record {
                found.push(trial.as_str());
            }
        }
        found
    }

    #[test]
    fn records_of_a_run_that_joins_are_seen_once_and_own_ones_never() {
        let folder = tempfile::tempdir().unwrap();
        let mut own = Journal::create(folder.path(), "local", false).unwrap();
        let mut others = Others::new(own.path(), false);
        own.append(&start("mine")).unwrap();
        assert!(others.news().unwrap().is_empty());
        let mut joined = Journal::create(folder.path(), "local", false).unwrap();
        joined.append(&start("a")).unwrap();
        assert_eq!(trials(&others.news().unwrap()), ["a"]);
        joined.append(&start("b")).unwrap();
        assert_eq!(trials(&others.news().unwrap()), ["b"]);
        assert!(others.news().unwrap().is_empty());
    }

    #[test]
    fn a_torn_last_line_is_read_once_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let own = Journal::create(folder.path(), "local", false).unwrap();
        let mut others = Others::new(own.path(), true);
        let path = own.path().with_file_name("other.jsonl");
        let line = journal::to_line(&start("a")).unwrap();
        fs::write(&path, &line[..10]).unwrap();
        assert!(others.news().unwrap().is_empty());
        fs::write(&path, &line).unwrap();
        assert_eq!(trials(&others.news().unwrap()), ["a"]);
    }
}
