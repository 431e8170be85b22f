//! The right to compute an entry, remove it, or write beside it: an advisory lock on a file of its own, which the
//! system takes back from a process that dies.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Held until it is dropped; its file goes with it.
#[derive(Debug)]
pub struct Permit {
    path: PathBuf,
    /// Unlocked when it is closed.
    _file: File,
}

impl Permit {
    /// Waits for the permit of an entry; `waits` is called once if somebody else has it.
    ///
    /// # Errors
    /// The disk's, or the file system knows no locks.
    pub fn take(entry: &Path, waits: impl FnOnce()) -> io::Result<Self> {
        let path = lock_path(entry);
        let mut waits = Some(waits);
        loop {
            let file = open(&path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    if let Some(waits) = waits.take() {
                        waits();
                    }
                    lock(&file)?;
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
            if is_at(&file, &path) {
                return Ok(Permit { path, _file: file });
            }
        }
    }

    /// The permit of an entry, if nobody has it.
    ///
    /// # Errors
    /// As [`take`](Self::take).
    pub fn try_take(entry: &Path) -> io::Result<Option<Self>> {
        let path = lock_path(entry);
        let file = open(&path)?;
        match file.try_lock() {
            Ok(()) if is_at(&file, &path) => Ok(Some(Permit { path, _file: file })),
            // Somebody was faster, or has just finished with it.
            Ok(()) | Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Whether somebody holds the permit of an entry.
    pub fn is_held(entry: &Path) -> bool {
        let file = File::options().write(true).open(lock_path(entry));
        file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        // Before it is unlocked: who waits for it finds that it is the file of this name no longer, and looks again.
        let _ = fs::remove_file(&self.path);
    }
}

fn lock_path(entry: &Path) -> PathBuf {
    entry.with_extension("lock")
}

fn open(path: &Path) -> io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(path)
}

fn lock(file: &File) -> io::Result<()> {
    loop {
        match file.lock() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            ended => return ended,
        }
    }
}

/// Whether the open file is the one of that name.
fn is_at(file: &File, path: &Path) -> bool {
    let (Ok(open), Ok(named)) = (file.metadata(), fs::metadata(path)) else { return false };
    (open.dev(), open.ino()) == (named.dev(), named.ino())
}
