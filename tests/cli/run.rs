//! Runs: outcomes, exit codes, resuming, limits.

use std::fs;
use std::time::{Duration, Instant};

use crate::support::{Project, journal_lines, result_blocks, wait_until};

pub const HEAD: &str = r#"name = "study"
[task]
kind = "clustering"
metrics = ["acc", "value"]
[repeat]
seeds = 2
[[dataset]]
kind = "blobs"
rows = 40
"#;

pub fn study(models: &str) -> Project {
    Project::with(&format!("{HEAD}{models}"))
}

#[test]
fn a_run_ends_with_a_table_a_report_and_exit_0() {
    let project = study("[[model]]\nkind = \"kmeans\"\n[[model]]\nkind = \"random\"\n");
    let said = project.gridbook(&["run", "experiment.toml"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(said.stdout.ends_with("report: results/study/report.html\n"), "{}", said.stdout);
    assert!(said.stdout.contains("kmeans") && said.stdout.contains("ACC"), "{}", said.stdout);
    let html = fs::read_to_string(project.path("results/study/report.html")).unwrap();
    assert!(html.contains("<title>"));
    let status = project.json(&["status", "results/study", "--json"]);
    assert_eq!((status["planned"].as_u64(), status["finished"].as_u64()), (Some(4), Some(4)));
}

#[test]
fn the_same_command_again_runs_nothing() {
    let project = study("[[model]]\nkind = \"kmeans\"\n");
    assert_eq!(project.gridbook(&["run", "experiment.toml"]).code, 0);
    let blocks = result_blocks(&project.path("results/study"));
    let said = project.gridbook(&["run", "experiment.toml"]);
    assert!(said.stderr.contains("2 done before, 0 to run"), "{}", said.stderr);
    assert_eq!(result_blocks(&project.path("results/study")), blocks);
    let starts =
        journal_lines(&project.path("results/study")).iter().filter(|l| l.contains(r#""kind":"start""#)).count();
    assert_eq!(starts, 2);
}

#[test]
fn failures_are_results_with_exit_1() {
    let project = study(
        "[[model]]\nkind = \"debug\"\nname = \"fine\"\nvalue = 2\n\
         [[model]]\nkind = \"debug\"\nname = \"panics\"\npanic = true\n\
         [[model]]\nkind = \"debug\"\nname = \"aborts\"\nabort = true\n\
         [[model]]\nkind = \"debug\"\nname = \"fails\"\nfail = 1\n\
         [[model]]\nkind = \"debug\"\nname = \"NaN\"\nnan = true\n",
    );
    let said = project.gridbook(&["run", "experiment.toml"]);
    assert_eq!(said.code, 1, "{}", said.stderr);
    assert!(!said.stderr.contains("backtrace"), "{}", said.stderr);
    let rows = project.json(&["trials", "results/study", "--format", "json"]);
    let row = |model: &str| rows.as_array().unwrap().iter().find(|row| row["model"] == model).unwrap().clone();
    assert_eq!((row("fine")["status"].as_str(), row("fine")["metric:value"].as_f64()), (Some("finished"), Some(2.0)));
    assert_eq!(row("panics")["reason"], "the model panicked: told to panic");
    assert_eq!((row("aborts")["status"].as_str(), row("aborts")["attempts"].as_u64()), (Some("quarantined"), Some(3)));
    assert_eq!(row("fails")["status"], "failed");
    assert!(row("NaN")["metric:value"].is_null());
    assert_eq!(row("NaN")["undefined:value"], "the model reports NaN");
    let again = project.gridbook(&["run", "experiment.toml"]);
    assert!(again.stderr.contains(", 0 to run"), "{}", again.stderr);
    let again = project.gridbook(&["run", "experiment.toml", "--retry-failed", "--only", "model=panics"]);
    assert!(again.stderr.contains("2 to run"), "{}", again.stderr);
}

#[test]
fn a_trial_over_its_time_is_killed_with_all_it_started() {
    let project = study("[[model]]\nkind = \"debug\"\nhang = true\n[limits]\ntime = 0.3\n");
    let began = Instant::now();
    let said = project.gridbook(&["run", "experiment.toml", "--jobs", "2"]);
    assert_eq!(said.code, 1);
    assert!(began.elapsed() < Duration::from_secs(20));
    let status = project.json(&["status", "results/study", "--json"]);
    assert_eq!(status["timed_out"].as_u64(), Some(2));
}

#[test]
fn fail_fast_cancels_the_rest_which_then_runs_when_asked() {
    let project = study(
        "[[model]]\nkind = \"debug\"\nname = \"fails\"\nfail = 1\n[[model]]\nkind = \"debug\"\nname = \"fine\"\n\
         [limits]\nfail-fast = true\n",
    );
    assert_eq!(project.gridbook(&["run", "experiment.toml", "--jobs", "1"]).code, 1);
    let status = project.json(&["status", "results/study", "--json"]);
    assert_eq!((status["failed"].as_u64(), status["cancelled"].as_u64()), (Some(1), Some(3)));
    let said = project.gridbook(&[
        "run",
        "experiment.toml",
        "--jobs",
        "1",
        "--retry-failed",
        "--fail-fast",
        "--set",
        "limits.fail-fast=false",
    ]);
    assert_eq!(said.code, 1, "{}", said.stderr);
    let status = project.json(&["status", "results/study", "--json"]);
    assert_eq!(status["cancelled"].as_u64(), Some(3), "{status}");
    project.gridbook(&["run", "experiment.toml", "--set", "limits.fail-fast=false"]);
    let status = project.json(&["status", "results/study", "--json"]);
    assert_eq!((status["finished"].as_u64(), status["cancelled"].as_u64()), (Some(2), Some(0)));
}

#[test]
fn results_of_another_experiment_are_not_written_over() {
    let project = study("[[model]]\nkind = \"random\"\n");
    assert_eq!(project.gridbook(&["run", "experiment.toml"]).code, 0);
    project.write(
        "other.toml",
        format!("{HEAD}[[model]]\nkind = \"debug\"\n").replace("kind = \"blobs\"", "kind = \"moons\""),
    );
    let said = project.gridbook(&["run", "other.toml"]);
    assert_eq!(said.code, 3);
    assert!(said.stderr.contains("another experiment"), "{}", said.stderr);
}

/// A trial whose worker program or libraries are not here stays pending: nothing is recorded.
fn pending_without(programs: &[&str], complaint: &str) {
    let project = study("[[model]]\nkind = \"dec\"\n[[model]]\nkind = \"random\"\n");
    let built = std::path::Path::new(env!("CARGO_BIN_EXE_gridbook"));
    for name in programs {
        fs::create_dir_all(project.path("some/where/else/bin")).unwrap();
        fs::copy(built.with_file_name(name), project.path("some/where/else/bin").join(name)).unwrap();
    }
    // OpenBLAS without root lies beside torch's library: only the former is offered.
    let own = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(".libtorch/lib");
    fs::create_dir_all(project.path("libraries")).unwrap();
    for entry in fs::read_dir(own).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name.to_string_lossy().contains("openblas") {
            fs::copy(entry.path(), project.path("libraries").join(name)).unwrap();
        }
    }
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(project.path("some/where/else/bin/gridbook"));
        command.current_dir(project.path("")).args(arguments).env("LD_LIBRARY_PATH", project.path("libraries"));
        command.output().unwrap()
    };
    let output = run(&["run", "experiment.toml"]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(stderr.contains("2 trials cannot run here") && stderr.contains(complaint), "{stderr}");
    assert!(stderr.contains("scripts/setup"), "{stderr}");
    let status = project.json(&["status", "results/study", "--json"]);
    assert_eq!((status["finished"].as_u64(), status["pending"].as_u64()), (Some(2), Some(2)));
    let output = run(&["plan", "experiment.toml", "--json"]);
    let plan: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(plan["counts"]["impossible"].as_u64(), Some(2), "{plan}");
}

#[test]
fn a_deep_model_without_its_worker_stays_pending() {
    pending_without(&["gridbook", "gridbook-worker"], "`gridbook-torch-worker` is not beside `gridbook`");
}

#[cfg(feature = "torch")]
#[test]
fn a_deep_model_without_libtorch_stays_pending() {
    pending_without(&["gridbook", "gridbook-worker", "gridbook-torch-worker"], "libgridbook_torch.so");
}

/// A fault of the machine is no outcome of a trial.
#[test]
fn data_that_change_during_a_run_leave_trials_pending() {
    // The longest go first: the sleepers hold the first worker while the data change; a panic ends it, and the next
    // worker must read the data again.
    let models = "[[model]]\nkind = \"kmeans\"\n\
                  [[model]]\nkind = \"debug\"\nname = \"panics\"\npanic = true\nsleep = 0.2\n\
                  [[model]]\nkind = \"debug\"\nname = \"sleeps\"\nsleep = 1.5\n";
    let data = "kind = \"csv\"\npath = \"d.csv\"\nlabels = \"y\"";
    let project = Project::with(&format!("{}{models}", HEAD.replace("kind = \"blobs\"\nrows = 40", data)));
    let good = "a,y\n1,0\n2,0\n8,1\n9,1\n";
    project.write("d.csv", good);
    let child = project.command(&["run", "experiment.toml", "--jobs", "1"]).spawn().unwrap();
    let results = project.path("results/study");
    // The second sleeper has begun: the worker holds the data since the first.
    wait_until(|| journal_lines(&results).iter().filter(|line| line.contains(r#""kind":"start""#)).count() == 2);
    project.write("d.csv", good.replace("9,1", "9,0"));
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(3));
    let status = project.json(&["status", "results/study", "--json"]);
    let counts = ["finished", "failed", "interrupted"].map(|word| status[word].as_u64());
    assert_eq!(counts, [Some(2), Some(1), Some(3)], "{status}");
    project.write("d.csv", good);
    let said = project.gridbook(&["run", "experiment.toml"]);
    assert_eq!(said.code, 1, "{}", said.stderr);
    let status = project.json(&["status", "results/study", "--json"]);
    assert_eq!((status["finished"].as_u64(), status["failed"].as_u64()), (Some(4), Some(2)), "{status}");
}

#[test]
fn a_metric_asked_for_later_is_made_from_the_kept_predictions() {
    let model = "[[pipeline]]\nsteps = [{ kind = \"standardize\" }]\n[[model]]\nkind = \"kmeans\"\n";
    let project = study(model);
    assert_eq!(project.gridbook(&["run", "experiment.toml"]).code, 0);
    let more = ["run", "experiment.toml", "--set", "task.metrics=[\"acc\",\"ari\",\"inertia\"]"];
    let said = project.gridbook(&more);
    assert!(said.stderr.contains("0 to run"), "{}", said.stderr);
    let fresh = study(model);
    fresh.gridbook(&more);
    for format in ["csv", "json"] {
        let arguments = ["report", "results/study", "--format", format, "--omit-measured"];
        assert_eq!(project.gridbook(&arguments).stdout, fresh.gridbook(&arguments).stdout);
    }
    let rows = project.json(&["trials", "results/study", "--format", "json"]);
    assert!(rows[0]["metric:ari"].is_number() && rows[0]["metric:inertia"].is_number(), "{rows}");
}

#[test]
fn a_torn_plan_is_made_again() {
    let project = study("[[model]]\nkind = \"random\"\n");
    assert_eq!(project.gridbook(&["run", "experiment.toml"]).code, 0);
    project.write("results/study/plan.json", "{\"form");
    let said = project.gridbook(&["status", "results/study"]);
    assert!(said.code == 3 && said.stderr.contains("makes it again"), "{}", said.stderr);
    let said = project.gridbook(&["run", "experiment.toml"]);
    assert!(said.code == 0 && said.stderr.contains("0 to run"), "{}", said.stderr);
}

#[test]
fn a_report_written_to_a_link_or_a_device_leaves_it_one() {
    let project = study("[[model]]\nkind = \"random\"\n");
    assert_eq!(project.gridbook(&["run", "experiment.toml"]).code, 0);
    project.write("target.html", "old");
    std::os::unix::fs::symlink("target.html", project.path("link.html")).unwrap();
    assert_eq!(project.gridbook(&["report", "results/study", "-o", "link.html"]).code, 0);
    assert!(fs::symlink_metadata(project.path("link.html")).unwrap().is_symlink());
    assert!(fs::read_to_string(project.path("target.html")).unwrap().contains("<title>"));
}

#[test]
fn a_path_that_is_not_utf8_is_refused_at_once() {
    use std::os::unix::ffi::OsStrExt;
    let project = study("[[model]]\nkind = \"random\"\n");
    let mut command = project.command(&["run", "experiment.toml", "--results"]);
    let output = command.arg(std::ffi::OsStr::from_bytes(b"caf\xe9")).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(3) && stderr.contains("not UTF-8"), "{stderr}");
}

#[test]
fn a_trial_over_its_memory_is_killed_and_says_so() {
    let project = study("[[model]]\nkind = \"debug\"\nmemory = 200\nsleep = 30\n[limits]\nmemory = \"100MiB\"\n");
    let said = project.gridbook(&["run", "experiment.toml", "--seeds", "0"]);
    assert_eq!(said.code, 1, "{}", said.stderr);
    assert!(said.stderr.contains("failed: stopped at its memory limit of 100.0 MiB"), "{}", said.stderr);
}

#[test]
fn an_exclusive_study_runs_one_trial_at_a_time() {
    let project = study("[[model]]\nkind = \"debug\"\nsleep = 0.1\n[limits]\nexclusive = true\n");
    let said = project.gridbook(&["run", "experiment.toml", "--jobs", "2"]);
    assert!(said.stderr.contains("2 to run on 1 worker"), "{}", said.stderr);
    let beside = journal_lines(&project.path("results/study"));
    assert!(beside.iter().filter(|line| line.contains(r#""kind":"end""#)).all(|line| line.contains(r#""beside":0"#)));
}

/// `plan` counts as `run` does: what failed is left until it is asked for.
#[test]
fn a_plan_leaves_failed_trials_as_run_does() {
    let project = Project::with(
        "name = \"f\"\n[task]\nkind = \"clustering\"\nmetrics = [\"acc\"]\n[[dataset]]\nkind = \"blobs\"\nrows = 20\n\
         clusters = 2\n[[model]]\nkind = \"debug\"\n[model.grid]\nfail = [0, 1]\n",
    );
    assert_eq!(project.gridbook(&["run", "experiment.toml"]).code, 1);
    let plan = project.json(&["plan", "experiment.toml", "--json"]);
    assert_eq!(plan["counts"], serde_json::json!({ "planned": 2, "new": 0, "done": 2, "impossible": 0 }));
    assert_eq!((&plan["trials"][1]["state"], &plan["trials"][0]["reason"]), (&"done".into(), &serde_json::Value::Null));
    assert_eq!(plan["trials"][1]["reason"], "failed: told to fail with probability 1");
    let said = project.gridbook(&["plan", "experiment.toml"]);
    let end = "2 trials over 1 seed: 0 to run, 1 failed (`--retry-failed` runs them again)\n";
    assert!(said.stdout.ends_with(end), "{}", said.stdout);
    assert!(project.gridbook(&["run", "experiment.toml"]).stderr.contains("2 done before, 0 to run"));
}
