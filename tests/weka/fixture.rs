//! The oracle files: data, splits, and what Weka said of each row.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::PathBuf;

use flate2::read::GzDecoder;
use gridbook::dataset::{self, Dataset, Places};
use gridbook::model::registry::{find, native_fit};
use gridbook::model::{FitData, Fitted, Predictions, TaskKind, TrialContext};
use gridbook::parameter::Values;
use gridbook::value::Value;
use gridbook::weka;
use serde_json::Value as Json;

/// The folder of Weka's oracles: as it was said when this was built, as `no_shared` is.
pub fn folder() -> PathBuf {
    let shared = option_env!("GRIDBOOK_SHARED").unwrap_or("../shared");
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(shared).join("oracles/weka")
}

/// A JSON file below [`folder`].
pub fn json(name: &str) -> Json {
    let path = folder().join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("JSON")
}

/// A gzip file below [`folder`].
pub fn unpacked(name: &str) -> String {
    let path = folder().join(name);
    let file = fs::File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).expect("text");
    text
}

/// An ARFF file of the oracles without the dropped attributes.
pub fn data(set: &str, class: &str, drop: &[String]) -> Dataset {
    let path = folder().join("data").join(format!("{set}.arff")).display().to_string();
    let drop = Value::List(drop.iter().cloned().map(Value::Text).collect());
    let values = Values::from([
        ("path".to_owned(), Value::Text(path)),
        ("labels".to_owned(), Value::Text(class.to_owned())),
        ("drop".to_owned(), drop),
    ]);
    let places = Places { base: ".".into(), data: ".".into() };
    (dataset::find("arff").expect("a kind").load)(&values, &places).expect("reads")
}

/// Training and test rows of a split.
pub fn split(set: &str, name: &str) -> (Vec<usize>, Vec<usize>) {
    let file = json(&format!("splits/{set}.json"));
    let part = file.get("splits").unwrap_or(&file)[name].clone();
    let rows = |key: &str| {
        part[key]
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| usize::try_from(row.as_u64().expect("a row")).expect("a row"))
            .collect()
    };
    (rows("train"), rows("test"))
}

/// One run of Weka.
pub struct Run {
    /// `iris__s1`.
    pub name: String,
    /// The whole data set.
    pub data: Dataset,
    /// Rows that are learned from, in order.
    pub train: Vec<usize>,
    /// Rows that are judged, in order.
    pub test: Vec<usize>,
    /// What the oracle file has: scheme, options, metrics, model.
    pub oracle: Json,
    /// Predicted class and shares of each test row, as Weka has them.
    pub rows: Vec<(Option<usize>, Vec<f64>)>,
}

/// Every run of a configuration, over all data sets and splits.
pub fn runs(config: &str) -> Vec<Run> {
    let mut names: Vec<String> = fs::read_dir(folder().join("classify"))
        .expect("a folder")
        .filter_map(|entry| {
            entry.expect("an entry").file_name().into_string().ok()?.strip_suffix(".json").map(str::to_owned)
        })
        .collect();
    names.sort();
    names.iter().filter_map(|name| run(name, config)).collect()
}

fn run(name: &str, config: &str) -> Option<Run> {
    let file = json(&format!("classify/{name}.json"));
    let oracle = file["results"].get(config)?.clone();
    let texts = |key: &str| {
        file[key]
            .as_array()
            .map(|list| list.iter().map(|text| text.as_str().expect("text").to_owned()).collect::<Vec<_>>())
    };
    let set = file["dataset"].as_str().expect("a set");
    let class = file["class"].as_str().expect("a class");
    let whole = data(set, class, &texts("drop").unwrap_or_default());
    let data = match texts("keep") {
        None => whole,
        Some(keep) => kept(whole, &keep),
    };
    let (train, test) = split(set, file["split"].as_str().expect("a split"));
    let rows = unpacked(&format!("classify/{name}.pred.csv.gz"))
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>())
        .filter(|cells| cells[0] == config)
        .zip(&test)
        .map(|(cells, row)| {
            assert_eq!(cells[1].parse::<usize>().expect("a row"), *row);
            let shares = cells[4..].iter().filter(|cell| !cell.is_empty());
            (cells[3].parse::<usize>().ok(), shares.map(|cell| cell.parse().expect("a share")).collect())
        })
        .collect();
    Some(Run { name: name.to_owned(), data, train, test, oracle, rows })
}

/// Only these columns.
fn kept(mut data: Dataset, names: &[String]) -> Dataset {
    let view = &mut data.views[0];
    let places: Vec<usize> =
        view.columns.iter().enumerate().filter(|(_, column)| names.contains(&column.name)).map(|(at, _)| at).collect();
    view.values = view.values.select(ndarray::Axis(1), &places);
    view.columns = places.iter().map(|&at| view.columns[at].clone()).collect();
    data
}

impl Run {
    /// The kind of model and its parameters, as read from Weka's scheme and options.
    pub fn model(&self) -> (&'static str, Values) {
        let (class, options) =
            (self.oracle["scheme"].as_str().expect("a scheme"), self.oracle["options"].as_str().expect("options"));
        let scheme = weka::find(class).unwrap_or_else(|| panic!("{class} is not known"));
        let specs = (find(scheme.kind).expect("a model").parameters)();
        let imported = scheme.import(options, &specs).unwrap_or_else(|error| panic!("{class} {options}: {error}"));
        (scheme.kind, imported.values)
    }

    /// The fitted model.
    pub fn fit(&self) -> Box<dyn Fitted> {
        let (kind, values) = self.model();
        let train = self.data.take(&self.train);
        let given = FitData { task: TaskKind::Classification, train: &train, validation: None };
        let mut silent = |_| {};
        let mut context = TrialContext::new(0, None, &mut silent);
        native_fit(kind).expect("a fit")(&values, &given, &mut context)
            .unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// Predicted class and shares of each of `rows`, judged in one go.
    pub fn judged(&self, fitted: &dyn Fitted, rows: &[usize]) -> Vec<(Option<usize>, Vec<f64>)> {
        let hidden = Dataset { labels: None, ..self.data.take(rows) };
        match fitted.predict(&hidden).unwrap_or_else(|error| panic!("{}: {error}", self.name)) {
            Predictions::Classes { predicted, probabilities } => {
                let shares = probabilities.expect("shares");
                predicted.into_iter().zip(shares.rows()).map(|(class, row)| (class, row.to_vec())).collect()
            }
            _ => panic!("{}: no classes", self.name),
        }
    }
}

/// What is demanded of the runs of a configuration.
pub struct Demand {
    /// How far a share may be from Weka's.
    pub tolerance: f64,
    /// Runs that need not agree, each with its reason; they are still run, and it is printed by how much they differ.
    pub except: BTreeMap<&'static str, &'static str>,
}

impl Demand {
    /// Every share of every row within `tolerance`, every label the same.
    pub fn within(tolerance: f64) -> Demand {
        Demand { tolerance, except: BTreeMap::new() }
    }
}

/// The largest difference of a share, and how many labels differ.
pub fn difference(want: &[(Option<usize>, Vec<f64>)], got: &[(Option<usize>, Vec<f64>)]) -> (f64, usize) {
    assert_eq!(want.len(), got.len());
    let mut most = 0.0_f64;
    for ((_, want), (_, got)) in want.iter().zip(got) {
        assert_eq!(want.len(), got.len());
        for (want, got) in want.iter().zip(got) {
            let apart = (want - got).abs();
            most = if apart.is_nan() { f64::INFINITY } else { most.max(apart) };
        }
    }
    (most, want.iter().zip(got).filter(|(want, got)| want.0 != got.0).count())
}

/// Runs a configuration on every data set and compares each row, and the accuracy on the training rows judged after
/// the test rows, with Weka's.
pub fn agree(config: &str, demand: &Demand) {
    let runs = runs(config);
    assert!(!runs.is_empty(), "no run of {config}");
    let mut wrong = Vec::new();
    for run in &runs {
        let fitted = run.fit();
        let both: Vec<usize> = run.test.iter().chain(&run.train).copied().collect();
        let got = run.judged(&*fitted, &both);
        let (test, train) = got.split_at(run.test.len());
        let (most, labels) = difference(&run.rows, test);
        let codes = &run.data.labels.as_ref().expect("classes").codes;
        let right = run.train.iter().zip(train).filter(|(row, (class, _))| *class == Some(codes[**row])).count();
        #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
        let accuracy = right as f64 / run.train.len() as f64;
        let want = run.oracle["train_accuracy"].as_f64().expect("an accuracy");
        if most > demand.tolerance || labels > 0 || (accuracy - want).abs() > 1e-12 {
            let said = format!(
                "{config} {}: shares differ by up to {most:e}, {labels} of {} labels differ, training accuracy {accuracy}, Weka's {want}",
                run.name,
                test.len()
            );
            match demand.except.get(run.name.as_str()) {
                Some(reason) => println!("{said} ({reason})"),
                None => wrong.push(said),
            }
        }
    }
    println!("{config}: {} of {} runs equal", runs.len() - wrong.len(), runs.len());
    assert!(wrong.is_empty(), "{} of {} runs of {config} differ:\n{}", wrong.len(), runs.len(), wrong.join("\n"));
}

/// The text of a model as Weka prints it, without its last blank lines.
pub fn printed(run: &Run, config: &str) -> String {
    let all = unpacked(&format!("classify/{}.models.txt.gz", run.name));
    let start = format!("===== {config} : ");
    let after = all.split(&start).nth(1).unwrap_or_else(|| panic!("{}: no text of {config}", run.name));
    let (_, body) = after.split_once('\n').expect("a body");
    body.split("\n===== ").next().unwrap_or_default().trim_end().to_owned()
}

/// Compares what each fitted model prints with what Weka prints, trailing blanks aside.
pub fn print_alike(config: &str) {
    let lines = |text: &str| text.trim_end().lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    let mut wrong = Vec::new();
    for run in runs(config) {
        let got = run.fit().printed().unwrap_or_else(|| panic!("{config} prints nothing"));
        let (want, got) = (lines(&printed(&run, config)), lines(&got.text));
        if want != got {
            let at = want.iter().zip(&got).position(|(want, got)| want != got).unwrap_or(want.len().min(got.len()));
            wrong.push(format!("{}: line {}: want {:?}, got {:?}", run.name, at + 1, want.get(at), got.get(at)));
        }
    }
    assert!(wrong.is_empty(), "{} texts of {config} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Compares what each fitted model tells programs with the oracle's `model`, exactly.
pub fn model_alike(config: &str) {
    let mut wrong = Vec::new();
    for run in runs(config) {
        let got = run.fit().printed().unwrap_or_else(|| panic!("{config} prints nothing")).json;
        let want = &run.oracle["model"];
        if *want != got {
            wrong.push(format!("{}: want {want}, got {got}", run.name));
        }
    }
    assert!(wrong.is_empty(), "{} models of {config} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Both option strings of each run are understood, mean the same, and are written again as Weka reports them.
pub fn options_alike(config: &str) {
    for run in runs(config) {
        let text = |key: &str| run.oracle[key].as_str().expect("options").to_owned();
        let scheme = weka::find(run.oracle["scheme"].as_str().expect("a scheme")).expect("a scheme");
        let specs = (find(scheme.kind).expect("a model").parameters)();
        for options in [text("options"), text("full_options")] {
            let imported = scheme.import(&options, &specs).expect("options");
            assert_eq!(scheme.options(&imported.values, &specs), text("full_options"), "{}", run.name);
        }
    }
}
