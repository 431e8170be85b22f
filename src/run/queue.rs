//! What is still to run, in order: trials of one data set together, longest first.

use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};

use crate::model::{Program, registry};
use crate::plan::forecast::Forecast;
use crate::run::packing::Like;
use crate::run::protocol::Assignment;
use crate::store::folder::{History, Past};
use crate::store::outcome::Status;

/// A trial on its way.
#[derive(Clone, Debug)]
pub struct Job {
    /// What the worker is told.
    pub assignment: Assignment,
    /// The program that fits it.
    pub program: Program,
    /// The number of the next attempt.
    pub attempt: u32,
    /// The last attempt that had ended when the trial was asked for; 0 for none.
    pub ended: u32,
    /// How often a worker has died under it.
    pub deaths: u32,
    /// Whether nothing else may run beside it: its worker was killed, perhaps for memory.
    pub alone: bool,
    /// Whether nothing else of this run may be on its GPU: it was short of memory there.
    pub alone_on_gpu: bool,
    /// What its GPU memory is like.
    pub like: Like,
    /// How long it will take, for the order.
    pub weight: f64,
    /// When the attempt began.
    pub started: String,
}

impl Job {
    /// A job that goes on where the journals end.
    pub fn new(assignment: Assignment, history: &History) -> Self {
        let past = history.get(&assignment.trial.id);
        Job {
            program: registry::find(&assignment.trial.kind).map_or(Program::Native, |spec| spec.program),
            attempt: past.map_or(0, |past| past.attempts) + 1,
            ended: past.map_or(0, Past::last_ended),
            // A quarantined trial that is run again when asked for begins anew.
            deaths: past.map_or(0, |past| if past.status() == Some(Status::Quarantined) { 0 } else { past.deaths }),
            alone: false,
            alone_on_gpu: false,
            like: Like::new(&assignment.trial.kind, &assignment.trial.dataset),
            weight: 0.0,
            started: String::new(),
            assignment,
        }
    }

    /// The trial's id.
    pub fn id(&self) -> &str {
        &self.assignment.trial.id
    }
}

/// Puts jobs, which come in the plan's order, into the order in which they start: data sets by their longest trial, and
/// the trials of each by their length, so that what is left for the end is short. Equal ones stay in the plan's order.
pub fn order(jobs: &mut [Job], forecast: &Forecast) {
    // Weights are not negative, so that their bits are in their order.
    let longest_first = |weight: f64| Reverse(weight.max(0.0).to_bits());
    let mut longest: HashMap<String, f64> = HashMap::new();
    for job in jobs.iter_mut() {
        job.weight = forecast.weight(job.id());
        let entry = longest.entry(job.assignment.trial.dataset.clone()).or_default();
        *entry = entry.max(job.weight);
    }
    jobs.sort_by_cached_key(|job| {
        let dataset = &job.assignment.trial.dataset;
        let of_dataset = longest.get(dataset).copied().unwrap_or_default();
        (longest_first(of_dataset), dataset.clone(), longest_first(job.weight))
    });
}

/// Jobs in order.
pub struct Queue {
    jobs: VecDeque<Job>,
}

impl Queue {
    /// In the order given.
    pub fn new(jobs: Vec<Job>) -> Self {
        Queue { jobs: jobs.into() }
    }

    /// Whether none is left.
    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// The next job that may start: the first of the program that the slot already runs, else the first.
    pub fn next(&mut self, program: Option<Program>, may_start: impl Fn(&Job) -> bool) -> Option<Job> {
        let of = |program| self.jobs.iter().position(|job| job.program == program && may_start(job));
        let same = program.and_then(of);
        self.jobs.remove(same.or_else(|| self.jobs.iter().position(&may_start))?)
    }

    /// What is left, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter()
    }

    /// Takes the job at a place out.
    pub fn remove(&mut self, place: usize) -> Option<Job> {
        self.jobs.remove(place)
    }

    /// Puts a job before all others.
    pub fn push_front(&mut self, job: Job) {
        self.jobs.push_front(job);
    }

    /// Puts a job behind all others.
    pub fn push_back(&mut self, job: Job) {
        self.jobs.push_back(job);
    }

    /// Takes every job out.
    pub fn drain(&mut self) -> impl Iterator<Item = Job> + '_ {
        self.jobs.drain(..)
    }

    /// Takes the jobs of a program out.
    pub fn take_program(&mut self, program: Program) -> Vec<Job> {
        let (taken, kept): (Vec<Job>, Vec<Job>) = self.jobs.drain(..).partition(|job| job.program == program);
        self.jobs = kept.into();
        taken
    }
}
