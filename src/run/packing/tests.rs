//! Single decisions, and whole runs in simulated time.

use super::*;
use crate::machine::gpu::GpuProcess;
use crate::rng::{Purpose, Stream};

const GIB: u64 = 1 << 30;

fn gpu(number: usize, total: u64, others: u64) -> Gpu {
    Gpu {
        index: u32::try_from(number).unwrap(),
        uuid: format!("GPU-{number}"),
        name: "Made Up".to_owned(),
        memory_total: total,
        memory_free: total - others,
        processes: Vec::new(),
        mig: None,
    }
}

/// `workers` seats on each of these GPUs, GPU by GPU.
fn packer(gpus: &[Gpu], workers: usize, peaks: Peaks) -> Packer {
    let rules = Rules { workers, headroom: 0.1 };
    let uuids: Vec<String> = gpus.iter().map(|gpu| gpu.uuid.clone()).collect();
    let seats = uuids.iter().flat_map(|uuid| (0..workers).map(move |_| uuid.as_str())).enumerate();
    Packer::new(rules, gpus, seats, peaks)
}

fn like(model: &str) -> Like {
    Like::new(model, "digits")
}

fn peaks(known: &[(&str, u64)]) -> Peaks {
    let mut peaks = Peaks::default();
    known.iter().for_each(|(model, peak)| peaks.add(like(model), *peak));
    peaks
}

/// Starts it if it may.
fn start(packer: &mut Packer, slot: usize, model: &str, alone: bool) -> Result<Reservation, Wait> {
    let reservation = packer.admits(slot, &like(model), alone)?;
    packer.started(slot, like(model), reservation);
    Ok(reservation)
}

#[test]
fn the_first_of_its_like_is_alone_and_the_others_are_packed() {
    let mut packer = packer(&[gpu(0, 24 * GIB, 0)], 4, Peaks::default());
    assert!(start(&mut packer, 0, "dec", false).unwrap().alone);
    assert_eq!(start(&mut packer, 1, "dec", false), Err(Wait::BesideOneAlone));
    assert_eq!(start(&mut packer, 1, "idec", false), Err(Wait::BesideOneAlone));
    packer.ended(0, Some(5 * GIB));
    for slot in 0..3 {
        let reservation = start(&mut packer, slot, "dec", false).unwrap();
        assert_eq!(reservation, Reservation { bytes: 5 * GIB + GIB / 2, alone: false });
    }
    assert_eq!(start(&mut packer, 3, "idec", false), Err(Wait::ToBeAlone), "of another kind nothing is known");
    assert_eq!(start(&mut packer, 3, "dec", false).map_err(|wait| matches!(wait, Wait::Memory { .. })), Err(true));
    packer.ended(1, Some(6 * GIB));
    assert_eq!(packer.peaks().get(&like("dec")), Some(6 * GIB), "the highest counts");
}

#[test]
fn a_failed_trial_says_nothing_of_memory() {
    let mut packer = packer(&[gpu(0, 24 * GIB, 0)], 4, Peaks::default());
    start(&mut packer, 0, "dec", false).unwrap();
    packer.ended(0, None);
    assert!(start(&mut packer, 1, "dec", false).unwrap().alone, "still a probe");
}

#[test]
fn the_cap_of_a_gpu_holds() {
    let mut packer = packer(&[gpu(0, 80 * GIB, 0)], 2, peaks(&[("dec", GIB)]));
    assert!(start(&mut packer, 0, "dec", false).is_ok() && start(&mut packer, 1, "dec", false).is_ok());
    assert_eq!(packer.admits(0, &like("dec"), false), Err(Wait::Full));
    assert_eq!(packer.admits(9, &like("dec"), false), Err(Wait::Full), "no such seat");
}

#[test]
fn killed_for_memory_it_has_the_gpu_for_itself_once() {
    let mut packer = packer(&[gpu(0, 24 * GIB, 0)], 4, peaks(&[("dec", GIB), ("idec", GIB)]));
    start(&mut packer, 0, "dec", false).unwrap();
    start(&mut packer, 1, "idec", false).unwrap();
    assert!(!packer.out_of_memory(0), "it was not alone: another try");
    assert_eq!(packer.peaks().get(&like("dec")), None, "what was recorded is not believed");
    assert_eq!(start(&mut packer, 0, "dec", true), Err(Wait::ToBeAlone));
    packer.ended(1, Some(GIB));
    assert!(start(&mut packer, 0, "dec", true).unwrap().alone);
    assert_eq!(start(&mut packer, 1, "idec", false), Err(Wait::BesideOneAlone));
    assert!(packer.out_of_memory(0), "it had all of it");
    for (reason, is) in [
        ("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of", true),
        ("Torch(\"CUDA error: out of memory", true),
        ("the loss became NaN in epoch 3", false),
        ("stopped at its memory limit of 4.0 GiB", false),
    ] {
        assert_eq!(is_out_of_memory(reason), is, "{reason}");
    }
}

#[test]
fn what_other_people_hold_is_theirs() {
    let mut packer = packer(&[gpu(0, 24 * GIB, 14 * GIB)], 4, peaks(&[("dec", 7 * GIB)]));
    start(&mut packer, 0, "dec", false).unwrap();
    assert!(matches!(start(&mut packer, 1, "dec", false), Err(Wait::Memory { .. })));
    packer.gone(0);
    // They take more: now it does not fit even alone.
    packer.observe(&[gpu(0, 24 * GIB, 20 * GIB)], &BTreeMap::new());
    assert!(matches!(start(&mut packer, 0, "dec", false), Err(Wait::Others { held, .. }) if held == 20 * GIB));
    packer.observe(&[gpu(0, 24 * GIB, 23 * GIB)], &BTreeMap::new());
    assert!(matches!(start(&mut packer, 0, "idec", false), Err(Wait::Others { .. })), "a probe would only fail");
    packer.observe(&[gpu(0, 24 * GIB, 0)], &BTreeMap::new());
    assert!(start(&mut packer, 0, "dec", false).is_ok() && start(&mut packer, 1, "dec", false).is_ok());
}

#[test]
fn larger_than_every_gpu_it_runs_alone_and_fails_by_itself() {
    let gpus = [gpu(0, 24 * GIB, 0), gpu(1, 80 * GIB, 0)];
    let mut packer = packer(&gpus, 1, peaks(&[("large", 40 * GIB), ("huge", 90 * GIB)]));
    assert!(matches!(packer.admits(0, &like("large"), false), Err(Wait::Memory { .. })), "it waits for the larger one");
    assert!(packer.admits(1, &like("large"), false).is_ok());
    assert!(start(&mut packer, 0, "huge", false).unwrap().alone);
}

#[test]
fn our_own_processes_are_told_from_others() {
    let mut packer = packer(&[gpu(0, 24 * GIB, GIB)], 3, peaks(&[("dec", 4 * GIB)]));
    start(&mut packer, 0, "dec", false).unwrap();
    start(&mut packer, 1, "dec", false).unwrap();
    packer.ended(1, Some(4 * GIB));
    let workers = BTreeMap::from([(0, 500), (1, 501)]);
    let mut now = gpu(0, 24 * GIB, 8 * GIB);
    let holds = |pid, memory| GpuProcess { pid, memory: Some(memory) };
    now.processes = vec![holds(500, 4 * GIB), holds(501, GIB / 2), holds(77, 3 * GIB)];
    packer.observe(std::slice::from_ref(&now), &workers);
    assert_eq!(packer.cards[0].others, 8 * GIB - 4 * GIB - GIB / 2);
    assert_eq!(packer.context, GIB / 2, "an idle worker shows what a context is");
    // In a container the numbers mean nothing: what goes beyond our reservations is other people's.
    now.processes.iter_mut().for_each(|process| process.pid += 10_000);
    packer.observe(std::slice::from_ref(&now), &workers);
    let reserved = packer.reserved_for(4 * GIB) + 2 * packer.context;
    assert_eq!(packer.cards[0].others, 8 * GIB - reserved);
    now.memory_free = 24 * GIB - GIB / 4;
    packer.observe(std::slice::from_ref(&now), &workers);
    assert_eq!(packer.cards[0].others, GIB, "at least what was theirs before our first worker");
}

/// A trial of a simulated run.
#[derive(Clone, Debug)]
struct Simulated {
    like: Like,
    /// What it really holds at most, without the context.
    peak: u64,
    seconds: f64,
}

/// A family of trials: memory and durations like those of the deep models on data of some size.
struct Family {
    name: String,
    peak: u64,
    median: f64,
    spread: f64,
}

/// A made-up run: GPUs, families with their recorded peaks, trials, longest first.
struct Scene {
    gpus: Vec<Gpu>,
    workers: usize,
    peaks: Peaks,
    trials: Vec<Simulated>,
}

/// Peaks from 2 to 40 % of a GPU, medians of 20 s to 10 min, durations within a factor of 2 or so of their median: what
/// autoencoders of one study look like. One GPU in three has somebody else on it.
fn scene(seed: u64) -> Scene {
    let mut stream = Stream::new(seed, Purpose::Noise, "packing.scene");
    let total = [24, 40, 80][stream.below(3)] * GIB;
    let gpus: Vec<Gpu> = (0..=stream.below(8))
        .map(|number| gpu(number, total, if stream.below(3) == 0 { total / 8 } else { GIB / 2 }))
        .collect();
    let workers = [2, 4, 8][stream.below(3)];
    let families: Vec<Family> = (0..=stream.below(5))
        .map(|number| Family {
            name: format!("model {number}"),
            peak: bytes(total, (0.02_f64.ln() + stream.uniform() * (0.40_f64 / 0.02).ln()).exp()),
            median: 20.0 * (stream.uniform() * 30.0_f64.ln()).exp(),
            spread: stream.uniform_in(0.1, 0.6),
        })
        .collect();
    let count = 50 + stream.below(451);
    let mut trials: Vec<Simulated> = (0..count)
        .map(|_| {
            let family = &families[stream.below(families.len())];
            Simulated {
                like: like(&family.name),
                peak: bytes(family.peak, stream.uniform_in(0.96, 1.0)),
                seconds: family.median * (family.spread * stream.normal()).exp(),
            }
        })
        .collect();
    trials.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
    let mut peaks = Peaks::default();
    families.iter().for_each(|family| peaks.add(like(&family.name), bytes(family.peak, 0.96)));
    Scene { gpus, workers, peaks, trials }
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes")]
fn bytes(of: u64, part: f64) -> u64 {
    (of as f64 * part) as u64
}

#[expect(clippy::cast_precision_loss, reason = "bytes and counts")]
fn float(n: u64) -> f64 {
    n as f64
}

/// Runs a scene; the makespan. Panics where reservations, or what the trials really hold, exceed a GPU.
fn simulate(scene: &Scene, peaks: Peaks) -> f64 {
    let mut packer = packer(&scene.gpus, scene.workers, peaks);
    let mut waiting = scene.trials.clone();
    let mut running: Vec<(f64, usize, Simulated)> = Vec::new();
    let mut now = 0.0;
    loop {
        // As the loop does: every idle slot takes the first trial of the queue that may start there.
        'feed: loop {
            for slot in packer.idle() {
                let next = waiting.iter().position(|trial| packer.admits(slot, &trial.like, false).is_ok());
                if let Some(index) = next {
                    let trial = waiting.remove(index);
                    let reservation = packer.admits(slot, &trial.like, false).unwrap();
                    packer.started(slot, trial.like.clone(), reservation);
                    running.push((now + trial.seconds, slot, trial));
                    check(&packer, &running);
                    continue 'feed;
                }
            }
            break;
        }
        running.sort_by(|a, b| b.0.total_cmp(&a.0));
        let Some((end, slot, trial)) = running.pop() else {
            assert!(waiting.is_empty(), "{} trials never start", waiting.len());
            return now;
        };
        now = end;
        packer.ended(slot, Some(trial.peak));
    }
}

/// No GPU holds more than it has: neither by what is reserved nor by what is used.
fn check(packer: &Packer, running: &[(f64, usize, Simulated)]) {
    for (index, card) in packer.cards.iter().enumerate() {
        let reserved: u64 = packer.running_on(index).map(|mate| mate.bytes).sum();
        let held = card.others + packer.contexts(index, None);
        assert!(held + reserved <= card.total, "over-committed by reservations");
        let used: u64 = running
            .iter()
            .filter(|(_, slot, _)| packer.seats[slot].card == index)
            .map(|(_, _, trial)| trial.peak)
            .sum();
        assert!(held + used <= card.total, "over-committed in fact");
        let mates = packer.running_on(index).count();
        assert!(mates <= packer.rules.workers);
        assert!(mates == 1 || !packer.running_on(index).any(|mate| mate.alone), "one that must be alone is not");
    }
}

/// What no schedule can beat, given the memory that is set aside for each trial (its reservation and a context):
/// - the longest trial;
/// - memory times time over all GPUs' memory;
/// - for each k up to the cap, of the trials of which at most k fit on a GPU at a time: their time over k places a GPU,
///   and, of the jm + 1 longest of them on m such places, the j + 1 shortest in a row, since some place takes as many.
fn lower_bound(scene: &Scene) -> f64 {
    let packer = packer(&scene.gpus, scene.workers, scene.peaks.clone());
    let needs: Vec<u64> = scene
        .trials
        .iter()
        .map(|trial| packer.reserved_for(scene.peaks.get(&trial.like).unwrap_or(trial.peak)) + CONTEXT)
        .collect();
    let left: Vec<u64> = scene.gpus.iter().map(|gpu| gpu.memory_free).collect();
    let area: f64 = scene.trials.iter().zip(&needs).map(|(trial, need)| trial.seconds * float(*need)).sum();
    let longest = scene.trials.first().map_or(0.0, |trial| trial.seconds);
    let mut bound = longest.max(area / float(left.iter().sum()));
    for k in 1..=scene.workers {
        // More than 1/(k + 1) of the largest GPU each: no GPU takes more than k of them.
        let least = left.iter().max().unwrap() / (k as u64 + 1);
        let all = k == scene.workers;
        let of: Vec<f64> =
            scene.trials.iter().zip(&needs).filter(|(_, need)| all || **need > least).map(|(t, _)| t.seconds).collect();
        let places = k * scene.gpus.len();
        bound = bound.max(of.iter().sum::<f64>() / float(places as u64));
        for j in 1..of.len().div_ceil(places) {
            let end = j * places + 1;
            bound = bound.max(of[end - (j + 1)..end].iter().sum());
        }
    }
    bound
}

#[test]
fn with_recorded_peaks_the_makespan_is_within_a_tenth_of_what_is_possible() {
    let mut ratios: Vec<(f64, u64)> = (0..300)
        .map(|seed| {
            let scene = scene(seed);
            (simulate(&scene, scene.peaks.clone()) / lower_bound(&scene), seed)
        })
        .collect();
    ratios.sort_by(|a, b| b.0.total_cmp(&a.0));
    println!("worst {:?}", &ratios[..12]);
    println!("median {:.4}", ratios[ratios.len() / 2].0);
    for (ratio, seed) in &ratios[..12] {
        let scene = scene(*seed);
        println!(
            "{ratio:.3} gpus {} workers {} trials {} families {}",
            scene.gpus.len(),
            scene.workers,
            scene.trials.len(),
            scene.peaks.0.len()
        );
    }
    assert!(ratios[0].0 <= 1.10, "seed {}: {:.3}", ratios[0].1, ratios[0].0);
}

#[test]
fn without_records_it_costs_a_probe_of_each_kind() {
    let mut ratios: Vec<f64> = (0..100)
        .map(|seed| {
            let scene = scene(seed);
            simulate(&scene, Peaks::default()) / lower_bound(&scene)
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    println!("cold: median {:.3}, 90 % {:.3}, worst {:.3}", ratios[50], ratios[90], ratios[99]);
}
