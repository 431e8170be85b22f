//! What the shared oracles are silent about, beside Weka's own word kept in `tests/oracles/weka` (`make_oracles.py` there
//! says how it came about): kernels, weighted rows, other scores, cross-validated numbers of neighbours, windows, judged
//! rows in reverse.

use std::io::Read;
use std::path::PathBuf;

use flate2::read::GzDecoder;
use serde_json::{Value as Json, json};

use crate::fixture::{Run, data, difference, json as shared, same_text, split};

fn more(scheme: &str) -> Vec<Json> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/weka/more.json.gz");
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(path).expect("the file")).read_to_string(&mut text).expect("text");
    let all: Vec<Json> = serde_json::from_str(&text).expect("JSON");
    all.into_iter().filter(|run| run["scheme"].as_str().is_some_and(|class| class.ends_with(scheme))).collect()
}

fn run(more: &Json) -> Run {
    let text = |key: &str| more[key].as_str().expect("text");
    let (set, part) = (text("set"), text("split"));
    let name = format!("{set}__{part}");
    let class = shared(&format!("classify/{name}.json"))["class"].as_str().expect("a class").to_owned();
    let mut data = data(set, &class, &[]);
    if more["weighted"] == json!(true) {
        let weight = |row: usize| 1.0 + [0.0, 0.5, 1.0][row % 3];
        data.weights = Some((0..data.rows()).map(weight).collect());
    }
    let (train, mut test) = split(set, part);
    if more["reversed"] == json!(true) {
        test.reverse();
    }
    let shares =
        |row: &Json| row.as_array().expect("shares").iter().map(|share| share.as_f64().expect("a share")).collect();
    let first_largest = |shares: &Vec<f64>| {
        let most = shares.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        shares.iter().position(|share| *share == most)
    };
    let rows: Vec<Vec<f64>> = more["p"].as_array().expect("rows").iter().map(shares).collect();
    let rows = rows.into_iter().map(|shares| (first_largest(&shares), shares)).collect();
    Run { name, data, train, test, oracle: more.clone(), rows }
}

/// Every row's shares within `tolerance`, and the text.
fn alike(scheme: &str, least: usize, tolerance: f64) {
    let mut wrong = Vec::new();
    let runs = more(scheme);
    assert!(runs.len() >= least, "{} runs of {scheme}", runs.len());
    for more in &runs {
        let run = run(more);
        let fitted = run.fit();
        let (most, labels) = difference(&run.rows, &run.judged(&*fitted, &run.test));
        let name = format!("{} {} {} {}", run.name, more["options"], more["weighted"], more["reversed"]);
        if most > tolerance || labels > 0 {
            wrong.push(format!("{name}: shares differ by up to {most:e}, {labels} labels"));
        }
        let got = fitted.printed().expect("text").text;
        if let Err(line) = same_text(more["text"].as_str().expect("text"), &got) {
            wrong.push(format!("{name}: {line}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), runs.len(), wrong.join("\n"));
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn naive_bayes_with_kernels_and_with_weights() {
    alike("NaiveBayes", 13, 1e-9);
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn bayesian_networks_by_other_scores_and_with_weights() {
    alike("BayesNet", 25, 1e-9);
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn neighbours_chosen_weighted_windowed_and_in_reverse() {
    alike("IBk", 24, 1e-12);
}
