//! Who works in a results folder: locks that end with their process, however it ends.
//!
//! One file, `.lock`, and locks on single bytes of it that belong to the open file (Linux's "open file description"
//! locks): byte 0 is held by every run at work, and each trial at work by the run that has it, at a place that follows
//! from its id. So two runs share a plan without a server and without a file a trial.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;
use serde::{Deserialize, Serialize};

use crate::clock;

const FILE: &str = ".lock";
/// The byte that every run at work holds.
const RUN: i64 = 0;

/// A run's place in a results folder; given up when it is dropped.
#[derive(Debug)]
pub struct RunLock {
    file: File,
}

/// Who took the folder first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Holder {
    /// Its process id.
    pub process: u32,
    /// Since when, UTC.
    pub since: String,
}

impl RunLock {
    /// Takes the folder if no run is at work in it.
    ///
    /// # Errors
    /// The disk's.
    pub fn alone(folder: &Path) -> io::Result<Option<Self>> {
        let lock = RunLock::open(folder)?;
        // Nobody else may hold it, not even shared; then others may join.
        if !lock.set(libc::F_WRLCK, RUN)? {
            return Ok(None);
        }
        lock.set(libc::F_RDLCK, RUN)?;
        let holder = Holder { process: std::process::id(), since: clock::now() };
        // A word for whoever comes later; on a full disk it is missing.
        let _ = fs::write(folder.join(FILE), serde_json::to_vec(&holder)?);
        Ok(Some(lock))
    }

    /// Takes a place beside whoever is at work.
    ///
    /// # Errors
    /// The disk's.
    pub fn beside(folder: &Path) -> io::Result<Self> {
        let lock = RunLock::open(folder)?;
        lock.set(libc::F_RDLCK, RUN)?;
        Ok(lock)
    }

    fn open(folder: &Path) -> io::Result<Self> {
        let file = File::options().create(true).truncate(false).read(true).write(true).open(folder.join(FILE))?;
        Ok(RunLock { file })
    }

    /// Takes a trial; whether it was free.
    ///
    /// # Errors
    /// The disk's.
    pub fn claim(&self, trial: &str) -> io::Result<bool> {
        self.set(libc::F_WRLCK, place(trial))
    }

    /// Gives a trial back.
    ///
    /// # Errors
    /// The disk's.
    pub fn release(&self, trial: &str) -> io::Result<()> {
        self.set(libc::F_UNLCK, place(trial)).map(drop)
    }

    /// Sets a lock without waiting; whether it was free.
    fn set(&self, kind: libc::c_int, place: i64) -> io::Result<bool> {
        match fcntl(&self.file, FcntlArg::F_OFD_SETLK(&byte(kind, place))) {
            Ok(_) => Ok(true),
            Err(Errno::EAGAIN | Errno::EACCES) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// A lock on one byte.
fn byte(kind: libc::c_int, place: i64) -> libc::flock {
    #[expect(clippy::cast_possible_truncation, reason = "libc's constants are of another width than its fields")]
    libc::flock { l_type: kind as i16, l_whence: libc::SEEK_SET as i16, l_start: place, l_len: 1, l_pid: 0 }
}

/// The byte of a trial: its id's first 60 bits, after the runs' byte.
fn place(trial: &str) -> i64 {
    let digits = trial.get(..15).unwrap_or(trial);
    i64::from_str_radix(digits, 16).map_or(1, |number| number + 1)
}

/// Whether a run is at work in the folder.
pub fn is_held(folder: &Path) -> bool {
    let Ok(file) = File::open(folder.join(FILE)) else { return false };
    let mut asked = byte(libc::F_WRLCK, RUN);
    let found = fcntl(&file, FcntlArg::F_OFD_GETLK(&mut asked));
    found.is_ok() && i32::from(asked.l_type) != libc::F_UNLCK
}

/// Who took the folder first, as far as it is known.
pub fn holder(folder: &Path) -> Option<Holder> {
    serde_json::from_slice(&fs::read(folder.join(FILE)).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_held_once_alone_and_shared_on_request() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_held(folder.path()));
        let first = RunLock::alone(folder.path()).unwrap().expect("free");
        assert!(is_held(folder.path()));
        assert!(RunLock::alone(folder.path()).unwrap().is_none());
        assert_eq!(holder(folder.path()).map(|holder| holder.process), Some(std::process::id()));
        let second = RunLock::beside(folder.path()).unwrap();
        drop(first);
        assert!(is_held(folder.path()), "the second one is still there");
        drop(second);
        assert!(!is_held(folder.path()));
    }

    #[test]
    fn a_trial_is_claimed_once() {
        let folder = tempfile::tempdir().unwrap();
        let one = RunLock::alone(folder.path()).unwrap().expect("free");
        let two = RunLock::beside(folder.path()).unwrap();
        let (trial, other) = ("0123456789abcdef0123", "f123456789abcdef0123");
        assert!(one.claim(trial).unwrap());
        assert!(one.claim(trial).unwrap(), "one's own claim is no obstacle");
        assert!(!two.claim(trial).unwrap());
        assert!(two.claim(other).unwrap());
        one.release(trial).unwrap();
        assert!(two.claim(trial).unwrap());
        drop(two);
        assert!(one.claim(other).unwrap(), "a claim ends with its run");
    }
}
