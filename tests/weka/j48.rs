use gridbook::model::classify::j48::{Params, WEKA};
use gridbook::parameter::Parameters;
use serde_json::Value as Json;

use crate::fixture::{Demand, agree, print_alike, runs};

/// Where two models first differ, numbers beyond 1e-9 apart.
fn differs(want: &Json, got: &Json, path: &str) -> Option<String> {
    match (want, got) {
        (Json::Object(want), Json::Object(got)) => {
            if let Some(key) = got.keys().find(|key| !want.contains_key(*key)) {
                return Some(format!("{path}.{key} is not Weka's"));
            }
            // Of a leaf that no row reached the oracle has class 0, but Weka prints and predicts that of its parent, as
            // is done here.
            let empty = want.get("empty") == Some(&Json::Bool(true));
            let told = want.iter().filter(|(key, _)| !empty || *key != "label");
            told.into_iter().find_map(|(key, value)| differs(value, got.get(key)?, &format!("{path}.{key}"))).or_else(
                || {
                    let lacking = want.keys().find(|key| !got.contains_key(*key));
                    lacking.map(|key| format!("{path}.{key} is missing"))
                },
            )
        }
        (Json::Array(want), Json::Array(got)) if want.len() == got.len() => {
            let mut pairs = want.iter().zip(got).enumerate();
            pairs.find_map(|(at, (want, got))| differs(want, got, &format!("{path}[{at}]")))
        }
        (Json::Number(want), Json::Number(got)) => {
            let (want, got) = (want.as_f64().expect("a number"), got.as_f64().expect("a number"));
            ((want - got).abs() > 1e-9).then(|| format!("{path}: want {want}, got {got}"))
        }
        _ => (want != got).then(|| format!("{path}: want {want}, got {got}")),
    }
}

/// Shares, labels, text and the model itself.
fn alike(config: &str) {
    agree(config, &Demand::within(1e-9));
    print_alike(config);
    let mut wrong = Vec::new();
    for run in runs(config) {
        let got = run.fit().printed().expect("a tree").json;
        wrong.extend(differs(&run.oracle["model"], &got, "").map(|what| format!("{}: {what}", run.name)));
        let (_, values) = run.model();
        assert_eq!(WEKA.options(&values, &Params::specs()), run.oracle["full_options"].as_str().expect("options"));
    }
    assert!(wrong.is_empty(), "{} models of {config} differ:\n{}", wrong.len(), wrong.join("\n"));
}

macro_rules! configurations {
    ($($name:ident)*) => {$(
        #[test]
        #[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
        fn $name() {
            alike(stringify!($name));
        }
    )*};
}

configurations! { j48 j48_unpruned j48_reduced_error j48_c10_m5 j48_binary j48_noraise j48_laplace }
