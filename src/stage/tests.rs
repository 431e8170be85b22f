//! The cache as a model meets it, and as damage, other workers and dead ones meet it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ndarray::{Array2, array};
use tempfile::TempDir;

use super::sweep::{Limits, Rule, Why, sweep};
use super::*;
use crate::clock;
use crate::model::deep::pretraining;
use crate::model::{FitError, TrialContext};
use crate::parameter::{Parameters, Values};
use crate::value::Value;

const DAY: Duration = Duration::from_hours(24);
const WIDE: Limits = Limits { size: 1 << 30, age: Duration::from_hours(24 * 90) };

/// A cache in a folder of its own.
struct Home {
    folder: TempDir,
    limits: Limits,
}

impl Home {
    fn new() -> Self {
        Home { folder: tempfile::tempdir().unwrap(), limits: WIDE }
    }

    fn cache(&self) -> Cache {
        Cache::new(Place { folder: self.folder.path().to_owned(), limits: self.limits }, "cpu test")
    }

    fn stages(&self) -> PathBuf {
        self.folder.path().join("stages")
    }

    /// Every file, hidden ones too.
    fn files(&self) -> Vec<PathBuf> {
        fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                if entry.path().is_dir() { walk(&entry.path(), found) } else { found.push(entry.path()) }
            }
        }
        let mut found = Vec::new();
        walk(&self.stages(), &mut found);
        found.retain(|file| file.file_name().is_some_and(|name| name != ".swept"));
        found
    }

    fn only_file(&self) -> PathBuf {
        let files = self.files();
        assert_eq!(files.len(), 1, "{files:?}");
        files[0].clone()
    }
}

/// What a trial has after asking for a stage.
#[derive(Debug, PartialEq)]
struct Had {
    product: Vec<u8>,
    curves: Vec<String>,
    notes: Vec<String>,
    counts: String,
}

fn values(layers: usize) -> Values {
    pretraining::Params { layers: vec![layers], ..Default::default() }.to_values()
}

/// Asks as a model would, in the middle of a fit; `fails` makes the computation fail.
fn ask_for(
    cache: Option<&Cache>,
    seed: u64,
    wide: usize,
    input: &Array2<f64>,
    fails: bool,
) -> (Result<Had, FitError>, Used) {
    let mut silent = |_| ();
    let mut trial = TrialContext::new(seed, None, &mut silent).with_cache(cache);
    trial.curve("before", "loss", 1, 1.0);
    trial.count("n", 1);
    let inputs = |hasher: &mut blake3::Hasher| hash_matrix(input.view(), hasher);
    let wanted = Wanted { spec: &pretraining::SPEC, values: values(wide), inputs: &inputs };
    let compute = |trial: &mut TrialContext| {
        if fails {
            return Err(FitError::Failed("told to".to_owned()));
        }
        trial.curve("pretrain", "loss", 1, f64::NAN);
        trial.curve("pretrain", "loss", 2, 0.1 + 0.2);
        trial.note("said");
        trial.count("n", 2);
        Ok(format!("product of {seed} and {wide}").into_bytes())
    };
    let product = trial.stage(&wanted, compute, |bytes| bytes.starts_with(b"product").then(|| bytes.to_vec()));
    trial.curve("after", "loss", 1, 2.0);
    let had = product.map(|product| Had {
        product,
        curves: trial.curves.iter().map(|p| format!("{} {} {:x}", p.phase, p.step, p.value.to_bits())).collect(),
        notes: trial.notes.clone(),
        counts: format!("{:?}", trial.counts),
    });
    (had, trial.stages)
}

fn ask(cache: Option<&Cache>, seed: u64) -> (Had, Used) {
    let (had, used) = ask_for(cache, seed, 5, &array![[1.0, 2.0]], false);
    (had.unwrap(), used)
}

#[test]
fn without_a_cache_cold_and_warm_a_trial_has_the_same() {
    let home = Home::new();
    let cache = home.cache();
    let (without, alone) = ask(None, 0);
    let (cold, first) = ask(Some(&cache), 0);
    let (warm, second) = ask(Some(&cache), 0);
    assert_eq!(without.curves.len(), 4);
    assert!(without == cold && cold == warm, "{without:?} {cold:?} {warm:?}");
    assert_eq!((alone.read, alone.computed), (0, 1));
    assert_eq!((first.read, first.computed, first.trouble), (0, 1, None));
    assert_eq!((second.read, second.computed, second.trouble), (1, 0, None));
    assert_eq!(second.seconds, first.seconds, "what it took is kept with it");
    assert_eq!(second.recorded.wall, second.seconds);
    assert_eq!(first.recorded, Seconds::default());
    home.only_file();
}

#[test]
fn whatever_decides_a_stage_is_in_its_key() {
    let home = Home::new();
    let cache = home.cache();
    let base = array![[1.0, 2.0]];
    let computed =
        |cache: &Cache, seed, wide, input: &Array2<f64>| ask_for(Some(cache), seed, wide, input, false).1.computed;
    assert_eq!(computed(&cache, 0, 5, &base), 1);
    assert_eq!(computed(&cache, 0, 5, &base), 0);
    assert_eq!(computed(&cache, 1, 5, &base), 1, "seed");
    assert_eq!(computed(&cache, 0, 6, &base), 1, "parameters");
    assert_eq!(computed(&cache, 0, 5, &array![[1.0, 2.0 + f64::EPSILON * 2.0]]), 1, "a bit of the input");
    assert_eq!(computed(&cache, 0, 5, &array![[1.0], [2.0]]), 1, "the shape of the input");
    let other = Cache::new(Place { folder: home.folder.path().to_owned(), limits: WIDE }, "cuda test");
    assert_eq!(computed(&other, 0, 5, &base), 1, "numeric class");
    assert_eq!(home.files().len(), 6);
    let key = |values: Values| Wanted { spec: &pretraining::SPEC, values, inputs: &|_| () }.key(0, "");
    let mut written = values(5);
    written.insert("pretrain-epochs".to_owned(), Value::Number(100.0));
    assert_eq!(key(values(5)), key(written), "100 and 100.0 are one number");
}

#[test]
fn what_is_damaged_is_computed_again_and_replaced() {
    let home = Home::new();
    let cache = home.cache();
    let (had, _) = ask(Some(&cache), 0);
    let file = home.only_file();
    let whole = fs::read(&file).unwrap();
    let mut damaged: Vec<Vec<u8>> =
        [0, 1, 20, 80, whole.len() / 2, whole.len() - 1].map(|n| whole[..n].to_vec()).into();
    for at in 0..whole.len() {
        let mut altered = whole.clone();
        altered[at] ^= 1;
        damaged.push(altered);
    }
    damaged.push([&whole[..], b"more"].concat());
    let newer = String::from_utf8(whole.clone()).unwrap().replacen("gridbook-stage 1 ", "gridbook-stage 2 ", 1);
    damaged.push(newer.into_bytes());
    damaged.push(vec![0; 1000]);
    for bytes in damaged {
        fs::write(&file, &bytes).unwrap();
        let (again, used) = ask(Some(&cache), 0);
        assert_eq!(again, had);
        assert_eq!((used.computed, used.trouble), (1, None), "trusted {:?}", String::from_utf8_lossy(&bytes));
        assert_eq!(ask(Some(&cache), 0).1.read, 1, "not replaced");
    }
    // Whole, but under the name of another stage.
    ask(Some(&cache), 1);
    let other = home.files().into_iter().find(|other| *other != file).unwrap();
    fs::copy(&file, &other).unwrap();
    assert_eq!(ask(Some(&cache), 1).1.computed, 1);
    // Whole, but no product of this stage: what the model cannot read is not trusted either.
    let key =
        Wanted { spec: &pretraining::SPEC, values: values(5), inputs: &|h| hash_matrix(array![[1.0, 2.0]].view(), h) };
    let key = key.key(0, cache.class());
    assert_eq!(cache.path(&key), file);
    entry::write(&file, &key, Seconds::default(), &[&Trace::default().to_line(), b"something else"]).unwrap();
    let (again, used) = ask(Some(&cache), 0);
    assert_eq!((again, used.computed), (had, 1));
}

#[test]
fn failures_are_not_kept() {
    let home = Home::new();
    let cache = home.cache();
    let input = array![[1.0]];
    for _ in 0..2 {
        let (failed, used) = ask_for(Some(&cache), 0, 5, &input, true);
        assert!(matches!(failed, Err(FitError::Failed(_))));
        assert_eq!((used.read, used.computed, used.seconds), (0, 0, 0.0));
        assert!(home.files().is_empty(), "{:?}", home.files());
    }
    assert_eq!(ask_for(Some(&cache), 0, 5, &input, false).1.computed, 1);
}

#[test]
fn many_at_once_compute_it_once() {
    let home = Home::new();
    for round in 0..20 {
        let computed = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let cache = home.cache();
                    let mut silent = |_| ();
                    let mut trial = TrialContext::new(round, None, &mut silent).with_cache(Some(&cache));
                    let wanted = Wanted { spec: &pretraining::SPEC, values: values(5), inputs: &|_| () };
                    let compute = |_: &mut TrialContext| {
                        computed.fetch_add(1, Ordering::SeqCst);
                        std::thread::sleep(Duration::from_millis(20));
                        Ok(vec![7])
                    };
                    assert_eq!(trial.stage(&wanted, compute, |bytes| Some(bytes.to_vec())).unwrap(), [7]);
                });
            }
        });
        assert_eq!(computed.into_inner(), 1);
    }
    assert_eq!(home.files().len(), 20, "locks and half-written files are gone");
}

#[test]
fn a_holder_that_dies_lets_the_next_one_compute_and_waiting_is_no_fit_time() {
    let home = Home::new();
    ask(Some(&home.cache()), 0);
    let entry = home.only_file();
    fs::write(&entry, b"damaged").unwrap();
    // A process that has the lock, and nothing else, of a worker that was killed.
    let lock = File::create(entry.with_extension("lock")).unwrap();
    lock.lock().unwrap();
    let mut holder = Command::new("sleep").arg("60").stdin(Stdio::from(lock)).spawn().unwrap();
    fs::write(entry.with_extension("part"), b"half of it").unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| ask(Some(&home.cache()), 0));
        std::thread::sleep(Duration::from_millis(300));
        assert!(!waiting.is_finished(), "it does not wait");
        assert!(Permit::is_held(&entry));
        holder.kill().unwrap();
        holder.wait().unwrap();
        let (_, used) = waiting.join().unwrap();
        assert_eq!(used.computed, 1);
        assert!(used.aside >= 0.25 && used.seconds < 0.25, "{used:?}");
    });
    assert_eq!(home.only_file(), entry);
    assert_eq!(ask(Some(&home.cache()), 0).1.read, 1);
}

#[test]
fn a_folder_that_cannot_be_written_fails_nothing() {
    let home = Home::new();
    let (had, _) = ask(Some(&home.cache()), 0);
    // What is there is read, whatever cannot be written.
    let entry = home.only_file();
    assert!(Place { folder: home.folder.path().to_owned(), limits: WIDE }.check().is_ok());
    fs::remove_file(&entry).unwrap();
    fs::remove_dir(entry.parent().unwrap()).unwrap();
    fs::write(entry.parent().unwrap(), b"a file where a folder should be").unwrap();
    let (again, used) = ask(Some(&home.cache()), 0);
    assert_eq!((again, used.computed), (had, 1));
    let trouble = used.trouble.unwrap();
    assert!(trouble.starts_with("stages cannot be kept in `") && !trouble.contains("os error"), "{trouble}");
    let nowhere = Place { folder: entry.parent().unwrap().to_owned(), limits: WIDE };
    assert!(nowhere.check().is_err());
}

/// Makes entries of seeds 0.. and ages them: the first one is the oldest.
fn aged(home: &Home, days: &[u32]) -> Vec<PathBuf> {
    let cache = home.cache();
    let mut files = Vec::new();
    for (seed, days) in days.iter().enumerate() {
        ask(Some(&cache), seed as u64);
        let new = home.files().into_iter().find(|file| !files.contains(file)).unwrap();
        File::open(&new).unwrap().set_modified(clock::system() - DAY * *days).unwrap();
        files.push(new);
    }
    files
}

#[test]
fn entries_go_by_age_and_by_size_the_least_recently_used_first() {
    let home = Home::new();
    let files = aged(&home, &[100, 80, 60, 40]);
    let dry = sweep(&home.stages(), Rule::Limits(WIDE), true);
    assert_eq!((dry.removed.len(), dry.left.len(), home.files().len()), (1, 3, 4));
    let swept = sweep(&home.stages(), Rule::Limits(WIDE), false);
    assert_eq!(swept.removed.iter().map(|(e, why)| (&e.path, *why)).collect::<Vec<_>>(), [(&files[0], Why::Age)]);
    // Reading the oldest makes it the newest.
    assert_eq!(ask(Some(&home.cache()), 1).1.read, 1);
    // The time that a stage took is text of its entry: entries are not all of one size.
    let size = [&files[1], &files[3]].map(|file| fs::metadata(file).unwrap().len()).iter().sum();
    let narrow = Limits { size, ..WIDE };
    let swept = sweep(&home.stages(), Rule::Limits(narrow), false);
    assert_eq!(swept.removed.iter().map(|(e, why)| (&e.path, *why)).collect::<Vec<_>>(), [(&files[2], Why::Size)]);
    assert_eq!(swept.left.len(), 2);
    // What somebody works on stays, and so do files that are none of ours.
    let _permit = Permit::try_take(&files[1]).unwrap().unwrap();
    fs::write(home.stages().join("README"), b"mine").unwrap();
    let swept = sweep(&home.stages(), Rule::All, false);
    assert_eq!((swept.removed.len(), swept.left.len(), swept.busy, swept.trouble), (1, 1, 1, None));
    assert!(files[1].exists() && home.stages().join("README").exists());
}

#[test]
fn writing_sweeps_now_and_then_and_removes_what_the_dead_left() {
    let mut home = Home::new();
    let files = aged(&home, &[100]);
    let part = files[0].with_extension("part");
    fs::write(&part, b"half").unwrap();
    fs::write(files[0].with_extension("lock"), b"").unwrap();
    ask(Some(&home.cache()), 7);
    assert!(files[0].exists(), "the last look was a moment ago");
    File::open(home.stages().join(".swept")).unwrap().set_modified(clock::system() - DAY).unwrap();
    ask(Some(&home.cache()), 8);
    assert!(!files[0].exists() && !part.exists());
    assert_eq!(home.files().len(), 2, "{:?}", home.files());
    home.limits.size = 3;
    ask(Some(&home.cache()), 9);
    assert_eq!(home.files().len(), 2, "what is larger than everything may be is not kept");
}

#[test]
fn arrays_come_back_and_other_bytes_do_not() {
    let some = vec![
        arrays::Array { shape: vec![2, 3], values: vec![0.1, -0.0, f32::NAN, f32::INFINITY, 1e-45, 6.0] },
        arrays::Array { shape: vec![0], values: Vec::new() },
        arrays::Array { shape: Vec::new(), values: vec![1.0] },
    ];
    let bytes = arrays::to_bytes(&some);
    let again = arrays::from_bytes(&bytes).unwrap();
    assert_eq!(arrays::to_bytes(&again), bytes);
    assert_eq!(again[0].shape, [2, 3]);
    for n in 0..bytes.len() {
        assert_eq!(arrays::from_bytes(&bytes[..n]), None, "{n}");
    }
    assert_eq!(arrays::from_bytes(&[&bytes[..], &[0]].concat()), None);
    let huge = [1_u64, 2, u64::MAX, 2].map(u64::to_le_bytes).concat();
    assert_eq!(arrays::from_bytes(&huge), None);
    let long = [1_u64, u64::MAX].map(u64::to_le_bytes).concat();
    assert_eq!(arrays::from_bytes(&long), None);
}

#[test]
fn a_stage_within_a_stage_is_a_part_of_its_time() {
    let home = Home::new();
    let cache = home.cache();
    let ask = || {
        let mut silent = |_| ();
        let mut trial = TrialContext::new(0, None, &mut silent).with_cache(Some(&cache));
        let outer = Wanted { spec: &pretraining::SPEC, values: values(1), inputs: &|_| () };
        let inner = Wanted { spec: &pretraining::SPEC, values: values(2), inputs: &|_| () };
        let nap = |_: &mut TrialContext| {
            std::thread::sleep(Duration::from_millis(30));
            Ok(vec![1])
        };
        let whole = |bytes: &[u8]| Some(bytes.to_vec());
        trial.stage(&outer, |trial| trial.stage(&inner, nap, whole), whole).unwrap();
        trial.stages
    };
    let first = ask();
    assert_eq!((first.computed, first.read), (2, 0));
    assert!(first.seconds >= 0.03 && first.seconds < 0.059, "{first:?}");
    fs::remove_file(
        cache.path(&Wanted { spec: &pretraining::SPEC, values: values(1), inputs: &|_| () }.key(0, "cpu test")),
    )
    .unwrap();
    let second = ask();
    assert_eq!((second.computed, second.read), (1, 1));
    assert!(second.seconds >= 0.03, "{second:?}");
    assert!(second.recorded.wall > 0.02, "{second:?}");
}
