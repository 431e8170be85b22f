//! Sweeps, claims, choices, figures, limits, tracking and the command line: good files, and every mistake with its
//! caret.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::support::Project;

/// Nearly every part of the grammar once.
pub const GOOD: &str = r#"name = "study"

[task]
kind = "clustering"
metrics = ["acc", "nmi_max"]

[repeat]
seeds = 2

[[dataset]]
kind = "blobs"
rows = 60
clusters = 3

[[model]]
kind = "kmeans"
name = "K-means"
[model.grid]
seed-restarts = { integers = [1, 5], step = 2 }
max-iterations = [10, 20]
tolerance = { log = [1e-4, 1e-2], points = 3 }
[[model.only-if]]
when = { max-iterations = 20 }
axis = "tolerance"
[[model.skip]]
when = { seed-restarts = [3, 5], max-iterations = 10 }
reason = "not wanted"

[[model]]
kind = "dec"
name = "DEC"
pretrain-epochs = 1
[[model.zip]]
learning-rate = [0.1, 0.01]
batch-size = [8, 16]

[published.lu]
source = "Lu, Table 3"
unit = "percent"
rows = [
  { model = "K-means", dataset = "blobs", acc = "85.3 ± 0.4" },
  { model = "DEC", dataset = "blobs", learning-rate = 0.01, acc = 90.10 },
]

[[claim]]
text = "DEC beats k-means"
where = { dataset = "blobs" }
better = "DEC"
than = "K-means"
metric = "acc"
by = 0.02
test = "paired-t"
alpha = 0.05

[[claim]]
text = "A large rate is worse"
axis = "learning-rate"
better = 0.01
than = 0.1

[[table]]
title = "Best"
rows = "model"
columns = "dataset"
choose = { by = "acc", among = ["learning-rate", "max-iterations"], on = "test" }
compare = { against = "published.lu", test = "corrected-resampled-t", best-of = "row" }

[[figure]]
kind = "heat-map"
x = "seed-restarts"
y = "max-iterations"
metric = "acc"

[[figure]]
kind = "scatter"
x = "fit_seconds"
y = "acc"

[[figure]]
kind = "line"
x = "seed-restarts"
y = "nmi_max"
by = "model"

[track]
kind = "mlflow"
uri = "http://localhost:5000"
experiment = "study"

[limits]
memory = "4GiB"
exclusive = true
"#;

fn params(plan: &Json, model: &str) -> Vec<Json> {
    let trials = plan["trials"].as_array().unwrap();
    let own = trials.iter().filter(|trial| trial["model"] == model && trial["seed"] == 0);
    own.map(|trial| trial["params"].clone()).collect()
}

/// A study of one model.
fn sweep(model: &str) -> String {
    let head = GOOD.split("[[model]]").next().unwrap().replace("seeds = 2", "seeds = 1");
    format!("{head}[[model]]\n{model}")
}

fn planned(model: &str) -> Json {
    let project = Project::with(&sweep(model));
    let said = project.gridbook(&["plan", "experiment.toml", "--json"]);
    serde_json::from_str(&said.stdout).unwrap_or_else(|_| panic!("{}{}", said.stdout, said.stderr))
}

#[test]
fn a_good_file_passes_without_a_word() {
    let said = Project::with(GOOD).gridbook(&["check", "experiment.toml"]);
    assert_eq!((said.code, said.stderr.as_str()), (0, "experiment.toml: no mistakes, 24 trials\n"));
}

#[test]
fn sweeps_become_cells() {
    let plan = Project::with(GOOD).json(&["plan", "experiment.toml", "--json"]);
    let mut kmeans = vec![json!({ "max-iterations": 10, "seed-restarts": 1 })];
    for restarts in [1, 3, 5] {
        for tolerance in [1e-4, 1e-3, 1e-2] {
            kmeans.push(json!({ "max-iterations": 20, "seed-restarts": restarts, "tolerance": tolerance }));
        }
    }
    let sorted = |list: Vec<Json>| list.iter().map(Json::to_string).collect::<BTreeSet<_>>();
    assert_eq!(sorted(params(&plan, "K-means")), sorted(kmeans));
    let dec = [(0.1, 8), (0.01, 16)];
    let dec = dec.map(|(rate, size)| json!({ "batch-size": size, "learning-rate": rate, "pretrain-epochs": 1 }));
    assert_eq!(params(&plan, "DEC"), dec);
    assert_eq!(plan["counts"]["planned"], 24);
}

#[test]
fn a_sample_is_a_subset_that_stays_the_same() {
    let model = "kind = \"kmeans\"\n[model.grid]\nseed-restarts = { integers = [1, 1000] }\n\
                 max-iterations = { integers = [1, 1000] }\ntolerance = { linear = [0, 1], points = 1001 }\n\
                 [model.sample]\ncount = 20\nseed = 1\n";
    let plan = planned(model);
    let cells = params(&plan, "kmeans");
    assert_eq!(cells.iter().map(Json::to_string).collect::<BTreeSet<_>>().len(), 20);
    assert_eq!(cells, params(&planned(model), "kmeans"));
    assert_ne!(cells, params(&planned(&model.replace("seed = 1", "seed = 2")), "kmeans"));
    insta::assert_snapshot!(cells.iter().take(3).map(Json::to_string).collect::<Vec<_>>().join("\n"));
    // With as many as there are, all of them, without those that are skipped.
    let small = "kind = \"kmeans\"\n[model.grid]\nseed-restarts = [1, 2, 3]\nmax-iterations = [5, 6]\n\
                 [[model.skip]]\nwhen = { seed-restarts = 2 }\nreason = \"no\"\n[model.sample]\ncount = 4\n";
    let cells = params(&planned(small), "kmeans");
    assert_eq!(cells.iter().map(Json::to_string).collect::<BTreeSet<_>>().len(), 4);
    assert!(cells.iter().all(|cell| cell["seed-restarts"] != 2));
}

#[test]
fn values_can_be_drawn() {
    let model = "kind = \"kmeans\"\n[model.grid]\nseed-restarts = { uniform = [1, 50] }\n\
                 tolerance = { log-uniform = [1e-6, 1e-2] }\nmax-iterations = [10, 20]\n\
                 [[model.only-if]]\nwhen = { max-iterations = 10 }\naxis = \"tolerance\"\n\
                 [model.sample]\ncount = 30\n";
    let cells = params(&planned(model), "kmeans");
    assert_eq!(cells.len(), 30);
    for cell in &cells {
        assert!((1..=50).contains(&cell["seed-restarts"].as_i64().unwrap()), "{cell}");
        let drawn = cell["tolerance"].as_f64().is_some_and(|x| (1e-6..=1e-2).contains(&x));
        assert_eq!(drawn, cell["max-iterations"] == 10, "{cell}");
    }
    assert!((8..=22).contains(&cells.iter().filter(|cell| cell["max-iterations"] == 10).count()));
}

#[test]
fn the_size_of_a_sweep_is_counted_before_it_is_made() {
    // Two axes of a thousand values that exist for three values of ten: 3 million cells and 7.
    let mut model = "kind = \"debug\"\n[model.grid]\nsleep = { integers = [1, 10] }\n".to_owned();
    model.push_str("value = { integers = [1, 1000] }\nseconds = { integers = [1, 1000] }\n");
    for axis in ["value", "seconds"] {
        model.push_str(&format!("[[model.only-if]]\nwhen = {{ sleep = [1, 2, 3] }}\naxis = \"{axis}\"\n"));
    }
    let said = Project::with(&sweep(&model)).gridbook(&["check", "experiment.toml"]);
    assert!(said.stderr.contains("has 3000007 trials, more than the limit"), "{}", said.stderr);
    let said = Project::with(&sweep(&model.replace("[1, 1000]", "[1, 5]"))).gridbook(&["check", "experiment.toml"]);
    assert!(said.stderr.contains("no mistakes, 82 trials"), "{}", said.stderr);
}

fn spoiled(base: &str, cases: &[(&str, &str)]) -> String {
    let mut all = String::new();
    for (from, to) in cases {
        assert!(base.contains(from), "nothing to spoil: {from}");
        let project = Project::with(&base.replacen(from, to, 1));
        let said = project.gridbook(&["check", "experiment.toml"]);
        assert!(!said.stderr.contains("panicked") && said.stdout.is_empty(), "{}", said.stderr);
        all.push_str(&format!("##### {from:?} -> {to:?}\nexit {}\n{}\n", said.code, said.stderr));
    }
    all
}

#[test]
fn mistakes_of_sweeps() {
    insta::assert_snapshot!(spoiled(
        GOOD,
        &[
            ("integers = [1, 5]", "integer = [1, 5]"),
            ("integers = [1, 5]", "integers = [5, 1]"),
            ("points = 3", "point = 3"),
            ("log = [1e-4, 1e-2]", "log = [0, 1e-2]"),
            ("{ log = [1e-4, 1e-2], points = 3 }", "{ uniform = [1e-4, 1e-2] }"),
            ("{ log = [1e-4, 1e-2], points = 3 }", "{ linear = [-1, 1], points = 3 }"),
            ("batch-size = [8, 16]", "batch-size = [8, 16, 32]"),
            ("batch-size = [8, 16]", "batchsize = [8, 16]"),
            ("learning-rate = [0.1, 0.01]\nbatch-size = [8, 16]", "learning-rate = [0.1, 0.1]\nbatch-size = [8, 8.0]"),
            ("batch-size = [8, 16]", "pretrain-epochs = [8, 16]"),
            ("[[model.zip]]\n", "[model.grid]\nbatch-size = [8]\n[[model.zip]]\n"),
            ("axis = \"tolerance\"", "axis = \"tolerence\""),
            ("when = { max-iterations = 20 }", "when = { max-iterations = 30 }"),
            ("when = { max-iterations = 20 }", "when = { max-iteration = 20 }"),
            ("when = { max-iterations = 20 }", "when = { tolerance = 0.01 }"),
            ("when = { max-iterations = 20 }\n", ""),
            ("seed-restarts = [3, 5], max", "seed-restarts = [3, 4], max"),
            ("[[model.zip]]\n", "[model.sample]\ncount = 3\n[[model.zip]]\n"),
            ("[[model.zip]]\n", "[model.sample]\ncont = 1\n[[model.zip]]\n"),
            (
                "pretrain-epochs = 1\n[[model.zip]]\nlearning-rate = [0.1, 0.01]\nbatch-size = [8, 16]",
                "[model.grid]\ngamma = [1]"
            ),
            (
                "max-iterations = [10, 20]",
                "max-iterations = [10, 20]\nclusters = [3, 4]\n[[model.only-if]]\nwhen = { clusters = 3 }\naxis = \"max-iterations\"\n[[model.only-if]]\nwhen = { max-iterations = 10 }\naxis = \"clusters\"\n[model.grid.x]"
            ),
        ]
    ));
}

#[test]
fn mistakes_of_what_the_report_is_to_say() {
    insta::assert_snapshot!(spoiled(
        GOOD,
        &[
            ("model = \"DEC\", dataset = \"blobs\", learning", "model = \"DECK\", dataset = \"blobs\", learning"),
            ("learning-rate = 0.01, acc", "learning-rate = 0.02, acc"),
            ("\"85.3 ± 0.4\"", "\"85.3 ± x\""),
            ("better = \"DEC\"", "better = \"DEK\""),
            ("than = \"K-means\"", "than = \"DEC\""),
            ("than = \"K-means\"\n", ""),
            ("metric = \"acc\"\nby", "metric = \"ari\"\nby"),
            ("by = 0.02", "by = -1"),
            ("alpha = 0.05", "alpha = 5"),
            ("test = \"paired-t\"", "test = \"paired\""),
            ("axis = \"learning-rate\"", "axis = \"learning\""),
            ("than = 0.1", "than = 0.2"),
            ("on = \"test\"", "on = \"validation\""),
            ("on = \"test\"", "on = \"tests\""),
            ("on = \"test\"", "on = \"criterion\""),
            (
                "\"acc\", among = [\"learning-rate\", \"max-iterations\"], on = \"test\"",
                "\"accuracy\", among = \"learning-rate\", on = \"criterion\""
            ),
            (
                "\"acc\", among = [\"learning-rate\", \"max-iterations\"], on = \"test\"",
                "\"silhouete\", among = \"learning-rate\", on = \"criterion\""
            ),
            (
                "\"acc\", among = [\"learning-rate\", \"max-iterations\"], on = \"test\"",
                "\"loss\", among = \"learning-rate\", on = \"criterion\""
            ),
            (
                "\"acc\", among = [\"learning-rate\", \"max-iterations\"], on = \"test\"",
                "\"silhouette\", among = \"learning-rate\", on = \"criterion\""
            ),
            ("by = \"acc\", among", "by = \"acy\", among"),
            ("\"max-iterations\"], on", "\"max-iteration\"], on"),
            ("\"max-iterations\"], on", "\"model\"], on"),
            ("best-of = \"row\"", "best-of = \"rows\""),
            ("test = \"corrected-resampled-t\"", "test = \"corrected\""),
            ("x = \"seed-restarts\"\ny = \"max-iterations\"", "x = \"seed-restarts\"\ny = \"acc\""),
            ("y = \"max-iterations\"", "y = \"max-iteration\""),
            ("metric = \"acc\"\n\n[[figure]]", "metric = \"ari\"\n\n[[figure]]"),
            ("x = \"fit_seconds\"\n", ""),
            ("kind = \"scatter\"", "kind = \"scater\""),
            ("uri = \"http://localhost", "uri = \"http://me:secret@localhost"),
            ("experiment = \"study\"", "password = \"secret\""),
            ("experiment = \"study\"", "experimnt = \"study\""),
            ("kind = \"mlflow\"", "kind = \"mflow\""),
            ("memory = \"4GiB\"", "memory = \"4 gigs\""),
            ("exclusive = true", "exclusive = 1"),
        ]
    ));
}

#[test]
fn warnings_are_shown_and_stop_nothing() {
    let text = GOOD
        .replace("model = \"DEC\", dataset = \"blobs\", learning", "model = \"VaDE\", dataset = \"blobs\", learning");
    let project = Project::with(&text);
    let list = project.json(&["check", "experiment.toml", "--json"]);
    assert_eq!((list[0]["severity"].as_str(), list.as_array().unwrap().len()), (Some("warning"), 1));
    for command in ["check", "plan"] {
        let said = project.gridbook(&[command, "experiment.toml"]);
        assert_eq!(said.code, 0);
        assert!(said.stderr.starts_with("warning: no model is called `VaDE`"), "{}", said.stderr);
    }
    let said = project.gridbook(&["plan", "experiment.toml", "--json"]);
    assert!(serde_json::from_str::<Json>(&said.stdout).is_ok() && said.stderr.contains("warning"));
}

#[test]
fn values_are_set_from_the_command_line() {
    let project = Project::with(GOOD);
    let plan = |set: &[&str]| {
        let mut arguments = vec!["plan", "experiment.toml", "--json"];
        arguments.extend(set.iter().flat_map(|set| ["--set", set]));
        project.json(&arguments)
    };
    // A fixed value ends a sweep, with the conditions that it does not meet.
    let cells = params(&plan(&["model.K-means.max-iterations=10"]), "K-means");
    assert_eq!(cells, [json!({ "max-iterations": 10, "seed-restarts": 1 })]);
    let cells = params(&plan(&["model.K-means.max-iterations=30"]), "K-means");
    let restarts = [1, 3, 5].map(|n| json!({ "max-iterations": 30, "seed-restarts": n }));
    assert_eq!(cells, restarts);
    // A sweep ends a fixed value and a zip.
    let cells = params(&plan(&["model.DEC.grid.pretrain-epochs=[1, 2]"]), "DEC");
    assert_eq!(cells.len(), 4);
    let cells = params(&plan(&["model.DEC.batch-size=4"]), "DEC");
    assert_eq!(cells.len(), 2);
    let cells = params(&plan(&["model.DEC.grid.momentum={ linear = [0, 0.5], points = 2 }"]), "DEC");
    assert_eq!(cells.len(), 4);
    assert_eq!(plan(&["dataset.blobs.rows=30", "limits.time=5m"])["counts"]["planned"], 24);
    assert_eq!(plan(&["model.\"K-means\".sample.count=2"])["counts"]["planned"], 8);
}

#[test]
fn mistakes_of_what_is_set() {
    let project = Project::with(GOOD);
    let mut all = String::new();
    for set in [
        "modle.DEC.gamma=1",
        "model.DEK.gamma=1",
        "model.DEC.gama=1",
        "model.DEC.grid.gama=[1]",
        "model.DEK.grid.gamma=[1]",
        "model.DEC=1",
        "model=1",
        "limits.tiem=5m",
        "limits.time=soon",
        "limits=5",
        "task.metrics=[\"acy\"]",
        "dataset.blobs.row=3",
        "dataset.blobs.take.per-clas=3",
        "table.Best.choose.on=tests",
        "claim.x.by=1",
        "published.lu.unit=fraction",
        "extends=other.toml",
        "nme=x",
        "name",
        "track.token=abc",
    ] {
        let said = project.gridbook(&["plan", "experiment.toml", "--set", set]);
        assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{set}");
        all.push_str(&format!("##### {set}\n{}\n", said.stderr));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn only_takes_quotes_and_lists() {
    let project = Project::with(&GOOD.replace("\"K-means\"", "\"K-means, plain\""));
    let count = |only: &str| {
        let plan = project.json(&["plan", "experiment.toml", "--json", "--only", only]);
        plan["counts"]["planned"].as_u64().unwrap()
    };
    assert_eq!(count("model=\"K-means, plain\""), 20);
    assert_eq!(count("model='K-means, plain',DEC seed=1"), 12);
    let mut all = String::new();
    for only in ["model=K-means, plain", "model=\"DEC", "model=DEC sed=1", "model=DEK", "seed=0,7", "model"] {
        let said = project.gridbook(&["plan", "experiment.toml", "--only", only]);
        assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{only}");
        all.push_str(&format!("##### {only}\n{}\n", said.stderr));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn the_report_says_what_was_chosen_and_draws_what_is_asked_for() {
    let models = GOOD.split("[[model]]\nkind = \"dec\"").next().unwrap();
    let text = format!(
        "{models}[[table]]\nrows = \"model\"\nmetric = \"acc\"\n\
         choose = {{ by = \"acc\", among = [\"seed-restarts\", \"max-iterations\", \"tolerance\"], on = \"test\" }}\n\
         [[figure]]\nkind = \"scatter\"\nx = \"fit_seconds\"\ny = \"acc\"\n\
         [[figure]]\nkind = \"confusion\"\n\
         [[claim]]\ntext = \"Many restarts help\"\naxis = \"seed-restarts\"\nbetter = 5\nthan = 1\n"
    );
    let project = Project::with(&text);
    let said = project.gridbook(&["run", "experiment.toml"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let table = project.gridbook(&["report", "results/study", "--format", "md", "-o", "-"]);
    let page = std::fs::read_to_string(project.path("results/study/report.html")).unwrap();
    assert!(
        page.contains("One point a trial.") && page.contains("A frame marks the cell of a class"),
        "{}",
        said.stderr
    );
    // What is known of the rows can be made again; without it the report says what is missing.
    std::fs::remove_dir_all(project.path("results/study/datasets")).unwrap();
    assert_eq!(project.gridbook(&["report", "results/study"]).code, 0);
    let without = std::fs::read_to_string(project.path("results/study/report.html")).unwrap();
    assert!(without.contains("does not hold the classes of the rows"));
    assert_eq!(project.gridbook(&["run", "experiment.toml"]).code, 0);
    assert_eq!(std::fs::read_to_string(project.path("results/study/report.html")).unwrap(), page, "nothing is lost");
    assert!(page.contains("Many restarts help") && page.contains("ACC at seed-restarts = 5 above seed-restarts = 1"));
    let checked = project.gridbook(&["report", "results/study", "--check"]);
    assert_eq!(checked.code, 4, "{}", checked.stderr);
    assert!(checked.stderr.contains(": Many restarts help\n"), "{}", checked.stderr);
    assert!(page.contains("the choice has seen the scores that it is judged by"), "{}", table.stdout);
}

#[test]
fn mistakes_of_the_machines_settings_name_the_file_or_the_variable() {
    let project = Project::with(GOOD);
    let mut all = String::new();
    for settings in [
        "dta = \"x\"\n",
        "jobs = \"many\"\n",
        "jobs = -1\n",
        "data = 3\n",
        "[data\n",
        "cache-size = 10\n",
        "cache-size = \"10 gigs\"\n",
        "cache-age = 90\n",
        "cache-age = \"long\"\n",
    ] {
        project.write("configs/machine.toml", settings);
        let said = project.gridbook(&["check", "experiment.toml"]);
        all.push_str(&format!("##### {settings}exit {}\n{}\n", said.code, said.stderr));
    }
    project.write("configs/machine.toml", "");
    for (name, value) in [("GRIDBOOK_JOBS", "many"), ("GRIDBOOK_JOB", "2"), ("GRIDBOOK_CACHE_SIZE", "10")] {
        let output = project.command(&["check", "experiment.toml"]).env(name, value).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        all.push_str(&format!("##### {name}={value}\nexit {}\n{stderr}\n", output.status.code().unwrap()));
    }
    insta::assert_snapshot!(all);
}
