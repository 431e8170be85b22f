//! The metrics against scikit-learn's numbers: every case of the shared oracle file, through `gridbook oracle`.

use std::path::PathBuf;

use assert_cmd::Command;
use gridbook::metric::contingency::Contingency;
use gridbook::metric::{Score, external};
use serde_json::{Value, json};

/// Kinds that this version answers.
const KINDS: &[&str] = &["external", "table"];

fn oracles(name: &str) -> Value {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    // When it was built, as `no_shared` is.
    let shared = option_env!("GRIDBOOK_SHARED").unwrap_or("../shared");
    let path = manifest.join(shared).join("oracles").join(name);
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

/// Where `got` lacks or contradicts what `want` has, as lines `case: key: want, got`.
fn differences(case: &Value, got: &Value, tolerance: &Value) -> Vec<String> {
    let limit = |name: &str| tolerance[name].as_f64().expect("a tolerance");
    let (relative, absolute) = (limit("relative"), limit("absolute"));
    let agree = |want: &Value, got: &Value| match (want.as_f64(), got.as_f64()) {
        (Some(want), Some(got)) => (want - got).abs() <= absolute.max(relative * want.abs().max(got.abs())),
        _ => want == got,
    };
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

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn clustering_metrics_agree_through_the_program() {
    let file = oracles("metrics/clustering.json");
    let ours = |case: &&Value| case["kind"].as_str().is_some_and(|kind| KINDS.contains(&kind));
    let cases: Vec<&Value> = file["cases"].as_array().expect("cases").iter().filter(ours).collect();
    assert!(cases.len() >= 27, "only {} cases", cases.len());
    let lines: Vec<Value> = cases.iter().map(|case| json!({ "kind": case["kind"], "input": case["input"] })).collect();
    let answers = ask(&lines);
    assert_eq!(answers.len(), cases.len());
    let wrong: Vec<String> =
        cases.iter().zip(&answers).flat_map(|(case, got)| differences(case, got, &file["tolerance"])).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // The file leaves out what is 0/0; we say so.
    let singletons = cases.iter().position(|case| case["id"] == "ext-singletons").expect("the case");
    assert_eq!(answers[singletons]["ami_min"], Value::Null);
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn the_metrics_of_experiment_files_are_the_same() {
    const NAMES: &[&str] = &[
        "acc",
        "purity",
        "ri",
        "ari",
        "fmi",
        "nmi_max",
        "nmi_arithmetic",
        "nmi_geometric",
        "nmi_min",
        "ami_max",
        "ami_arithmetic",
        "homogeneity",
        "completeness",
        "v_measure",
    ];
    let file = oracles("metrics/clustering.json");
    let mut compared = 0;
    for case in file["cases"].as_array().expect("cases") {
        let labels = |key: &str| -> Option<Vec<i64>> {
            case["input"][key].as_array()?.iter().map(Value::as_i64).collect::<Option<_>>()
        };
        let (Some(truth), Some(clusters)) = (labels("y_true"), labels("y_pred")) else { continue };
        if case["kind"] != "external" || case["expect"].get("error").is_some() {
            continue;
        }
        let table = Contingency::of(&truth, &clusters);
        let scores: serde_json::Map<String, Value> = NAMES
            .iter()
            .map(|name| match external(name, &table) {
                Score::Number(value) => ((*name).to_owned(), json!(value)),
                Score::Undefined(reason) => ((*name).to_owned(), json!(reason)),
            })
            .collect();
        let mut asked = case.clone();
        asked["expect"].as_object_mut().expect("values").retain(|key, _| NAMES.contains(&key.as_str()));
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
