//! What scripts rely on: lists, descriptions, exit codes of wrong arguments, and that nothing is printed twice.

use crate::support::Project;

#[test]
fn lists_and_descriptions_as_json() {
    let project = Project::new();
    for kind in ["models", "datasets", "steps", "splits", "metrics", "figures", "stages"] {
        let list = project.json(&["list", kind, "--json"]);
        for entry in list.as_array().unwrap() {
            let name = entry["kind"].as_str().unwrap();
            assert!(!entry["about"].as_str().unwrap().is_empty(), "{name}");
            assert_eq!(entry["tasks"].is_array(), kind == "metrics", "{name}");
            if !["splits", "figures"].contains(&kind) {
                let described = project.json(&["describe", name, "--json"]);
                assert_eq!(described["kind"], name);
                assert!(described["parameters"].is_array() && described["accepts"].is_object(), "{described}");
            }
        }
    }
    let metrics = project.gridbook(&["list", "metrics"]).stdout;
    let line = |name: &str| metrics.lines().find(|line| line.split_whitespace().next() == Some(name)).unwrap();
    assert!(line("f1").contains("  classification, outliers  harmonic"), "{metrics}");
    assert!(line("cpu_seconds").contains("  any task  "), "{metrics}");
    insta::assert_snapshot!(project.gridbook(&["describe", "kmeans"]).stdout);
}

#[test]
fn wrong_arguments_end_with_2_and_help_with_0() {
    let project = Project::new();
    assert_eq!(project.gridbook(&["--help"]).code, 0);
    assert_eq!(project.gridbook(&["rum"]).code, 2);
    assert_eq!(project.gridbook(&["list", "model"]).code, 2);
    let said = project.gridbook(&["describe", "kmean"]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("did you mean `kmeans`?"), "{}", said.stderr);
    let said = project.gridbook(&["status", "nowhere"]);
    assert_eq!(said.code, 3);
    assert!(said.stderr.contains("not a results folder"), "{}", said.stderr);
}

#[test]
fn completions_for_a_shell() {
    assert!(Project::new().gridbook(&["completions", "bash"]).stdout.contains("gridbook"));
}

#[test]
fn a_wrong_setting_of_the_machine_is_named() {
    let project = Project::new();
    let output = project.command(&["doctor"]).env("GRIDBOOK_JOBS", "many").output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr.contains("jobs"), "{stderr}");
}

/// What the README shows is a good file, and so is every experiment of the project.
#[test]
fn the_files_that_readers_copy_have_no_mistakes() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let example = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let project = Project::with(example);
    project.write("points.csv", "a,b,class\n1,2,x\n3,4,y\n5,6,x\n");
    let said = project.gridbook(&["check", "experiment.toml"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    for entry in std::fs::read_dir(root.join("experiments")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            let said = project.gridbook(&["check", path.to_str().unwrap()]);
            assert_eq!(said.code, 0, "{}", said.stderr);
        }
    }
}
