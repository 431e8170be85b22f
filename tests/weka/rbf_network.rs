use gridbook::model::classify::instances::Instances;
use gridbook::model::classify::rbf_network::Params;
use gridbook::model::classify::rbf_network::basis::Basis;
use gridbook::model::registry::find;
use gridbook::model::{FitData, TaskKind};
use gridbook::parameter::Parameters;
use gridbook::weka;
use ndarray::Array2;
use serde_json::Value as Json;

use crate::fixture::{Run, difference, runs};

fn numbers(json: &Json) -> Vec<f64> {
    match json {
        Json::Array(list) => list.iter().flat_map(numbers).collect(),
        number => number.as_f64().into_iter().collect(),
    }
}

/// With Weka's own coefficients the shares are Weka's: the basis functions are the same.
fn same_basis(run: &Run) {
    let (kind, values) = run.model();
    let specs = (find(kind).expect("a model").parameters)();
    assert_eq!(weka::of_kind(kind).expect("a scheme").options(&values, &specs), run.oracle["options"]);
    let params = Params::from_values(&values).expect("parameters");
    let train = run.data.take(&run.train);
    let given = FitData { task: TaskKind::Classification, train: &train, validation: None };
    let instances = Instances::training(&given).expect("rows");
    let seed = i64::try_from(params.seed).expect("a seed");
    let basis = Basis::fit(&instances, params.clusters, seed, params.minimum_deviation);
    let inputs = basis.values(run.data.take(&run.test).views[0].values.view());
    let coefficients = numbers(&run.oracle["model"]["logistic_coefficients"]);
    let others = instances.classes.len() - 1;
    let coefficients = Array2::from_shape_vec((coefficients.len() / others, others), coefficients).expect("a table");
    assert_eq!(coefficients.nrows(), inputs.ncols() + 1, "{}", run.name);
    let scores = inputs.dot(&coefficients.slice(ndarray::s![1.., ..])) + coefficients.row(0);
    for (scores, (_, want)) in scores.rows().into_iter().zip(&run.rows) {
        let all: Vec<f64> = scores.iter().copied().chain([0.0]).collect();
        let largest = all.iter().copied().fold(0.0, f64::max);
        let sum: f64 = all.iter().map(|score| (score - largest).exp()).sum();
        for (score, want) in all.iter().zip(want) {
            let got = (score - largest).exp() / sum;
            assert!((got - want).abs() <= 1e-9, "{}: want {want}, got {got}", run.name);
        }
    }
}

fn same_clusters(run: &Run, got: &Json) {
    let want = run.oracle["model"]["clusterers_per_class"].as_array().expect("a list");
    let want: Vec<&Json> = want.iter().filter(|clusterer| !clusterer.is_null()).collect();
    let got = got["clusterers_per_class"].as_array().expect("a list");
    assert_eq!(want.len(), got.len(), "{}", run.name);
    for (want, got) in want.iter().zip(got) {
        for key in ["normals_mean_sd_weight", "priors"] {
            let (want, got) = (numbers(&want[key]), numbers(&got[key]));
            assert_eq!(want.len(), got.len(), "{} {key}", run.name);
            for (want, got) in want.iter().zip(&got) {
                assert!((want - got).abs() <= 1e-9, "{} {key}: want {want}, got {got}", run.name);
            }
        }
    }
}

/// The inputs add up to 1, and there are more of them than the rows can tell apart: the second derivatives have no inverse in
/// these digits. Weka stops while the largest derivative is 1.3 (ionosphere) or 0.1 (glass s2, two clusters), or goes on for
/// more than 200 steps, over which rounding grows. The basis functions agree to 1e-9 all the same. Shares differ by up to
/// 0.12, 1.0, 0.32, 0.10 and 0.69, labels by 0 to 2.
const EXCEPT: &[(&str, &str)] = &[
    ("rbf", "glass__s1"),
    ("rbf", "glass__s2"),
    ("rbf_b3", "glass__s1"),
    ("rbf_b3", "glass__s2"),
    ("rbf_b3", "ionosphere__s2"),
];

#[expect(clippy::cast_precision_loss, reason = "counts of rows")]
fn all(config: &str) {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for run in runs(config) {
        same_basis(&run);
        let fitted = run.fit();
        let printed = fitted.printed().expect("printed");
        same_clusters(&run, &printed.json);
        let got = run.judged(&*fitted, &run.test);
        let (most, labels) = difference(&run.rows, &got);
        let overlap = run.oracle["train_accuracy"].as_f64().expect("an accuracy") < 1.0;
        let same = labels as f64 <= 0.01 * run.test.len() as f64;
        let said = format!(
            "{config} {} (overlap {overlap}): shares differ by up to {most:.1e}, {labels} of {} labels differ",
            run.name,
            run.test.len()
        );
        count += 1;
        let good = same && (!overlap || most <= 0.01);
        if good {
            println!("{said}");
        } else if EXCEPT.contains(&(config, run.name.as_str())) {
            println!("{said} (excepted)");
        } else {
            wrong.push(said);
        }
    }
    assert!(count >= 20, "{count} runs of {config}");
    assert!(wrong.is_empty(), "{} of {count} runs of {config} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn rbf_network() {
    all("rbf");
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn rbf_network_of_three_clusters() {
    all("rbf_b3");
}
