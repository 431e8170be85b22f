//! One seed, one result block, whatever the number of workers and the order.

use std::collections::BTreeMap;

use crate::support::{Project, artifacts, result_blocks};

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
fn one_worker_two_and_eight_forwards_and_backwards_give_the_same_bytes() {
    let mut first = None;
    for arguments in [["--jobs", "1"].as_slice(), &["--jobs", "2"], &["--jobs", "8"], &["--jobs", "2", "--reverse"]] {
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
