//! Steps of a pipeline as an experiment file has them: what goes together, and what they leave with a trial.

use serde_json::Value as Json;

use crate::support::{Project, journal_lines};

/// Forty firms: `size` tells the class, `noise` nothing, `kind` is a word.
fn study(task: &str, rest: &str) -> Project {
    let kind = if task == "classification" { "holdout" } else { "whole" };
    let project = Project::with(&format!(
        "name = \"study\"\n[task]\nkind = \"{task}\"\n[[dataset]]\nkind = \"csv\"\npath = \"firms.csv\"\nlabels = \"failed\"\nnominal = [\"kind\"]\n\
         [[split]]\nkind = \"{kind}\"\n{rest}"
    ));
    let rows = (0..40).map(|row| {
        let failed = row % 3 == 1;
        format!("{},{},{},{}\n", row % 10 + if failed { 50 } else { 0 }, row % 7, ["a", "b", "c"][row % 3 % 2], failed)
    });
    project.write("firms.csv", format!("size,noise,kind,failed\n{}", rows.collect::<String>()));
    project
}

/// What `gridbook check` says of an experiment with these steps and this model; empty where all is well.
fn said(task: &str, steps: &str, model: &str) -> String {
    let rest = format!("[[pipeline]]\nsteps = [{steps}]\n[[model]]\nkind = \"{model}\"\n");
    let said = study(task, &rest).gridbook(&["check", "experiment.toml"]);
    if said.code == 0 { String::new() } else { said.stdout + &said.stderr }
}

#[test]
fn what_does_not_go_together_is_said_before_anything_runs() {
    let one = |task: &str, steps: &str, model: &str, expected: &str| {
        let said = said(task, steps, model);
        assert!(if expected.is_empty() { said.is_empty() } else { said.contains(expected) }, "{steps} {model}: {said}");
    };
    let weights = "{ kind = \"class-weights\" }";
    one("classification", weights, "majority", "model `majority` counts every row the same");
    one("classification", weights, "zero-r", "");
    one("clustering", weights, "random", "step `class-weights` needs classes");
    let words = "has 1 nominal columns";
    one("clustering", "", "kmeans", words);
    one("clustering", "{ kind = \"l2-rows\" }", "random", words);
    let binary = "{ kind = \"nominal-to-binary\" }, { kind = \"l2-rows\" }";
    one("clustering", binary, "kmeans", "");
    let cut = "{ kind = \"discretize\", method = \"equal-width\" }";
    one(
        "clustering",
        &format!("{{ kind = \"nominal-to-binary\" }}, {cut}"),
        "kmeans",
        "nominal columns after `discretize`",
    );
    one("clustering", &format!("{cut}, {{ kind = \"nominal-to-binary\" }}"), "kmeans", "");
    one("clustering", &format!("{cut}, {{ kind = \"l2-rows\" }}"), "random", "nominal columns after `discretize`");
    one("clustering", "{ kind = \"discretize\" }", "random", "step `discretize` needs classes");
    one("clustering", "{ kind = \"cfs\" }", "random", "step `cfs` needs classes");
    one("classification", "{ kind = \"cfs\", search = \"genetic\" }", "zero-r", "`genetic` is not one of");
}

#[test]
fn what_a_step_chose_is_kept_with_the_trial() {
    let steps = "{ kind = \"class-weights\" }, { kind = \"cfs\", search = \"greedy-stepwise\" }";
    let project = study("classification", &format!("[[pipeline]]\nsteps = [{steps}]\n[[model]]\nkind = \"zero-r\"\n"));
    let said = project.gridbook(&["run", "experiment.toml"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let lines = journal_lines(&project.path("results/study"));
    let end = lines.iter().find(|line| line.contains(r#""kind":"end""#)).unwrap();
    let end: Json = serde_json::from_str(end).unwrap();
    let result = &end["result"];
    assert_eq!(result["status"], "finished", "{end}");
    let note = result["notes"][0].as_str().unwrap();
    assert!(note.starts_with("cfs: keeps ") && note.contains("`size`") && !note.contains("noise"), "{note}");
    assert_eq!(result["counts"]["attributes"], note.matches('`').count() / 2);
}
