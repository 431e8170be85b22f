//! Printed numbers that cannot stand beside anything.

use crate::support::Project;

const CLUSTERING: &str = r#"name = "study"
[task]
kind = "clustering"
metrics = ["acc"]
[[dataset]]
kind = "blobs"
[[model]]
kind = "random"
[[model]]
kind = "kmeans"
[model.grid]
seed-restarts = [1, 2]
[[model.skip]]
when = { seed-restarts = 1 }
reason = "too few"
"#;

/// What is said of rows of printed numbers: severity, message and help of each.
fn said(text: &str, rows: &str) -> Vec<String> {
    let project = Project::with(&format!("{text}[published.p]\nrows = [{rows}]\n"));
    let list = project.json(&["check", "experiment.toml", "--json"]);
    let words =
        |d: &serde_json::Value| ["severity", "message", "help"].map(|key| d[key].as_str().unwrap_or("").to_owned());
    list.as_array().unwrap().iter().map(|d| words(d).join(": ")).collect()
}

#[test]
fn a_metric_of_another_task_is_a_mistake() {
    let wrong = "error: the metric `accuracy` is one of classification, not of clustering: did you mean `acc`?";
    assert_eq!(said(CLUSTERING, "{ model = \"kmeans\", accuracy = 0.84 }"), [wrong]);
    let text = "name = \"study\"\n[task]\nkind = \"classification\"\n[[dataset]]\nkind = \"vote\"\n[[split]]\n\
                kind = \"holdout\"\n[[model]]\nkind = \"majority\"\n";
    let wrong = "error: the metric `acc` is one of clustering, not of classification: did you mean `accuracy`?";
    assert_eq!(said(text, "{ model = \"majority\", acc = 0.84 }"), [wrong]);
    assert!(said(text, "{ model = \"majority\", accuracy = 0.84, fit_seconds = 3 }").is_empty());
    // In a table too the task is what is wrong, not that [task] does not name it.
    let table = format!("{CLUSTERING}[[table]]\nmetric = \"accuracy\"\n");
    assert!(said(&table, "{ model = \"kmeans\", acc = 0.84 }")[0].ends_with("not of clustering: did you mean `acc`?"));
}

#[test]
fn a_row_that_nothing_matches_gets_a_word() {
    let nothing = "warning: no trial has all of this together: model = random, seed-restarts = 2: the row stands beside \
                   nothing";
    assert_eq!(said(CLUSTERING, "{ model = \"random\", seed-restarts = 2, acc = 0.8 }"), [nothing]);
    assert!(said(CLUSTERING, "{ model = \"kmeans\", seed-restarts = 2, acc = 0.8 }, { acc = 0.1 }").is_empty());
    // Left out with a reason, it is shown.
    assert!(said(CLUSTERING, "{ model = \"kmeans\", seed-restarts = 1, acc = 0.8 }").is_empty());
    // A value that the file lacks is said once.
    let found = said(CLUSTERING, "{ model = \"kmean\", acc = 0.8 }");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("did you mean `kmeans`?"), "{found:?}");
}

#[test]
fn a_misspelt_key_lists_what_is_near() {
    let found = said(CLUSTERING, "{ modle = \"kmeans\", acc = 0.8 }");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("did you mean `model`?") && found[0].matches('`').count() < 30, "{found:?}");
    assert!(!found[0].contains("`accuracy`"), "{found:?}");
}
