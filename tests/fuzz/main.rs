//! Damaged files: no reader panics, hangs, or takes more memory than 20 times the input and 64 MiB.
//!
//! `a_few_damaged_inputs` is part of the suite. The long run, about an hour for all readers:
//! `cargo test --release --no-default-features --test fuzz -- --ignored --nocapture`
//!
//! - `GRIDBOOK_FUZZ_CASES`: inputs a reader, 1,000,000 where it is not set;
//! - `GRIDBOOK_FUZZ_READERS`: kinds with commas between them, all where it is not set.
//!
//! An input that fails is written to the folder for temporary files. A new reader joins by its line in
//! `gridbook::dataset::bytes::READERS` and its seeds in `seeds.rs` or `tables.rs`.

mod memory;
mod mutate;
mod seeds;
mod tables;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use gridbook::dataset::bytes::{READERS, Reader};
use mutate::Mutator;
use seeds::{Seed, Seeds};

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

/// An input that takes longer hangs. Machines that share their cores are slow at times.
const LONGEST: Duration = Duration::from_secs(20);

/// Memory is counted for the whole process, so nothing else may run.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a reader did.
#[derive(Default)]
struct Figures {
    read: u64,
    highest: usize,
    /// Per mille of the bound.
    nearest: usize,
    slowest: Duration,
}

fn bound(input: usize) -> usize {
    20 * input + (64 << 20)
}

/// Keeps an input, for whoever looks into it.
fn kept(kind: &str, case: u64, input: &[u8]) -> String {
    let path = std::env::temp_dir().join(format!("gridbook-fuzz-{kind}-{case}"));
    let written = std::fs::write(&path, input).is_ok();
    if written { path.display().to_string() } else { format!("{input:?}") }
}

fn input(seeds: &Seeds, case: u64) -> Vec<u8> {
    let mut mutator = Mutator::new(case);
    let Seed { bytes, wrap } = &seeds.seeds[mutator.below(seeds.seeds.len())];
    let others: Vec<&[u8]> = seeds.seeds.iter().map(|seed| seed.bytes.as_slice()).collect();
    let mut bytes = bytes.clone();
    mutator.damage(&mut bytes, &others, seeds.tokens);
    wrap(bytes)
}

fn try_one(reader: &Reader, case: u64, input: &[u8], figures: &mut Figures) {
    let started = Instant::now();
    let (done, peak) = memory::peak(|| {
        catch_unwind(AssertUnwindSafe(|| {
            let _ = (reader.guess)(input);
            (reader.read)(input).is_ok()
        }))
    });
    let Ok(read) = done else { panic!("{} panics: {}", reader.kind, kept(reader.kind, case, input)) };
    if peak > bound(input.len()) {
        let mib = peak >> 20;
        panic!("{}: {mib} MiB for {} bytes: {}", reader.kind, input.len(), kept(reader.kind, case, input));
    }
    figures.read += u64::from(read);
    figures.highest = figures.highest.max(peak);
    figures.nearest = figures.nearest.max(peak.saturating_mul(1000) / bound(input.len()));
    figures.slowest = figures.slowest.max(started.elapsed());
}

fn run(reader: &Reader, cases: u64) {
    let Some(seeds) = seeds::of(reader.kind) else { panic!("`{}` has no seeds in tests/fuzz", reader.kind) };
    for seed in &seeds.seeds {
        // Seeds that are refused are poor ones, but for labels without features.
        let whole = (seed.wrap)(seed.bytes.clone());
        try_one(reader, 0, &whole, &mut Figures::default());
    }
    let started = Instant::now();
    let (at, done) = (AtomicU64::new(0), AtomicBool::new(false));
    let figures = thread::scope(|scope| {
        let (at, done, seeds) = (&at, &done, &seeds);
        scope.spawn(move || watch(reader.kind, seeds, at, done));
        let figures = catch_unwind(AssertUnwindSafe(|| {
            let mut figures = Figures::default();
            for case in 0..cases {
                at.store(case, Ordering::Relaxed);
                try_one(reader, case, &input(seeds, case), &mut figures);
            }
            figures
        }));
        done.store(true, Ordering::Relaxed);
        figures
    });
    let figures = figures.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    println!(
        "{}: {cases} inputs in {:.0} s, {} read; at most {:.1} MiB, {:.1} % of the bound; slowest {:.0} ms",
        reader.kind,
        started.elapsed().as_secs_f64(),
        figures.read,
        mib(figures.highest),
        tenths(figures.nearest),
        figures.slowest.as_secs_f64() * 1000.0
    );
    assert!(figures.read > cases / 50 && figures.read < cases, "the damage is too small or too great to find anything");
}

#[expect(clippy::cast_precision_loss, reason = "shown")]
fn mib(bytes: usize) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

#[expect(clippy::cast_precision_loss, reason = "shown")]
fn tenths(per_mille: usize) -> f64 {
    per_mille as f64 / 10.0
}

/// Ends the process where one input takes too long: a thread that hangs cannot be ended.
fn watch(kind: &str, seeds: &Seeds, at: &AtomicU64, done: &AtomicBool) {
    let (mut last, mut since) = (u64::MAX, Instant::now());
    while !done.load(Ordering::Relaxed) {
        thread::sleep(Duration::from_millis(50));
        let now = at.load(Ordering::Relaxed);
        if now != last {
            (last, since) = (now, Instant::now());
        } else if since.elapsed() > LONGEST {
            eprintln!("{kind} hangs: {}", kept(kind, now, &input(seeds, now)));
            std::process::abort();
        }
    }
}

#[test]
fn a_few_damaged_inputs() {
    let _alone = alone();
    READERS.iter().for_each(|reader| run(reader, 2000));
}

#[test]
#[ignore = "long: a million damaged inputs for each reader"]
#[expect(clippy::disallowed_methods, reason = "a test that is told how long to run")]
fn many_damaged_inputs() {
    let _alone = alone();
    let cases = std::env::var("GRIDBOOK_FUZZ_CASES").map_or(1_000_000, |text| text.parse().expect("a whole number"));
    let only = std::env::var("GRIDBOOK_FUZZ_READERS").ok();
    let wanted = |kind: &str| only.as_ref().is_none_or(|only| only.split(',').any(|name| name == kind));
    READERS.iter().filter(|reader| wanted(reader.kind)).for_each(|reader| run(reader, cases));
}
