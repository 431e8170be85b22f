//! Single decisions, and whole runs in simulated time.

use super::*;
use crate::machine::gpu::GpuProcess;

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
        assert_eq!(reservation, Reservation { bytes: 5 * GIB + GIB / 2, alone: false, probe: false });
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
    packer.seen(0, false, false);
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

#[test]
fn probes_beside_each_other_make_room_when_the_first_has_ended() {
    let mut packer = packer(&[gpu(0, 24 * GIB, 0), gpu(1, 24 * GIB, 0)], 2, Peaks::default());
    let (dec, idec) = (like("dec"), like("idec"));
    let trial = |like, seconds| Candidate { like, alone: false, seconds };
    let waiting = [trial(&dec, 9.0), trial(&dec, 5.0), trial(&dec, 7.0)];
    let (first, reservation) = packer.pick(0, &waiting).unwrap();
    assert_eq!((first, reservation.probe), (1, true), "the shortest is the probe");
    packer.started(0, dec.clone(), reservation);
    let waiting = [trial(&dec, 9.0), trial(&dec, 7.0)];
    assert!(packer.pick(1, &waiting).is_none(), "nothing beside a probe");
    let (second, reservation) = packer.pick(2, &waiting).unwrap();
    assert_eq!(second, 0, "on another GPU the longest");
    packer.started(2, dec.clone(), reservation);
    assert_eq!(packer.admits(3, &dec, false), Err(Wait::BesideOneAlone));
    packer.ended(0, Some(4 * GIB));
    assert!(packer.admits(3, &dec, false).is_ok_and(|one| !one.alone), "it is not alone any more");
    assert_eq!(packer.admits(3, &idec, false), Err(Wait::ToBeAlone));
}

mod simulation;
