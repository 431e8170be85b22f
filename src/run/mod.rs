//! The run loop: hands trials to workers, hears what happens, writes it down. Nothing outside this module starts a
//! process.

pub mod libraries;
mod local;
mod prepare;
pub mod programs;
mod progress;
pub mod protocol;
mod queue;
pub mod scoring;
pub mod worker;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use crate::experiment::{Experiment, Limits};
use crate::model::Program;
use crate::store::folder::{FolderError, History, Locked, WORKER_DIED};
use crate::store::journal::{Journal, Record};
use crate::store::outcome::{Measured, ResultBlock, Status};
use local::{Ended, Event, Slot};
use progress::Screen;
pub use progress::seconds as shown_seconds;
use protocol::{Assignment, Hello, Reply};
use queue::{Job, Queue};

/// What a run is told beside the plan.
pub struct Options {
    /// Workers at a time.
    pub jobs: usize,
    /// Run the queue backwards: results must not depend on the order.
    pub reverse: bool,
    /// Sync the journal after every record.
    pub sync_always: bool,
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
    /// Whether the user stopped it.
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

/// Runs `assignments` into a results folder, after writing `later` scores down.
///
/// # Errors
/// The journal cannot be written.
pub fn run(
    experiment: &Experiment,
    assignments: Vec<Assignment>,
    later: Vec<Record>,
    history: &History,
    folder: &Locked,
    options: &Options,
    stop: &Arc<AtomicBool>,
) -> Result<Ending, RunError> {
    let mut jobs: Vec<Job> = assignments.into_iter().map(|assignment| Job::new(assignment, history)).collect();
    if options.reverse {
        jobs.reverse();
    }
    let mut journal = Journal::create(&folder.path, "local", options.sync_always)?;
    for record in later {
        journal.append(&record)?;
    }
    let swept = experiment.models.iter().flat_map(|model| model.sweep.names().cloned()).collect();
    let models = jobs.iter().map(|job| job.assignment.trial.model.as_str());
    let screen = Screen::new(models, options.jobs.min(jobs.len()), swept);
    let mut supervisor = Supervisor {
        limits: &experiment.limits,
        queue: Queue::new(jobs),
        journal,
        screen,
        ending: Ending::default(),
        headline: experiment.task.metrics.first().map(|spec| spec.name.to_owned()),
    };
    supervisor.drive(options, stop)?;
    let Supervisor { journal, screen, ending, .. } = supervisor;
    screen.finish();
    journal.close()?;
    Ok(ending)
}

struct Supervisor<'e> {
    limits: &'e Limits,
    queue: Queue,
    journal: Journal,
    screen: Screen,
    ending: Ending,
    headline: Option<String>,
}

impl Supervisor<'_> {
    /// One loop over one closed set of events.
    fn drive(&mut self, options: &Options, stop: &AtomicBool) -> Result<(), RunError> {
        let (sender, events) = mpsc::channel();
        let jobs = options.jobs.clamp(1, self.queue.len().max(1));
        let mut slots: Vec<Slot> = (0..jobs).map(|index| Slot::new(index, sender.clone())).collect();
        loop {
            if stop.load(Ordering::SeqCst) {
                return self.interrupt(&mut slots);
            }
            self.feed(&mut slots)?;
            if slots.iter().all(|slot| slot.job().is_none()) && self.queue.is_empty() {
                slots.iter_mut().for_each(Slot::retire);
                return Ok(());
            }
            match events.recv_timeout(Duration::from_millis(100)) {
                Ok((slot, generation, event)) if slots[slot].is_current(generation) => {
                    self.handle(&mut slots[slot], event)?;
                }
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            self.enforce_time(&mut slots)?;
            if self.limits.fail_fast && self.has_failed() {
                self.cancel_rest()?;
            }
        }
    }

    /// Gives every idle slot a trial, preferably one for the program it already runs.
    fn feed(&mut self, slots: &mut [Slot]) -> Result<(), RunError> {
        for index in 0..slots.len() {
            if slots[index].job().is_some() {
                continue;
            }
            let Some(mut job) = self.queue.next(slots[index].program()) else { continue };
            let busy = slots.iter().filter(|slot| slot.job().is_some()).count();
            job.assignment.beside = u32::try_from(busy).unwrap_or(u32::MAX);
            if let Err(refused) = slots[index].start(job) {
                let (job, reason) = *refused;
                self.impossible(job, reason);
            }
            if slots[index].greeted() {
                self.begun(&slots[index])?;
            }
        }
        Ok(())
    }

    /// A worker that is known to run has a trial: from here on it is an attempt.
    fn begun(&mut self, slot: &Slot) -> Result<(), RunError> {
        let Some(job) = slot.job() else { return Ok(()) };
        let (trial, attempt) = (job.assignment.trial.id.clone(), job.attempt);
        self.journal.append(&Record::Start { trial, attempt })?;
        self.screen.started(slot.index(), &job.assignment.trial);
        Ok(())
    }

    fn handle(&mut self, slot: &mut Slot, event: Event) -> Result<(), RunError> {
        match event {
            Event::Reply(Reply::Hello(hello)) => {
                if let Err(reason) = check_hello(&hello) {
                    if let Some(job) = slot.take_job() {
                        self.impossible(job, reason);
                    }
                    slot.kill();
                } else {
                    slot.greet();
                    self.begun(slot)?;
                }
            }
            Event::Reply(Reply::Progress { phase, step, of, loss, .. }) => {
                self.screen.progressed(slot.index(), &phase, step, of, loss);
            }
            Event::Reply(Reply::Outcome { trial, result, measured }) => {
                let Some(job) = slot.take_job() else { return Ok(()) };
                if job.assignment.trial.id == trial {
                    if !result.status.is_done() {
                        slot.retire();
                    }
                    self.end(slot.index(), &job, *result, *measured)?;
                }
            }
            Event::Reply(Reply::Refused { reason, .. }) => self.refused(slot, reason)?,
            Event::Gone => self.gone(slot)?,
        }
        Ok(())
    }

    /// The machine or a file is at fault: the trial stays to be run by the same command.
    fn refused(&mut self, slot: &mut Slot, reason: String) -> Result<(), RunError> {
        let Some(job) = slot.take_job() else { return Ok(()) };
        slot.retire();
        let model = job.assignment.trial.model.clone();
        let (trial, attempt) = (job.assignment.trial.id, job.attempt);
        self.journal.append(&Record::Interrupted { trial, attempt })?;
        self.screen.dropped(std::iter::once(model.as_str()));
        *self.ending.refused.entry(reason).or_default() += 1;
        Ok(())
    }

    /// The worker is no more. One that ends by itself before its greeting cannot run here at all: that is the
    /// machine's fault, not the trial's.
    fn gone(&mut self, slot: &mut Slot) -> Result<(), RunError> {
        let greeted = slot.greeted();
        let seconds = slot.seconds();
        let words = if greeted { None } else { slot.last_words() };
        let how = slot.how_it_ended();
        let job = slot.take_job();
        slot.kill();
        let Some(mut job) = job else { return Ok(()) };
        if !greeted && !matches!(how, Ended::Signal(_)) {
            let reason = words.unwrap_or_else(|| format!("its worker {how} at its start"));
            self.impossible(job, reason);
            return Ok(());
        }
        job.deaths += 1;
        let given_up = job.deaths > self.limits.retries;
        let mut result = ResultBlock::of(if given_up { Status::Quarantined } else { Status::Failed });
        result.stage = Some(WORKER_DIED.to_owned());
        result.reason = Some(format!("the worker {how}"));
        let measured = Measured { started: job.started.clone(), wall_seconds: seconds, ..Measured::default() };
        if given_up {
            return self.end(slot.index(), &job, result, measured);
        }
        let (trial, attempt) = (job.assignment.trial.id.clone(), job.attempt);
        let record = Record::End { trial, attempt, result: Box::new(result), measured: Box::new(measured) };
        self.journal.append(&record)?;
        self.screen.again(&job.assignment.trial, &how.to_string());
        job.attempt += 1;
        self.queue.push_front(job);
        Ok(())
    }

    fn end(&mut self, slot: usize, job: &Job, result: ResultBlock, mut measured: Measured) -> Result<(), RunError> {
        measured.worker = format!("cpu {slot}");
        let status = result.status;
        let score = self.headline.as_ref().and_then(|name| Some((name.clone(), *result.scores.get(name)?)));
        let line = progress::Line { status, score, reason: result.reason.clone(), seconds: measured.wall_seconds };
        let (trial, attempt) = (job.assignment.trial.id.clone(), job.attempt);
        let record = Record::End { trial, attempt, result: Box::new(result), measured: Box::new(measured) };
        self.journal.append(&record)?;
        *self.ending.tally.entry(status).or_default() += 1;
        self.screen.ended(slot, &job.assignment.trial, &line);
        Ok(())
    }

    /// Kills what is over its time: the outcome is `timed_out`.
    fn enforce_time(&mut self, slots: &mut [Slot]) -> Result<(), RunError> {
        let Some(limit) = self.limits.time else { return Ok(()) };
        for slot in slots {
            if !slot.greeted() || slot.seconds() <= limit.as_secs_f64() {
                continue;
            }
            let seconds = slot.seconds();
            let Some(job) = slot.take_job() else { continue };
            slot.kill();
            let mut result = ResultBlock::of(Status::TimedOut);
            result.stage = Some("fit".to_owned());
            result.reason = Some(format!("stopped at its time limit of {}", humantime::format_duration(limit)));
            let measured = Measured { started: job.started.clone(), wall_seconds: seconds, ..Measured::default() };
            self.end(slot.index(), &job, result, measured)?;
        }
        Ok(())
    }

    fn has_failed(&self) -> bool {
        self.ending.tally.keys().any(|status| !status.is_done() && *status != Status::Cancelled)
    }

    fn cancel_rest(&mut self) -> Result<(), RunError> {
        while let Some(job) = self.queue.next(None) {
            let mut result = ResultBlock::of(Status::Cancelled);
            result.reason = Some("an earlier trial failed, and `fail-fast` is set".to_owned());
            let trial = job.assignment.trial.id.clone();
            let record =
                Record::End { trial, attempt: job.attempt, result: Box::new(result), measured: Box::default() };
            self.journal.append(&record)?;
            *self.ending.tally.entry(Status::Cancelled).or_default() += 1;
        }
        Ok(())
    }

    /// Leaves a trial pending, and with it every other one of its program: nothing is recorded.
    fn impossible(&mut self, job: Job, reason: String) {
        let program = job.program;
        let mut dropped = self.queue.take_program(program);
        dropped.push(job);
        let entry = self.ending.impossible.entry(program).or_insert((0, reason));
        entry.0 += dropped.len();
        self.screen.dropped(dropped.iter().map(|job| job.assignment.trial.model.as_str()));
    }

    fn interrupt(&mut self, slots: &mut [Slot]) -> Result<(), RunError> {
        for slot in slots.iter_mut() {
            // Before its greeting the worker has begun nothing.
            let begun = slot.greeted();
            if let Some(job) = slot.take_job().filter(|_| begun) {
                let (trial, attempt) = (job.assignment.trial.id, job.attempt);
                self.journal.append(&Record::Interrupted { trial, attempt })?;
            }
            slot.kill();
        }
        self.ending.interrupted = true;
        Ok(())
    }
}

fn check_hello(hello: &Hello) -> Result<(), String> {
    let version = hello.versions.get("gridbook").map_or("unknown", String::as_str);
    if hello.format == protocol::FORMAT && version == env!("CARGO_PKG_VERSION") {
        return Ok(());
    }
    Err(format!("its worker is of gridbook {version}, this is {}; build both again", env!("CARGO_PKG_VERSION")))
}
