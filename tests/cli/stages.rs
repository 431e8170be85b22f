//! What trials share: the same bytes with and without, computed once, and `clean`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use serde_json::Value as Json;

use crate::support::{Project, artifacts, journal_lines, result_blocks};

/// 12 trials, of which those of one seed start from one autoencoder.
const STUDY: &str = r#"name = "study"
[task]
kind = "clustering"
metrics = ["acc", "nmi_max"]
[repeat]
seeds = 2
[[dataset]]
kind = "digits"
take = { rows = 300 }
[[pipeline]]
steps = [{ kind = "unit-rms" }]
[[model]]
kind = "dec"
layers = [32, 16]
latent-dimension = 4
pretrain-epochs = 5
batch-size = 64
max-iterations = 20
[[model]]
kind = "idec"
layers = [32, 16]
latent-dimension = 4
pretrain-epochs = 5
batch-size = 64
max-iterations = 20
[model.grid]
gamma = [0.01, 0.05, 0.1, 0.5, 1.0]
"#;

/// Kept stages.
fn entries(project: &Project) -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() { walk(&entry.path(), found) } else { found.push(entry.path()) }
        }
    }
    let mut found = Vec::new();
    walk(&project.path("cache/stages"), &mut found);
    found.retain(|file| file.file_name().is_some_and(|name| name != ".swept"));
    found.sort();
    found
}

/// The measured blocks by trial.
fn measured(results: &Path) -> BTreeMap<String, Json> {
    let records = journal_lines(results).into_iter().filter_map(|line| serde_json::from_str::<Json>(&line).ok());
    records
        .filter(|record| record["kind"] == "end")
        .map(|record| (record["trial"].as_str().unwrap().to_owned(), record["measured"].clone()))
        .collect()
}

/// Stages computed and read.
fn counts(results: &Path) -> (u64, u64) {
    let measured = measured(results);
    let sum = |name: &str| measured.values().map(|block| block[name].as_u64().unwrap()).sum();
    (sum("stages_computed"), sum("stages_read"))
}

fn run(project: &Project, results: &str, arguments: &[&str]) -> (u64, u64) {
    let said = project.gridbook(&[&["run", "experiment.toml", "--results", results], arguments].concat());
    assert_eq!(said.code, 0, "{}", said.stderr);
    counts(&project.path(results))
}

#[test]
#[cfg_attr(not(feature = "torch"), ignore = "built without the deep models, the only ones that share a stage")]
fn without_the_cache_cold_warm_and_damaged_the_results_are_the_same_bytes() {
    let project = Project::with(STUDY);
    let plan = project.json(&["plan", "experiment.toml", "--json"]);
    assert_eq!(plan["stages"], serde_json::json!({ "distinct": 2, "shared_by": 12 }));
    let plan = project.gridbook(&["plan", "experiment.toml"]).stdout;
    assert!(plan.ends_with("\nstages: 2 autoencoders shared by 12 trials\n"), "{plan}");

    assert_eq!(run(&project, "without", &["--no-cache", "--jobs", "1"]), (12, 0));
    assert!(!project.path("cache").exists(), "--no-cache keeps nothing");
    assert_eq!(run(&project, "cold", &["--jobs", "2"]), (2, 10));
    assert_eq!(run(&project, "warm-1", &["--jobs", "1"]), (0, 12));
    assert_eq!(run(&project, "warm-2", &["--jobs", "2", "--reverse"]), (0, 12));
    assert_eq!(run(&project, "without-2", &["--no-cache", "--jobs", "2"]), (12, 0));
    let kept = entries(&project);
    assert_eq!(kept.len(), 2, "{kept:?}");

    let mut bytes = fs::read(&kept[0]).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&kept[0], &bytes).unwrap();
    assert_eq!(run(&project, "altered", &["--jobs", "2"]), (1, 11));
    File::options().write(true).open(&kept[1]).unwrap().set_len(1000).unwrap();
    assert_eq!(run(&project, "truncated", &["--jobs", "1"]), (1, 11));
    assert_eq!(run(&project, "mended", &["--jobs", "1"]), (0, 12));

    let first = project.path("without");
    assert_eq!(result_blocks(&first).len(), 12);
    let curves: Vec<Vec<u8>> =
        artifacts(&first).into_iter().filter(|(name, _)| name.ends_with("curves.csv")).map(|(_, text)| text).collect();
    assert_eq!(curves.len(), 12);
    assert!(curves.iter().all(|text| text.starts_with(b"phase,name,step,value\npretrain,loss,1,")));
    for name in ["cold", "warm-1", "warm-2", "without-2", "altered", "truncated", "mended"] {
        let other = project.path(name);
        assert!(result_blocks(&first) == result_blocks(&other), "result blocks of {name} differ");
        assert!(artifacts(&first) == artifacts(&other), "artifacts of {name} differ");
    }
    // The recorded time counts where the stage was read.
    for block in measured(&project.path("warm-1")).values() {
        let (fit, stage) = (block["fit_seconds"].as_f64().unwrap(), block["stage_seconds"].as_f64().unwrap());
        assert!(stage > 0.0 && fit > stage, "{block}");
    }
}

#[test]
#[cfg_attr(not(feature = "torch"), ignore = "built without the deep models, the only ones that share a stage")]
fn two_runs_at_once_compute_a_stage_once() {
    let project = Project::with(STUDY);
    let start = |results| {
        let mut command = project.command(&["run", "experiment.toml", "--results", results, "--jobs", "2"]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()
    };
    let runs = ["one", "two"].map(|results| start(results).unwrap());
    for mut run in runs {
        assert!(run.wait().unwrap().success());
    }
    let (one, two) = (counts(&project.path("one")), counts(&project.path("two")));
    assert_eq!((one.0 + two.0, one.1 + two.1), (2, 22));
    assert!(result_blocks(&project.path("one")) == result_blocks(&project.path("two")));
    assert_eq!(entries(&project).len(), 2, "no lock stays");
}

#[test]
#[cfg_attr(not(feature = "torch"), ignore = "built without the deep models, the only ones that share a stage")]
fn failures_are_computed_again_and_the_cache_is_no_part_of_them() {
    let project = Project::with(&STUDY.replace("batch-size = 64", "batch-size = 64\npretrain-learning-rate = 1e30"));
    for results in ["cold", "again"] {
        let said = project.gridbook(&["run", "experiment.toml", "--results", results, "--jobs", "2"]);
        assert_eq!(said.code, 1, "{}", said.stderr);
        assert_eq!(counts(&project.path(results)), (0, 0));
        assert!(entries(&project).is_empty());
    }
    assert!(result_blocks(&project.path("cold")) == result_blocks(&project.path("again")));
}

#[test]
#[cfg_attr(not(feature = "torch"), ignore = "built without the deep models, the only ones that share a stage")]
fn a_cache_that_cannot_be_written_fails_no_trial() {
    let project = Project::with(STUDY);
    project.write("cache", "a file where a folder should be");
    let said = project.gridbook(&["run", "experiment.toml", "--jobs", "2"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert_eq!(said.stderr.matches("new stages cannot be kept").count(), 1, "{}", said.stderr);
    let results = project.path("results/study");
    assert_eq!(counts(&results), (12, 0));
    assert!(measured(&results).values().all(|block| block["stage_trouble"].is_string()));
    assert!(result_blocks(&results).values().all(|block| !block.contains("cache")));
}

#[test]
fn clean_removes_what_is_beyond_the_limits_and_says_so() {
    let project = Project::new();
    let folder = "cache/stages/pretrained-autoencoder/ab";
    for (name, days) in [("a", 1), ("b", 2), ("c", 100)] {
        let file = project.write(&format!("{folder}/{}", name.repeat(64)), [0; 2048]);
        let time = SystemTime::UNIX_EPOCH + now() - Duration::from_hours(24 * days);
        File::open(file).unwrap().set_modified(time).unwrap();
    }
    project.write("cache/downloads/x.zip", "not a stage");
    let clean = |arguments: &[&str], setting: (&str, &str)| {
        let output = project.command(&[&["clean"], arguments].concat()).env(setting.0, setting.1).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let default = ("GRIDBOOK_CACHE_SIZE", "1GiB");
    let said = clean(&["--dry-run"], default);
    assert!(said.starts_with("would remove: pretrained-autoencoder, 1 file, 2.0 KiB: not used for "), "{said}");
    assert_eq!(entries(&project).len(), 3);
    let said = clean(&[], default);
    assert!(said.starts_with("removed: pretrained-autoencoder, 1 file, 2.0 KiB: not used for "), "{said}");
    assert!(said.contains("\nleft: 2 files, 4.0 KiB of at most 1.0 GiB, in "), "{said}");
    assert!(clean(&[], default).starts_with("removed: nothing\n"));
    let said = clean(&[], ("GRIDBOOK_CACHE_SIZE", "3KiB"));
    assert!(said.contains("1 file, 2.0 KiB: least recently used, beyond 3.0 KiB\nleft: 1 file"), "{said}");
    assert!(entries(&project)[0].ends_with("a".repeat(64)));
    let said = clean(&[], ("GRIDBOOK_CACHE_AGE", "12h"));
    assert!(said.contains(": not used for 12h\nleft: 0 files, 0 B"), "{said}");
    project.write(&format!("{folder}/{}", "d".repeat(64)), "new");
    let said = clean(&["--all"], default);
    assert!(said.contains(": everything goes\nleft: 0 files"), "{said}");
    assert!(entries(&project).is_empty() && project.path("cache/downloads/x.zip").exists());
}

fn now() -> Duration {
    // A file that is written now knows the time; nothing else in the tests may ask for it.
    let file = tempfile::tempfile().unwrap();
    file.metadata().unwrap().modified().unwrap().duration_since(SystemTime::UNIX_EPOCH).unwrap()
}

#[test]
fn a_study_that_shares_nothing_makes_no_cache() {
    let text = "name = \"study\"\n[task]\nkind = \"clustering\"\nmetrics = [\"acc\"]\n[[dataset]]\nkind = \"blobs\"\nrows = 30\n\
                [[model]]\nkind = \"kmeans\"\n";
    let project = Project::with(text);
    let plan = project.json(&["plan", "experiment.toml", "--json"]);
    assert_eq!(plan["stages"], serde_json::json!({ "distinct": 0, "shared_by": 0 }));
    assert!(!project.gridbook(&["plan", "experiment.toml"]).stdout.contains("stages:"));
    let said = project.gridbook(&["run", "experiment.toml"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(!project.path("cache").exists());
}

#[test]
#[cfg_attr(not(feature = "torch"), ignore = "built without the deep models, the only ones that share a stage")]
fn two_workers_begin_with_stages_of_their_own() {
    // The plan's order and the lengths alone would begin both with trials of seed 0, one of which would wait. Pretraining
    // takes a second or more, so that the first has not ended when a loaded machine starts the second.
    let project = Project::with(&STUDY.replace("pretrain-epochs = 5", "pretrain-epochs = 500"));
    let said = project.gridbook(&["run", "experiment.toml", "--jobs", "2", "--results", "results/study"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let results = project.path("results/study");
    let rows = project.json(&["trials", "results/study", "--format", "json"]);
    let seed = |id: &str| rows.as_array().unwrap().iter().find(|row| row["id"] == id).unwrap()["seed"].clone();
    let starts: Vec<Json> = journal_lines(&results)
        .iter()
        .filter_map(|line| serde_json::from_str::<Json>(line).ok())
        .filter(|record| record["kind"] == "start")
        .map(|record| seed(record["trial"].as_str().unwrap()))
        .collect();
    assert_ne!(starts[0], starts[1], "{starts:?}");
    assert_eq!(counts(&results), (2, 10));
}

/// Figure 9's cells: batch sizes of the tuning stage.
const TUNED: &str = r#"name = "study"
[task]
kind = "clustering"
metrics = ["acc"]
[repeat]
seeds = 2
[[dataset]]
kind = "blobs"
rows = 30
features = 4
[[model]]
kind = "att-vae"
layers = [6]
latent-dimension = 2
pretrain-epochs = 2
pretrain-batch-size = 16
epochs = 1
seed-restarts = 2
[model.grid]
batch-size = [2, 4, 8]
"#;

/// Stages computed and read by each group of trials with one value of `keys`.
fn counts_by(project: &Project, results: &str, keys: &[&str]) -> BTreeMap<String, (u64, u64)> {
    let measured = measured(&project.path(results));
    let rows = project.json(&["trials", results, "--format", "json"]);
    let mut groups = BTreeMap::new();
    for row in rows.as_array().unwrap() {
        let block = &measured[row["id"].as_str().unwrap()];
        let name = keys.iter().map(|key| row[*key].to_string()).collect::<Vec<_>>().join(" ");
        let group: &mut (u64, u64) = groups.entry(name).or_default();
        group.0 += block["stages_computed"].as_u64().unwrap();
        group.1 += block["stages_read"].as_u64().unwrap();
    }
    groups
}

#[test]
#[cfg_attr(not(feature = "torch"), ignore = "built without the deep models, the only ones that share a stage")]
fn batch_sizes_of_tuning_share_one_pretrained_network_a_seed_and_pretraining() {
    let project = Project::with(TUNED);
    let plan = project.json(&["plan", "experiment.toml", "--json"]);
    assert_eq!(plan["stages"], serde_json::json!({ "distinct": 2, "shared_by": 6 }));
    assert_eq!(run(&project, "fixed", &["--jobs", "2"]), (2, 4));
    let groups = counts_by(&project, "fixed", &["seed"]);
    assert_eq!(groups.into_values().collect::<Vec<_>>(), [(1, 2), (1, 2)]);
    assert_eq!(entries(&project).len(), 2);

    let swept = TUNED.replace("pretrain-batch-size = 16\n", "") + "pretrain-batch-size = [8, 12]\n";
    project.write("experiment.toml", &swept);
    let plan = project.json(&["plan", "experiment.toml", "--json"]);
    assert_eq!(plan["stages"], serde_json::json!({ "distinct": 4, "shared_by": 12 }));
    assert_eq!(run(&project, "swept", &["--jobs", "2"]), (4, 8));
    let groups = counts_by(&project, "swept", &["seed", "param:pretrain-batch-size"]);
    assert_eq!(groups.into_values().collect::<Vec<_>>(), [(1, 2); 4]);
    assert_eq!(entries(&project).len(), 6);

    // Left out it is `batch-size`, and nothing is shared.
    project.write("experiment.toml", TUNED.replace("pretrain-batch-size = 16\n", ""));
    let plan = project.json(&["plan", "experiment.toml", "--json"]);
    assert_eq!(plan["stages"], serde_json::json!({ "distinct": 6, "shared_by": 0 }));
}
