//! `extends`: merging, carets in the file that states a key, paths, cycles, and results that open without the base.

use std::fs;

use crate::support::Project;

const BASE: &str = r#"[task]
kind = "clustering"
metrics = ["acc"]

[repeat]
seeds = 2

[[dataset]]
kind = "csv"
name = "Table"
path = "data/table.csv"
labels = "class"

[[model]]
kind = "kmeans"
name = "K-means"
seed-restarts = 2

[limits]
time = "10m"
"#;

const FILE: &str = r#"name = "study"
extends = "shared/base.toml"

[[model]]
name = "K-means"
seed-restarts = 3

[[model]]
kind = "random"
"#;

fn table() -> String {
    let rows = (0..12).map(|i| format!("{}.0,{i}.5,{}\n", i * 10 % 7, if i < 6 { "a" } else { "b" }));
    format!("x,y,class\n{}", rows.collect::<String>())
}

fn project(base: &str, file: &str) -> Project {
    let project = Project::with(file);
    project.write("shared/base.toml", base);
    project.write("shared/data/table.csv", table());
    project
}

#[test]
fn blocks_are_merged_and_paths_begin_where_they_stand() {
    let project = project(BASE, FILE);
    let said = project.gridbook(&["check", "experiment.toml"]);
    assert_eq!((said.code, said.stderr.as_str()), (0, "experiment.toml: no mistakes, 4 trials\n"));
    let plan = project.json(&["plan", "experiment.toml", "--json"]);
    let trials = plan["trials"].as_array().unwrap();
    assert_eq!(trials[0]["params"], serde_json::json!({ "seed-restarts": 3 }));
    assert_eq!(trials[3]["model"], "random");
    // The same from another folder, where the file is named by a longer path.
    let outer = Project::new();
    let path = project.path("experiment.toml");
    assert_eq!(outer.ids(path.to_str().unwrap()), project.ids("experiment.toml"));
    // What stands in one file or in two is the same experiment.
    let whole = BASE.replace("seed-restarts = 2", "seed-restarts = 3").replace("data/table", "shared/data/table");
    project.write("whole.toml", format!("name = \"whole\"\n{whole}\n[[model]]\nkind = \"random\"\n"));
    assert_eq!(project.ids("whole.toml"), project.ids("experiment.toml"));
}

#[test]
fn every_path_begins_at_the_file_that_states_it() {
    let base = BASE
        .replace("labels = \"class\"", "labels = \"class\"\nkey = \"x\"\n[dataset.documents]\npath = \"texts.csv\"\nkey = \"x\"\ncolumn = \"text\"")
        .replace("\"clustering\"", "\"classification\"").replace("\"acc\"", "\"accuracy\"")
        .replace("[[model]]", "[[split]]\nkind = \"rows\"\npath = \"rows.json\"\n[[model]]")
        .replace("kind = \"kmeans\"", "kind = \"command\"")
        .replace("seed-restarts = 2", "run = [\"python3\", \"own.py\"]\ncode = [\"own.py\"]");
    let project = project(&base, "name = \"study\"\nextends = \"shared/base.toml\"\n");
    let rows = (0..12).map(|i| format!("{i}.0,{i}.5,{}\n", if i % 2 == 0 { "a" } else { "b" }));
    project.write("shared/data/table.csv", format!("x,y,class\n{}", rows.collect::<String>()));
    let texts = (0..12).map(|i| format!("{i}.0,words\n"));
    project.write("shared/texts.csv", format!("x,text\n{}", texts.collect::<String>()));
    project.write("shared/rows.json", "{\"train\": [0, 1, 2, 3], \"test\": [4, 5]}");
    project.write("shared/own.py", "print()\n");
    let said = project.gridbook(&["check", "experiment.toml"]);
    assert_eq!((said.code, said.stderr.as_str()), (0, "experiment.toml: no mistakes, 2 trials\n"));
}

#[test]
fn each_file_counts_once_and_later_files_go_before_earlier_ones() {
    let project = Project::with("name = \"study\"\nextends = [\"b.toml\", \"c.toml\"]\n[repeat]\nseeds = 1\n");
    project.write("d.toml", BASE.replace("data/table", "shared/data/table"));
    project.write("shared/data/table.csv", table());
    project.write("b.toml", "extends = \"d.toml\"\n[[model]]\nname = \"K-means\"\nseed-restarts = 5\n");
    project.write("c.toml", "extends = [\"./d.toml\"]\n[[model]]\nname = \"K-means\"\ntolerance = 0.5\n");
    let plan = project.json(&["plan", "experiment.toml", "--json"]);
    assert_eq!(plan["counts"]["planned"], 1);
    // `c` extends `d` too, which does not take `b`'s value back.
    assert_eq!(plan["trials"][0]["params"], serde_json::json!({ "seed-restarts": 5, "tolerance": 0.5 }));
}

#[test]
fn mistakes_of_extends_have_carets_where_they_stand() {
    let cases: [(&str, &str, &str); 13] = [
        ("a key of the base", &BASE.replace("seed-restarts", "seed-restart"), FILE),
        ("a value of the base", &BASE.replace("seeds = 2", "seeds = 0"), FILE),
        ("data of the base", &BASE.replace("table.csv", "absent.csv"), FILE),
        ("a base that is no TOML", "[task\n", FILE),
        ("a base that is not there", BASE, &FILE.replace("base.toml", "bse.toml")),
        ("a folder", BASE, &FILE.replace("shared/base.toml", "shared")),
        ("no path", BASE, &FILE.replace("\"shared/base.toml\"", "[\"shared/base.toml\", 3]")),
        ("itself", BASE, &FILE.replace("shared/base.toml", "experiment.toml")),
        ("in a circle", &format!("extends = \"../experiment.toml\"\n{BASE}"), FILE),
        ("no table in the base", &format!("track = 3\n{BASE}"), &format!("{FILE}\n[track]\nkind = \"jsonl\"\n")),
        ("another format in the base", &format!("format = 2\n{BASE}"), &format!("format = 1\n{FILE}")),
        ("a misspelt kind in the base", &BASE.replace("kind = \"kmeans\"", "kid = \"kmeans\""), FILE),
        ("fixed there and swept here", BASE, &FILE.replace("seed-restarts = 3", "grid = { seed-restarts = [3] }")),
    ];
    let mut all = String::new();
    for (what, base, file) in cases {
        let said = project(base, file).gridbook(&["check", "experiment.toml"]);
        assert_eq!(said.stdout, "");
        all.push_str(&format!("##### {what}\nexit {}\n{}\n", said.code, said.stderr));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn results_open_without_what_the_file_extends() {
    let project = project(BASE, FILE);
    let said = project.gridbook(&["run", "experiment.toml", "--set", "model.K-means.seed-restarts=4"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let page = fs::read_to_string(project.path("results/study/report.html")).unwrap();
    assert!(page.contains("It extends shared/base.toml"), "the report shows what the file extends");
    fs::remove_dir_all(project.path("shared")).unwrap();
    fs::rename(project.path("results/study"), project.path("copy")).unwrap();
    let trials = project.json(&["trials", "copy", "--format", "json"]);
    assert_eq!(trials[0]["param:seed-restarts"], 4);
    let report = project.gridbook(&["report", "copy", "-o", "again.html"]);
    assert_eq!(report.code, 0, "{}", report.stderr);
    assert_eq!(fs::read_to_string(project.path("again.html")).unwrap(), page);
}
