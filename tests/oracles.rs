//! The metrics against scikit-learn's numbers and the statistics against scipy's: every case of the shared oracle files,
//! through `gridbook oracle`.

use std::path::PathBuf;

use assert_cmd::Command;
use gridbook::metric::{self, MetricSpec, Predictions, Score, Truth};
use gridbook::model::TaskKind;
use ndarray::Array2;
use serde_json::{Value, json};

/// The folder of the oracles: as it was said when this was built, as `no_shared` is.
fn shared() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(option_env!("GRIDBOOK_SHARED").unwrap_or("../shared"))
}

fn oracles(name: &str) -> Value {
    let path = shared().join("oracles").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("JSON")
}

/// The answers of one process, one a line.
fn ask(lines: &[Value]) -> Vec<Value> {
    let input = lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let output = Command::new(env!("CARGO_BIN_EXE_gridbook")).arg("oracle").write_stdin(input).assert().success();
    let text = String::from_utf8(output.get_output().stdout.clone()).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn agree(want: &Value, got: &Value, relative: f64, absolute: f64) -> bool {
    let inner = |(want, got): (&Value, &Value)| agree(want, got, relative, absolute);
    match (want, got) {
        // Random: with a tolerance of its own.
        (Value::Object(random), got) if random.len() == 2 && random.contains_key("absolute") => {
            agree(&random["value"], got, 0.0, random["absolute"].as_f64().expect("a tolerance"))
        }
        (Value::Array(want), Value::Array(got)) => want.len() == got.len() && want.iter().zip(got).all(inner),
        (Value::Object(want), Value::Object(_)) => want.iter().all(|(key, want)| inner((want, &got[key]))),
        _ => match (want.as_f64(), got.as_f64()) {
            (Some(want), Some(got)) => (want - got).abs() <= absolute.max(relative * want.abs().max(got.abs())),
            _ => want == got,
        },
    }
}

/// Where `got` lacks or contradicts what `want` has, as lines `case: key: want, got`.
fn differences(case: &Value, got: &Value, tolerance: &Value) -> Vec<String> {
    let limit = |name: &str| tolerance[name].as_f64().expect("a tolerance");
    let (relative, absolute) = (limit("relative"), limit("absolute"));
    let agree = |want: &Value, got: &Value| agree(want, got, relative, absolute);
    let want = case["expect"].as_object().expect("expected values");
    if want.contains_key("error") {
        let refused = got["error"].is_string();
        return if refused { Vec::new() } else { vec![format!("{}: answered, expected an error", case["id"])] };
    }
    want.iter()
        .filter(|(key, want)| got.get(*key).is_none_or(|got| !agree(want, got)))
        .map(|(key, want)| format!("{}: {key}: want {want}, got {:?}", case["id"], got.get(key)))
        .collect()
}

/// Every case of a file through the program, with its answers.
fn compare(name: &str, kinds: &[&str]) -> Vec<(Value, Value)> {
    let file = oracles(name);
    let cases = file["cases"].as_array().expect("cases");
    let lines: Vec<Value> = cases.iter().map(|case| json!({ "kind": case["kind"], "input": case["input"] })).collect();
    let answers = ask(&lines);
    assert_eq!(answers.len(), cases.len());
    let wrong: Vec<String> =
        cases.iter().zip(&answers).flat_map(|(case, got)| differences(case, got, &file["tolerance"])).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for kind in kinds {
        let known = |case: &Value| case["kind"] == *kind && case["expect"].get("error").is_none();
        assert!(cases.iter().any(known), "no case of kind {kind}");
    }
    cases.iter().cloned().zip(answers).collect()
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn statistics_of_samples_agree_through_the_program() {
    let answered = compare("statistics/samples.json", &["sample", "proportion", "published"]);
    assert!(answered.len() >= 20, "only {} cases", answered.len());
    let random = |case: &Value| case["expect"]["boot_bca_ci95"]["absolute"].is_number();
    assert!(answered.iter().filter(|(case, _)| random(case)).count() >= 6);
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn statistics_of_pairs_agree_through_the_program() {
    let answered = compare("statistics/paired.json", &["paired", "mcnemar"]);
    assert!(answered.len() >= 13, "only {} cases", answered.len());
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn statistics_of_many_agree_through_the_program() {
    let answered = compare("statistics/many.json", &["friedman", "adjust", "critical-values", "weka-table"]);
    assert!(answered.len() >= 14, "only {} cases", answered.len());
}

/// Differences are seen: also in one number of a list, in a random interval, and where a value is missing.
#[test]
fn wrong_answers_do_not_agree() {
    let want = json!({ "a": [1.0, { "b": 2.0 }], "random": { "value": [0.1, 0.2], "absolute": 0.01 }, "none": null });
    let right = json!({ "a": [1.0, { "b": 2.0 }], "random": [0.105, 0.195], "none": null });
    let case = json!({ "id": "x", "expect": want });
    let wrong = |got: &Value| differences(&case, got, &json!({ "relative": 1e-9, "absolute": 0.0 })).len();
    assert_eq!(wrong(&right), 0);
    for (place, value) in
        [("/a/0", json!(1.1)), ("/a/1/b", json!(null)), ("/random/1", json!(0.23)), ("/none", json!(0.0))]
    {
        let mut got = right.clone();
        *got.pointer_mut(place).expect("a place") = value;
        assert_eq!(wrong(&got), 1, "{place}");
    }
    assert_eq!(wrong(&json!({})), 3);
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn clustering_metrics_agree_through_the_program() {
    let answered = compare("metrics/clustering.json", &["external", "table", "internal"]);
    assert!(answered.len() >= 35, "only {} cases", answered.len());
    // The file leaves out what is 0/0; we say so.
    let singletons = answered.iter().find(|(case, _)| case["id"] == "ext-singletons").expect("the case");
    assert_eq!(singletons.1["ami_min"], Value::Null);
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn classification_metrics_agree_through_the_program() {
    let answered = compare("metrics/classification.json", &["labels", "binary-scores", "class-scores"]);
    assert!(answered.len() >= 33, "only {} cases", answered.len());
    // Decision values are no probabilities.
    let margins = answered.iter().find(|(case, _)| case["id"] == "score-margins").expect("the case");
    assert!(
        margins.1["roc_auc"].is_number() && margins.1.get("log_loss").is_none() && margins.1.get("brier").is_none()
    );
}

/// The numbers that Weka prints of its own predictions.
#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn classification_metrics_agree_with_weka() {
    const NAMES: &[(&str, &str, f64)] = &[
        ("accuracy", "accuracy", 1.0),
        ("cohen_kappa", "kappa", 1.0),
        ("mean_absolute_error", "mae", 1.0),
        ("root_mean_squared_error", "rmse", 1.0),
        ("relative_absolute_error", "rae_percent", 100.0),
        ("root_relative_squared_error", "rrse_percent", 100.0),
    ];
    let (mut runs, mut compared) = (0, 0);
    for name in weka_files() {
        let file = oracles(&format!("weka/classify/{name}.json"));
        let mut all = weka_predictions(&name);
        // What ZeroR says of any row are the class shares of the training rows, (n + 1) / (N + classes).
        let zero_r = all.get("zeror").expect("ZeroR").probabilities.row(0).to_vec();
        let trained = file["results"]["zeror"]["train_n"].as_f64().expect("a count");
        let whole = zero_r.iter().fold(trained, |whole, _| whole + 1.0);
        let training = zero_r.iter().map(|share| share * whole - 1.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded counts")]
        let training: Vec<usize> = training.map(|rows| rows.round() as usize).collect();
        let classes: Vec<String> = (0..zero_r.len()).map(|class| class.to_string()).collect();
        for (config, result) in file["results"].as_object().expect("results") {
            let Some(said) = all.remove(config) else { continue };
            let truth = Truth { codes: &said.truth, classes: &classes, positive: None, training: Some(&training) };
            let predictions =
                Predictions::Classes { predicted: &said.predicted, probabilities: Some(&said.probabilities) };
            for (ours, theirs, times) in NAMES {
                let wanted = [metric::find(ours).expect("a metric")];
                let scores = metric::score_all(&wanted, &predictions, Some(&truth), &Array2::zeros((0, 0)));
                let want = result["test"][*theirs].as_f64();
                let (Score::Number(got), Some(want)) = (&scores[0].1, want) else { continue };
                let error = (times * got - want).abs();
                assert!(error <= 1e-9 * want.abs().max(1.0), "{name}, {config}, {ours}: {}, Weka {want}", times * got);
                compared += 1;
            }
            runs += 1;
        }
    }
    assert!(runs > 400 && compared >= 6 * runs - 20, "only {compared} values of {runs} runs");
}

/// What one scheme says of the test rows.
#[derive(Default)]
struct Said {
    truth: Vec<usize>,
    predicted: Vec<Option<usize>>,
    probabilities: Array2<f64>,
}

fn weka_files() -> Vec<String> {
    let folder = shared().join("oracles/weka/classify");
    let names = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    names.filter_map(|name| Some(name.to_str()?.strip_suffix(".json")?.to_owned())).collect()
}

/// The test rows of one file, by scheme.
fn weka_predictions(name: &str) -> std::collections::BTreeMap<String, Said> {
    let path = shared().join(format!("oracles/weka/classify/{name}.pred.csv.gz"));
    let file = flate2::read::GzDecoder::new(std::fs::File::open(path).expect("predictions"));
    let mut all = std::collections::BTreeMap::<String, Said>::new();
    let mut reader = csv::Reader::from_reader(file);
    for record in reader.records().map(|record| record.expect("a record")) {
        let said = all.entry(record[0].to_owned()).or_default();
        said.truth.push(record[2].parse().expect("a class"));
        said.predicted.push(record[3].parse().ok());
        let row: Vec<f64> = record.iter().skip(4).map(|p| p.parse().expect("a probability")).collect();
        if said.probabilities.is_empty() {
            said.probabilities = Array2::zeros((0, row.len()));
        }
        said.probabilities.push_row(ndarray::ArrayView1::from(&row)).expect("equal lengths");
    }
    all
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn the_metrics_of_experiment_files_are_the_same() {
    let known = |spec: &&&'static MetricSpec| spec.needs.truth() && spec.judges(TaskKind::Clustering);
    let wanted: Vec<&'static MetricSpec> = metric::METRICS.iter().filter(known).copied().collect();
    let file = oracles("metrics/clustering.json");
    let mut compared = 0;
    for case in file["cases"].as_array().expect("cases") {
        let labels = |key: &str| -> Option<Vec<usize>> {
            case["input"][key].as_array()?.iter().map(|label| usize::try_from(label.as_u64()?).ok()).collect()
        };
        let (Some(truth), Some(clusters)) = (labels("y_true"), labels("y_pred")) else { continue };
        if case["kind"] != "external" || case["expect"].get("error").is_some() {
            continue;
        }
        let truth = Truth { codes: &truth, classes: &[], positive: None, training: None };
        let scores =
            metric::score_all(&wanted, &Predictions::Clusters(&clusters), Some(&truth), &Array2::zeros((0, 0)));
        let scores: serde_json::Map<String, Value> = scores
            .into_iter()
            .map(|(name, score)| match score {
                Score::Number(value) => (name.to_owned(), json!(value)),
                Score::Undefined(reason) => (name.to_owned(), json!(reason)),
            })
            .collect();
        let mut asked = case.clone();
        asked["expect"].as_object_mut().expect("values").retain(|key, _| scores.contains_key(key));
        let wrong = differences(&asked, &Value::Object(scores), &file["tolerance"]);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        compared += 1;
    }
    assert!(compared > 15, "only {compared} cases");
}

/// Weka's generator, shuffle and folds, against `java.util.Random` and Weka itself.
#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn the_java_generator_draws_as_java_does() {
    use gridbook::java::{Random, folds, stratify};
    let file = oracles("weka/java_random.json");
    let streams = file["streams"].as_array().expect("streams");
    assert_eq!(streams.len(), 7);
    for stream in streams {
        let seed = stream["seed"].as_i64().expect("a seed");
        let list = |name: &str| stream[name].as_array().unwrap_or_else(|| panic!("{name}")).clone();
        let rows = |value: &Value| -> Vec<usize> {
            let rows = value.as_array().expect("rows").iter();
            rows.map(|row| usize::try_from(row.as_u64().expect("a row")).expect("small")).collect()
        };
        let mut random = Random::new(seed);
        list("nextInt").iter().for_each(|want| assert_eq!(Some(i64::from(random.next_int())), want.as_i64()));
        let mut random = Random::new(seed);
        for pair in list("nextInt_bound") {
            let bound = i32::try_from(pair[0].as_i64().expect("a bound")).expect("32 bits");
            assert_eq!(Some(i64::from(random.next_below(bound))), pair[1].as_i64(), "seed {seed}, bound {bound}");
        }
        let mut random = Random::new(seed);
        list("nextDouble").iter().for_each(|want| assert_eq!(Some(random.next_double()), want.as_f64()));
        let mut random = Random::new(seed);
        list("nextLong").iter().for_each(|want| assert_eq!(Some(&*random.next_long().to_string()), want.as_str()));
        let mut random = Random::new(seed);
        list("nextBoolean").iter().for_each(|want| assert_eq!(Some(random.next_boolean()), want.as_bool()));
        let mut random = Random::new(seed);
        for want in list("nextGaussian") {
            let (got, want) = (random.next_gaussian(), want.as_f64().expect("a number"));
            assert!((got - want).abs() <= 1e-15 * want.abs(), "seed {seed}: {got}, {want}");
        }
        let mut shuffled: Vec<usize> = (0..25).collect();
        Random::new(seed).shuffle(&mut shuffled);
        assert_eq!(shuffled, rows(&stream["weka_Instances_randomize_25"]));
        let tests = list("weka_stratify_5_folds_test_rows");
        let trains = list("weka_trainCV_with_random_5_folds");
        // The classes of the set are not in the file; these give Weka's folds for all seven seeds.
        let classes: Vec<usize> = (0..25).map(|row| row % 3).collect();
        let mut order = shuffled.clone();
        stratify(&mut order, 5, |row| classes[row]);
        assert_eq!(order, tests.iter().flat_map(&rows).collect::<Vec<_>>(), "seed {seed}");
        for (fold, (train, test)) in folds(25, 5, Some(&classes), &mut Random::new(seed)).iter().enumerate() {
            assert_eq!(*test, rows(&tests[fold]), "seed {seed}, fold {fold}");
            assert_eq!(*train, rows(&trains[fold]), "seed {seed}, fold {fold}");
        }
    }
}
