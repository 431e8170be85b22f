//! `--device`, `--dry-run` and what doctor says of GPUs, with recorded GPUs in place of a driver's.

use serde_json::{Value as Json, json};

use crate::support::{Project, Said};

const STUDY: &str = r#"name = "study"
[task]
kind = "clustering"
metrics = ["acc"]
[repeat]
seeds = 12
[[dataset]]
kind = "blobs"
rows = 60
[[model]]
kind = "dec"
layers = [8]
latent-dimension = 2
pretrain-epochs = 1
max-iterations = 4
clusters = 3
[[model]]
kind = "random"
"#;

fn gpu(index: u32, uuid: &str) -> Json {
    json!({
        "index": index, "uuid": uuid, "name": "Made Up 24GB",
        "memory_total": 24_u64 << 30, "memory_free": 23_u64 << 30,
        "processes": [{ "pid": 4_000_000, "memory": 1_u64 << 30 }],
    })
}

/// Two GPUs and a third that is divided in two.
fn four() -> Json {
    let part = |uuid: &str, part: u32| {
        let mut gpu = gpu(2, uuid);
        gpu["mig"] = json!({ "gpu": "GPU-cc", "part": part });
        gpu["processes"] = json!([]);
        gpu
    };
    json!({ "devices": [gpu(0, "GPU-aa"), gpu(1, "GPU-bb"), part("MIG-1", 0), part("MIG-2", 1)] })
}

/// gridbook with these GPUs, and `CUDA_VISIBLE_DEVICES` where one is given.
fn with_gpus(project: &Project, gpus: &Json, visible: Option<&str>, arguments: &[&str]) -> Said {
    let path = project.write("gpus.json", gpus.to_string());
    let mut command = project.command(arguments);
    command.env("GRIDBOOK_GPUS_FILE", path).env_remove("CUDA_VISIBLE_DEVICES").env("GRIDBOOK_JOBS", "4");
    visible.into_iter().for_each(|visible| {
        command.env("CUDA_VISIBLE_DEVICES", visible);
    });
    Said::from(command.output().unwrap())
}

/// The labels of the slots that a dry run prints.
fn slots(said: &Said) -> Vec<String> {
    let lines = said.stdout.lines().skip_while(|line| !line.starts_with("slots")).skip(1);
    let slots = lines.take_while(|line| !line.starts_with("queue"));
    slots.map(|line| line.trim().split("  ").next().unwrap().to_owned()).collect()
}

#[test]
fn a_dry_run_prints_slots_and_queue_and_runs_nothing() {
    let project = Project::with(STUDY);
    let said = with_gpus(&project, &four(), Some("0,1"), &["run", "experiment.toml", "--dry-run"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let expected = ["cuda 0.0", "cuda 1.0", "cuda 0.1", "cuda 1.1", "cpu 0", "cpu 1", "cpu 2", "cpu 3"];
    assert_eq!(slots(&said), expected, "{}", said.stdout);
    assert!(
        said.stdout.contains("cuda 0.0  Made Up 24GB, 23.0 GiB of 24.0 GiB free, 1 process on it"),
        "{}",
        said.stdout
    );
    assert!(said.stdout.starts_with("slots, 4 at a time:\n"), "{}", said.stdout);
    assert!(said.stdout.contains("\nqueue, 24 trials:\n  random on blobs, seed 0 (cpu)\n"), "{}", said.stdout);
    assert!(
        said.stdout.contains(" (cuda)\n") && said.stdout.contains("\n  and 4 more\nnothing was run\n"),
        "{}",
        said.stdout
    );
    assert!(!project.path("results").exists(), "a dry run writes nothing");
    let said = with_gpus(&project, &four(), None, &["run", "experiment.toml", "--dry-run", "--device", "cpu"]);
    assert_eq!(slots(&said), ["cpu 0", "cpu 1", "cpu 2", "cpu 3"]);
    assert!(said.stdout.contains("dec on blobs, seed 0 (cpu)") && !said.stderr.contains("GPU"), "{}", said.stderr);
}

#[test]
fn a_device_names_gpus_by_their_place_among_the_visible() {
    let project = Project::with(STUDY);
    let dry = |visible: Option<&str>, device: &str| {
        with_gpus(
            &project,
            &four(),
            visible,
            &["run", "experiment.toml", "--dry-run", "--only", "model=dec", "--device", device],
        )
    };
    assert_eq!(slots(&dry(None, "cuda:1,3")), ["cuda 1.0", "cuda 3.0", "cuda 1.1", "cuda 3.1"]);
    assert!(dry(None, "cuda:3").stdout.contains("part 1 of a divided GPU (MIG)"));
    assert_eq!(slots(&dry(Some("MIG-2,GPU-bb"), "cuda:1")).len(), 4);
    let said = dry(Some("1"), "cuda:1");
    assert_eq!(said.code, 3);
    assert!(said.stderr.contains("there is no GPU `cuda:1`, here is only `cuda:0`"), "{}", said.stderr);
    let said = dry(None, "gpu");
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("`cuda:1,3`"), "{}", said.stderr);
}

/// Asked for and not there: exit 3 with the words of doctor. Not asked for: said once, and the CPU.
#[test]
fn why_there_is_no_gpu_is_said() {
    let none = [
        (json!({ "devices": [] }), None, "the NVIDIA driver sees no GPU"),
        (
            json!({ "devices": [], "no_answer": "GPU is lost" }),
            None,
            "the NVIDIA driver does not answer (NVML): GPU is lost",
        ),
        (four(), Some(""), "CUDA_VISIBLE_DEVICES is set and empty"),
        (four(), Some("7"), "CUDA_VISIBLE_DEVICES=`7` names no GPU that is here"),
        (
            json!({ "devices": [gpu(0, "GPU-aa")], "no_cuda": "no CUDA part" }),
            None,
            "libtorch does not compute on GPUs here: no CUDA part",
        ),
    ];
    for (gpus, visible, why) in none {
        let project = Project::with(STUDY);
        let said = with_gpus(&project, &gpus, visible, &["run", "experiment.toml", "--device", "cuda"]);
        assert_eq!(said.code, 3, "{why}: {}", said.stderr);
        assert!(said.stderr.contains(&format!("`--device cuda`: {why}")), "{}", said.stderr);
        let said = with_gpus(&project, &gpus, visible, &["run", "experiment.toml", "--dry-run"]);
        assert_eq!(said.code, 0);
        assert_eq!(said.stderr.matches(why).count(), 1, "{}", said.stderr);
        assert_eq!(slots(&said), ["cpu 0", "cpu 1", "cpu 2", "cpu 3"]);
        let said =
            with_gpus(&project, &gpus, visible, &["run", "experiment.toml", "--dry-run", "--only", "model=random"]);
        assert!(!said.stderr.contains(why), "nothing of it where no model uses a GPU: {}", said.stderr);
        let said = with_gpus(&project, &gpus, visible, &["doctor"]);
        assert!(said.stdout.contains(&format!("GPU            not used: {why}")), "{}", said.stdout);
        let json: Json =
            serde_json::from_str(&with_gpus(&project, &gpus, visible, &["doctor", "--json"]).stdout).unwrap();
        assert_eq!(json["gpu"]["used"], false);
        assert!(json["gpu"]["reason"].as_str().unwrap().starts_with(why), "{json}");
        assert_eq!(json["devices"], json!(["cpu"]));
    }
}

#[test]
fn doctor_lists_gpus_and_memory() {
    let project = Project::new();
    let said = with_gpus(&project, &four(), None, &["doctor"]);
    for line in [
        "cuda:0         Made Up 24GB, 23.0 GiB of 24.0 GiB free, 1 process on it\n",
        "cuda:3         Made Up 24GB, 23.0 GiB of 24.0 GiB free, part 1 of a divided GPU (MIG)\n",
    ] {
        assert!(said.stdout.contains(line), "{}", said.stdout);
    }
    let json: Json =
        serde_json::from_str(&with_gpus(&project, &four(), Some("1"), &["doctor", "--json"]).stdout).unwrap();
    assert_eq!(json["devices"], json!(["cpu", "cuda:0"]));
    assert_eq!((json["gpu"]["used"].as_bool(), json["gpus"][0]["uuid"].as_str()), (Some(true), Some("GPU-bb")));
    assert!(json["memory"]["available"].as_u64() <= json["memory"]["total"].as_u64(), "{json}");
    assert!(json["memory"]["total"].as_u64() > Some(0), "{json}");
}

/// One thread is the default and no part of an id; more are.
#[test]
fn threads_of_a_trial_are_part_of_its_id() {
    let project = Project::with(STUDY);
    let ids = project.ids("experiment.toml");
    project.write("one.toml", format!("{STUDY}[limits]\nthreads = 1\n"));
    project.write("two.toml", format!("{STUDY}[limits]\nthreads = 2\n"));
    assert_eq!(project.ids("one.toml"), ids);
    assert!(project.ids("two.toml").iter().all(|id| !ids.contains(id)));
    let said = project.gridbook(&["run", "two.toml", "--dry-run", "--jobs", "3"]);
    assert_eq!(slots(&said).len(), 3, "{}", said.stdout);
    for wrong in ["0", "1.5", "2000", "true"] {
        project.write("wrong.toml", format!("{STUDY}[limits]\nthreads = {wrong}\n"));
        let said = project.gridbook(&["check", "wrong.toml"]);
        assert_eq!(said.code, 2);
        assert!(said.stderr.contains("a whole number from 1 to 1024"), "{}", said.stderr);
    }
}

/// What a worker passes on to a program of one's own is what it has itself.
#[test]
fn a_worker_has_the_threads_that_the_file_asks_for() {
    let project = Project::with(
        "name = \"study\"\n[task]\nkind = \"clustering\"\nmetrics = [\"acc\"]\n[repeat]\nseeds = 1\n[limits]\nthreads = 3\n\
         [[dataset]]\nkind = \"blobs\"\nrows = 10\n\
         [[model]]\nkind = \"command\"\nrun = [\"sh\", \"-c\", \"echo threads $OMP_NUM_THREADS $RAYON_NUM_THREADS seen [$CUDA_VISIBLE_DEVICES] >&2; exit 1\"]\n",
    );
    let said = project.gridbook(&["run", "experiment.toml"]);
    assert_eq!(said.code, 1, "{}", said.stderr);
    let rows = project.json(&["trials", "results/study", "--format", "json"]);
    let log = project.path(&format!("results/study/trials/{}/log.txt", rows[0]["id"].as_str().unwrap()));
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("threads 3 3 seen []"), "{log}");
    assert_eq!(rows[0]["worker"], "cpu 0");
}

/// The loop on made-up GPUs, whose workers compute on the CPU: every trial of a deep model is on one of them, the others
/// are not, and the results are those of a run on cores.
#[cfg(feature = "torch")]
#[test]
fn deep_models_go_to_gpus_and_others_to_cores() {
    use crate::support::{journal_lines, result_blocks};
    let project = Project::with(STUDY);
    let said = with_gpus(&project, &four(), Some("0,1"), &["run", "experiment.toml", "--results", "made-up"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let rows = project.json(&["trials", "made-up", "--format", "json"]);
    let on = |model: &str, device: &str| {
        let of = rows.as_array().unwrap().iter().filter(|row| row["model"] == model);
        of.filter(|row| row["worker"].as_str().unwrap().starts_with(device)).count()
    };
    assert_eq!((on("dec", "cuda "), on("random", "cpu ")), (12, 12), "{rows}");
    assert!(on("dec", "cuda 0.1") + on("dec", "cuda 1.1") > 0, "after a probe they are packed: {rows}");
    let cores = project.gridbook(&["run", "experiment.toml", "--results", "cores", "--device", "cpu"]);
    assert_eq!(cores.code, 0, "{}", cores.stderr);
    assert_eq!(result_blocks(&project.path("made-up")), result_blocks(&project.path("cores")));
    assert!(journal_lines(&project.path("cores")).iter().all(|line| !line.contains("cuda")));
}

/// A worker that is told to compute on a GPU and cannot says why, and does not compute on the CPU instead.
#[cfg(feature = "torch")]
#[test]
fn a_torch_worker_without_cuda_says_why() {
    use std::process::{Command, Stdio};
    let mut command = Command::new(env!("CARGO_BIN_EXE_gridbook-torch-worker"));
    let output = command
        .args(["--gpu=Made Up", "--probe"])
        .env("CUDA_VISIBLE_DEVICES", "")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("libtorch_cuda.so") || said.contains("sees no GPU"), "{said}");
}
