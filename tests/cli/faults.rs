//! What can go wrong around a run: processes killed at any moment, damaged files, clocks, disks. Nothing that had ended
//! may be lost, and nothing is run twice.
//!
//! The long run, ten times as many kills, about five minutes:
//! `cargo test --release --test cli -- --ignored killed_at_many_random_moments`

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use gridbook::rng::{Purpose, Stream};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::{Project, artifacts, end_of, journal_lines, result_blocks};

/// 24 trials of about 60 ms, some of which fail; any number of deaths is forgiven, since a test has caused them.
const STUDY: &str = r#"name = "study"
[task]
kind = "clustering"
metrics = ["acc", "nmi_max", "value"]
[repeat]
seeds = 4
[[dataset]]
kind = "blobs"
rows = 60
[[dataset]]
kind = "moons"
rows = 60
[[model]]
kind = "kmeans"
[[model]]
kind = "debug"
fail = 0.5
seconds = 0.05
[[model]]
kind = "debug"
name = "longer"
seconds = 0.1
[limits]
retries = 1000000
"#;

/// Who is killed.
#[derive(Clone, Copy, Debug)]
enum Victim {
    Gridbook,
    OneWorker,
    Everybody,
}

fn children(parent: u32) -> Vec<i32> {
    let text = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
    text.split_whitespace().filter_map(|id| id.parse().ok()).collect()
}

/// Starts a run, kills after `delay`, and lets a run whose worker was killed go on for as long again before its end.
/// Whether there was still something to kill.
fn run_and_kill(project: &Project, victim: Victim, delay: Duration) -> bool {
    let mut command = project.command(&["run", "experiment.toml", "--jobs", "2"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(delay);
    let alive = child.try_wait().unwrap().is_none();
    let workers = children(child.id());
    let shoot = |id: &i32| {
        let _ = kill(Pid::from_raw(*id), Signal::SIGKILL);
    };
    match victim {
        Victim::Gridbook => {}
        Victim::OneWorker => {
            workers.first().iter().for_each(|id| shoot(id));
            std::thread::sleep(delay);
        }
        Victim::Everybody => workers.iter().for_each(shoot),
    }
    let _ = child.kill();
    child.wait().unwrap();
    alive
}

/// Trials that have finished, each as often as it did.
fn finished(results: &Path) -> Vec<String> {
    let ends = journal_lines(results).into_iter().filter_map(|line| end_of(&line));
    ends.filter(|(_, block)| block.contains(r#""status":"finished""#)).map(|(trial, _)| trial).collect()
}

/// Kills runs of fresh studies at random moments until `kills` have hit a run at work; each study is then finished and
/// compared with one that was left in peace.
fn storm(kills: usize, seed: u64) {
    let calm = Project::with(STUDY);
    assert_eq!(calm.gridbook(&["run", "experiment.toml", "--jobs", "2"]).code, 1);
    let wanted = (result_blocks(&calm.path("results/study")), artifacts(&calm.path("results/study")));
    let mut moments = Stream::new(seed, Purpose::Noise, "kills");
    let mut hits = 0;
    while hits < kills {
        let project = Project::with(STUDY);
        let results = project.path("results/study");
        let mut kept = BTreeSet::new();
        for victim in [Victim::Gridbook, Victim::OneWorker, Victim::Everybody].into_iter().cycle() {
            let hit = run_and_kill(&project, victim, Duration::from_secs_f64(moments.uniform_in(0.005, 0.2)));
            let now: BTreeSet<String> = finished(&results).into_iter().collect();
            assert!(kept.is_subset(&now), "{victim:?}: a finished trial was lost");
            kept = now;
            hits += usize::from(hit);
            if !hit || hits == kills {
                break;
            }
        }
        let said = project.gridbook(&["run", "experiment.toml", "--jobs", "2"]);
        assert_eq!(said.code, 1, "{}", said.stderr);
        let all = finished(&results);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "a finished trial was run twice");
        assert_eq!(result_blocks(&results), wanted.0);
        assert!(artifacts(&results) == wanted.1, "artifacts differ from those of a run left in peace");
    }
}

#[test]
fn killed_at_200_random_moments_nothing_is_lost_or_run_twice() {
    storm(200, 1);
}

#[test]
#[ignore = "long: 2,000 kills"]
fn killed_at_many_random_moments_nothing_is_lost_or_run_twice() {
    storm(2000, 2);
}

/// A finished study of 6 short trials, none of which fails.
fn done() -> (Project, PathBuf) {
    let moons = "[[dataset]]\nkind = \"moons\"\nrows = 60\n";
    let short = [
        ("fail = 0.5\nseconds = 0.05\n", ""),
        ("seconds = 0.1", "seconds = 0.01"),
        ("seeds = 4", "seeds = 2"),
        (moons, ""),
    ];
    let text = short.iter().fold(STUDY.to_owned(), |text, (from, to)| text.replace(from, to));
    let project = Project::with(&text);
    let said = project.gridbook(&["run", "experiment.toml", "--jobs", "1"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let results = project.path("results/study");
    (project, results)
}

fn only_journal(results: &Path) -> PathBuf {
    let mut files = fs::read_dir(results.join("journal")).unwrap();
    files.next().unwrap().unwrap().path()
}

#[test]
fn a_torn_last_line_costs_one_trial_and_a_damaged_one_is_named() {
    let (project, results) = done();
    let before = result_blocks(&results);
    let journal = only_journal(&results);
    let text = fs::read_to_string(&journal).unwrap();
    // The close record and half of the last end are lost.
    let last_end = text.rfind("{\"kind\":\"end\"").unwrap();
    fs::write(&journal, &text[..last_end + 40]).unwrap();
    let said = project.gridbook(&["run", "experiment.toml"]);
    assert!(said.code == 0 && said.stderr.contains(", 1 to run"), "{}", said.stderr);
    assert_eq!(result_blocks(&results), before);
    // A byte of an earlier end is another one.
    let text = fs::read_to_string(&journal).unwrap();
    let end = text.find("{\"kind\":\"end\"").unwrap();
    fs::write(&journal, format!("{}X{}", &text[..end + 60], &text[end + 61..])).unwrap();
    let said = project.gridbook(&["status", "results/study"]);
    assert!(said.stdout.contains("damaged and left out: line "), "{}", said.stdout);
    let said = project.gridbook(&["run", "experiment.toml"]);
    assert!(said.code == 0 && said.stderr.contains(", 1 to run"), "{}", said.stderr);
    assert_eq!(result_blocks(&results), before);
}

#[test]
fn a_clock_that_was_set_back_changes_no_outcome() {
    let (project, results) = done();
    let before = result_blocks(&results);
    let journal = only_journal(&results);
    fs::rename(&journal, journal.with_file_name("20991231T235959.000-local-00000000.jsonl")).unwrap();
    let said = project.gridbook(&["run", "experiment.toml", "--seeds", "0,1,2"]);
    assert!(said.code == 0 && said.stderr.contains("3 to run"), "{}", said.stderr);
    let after = result_blocks(&results);
    assert!(before.iter().all(|(trial, block)| after.get(trial) == Some(block)));
    let said = project.gridbook(&["run", "experiment.toml", "--seeds", "0,1,2"]);
    assert!(said.stderr.contains(", 0 to run"), "{}", said.stderr);
}

#[test]
fn journals_of_two_machines_copied_together_are_one_study() {
    let (here, results) = done();
    let (there, others) = done();
    assert_eq!(there.gridbook(&["run", "experiment.toml", "--seeds", "1,2"]).code, 0);
    for part in ["journal", "trials"] {
        copy(&others.join(part), &results.join(part));
    }
    let said = here.gridbook(&["run", "experiment.toml", "--seeds", "0,1,2"]);
    assert!(said.code == 0 && said.stderr.contains(", 0 to run"), "{}", said.stderr);
    let status = here.json(&["status", "results/study", "--json"]);
    assert_eq!((status["planned"].as_u64(), status["finished"].as_u64()), (Some(9), Some(9)));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_trial_whose_predictions_are_gone_keeps_its_scores() {
    let (project, results) = done();
    let before = result_blocks(&results);
    let lost = before.keys().next().unwrap();
    fs::remove_file(results.join("trials").join(lost).join("predictions.csv")).unwrap();
    let more = ["run", "experiment.toml", "--set", "task.metrics=[\"acc\",\"nmi_max\",\"value\",\"ari\"]"];
    let said = project.gridbook(&more);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let rows = project.json(&["trials", "results/study", "--format", "json"]);
    let of = |id: &String| rows.as_array().unwrap().iter().find(|row| row["id"] == id.as_str()).unwrap().clone();
    for id in before.keys() {
        let row = of(id);
        assert!(row["metric:acc"].is_f64(), "{row}");
        assert_eq!(row["metric:ari"].is_f64(), id != lost, "{row}");
    }
}

/// A mount that ends with the test.
struct Mount(PathBuf);

impl Mount {
    fn tmpfs(at: PathBuf, size: &str) -> Self {
        fs::create_dir_all(&at).unwrap();
        let options = format!("size={size}");
        let status =
            std::process::Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(&at).status();
        assert!(status.unwrap().success(), "root can mount");
        Mount(at)
    }

    fn again(&self, option: &str) {
        let status =
            std::process::Command::new("mount").args(["-o", &format!("remount,{option}")]).arg(&self.0).status();
        assert!(status.unwrap().success());
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).status();
    }
}

#[test]
#[ignore = "needs root: mounts a small tmpfs"]
fn a_full_and_a_read_only_disk_are_the_machines_fault_and_the_same_command_goes_on() {
    let project = Project::with(STUDY);
    let mount = Mount::tmpfs(project.path("small"), "100k");
    let run = ["run", "experiment.toml", "--results", "small/study"];
    let said = project.gridbook(&run);
    assert!(said.code == 3 && said.stderr.contains("no space left"), "{}", said.stderr);
    let kept: BTreeSet<String> = finished(&project.path("small/study")).into_iter().collect();
    mount.again("size=10m");
    mount.again("ro");
    let said = project.gridbook(&run);
    assert!(said.code == 3 && said.stderr.contains("read-only"), "{}", said.stderr);
    let said = project.gridbook(&["status", "small/study"]);
    assert_eq!(said.code, 0, "a read-only folder can be looked at: {}", said.stderr);
    mount.again("rw");
    assert_eq!(project.gridbook(&run).code, 1);
    let all = finished(&project.path("small/study"));
    assert!(kept.iter().all(|trial| all.contains(trial)));
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "a finished trial was run twice");
}
