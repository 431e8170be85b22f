//! Every table of text among the shared data: its rows, columns, classes and missing cells, as the notes beside the data
//! say and as pandas counts them.

use std::fs;
use std::path::{Path, PathBuf};

use gridbook::dataset::{self, Dataset, Places, View, describe};
use gridbook::parameter::Values;
use serde_json::{Value as Json, json};

/// The shared folder, when it was built, as `no_shared` is.
fn shared() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(option_env!("GRIDBOOK_SHARED").unwrap_or("../shared"))
}

/// Reads a file below the shared folder with these parameters beside its path.
fn load(kind: &str, path: &str, mut parameters: Json) -> Dataset {
    parameters["path"] = json!(shared().join(path));
    let values: Values = serde_json::from_value(parameters).expect("parameters");
    let spec = dataset::find(kind).expect("a kind");
    let places = Places { base: shared(), data: shared() };
    (spec.load)(&values, &places).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Rows, columns of all views, nominal ones among them, declared classes, missing cells.
fn facts(data: &Dataset) -> (usize, usize, usize, usize, usize) {
    (
        data.rows(),
        data.views.iter().map(|view| view.columns.len()).sum(),
        data.views.iter().map(View::nominal).sum(),
        data.labels.as_ref().map_or(0, |labels| labels.classes.len()),
        data.views.iter().map(View::missing).sum(),
    )
}

/// Files below `folder` of the shared folder whose names end so, relative to it and sorted.
fn files(folder: &str, endings: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![shared().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.strip_prefix(shared()).expect("below").to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if endings.iter().any(|end| name.ends_with(end) || name.ends_with(&format!("{end}.gz"))) {
                found.push(name);
            }
        }
    }
    found.sort();
    found
}

/// Rows, columns, and classes of `label0`.
const SHAPES: &[(&str, usize, usize, usize, usize)] = &[
    ("fcps-atom", 800, 3, 2, 0),
    ("fcps-chainlink", 1000, 3, 2, 0),
    ("fcps-hepta", 212, 3, 7, 0),
    ("fcps-target", 770, 2, 6, 0),
    ("fcps-twodiamonds", 800, 2, 2, 0),
    ("fcps-wingnut", 1016, 2, 2, 0),
    ("graves-dense", 200, 2, 2, 0),
    ("graves-fuzzyx", 1000, 2, 5, 0),
    ("graves-line", 250, 2, 2, 0),
    ("graves-parabolic", 1000, 2, 2, 0),
    ("graves-ring", 1000, 2, 2, 0),
    ("graves-ring_noisy", 1050, 2, 3, 0),
    ("graves-ring_outliers", 1030, 2, 5, 0),
    ("graves-zigzag", 250, 2, 3, 0),
    ("graves-zigzag_noisy", 300, 2, 4, 0),
    ("other-chameleon_t4_8k", 8000, 2, 7, 0),
    ("other-chameleon_t7_10k", 10000, 2, 10, 0),
    ("other-square", 1000, 2, 2, 0),
    ("sipu-a1", 3000, 2, 20, 0),
    ("sipu-aggregation", 788, 2, 7, 0),
    ("sipu-compound", 399, 2, 6, 0),
    ("sipu-d31", 3100, 2, 31, 0),
    ("sipu-flame", 240, 2, 2, 0),
    ("sipu-jain", 373, 2, 2, 0),
    ("sipu-pathbased", 300, 2, 3, 0),
    ("sipu-r15", 600, 2, 15, 0),
    ("sipu-s1", 5000, 2, 15, 0),
    ("sipu-s2", 5000, 2, 15, 0),
    ("sipu-s3", 5000, 2, 15, 0),
    ("sipu-unbalance", 6500, 2, 8, 0),
    ("uci-ecoli", 336, 7, 8, 0),
    ("uci-ionosphere", 351, 34, 2, 0),
    ("uci-wdbc", 569, 30, 2, 0),
    ("uci-wine", 178, 13, 3, 0),
    ("wut-circles", 4000, 2, 4, 0),
    ("wut-isolation", 9000, 2, 3, 0),
    ("wut-labirynth", 3546, 2, 6, 0),
    ("wut-smile", 1000, 2, 6, 0),
    ("wut-stripes", 5000, 2, 2, 0),
    ("wut-trajectories", 10000, 2, 4, 0),
    ("wut-x2", 120, 2, 3, 0),
    ("wut-x3", 185, 2, 4, 0),
    ("wut-z2", 900, 2, 5, 0),
    ("zelnik1", 299, 2, 3, 0),
    ("zelnik2", 303, 2, 3, 0),
    ("zelnik3", 266, 2, 3, 0),
    ("zelnik4", 622, 2, 5, 0),
    ("zelnik6", 238, 2, 3, 0),
];

#[test]
#[cfg_attr(no_shared, ignore = "the shared data are not here")]
fn shapes() {
    let names: Vec<String> = SHAPES.iter().map(|shape| format!("data/shapes/{}.csv", shape.0)).collect();
    assert_eq!(files("data/shapes", &[".csv"]), names);
    for ((_, rows, columns, classes, missing), path) in SHAPES.iter().zip(&names) {
        let header = fs::read_to_string(shared().join(path)).expect("a file");
        let header = header.lines().next().expect("a header");
        let others: Vec<&str> = header.split(',').filter(|n| n.starts_with("label") && *n != "label0").collect();
        let data = load("csv", path, json!({ "labels": "label0", "drop": others }));
        assert_eq!(facts(&data), (*rows, *columns, 0, *classes, *missing), "{path}");
        assert_eq!(data.aside.len(), others.len(), "{path}");
    }
}

/// Rows, features, nominal ones, declared classes, missing cells.
const ARFF: &[(&str, usize, usize, usize, usize, usize)] = &[
    ("data/american-29-indicators/indicators29_2010_2017.arff.gz", 26690, 30, 0, 2, 12446),
    ("data/german-credit/credit-g.arff", 1000, 20, 13, 2, 0),
    ("data/polish-bankruptcy/1year.arff.gz", 7027, 64, 0, 2, 5835),
    ("data/polish-bankruptcy/5year.arff.gz", 5910, 64, 0, 2, 4666),
    ("data/weka-examples/ReutersGrain-test.arff.gz", 604, 0, 0, 2, 0),
    ("data/weka-examples/ReutersGrain-train.arff.gz", 1554, 0, 0, 2, 0),
    ("data/weka-examples/contact-lenses.arff", 24, 4, 4, 3, 0),
    ("data/weka-examples/glass.arff", 214, 9, 0, 7, 0),
    ("data/weka-examples/ionosphere.arff", 351, 34, 0, 2, 0),
    ("data/weka-examples/iris.arff", 150, 4, 0, 3, 0),
    ("data/weka-examples/labor.arff", 57, 16, 8, 2, 326),
    ("data/weka-examples/segment-challenge.arff.gz", 1500, 19, 0, 7, 0),
    ("data/weka-examples/segment-test.arff.gz", 810, 19, 0, 7, 0),
    ("data/weka-examples/soybean.arff.gz", 683, 35, 35, 19, 2337),
    ("data/weka-examples/supermarket.arff.gz", 4627, 216, 216, 2, 913_670),
    ("data/weka-examples/vote.arff", 435, 16, 16, 2, 392),
    ("data/weka-examples/weather.nominal.arff", 14, 4, 4, 2, 0),
    ("data/weka-examples/weather.numeric.arff", 14, 4, 2, 2, 0),
    ("oracles/weka/data/contact-lenses.arff", 24, 4, 4, 3, 0),
    ("oracles/weka/data/credit-g.arff", 1000, 20, 13, 2, 0),
    ("oracles/weka/data/diabetes.arff", 768, 8, 0, 2, 0),
    ("oracles/weka/data/fin_a.arff", 1600, 30, 0, 2, 3035),
    ("oracles/weka/data/glass.arff", 214, 9, 0, 7, 0),
    ("oracles/weka/data/ionosphere.arff", 351, 34, 0, 2, 0),
    ("oracles/weka/data/iris.arff", 150, 4, 0, 3, 0),
    ("oracles/weka/data/labor.arff", 57, 16, 8, 2, 326),
    ("oracles/weka/data/supermarket.arff", 4627, 216, 216, 2, 913_670),
    ("oracles/weka/data/vote.arff", 435, 16, 16, 2, 392),
    ("oracles/weka/data/weather.nominal.arff", 14, 4, 4, 2, 0),
    ("oracles/weka/data/weather.numeric.arff", 14, 4, 2, 2, 0),
];

#[test]
#[cfg_attr(no_shared, ignore = "the shared data are not here")]
fn arff() {
    let mut found = files("data", &[".arff"]);
    found.extend(files("oracles/weka/data", &[".arff"]));
    assert_eq!(found, ARFF.iter().map(|file| file.0).collect::<Vec<_>>());
    for (path, rows, columns, nominal, classes, missing) in ARFF {
        let text = if path.contains("ReutersGrain") { json!({ "text": "Text" }) } else { json!({}) };
        let data = load("arff", path, text);
        assert_eq!(facts(&data), (*rows, *columns, *nominal, *classes, *missing), "{path}");
    }
    let glass = load("arff", "data/weka-examples/glass.arff", json!({}));
    assert_eq!((glass.labels.as_ref().map(|labels| labels.classes.len()), glass.classes()), (Some(7), Some(6)));
    let credit = load("arff", "data/german-credit/credit-g.arff", json!({}));
    assert_eq!(credit.labels.expect("classes").counts(), [700, 300]);
}

/// What Weka wrote as the results of its filters, and the predictions: read without an error, and as many of each.
#[test]
#[cfg_attr(no_shared, ignore = "the shared data are not here")]
fn what_weka_wrote() {
    let filtered = files("oracles/weka/filters", &[".arff"]);
    assert_eq!(filtered.len(), 80);
    for path in &filtered {
        let data = load("arff", path, json!({}));
        assert!(data.labels.is_some() && data.views[0].columns.len() > 1, "{path}");
    }
    let standard = load("arff", "oracles/weka/filters/iris__standardize.train.arff", json!({}));
    assert_eq!(facts(&standard), (150, 4, 0, 3, 0));
    let predictions = load("csv", "oracles/weka/classify/iris__s1.pred.csv.gz", json!({ "nominal": "config" }));
    assert_eq!((predictions.views[0].columns.len(), predictions.views[0].nominal()), (7, 1));
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared data are not here")]
fn american_firms() {
    let aside = json!({ "labels": "status", "drop": ["row", "company", "year", "fails_next_year"] });
    let all = load("csv", "data/american-bankruptcy/american_bankruptcy.csv.gz", aside);
    assert_eq!(facts(&all), (77_332, 18, 0, 2, 0));
    assert_eq!(all.labels.expect("classes").counts(), [72_217, 5115]);
    let years: Vec<&str> = all.aside[2].cells.iter().map(String::as_str).collect();
    assert_eq!((years.iter().min(), years.iter().max()), (Some(&"1999"), Some(&"2018")));

    let aside = json!({ "labels": "status", "drop": ["company", "year", "fails_next_year"] });
    let indicators = load("csv", "data/american-29-indicators/indicators29_2010_2017.csv.gz", aside);
    assert_eq!(facts(&indicators), (26_690, 29, 0, 2, 12_446));
    assert_eq!(indicators.labels.as_ref().expect("classes").counts()[1], 1129);
    // The same firms as ARFF.
    let path = "data/american-29-indicators/indicators29_2010_2017.arff.gz";
    let arff = load("arff", path, json!({ "drop": "year" }));
    assert_eq!(arff.labels.as_ref().expect("classes").codes, indicators.labels.expect("classes").codes);
    let difference = |(a, b): (&f64, &f64)| if a.is_nan() && b.is_nan() { 0.0 } else { (a - b).abs() };
    let cells = arff.views[0].values.iter().zip(&indicators.views[0].values);
    assert!(cells.map(difference).fold(0.0, f64::max) < 1e-9);
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared data are not here")]
fn texts() {
    let path = "data/text/mcrls-sentences/mcrls_sentences.csv.gz";
    let sentences = load("csv", path, json!({ "labels": "label", "drop": ["id", "split", "tokens"], "text": "text" }));
    assert_eq!(facts(&sentences), (9773, 0, 0, 3, 0));
    let labels = sentences.labels.expect("classes");
    assert_eq!(labels.classes, ["-1", "0", "1"]);
    assert_eq!(labels.counts(), [893, 7161, 1719]);

    let path = "data/text/mda-distress-55/mda_distress_55.jsonl.gz";
    let reports = load("jsonl", path, json!({ "labels": "label", "drop": ["lang", "split"], "text": "text" }));
    assert_eq!(facts(&reports), (55, 0, 0, 2, 0));
    assert_eq!(reports.labels.expect("classes").counts(), [28, 27]);
    let longest = reports.documents.expect("texts").texts.iter().map(|text| text.chars().count()).max();
    assert_eq!(longest, Some(32_786));
    assert_eq!(reports.aside[0].cells.iter().filter(|cell| *cell == "zh").count(), 28);

    let folder = "data/text/fusion-semisynthetic";
    let fusion = load(
        "csv",
        &format!("{folder}/indicators.csv.gz"),
        json!({
            "labels": "status", "drop": ["company", "year", "diag_risky_share"], "key": "doc_id",
            "documents": { "path": shared().join(folder).join("documents.csv.gz"), "column": "tokens" },
        }),
    );
    assert_eq!(facts(&fusion), (3000, 29, 0, 2, 1410));
    assert_eq!(fusion.labels.expect("classes").counts(), [2580, 420]);
    let mut tokens: Vec<usize> =
        fusion.documents.expect("texts").texts.iter().map(|text| text.split(' ').count()).collect();
    tokens.sort_unstable();
    assert_eq!(tokens[1500], 1255);
}

/// The block that `describe` suggests reads each file, with all its rows.
#[test]
#[cfg_attr(no_shared, ignore = "the shared data are not here")]
fn every_file_is_described() {
    let mut paths = files("data", &[".csv", ".arff", ".jsonl"]);
    paths.extend(files("oracles/weka/data", &[".arff"]));
    assert!(paths.len() > 80, "only {} files", paths.len());
    for path in &paths {
        let found = describe(&shared().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let rows = ARFF.iter().find(|file| file.0 == path).map(|file| file.1);
        assert!(rows.is_none_or(|rows| rows == found.rows), "{path}: {}", found.rows);
        if path.contains("shapes") {
            assert_eq!(found.labels.as_ref().map(|labels| labels.name.as_str()), Some("label0"), "{path}");
        }
    }
    let described = |path: &str| serde_json::to_value(describe(&shared().join(path)).expect(path)).expect("JSON");
    let sentences = described("data/text/mcrls-sentences/mcrls_sentences.csv.gz");
    assert_eq!(sentences["documents"], json!({ "name": "text", "count": 9773, "empty": 0, "median_length": 73 }));
    assert_eq!(sentences["labels"]["counts"], json!({ "-1": 893, "0": 7161, "1": 1719 }));
    assert_eq!(sentences["left_out"], json!(["id", "split", "tokens"]));
    let credit = described("data/german-credit/credit-g.arff");
    assert_eq!(credit["views"], json!([{ "name": "x", "columns": 20, "missing": 0, "kind": "mixed" }]));
    let firms = described("data/american-bankruptcy/american_bankruptcy.csv.gz");
    assert_eq!(firms["left_out"], json!(["row", "company", "year"]));
}
