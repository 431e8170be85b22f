//! The run loop: hands trials to workers, hears what happens, writes it down. Nothing outside this module starts a
//! process.

mod claims;
mod faults;
mod gpus;
pub mod libraries;
mod local;
pub mod packing;
mod prepare;
pub mod programs;
mod progress;
pub mod protocol;
mod queue;
pub mod scoring;
pub mod signals;
pub mod single;
pub mod slots;
mod supervisor;
pub mod worker;

use std::collections::BTreeMap;
use std::io;

use crate::experiment::Experiment;
use crate::model::Program;
use crate::plan::forecast::Forecast;
use crate::plan::trial::Trial;
use crate::store::folder::{FolderError, History, Locked};
use crate::store::journal::{Journal, Record};
use crate::store::outcome::Status;
use claims::Claims;
use packing::Peaks;
use progress::Screen;
pub use progress::seconds as shown_seconds;
use protocol::Assignment;
use queue::{Job, Queue};
use signals::StopSignal;
use slots::Slots;
use supervisor::Supervisor;

/// What a run is told beside the plan.
pub struct Options {
    /// Where trials run, and how many at a time.
    pub slots: Slots,
    /// What is reserved of a GPU's memory beyond the highest peak, as a part of it.
    pub gpu_headroom: f64,
    /// GPU memory of earlier trials.
    pub gpu_peaks: Peaks,
    /// Run the queue backwards: results must not depend on the order.
    pub reverse: bool,
    /// Sync the journal after every record.
    pub sync_always: bool,
    /// Trials that a worker serves before it is replaced; 0 for any number.
    pub trials_per_worker: usize,
    /// A worker that has held more memory than this is replaced, bytes.
    pub worker_memory: u64,
}

/// How a run ended.
#[derive(Debug, Default)]
pub struct Ending {
    /// Trials that ended in this run, by status.
    pub tally: BTreeMap<Status, usize>,
    /// Trials left pending because their worker program cannot start here, with the reason.
    pub impossible: BTreeMap<Program, (usize, String)>,
    /// Trials left to be run because the machine or a file is at fault, by reason.
    pub refused: BTreeMap<String, usize>,
    /// Trials that another run of the same plan ended meanwhile.
    pub elsewhere: usize,
    /// Whether the user stopped it with trials left.
    pub interrupted: bool,
}

/// Why a run cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The results folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The journal cannot be written: nothing more can be kept, so nothing more is run.
    #[error("cannot write the journal: {0}")]
    Journal(#[from] io::Error),
}

/// Jobs in the order in which they start.
fn jobs(assignments: Vec<Assignment>, history: &History, forecast: &Forecast, reverse: bool) -> Vec<Job> {
    let mut jobs: Vec<Job> = assignments.into_iter().map(|assignment| Job::new(assignment, history)).collect();
    queue::order(&mut jobs, forecast);
    if reverse {
        jobs.reverse();
    }
    jobs
}

/// The trials in the order in which they would start, with the program that each needs.
pub fn order(
    assignments: Vec<Assignment>,
    history: &History,
    forecast: &Forecast,
    reverse: bool,
) -> Vec<(Trial, Program)> {
    let jobs = jobs(assignments, history, forecast, reverse);
    jobs.into_iter().map(|job| (job.assignment.trial, job.program)).collect()
}

/// What a run does.
pub struct Work<'w> {
    /// The experiment.
    pub experiment: &'w Experiment,
    /// What is to be run, in the plan's order.
    pub assignments: Vec<Assignment>,
    /// Scores made from earlier predictions, to be written down.
    pub later: Vec<Record>,
    /// What has run.
    pub history: &'w History,
    /// How long it will take; expects what is to be run.
    pub forecast: Forecast,
}

/// Works in a results folder until everything is done or a signal ends it.
///
/// # Errors
/// The journal cannot be written.
pub fn run(work: Work<'_>, folder: &Locked, options: &Options, signal: &StopSignal) -> Result<Ending, RunError> {
    let Work { experiment, assignments, later, history, forecast } = work;
    let jobs = jobs(assignments, history, &forecast, options.reverse);
    let mut journal = Journal::create(&folder.path, "local", options.sync_always)?;
    for record in later {
        journal.append(&record)?;
    }
    let swept = experiment.models.iter().flat_map(|model| model.sweep.names().cloned()).collect();
    let screen = Screen::new(jobs.len(), options.slots.specs.len(), options.slots.at_a_time, swept, forecast);
    let claims = Claims::new(folder, journal.path());
    let mut supervisor = Supervisor::new(experiment, options, folder, Queue::new(jobs), claims, journal, screen);
    supervisor.drive(signal)?;
    Ok(supervisor.finish()?)
}
