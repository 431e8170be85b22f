//! Which trials are this run's, where another one works on the same plan.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use crate::run::queue::Job;
use crate::store::folder::{self, Locked};
use crate::store::journal::Record;
use crate::store::lock::RunLock;
use crate::store::others::Others;

/// What came of asking for a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is this run's.
    Ours,
    /// Another run has it now.
    Elsewhere,
    /// Another run has ended it.
    Ended,
}

/// Claims of this run, and what others have ended.
pub struct Claims<'f> {
    lock: &'f RunLock,
    others: Others,
    /// Trials with the attempt that ended them.
    ended: HashMap<String, u32>,
    attempts: HashMap<String, u32>,
}

impl<'f> Claims<'f> {
    /// Nothing is claimed yet; `journal` is this run's own.
    pub fn new(folder: &'f Locked, journal: &Path) -> Self {
        let others = Others::new(journal, folder.joined);
        Claims { lock: &folder.lock, others, ended: HashMap::new(), attempts: HashMap::new() }
    }

    /// Asks for a trial; the number of its attempt follows what others have tried.
    ///
    /// # Errors
    /// The disk's.
    pub fn take(&mut self, job: &mut Job) -> io::Result<Claim> {
        if !self.lock.claim(job.id())? {
            return Ok(Claim::Elsewhere);
        }
        // Read after the claim: whoever had it before has written its end before giving it back.
        for record in self.others.news()? {
            self.note(record);
        }
        // An end that was known when the trial was asked for is no reason against it.
        if self.ended.get(job.id()).is_some_and(|attempt| *attempt > job.ended) {
            self.lock.release(job.id())?;
            return Ok(Claim::Ended);
        }
        if let Some(attempts) = self.attempts.get(job.id()) {
            job.attempt = job.attempt.max(attempts + 1);
        }
        Ok(Claim::Ours)
    }

    fn note(&mut self, record: Record) {
        match record {
            Record::Start { trial, attempt } => {
                let attempts = self.attempts.entry(trial).or_default();
                *attempts = attempt.max(*attempts);
            }
            Record::End { trial, attempt, result, .. } if folder::decides(&result) => {
                let ended = self.ended.entry(trial).or_default();
                *ended = attempt.max(*ended);
            }
            _ => {}
        }
    }

    /// Gives a trial back, its end written.
    ///
    /// # Errors
    /// The disk's.
    pub fn release(&self, trial: &str) -> io::Result<()> {
        self.lock.release(trial)
    }
}
