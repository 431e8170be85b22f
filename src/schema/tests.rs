use super::*;
use crate::experiment::FigureKind;

fn validator() -> jsonschema::Validator {
    jsonschema::draft7::new(&experiment()).expect("a schema")
}

/// What is wrong with a TOML text, one line a mistake.
fn mistakes(validator: &jsonschema::Validator, toml: &str) -> Vec<String> {
    let value: toml::Value = toml::from_str(toml).expect("TOML");
    let json = serde_json::to_value(value).expect("JSON");
    validator.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path)).collect()
}

const SMALL: &str = "name = 's'\n[task]\nkind = 'clustering'\n[[dataset]]\nkind = 'blobs'\n[[model]]\nkind = 'dec'\n";

/// Every `$ref` of a schema.
fn references(json: &Json, found: &mut Vec<String>) {
    match json {
        Json::Object(entries) => {
            found.extend(entries.get("$ref").and_then(Json::as_str).map(str::to_owned));
            entries.values().for_each(|value| references(value, found));
        }
        Json::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn it_is_a_schema_whose_references_lead_somewhere() {
    let schema = experiment();
    assert!(jsonschema::meta::is_valid(&schema));
    let mut found = Vec::new();
    references(&schema, &mut found);
    assert!(found.len() > 50, "{found:?}");
    for reference in found {
        assert!(schema.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
        // taplo does not decode them.
        assert!(reference.chars().all(|c| c.is_ascii_alphanumeric() || "#/-_".contains(c)), "{reference}");
    }
}

/// Every good file of the project: experiments, starters, and what the README shows.
#[test]
fn good_files_are_taken() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let validator = validator();
    let mut read = 0;
    for folder in ["experiments", "templates/new"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "toml") {
                let wrong = mistakes(&validator, &std::fs::read_to_string(&path).unwrap());
                assert!(wrong.is_empty(), "{}: {wrong:#?}", path.display());
                read += 1;
            }
        }
    }
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let example = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert_eq!(mistakes(&validator, example), Vec::<String>::new());
    assert!(read >= 6, "{read} files");
    assert_eq!(mistakes(&validator, SMALL), Vec::<String>::new());
    assert_eq!(mistakes(&validator, "extends = 'shared.toml'"), Vec::<String>::new());
}

/// The whole grammar, as far as this version's registries have its kinds.
#[test]
fn every_block_of_the_grammar_is_taken() {
    let file = r#"
format = 1
name = "all"
about = "Every block once"
extends = ["../shared.toml"]
[task]
kind = "clustering"
metrics = ["acc", "nmi_max"]
[repeat]
seeds = [0, 3]
[[dataset]]
kind = "npz"
path = "${data}/a.npz"
views = { gist = "x0" }
labels = "y"
take = { per-class = 200, outliers = { rate = 0.05 } }
checksum = "blake3:79aa2abe286257fee933d68d21ffbfa58b3d44948ad21107cf87254623a0c111"
[dataset2]
"#
    .replace("[dataset2]\n", "");
    let rest = r#"
[[dataset]]
kind = "csv"
path = "a.csv"
drop = "id"
[[split]]
kind = "temporal"
column = "year"
train = "2010..=2015"
test = 2016
validation = { kind = "holdout", fraction = 0.2 }
[[pipeline]]
steps = [{ kind = "replace-missing" }, { kind = "undersample", ratio = 1.0 }]
[pipeline.grid]
"undersample.ratio" = [1.0, 3.0]
[[pipeline]]
name = "two"
steps = { kind = "undersample" }
grid.undersample.ratio = [1, 2]
[[model]]
kind = "idec"
layers = [500, 10]
[model.grid]
batch-size = [2, 4]
gamma = { log = [0.01, 1.0], points = 5 }
layers = [[10], [500, 10]]
[[model.zip]]
learning-rate = [1e-2, 1e-3]
pretrain-epochs = [1, 2]
[[model.skip]]
when = { batch-size = 2 }
reason = "diverges"
[[model.only-if]]
when = { batch-size = [2, 4] }
axis = "gamma"
[model.sample]
count = 50
[[model]]
kind = "command"
name = "ours"
run = ["python3", "baseline.py"]
[model.grid]
whatever = [1, "a"]
[limits]
time = "10m"
memory = 512
grid = 10000
exclusive = false
threads = 2
[published.lu]
source = "Lu"
unit = "percent"
tolerance = 0.01
rows = [{ model = "IDEC", fold = 3, acc = 0.25, nmi_max = "0.30 ± 0.02" }]
[[claim]]
text = "A beats B"
where = { dataset = "Scene-15", seed = [0, 1] }
better = "A"
than = "B"
metric = "acc"
by = 0.02
test = "paired-t"
[[table]]
rows = "metric"
columns = ["model", "split"]
metric = "acc"
choose = { by = "acc", among = "learning-rate", on = "validation" }
compare = { against = "published.lu", test = "corrected-resampled-t", best-of = "row" }
[[figure]]
kind = "box"
x = "batch-size"
[[report.note]]
about = "published.lu"
text = "Seven are called eight."
[track]
kind = "mlflow"
uri = "http://localhost:5000"
"#;
    assert_eq!(mistakes(&validator(), &(file + rest)), Vec::<String>::new());
}

#[test]
fn every_kind_and_every_default_is_taken() {
    let validator = validator();
    let fill = |block: &str, kind: &str, specs: &[crate::parameter::ParameterSpec]| {
        let mut text = format!("extends = 'x'\n[[{block}]]\nkind = '{kind}'\n");
        for spec in specs {
            if let Some(default) = &spec.default {
                let value: toml::Value = serde_json::from_value(default.canonical()).unwrap();
                text.push_str(&format!("{} = {value}\n", spec.name));
            }
        }
        assert_eq!(mistakes(&validator, &text), Vec::<String>::new(), "{text}");
        text.push_str("no-such-key = 1\n");
        assert_eq!(mistakes(&validator, &text).len(), 1, "{text}");
    };
    crate::model::registry::MODELS.iter().for_each(|spec| fill("model", spec.kind, &(spec.parameters)()));
    crate::dataset::DATASETS.iter().for_each(|spec| fill("dataset", spec.kind, &(spec.parameters)()));
    crate::split::SPLITS.iter().for_each(|spec| fill("split", spec.kind, &(spec.parameters)()));
    crate::preprocess::STEPS.iter().for_each(|spec| fill("pipeline.steps", spec.kind, &(spec.parameters)()));
    FigureKind::ALL.iter().for_each(|(word, ..)| fill("figure", word, &[]));
}

#[test]
fn broken_files_are_refused_at_their_place() {
    let validator = validator();
    let cases = [
        ("kind = 'dec'", "kind = 'dec'\ngama = 1", "/model/0"),
        ("kind = 'dec'", "kind = 'kmeans'\ngamma = 1.0", "/model/0"),
        ("kind = 'dec'", "kind = 'dek'", "/model/0/kind"),
        ("kind = 'dec'", "name = 'dec'", "/model/0"),
        ("kind = 'dec'", "kind = 'dec'\nbatch-size = 'many'", "/model/0/batch-size"),
        ("kind = 'dec'", "kind = 'dec'\nbatch-size = 0", "/model/0/batch-size"),
        ("kind = 'dec'", "kind = 'dec'\nlayers = 5", "/model/0/layers"),
        ("kind = 'dec'", "kind = 'command'\nrun = ['x']\ninputs = 'cvs'", "/model/0/inputs"),
        ("kind = 'dec'", "kind = 'dec'\n[model.grid]\nbatch-size = 2", "/model/0/grid/batch-size"),
        ("kind = 'dec'", "kind = 'dec'\n[model.grid]\nbatch-size = ['a']", "/model/0/grid/batch-size/0"),
        ("kind = 'dec'", "kind = 'dec'\n[model.grid]\nbatchsize = [2]", "/model/0/grid"),
        ("kind = 'dec'", "kind = 'dec'\n[[model.skip]]\nwhen = { batch-size = 2 }", "/model/0/skip/0"),
        ("kind = 'blobs'", "kind = 'blobs'\nrow = 60", "/dataset/0"),
        ("kind = 'blobs'", "kind = 'blob'", "/dataset/0/kind"),
        ("kind = 'blobs'", "kind = 'blobs'\ntake = { row = 5 }", "/dataset/0/take"),
        ("kind = 'clustering'", "kind = 'clusterin'", "/task/kind"),
        ("kind = 'clustering'", "kind = 'clustering'\nmetrics = ['nmi-max']", "/task/metrics/0"),
        ("kind = 'clustering'", "kind = 'clustering'\nmetrics = 'nmi-max'", "/task/metrics"),
        ("name = 's'", "nme = 's'", ""),
        ("name = 's'", "name = 's'\nformat = 2", "/format"),
        ("name = 's'", "name = 's'\nrepeat.seeds = 0", "/repeat/seeds"),
        ("name = 's'", "name = 's'\nlimits.tiem = 1", "/limits"),
        ("name = 's'", "name = 's'\n[[tabel]]\nrows = 'model'\n", ""),
        ("name = 's'", "name = 's'\n[[pipeline]]\nsteps = [{ kind = 'minmax' }]\n", "/pipeline/0/steps/0/kind"),
        ("name = 's'", "name = 's'\n[[split]]\nkind = 'k-fold'\nfold = 3\n", "/split/0"),
        ("name = 's'", "name = 's'\n[[figure]]\nkind = 'bars'\n", "/figure/0/kind"),
        ("name = 's'", "name = 's'\n[[claim]]\ntext = 'A'\nbetter = 'A'\n", "/claim/0"),
    ];
    for (from, to, place) in cases {
        let wrong = mistakes(&validator, &SMALL.replacen(from, to, 1));
        assert!(!wrong.is_empty(), "taken: {to}");
        assert!(wrong.iter().any(|mistake| mistake.starts_with(&format!("{place}: "))), "{to}: {wrong:#?}");
    }
}
