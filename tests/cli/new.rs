//! `gridbook new` and `gridbook schema`.

use crate::support::Project;

#[test]
fn every_starter_file_checks_plans_and_runs() {
    for task in ["clustering", "classification", "outliers"] {
        let project = Project::new();
        let said = project.gridbook(&["new", "first", "--task", task]);
        assert_eq!((said.code, said.stdout.as_str()), (0, "first.toml\n"), "{}", said.stderr);
        assert!(said.stderr.contains("next: gridbook check first.toml"), "{}", said.stderr);
        let text = std::fs::read_to_string(project.path("first.toml")).unwrap();
        assert!(text.starts_with("#:schema ./gridbook.schema.json\n"), "{text}");
        assert!(!text.contains("my-study"), "{text}");
        assert_eq!(project.json(&["check", "first.toml", "--json"]), serde_json::json!([]), "{task}");
        let plan = project.json(&["plan", "first.toml", "--json"]);
        let planned = plan["counts"]["planned"].as_u64().unwrap();
        assert!(planned >= 5 && plan["counts"]["impossible"] == 0, "{task}: {plan}");
        // Without its comments it says the same: what is commented out is optional.
        let said = project.gridbook(&["run", "first.toml", "--seeds", "0"]);
        assert_eq!(said.code, 0, "{task}: {}", said.stderr);
        assert!(project.path("results/first/report.html").exists());
        if task == "clustering" {
            // What the random floor has no parameter for is no default of it.
            let table = project.gridbook(&["report", "results/first", "--format", "md"]).stdout;
            let cells = table.lines().find(|line| line.contains("Random")).unwrap().replace(' ', "");
            assert!(cells.starts_with("|Random|–|") && !table.contains("(default)"), "{table}");
        }
    }
}

#[test]
fn nothing_is_overwritten() {
    let project = Project::new();
    project.write("mine.toml", "# mine\n");
    project.write("gridbook.schema.json", "{}");
    let said = project.gridbook(&["new", "mine"]);
    assert_eq!((said.code, said.stdout.as_str()), (2, ""));
    assert!(said.stderr.contains("`mine.toml`: file exists"), "{}", said.stderr);
    assert_eq!(std::fs::read(project.path("mine.toml")).unwrap(), b"# mine\n");
    assert_eq!(project.gridbook(&["new", "other.toml"]).code, 0);
    assert!(project.path("other.toml").exists() && !project.path("other.toml.toml").exists());
    assert_eq!(std::fs::read(project.path("gridbook.schema.json")).unwrap(), b"{}");
}

#[test]
fn names_that_cannot_be_are_said() {
    let project = Project::new();
    let said = project.gridbook(&["new", "my study"]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("`my study` cannot be the name"), "{}", said.stderr);
    assert!(!project.path("my study.toml").exists());
    let said = project.gridbook(&["new", "nowhere/study"]);
    assert_eq!(said.code, 3);
    assert!(said.stderr.contains("no such file or directory"), "{}", said.stderr);
    assert_eq!(project.gridbook(&["new", "rules", "--task", "rules"]).code, 2);
}

#[test]
fn the_schema_is_one_json_document() {
    let project = Project::new();
    let schema = project.json(&["schema"]);
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    assert_eq!(project.gridbook(&["new", "study"]).code, 0);
    let beside = std::fs::read_to_string(project.path("gridbook.schema.json")).unwrap();
    assert_eq!(beside, project.gridbook(&["schema"]).stdout);
}
