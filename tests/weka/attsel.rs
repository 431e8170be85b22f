//! Attribute selections against Weka's, each on the training rows of its split, through `gridbook oracle`.

use std::fs;

use serde_json::{Value as Json, json};

use crate::fixture::{arff, asked, folder, json as read, split};

/// A run of Weka: file and configuration, what it was asked, what it said.
struct Run {
    name: String,
    question: Json,
    oracle: Json,
}

fn runs() -> Vec<Run> {
    let mut files: Vec<String> = fs::read_dir(folder().join("attsel"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .collect();
    files.sort();
    let mut runs = Vec::new();
    for name in files {
        let file = read(&format!("attsel/{name}"));
        let set = file["dataset"].as_str().expect("a set");
        let (train, test) = split(set, file["split"].as_str().expect("a split"));
        for (config, oracle) in file["results"].as_object().expect("results") {
            runs.push(Run {
                name: format!("{name} {config}"),
                question: json!({
                    "data": arff(set), "split": { "train": train, "test": test }, "class": file["class"], "drop": file["drop"],
                    "evaluator": oracle["scheme"], "options": oracle["options"],
                    "search": oracle["search"], "search_options": oracle["search_options"],
                }),
                oracle: oracle.clone(),
            });
        }
    }
    runs
}

/// What differs; none where nothing does.
fn difference(run: &Run, answer: &Json) -> Option<String> {
    let near = |a: &Json, b: &Json| a.as_f64().zip(b.as_f64()).is_some_and(|(a, b)| (a - b).abs() <= 1e-9);
    if answer["selected"] != run.oracle["selected"] {
        let (want, got) = (&run.oracle["selected_index0"], &answer["selected_index0"]);
        return Some(format!("{}: want {want}, got {got} {}", run.name, answer["error"]));
    }
    let Some(scores) = run.oracle["score_of_each"].as_object() else {
        let (want, got) = (&run.oracle["merit_of_selected"], &answer["merit"]);
        return (!near(want, got)).then(|| format!("{}: merit want {want}, got {got}", run.name));
    };
    let wrong = scores.iter().find(|(name, want)| !near(want, &answer["score_of_each"][name.as_str()]));
    wrong
        .map(|(name, want)| format!("{}: {name} want {want}, got {}", run.name, answer["score_of_each"][name.as_str()]))
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn the_same_attributes_in_the_same_order() {
    let runs = runs();
    assert_eq!(runs.len(), 160);
    let answers = asked(&runs.iter().map(|run| ("weka-attsel", run.question.clone())).collect::<Vec<_>>());
    let wrong: Vec<String> = runs.iter().zip(&answers).filter_map(|(run, answer)| difference(run, answer)).collect();
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), runs.len(), wrong.join("\n"));
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn questions_that_cannot_be_answered_say_why() {
    let good = json!({
        "data": arff("iris"), "split": { "train": [0, 60, 120], "test": [1] }, "class": "class",
        "evaluator": "weka.attributeSelection.CfsSubsetEval -L", "search": "weka.attributeSelection.BestFirst",
        "filter": "weka.filters.unsupervised.attribute.Normalize",
    });
    let with = |key: &str, value: Json| {
        let mut question = good.clone();
        question[key] = value;
        question
    };
    let cases = [
        ("weka-attsel", good.clone(), ""),
        ("weka-filter", good.clone(), ""),
        (
            "weka-attsel",
            with("split", json!({ "train": [150], "test": [] })),
            "`split.train` is not a list of rows below 150",
        ),
        ("weka-filter", with("split", json!({ "train": [], "test": [] })), "`split.train` is empty"),
        ("weka-filter", with("split", json!("s1")), "`split.train` is not a list"),
        ("weka-attsel", with("class", json!("species")), "species"),
        ("weka-attsel", with("drop", json!([1])), "`drop` is not a list of names"),
        ("weka-attsel", with("evaluator", json!("weka.attributeSelection.WrapperSubsetEval")), "is no evaluator"),
        ("weka-attsel", with("search", json!("weka.attributeSelection.Ranker")), "does not search"),
        ("weka-attsel", with("search", json!("weka.attributeSelection.BestFirst -N 0")), "out of range"),
        ("weka-filter", with("options", json!("-S x")), "expected a finite number"),
        ("weka-filter", with("filter", json!("weka.filters.AllFilter")), "is no filter"),
        ("weka-filter", with("filter", json!(7)), "`filter` is not a text"),
    ];
    let questions: Vec<(&str, Json)> = cases.iter().map(|(kind, question, _)| (*kind, question.clone())).collect();
    for ((kind, question, expected), answer) in cases.iter().zip(asked(&questions)) {
        let error = answer["error"].as_str().unwrap_or_default();
        let fits = if expected.is_empty() { error.is_empty() } else { error.contains(expected) };
        assert!(fits, "{kind} {question}: {answer}");
    }
}
