//! What is still to run, in order.

use std::collections::VecDeque;

use crate::model::{Program, registry};
use crate::run::protocol::Assignment;
use crate::store::folder::History;
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
    /// How often a worker has died under it.
    pub deaths: u32,
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
            // A quarantined trial that is run again when asked for begins anew.
            deaths: past.map_or(0, |past| if past.status() == Some(Status::Quarantined) { 0 } else { past.deaths }),
            started: String::new(),
            assignment,
        }
    }
}

/// Jobs in order.
pub struct Queue {
    jobs: VecDeque<Job>,
}

impl Queue {
    /// In the plan's order.
    pub fn new(jobs: Vec<Job>) -> Self {
        Queue { jobs: jobs.into() }
    }

    /// How many are left.
    pub fn len(&self) -> usize {
        self.jobs.len()
    }

    /// Whether none is left.
    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// The next job: the first of the program that the slot already runs, else the first.
    pub fn next(&mut self, program: Option<Program>) -> Option<Job> {
        let same = program.and_then(|program| self.jobs.iter().position(|job| job.program == program));
        self.jobs.remove(same.unwrap_or(0))
    }

    /// Puts a job before all others.
    pub fn push_front(&mut self, job: Job) {
        self.jobs.push_front(job);
    }

    /// Takes the jobs of a program out.
    pub fn take_program(&mut self, program: Program) -> Vec<Job> {
        let (taken, kept): (Vec<Job>, Vec<Job>) = self.jobs.drain(..).partition(|job| job.program == program);
        self.jobs = kept.into();
        taken
    }
}
