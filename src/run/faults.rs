//! Workers that die, and trials over their limits: what is tried again, and when it is given up.
//!
//! A trial's own error is its result and never tried again. A worker's death is tried again at once; one that was
//! killed from outside, as a system short of memory does, with nothing beside it. After `retries` further deaths the
//! trial is quarantined.

use bytesize::ByteSize;

use crate::run::RunError;
use crate::run::local::{Ended, Slot};
use crate::run::queue::Job;
use crate::run::supervisor::Supervisor;
use crate::store::folder::WORKER_DIED;
use crate::store::journal::Record;
use crate::store::outcome::{Measured, ResultBlock, Status};

impl Supervisor<'_> {
    /// The worker is no more. One that ends by itself before its greeting cannot run here at all: that is the
    /// machine's fault, not the trial's.
    pub(super) fn gone(&mut self, slot: &mut Slot) -> Result<(), RunError> {
        let greeted = slot.greeted();
        let seconds = slot.seconds();
        let words = if greeted { None } else { slot.last_words() };
        let how = slot.how_it_ended();
        let job = slot.take_job();
        slot.kill();
        let Some(job) = job else { return Ok(()) };
        if !greeted && !matches!(how, Ended::Signal(_)) {
            let reason = words.unwrap_or_else(|| format!("its worker {how} at its start"));
            return self.impossible(job, reason);
        }
        let measured = Measured { started: job.started.clone(), wall_seconds: seconds, ..Measured::default() };
        self.died(slot.index(), job, &how.to_string(), how.was_killed(), measured)
    }

    /// Tries a trial again whose worker died, or gives it up.
    fn died(&mut self, slot: usize, mut job: Job, how: &str, alone: bool, measured: Measured) -> Result<(), RunError> {
        job.deaths += 1;
        let given_up = job.deaths > self.limits.retries;
        let mut result = ResultBlock::of(if given_up { Status::Quarantined } else { Status::Failed });
        result.stage = Some(WORKER_DIED.to_owned());
        result.reason = Some(format!("the worker {how}"));
        if given_up {
            return self.end(slot, &job, result, measured);
        }
        let (trial, attempt) = (job.id().to_owned(), job.attempt);
        self.journal.append(&Record::End { trial, attempt, result: Box::new(result), measured: Box::new(measured) })?;
        self.screen.again(&job.assignment.trial, how, alone);
        job.attempt += 1;
        job.alone |= alone;
        self.queue.push_front(job);
        Ok(())
    }

    /// Tries a trial again, with a GPU for itself, that was short of memory beside others there.
    pub(super) fn short_of_gpu_memory(
        &mut self,
        slot: usize,
        mut job: Job,
        mut result: ResultBlock,
        mut measured: Measured,
    ) -> Result<(), RunError> {
        // Like a worker's death it is followed by another try, and decides nothing by itself.
        result.stage = Some(WORKER_DIED.to_owned());
        measured.worker = self.label(slot);
        let (trial, attempt) = (job.id().to_owned(), job.attempt);
        self.journal.append(&Record::End { trial, attempt, result: Box::new(result), measured: Box::new(measured) })?;
        self.screen.again(&job.assignment.trial, "was short of GPU memory beside others", true);
        job.attempt += 1;
        job.alone_on_gpu = true;
        self.queue.push_front(job);
        Ok(())
    }

    /// Kills what is over its time: the outcome is `timed_out`.
    pub(super) fn enforce_time(&mut self, slots: &mut [Slot]) -> Result<(), RunError> {
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

    /// Kills what holds more memory than it may: `failed`, unless earlier trials may have left some of it behind in the
    /// worker.
    pub(super) fn enforce_memory(&mut self, slots: &mut [Slot]) -> Result<(), RunError> {
        let Some(limit) = self.limits.memory else { return Ok(()) };
        for slot in slots.iter_mut().filter(|slot| slot.greeted() && slot.job().is_some()) {
            let held = slot.memory();
            if held <= limit {
                continue;
            }
            let (seconds, fresh) = (slot.seconds(), slot.served() <= 1);
            let Some(job) = slot.take_job() else { continue };
            slot.kill();
            #[expect(clippy::cast_precision_loss, reason = "bytes of memory")]
            let peak_mib = held as f64 / 1_048_576.0;
            let started = job.started.clone();
            let measured = Measured { started, wall_seconds: seconds, peak_mib, ..Measured::default() };
            let reason = format!("stopped at its memory limit of {}", ByteSize(limit));
            if !fresh {
                self.died(slot.index(), job, &format!("was {reason}"), true, measured)?;
                continue;
            }
            let mut result = ResultBlock::of(Status::Failed);
            result.stage = Some("fit".to_owned());
            result.reason = Some(reason);
            self.end(slot.index(), &job, result, measured)?;
        }
        Ok(())
    }
}
