//! One seed, one result block: whatever the number of workers, the order, or how often everything was killed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use gridbook::rng::{Purpose, Stream};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::{Project, artifacts, end_of, journal_lines, result_blocks};

#[cfg(feature = "torch")]
const DEEP: &str = r#"
[[model]]
kind = "autoencoder-kmeans"
layers = [16]
latent-dimension = 4
pretrain-epochs = 3
[[model]]
kind = "dec"
layers = [16]
latent-dimension = 4
pretrain-epochs = 3
max-iterations = 60
[[model]]
kind = "idec"
layers = [16]
latent-dimension = 4
pretrain-epochs = 3
max-iterations = 60
"#;
#[cfg(not(feature = "torch"))]
const DEEP: &str = "";

const STUDY: &str = r#"name = "study"
[task]
kind = "clustering"
metrics = ["acc", "nmi_max", "ari", "ri", "purity", "inertia"]
[repeat]
seeds = 4
[[dataset]]
kind = "blobs"
rows = 300
features = 8
[[dataset]]
kind = "moons"
[[pipeline]]
steps = [{ kind = "unit-rms" }]
[[model]]
kind = "kmeans"
[model.grid]
seed-restarts = [1, 5]
[[model]]
kind = "random"
[[model]]
kind = "debug"
fail = 0.5
seconds = 0.05
"#;

fn text() -> String {
    format!("{STUDY}{DEEP}")
}

/// Everything that must not differ between two runs of a plan: result blocks, artifacts, report.
#[derive(PartialEq)]
struct Essence {
    blocks: BTreeMap<String, String>,
    artifacts: BTreeMap<String, Vec<u8>>,
    report: String,
}

fn essence(project: &Project) -> Essence {
    let results = project.path("results/study");
    let report = project.gridbook(&["report", "results/study", "--omit-measured", "-o", "-"]);
    assert_eq!(report.code, 0, "{}", report.stderr);
    Essence { blocks: result_blocks(&results), artifacts: artifacts(&results), report: report.stdout }
}

#[test]
fn one_worker_and_two_forwards_and_backwards_give_the_same_bytes() {
    let mut first = None;
    for arguments in
        [["--jobs", "1"].as_slice(), &["--jobs", "2"], &["--jobs", "1", "--reverse"], &["--jobs", "2", "--reverse"]]
    {
        let project = Project::with(&text());
        let said = project.gridbook(&[&["run", "experiment.toml"], arguments].concat());
        assert_eq!(said.code, 1, "{}", said.stderr);
        let essence = essence(&project);
        assert!(!essence.blocks.is_empty() && !essence.artifacts.is_empty());
        match &first {
            None => first = Some(essence),
            Some(first) => assert!(*first == essence, "{arguments:?} differs"),
        }
    }
}

/// Starts the run and kills every process of it after `delay`.
fn run_and_kill(project: &Project, delay: Duration) {
    use std::os::unix::process::CommandExt;
    let mut command = project.command(&["run", "experiment.toml", "--jobs", "2"]);
    let mut child = command
        .process_group(0)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(delay);
    // Workers have groups of their own: all are killed, children first, as a machine that goes down would.
    for worker in descendants(child.id()) {
        let _ = kill(Pid::from_raw(worker), Signal::SIGKILL);
    }
    let _ = child.kill();
    child.wait().unwrap();
}

fn descendants(parent: u32) -> Vec<i32> {
    let children = format!("/proc/{parent}/task/{parent}/children");
    let text = fs::read_to_string(children).unwrap_or_default();
    let children: Vec<u32> = text.split_whitespace().filter_map(|id| id.parse().ok()).collect();
    children.iter().map(|id| id.cast_signed()).chain(children.iter().flat_map(|id| descendants(*id))).collect()
}

fn finished(results: &Path) -> Vec<String> {
    let mut trials: Vec<String> = journal_lines(results)
        .iter()
        .filter_map(|line| end_of(line))
        .filter(|(_, block)| block.contains(r#""status":"finished""#))
        .map(|(trial, _)| trial)
        .collect();
    trials.sort();
    trials
}

#[test]
fn killed_at_50_random_moments_nothing_is_lost_or_run_twice() {
    let calm = Project::with(&text());
    assert_eq!(calm.gridbook(&["run", "experiment.toml", "--jobs", "2"]).code, 1);
    let stormy = Project::with(&text());
    let results = stormy.path("results/study");
    let mut moments = Stream::new(1, Purpose::Noise, "kills");
    let mut kept: Vec<String> = Vec::new();
    let mut kills = 0;
    while kills < 50 {
        run_and_kill(&stormy, Duration::from_secs_f64(moments.uniform_in(0.02, 0.6)));
        kills += 1;
        let now = finished(&results);
        assert!(kept.iter().all(|trial| now.contains(trial)), "a finished trial was lost");
        kept = now;
    }
    let code = stormy.gridbook(&["run", "experiment.toml", "--jobs", "2"]).code;
    assert_eq!(code, 1);
    let mut once = finished(&results);
    let all = once.len();
    once.dedup();
    assert_eq!(once.len(), all, "a finished trial was run twice");
    assert!(essence(&calm) == essence(&stormy), "the results differ from those of an uninterrupted run");
}
