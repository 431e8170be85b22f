//! Apriori against Weka's: every case of the oracles through `gridbook oracle`'s kind and through an experiment file.

use std::fs;
use std::path::Path;
use std::process::Command;

use assert_cmd::Command as Asserted;
use gridbook::dataset::{Column, Dataset, View};
use gridbook::model::registry::{find, native_fit};
use gridbook::model::{FitData, FitError, Fitted, Predictions, TaskKind, TrialContext};
use gridbook::parameter::Values;
use gridbook::value::Value;
use gridbook::weka;
use serde_json::{Value as Json, json};

use crate::fixture::{data, folder};

/// Each case: the data set, the name of the case, what Weka was told and what it said.
fn cases() -> Vec<(String, String, Json)> {
    let mut files: Vec<_> =
        fs::read_dir(folder().join("apriori")).expect("a folder").map(|file| file.expect("a file").path()).collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let oracle: Json = serde_json::from_str(&fs::read_to_string(&file).expect("text")).expect("JSON");
        let set = oracle["dataset"].as_str().expect("a set");
        for (name, result) in oracle["results"].as_object().expect("results") {
            cases.push((set.to_owned(), name.clone(), result.clone()));
        }
    }
    assert!(cases.len() >= 20, "{} cases", cases.len());
    cases
}

fn fit(values: &Values, data: &Dataset) -> Result<Box<dyn Fitted>, FitError> {
    let given = FitData { task: TaskKind::Rules, train: data, validation: None };
    let mut silent = |_| {};
    let mut context = TrialContext::new(0, None, &mut silent);
    native_fit("apriori").expect("a fit")(values, &given, &mut context)
}

/// Rules without their metrics, and these.
fn apart(rules: &Json) -> Vec<(String, [f64; 4])> {
    let rules = rules.as_array().expect("rules");
    rules
        .iter()
        .map(|rule| {
            let mut rest = rule.clone();
            let metrics = rest.as_object_mut().expect("a rule").remove("metrics").expect("metrics");
            let metrics =
                ["Confidence", "Lift", "Leverage", "Conviction"].map(|name| metrics[name].as_f64().expect("a number"));
            (rest.to_string(), metrics)
        })
        .collect()
}

fn compare(case: &str, want: &Json, got: &Json) {
    let (want, got) = (apart(want), apart(got));
    assert_eq!(want.len(), got.len(), "{case}");
    for (want, got) in want.iter().zip(&got) {
        assert_eq!(want.0, got.0, "{case}");
        let apart = want.1.iter().zip(got.1).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(apart <= 1e-12, "{case}: metrics of {} differ by {apart:e}", want.0);
    }
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn rules_and_texts_are_those_of_weka() {
    let specs = (find("apriori").expect("a model").parameters)();
    let scheme = weka::find("weka.associations.Apriori").expect("a scheme");
    for (set, name, oracle) in cases() {
        let case = format!("{set} {name}");
        let options = oracle["options"].as_str().expect("options");
        let imported = scheme.import(options, &specs).expect("options");
        assert_eq!(scheme.options(&imported.values, &specs), oracle["full_options"].as_str().expect("options"));
        let fitted = fit(&imported.values, &data(&set, "", &[])).unwrap_or_else(|error| panic!("{case}: {error}"));
        let printed = fitted.printed().expect("text");
        if !options.contains("-A") {
            // In the order of Weka 3.9.7 also where the rules are judged by lift; 3.6.14 orders ties otherwise.
            compare(&case, &oracle["rules"], &printed.json["rules"]);
        }
        assert_eq!(printed.text, oracle["text"].as_str().expect("text"), "{case}");
    }
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn the_oracle_answers() {
    let (mut questions, mut wanted) = (String::new(), Vec::new());
    for (set, name, oracle) in cases() {
        let path = folder().join("data").join(format!("{set}.arff")).display().to_string();
        let input = json!({ "data": path, "options": oracle["options"], "drop": [] });
        questions.push_str(&format!("{}\n", json!({ "kind": "weka-apriori", "input": input })));
        wanted.push((format!("{set} {name}"), oracle));
    }
    questions
        .push_str(&format!("{}\n", json!({ "kind": "weka-apriori", "input": { "data": "no.arff", "options": "-Q" } })));
    let output = Asserted::new(env!("CARGO_BIN_EXE_gridbook")).arg("oracle").write_stdin(questions).assert().success();
    let output = String::from_utf8(output.get_output().stdout.clone()).expect("text");
    let answers: Vec<Json> = output.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(answers.len(), wanted.len() + 1);
    for ((case, oracle), answer) in wanted.iter().zip(&answers) {
        // Of class rules Weka gives the text only.
        match oracle.get("rules").filter(|_| !case.ends_with("class_rules")) {
            Some(rules) => compare(case, rules, &answer["rules"]),
            None => assert!(answer["rules"].is_array(), "{case}: {answer}"),
        }
    }
    assert!(answers[wanted.len()]["error"].as_str().expect("an error").contains("has no option `-Q`"));
}

const WEATHER: &str = "@relation weather\n@attribute outlook {sunny, overcast, rainy}\n@attribute windy {yes, no}\n\
    @attribute play {yes, no}\n@data\nsunny,yes,no\nsunny,no,no\novercast,yes,yes\novercast,no,yes\nrainy,no,yes\n\
    rainy,yes,no\nrainy,no,yes\nsunny,?,no\n";

const STUDY: &str = r#"name = "study"
[task]
kind = "rules"
metrics = ["rules", "minimum_support", "cycles", "best_confidence"]
[[dataset]]
kind = "arff"
path = "weather.arff"
labels = ""
[[model]]
kind = "apriori"
rules = 4
"#;

/// Runs gridbook in a folder; its exit code and what it printed.
fn gridbook(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gridbook"));
    command
        .current_dir(folder)
        .args(arguments)
        .env("GRIDBOOK_CACHE", folder.join("cache"))
        .env("CUDA_VISIBLE_DEVICES", "");
    let output = command.output().expect("runs");
    let texts = [output.stdout, output.stderr].map(|text| String::from_utf8(text).expect("text"));
    (output.status.code(), texts.concat())
}

#[test]
fn an_experiment_of_rules_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("weather.arff"), WEATHER).expect("writes");
    fs::write(folder.path().join("experiment.toml"), STUDY).expect("writes");
    let (code, said) = gridbook(folder.path(), &["run", "experiment.toml"]);
    assert_eq!(code, Some(0), "{said}");
    let trials = folder.path().join("results/study/trials");
    let trial = fs::read_dir(trials).expect("trials").next().expect("a trial").expect("a trial").path();
    let text = |name: &str| fs::read_to_string(trial.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    // Sunny means no, overcast yes, and of rainy days no wind and yes mean each other.
    assert_eq!(text("predictions.csv"), "row,rules\n0,1\n1,1\n2,1\n3,1\n4,2\n5,0\n6,2\n7,1\n");
    let model: Json = serde_json::from_str(&text("model.json")).expect("JSON");
    assert_eq!(model["rules"][0]["premise"], json!(["outlook=sunny"]));
    assert_eq!((&model["cycles"], &model["itemsets"]), (&json!(14), &json!([7, 6, 1])));
    assert!(
        text("model.txt").contains("1. outlook=sunny 3 ==> play=no 3    <conf:(1)> lift:(2) lev:(0.19) [1] conv:(1.5)")
    );
    let files = fs::read_dir(folder.path().join("results/study/journal")).expect("a journal");
    let journal: String = files.map(|file| fs::read_to_string(file.expect("a file").path()).expect("text")).collect();
    assert!(journal.contains("\"best_confidence\":1.0,\"cycles\":14.0,\"minimum_support\":0.29"), "{journal}");
    assert!(journal.contains("\"rules\":4.0"), "{journal}");
    let (code, said) = gridbook(folder.path(), &["report", "results/study"]);
    assert_eq!(code, Some(0), "{said}");
}

fn table(columns: Vec<Column>, values: &[&[f64]]) -> Dataset {
    let shape = (values.len(), columns.len());
    let values = ndarray::Array2::from_shape_fn(shape, |(row, column)| values[row][column]);
    Dataset::new(vec![View { name: "table".to_owned(), columns, values }], None)
}

fn nominal(name: &str, words: usize) -> Column {
    Column::nominal(name, (0..words).map(|word| format!("w{word}")).collect::<Vec<_>>())
}

#[test]
fn odd_tables_are_outcomes() {
    let none = Values::new();
    let refused = |values: &Values, data: &Dataset| match fit(values, data) {
        Err(FitError::NotApplicable(reason)) => reason,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("fits"),
    };
    let numbers = table(vec![nominal("a", 2), Column::numeric("age")], &[&[0.0, 31.0]]);
    assert!(refused(&none, &numbers).contains("`age` holds numbers"), "{}", refused(&none, &numbers));
    refused(&none, &table(vec![nominal("a", 2)], &[]));
    refused(&none, &table(vec![], &[]));
    let class =
        Values::from([("class-rules".to_owned(), Value::Bool(true)), ("class-column".to_owned(), Value::Integer(3))]);
    assert!(refused(&class, &table(vec![nominal("a", 2)], &[&[0.0]])).contains("no column 3"));
    // All missing, one row, 10,000 words, words that training had not: no rule, or some, and never a panic.
    let silent = table(vec![nominal("a", 2), nominal("b", 0)], &[&[f64::NAN, f64::NAN]]);
    let text = |data: &Dataset| fit(&none, data).expect("fits").printed().expect("text").text;
    assert_eq!(text(&silent), "\nNo large itemsets and rules found!\n");
    let many = table(vec![nominal("a", 10_000), nominal("b", 1)], &[&[9_999.0, 0.0]]);
    let fitted = fit(&none, &many).expect("fits");
    let said = fitted.printed().expect("text").text;
    assert!(said.contains("2. a=w9999 1 ==> b=w0 1    <conf:(1)>"), "{said}");
    let unseen =
        table(vec![nominal("a", 10_000), nominal("b", 1)], &[&[10_000.0, 0.0], &[9_999.0, f64::NAN], &[9_999.0, 0.0]]);
    assert_eq!(fitted.predict(&unseen).expect("predicts"), Predictions::Rules(vec![0, 0, 2]));
}
