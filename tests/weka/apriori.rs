//! Apriori against Weka's: every case of the oracles through `gridbook oracle`'s kind and through an experiment file.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Stdio};

use gridbook::dataset::Dataset;
use gridbook::model::registry::{find, native_fit};
use gridbook::model::{FitData, FitError, Fitted, Predictions, TaskKind, TrialContext};
use gridbook::parameter::Values;
use gridbook::value::Value;
use gridbook::weka;
use serde_json::{Value as Json, json};

use crate::fixture::{data, folder, json};

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
