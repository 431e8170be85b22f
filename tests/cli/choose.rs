//! `choose`: what it may go by, and what it takes.

use serde_json::json;

use crate::broken::{CLASSIFICATION, project};
use crate::support::Project;

/// Choices on validation rows that no trial of the table has scores of.
#[test]
fn validation_rows_must_be_there_and_judged() {
    let choose = |by: &str, more: &str| {
        format!("[[table]]\ntitle = \"C\"\n{more}choose = {{ by = \"{by}\", among = \"undersample.ratio\" }}\n")
    };
    let first = "where = { split = \"2010-13 → 2014\" }\n";
    let project = project();
    let mut all = String::new();
    for (text, good) in [
        (choose("accuracy", ""), true),
        (choose("accuracy", first), true),
        (choose("accuracy", "where = { split = [\"4 folds\", \"given\"] }\n"), false),
        (choose("accuracy", "where = { model = \"ours\" }\n"), false),
        (choose("accuracy", "where = { model = [\"ours\", \"majority\"] }\n"), true),
        (choose("fit_seconds", first), false),
    ] {
        project.write("experiment.toml", format!("{CLASSIFICATION}\n{text}"));
        let said = project.gridbook(&["check", "experiment.toml"]);
        assert_eq!(said.code == 0, good, "{text}{}", said.stderr);
        if !good {
            all.push_str(&format!("##### {text}{}\n", said.stderr));
        }
    }
    insta::assert_snapshot!(all);
}

/// A setting that crashes on two folds of three and is lucky on the third.
#[test]
fn a_choice_does_not_reward_crashing() {
    let project = Project::with(
        "name = \"c\"\n[task]\nkind = \"classification\"\nmetrics = [\"accuracy\"]\n[[dataset]]\nkind = \"csv\"\n\
         path = \"d.csv\"\nlabels = \"y\"\n[[split]]\nkind = \"k-fold\"\nfolds = 3\n[[model]]\nkind = \"command\"\n\
         run = [\"sh\", \"c.sh\"]\n[model.grid]\nv = [1, 0]\n[[table]]\n\
         choose = { by = \"accuracy\", among = \"v\", on = \"test\" }\n",
    );
    let rows = (0..30).map(|i| format!("{i},{}\n", if i % 5 == 0 { "b" } else { "a" }));
    project.write("d.csv", format!("x,y\n{}", rows.collect::<String>()));
    project.write(
        "c.sh",
        "grep -q '\"v\": 1' trial.json && ! grep -q '\"fold\": 0' trial.json && exit 2\n\
         grep -q '\"v\": 1' trial.json && class=0 || class=1\n\
         awk -F, -v c=$class 'NR == 1 { print \"row,predicted\" } NR > 1 { print $1 \",\" c }' test.csv > predictions.csv\n",
    );
    project.gridbook(&["run", "experiment.toml"]);
    let report = project.json(&["report", "results/c", "--format", "json", "-o", "-"]);
    let cells = report.as_array().unwrap();
    assert_eq!((cells.len(), &cells[0]["n"]), (1, &json!(3)), "{cells:?}");
    assert!(cells[0]["mean"].as_f64().unwrap() < 0.5, "{cells:?}");
    let page = std::fs::read_to_string(project.path("results/c/report.html")).unwrap();
    assert!(page.contains("Without a score in every trial, and so behind those that have one: 1 setting."));
}

/// Two models, of which one names the class of four rows of five: every outer fold finds it by its own inner folds.
#[test]
fn nested_folds_choose_by_their_own_training_rows() {
    let project = Project::with(
        "name = \"n\"\n[task]\nkind = \"classification\"\nmetrics = [\"accuracy\"]\n[[dataset]]\nkind = \"csv\"\n\
         path = \"d.csv\"\nlabels = \"y\"\n[[split]]\nkind = \"k-fold\"\nfolds = 3\n\
         validation = { kind = \"k-fold\", folds = 4 }\n[[model]]\nkind = \"random\"\n[[model]]\nkind = \"majority\"\n\
         [[table]]\nrows = \"dataset\"\ncolumns = \"metric\"\n\
         choose = { by = \"accuracy\", among = \"model\", on = \"validation\" }\n",
    );
    let rows = (0..60).map(|i| format!("{i},{}\n", if i % 5 == 0 { "b" } else { "a" }));
    project.write("d.csv", format!("x,y\n{}", rows.collect::<String>()));
    let said = project.gridbook(&["run", "experiment.toml"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let report = project.json(&["report", "results/n", "--format", "json", "-o", "-"]);
    let cells = report.as_array().unwrap();
    assert_eq!((cells.len(), &cells[0]["n"]), (1, &json!(3)), "{cells:?}");
    assert!((cells[0]["mean"].as_f64().unwrap() - 0.8).abs() < 1e-12, "{cells:?}");
    let mut journal = String::new();
    for file in std::fs::read_dir(project.path("results/n/journal")).unwrap() {
        journal.push_str(&std::fs::read_to_string(file.unwrap().path()).unwrap());
    }
    // Forty training rows in four inner folds of ten, eight of them `a`.
    assert_eq!(journal.matches("\"validation\":{\"accuracy\":0.8").count(), 3, "{journal}");
    assert_eq!(journal.matches("\"inner_folds\":4").count(), 6, "{journal}");
}
