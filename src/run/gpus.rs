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
