//! Mistakes: the whole output, with carets.

use crate::support::Project;

/// A good file, for tests to spoil.
pub const GOOD: &str = r#"name = "study"

[task]
kind = "clustering"
metrics = ["acc", "nmi_max"]

[repeat]
seeds = 2

[[dataset]]
kind = "blobs"
rows = 60

[[pipeline]]
steps = [{ kind = "min-max" }]

[[model]]
kind = "kmeans"
name = "K-means"
seed-restarts = 2

[[table]]
rows = "model"
columns = "dataset"
"#;

fn spoiled(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "nothing to spoil: {from}");
    let project = Project::with(&GOOD.replacen(from, to, 1));
    let said = project.gridbook(&["check", "experiment.toml"]);
    assert_eq!(said.stdout, "");
    assert_ne!(said.code, 0, "no mistake seen");
    format!("exit {}\n{}", said.code, said.stderr)
}

#[test]
fn a_good_file_has_no_mistakes() {
    let said = Project::with(GOOD).gridbook(&["check", "experiment.toml"]);
    assert_eq!((said.code, said.stderr.as_str()), (0, "experiment.toml: no mistakes, 2 trials\n"));
    assert_eq!(Project::with(GOOD).json(&["check", "experiment.toml", "--json"]), serde_json::json!([]));
}

#[test]
fn mistakes_have_carets_and_nearest_names() {
    let cases = [
        ("rows = 60", "row = 60"),
        ("kind = \"blobs\"", "kind = \"blob\""),
        ("kind = \"kmeans\"", "kind = \"k-means\""),
        ("kind = \"kmeans\"", "kind = \"njw\""),
        ("seed-restarts = 2", "seed-restart = 2"),
        ("seed-restarts = 2", "seed-restarts = \"two\""),
        ("seed-restarts = 2", "seed-restarts = 0"),
        ("\"nmi_max\"", "\"nmi-max\""),
        ("kind = \"clustering\"", "kind = \"clusterin\""),
        ("seeds = 2", "seeds = 0"),
        ("seeds = 2", "seeds = [1, 1]"),
        ("rows = \"model\"", "rows = \"modl\""),
        ("name = \"study\"", "nme = \"study\""),
        ("[[table]]", "[[tabel]]"),
        ("kind = \"min-max\"", "kind = \"minmax\""),
        ("name = \"study\"", "name = \"study"),
        ("seed-restarts = 2", "grid = { seed-restarts = [1, 1.0] }"),
        ("seed-restarts = 2", "seed-restarts = 2\n[model.grid]\nseed-restarts = [3]"),
        ("seed-restarts = 2", "clusters = 100"),
        ("kind = \"blobs\"\nrows = 60", "kind = \"csv\"\npath = \"absent.csv\"\nlabel = \"y\""),
        ("seed-restarts = 2", "tolerance = inf"),
        ("columns = \"dataset\"", "columns = \"dataset\"\nwhere = { seed = 7 }"),
        ("[[table]]", "[published.p]\nrows = [{ acc = 93 }, { acc = nan }]\n[[table]]"),
        ("name = \"K-means\"", "name = \"K\\nmeans\""),
        ("[task]\nkind = \"clustering\"\nmetrics = [\"acc\", \"nmi_max\"]", ""),
        ("kind = \"blobs\"\nrows = 60", "kind = \"csv\"\npath = \"absent.csv\""),
    ];
    let mut all = String::new();
    for (from, to) in cases {
        all.push_str(&format!("##### {from:?} -> {to:?}\n{}\n", spoiled(from, to)));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn a_metric_must_judge_the_task() {
    let said = Project::with(&GOOD.replace("nmi_max", "accuracy")).gridbook(&["check", "experiment.toml"]);
    assert_eq!(said.code, 2);
    let message = "the metric `accuracy` is one of classification, not of clustering";
    assert!(said.stderr.contains(message), "{}", said.stderr);
}

#[test]
fn all_mistakes_at_once_sorted_by_place() {
    let project = Project::with(
        &GOOD
            .replace("rows = 60", "rows = -1")
            .replace("seed-restarts", "restarts")
            .replace("seeds = 2", "seeds = 1.5"),
    );
    let said = project.gridbook(&["check", "experiment.toml", "--json"]);
    let list: Vec<serde_json::Value> = serde_json::from_str(&said.stdout).unwrap();
    let places: Vec<_> = list
        .iter()
        .map(|d| (d["line"].as_u64().unwrap(), d["column"].as_u64().unwrap(), d["code"].as_str().unwrap()))
        .collect();
    assert_eq!(places, [(8, 9, "wrong-type"), (12, 8, "wrong-value"), (20, 1, "unknown-key")]);
    assert_eq!(list[2]["suggestion"], "seed-restarts");
    assert_eq!((said.code, said.stderr.as_str()), (2, ""));
}

#[test]
fn missing_data_is_the_machines_fault_unless_the_file_has_mistakes_too() {
    let csv = GOOD.replace("kind = \"blobs\"\nrows = 60", "kind = \"csv\"\npath = \"absent.csv\"\nlabels = \"y\"");
    assert_eq!(Project::with(&csv).gridbook(&["check", "experiment.toml"]).code, 3);
    let project = Project::with(&csv);
    project.write("absent.csv", "a,b\n1,2\n3,x\n");
    let said = project.gridbook(&["check", "experiment.toml", "--json"]);
    assert_eq!(said.code, 2, "{}", said.stdout);
    let said = Project::new().gridbook(&["check", "nowhere.toml"]);
    assert_eq!((said.code, said.stderr.trim()), (3, "error: cannot read `nowhere.toml`: no such file or directory"));
    let list = Project::new().json(&["check", "nowhere.toml", "--json"]);
    assert_eq!((list[0]["code"].as_str(), list[0]["file"].as_str()), (Some("file"), Some("nowhere.toml")));
}

#[test]
fn mistakes_of_the_command_line_have_carets_too() {
    let project = Project::with(GOOD);
    let cases: [&[&str]; 6] = [
        &["plan", "experiment.toml", "--set", "model.kmeans.seed-restart=3"],
        &["plan", "experiment.toml", "--set", "model.kmens.seed-restarts=3"],
        &["plan", "experiment.toml", "--set", "model.kmeans.seed-restarts=[3"],
        &["plan", "experiment.toml", "--only", "modl=K-means"],
        &["plan", "experiment.toml", "--only", "model=Kmeans"],
        &["plan", "experiment.toml", "--seeds", "3..1"],
    ];
    let mut all = String::new();
    for arguments in cases {
        let said = project.gridbook(arguments);
        all.push_str(&format!("##### {}\nexit {}\n{}\n", arguments[2..].join(" "), said.code, said.stderr));
    }
    insta::assert_snapshot!(all);
}

/// Message, help and suggestion of the only thing that is said.
fn only_said(project: &Project, arguments: &[&str]) -> String {
    let list = project.json(arguments);
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 1, "{list:?}");
    ["message", "help", "suggestion"].map(|key| list[0][key].as_str().unwrap_or("-").to_owned()).join(" | ")
}

#[test]
fn what_is_set_and_chosen_gets_the_word_that_is_meant() {
    let two = "name = \"DEC\"\nseed-restarts = 2\n[[model]]\nkind = \"random\"\nname = \"floor\"";
    let project = Project::with(&GOOD.replace("name = \"K-means\"\nseed-restarts = 2", two));
    let set = |text: &str| only_said(&project, &["plan", "experiment.toml", "--json", "--set", text]);
    let only = |text: &str| only_said(&project, &["plan", "experiment.toml", "--json", "--only", text]);
    assert!(set("seeds=3").ends_with("| did you mean `repeat.seeds`? | repeat.seeds"));
    assert!(set("metrics=acc").ends_with("| task.metrics"));
    assert!(set("time=10s").ends_with("| limits.time"));
    let blank = "separate conditions by a blank, values of one axis by a comma alone; quotes keep both in a name";
    for text in ["model=DEC, seed=0", "seed=0, 1", "model=DEC,"] {
        assert_eq!(only(text), format!("a comma with nothing behind it | {blank} | -"), "{text}");
    }
    assert!(only("model=dec").ends_with("| did you mean `DEC`? | DEC"));
    assert!(
        only("model=random").ends_with("| `random` is the kind of `floor`: write the name, as in the tables | floor")
    );
}

#[test]
fn a_block_of_which_there_may_be_several_gets_two_brackets() {
    let model = "[model]\nkind = \"random\"\n[model.grid]\nclusters = [2]\n";
    for (from, to) in [
        ("[[table]]", format!("{model}[[table]]")),
        ("[[model]]", format!("{model}[[model]]")),
        ("[[model]]", format!("{model}{}[model]", model.replace("random", "majority"))),
    ] {
        let said = only_said(&Project::with(&GOOD.replace(from, &to)), &["check", "experiment.toml", "--json"]);
        let expected =
            "a second block `model`, and not each is written `[[model]]` | write `[[model]]`: there may be several";
        assert!(said.starts_with(expected), "{to}: {said}");
    }
    // A key or an inner table that is there twice says nothing of the block.
    let grid = "[model.grid]\nclusters = [2]\n";
    for (from, to) in [("rows = 60", "rows = 60\nrows = 61"), ("[[table]]", &format!("{grid}{grid}[[table]]"))] {
        let list = Project::with(&GOOD.replace(from, to)).json(&["check", "experiment.toml", "--json"]);
        assert_eq!(list[0]["message"], "not TOML: duplicate key", "{list}");
    }
    for name in ["dataset", "pipeline", "model", "table"] {
        let project = Project::with(&GOOD.replace(&format!("[[{name}]]"), &format!("[{name}]")));
        let said = only_said(&project, &["check", "experiment.toml", "--json"]);
        assert!(said.ends_with(&format!("| write `[[{name}]]`: there may be several | -")), "{said}");
        // It is understood all the same.
        assert_eq!(project.gridbook(&["check", "experiment.toml"]).code, 0);
    }
}

#[test]
fn a_grid_that_is_too_large_is_refused() {
    let text = GOOD.replace("seeds = 2", "seeds = 20000");
    let said = Project::with(&text).gridbook(&["plan", "experiment.toml"]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("20000 trials, more than the limit of 10000"), "{}", said.stderr);
}
