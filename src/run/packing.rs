//! Which trial may start on which GPU now. Only decisions: who is on a GPU is told, and nothing is asked or started.
//!
//! A trial whose like (the same kind of model on the same data set) has not been seen runs alone on its GPU, as a
//! probe. Later ones reserve the highest peak of those before them and some headroom; together with the contexts of
//! the workers and with what other people hold, reservations never exceed the memory of the GPU. A trial that was
//! killed for memory is tried once more, alone.

use std::collections::BTreeMap;

use crate::machine::gpu::Gpu;

/// Bytes that a process holds on a GPU before its first tensor (CUDA's context, the kernels of libtorch), until it has
/// been measured here. Taken from what is known of libtorch 2 on data-centre GPUs, 0.4 to 0.6 GiB, with a margin.
pub const CONTEXT: u64 = 700 << 20;

/// What is said of trials whose memory is alike.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Like {
    /// Kind of the model.
    pub model: String,
    /// Label of the data set.
    pub dataset: String,
}

impl Like {
    /// Of this kind of model on this data set.
    pub fn new(model: &str, dataset: &str) -> Self {
        Like { model: model.to_owned(), dataset: dataset.to_owned() }
    }
}

/// The highest memory of earlier trials, in bytes, without the context.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peaks(BTreeMap<Like, u64>);

impl Peaks {
    /// One more trial that finished. A failed one may not have come to its peak: leave it out.
    pub fn add(&mut self, like: Like, peak: u64) {
        let highest = self.0.entry(like).or_default();
        *highest = (*highest).max(peak);
    }

    /// The highest so far.
    pub fn get(&self, like: &Like) -> Option<u64> {
        self.0.get(like).copied()
    }
}

/// What a machine's owner may set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// Trials at a time on one GPU.
    pub workers: usize,
    /// What is reserved beyond the highest peak, as a part of it.
    pub headroom: f64,
}

/// Why a trial does not start now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The seat is taken, or the GPU has as many trials as it may.
    Full,
    /// A trial that must be alone is there.
    BesideOneAlone,
    /// It must be alone, and others are there.
    ToBeAlone,
    /// Trials of this run leave too little.
    Memory {
        /// Bytes that it needs.
        needed: u64,
        /// Bytes that are not reserved.
        free: u64,
    },
    /// Other people's processes leave too little.
    Others {
        /// Bytes that it needs.
        needed: u64,
        /// Bytes that they hold.
        held: u64,
    },
}

/// Memory set aside for a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// Bytes, without the context.
    pub bytes: u64,
    /// Nothing else may start there.
    pub alone: bool,
    /// It is alone because nothing is known of its like, and only until that is known.
    pub probe: bool,
}

/// A trial that waits.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'c> {
    /// What its memory is like.
    pub like: &'c Like,
    /// It was killed for memory once, and is tried again with a GPU for itself.
    pub alone: bool,
    /// How long it will take, as far as anybody can say.
    pub seconds: f64,
}

/// A GPU as the packer sees it.
#[derive(Clone, Debug)]
struct Card {
    uuid: String,
    total: u64,
    /// Bytes that processes which are not ours hold, the driver included.
    others: u64,
    /// The same when no worker of ours was there last.
    others_alone: u64,
}

/// A worker's place on a GPU.
#[derive(Clone, Debug)]
struct Seat {
    card: usize,
    /// Whether a worker is there: an idle one holds its context too.
    worker: bool,
    running: Option<(Like, Reservation)>,
}

/// What runs where, and what may start.
#[derive(Clone, Debug)]
pub struct Packer {
    rules: Rules,
    cards: Vec<Card>,
    seats: BTreeMap<usize, Seat>,
    peaks: Peaks,
    context: u64,
}

impl Packer {
    /// For the GPUs as they are now, before any worker of ours runs there, and seats given by the number of the slot
    /// and the identity of the GPU; those of no such GPU are left out.
    pub fn new<'s>(rules: Rules, gpus: &[Gpu], seats: impl Iterator<Item = (usize, &'s str)>, peaks: Peaks) -> Self {
        let cards: Vec<Card> = gpus
            .iter()
            .map(|gpu| Card {
                uuid: gpu.uuid.clone(),
                total: gpu.memory_total,
                others: gpu.memory_used(),
                others_alone: gpu.memory_used(),
            })
            .collect();
        let seats = seats
            .filter_map(|(slot, uuid)| {
                let card = cards.iter().position(|card| card.uuid == uuid)?;
                Some((slot, Seat { card, worker: false, running: None }))
            })
            .collect();
        Packer { rules, cards, seats, peaks, context: CONTEXT }
    }

    /// Whether a slot is on a GPU.
    pub fn has(&self, slot: usize) -> bool {
        self.seats.contains_key(&slot)
    }

    /// Seats on which nothing runs, those of the GPU with the most memory left first.
    pub fn idle(&self) -> Vec<usize> {
        let mut idle: Vec<(u64, usize)> = self
            .seats
            .iter()
            .filter(|(_, seat)| seat.running.is_none())
            .map(|(slot, seat)| (self.free(seat.card, None), *slot))
            .collect();
        idle.sort_by_key(|&(free, slot)| (std::cmp::Reverse(free), slot));
        idle.into_iter().map(|(_, slot)| slot).collect()
    }

    /// Whether a trial may start on a seat now, and what would be reserved for it. One that was killed for memory is
    /// `alone`.
    ///
    /// # Errors
    /// Why it waits; ask again when a trial has ended, or after [`observe`](Self::observe).
    pub fn admits(&self, slot: usize, like: &Like, alone: bool) -> Result<Reservation, Wait> {
        let Some(seat) = self.seats.get(&slot).filter(|seat| seat.running.is_none()) else { return Err(Wait::Full) };
        let mates: Vec<Reservation> = self.running_on(seat.card).collect();
        if mates.iter().any(|mate| mate.alone) {
            return Err(Wait::BesideOneAlone);
        }
        if mates.len() >= self.rules.workers {
            return Err(Wait::Full);
        }
        let (card, free) = (&self.cards[seat.card], self.free(seat.card, Some(slot)));
        let whole = Reservation { bytes: free, alone: true, probe: false };
        let peak = self.peaks.get(like).filter(|_| !alone);
        let Some(peak) = peak else {
            let whole = Reservation { probe: !alone, ..whole };
            return match mates.is_empty() {
                false => Err(Wait::ToBeAlone),
                // Where others hold nearly all of it, a trial of unknown size would only fail.
                true if free < card.total / 10 => Err(Wait::Others { needed: card.total / 10, held: card.others }),
                true => Ok(whole),
            };
        };
        let needed = self.reserved_for(peak);
        if needed <= free {
            return Ok(Reservation { bytes: needed, alone: false, probe: false });
        }
        if !mates.is_empty() {
            return Err(Wait::Memory { needed, free });
        }
        let fits = |card: &Card| peak + self.context <= card.total;
        // Without headroom it just fits; or no GPU here is large enough, and it fails by itself.
        if peak <= free || !self.cards.iter().any(fits) {
            return Ok(whole);
        }
        // Of a larger GPU it waits for that one.
        if fits(card) { Err(Wait::Others { needed, held: card.others }) } else { Err(Wait::Memory { needed, free }) }
    }

    /// The trial that should start on a seat now, with what is reserved for it; none where none may.
    ///
    /// Where a kind of trial is unknown, the shortest of it is the probe, and the longest start beside it on other
    /// GPUs: once the probe has ended they are alone no longer. Of known ones the longest goes first; but while memory
    /// is scarcer than places, and no single trial decides when all is done, the one that takes most of it does
    /// (memory times the root of its time).
    pub fn pick(&self, slot: usize, waiting: &[Candidate<'_>]) -> Option<(usize, Reservation)> {
        let mut answers: BTreeMap<(&Like, bool), Option<Reservation>> = BTreeMap::new();
        let mut may: Vec<(usize, Reservation)> = Vec::new();
        for (index, trial) in waiting.iter().enumerate() {
            let answer = answers
                .entry((trial.like, trial.alone))
                .or_insert_with(|| self.admits(slot, trial.like, trial.alone).ok());
            may.extend(answer.map(|reservation| (index, reservation)));
        }
        let seconds = |index: usize| waiting[index].seconds;
        let shorter = |a: &(usize, Reservation), b: &(usize, Reservation)| seconds(a.0).total_cmp(&seconds(b.0));
        let probed = |like: &Like| self.seats.values().filter_map(|seat| seat.running.as_ref()).any(|r| r.0 == *like);
        let unprobed = may.iter().filter(|(index, one)| one.probe && !probed(waiting[*index].like));
        if let Some(probe) = unprobed.min_by(|a, b| shorter(a, b)) {
            return Some(*probe);
        }
        let longest = may.iter().rev().max_by(|a, b| shorter(a, b))?;
        let (by_memory, by_places) = self.outlook(waiting);
        if by_memory <= by_places || seconds(longest.0) >= by_memory {
            return Some(*longest);
        }
        let weight = |&(index, one): &(usize, Reservation)| float(one.bytes + self.context) * seconds(index).sqrt();
        may.iter().rev().max_by(|a, b| weight(a).total_cmp(&weight(b))).copied()
    }

    /// Seconds that what waits would take if memory alone, and if places alone, were scarce.
    fn outlook(&self, waiting: &[Candidate<'_>]) -> (f64, f64) {
        let memory: u64 = self.cards.iter().map(|card| card.total.saturating_sub(card.others)).sum();
        let needed = |trial: &Candidate<'_>| {
            self.peaks.get(trial.like).map_or(0.0, |peak| float(self.reserved_for(peak) + self.context))
        };
        let areas: f64 = waiting.iter().map(|trial| needed(trial) * trial.seconds).sum();
        let seconds: f64 = waiting.iter().map(|trial| trial.seconds).sum();
        (areas / float(memory.max(1)), seconds / float((self.cards.len() * self.rules.workers).max(1) as u64))
    }

    /// A trial was handed to the worker of a seat.
    pub fn started(&mut self, slot: usize, like: Like, reservation: Reservation) {
        if let Some(seat) = self.seats.get_mut(&slot) {
            seat.worker = true;
            seat.running = Some((like, reservation));
        }
    }

    /// The trial of a seat ended; its worker stays. `peak` is what it held at most, of a trial that finished.
    pub fn ended(&mut self, slot: usize, peak: Option<u64>) {
        let running = self.seats.get_mut(&slot).and_then(|seat| seat.running.take());
        let (Some((like, _)), Some(peak)) = (running, peak) else { return };
        self.peaks.add(like.clone(), peak);
        // What runs alone only because nothing was known of it makes room now.
        let needed = self.reserved_for(self.peaks.get(&like).unwrap_or(peak));
        let alike =
            self.seats.values_mut().filter_map(|seat| seat.running.as_mut()).filter(|(other, _)| *other == like);
        for (_, reservation) in alike.filter(|(_, reservation)| reservation.probe && needed <= reservation.bytes) {
            *reservation = Reservation { bytes: needed, alone: false, probe: false };
        }
    }

    /// The trial of a seat was killed for memory. What was recorded of its like is not believed any more: the next one
    /// is a probe again. Returns whether it had the GPU for itself, so that another try is of no use.
    pub fn out_of_memory(&mut self, slot: usize) -> bool {
        let running = self.seats.get_mut(&slot).and_then(|seat| seat.running.take());
        let Some((like, reservation)) = running else { return false };
        self.peaks.0.remove(&like);
        reservation.alone
    }

    /// What is seen of a seat: whether a worker is there, and whether it has a trial. Reservations of trials that are
    /// gone, however they ended, end with them.
    pub fn seen(&mut self, slot: usize, worker: bool, trial: bool) {
        if let Some(seat) = self.seats.get_mut(&slot) {
            seat.worker = worker;
            if !trial {
                seat.running = None;
            }
        }
    }

    /// Looks at the GPUs again: what other people hold now. `workers` are the processes of our seats. Inside a
    /// container the driver's process numbers mean nothing to us; what is then held beyond our reservations, and at
    /// least what was held before our first worker, is other people's.
    pub fn observe(&mut self, gpus: &[Gpu], workers: &BTreeMap<usize, u32>) {
        for gpu in gpus {
            let Some(index) = self.cards.iter().position(|card| card.uuid == gpu.uuid) else { continue };
            let ours = |slot: &usize| {
                let process = gpu.processes.iter().find(|process| Some(&process.pid) == workers.get(slot))?;
                process.memory
            };
            let seats: Vec<(&usize, &Seat)> =
                self.seats.iter().filter(|(_, seat)| seat.card == index && seat.worker).collect();
            let known: Vec<u64> = seats.iter().filter_map(|(slot, _)| ours(slot)).collect();
            let idle = seats.iter().filter(|(_, seat)| seat.running.is_none()).filter_map(|(slot, _)| ours(slot));
            let context = idle.max();
            let used = gpu.memory_used();
            let reserved = self.running_on(index).map(|mate| mate.bytes).sum::<u64>() + self.contexts(index, None);
            let nobody = seats.is_empty();
            let alone = self.running_on(index).any(|mate| mate.alone);
            let card = &mut self.cards[index];
            card.total = gpu.memory_total;
            if nobody {
                card.others_alone = used;
            }
            card.others = match known.is_empty() {
                _ if nobody => used,
                false => used.saturating_sub(known.iter().sum()),
                // A probe reserves all there is, so nothing can be said beyond what was before it.
                true if alone => card.others_alone,
                true => used.saturating_sub(reserved).max(card.others_alone),
            };
            if let Some(context) = context {
                self.context = context;
            }
        }
    }

    /// What is recorded of trials so far.
    pub fn peaks(&self) -> &Peaks {
        &self.peaks
    }

    /// Bytes set aside for a trial of such a peak, without the context.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes")]
    fn reserved_for(&self, peak: u64) -> u64 {
        (peak as f64 * (1.0 + self.rules.headroom)).ceil() as u64
    }

    fn running_on(&self, card: usize) -> impl Iterator<Item = Reservation> + '_ {
        let on = self.seats.values().filter(move |seat| seat.card == card);
        on.filter_map(|seat| seat.running.as_ref().map(|(_, reservation)| *reservation))
    }

    /// Bytes of the contexts of our workers on a GPU, with one more where `starting` has none yet.
    fn contexts(&self, card: usize, starting: Option<usize>) -> u64 {
        let on = self.seats.iter().filter(|(_, seat)| seat.card == card);
        on.filter(|(slot, seat)| seat.worker || Some(**slot) == starting).map(|_| self.context).sum()
    }

    /// Bytes that are neither reserved nor held by others.
    fn free(&self, card: usize, starting: Option<usize>) -> u64 {
        let reserved: u64 = self.running_on(card).map(|mate| mate.bytes).sum();
        let Card { total, others, .. } = &self.cards[card];
        total.saturating_sub(*others).saturating_sub(self.contexts(card, starting)).saturating_sub(reserved)
    }
}

#[expect(clippy::cast_precision_loss, reason = "bytes and counts")]
fn float(n: u64) -> f64 {
    n as f64
}

/// Whether a reason of failure says that a GPU's memory did not suffice, in the words of libtorch and CUDA.
pub fn is_out_of_memory(reason: &str) -> bool {
    ["CUDA out of memory", "CUDA error: out of memory", "CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED"]
        .iter()
        .any(|words| reason.contains(words))
}

#[cfg(test)]
mod tests;
