use gridbook::model::registry::{find, native_fit};
use gridbook::model::{FitData, Predictions, TaskKind, TrialContext};
use gridbook::weka;
use serde_json::Value as Json;

use crate::fixture::{data, folder, json};

/// Weka's result beside ours: all that differs.
fn differences(name: &str, oracle: &Json, got: &Json, clusters: &[usize], text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut compare = |what: &str, want: &Json, got: &Json| {
        if !near(want, got) {
            wrong.push(format!("{name}: {what}: want {want}, got {got}"));
        }
    };
    for what in ["sse", "iterations", "sizes", "centroids"] {
        compare(what, &oracle[what], &got[what]);
    }
    compare("assignments", &oracle["assignments"], &serde_json::json!(clusters));
    // The last digit of the sum of squared errors is not Weka's everywhere.
    let lines = |text: &str| {
        let lines = text.trim_end().lines().map(|line| line.trim_end().to_owned());
        lines.filter(|line| !line.starts_with("Within")).collect::<Vec<_>>()
    };
    let (want, got) = (lines(oracle["text"].as_str().expect("text")), lines(text));
    assert_eq!(want.len(), got.len(), "{name}: {text}");
    for (want, got) in want.iter().zip(&got) {
        compare("text", &want.as_str().into(), &got.as_str().into());
    }
    wrong
}

/// Equal, numbers relatively to 1e-9.
fn near(want: &Json, got: &Json) -> bool {
    match (want, got) {
        (Json::Array(want), Json::Array(got)) => {
            want.len() == got.len() && want.iter().zip(got).all(|(want, got)| near(want, got))
        }
        (Json::Number(want), Json::Number(got)) => {
            let (want, got) = (want.as_f64().expect("a number"), got.as_f64().expect("a number"));
            (want - got).abs() <= 1e-9 * want.abs().max(1.0)
        }
        _ => want == got,
    }
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn simple_kmeans() {
    let mut wrong = Vec::new();
    let mut runs = 0;
    let mut sets: Vec<_> = std::fs::read_dir(folder().join("kmeans"))
        .expect("a folder")
        .map(|e| e.expect("an entry").file_name())
        .collect();
    sets.sort();
    for set in sets {
        let file = json(&format!("kmeans/{}", set.display()));
        let drop: Vec<String> = file["drop"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|name| name.as_str().expect("a name").to_owned())
            .collect();
        let (set, class) = (file["dataset"].as_str().expect("a set"), file["class_removed_before_clustering"].as_str());
        let mut rows = data(set, class.expect("a class"), &drop);
        rows.labels = None;
        for (config, oracle) in file["results"].as_object().expect("results") {
            let scheme = weka::find(oracle["scheme"].as_str().expect("a scheme")).expect("known");
            let specs = (find(scheme.kind).expect("a model").parameters)();
            let options = oracle["options"].as_str().expect("options");
            let values = scheme.import(options, &specs).expect("understood").values;
            assert_eq!(scheme.options(&values, &specs), options);
            let given = FitData { task: TaskKind::Clustering, train: &rows, validation: None };
            let mut silent = |_| {};
            let mut context = TrialContext::new(0, None, &mut silent);
            let fitted = native_fit(scheme.kind).expect("a fit")(&values, &given, &mut context).expect("fits");
            let Ok(Predictions::Clusters(clusters)) = fitted.predict(&rows) else { panic!("no clusters") };
            let printed = fitted.printed().expect("printed");
            let want = oracle["sse"].as_f64().expect("a number");
            let reported = context.scores.iter().find(|(name, _)| name == "sse").map(|(_, sse)| *sse);
            assert!(reported.is_some_and(|sse| (sse - want).abs() <= 1e-9 * want), "{set} {config}: {reported:?}");
            assert_eq!(
                context.counts["iterations"],
                oracle["iterations"].as_i64().expect("a number"),
                "{set} {config}"
            );
            let name = format!("{set} {config}");
            wrong.extend(differences(&name, oracle, &printed.json, &clusters, &printed.text));
            runs += 1;
        }
    }
    assert!(runs >= 28, "{runs} runs");
    assert!(wrong.is_empty(), "{} differences in {runs} runs:\n{}", wrong.len(), wrong.join("\n"));
}

/// The whole of what Weka's own window shows for its defaults is understood.
#[test]
fn the_defaults_are_understood() {
    let scheme = weka::find("SimpleKMeans").expect("known");
    let specs = (find(scheme.kind).expect("a model").parameters)();
    let shown = "-init 0 -max-candidates 100 -periodic-pruning 10000 -min-density 2.0 -t1 -1.25 -t2 -1.0 -N 2 \
                 -A \"weka.core.EuclideanDistance -R first-last\" -I 500 -num-slots 1 -S 10";
    let values = scheme.import(shown, &specs).expect("understood").values;
    assert!(specs.iter().all(|spec| values.get(&spec.name).is_none_or(|value| spec.is_default(value))), "{values:?}");
    assert!(scheme.import("-A \"weka.core.ManhattanDistance\"", &specs).is_err());
}
