//! Journals: append-only files of JSON lines, one writer each, every line with its checksum. A reader stops at a
//! torn last line; a damaged line in the middle is left out, counted and named.

use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::clock;
use crate::store::outcome::{Measured, ResultBlock};

/// The format that this version writes; a newer one is refused, an older one is read.
pub const FORMAT: u32 = 1;

/// One line of a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Record {
    /// The first line: who writes.
    Open {
        /// The journal's format.
        format: u32,
        /// gridbook's version.
        gridbook: String,
        /// When, UTC.
        time: String,
    },
    /// A trial was handed to a worker.
    Start {
        /// Its id.
        trial: String,
        /// From 1, counted over all journals.
        attempt: u32,
    },
    /// A trial ended.
    End {
        /// Its id.
        trial: String,
        /// The attempt that ended.
        attempt: u32,
        /// What depends on the trial alone.
        result: Box<ResultBlock>,
        /// What the clock and the machine say.
        measured: Box<Measured>,
    },
    /// Scores made from a finished trial's predictions, for metrics that were asked for later.
    Score {
        /// Its id.
        trial: String,
        /// Scores by metric name.
        scores: BTreeMap<String, f64>,
        /// Metrics without a value, with the reason.
        undefined: BTreeMap<String, String>,
    },
    /// A trial was stopped by the user or by a fault of the machine, which is no failure.
    Interrupted {
        /// Its id.
        trial: String,
        /// The attempt that was stopped.
        attempt: u32,
    },
    /// The last line of a run that ended by itself.
    Close {
        /// When, UTC.
        time: String,
    },
}

/// A journal being written.
pub struct Journal {
    path: PathBuf,
    file: File,
    synced: Instant,
    sync_always: bool,
}

impl Journal {
    /// Begins a new journal under `results/journal`.
    ///
    /// # Errors
    /// The disk's.
    pub fn create(results: &Path, slot: &str, sync_always: bool) -> io::Result<Self> {
        let folder = results.join("journal");
        fs::create_dir_all(&folder)?;
        let random = RandomState::new().build_hasher().finish() & 0xffff_ffff;
        let path = folder.join(format!("{}-{slot}-{random:08x}.jsonl", clock::now_for_file_names()));
        let file = OpenOptions::new().append(true).create_new(true).open(&path)?;
        let mut journal = Journal { path, file, synced: Instant::now(), sync_always };
        journal.append(&Record::Open {
            format: FORMAT,
            gridbook: env!("CARGO_PKG_VERSION").to_owned(),
            time: clock::now(),
        })?;
        Ok(journal)
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Hands a record to the kernel whole; synced to the disk at most a second later.
    ///
    /// # Errors
    /// The disk's.
    pub fn append(&mut self, record: &Record) -> io::Result<()> {
        let line = to_line(record)?;
        self.file.write_all(line.as_bytes())?;
        if self.sync_always || self.synced.elapsed() > Duration::from_secs(1) {
            self.file.sync_data()?;
            self.synced = Instant::now();
        }
        Ok(())
    }

    /// Writes the last line and syncs.
    ///
    /// # Errors
    /// The disk's.
    pub fn close(mut self) -> io::Result<()> {
        self.append(&Record::Close { time: clock::now() })?;
        self.file.sync_data()
    }
}

/// The line of a record, with its checksum.
pub(super) fn to_line(record: &Record) -> io::Result<String> {
    let mut line = serde_json::to_string(record)?;
    let sum = crc32fast::hash(line.as_bytes());
    line.pop();
    line.push_str(&format!(",\"crc\":\"{sum:08x}\"}}\n"));
    Ok(line)
}

/// The record of a line, if its checksum holds.
pub(super) fn from_line(line: &str) -> Option<Record> {
    let (body, crc) = line.trim_end().rsplit_once(",\"crc\":\"")?;
    let whole = format!("{body}}}");
    let sum = u32::from_str_radix(crc.strip_suffix("\"}")?, 16).ok()?;
    (crc32fast::hash(whole.as_bytes()) == sum).then(|| serde_json::from_str(&whole).ok())?
}

/// Everything that the journals of a results folder say.
#[derive(Debug, Default)]
pub struct Journals {
    /// Journal name and record, journals in order of their names.
    pub records: Vec<(String, Record)>,
    /// Damaged lines left out: file name and line number.
    pub damaged: Vec<(String, usize)>,
}

/// Whether a file is a journal by its name.
pub(super) fn is_journal(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "jsonl")
}

/// Reads every journal of a results folder; a folder without any is empty.
///
/// # Errors
/// The disk's, or a journal of a newer format.
pub fn read_all(results: &Path) -> io::Result<Journals> {
    let folder = results.join("journal");
    let mut names: Vec<String> = match fs::read_dir(&folder) {
        Ok(entries) => entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| is_journal(Path::new(name)))
            .collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    names.sort_unstable();
    let mut journals = Journals::default();
    for name in names {
        let text = String::from_utf8_lossy(&fs::read(folder.join(&name))?).into_owned();
        read_one(&name, &text, &mut journals)?;
    }
    Ok(journals)
}

fn read_one(name: &str, text: &str, journals: &mut Journals) -> io::Result<()> {
    let whole = text.ends_with('\n');
    let lines: Vec<&str> = text.lines().collect();
    for (number, line) in lines.iter().enumerate() {
        match from_line(line) {
            Some(Record::Open { format, .. }) if format > FORMAT => {
                let message =
                    format!("journal `{name}` has format {format}; this gridbook reads up to format {FORMAT}");
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
            Some(record) => journals.records.push((name.to_owned(), record)),
            None if number + 1 == lines.len() && !whole => {}
            None => journals.damaged.push((name.to_owned(), number + 1)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::outcome::Status;

    fn start(trial: &str) -> Record {
        Record::Start { trial: trial.to_owned(), attempt: 1 }
    }

    #[test]
    fn a_line_reads_back_equal_and_a_changed_byte_is_noticed() {
        let mut result = ResultBlock::of(Status::Finished);
        result.scores.insert("acc".to_owned(), 0.1 + 0.2);
        let record = Record::End {
            trial: "a".to_owned(),
            attempt: 2,
            result: Box::new(result),
            measured: Box::new(Measured { fit_seconds: 1.0 / 3.0, ..Measured::default() }),
        };
        let line = to_line(&record).expect("a line");
        assert_eq!(from_line(&line), Some(record));
        assert_eq!(from_line(&line.replace("acc", "aca")), None);
    }

    #[test]
    fn a_torn_last_line_is_left_out_and_a_damaged_middle_is_counted() {
        let lines: Vec<String> = ["a", "b", "c"].iter().map(|t| to_line(&start(t)).expect("a line")).collect();
        let torn = format!("{}{}{}", lines[0], lines[1], &lines[2][..10]);
        let mut journals = Journals::default();
        read_one("j", &torn, &mut journals).expect("readable");
        assert_eq!((journals.records.len(), journals.damaged.len()), (2, 0));

        let damaged = format!("{}{}{}", lines[0], lines[1].replace("\"b\"", "\"x\""), lines[2]);
        let mut journals = Journals::default();
        read_one("j", &damaged, &mut journals).expect("readable");
        assert_eq!(journals.records.len(), 2);
        assert_eq!(journals.damaged, vec![("j".to_owned(), 2)]);
    }

    #[test]
    fn a_newer_format_is_refused_by_name() {
        let open = Record::Open { format: FORMAT + 1, gridbook: "9".to_owned(), time: String::new() };
        let error = read_one("j", &to_line(&open).expect("a line"), &mut Journals::default()).expect_err("refused");
        assert!(error.to_string().contains("format 2"), "{error}");
    }
}
