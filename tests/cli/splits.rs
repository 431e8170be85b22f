//! Splits in a study: drawn once for a data set and a seed, shared by all models, kept with the predictions.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value as Json;

use crate::broken::project;
use crate::support::{Project, journal_lines};

const HEAD: &str = r#"name = "study"
[task]
kind = "classification"
metrics = ["accuracy"]
[repeat]
seeds = 2
[[dataset]]
kind = "csv"
path = "table.csv"
labels = "class"
drop = ["company", "year"]
[[model]]
kind = "majority"
[[model]]
kind = "random"
"#;

fn study(more: &str) -> Project {
    let project = project();
    project.write("experiment.toml", format!("{HEAD}{more}"));
    let said = project.gridbook(&["run", "experiment.toml"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    project
}

fn trials(project: &Project) -> Vec<Json> {
    project.json(&["trials", "results/study", "--format", "json"]).as_array().unwrap().clone()
}

/// The first column of a trial's artifact.
fn rows(project: &Project, trial: &Json, name: &str) -> Vec<usize> {
    let path = format!("results/study/trials/{}/{name}", trial["id"].as_str().unwrap());
    let text = fs::read_to_string(project.path(&path)).unwrap();
    text.lines().skip(1).map(|line| line.split(',').next().unwrap().parse().unwrap()).collect()
}

#[test]
fn every_model_is_judged_on_the_same_rows() {
    let project = study("[[split]]\nkind = \"k-fold\"\nfolds = 4\n");
    let mut drawn: BTreeMap<(u64, u64), BTreeSet<Vec<usize>>> = BTreeMap::new();
    for trial in trials(&project) {
        let key = (trial["seed"].as_u64().unwrap(), trial["fold"].as_u64().unwrap());
        drawn.entry(key).or_default().insert(rows(&project, &trial, "predictions.csv"));
    }
    assert_eq!(drawn.len(), 8);
    assert!(drawn.values().all(|rows| rows.len() == 1), "models have rows of their own: {drawn:?}");
    for seed in 0..2 {
        let mut all: Vec<usize> = (0..4).flat_map(|fold| drawn[&(seed, fold)].first().unwrap().clone()).collect();
        all.sort_unstable();
        assert_eq!(all, (0..40).collect::<Vec<_>>());
    }
    assert_ne!(drawn[&(0, 0)], drawn[&(1, 0)]);
}

#[test]
fn rows_that_were_drawn_are_kept() {
    let project = study(
        "[[split]]\nkind = \"temporal\"\ncolumn = \"year\"\ntrain = \"2010..=2013\"\ntest = 2014\ngroups = \"company\"\n\
         validation = { kind = \"holdout\", fraction = 0.25 }\n\
         [[pipeline]]\nsteps = [{ kind = \"undersample\" }]\n",
    );
    for trial in trials(&project) {
        let test = rows(&project, &trial, "predictions.csv");
        assert_eq!(test, (0..40).filter(|row| row % 5 == 4).collect::<Vec<_>>());
        let validation = rows(&project, &trial, "validation.csv");
        let train = rows(&project, &trial, "training_rows.csv");
        // The inner split keeps the outer one's groups on one side: two companies reach a quarter of the rows.
        let companies = |rows: &[usize]| rows.iter().map(|row| row / 8).collect::<BTreeSet<_>>();
        assert_eq!(companies(&validation).len(), 2);
        assert!(companies(&train).is_disjoint(&companies(&validation)), "{validation:?}");
        // As many of each class are kept.
        assert_eq!(train.iter().filter(|row| *row % 3 == 1).count() * 2, train.len());
        assert!(train.iter().all(|row| row % 5 != 4 && !validation.contains(row)));
    }
    let end =
        journal_lines(&project.path("results/study")).into_iter().find(|l| l.contains(r#""kind":"end""#)).unwrap();
    let end: Json = serde_json::from_str(&end).unwrap();
    let counts = &end["result"]["counts"];
    assert_eq!(counts["test_rows"].as_u64(), Some(8));
    assert_eq!(counts["groups_in_both_parts"], 5);
    assert!(end["result"]["validation"]["accuracy"].is_number(), "{end}");
}

#[test]
fn a_split_is_part_of_the_identity_and_an_axis_of_tables() {
    let project = study(
        "[[split]]\nname = \"a\"\nkind = \"holdout\"\n[[split]]\nname = \"b\"\nkind = \"holdout\"\nfraction = 0.3\n\
         [[table]]\nrows = \"model\"\ncolumns = \"split\"\n",
    );
    let ids = project.ids("experiment.toml");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 8);
    let csv = project.gridbook(&["report", "results/study", "--format", "csv"]).stdout;
    assert!(csv.contains(",a,") && csv.contains(",b,"), "{csv}");
    // A label is no part of an id; the number that it is drawn by is.
    let text = fs::read_to_string(project.path("experiment.toml")).unwrap();
    project.write("experiment.toml", text.replace("\"a\"", "\"c\""));
    assert_eq!(project.ids("experiment.toml"), ids);
    project.write("experiment.toml", text.replace("0.3", "0.35"));
    assert_eq!(project.ids("experiment.toml").iter().filter(|id| ids.contains(id)).count(), 4);
}

#[test]
fn rows_given_in_a_file_decide_the_identity_by_their_content() {
    let project = study("[[split]]\nkind = \"rows\"\npath = \"split.json\"\n");
    let ids = project.ids("experiment.toml");
    assert_eq!(rows(&project, &trials(&project)[0], "predictions.csv"), [4, 5]);
    project.write("other.json", fs::read(project.path("split.json")).unwrap());
    let text = fs::read_to_string(project.path("experiment.toml")).unwrap();
    project.write("experiment.toml", text.replace("split.json", "other.json"));
    assert_eq!(project.ids("experiment.toml"), ids);
    project.write("other.json", r#"{"train": [0, 1, 2, 3], "test": [4, 6]}"#);
    assert!(project.ids("experiment.toml").iter().all(|id| !ids.contains(id)));
}

/// One-class folds are outcomes: nothing fails, what cannot be had is undefined with its reason.
#[test]
fn a_fold_of_one_class_is_an_outcome() {
    let project = project();
    let table: Vec<String> = (0..12).map(|row| format!("{row},{}\n", u8::from(row < 4))).collect();
    project.write("table.csv", format!("a,class\n{}", table.concat()));
    project.write("split.json", r#"[{"train": [0, 1, 2, 3], "test": [4, 5]}, {"train": [4, 5, 6], "test": [7, 8]}]"#);
    let text =
        HEAD.replace("drop = [\"company\", \"year\"]\n", "").replace("\"accuracy\"", "\"accuracy\", \"roc_auc\"");
    project.write("experiment.toml", format!("{text}[[split]]\nkind = \"rows\"\npath = \"split.json\"\n"));
    let said = project.gridbook(&["run", "experiment.toml"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    for trial in trials(&project) {
        assert!(trial["metric:accuracy"].is_number() && trial["metric:roc_auc"].is_null(), "{trial}");
        assert!(trial["undefined:roc_auc"].as_str().unwrap().contains("no row is positive"), "{trial}");
    }
}

/// Weka's own cross-validations of its majority classifier, count for count: the same rows in every fold.
#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn folds_in_wekas_order_are_wekas() {
    let shared =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(option_env!("GRIDBOOK_SHARED").unwrap_or("../shared"));
    let weka = shared.join("oracles/weka");
    let file: Json = serde_json::from_str(&fs::read_to_string(weka.join("cv.json")).unwrap()).unwrap();
    let mut compared = 0;
    for (name, runs) in file["results"].as_object().unwrap() {
        let runs: Vec<&Json> = runs.as_array().unwrap().iter().filter(|run| run["config"] == "zeror").collect();
        let project = project();
        let path = weka.join(format!("data/{name}.arff"));
        project.write(
            "experiment.toml",
            format!(
                "name = \"study\"\n[task]\nkind = \"classification\"\nmetrics = [\"accuracy\"]\n[repeat]\nseeds = [1, 2]\n\
                 [[dataset]]\nkind = \"arff\"\npath = \"{}\"\nlabels = \"{}\"\n[[split]]\nkind = \"k-fold\"\n\
                 order = \"weka\"\nfolds = 10\n[[model]]\nkind = \"majority\"\n",
                path.display(),
                runs[0]["class"].as_str().unwrap()
            ),
        );
        let said = project.gridbook(&["run", "experiment.toml"]);
        assert_eq!(said.code, 0, "{name}: {}", said.stderr);
        for run in runs {
            let mut correct = 0.0;
            for trial in trials(&project).iter().filter(|trial| trial["seed"] == run["seed"]) {
                let rows = rows(&project, trial, "predictions.csv").len();
                correct += trial["metric:accuracy"].as_f64().unwrap() * f64::from(u32::try_from(rows).unwrap());
            }
            assert!((correct - run["correct"].as_f64().unwrap()).abs() < 1e-6, "{name}: {correct}, {run}");
            compared += 1;
        }
    }
    assert!(compared >= 8, "{compared} runs");
}
