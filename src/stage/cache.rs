//! Kept stages: `<folder>/stages/<kind>/<first two digits>/<hash>`. Whatever is wrong with a file or the folder, the
//! stage is computed: nothing here fails a trial.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock;
use crate::diagnostic::io_words;
use crate::stage::entry;
use crate::stage::sweep::{self, Limits, Rule};
use crate::stage::{Key, Permit, Seconds, Trace};

/// Seconds between two looks at the size and the age of what is kept.
const BETWEEN_SWEEPS: Duration = Duration::from_mins(1);
/// The file whose time is that of the last look.
const SWEPT: &str = ".swept";

/// Where stages are kept, and how much.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The cache folder; stages are below `stages` in it.
    pub folder: PathBuf,
    /// What is kept at most.
    pub limits: Limits,
}

impl Place {
    /// The folder of the stages.
    pub fn stages(&self) -> PathBuf {
        self.folder.join("stages")
    }

    /// Says why nothing can be kept here, if so.
    ///
    /// # Errors
    /// That.
    pub fn check(&self) -> Result<(), String> {
        let stages = self.stages();
        // Locking needs a file that can be written; a name of its own, since another process may look too.
        let probe = stages.join(format!(".probe-{}", std::process::id()));
        let tried =
            fs::create_dir_all(&stages).and_then(|()| File::create(&probe)).and_then(|_| fs::remove_file(&probe));
        tried.map_err(|error| format!("`{}`: {}", stages.display(), io_words(&error)))
    }
}

/// The stages of one numeric class.
#[derive(Debug)]
pub struct Cache {
    place: Place,
    class: String,
}

/// How asking for a stage begins.
pub enum Begun<T> {
    /// It is there.
    Found(Found<T>),
    /// It is to be computed, by nobody else meanwhile, and [kept](Cache::keep).
    Mine(Permit),
    /// It is to be computed and cannot be kept, for this reason.
    Without(String),
}

/// A stage that was read.
pub struct Found<T> {
    /// What it gave.
    pub product: T,
    /// What it said.
    pub trace: Trace,
    /// What it took.
    pub seconds: Seconds,
}

impl Cache {
    /// At a place, for results of a numeric class.
    pub fn new(place: Place, class: &str) -> Self {
        Cache { place, class: class.to_owned() }
    }

    /// The numeric class.
    pub fn class(&self) -> &str {
        &self.class
    }

    /// Where a stage is or would be.
    pub fn path(&self, key: &Key) -> PathBuf {
        self.place.stages().join(key.kind).join(key.hash.get(..2).unwrap_or_default()).join(&key.hash)
    }

    /// Looks for a stage; where somebody computes it now, `waits` is called and the end of that is waited for. `read`
    /// makes the product from its bytes, or says that they are none.
    pub fn begin<T>(&self, key: &Key, read: impl Fn(&[u8]) -> Option<T>, waits: impl FnOnce()) -> Begun<T> {
        let path = self.path(key);
        if let Some(found) = look(&path, key, &read) {
            return Begun::Found(found);
        }
        let folder = path.parent().unwrap_or(&path);
        let permit = fs::create_dir_all(folder).and_then(|()| Permit::take(&path, waits));
        match permit {
            Err(error) => Begun::Without(self.trouble(&error)),
            // Whoever had the permit before may have left it here.
            Ok(permit) => look(&path, key, &read).map_or(Begun::Mine(permit), Begun::Found),
        }
    }

    /// Keeps what was computed, in place of whatever was there, and lets those who wait have it.
    ///
    /// # Errors
    /// Why it cannot be kept, for a person.
    pub fn keep(
        &self,
        permit: Permit,
        key: &Key,
        seconds: Seconds,
        trace: &Trace,
        product: &[u8],
    ) -> Result<(), String> {
        // What is larger than everything may be would push everything else out and then go itself.
        if product.len() as u64 > self.place.limits.size {
            return Ok(());
        }
        let kept = entry::write(&self.path(key), key, seconds, &[&trace.to_line(), product]);
        drop(permit);
        kept.map_err(|error| self.trouble(&error))?;
        self.sweep_now_and_then();
        Ok(())
    }

    fn sweep_now_and_then(&self) {
        let stages = self.place.stages();
        let stamp = stages.join(SWEPT);
        let last = fs::metadata(&stamp).and_then(|meta| meta.modified()).ok();
        // A time that is still to come is no time of a look: the clock was set back.
        let due = last.is_none_or(|last| clock::since(last).is_none_or(|since| since >= BETWEEN_SWEEPS));
        if due && File::create(&stamp).and_then(|file| file.set_modified(clock::system())).is_ok() {
            sweep::sweep(&stages, Rule::Limits(self.place.limits), false);
        }
    }

    fn trouble(&self, error: &io::Error) -> String {
        format!("stages cannot be kept in `{}`: {}", self.place.stages().display(), io_words(error))
    }
}

/// Reads a stage if it is there and whole, and marks it as used.
fn look<T>(path: &Path, key: &Key, read: &impl Fn(&[u8]) -> Option<T>) -> Option<Found<T>> {
    let bytes = fs::read(path).ok()?;
    let (seconds, content) = entry::content(&bytes, key)?;
    let (trace, product) = Trace::from_line(content)?;
    let product = read(product)?;
    // Where this is not allowed the entry only looks older than it is.
    let _ = File::open(path).and_then(|file| file.set_modified(clock::system()));
    Some(Found { product, trace, seconds })
}
