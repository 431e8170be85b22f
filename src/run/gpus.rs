//! The run loop's side of the GPUs: what is known of them, and which trial goes there.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bytesize::ByteSize;

use crate::run::Options;
use crate::run::local::Slot;
use crate::run::packing::{Candidate, Packer, Reservation, Rules, Wait, is_out_of_memory};
use crate::run::queue::{Job, Queue};
use crate::run::slots::{SlotSpec, Slots};
use crate::store::outcome::{Measured, ResultBlock, Status};

/// How often it is asked who holds memory on the GPUs.
const LOOK: Duration = Duration::from_secs(2);

/// The GPUs of a run.
pub struct Board<'r> {
    slots: &'r Slots,
    packer: Packer,
    looked: Instant,
    /// Whether it has been said that other people's processes are waited for.
    said: bool,
}

impl<'r> Board<'r> {
    /// For the slots of a run, before any worker is there.
    pub fn new(options: &'r Options) -> Self {
        let slots = &options.slots;
        let rules = Rules { workers: slots.a_gpu, headroom: options.gpu_headroom };
        let seats = slots.specs.iter().enumerate().filter_map(|(slot, spec)| Some((slot, spec.gpu()?)));
        let packer = Packer::new(rules, &slots.gpus, seats, options.gpu_peaks.clone());
        Board { slots, packer, looked: Instant::now(), said: false }
    }

    /// Sees which workers are there and, now and then, what other people hold.
    pub fn look(&mut self, slots: &[Slot]) {
        if self.slots.gpus.is_empty() {
            return;
        }
        for slot in slots {
            self.packer.seen(slot.index(), slot.process().is_some(), slot.job().is_some());
        }
        if self.looked.elapsed() < LOOK {
            return;
        }
        self.looked = Instant::now();
        let workers: BTreeMap<usize, u32> = slots.iter().filter_map(|s| Some((s.index(), s.process()?))).collect();
        // A driver that does not answer now may do so next time; until then what was known holds.
        if let Some(Ok(gpus)) = self.slots.source.as_ref().map(|source| source.devices()) {
            self.packer.observe(&gpus, &workers);
        }
    }

    /// Idle slots in the order in which they are given trials: on GPUs the one with most memory left first, then cores.
    pub fn idle(&self, slots: &[Slot]) -> Vec<usize> {
        let on_gpus = self.packer.idle();
        let cores = slots.iter().filter(|slot| slot.job().is_none() && !self.packer.has(slot.index()));
        on_gpus.into_iter().chain(cores.map(Slot::index)).collect()
    }

    /// Takes the trial out of the queue that starts in a slot now, with what is to be [`reserve`](Self::reserve)d for
    /// it on a GPU.
    pub fn next(
        &self,
        queue: &mut Queue,
        slot: &Slot,
        may_start: impl Fn(&Job) -> bool,
    ) -> Option<(Job, Option<Reservation>)> {
        let may_start = |job: &Job| slot.spec().serves(job.program) && may_start(job);
        if !self.packer.has(slot.index()) {
            return Some((queue.next(slot.program(), may_start)?, None));
        }
        let (places, waiting): (Vec<usize>, Vec<Candidate<'_>>) = queue
            .iter()
            .enumerate()
            .filter(|(_, job)| may_start(job))
            .map(|(place, job)| (place, Candidate { like: &job.like, alone: job.alone_on_gpu, seconds: job.weight }))
            .unzip();
        let (chosen, reservation) = self.packer.pick(slot.index(), &waiting)?;
        let place = places[chosen];
        Some((queue.remove(place)?, Some(reservation)))
    }

    /// A trial is handed to a slot on a GPU.
    pub fn reserve(&mut self, slot: &Slot, job: &Job, reservation: Reservation) {
        self.packer.started(slot.index(), job.like.clone(), reservation);
    }

    /// A trial has ended in a slot. Whether it is to be tried once more, with a GPU for itself: it was short of the
    /// GPU's memory beside others.
    pub fn ended(&mut self, slot: usize, result: &ResultBlock, measured: &Measured) -> bool {
        if !self.packer.has(slot) {
            return false;
        }
        if result.status == Status::Failed && result.reason.as_deref().is_some_and(is_out_of_memory) {
            return !self.packer.out_of_memory(slot);
        }
        let made_up = self.slots.specs.get(slot).is_some_and(SlotSpec::is_made_up);
        // On a made-up GPU the memory of the process stands for what it would hold there.
        let peak = if made_up { measured.peak_mib } else { measured.gpu_peak_mib } * 1_048_576.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes")]
        let peak = (result.status == Status::Finished && peak > 0.0).then_some(peak as u64);
        self.packer.ended(slot, peak);
        false
    }

    /// What to say, once, when nothing runs because other people's processes hold the memory.
    pub fn waits_for_others(&mut self, queue: &Queue, slots: &[Slot]) -> Option<String> {
        if self.said || queue.is_empty() || slots.iter().any(|slot| slot.job().is_some()) {
            return None;
        }
        let waits = queue.iter().flat_map(|job| {
            let seats = self.packer.idle().into_iter();
            seats.filter_map(|slot| self.packer.admits(slot, &job.like, job.alone_on_gpu).err())
        });
        let (needed, held) = waits.into_iter().find_map(|wait| match wait {
            Wait::Others { needed, held } => Some((ByteSize(needed), ByteSize(held))),
            _ => None,
        })?;
        self.said = true;
        Some(format!("waiting for GPU memory: a trial needs {needed}, and processes of others hold {held}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::packing::{Like, Peaks};
    use crate::run::slots::{Demand, Wanted, find};
    use crate::settings::Settings;

    fn options(folder: &std::path::Path) -> Options {
        let gpu = r#"{"devices": [{"index": 0, "uuid": "GPU-a", "name": "Made Up", "memory_total": 25769803776,
            "memory_free": 25769803776}]}"#;
        let path = folder.join("gpus.json");
        std::fs::write(&path, gpu).unwrap();
        let settings = Settings { gpus_file: Some(path), ..Settings::default() };
        let demand = Demand { native: 0, torch: 8, jobs: 2, threads: 1 };
        let mut gpu_peaks = Peaks::default();
        gpu_peaks.add(Like::new("dec", "digits"), 1 << 30);
        Options {
            slots: find(&Wanted::Auto, demand, &settings).unwrap(),
            gpu_headroom: 0.1,
            gpu_peaks,
            reverse: false,
            sync_always: false,
            trials_per_worker: 0,
            worker_memory: 0,
        }
    }

    #[test]
    fn short_of_gpu_memory_beside_others_is_tried_again_and_alone_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let options = options(folder.path());
        let mut board = Board::new(&options);
        let dec = Like::new("dec", "digits");
        let mut short = ResultBlock::of(Status::Failed);
        short.reason = Some("CUDA out of memory. Tried to allocate 2.00 GiB.".to_owned());
        let mut diverged = ResultBlock::of(Status::Failed);
        diverged.reason = Some("the loss became NaN".to_owned());
        let mut end = |alone: bool, result: &ResultBlock| {
            let reservation = board.packer.admits(0, &dec, alone).unwrap();
            board.packer.started(0, dec.clone(), reservation);
            board.ended(0, result, &Measured::default())
        };
        assert!(!end(false, &diverged), "an error of its own");
        assert!(end(false, &short), "it was packed");
        assert!(!end(true, &short), "it had the GPU for itself");
        assert!(!end(false, &short), "as a probe too");
        assert!(!board.ended(7, &short, &Measured::default()), "no such slot on a GPU");
    }
}
