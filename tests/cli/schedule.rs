//! What the run loop does with time, signals and other runs: the order of trials, stopping, joining, dying workers.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::run::{HEAD, study};
use crate::support::{Project, journal_lines, wait_until};

fn starts(results: &Path) -> usize {
    journal_lines(results).iter().filter(|line| line.contains(r#""kind":"start""#)).count()
}

fn send(child: &Child, signal: Signal) {
    kill(Pid::from_raw(child.id().cast_signed()), signal).unwrap();
}

/// How many trials are in each of these states.
fn counts<const N: usize>(project: &Project, words: [&str; N]) -> [u64; N] {
    let status = project.json(&["status", "results/study", "--json"]);
    words.map(|word| status[word].as_u64().unwrap())
}

#[test]
fn the_longest_go_first_by_estimate_and_then_by_recorded_times() {
    let project = study("[[model]]\nkind = \"debug\"\n[model.grid]\nsleep = [0.0, 0.3, 0.1]\n");
    let order = |project: &Project| -> Vec<f64> {
        let rows = project.json(&["trials", "results/study", "--format", "json"]);
        let sleep_of =
            |id: &str| rows.as_array().unwrap().iter().find(|row| row["id"] == id).unwrap()["param:sleep"].clone();
        let lines = journal_lines(&project.path("results/study"));
        let started = lines.iter().filter(|line| line.contains(r#""kind":"start""#));
        started.map(|line| sleep_of(line.split('"').nth(7).unwrap()).as_f64().unwrap()).collect()
    };
    let said = project.gridbook(&["run", "experiment.toml", "--jobs", "1"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert_eq!(order(&project), [0.3, 0.3, 0.1, 0.1, 0.0, 0.0]);
    assert!(!said.stderr.contains("by earlier times"), "{}", said.stderr);
    // Another seed: now the times are known.
    let said = project.gridbook(&["run", "experiment.toml", "--jobs", "1", "--seeds", "0,1,2"]);
    assert!(said.stderr.contains("3 to run on 1 worker, about 0.4 s by earlier times"), "{}", said.stderr);
    assert!(said.stderr.contains("the plan has changed since the last run: 3 trials new"), "{}", said.stderr);
    assert_eq!(order(&project)[6..], [0.3, 0.1, 0.0]);
}

#[test]
fn the_first_ctrl_c_finishes_what_is_at_work() {
    let project = study("[[model]]\nkind = \"debug\"\nsleep = 1\n");
    let child = project.command(&["run", "experiment.toml", "--jobs", "1"]).stderr(Stdio::piped()).spawn().unwrap();
    wait_until(|| starts(&project.path("results/study")) == 1);
    send(&child, Signal::SIGINT);
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(5), "{stderr}");
    assert!(stderr.contains("finishing the trial at work; Ctrl-C again stops now"), "{stderr}");
    assert_eq!(counts(&project, ["finished", "pending", "interrupted"]), [1, 1, 0]);
    assert_eq!(project.gridbook(&["run", "experiment.toml"]).code, 0);
}

#[test]
fn the_second_ctrl_c_and_a_polite_kill_stop_now_and_the_same_command_goes_on() {
    for signals in [[Signal::SIGINT, Signal::SIGINT].as_slice(), &[Signal::SIGTERM], &[Signal::SIGHUP]] {
        let project = study("[[model]]\nkind = \"debug\"\nsleep = 60\n");
        let child = project.command(&["run", "experiment.toml", "--jobs", "1"]).spawn().unwrap();
        wait_until(|| starts(&project.path("results/study")) == 1);
        for signal in signals {
            send(&child, *signal);
            // Two of a kind at once are one.
            std::thread::sleep(Duration::from_millis(300));
        }
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(5));
        assert_eq!(counts(&project, ["finished", "pending", "interrupted"]), [0, 1, 1]);
        let said = project.gridbook(&["run", "experiment.toml", "--set", "model.debug.sleep=0"]);
        assert_eq!(said.code, 0, "{}", said.stderr);
    }
}

#[test]
fn a_run_is_stopped_from_elsewhere() {
    for (arguments, expected) in
        [(["stop", "results/study"].as_slice(), [1, 1, 0]), (&["stop", "results/study", "--now"], [0, 1, 1])]
    {
        let project = study("[[model]]\nkind = \"debug\"\nsleep = 1.5\n");
        let child = project.command(&["run", "experiment.toml", "--jobs", "1"]).spawn().unwrap();
        wait_until(|| starts(&project.path("results/study")) == 1);
        let said = project.gridbook(arguments);
        assert!(said.code == 0 && said.stdout.contains("is asked to"), "{}", said.stdout);
        assert_eq!(child.wait_with_output().unwrap().status.code(), Some(5));
        assert_eq!(counts(&project, ["finished", "pending", "interrupted"]), expected);
        assert!(project.gridbook(&["stop", "results/study"]).stdout.contains("no run is at work"));
        // What was asked of that run is not asked of the next one.
        assert_eq!(project.gridbook(&["run", "experiment.toml"]).code, 0);
    }
    let said = study("").gridbook(&["stop", "nowhere"]);
    assert!(said.code == 3 && said.stderr.contains("not a results folder"), "{}", said.stderr);
}

#[test]
fn one_run_at_a_time_in_a_folder_and_status_while_it_runs() {
    let project = study("[[model]]\nkind = \"debug\"\nsleep = 60\n");
    let mut child = project.command(&["run", "experiment.toml", "--jobs", "1"]).spawn().unwrap();
    wait_until(|| starts(&project.path("results/study")) == 1);
    assert_eq!(counts(&project, ["running", "pending"]), [1, 1]);
    let said = project.gridbook(&["run", "experiment.toml"]);
    assert_eq!(said.code, 3);
    let holder = format!("is held by another run (process {}, since ", child.id());
    assert!(said.stderr.contains(&holder) && said.stderr.contains("--join"), "{}", said.stderr);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(counts(&project, ["running", "interrupted"]), [0, 1]);
}

#[test]
fn two_runs_of_one_plan_share_its_trials() {
    let project = study("[[model]]\nkind = \"debug\"\nsleep = 0.2\n[model.grid]\nvalue = [1, 2, 3, 4, 5, 6]\n");
    let results = project.path("results/study");
    let first = project.command(&["run", "experiment.toml", "--jobs", "1"]).spawn().unwrap();
    wait_until(|| starts(&results) >= 1);
    // Of another plan is no help.
    let other = project.gridbook(&["run", "experiment.toml", "--join", "--seeds", "7"]);
    assert!(other.code == 3 && other.stderr.contains("another plan"), "{}", other.stderr);
    let second = project.gridbook(&["run", "experiment.toml", "--jobs", "1", "--join"]);
    assert_eq!(second.code, 0, "{}", second.stderr);
    assert!(second.stderr.contains("ended in another run of the same plan"), "{}", second.stderr);
    assert_eq!(first.wait_with_output().unwrap().status.code(), Some(0));
    assert_eq!(counts(&project, ["finished", "pending"]), [12, 0]);
    assert_eq!(starts(&results), 12, "each trial once");
    let journals =
        fs::read_dir(results.join("journal")).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    assert!(journals.filter(|text| text.contains(r#""kind":"end""#)).count() == 2, "both have worked");
}

#[test]
fn trials_of_a_run_that_died_are_taken_over_by_the_one_that_joined() {
    let project = study("[[model]]\nkind = \"debug\"\nsleep = 1.5\n");
    let results = project.path("results/study");
    let mut first = project.command(&["run", "experiment.toml", "--jobs", "2"]).spawn().unwrap();
    wait_until(|| starts(&results) == 2);
    let second = project.command(&["run", "experiment.toml", "--jobs", "2", "--join"]).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(second.wait_with_output().unwrap().status.code(), Some(0));
    assert_eq!(counts(&project, ["finished"]), [2]);
    assert_eq!(starts(&results), 4);
}

#[test]
fn a_worker_killed_from_outside_is_replaced() {
    let project = study("[[model]]\nkind = \"debug\"\nsleep = 1\n");
    let child = project.command(&["run", "experiment.toml", "--jobs", "1"]).stderr(Stdio::piped()).spawn().unwrap();
    let results = project.path("results/study");
    wait_until(|| starts(&results) == 1);
    let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", child.id())).unwrap();
    for worker in children.split_whitespace() {
        kill(Pid::from_raw(worker.parse().unwrap()), Signal::SIGKILL).unwrap();
    }
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(stderr.contains("died of signal 9 (SIGKILL); trying again with nothing beside it"), "{stderr}");
    assert_eq!(counts(&project, ["finished"]), [2]);
}

#[test]
fn a_run_that_joins_retries_what_failed_before_if_asked() {
    let project = study("[[model]]\nkind = \"debug\"\nname = \"fails\"\nfail = 1\n");
    assert_eq!(project.gridbook(&["run", "experiment.toml"]).code, 1);
    let more = format!(
        "{HEAD}[[model]]\nkind = \"debug\"\nname = \"fails\"\nfail = 1\n[[model]]\nkind = \"debug\"\nsleep = 2\n"
    );
    project.write("experiment.toml", more);
    let first = project.command(&["run", "experiment.toml", "--jobs", "1", "--only", "model=debug"]).spawn().unwrap();
    let results = project.path("results/study");
    wait_until(|| starts(&results) == 3);
    let said = project.gridbook(&["run", "experiment.toml", "--join", "--retry-failed", "--only", "model=fails"]);
    assert!(said.stderr.contains("2 to run"), "{}", said.stderr);
    assert_eq!(starts(&results), 5);
    assert_eq!(first.wait_with_output().unwrap().status.code(), Some(1));
}
