//! `gridbook compare`: two results folders side by side.

use std::fs;

use serde_json::Value as Json;

use crate::support::{Project, Said};

/// A small study; `models` stand at its end.
fn study(seeds: &str, models: &str) -> String {
    format!(
        "name = \"study\"\n[task]\nkind = \"clustering\"\nmetrics = [\"acc\", \"nmi_max\", \"fit_seconds\"]\n\
         [repeat]\nseeds = {seeds}\n[[dataset]]\nkind = \"digits\"\nname = \"Digits\"\ntake = {{ per-class = 20 }}\n{models}"
    )
}

const KMEANS: &str = "[[model]]\nkind = \"kmeans\"\nname = \"K-means\"\n";
const FEWER: &str = "[[model]]\nkind = \"kmeans\"\nname = \"K-means\"\nclusters = 3\n";

/// Runs each text into a folder of its name.
fn ran(texts: &[(&str, String)]) -> Project {
    let project = Project::new();
    for (name, text) in texts {
        let file = format!("{name}.toml");
        project.write(&file, text);
        let said = project.gridbook(&["run", &file, "--results", name]);
        assert!(said.code <= 1, "{}", said.stderr);
    }
    project
}

fn compare(project: &Project, more: &[&str]) -> Said {
    project.gridbook(&[&["compare", "a", "b"], more].concat())
}

fn json(project: &Project) -> Json {
    project.json(&["compare", "a", "b", "--json"])
}

/// The verdicts of the cells of results, with their metric.
fn verdicts(document: &Json) -> Vec<(String, String)> {
    let cells = document["cells"].as_array().unwrap().iter().filter(|cell| cell["measured"] == false);
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    cells.map(|cell| (text(&cell["metric"]), text(&cell["verdict"]))).collect()
}

/// The settings that differ: of what, which, A's and B's.
fn settings(document: &Json) -> Vec<[String; 4]> {
    let differ = document["settings"]["differ"].as_array().unwrap();
    let text = |value: &Json| value.as_str().unwrap_or("-").to_owned();
    differ.iter().map(|one| ["label", "name", "a", "b"].map(|key| text(&one[key]))).collect()
}

#[test]
fn the_same_file_twice_is_identical() {
    let text = study("3", KMEANS);
    let project = ran(&[("a", text.clone()), ("b", text)]);
    let said = compare(&project, &["--check"]);
    assert_eq!(said.code, 0, "{}{}", said.stdout, said.stderr);
    assert!(said.stdout.contains("2 cells: 2 identical"), "{}", said.stdout);
    assert!(said.stdout.contains("No setting differs"), "{}", said.stdout);
    assert!(said.stdout.contains("Measured, deciding nothing: 1 cell:"), "{}", said.stdout);
    let document = json(&project);
    assert!(verdicts(&document).iter().all(|(_, verdict)| verdict == "identical"));
    assert_eq!((&document["irreproducible"], &document["check"]["holds"]), (&Json::Array(vec![]), &Json::Bool(true)));
    assert!(document["settings"]["equal"].as_u64().unwrap() > 10);
}

#[test]
fn a_rerun_of_a_part_is_held_against_that_part() {
    let two = "[[model]]\nkind = \"random\"\n";
    let project = ran(&[("a", study("4", &format!("{KMEANS}{two}"))), ("b", study("[1, 2]", KMEANS))]);
    let document = json(&project);
    let words: Vec<String> = verdicts(&document).into_iter().map(|(_, verdict)| verdict).collect();
    assert_eq!(words, ["identical", "identical", "only in A", "only in A"]);
    let cell = &document["cells"][0];
    assert_eq!((&cell["pairs"], &cell["a"]["n"], &cell["b"]["n"]), (&2.into(), &4.into(), &2.into()));
    assert!(settings(&document).contains(&["", "seeds", "0, 1, 2, 3", "1, 2"].map(str::to_owned)));
    // What A had is missing in B; what B has beyond A is no fault of it.
    let said = compare(&project, &["--check"]);
    assert_eq!(said.code, 4);
    assert!(said.stderr.contains("only in A: Digits, random: ACC was "), "{}", said.stderr);
    assert_eq!(project.gridbook(&["compare", "b", "a", "--check"]).code, 0);
}

#[test]
fn a_changed_parameter_is_named_and_judged() {
    let project = ran(&[("a", study("5", KMEANS)), ("b", study("5", FEWER))]);
    let document = json(&project);
    let cell = &document["cells"][0];
    assert_eq!((&cell["verdict"], &cell["regression"], &cell["pairs"]), (&"worse".into(), &true.into(), &5.into()));
    assert_eq!(cell["test"], "paired t-test");
    assert_eq!(cell["in_b"]["params"]["clusters"], 3);
    // The numbers are those of the trials.
    let mean = |folder: &str| {
        let trials = project.json(&["trials", folder, "--format", "json"]);
        let scores: Vec<f64> =
            trials.as_array().unwrap().iter().map(|trial| trial["metric:acc"].as_f64().unwrap()).collect();
        scores.iter().sum::<f64>() / 5.0
    };
    let difference = mean("b") - mean("a");
    assert!((cell["difference"].as_f64().unwrap() - difference).abs() < 1e-12);
    let (low, high) = (cell["low"].as_f64().unwrap(), cell["high"].as_f64().unwrap());
    assert!(low <= difference && difference <= high && high < 0.0, "{low} {high}");
    // Two tests: the smaller p-value is doubled, as Holm has it.
    let p: Vec<(f64, f64)> = document["cells"].as_array().unwrap()[..2]
        .iter()
        .map(|cell| (cell["p_value"].as_f64().unwrap(), cell["p_adjusted"].as_f64().unwrap()))
        .collect();
    let smaller = if p[0].0 <= p[1].0 { p[0] } else { p[1] };
    assert!((smaller.1 - 2.0 * smaller.0).abs() <= 1e-15, "{p:?}");
    assert_eq!(settings(&document), [["K-means", "clusters", "(default)", "3"].map(str::to_owned)]);
    let said = compare(&project, &["--check"]);
    assert_eq!(said.code, 4);
    assert!(said.stdout.contains("2 cells: 2 worse") && said.stderr.starts_with("worse: Digits, K-means: "));
    let back = project.gridbook(&["compare", "b", "a", "--check"]);
    assert_eq!((back.code, back.stdout.contains("2 cells: 2 better")), (0, true), "{}", back.stdout);
}

#[test]
fn other_seeds_are_independent_and_one_is_none() {
    let project = ran(&[("a", study("[0, 1, 2]", KMEANS)), ("b", study("[7, 8, 9, 10]", KMEANS))]);
    let cell = &json(&project)["cells"][0];
    assert_eq!((&cell["test"], &cell["pairs"]), (&"Welch's t-test".into(), &Json::Null));
    let project = ran(&[("a", study("[0]", KMEANS)), ("b", study("[0]", FEWER))]);
    let said = compare(&project, &["--check", "-o", "page.html"]);
    assert_eq!(said.code, 0, "a difference of one repeat is no verdict: {}", said.stderr);
    assert!(said.stdout.contains("2 one repeat"), "{}", said.stdout);
    let page = fs::read_to_string(project.path("page.html")).unwrap();
    let document = json(&project);
    for text in [&said.stdout, &page, &document.to_string()] {
        assert!(!text.contains("significant"), "{text}");
    }
    let cell = &document["cells"][0];
    assert!(cell["p_value"].is_null() && cell["difference"].as_f64().unwrap() < 0.0);
}

#[test]
fn what_failed_in_b_is_said_with_its_reason() {
    let debug = |fail: &str| format!("[[model]]\nkind = \"debug\"\n{fail}");
    let project = ran(&[("a", study("4", &debug(""))), ("b", study("4", &debug("fail = 1.0\n")))]);
    let said = compare(&project, &["--check"]);
    assert_eq!(said.code, 4);
    assert!(said.stdout.contains("2 failed in B") && said.stdout.contains("In B 4 of 4 trials failed."));
    assert!(said.stderr.starts_with("failed in B: Digits, debug: ACC was"), "{}", said.stderr);
    let document = json(&project);
    assert!(document["cells"][0]["b"]["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
    // It works again: no fault.
    assert_eq!(project.gridbook(&["compare", "b", "a", "--check"]).code, 0);
    // One that failed among those that did not is one too.
    project.write("some.toml", study("12", &debug("fail = 0.5\n")));
    project.write("none.toml", study("12", &debug("")));
    for name in ["some", "none"] {
        project.gridbook(&["run", &format!("{name}.toml"), "--results", name]);
    }
    let said = project.gridbook(&["compare", "none", "some", "--check"]);
    assert_eq!(said.code, 4, "{}", said.stdout);
    assert!(said.stderr.contains("of 12 failed in B"), "{}", said.stderr);
}

#[test]
fn what_was_renamed_is_found_by_what_it_is() {
    let after = study("2", "[[model]]\nkind = \"kmeans\"\nname = \"ours\"\nseed-restarts = 2\n")
        .replace("name = \"Digits\"", "name = \"UCI\"");
    let before = study("2", "[[model]]\nkind = \"kmeans\"\nname = \"K-means\"\nseed-restarts = 2\n");
    let project = ran(&[("a", before), ("b", after)]);
    let document = json(&project);
    assert!(verdicts(&document).iter().all(|(_, verdict)| verdict == "identical"), "{document}");
    let renamed: Vec<String> =
        document["renamed"].as_array().unwrap().iter().map(|one| format!("{}>{}", one["a"], one["b"])).collect();
    assert_eq!(renamed, ["\"Digits\">\"UCI\"", "\"K-means\">\"ours\""]);
    let said = compare(&project, &[]);
    assert!(said.stdout.contains("The model K-means of A is ours in B"), "{}", said.stdout);
}

#[test]
fn of_a_sweep_each_value_stands_beside_its_own() {
    let model = |sweep: &str, more: &str| {
        format!("[[model]]\nkind = \"kmeans\"\nname = \"K-means\"\n{more}[model.grid]\nclusters = {sweep}\n")
    };
    let project = ran(&[
        ("a", study("2", &model("[2, 3, 4]", ""))),
        ("b", study("2", &model("[4, 3, 5]", "seed-restarts = 2\n"))),
    ]);
    let document = json(&project);
    let cells: Vec<String> = document["cells"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|cell| cell["metric"] == "acc")
        .map(|cell| {
            let here = !cell["a"].is_null() && !cell["b"].is_null();
            format!("{} {}", cell["params"]["clusters"], if here { "both" } else { cell["verdict"].as_str().unwrap() })
        })
        .collect();
    assert_eq!(cells, ["2 only in A", "3 both", "4 both", "5 only in B"]);
    let said = settings(&document);
    assert!(said.contains(&["K-means", "clusters", "2, 3, 4", "3, 4, 5"].map(str::to_owned)), "{said:?}");
    assert!(said.iter().any(|one| one[1] == "seed-restarts" && one[3] == "2"), "{said:?}");
}

#[test]
fn a_spelled_out_default_is_no_difference() {
    let described = Project::new().json(&["describe", "kmeans", "--json"]);
    let restarts = described["parameters"].as_array().unwrap().iter().find(|p| p["name"] == "seed-restarts").unwrap();
    let spelled = format!("{KMEANS}seed-restarts = {}\n", restarts["default"]);
    let project = ran(&[("a", study("2", KMEANS)), ("b", study("2", &spelled))]);
    let document = json(&project);
    assert!(verdicts(&document).iter().all(|(_, verdict)| verdict == "identical"));
    assert_eq!(settings(&document), Vec::<[String; 4]>::new());
}

#[test]
fn what_has_not_run_is_said() {
    let text = study("2", KMEANS);
    let project = ran(&[("a", text.clone()), ("b", text)]);
    fs::remove_dir_all(project.path("b/journal")).unwrap();
    let said = compare(&project, &["--check"]);
    assert_eq!(said.code, 4);
    assert!(said.stdout.contains("B is not finished: 2 of 2 trials to go."), "{}", said.stdout);
    assert!(said.stdout.contains("2 not run in B"), "{}", said.stdout);
    assert_eq!(json(&project)["b"]["unfinished"], 2);
}

#[test]
fn what_cannot_be_compared_is_refused_in_one_sentence() {
    let other = "name = \"other\"\n[task]\nkind = \"classification\"\n[repeat]\nseeds = 2\n[[dataset]]\nkind = \
                 \"blobs\"\n[[split]]\nkind = \"holdout\"\n[[model]]\nkind = \"majority\"\n";
    let project =
        ran(&[("a", study("1", KMEANS)), ("results/long-study", study("1", KMEANS)), ("b", other.to_owned())]);
    std::os::unix::fs::symlink(project.path("a"), project.path("link")).unwrap();
    project.write("empty/file", "");
    for (arguments, code, words) in [
        (["a", "a"], 2, "A and B are both `a`"),
        (["a", "./a/"], 2, "`a` and `./a/` are the same folder"),
        (["a", "link"], 2, "`a` and `link` are the same folder"),
        (["a", "b"], 2, "the tasks differ: A is clustering, B is classification"),
        (["a", "empty"], 3, "`empty` is not a results folder"),
        (["nowhere", "a"], 3, "`nowhere` is not a results folder"),
        (["a", "results/long-stduy"], 3, "did you mean `results/long-study`?"),
        (["a", "b.toml"], 3, "results of the experiment `other` are in `results/other`"),
        (["a.toml", "b"], 3, "`a.toml` is a file, not a results folder"),
    ] {
        let said = project.gridbook(&[&["compare"], &arguments[..]].concat());
        assert_eq!((said.code, said.stdout.as_str()), (code, ""), "{arguments:?}: {}", said.stderr);
        assert!(said.stderr.starts_with("error: ") && said.stderr.contains(words), "{arguments:?}: {}", said.stderr);
        let document = project.json(&[&["compare"], &arguments[..], &["--json"]].concat());
        assert!(document["error"].as_str().unwrap().contains(words), "{document}");
    }
    let said = project.gridbook(&["compare", "a", "results/long-study", "--json", "-o", "-"]);
    assert_eq!(said.code, 2);
    assert_eq!(project.gridbook(&["compare", "a"]).code, 2);
    let written = project.gridbook(&["compare", "a", "results/long-study", "-o", "nowhere/page.html"]);
    assert_eq!(written.code, 3, "{}", written.stderr);
}

#[test]
fn the_page_is_the_same_bytes_and_names_nothing_of_the_machine() {
    let project = ran(&[("a", study("2", KMEANS)), ("b", study("2", FEWER))]);
    let said = compare(&project, &["-o", "page.html"]);
    assert_eq!(said.stderr, "written: page.html\n");
    let page = fs::read_to_string(project.path("page.html")).unwrap();
    let again = compare(&project, &["-o", "-"]);
    assert!(page == again.stdout && again.code == 0);
    let place = project.path("").canonicalize().unwrap();
    for text in [page, json(&project).to_string(), said.stdout] {
        assert!(!text.contains(place.to_str().unwrap()));
    }
}

#[test]
fn names_that_look_like_markup_stay_text() {
    let evil = r"</script><script>alert(1)</script><img src=x onerror=alert(1)>&'{{ page }}";
    let before = study("2", &format!("[[model]]\nkind = \"kmeans\"\nname = '''{evil}'''\n"));
    let after = study("2", &format!("[[model]]\nkind = \"kmeans\"\nname = '''{evil}2'''\n"))
        .replace("name = \"Digits\"", &format!("name = '''{evil}'''"));
    let project = ran(&[("a", before), ("b", after)]);
    let page = compare(&project, &["-o", "-"]).stdout;
    assert!(page.contains("&lt;script&gt;alert"), "the names are shown");
    assert!(!page.contains("<script>alert") && !page.contains("<img"), "{page}");
    assert_eq!(page.matches("</script>").count(), 1);
    assert!(json(&project)["renamed"].to_string().contains("<img"));
}
