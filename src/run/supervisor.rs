//! One loop over one closed set of events: trials go to slots, what happens to them goes into the journal.

use std::collections::HashSet;
use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::experiment::{Experiment, Limits};
use crate::model::context::WAITING;
use crate::run::claims::{Claim, Claims};
use crate::run::gpus::Board;
use crate::run::local::{Event, Slot};
use crate::run::progress::{Line, Screen};
use crate::run::protocol::{self, Hello, Reply};
use crate::run::queue::{Job, Queue};
use crate::run::signals::StopSignal;
use crate::run::{Ending, Options, RunError};
use crate::store::folder::Locked;
use crate::store::journal::{Journal, Record};
use crate::store::outcome::{Measured, ResultBlock, Status};
use crate::store::stop::{self, Stop};

/// How often limits and the wish to stop are looked at.
const TICK: Duration = Duration::from_millis(100);
/// How often it is asked whether another run has given up a trial.
const LOOK_ELSEWHERE: Duration = Duration::from_millis(500);

/// A run at work.
pub struct Supervisor<'r> {
    pub(super) limits: &'r Limits,
    options: &'r Options,
    folder: &'r Locked,
    pub(super) queue: Queue,
    /// Trials that another run has at the moment.
    elsewhere: Vec<Job>,
    looked_elsewhere: Instant,
    /// Keys of the stages that trials of this run have made.
    made: HashSet<String>,
    claims: Claims<'r>,
    pub(super) journal: Journal,
    pub(super) screen: Screen,
    pub(super) ending: Ending,
    headline: Option<String>,
    board: Board<'r>,
}

impl<'r> Supervisor<'r> {
    /// With everything still to do.
    pub fn new(
        experiment: &'r Experiment,
        options: &'r Options,
        folder: &'r Locked,
        queue: Queue,
        claims: Claims<'r>,
        journal: Journal,
        screen: Screen,
    ) -> Self {
        Supervisor {
            limits: &experiment.limits,
            options,
            folder,
            queue,
            elsewhere: Vec::new(),
            looked_elsewhere: Instant::now(),
            made: HashSet::new(),
            claims,
            journal,
            screen,
            ending: Ending::default(),
            headline: experiment.task.metrics.first().map(|spec| spec.name.to_owned()),
            board: Board::new(options),
        }
    }

    /// Closes the journal and takes the bars away.
    ///
    /// # Errors
    /// The disk's.
    pub fn finish(self) -> io::Result<Ending> {
        self.screen.finish();
        self.journal.close()?;
        Ok(self.ending)
    }

    /// Runs until nothing is left, or it is told to stop.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn drive(&mut self, signal: &StopSignal) -> Result<(), RunError> {
        let (sender, events) = mpsc::channel();
        let specs = self.options.slots.specs.iter().cloned().enumerate();
        let mut slots: Vec<Slot> = specs.map(|(index, spec)| Slot::new(index, spec, sender.clone())).collect();
        let mut asked = Stop::No;
        loop {
            let now = signal.asked().max(stop::asked(&self.folder.path)).max(asked);
            if now > asked {
                asked = now;
                let at_work = slots.iter().filter(|slot| slot.job().is_some()).count();
                self.screen.stopping(asked, at_work);
            }
            match asked {
                Stop::No => self.feed(&mut slots)?,
                Stop::Finish => {}
                Stop::Now => return self.interrupt(&mut slots),
            }
            let idle = slots.iter().all(|slot| slot.job().is_none());
            if idle && (asked == Stop::Finish || self.is_done()) {
                self.ending.interrupted = !self.is_done();
                slots.iter_mut().for_each(Slot::retire);
                return Ok(());
            }
            match events.recv_timeout(TICK) {
                Ok((slot, generation, event)) if slots[slot].is_current(generation) => {
                    self.handle(&mut slots[slot], event)?;
                }
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            self.enforce_time(&mut slots)?;
            self.enforce_memory(&mut slots)?;
            self.screen.tick();
            if self.limits.fail_fast && self.has_failed() {
                self.cancel_rest()?;
            }
        }
    }

    /// Whether nothing is left to begin, here or elsewhere.
    fn is_done(&self) -> bool {
        self.queue.is_empty() && self.elsewhere.is_empty()
    }

    /// Gives every idle slot a trial, preferably one for the program it already runs.
    fn feed(&mut self, slots: &mut [Slot]) -> Result<(), RunError> {
        self.look_elsewhere();
        self.board.look(slots);
        for index in self.board.idle(slots) {
            let busy: Vec<&Job> = slots.iter().filter_map(Slot::job).collect();
            if busy.iter().any(|job| job.alone) || busy.len() >= self.options.slots.at_a_time {
                return Ok(());
            }
            let beside = busy.len();
            let in_the_making: HashSet<String> = busy.iter().flat_map(|job| &job.assignment.stages).cloned().collect();
            let Some(mut job) = self.claimed(&slots[index], beside == 0, &in_the_making)? else { continue };
            job.assignment.beside = u32::try_from(beside).unwrap_or(u32::MAX);
            if let Err(refused) = slots[index].start(job) {
                let (job, reason) = *refused;
                self.impossible(job, reason)?;
            }
            if slots[index].greeted() {
                self.begun(&slots[index])?;
            }
        }
        if let Some(text) = self.board.waits_for_others(&self.queue, slots) {
            self.screen.say(&text);
        }
        Ok(())
    }

    /// The next trial that is this run's; those that need the machine for themselves only where nothing is at work, and
    /// those that would wait for a stage which another trial is making only where there are no others.
    fn claimed(
        &mut self,
        slot: &Slot,
        nothing_at_work: bool,
        in_the_making: &HashSet<String>,
    ) -> Result<Option<Job>, RunError> {
        let may_start = |job: &Job| nothing_at_work || !job.alone;
        let waits = |key: &String| in_the_making.contains(key) && !self.made.contains(key);
        let would_wait = |job: &Job| job.assignment.stages.iter().any(waits);
        loop {
            let ready = self.board.next(&mut self.queue, slot, |job| may_start(job) && !would_wait(job));
            let next = ready.or_else(|| self.board.next(&mut self.queue, slot, may_start));
            let Some((mut job, reservation)) = next else { return Ok(None) };
            match self.claims.take(&mut job)? {
                Claim::Ours => {
                    reservation.into_iter().for_each(|reservation| self.board.reserve(slot, &job, reservation));
                    return Ok(Some(job));
                }
                Claim::Elsewhere => self.elsewhere.push(job),
                Claim::Ended => {
                    self.ending.elsewhere += 1;
                    self.screen.dropped(&job);
                }
            }
        }
    }

    /// Trials that another run had may be free by now, because they ended or because that run is gone.
    fn look_elsewhere(&mut self) {
        if self.queue.is_empty() && !self.elsewhere.is_empty() && self.looked_elsewhere.elapsed() > LOOK_ELSEWHERE {
            self.looked_elsewhere = Instant::now();
            std::mem::take(&mut self.elsewhere).into_iter().for_each(|job| self.queue.push_back(job));
        }
    }

    /// A worker that is known to run has a trial: from here on it is an attempt.
    fn begun(&mut self, slot: &Slot) -> Result<(), RunError> {
        let Some(job) = slot.job() else { return Ok(()) };
        self.journal.append(&Record::Start { trial: job.id().to_owned(), attempt: job.attempt })?;
        self.screen.started(slot.index(), &job.assignment.trial);
        Ok(())
    }

    fn handle(&mut self, slot: &mut Slot, event: Event) -> Result<(), RunError> {
        match event {
            Event::Reply(Reply::Hello(hello)) => {
                if let Err(reason) = check_hello(&hello) {
                    if let Some(job) = slot.take_job() {
                        self.impossible(job, reason)?;
                    }
                    slot.kill();
                } else {
                    slot.greet();
                    self.begun(slot)?;
                }
            }
            Event::Reply(Reply::Progress { phase, step, of, loss, .. }) => {
                slot.waits(phase == WAITING);
                self.screen.progressed(slot.index(), &phase, step, of, loss);
            }
            Event::Reply(Reply::Outcome { trial, result, measured }) => {
                let Some(job) = slot.take_job() else { return Ok(()) };
                if job.id() == trial {
                    if self.is_worn(slot, &result, &measured) {
                        slot.retire();
                    }
                    if self.board.ended(slot.index(), &result, &measured) {
                        return self.short_of_gpu_memory(slot.index(), job, *result, *measured);
                    }
                    self.end(slot.index(), &job, *result, *measured)?;
                }
            }
            Event::Reply(Reply::Refused { reason, .. }) => self.refused(slot, reason)?,
            Event::Gone => self.gone(slot)?,
        }
        Ok(())
    }

    /// Whether a worker is replaced: after a failure, after so many trials, or when it has held much memory.
    fn is_worn(&self, slot: &Slot, result: &ResultBlock, measured: &Measured) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "bytes of memory")]
        let most_mib = self.options.worker_memory as f64 / 1_048_576.0;
        let served = self.options.trials_per_worker > 0 && slot.served() >= self.options.trials_per_worker;
        !result.status.is_done() || served || measured.peak_mib > most_mib
    }

    /// The machine or a file is at fault: the trial stays to be run by the same command.
    fn refused(&mut self, slot: &mut Slot, reason: String) -> Result<(), RunError> {
        let Some(job) = slot.take_job() else { return Ok(()) };
        slot.retire();
        self.journal.append(&Record::Interrupted { trial: job.id().to_owned(), attempt: job.attempt })?;
        self.claims.release(job.id())?;
        self.screen.dropped(&job);
        *self.ending.refused.entry(reason).or_default() += 1;
        Ok(())
    }

    /// Writes a trial's end down, and gives it back.
    pub(super) fn end(
        &mut self,
        slot: usize,
        job: &Job,
        result: ResultBlock,
        mut measured: Measured,
    ) -> Result<(), RunError> {
        measured.worker = self.label(slot);
        let status = result.status;
        let score = self.headline.as_ref().and_then(|name| Some((name.clone(), *result.scores.get(name)?)));
        let line = Line { status, score, reason: result.reason.clone(), seconds: measured.wall_seconds };
        self.journal.append(&Record::End {
            trial: job.id().to_owned(),
            attempt: job.attempt,
            result: Box::new(result),
            measured: Box::new(measured),
        })?;
        self.claims.release(job.id())?;
        *self.ending.tally.entry(status).or_default() += 1;
        if status.is_done() {
            self.made.extend(job.assignment.stages.iter().cloned());
        }
        self.screen.ended(slot, &job.assignment.trial, &line);
        Ok(())
    }

    /// A slot as records call it.
    pub(super) fn label(&self, slot: usize) -> String {
        self.options.slots.specs.get(slot).map_or_else(String::new, |spec| spec.label.clone())
    }

    fn has_failed(&self) -> bool {
        self.ending.tally.keys().any(|status| !status.is_done() && *status != Status::Cancelled)
    }

    fn cancel_rest(&mut self) -> Result<(), RunError> {
        for job in self.queue.drain().chain(self.elsewhere.drain(..)) {
            let mut result = ResultBlock::of(Status::Cancelled);
            result.reason = Some("an earlier trial failed, and `fail-fast` is set".to_owned());
            let (trial, attempt) = (job.id().to_owned(), job.attempt);
            self.journal.append(&Record::End { trial, attempt, result: Box::new(result), measured: Box::default() })?;
            *self.ending.tally.entry(Status::Cancelled).or_default() += 1;
        }
        Ok(())
    }

    /// Leaves a trial pending, and with it every other one of its program: nothing is recorded.
    pub(super) fn impossible(&mut self, job: Job, reason: String) -> Result<(), RunError> {
        let program = job.program;
        self.claims.release(job.id())?;
        let mut dropped = self.queue.take_program(program);
        dropped.push(job);
        let entry = self.ending.impossible.entry(program).or_insert((0, reason));
        entry.0 += dropped.len();
        dropped.iter().for_each(|job| self.screen.dropped(job));
        Ok(())
    }

    /// Stops what is at work; it is run again by the next run.
    fn interrupt(&mut self, slots: &mut [Slot]) -> Result<(), RunError> {
        for slot in slots.iter_mut() {
            // Before its greeting the worker has begun nothing.
            let begun = slot.greeted();
            let job = slot.take_job().filter(|_| begun);
            slot.kill();
            if let Some(job) = job {
                self.journal.append(&Record::Interrupted { trial: job.id().to_owned(), attempt: job.attempt })?;
            }
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
