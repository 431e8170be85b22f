//! The numbers of a cell against those of scipy.

use std::path::PathBuf;

use gridbook::quantile;
use gridbook::report::statistics::{BoxNumbers, Summary};
use serde_json::Value;

fn cases() -> Vec<Value> {
    let shared = std::env::var_os("GRIDBOOK_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let text = std::fs::read_to_string(shared.join("oracles/statistics/samples.json")).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    file["cases"].as_array().unwrap().clone()
}

/// The file's tolerance.
fn close(ours: f64, theirs: f64) -> bool {
    (ours - theirs).abs() <= 1e-12 + 1e-9 * theirs.abs()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().map(|items| items.iter().filter_map(Value::as_f64).collect()).unwrap_or_default()
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn means_deviations_and_intervals_are_those_of_scipy() {
    let mut seen = 0;
    for case in cases().iter().filter(|case| case["kind"] == "sample") {
        let x = numbers(&case["input"]["x"]);
        let Some(ours) = Summary::of(&x) else { continue };
        let expect = &case["expect"];
        let id = &case["id"];
        assert!(close(ours.mean, expect["mean"].as_f64().unwrap()), "{id}: mean {}", ours.mean);
        match expect["std_ddof1"].as_f64() {
            Some(std) => assert!(close(ours.std.unwrap(), std), "{id}: std {:?} {std}", ours.std),
            None => assert_eq!(ours.std, None, "{id}"),
        }
        match numbers(&expect["t_ci95"]).as_slice() {
            &[low, high] => {
                assert!(close(ours.low.unwrap(), low), "{id}: low {:?} {low}", ours.low);
                assert!(close(ours.high.unwrap(), high), "{id}: high {:?} {high}", ours.high);
            }
            _ => assert_eq!(ours.low, None, "{id}"),
        }
        seen += 1;
    }
    assert!(seen > 5, "{seen} cases");
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn quartiles_and_whiskers_are_those_of_numpy() {
    for case in cases().iter().filter(|case| case["kind"] == "sample") {
        let Some(ours) = BoxNumbers::of(&numbers(&case["input"]["x"])) else { continue };
        let expect = |key: &str| case["expect"][key].as_f64().unwrap();
        let id = &case["id"];
        for (p, key) in [(0.05, "q05"), (0.25, "q25"), (0.5, "median"), (0.75, "q75"), (0.95, "q95")] {
            assert!(close(quantile::linear(&ours.values, p), expect(key)), "{id}: {key}");
        }
        assert!(close(ours.whiskers.0, expect("whisker_low")), "{id}: {:?}", ours.whiskers);
        assert!(close(ours.whiskers.1, expect("whisker_high")), "{id}: {:?}", ours.whiskers);
    }
}
