use std::fs;
use std::path::Path;

use tempfile::TempDir;

/// The program.
fn gridbook() -> std::process::Command {
    std::process::Command::new(env!("CARGO_BIN_EXE_gridbook"))
}

/// Ten rows of two classes, the larger one first.
const DATA: &str = "@relation toy\n@attribute x numeric\n@attribute colour {red,blue}\n@attribute year numeric\n\
                    @attribute class {no,yes}\n@data\n1,red,2001,no\n2,red,2001,no\n3,blue,2002,no\n4,?,2002,no\n\
                    5,blue,2003,yes\n6,red,2003,no\n?,blue,2004,yes\n8,red,2004,yes\n9,blue,2005,no\n10,red,2005,no\n";

/// A folder with the data, a split, and the arguments that name them.
fn folder() -> (TempDir, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("toy.arff"), DATA).expect("writes");
    fs::write(folder.path().join("split.json"), r#"{"train": [0, 1, 2, 3, 4, 6], "test": [9, 7, 5]}"#).expect("writes");
    let words = "--data toy.arff --class class --drop year --split split.json -o out.csv".split(' ');
    (folder, words.map(str::to_owned).collect())
}

/// Runs `predict` there: exit code, standard output, standard error.
fn predict(folder: &Path, which: [&str; 2], words: &[String]) -> (i32, String, String) {
    let output = gridbook().current_dir(folder).arg("predict").args(which).args(words).output().expect("runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().expect("a code"), text(output.stdout), text(output.stderr))
}

#[test]
fn a_weka_command_and_a_fragment_say_the_same_of_the_rows_in_their_order() {
    let (folder, mut words) = folder();
    words.push("--print".to_owned());
    let said = predict(folder.path(), ["--weka", "weka.classifiers.rules.ZeroR"], &words);
    assert_eq!(said, (0, "ZeroR predicts class value: no\n".to_owned(), String::new()));
    let first = fs::read_to_string(folder.path().join("out.csv")).expect("predictions");
    assert_eq!(first, "row,actual,predicted,p0,p1\n9,0,0,0.625,0.375\n7,1,0,0.625,0.375\n5,0,0,0.625,0.375\n");
    let fragment = "[model]\nkind = \"zero-r\"\n\n[pipeline]\nsteps = [{ kind = \"replace-missing\" }]\n";
    fs::write(folder.path().join("model.toml"), fragment).expect("writes");
    let said = predict(folder.path(), ["--model", "model.toml"], &words);
    assert_eq!(said.0, 0, "{}", said.2);
    assert_eq!(fs::read_to_string(folder.path().join("out.csv")).expect("predictions"), first);
}

#[test]
fn a_clusterer_writes_a_cluster_for_each_row_and_has_nothing_to_print() {
    let (folder, mut words) = folder();
    fs::write(folder.path().join("split.json"), r#"{"train": [1, 0, 9, 8], "test": [1, 0, 9, 8]}"#).expect("writes");
    fs::write(
        folder.path().join("model.toml"),
        "[model]\nkind = \"kmeans\"\nclusters = 2\n[pipeline]\nsteps = [{ kind = \"replace-missing\" }]\n",
    )
    .expect("writes");
    words.extend(["--drop".to_owned(), "colour".to_owned(), "--print".to_owned()]);
    let (code, out, err) = predict(folder.path(), ["--model", "model.toml"], &words);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    assert!(err.contains("nothing to print"), "{err}");
    let text = fs::read_to_string(folder.path().join("out.csv")).expect("predictions");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[0], "row,cluster");
    let cluster = |line: &str| line.rsplit(',').next().expect("a cell").to_owned();
    assert!(
        lines[1].starts_with("1,") && cluster(lines[1]) == cluster(lines[2]) && cluster(lines[3]) != cluster(lines[2])
    );
}

#[test]
fn mistakes_are_named_with_the_place_where_they_stand() {
    let (folder, words) = folder();
    let fails = |which: [&str; 2], words: &[String], code: i32, parts: &[&str]| {
        let (found, out, err) = predict(folder.path(), which, words);
        assert_eq!((found, out.as_str()), (code, ""), "{err}");
        parts.iter().for_each(|part| assert!(err.contains(part), "{part}: {err}"));
        assert!(!folder.path().join("out.csv").exists());
    };
    fs::write(folder.path().join("model.toml"), "[model]\nkind = \"kmeans\"\nclutsers = 2\n").expect("writes");
    fails(["--model", "model.toml"], &words, 2, &["model.toml:3:1", "did you mean `clusters`?"]);
    fails(["--model", "modle.toml"], &words, 3, &["modle.toml"]);
    fails(["--weka", "weka.classifiers.rules.ZreoR"], &words, 2, &["did you mean `weka.classifiers.rules.ZeroR`?"]);
    fails(["--weka", "ZeroR -Q"], &words, 2, &["no option `-Q`"]);
    let with = |from: &str, to: &str| {
        words.iter().map(|word| if word == from { to.to_owned() } else { word.clone() }).collect::<Vec<_>>()
    };
    fails(["--weka", "ZeroR"], &with("class", "clsas"), 2, &["no column is called `clsas`", "did you mean `class`?"]);
    let classless: Vec<String> =
        words.iter().filter(|word| !["--class", "class"].contains(&word.as_str())).cloned().collect();
    fails(["--weka", "ZeroR"], &classless, 2, &["name their column with `--class NAME`"]);
    fails(["--weka", "ZeroR"], &with("toy.arff", "toy.xlsx"), 2, &[".arff"]);
    fails(["--weka", "ZeroR"], &with("split.json", "toy.arff"), 3, &[r#"expected {"train": [...], "test": [...]}"#]);
}

#[test]
fn a_weka_command_becomes_a_block() {
    let command = "java -cp weka.jar weka.classifiers.rules.ZeroR";
    let output = gridbook().args(["import-weka", command]).output().expect("runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(text, "# java -cp weka.jar weka.classifiers.rules.ZeroR\n[[model]]\nkind = \"zero-r\"\n");
}
