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
fn without_a_kind_everything_is_listed() {
    let project = Project::new();
    let said = project.gridbook(&["list"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let line = |list: &str| said.stdout.lines().find(|line| line.starts_with(list)).unwrap().to_owned();
    for (list, name) in [("models", "kmeans"), ("steps", "min-max"), ("splits", "k-fold"), ("metrics", "nmi_max")] {
        assert!(line(list).split_whitespace().any(|word| word == name), "{}", said.stdout);
    }
    assert!(project.json(&["list", "--json"])["figures"][0]["kind"].is_string());
}

/// Each example, put into a file that has what it names, is a good file.
#[test]
fn words_of_the_experiment_file_are_described_by_examples_that_check() {
    const HEAD: &str = "name = \"study\"\n[task]\nkind = \"clustering\"\nmetrics = [\"acc\"]\n[[dataset]]\nkind = \"blobs\"\n\
                        [[model]]\nkind = \"random\"\nname = \"Random\"\n[[model]]\nkind = \"kmeans\"\nname = \"K-means\"\ntolerance = 0.5\n\
                        [model.grid]\nseed-restarts = [1, 2]\n";
    const CLASSIFICATION: &str = "name = \"study\"\n[task]\nkind = \"classification\"\n[[dataset]]\nkind = \"blobs\"\n\
                                  [[model]]\nkind = \"majority\"\n";
    let words = "extends repeat take validation pipeline grid range zip skip only-if sample limits published claim table where \
                 choose compare figure note track";
    let project = Project::new();
    project.write("shared.toml", "[limits]\ntime = 60\n");
    for word in words.split(' ') {
        let described = project.json(&["describe", word, "--json"]);
        assert_eq!(described["kind"], word);
        let example = described["example"].as_str().unwrap();
        assert!((1..=9).contains(&example.lines().count()), "{example}");
        let people = project.gridbook(&["describe", word]).stdout;
        assert!(
            people.starts_with(&format!("{word}: ")) && people.contains(example.lines().last().unwrap()),
            "{people}"
        );
        let (before, after) = if example.starts_with('[') { ("", example) } else { (example, "") };
        // Only a classifier has training rows to keep some of.
        let head = if word == "validation" { CLASSIFICATION } else { HEAD };
        project.write("experiment.toml", format!("{before}\n{head}{after}\n"));
        let said = project.gridbook(&["check", "experiment.toml"]);
        assert!(said.code == 0 && !said.stderr.contains("warning"), "{word}: {}", said.stderr);
    }
}

#[test]
fn what_a_later_version_adds_is_said_to_be_that() {
    let project = Project::new();
    for (name, noun) in [("adaptive-spectral", "model"), ("cnn", "model"), ("word2vec", "step")] {
        let said = project.gridbook(&["describe", name]);
        assert_eq!(said.code, 2);
        assert_eq!(said.stderr, format!("error: `{name}` is a {noun} that is not in this version of gridbook\n"));
    }
    let said = project.gridbook(&["describe", "only_if"]);
    assert!(said.stderr.ends_with("; did you mean `only-if`?\n"), "{}", said.stderr);
    assert!(project.gridbook(&["describe", "box"]).stdout.starts_with("box: one box"));
}

#[test]
fn what_a_program_of_ones_own_must_do_is_described() {
    let said = Project::new().gridbook(&["describe", "command"]).stdout;
    for word in
        ["`trial.json`", "`predictions.csv`", "`row` copied", "`predicted`", "`cluster`", "`outlier`", "log.txt"]
    {
        assert!(said.contains(word), "{word}: {said}");
    }
}

#[test]
fn what_stands_in_for_other_data_says_so_everywhere() {
    let project = Project::with(
        "name = \"study\"\n[task]\nkind = \"clustering\"\nmetrics = [\"acc\"]\n[[dataset]]\nkind = \"cub50-like\"\n\
         rows = 60\nclusters = 2\nfeatures = [4, 3]\n[[dataset]]\nkind = \"blobs\"\nrows = 9\n[[model]]\nkind = \"random\"\n",
    );
    let list = project.json(&["list", "datasets", "--json"]);
    let named = |kind: &str| list.as_array().unwrap().iter().find(|entry| entry["kind"] == kind).unwrap().clone();
    assert!(named("cub50-like")["stands_in_for"].as_str().unwrap().starts_with("CUB: "));
    assert!(named("blobs").get("stands_in_for").is_none());
    let listed = project.gridbook(&["list", "datasets"]).stdout;
    assert_eq!(listed.lines().filter(|line| line.ends_with(" (stand-in)")).count(), 5, "{listed}");
    let described = project.json(&["describe", "cub50-like", "--json"]);
    assert_eq!(described["stands_in_for"], named("cub50-like")["stands_in_for"]);
    assert!(project.gridbook(&["describe", "cub50-like"]).stdout.contains("\n  stand-in for CUB: "));
    assert!(!project.gridbook(&["describe", "blobs"]).stdout.contains("stand-in"));
    let said = project.gridbook(&["run", "experiment.toml"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let html = std::fs::read_to_string(project.path("results/study/report.html")).unwrap();
    assert!(html.contains("cub50-like is a stand-in for CUB: ") && !html.contains("blobs is a stand-in"));
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
    project.write("vote.toml", "name = \"vote-10\"\n");
    project.write("table.csv", "a\n1\n");
    for (command, last) in [("status", ""), ("trials", ""), ("report", ""), ("plan", "vote.toml")] {
        let file = if last.is_empty() { "vote.toml" } else { "--results=vote.toml" };
        let said = project.gridbook(&[command, file, last].map(|word| if word.is_empty() { "--" } else { word }));
        assert_eq!(said.code, 3, "{}", said.stderr);
        let expected = "error: `vote.toml` is a file, not a results folder; results of the experiment `vote-10` are in \
                        `results/vote-10` if no other folder was named\n";
        assert_eq!(said.stderr, expected, "{command}");
    }
    let said = project.gridbook(&["status", "table.csv", "--json"]);
    assert!(said.stdout.contains("\"error\": \"`table.csv` is a file, not a results folder\""), "{}", said.stdout);
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
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr.contains("GRIDBOOK_JOBS: it must be a whole number"), "{stderr}");
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
    // What the second file says is a file that builds on the first.
    let second = readme.split("```toml\n").find(|block| block.contains("extends = ")).unwrap();
    project.write("my-study.toml", example);
    project.write("second.toml", second.split("```").next().unwrap());
    let ids = |file| project.ids(file).len();
    assert_eq!(ids("second.toml"), ids("my-study.toml") + 10);
    for entry in std::fs::read_dir(root.join("experiments")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            let said = project.gridbook(&["check", path.to_str().unwrap()]);
            assert_eq!(said.code, 0, "{}", said.stderr);
        }
    }
}
