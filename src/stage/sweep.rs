//! What is not kept any longer: entries that nobody has used for long, the ones least recently used where there is too
//! much, and what dead processes left behind. What somebody works on is left alone.

use std::fs::{self, DirEntry};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock;
use crate::diagnostic::io_words;
use crate::stage::Permit;

/// How much is kept.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of all entries at most.
    pub size: u64,
    /// Since the last use of an entry at most.
    pub age: Duration,
}

/// What goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// What is beyond the limits.
    Limits(Limits),
    /// Everything.
    All,
}

/// Why an entry goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Not used for longer than the limit.
    Age,
    /// Least recently used, and there is more than the limit.
    Size,
    /// Everything goes.
    All,
    /// Of a process that died while it wrote.
    Leftover,
}

/// A kept stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Kind of the stage.
    pub kind: String,
    /// The file; its name is the hash.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Since its last use.
    pub unused: Duration,
}

/// What a sweep did, or would do.
#[derive(Debug, Default)]
pub struct Swept {
    /// Removed, with the reason.
    pub removed: Vec<(Entry, Why)>,
    /// Kept.
    pub left: Vec<Entry>,
    /// Should go, but somebody works on it; also among `left`.
    pub busy: usize,
    /// What could not be removed, with the system's word on it; also among `left`.
    pub trouble: Option<String>,
}

/// Removes by a rule below the folder of the stages; with `dry` it is only said what would go.
pub fn sweep(stages: &Path, rule: Rule, dry: bool) -> Swept {
    let Survey { mut entries, leftovers } = survey(stages);
    let mut swept = Swept::default();
    // A file that is read has a newer time: the least recently used come first.
    entries.sort_by(|a, b| b.unused.cmp(&a.unused).then_with(|| a.path.cmp(&b.path)));
    let mut total: u64 = entries.iter().map(|entry| entry.bytes).sum();
    for entry in entries {
        let why = match rule {
            Rule::All => Some(Why::All),
            Rule::Limits(limits) if entry.unused > limits.age => Some(Why::Age),
            Rule::Limits(limits) if total > limits.size => Some(Why::Size),
            Rule::Limits(_) => None,
        };
        let bytes = entry.bytes;
        if !swept.remove(entry, why, dry) {
            continue;
        }
        total -= bytes;
    }
    for leftover in leftovers {
        let entry = leftover.path.with_extension("");
        if leftover.path.extension().is_some_and(|ending| ending == "lock") {
            // Taking the permit and giving it back removes it.
            if !dry {
                drop(Permit::try_take(&entry));
            }
        } else if !Permit::is_held(&entry) {
            swept.remove(leftover, Some(Why::Leftover), dry);
        }
    }
    swept
}

impl Swept {
    /// Removes an entry if there is a reason and nobody works on it; whether it went.
    fn remove(&mut self, entry: Entry, why: Option<Why>, dry: bool) -> bool {
        let Some(why) = why else {
            self.left.push(entry);
            return false;
        };
        let own = entry.path.with_extension("");
        let removed = if dry {
            Ok(!Permit::is_held(&own))
        } else {
            Permit::try_take(&own).and_then(|permit| match permit {
                Some(_permit) => fs::remove_file(&entry.path).map(|()| true),
                None => Ok(false),
            })
        };
        match removed {
            Ok(true) => {
                self.removed.push((entry, why));
                return true;
            }
            Ok(false) => self.busy += 1,
            Err(error) => {
                self.trouble.get_or_insert_with(|| format!("`{}`: {}", entry.path.display(), io_words(&error)));
            }
        }
        self.left.push(entry);
        false
    }
}

struct Survey {
    entries: Vec<Entry>,
    /// Locks and half-written files: of the living and of the dead.
    leftovers: Vec<Entry>,
}

/// Everything of ours below the folder; other files are nobody's business.
fn survey(stages: &Path) -> Survey {
    let mut found = Survey { entries: Vec::new(), leftovers: Vec::new() };
    for kind in folders(stages) {
        for folder in folders(&kind.path()) {
            for file in children(&folder.path()) {
                let path = file.path();
                let is_hash = path
                    .file_stem()
                    .and_then(|stem| stem.to_str())
                    .is_some_and(|stem| stem.len() == 64 && stem.bytes().all(|byte| byte.is_ascii_hexdigit()));
                let Some(meta) = file.metadata().ok().filter(|meta| is_hash && meta.is_file()) else { continue };
                let unused = meta.modified().ok().and_then(clock::since).unwrap_or_default();
                let kind = kind.file_name().to_string_lossy().into_owned();
                let list = match path.extension().and_then(|ending| ending.to_str()) {
                    None => &mut found.entries,
                    Some("lock" | "part") => &mut found.leftovers,
                    Some(_) => continue,
                };
                list.push(Entry { kind, path, bytes: meta.len(), unused });
            }
        }
    }
    found
}

fn children(folder: &Path) -> Vec<DirEntry> {
    fs::read_dir(folder).map(|entries| entries.flatten().collect()).unwrap_or_default()
}

fn folders(folder: &Path) -> impl Iterator<Item = DirEntry> {
    children(folder).into_iter().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
}
