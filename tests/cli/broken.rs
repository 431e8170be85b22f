//! Broken experiment files, each one mistake away from a good one: exactly one diagnostic, on the line of the mistake,
//! with the right suggestion; the whole output of each group is a snapshot.

use crate::support::Project;

/// Nearly every block once.
pub const CLUSTERING: &str = r#"format = 1
name   = "clustering"
about  = "Three methods on two sets"

[task]
kind    = "clustering"
metrics = ["acc", "nmi_max", "fit_seconds"]

[repeat]
seeds = 2

[[dataset]]
kind = "blobs"
name = "Blobs"
rows = 60
clusters = 3

[[dataset]]
kind = "csv"
name = "Table"
path = "table.csv"
labels = "class"
drop = ["company", "year"]
take = { per-class = 4 }

[[pipeline]]
name = "scaled"
steps = [{ kind = "min-max" }]

[[model]]
kind = "kmeans"
name = "K-means"
seed-restarts = 2

[[model]]
kind = "idec"
name = "IDEC"
layers = [10, 5]
pretrain-epochs = 2
[model.grid]
batch-size = [8, 16]
gamma = [0.1, 1.0]
[[model.skip]]
when = { batch-size = 8, gamma = 1.0 }
reason = "diverges in the paper"

[[model]]
kind = "random"

[limits]
time = "10m"
grid = 1000
retries = 1
fail-fast = false

[published.lu]
source = "Lu, Table 3"
unit   = "percent"
tolerance = 0.01
rows = [
  { model = "K-means", dataset = "Blobs", acc = 25.0, nmi_max = 19.25 },
]

[[table]]
title = "Table 3"
rows = ["model", "batch-size"]
columns = ["dataset", "metric"]
where = { dataset = ["Blobs", "Table"] }
metrics = ["acc", "nmi_max"]
compare = { against = "published.lu" }

[[figure]]
kind = "box"
title = "Batch size"
x = "batch-size"
y = "acc"
by = "dataset"

[[report.note]]
about = "published.lu"
text = "Seven batch sizes are called eight."
"#;

/// Splits, pipelines with grids, and a program of one's own.
pub const CLASSIFICATION: &str = r#"name = "classification"

[task]
kind     = "classification"
metrics  = ["accuracy", "f1_macro", "recall"]
positive = "1"

[[dataset]]
kind   = "csv"
name   = "Table"
path   = "table.csv"
labels = "class"
drop   = ["company", "year"]

[[split]]
name   = "2010-13 → 2014"
kind   = "temporal"
column = "year"
train  = "2010..=2013"
test   = "2014"
groups = "company"
validation = { kind = "holdout", fraction = 0.25 }

[[split]]
name  = "4 folds"
kind  = "k-fold"
folds = 4
order = "weka"

[[split]]
kind = "holdout"
fraction = 0.3
stratified = true

[[split]]
kind = "leave-one-group-out"
groups = "year"

[[split]]
name = "given"
kind = "rows"
path = "split.json"

[[pipeline]]
name  = "balanced"
steps = [{ kind = "replace-missing", with = "median" }, { kind = "undersample" }]
[pipeline.grid]
"undersample.ratio" = [1.0, 3.0]

[[pipeline]]
name  = "plain"
steps = []

[[model]]
kind = "majority"

[[model]]
kind = "command"
name = "ours"
run  = ["python3", "ours.py"]
code = ["ours.py"]
parameters = { power = 2 }

[[table]]
rows    = ["model", "undersample.ratio"]
columns = ["pipeline", "split"]
metric  = "accuracy"
"#;

/// A good file, what is changed in it, and the suggestion that must be made.
struct Broken {
    from: &'static str,
    to: &'static str,
    suggestion: Option<&'static str>,
}

const fn broken(from: &'static str, to: &'static str, suggestion: Option<&'static str>) -> Broken {
    Broken { from, to, suggestion }
}

/// The files that the good ones name.
pub fn project() -> Project {
    let project = Project::new();
    let mut table = String::from("company,year,a,b,class\n");
    for row in 0..40 {
        let gap = if row == 7 { String::new() } else { (row * 7 % 11).to_string() };
        table.push_str(&format!("C{},{},{row},{gap},{}\n", row / 8, 2010 + row % 5, row % 3 % 2));
    }
    project.write("table.csv", table.replace(",7,,", ",7,3,"));
    project.write("gaps.csv", table);
    project.write("split.json", r#"{"train": [0, 1, 2, 3], "test": [4, 5]}"#);
    project.write("ours.py", "print('nothing')\n");
    project.write("damaged.csv", "a,b\n1,2\n3\n");
    project.write("words.csv", "a,b,class\n1,red,0\n2,blue,1\n");
    project.write("rows.json", r#"{"train": [0, 1], "test": [40]}"#);
    project
}

/// Checks one group; its whole output.
fn outputs(base: &str, group: &[Broken]) -> String {
    let project = project();
    let (mut all, mut wrong) = (String::new(), String::new());
    for Broken { from, to, suggestion } in group {
        assert_eq!(base.matches(from).count().max(1), 1, "`{from}` stands several times");
        let at = base.find(from).unwrap_or_else(|| panic!("nothing to spoil: {from}"));
        project.write("experiment.toml", base.replacen(from, to, 1));
        let list = project.json(&["check", "experiment.toml", "--json"]);
        let list = list.as_array().unwrap();
        let said = project.gridbook(&["check", "experiment.toml"]);
        all.push_str(&format!("##### {from:?} -> {to:?}\nexit {}\n{}\n", said.code, said.stderr));
        let errors: Vec<_> = list.iter().filter(|d| d["severity"] == "error").collect();
        let mut complain = |what: String| wrong.push_str(&format!("{from:?} -> {to:?}: {what}\n{}\n", said.stderr));
        if errors.len() != 1 {
            complain(format!("{} mistakes", errors.len()));
            continue;
        }
        if errors[0]["suggestion"].as_str() != *suggestion {
            complain(format!("expected the suggestion {suggestion:?}"));
        }
        if ![2, 3].contains(&said.code) || said.stderr.contains("panicked") || said.stderr.contains("backtrace") {
            complain(format!("exit {}", said.code));
        }
        // The caret is on a line of the mistake, or on the header of the block that lacks something.
        let first = base[..at].matches('\n').count() + 1;
        let last = first + to.matches('\n').count().max(from.matches('\n').count());
        let line = usize::try_from(errors[0]["line"].as_u64().unwrap()).unwrap();
        let header = base.lines().take(first).collect::<Vec<_>>();
        let header = header.iter().rposition(|line| line.starts_with('[')).map_or(1, |at| at + 1);
        let elsewhere = ["missing-key", "data", "model-data", "duplicate", "split", "too-large", "step-data"];
        if !(first..=last).contains(&line) && line != header && !elsewhere.iter().any(|code| errors[0]["code"] == *code)
        {
            complain(format!("line {line}, expected {first} to {last} or {header}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    all
}

#[test]
fn keys() {
    insta::assert_snapshot!(outputs(
        CLUSTERING,
        &[
            broken("format = 1", "fromat = 1", Some("format")),
            broken("about  =", "abuot  =", Some("about")),
            broken("[task]", "[tsak]", Some("task")),
            broken("metrics = [\"acc\", \"nmi_max\", \"fit", "metric = [\"acc\", \"nmi_max\", \"fit", Some("metrics")),
            broken("[repeat]", "[repaet]", Some("repeat")),
            broken("seeds = 2", "seed = 2", Some("seeds")),
            broken("rows = 60", "row = 60", Some("rows")),
            broken("clusters = 3", "cluster = 3", Some("clusters")),
            broken("labels = \"class\"", "lables = \"class\"", Some("labels")),
            broken("drop = [", "dorp = [", Some("drop")),
            broken("take = { per-class", "take = { perclass", Some("per-class")),
            broken("take = { per-class = 4 }", "tkae = { per-class = 4 }", Some("take")),
            broken("[[pipeline]]", "[[pipline]]", Some("pipeline")),
            broken("steps = [", "step = [", Some("steps")),
            broken("seed-restarts = 2", "seed_restarts = 2", Some("seed-restarts")),
            broken("layers = [10, 5]", "layer = [10, 5]", Some("layers")),
            broken("pretrain-epochs = 2", "pretrain-epoch = 2", Some("pretrain-epochs")),
            broken("[model.grid]", "[model.gird]", Some("grid")),
            broken("batch-size = [8, 16]", "batchsize = [8, 16]", Some("batch-size")),
            broken("gamma = [0.1, 1.0]", "gama = [0.1, 1.0]", Some("gamma")),
            broken("[[model.skip]]", "[[model.skp]]", Some("skip")),
            broken("when = {", "wen = {", Some("when")),
            broken("reason = \"diverges", "raeson = \"diverges", Some("reason")),
            broken("[limits]", "[limit]", Some("limits")),
            broken("time = \"10m\"", "tiem = \"10m\"", Some("time")),
            broken("retries = 1", "retrys = 1", Some("retries")),
            broken("fail-fast = false", "failfast = false", Some("fail-fast")),
            broken("[published.lu]", "[publishd.lu]", Some("published")),
            broken("source = \"Lu", "sourc = \"Lu", Some("source")),
            broken("unit   =", "units  =", Some("unit")),
            broken("tolerance = 0.01", "tolerence = 0.01", Some("tolerance")),
            broken("acc = 25.0", "acy = 25.0", Some("acc")),
            broken("acc = 25.0", "accuracy = 25.0", Some("acc")),
            broken("[[table]]", "[[tables]]", Some("table")),
            broken("columns = [\"dataset\"", "colums = [\"dataset\"", Some("columns")),
            broken("where = { dataset =", "where = { datset =", Some("dataset")),
            broken("compare = { against", "compare = { agianst", Some("against")),
            broken("[[figure]]", "[[figre]]", Some("figure")),
            broken("by = \"dataset\"", "bye = \"dataset\"", Some("by")),
            broken("[[report.note]]", "[[report.notes]]", Some("note")),
            broken("text = \"Seven", "txt = \"Seven", Some("text")),
        ]
    ));
}

#[test]
fn kinds_and_names() {
    insta::assert_snapshot!(outputs(
        CLUSTERING,
        &[
            broken("\"clustering\"\nmetrics", "\"clustring\"\nmetrics", Some("clustering")),
            broken("\"nmi_max\", \"fit_seconds\"", "\"nmi-max\", \"fit_seconds\"", Some("nmi_max")),
            broken("\"fit_seconds\"", "\"fit_second\"", Some("fit_seconds")),
            broken("kind = \"blobs\"", "kind = \"blob\"", Some("blobs")),
            broken("kind = \"csv\"", "kind = \"cvs\"", Some("csv")),
            broken("kind = \"min-max\"", "kind = \"minmax\"", Some("min-max")),
            broken("kind = \"kmeans\"", "kind = \"k-means\"", Some("kmeans")),
            broken("kind = \"kmeans\"", "kind = \"KMeans\"", Some("kmeans")),
            broken("kind = \"idec\"", "kind = \"idce\"", Some("idec")),
            broken("kind = \"idec\"", "kind = \"njw\"", None),
            broken("kind = \"box\"", "kind = \"boxes\"", Some("box")),
            broken("against = \"published.lu\"", "against = \"published.lo\"", Some("published.lu")),
            broken("about = \"published.lu\"", "about = \"published.lo\"", Some("published.lu")),
            broken("rows = [\"model\", \"batch-size\"]", "rows = [\"model\", \"batch-sizes\"]", Some("batch-size")),
            broken("columns = [\"dataset\"", "columns = [\"datasets\"", Some("dataset")),
            broken("where = { dataset = [\"Blobs\"", "where = { dataset = [\"Blob\"", Some("Blobs")),
            broken("metrics = [\"acc\", \"nmi_max\"]", "metrics = [\"acc\", \"nmi_mx\"]", Some("nmi_max")),
            broken("x = \"batch-size\"", "x = \"batch\"", Some("batch-size")),
            broken("y = \"acc\"", "y = \"accc\"", Some("acc")),
            broken("unit   = \"percent\"", "unit   = \"percents\"", Some("percent")),
            broken("labels = \"class\"", "labels = \"clas\"", Some("class")),
            broken("drop = [\"company\"", "drop = [\"compny\"", Some("company")),
        ]
    ));
}

#[test]
fn types_and_ranges() {
    insta::assert_snapshot!(outputs(
        CLUSTERING,
        &[
            broken("format = 1", "format = \"1\"", None),
            broken("format = 1", "format = 9", None),
            broken("name   = \"clustering\"", "name   = 7", None),
            broken("name   = \"clustering\"", "name   = \"a/b\"", None),
            broken("seeds = 2", "seeds = 1.5", None),
            broken("seeds = 2", "seeds = -2", None),
            broken("seeds = 2", "seeds = [0, 0]", None),
            broken("seeds = 2", "seeds = 99999999999999999999", None),
            broken("rows = 60", "rows = -1", None),
            broken("rows = 60", "rows = true", None),
            broken("take = { per-class = 4 }", "take = { per-class = 0 }", None),
            broken("take = { per-class = 4 }", "take = { fraction = 1.5 }", None),
            broken("take = { per-class = 4 }", "take = 4", None),
            broken("steps = [{ kind = \"min-max\" }]", "steps = [\"min-max\"]", None),
            broken("seed-restarts = 2", "seed-restarts = \"two\"", None),
            broken("seed-restarts = 2", "seed-restarts = 0", None),
            broken("seed-restarts = 2", "tolerance = nan", None),
            broken("layers = [10, 5]", "layers = 10", None),
            broken("layers = [10, 5]", "layers = [10, 0.5]", None),
            broken("batch-size = [8, 16]", "batch-size = 8", None),
            broken("batch-size = [8, 16]", "batch-size = [8, -16]", None),
            broken("time = \"10m\"", "time = \"ten\"", None),
            broken("time = \"10m\"", "time = 0", None),
            broken("fail-fast = false", "fail-fast = 0", None),
            broken("acc = 25.0", "acc = 250.0", None),
            broken("acc = 25.0", "acc = \"many\"", None),
            broken("tolerance = 0.01", "tolerance = \"small\"", None),
            broken("title = \"Table 3\"", "title = 3", None),
            broken("rows = [\"model\", \"batch-size\"]", "rows = []", None),
            broken("compare = { against = \"published.lu\" }", "compare = \"published.lu\"", None),
            broken("text = \"Seven batch sizes are called eight.\"", "text = 7", None),
        ]
    ));
}

#[test]
fn impossible_grids_tables_and_data() {
    insta::assert_snapshot!(outputs(
        CLUSTERING,
        &[
            broken("gamma = [0.1, 1.0]", "gamma = [0.1, 1.0, 1]", None),
            broken("gamma = [0.1, 1.0]", "gamma = []", None),
            broken("pretrain-epochs = 2", "gamma = 0.5", None),
            broken("when = { batch-size = 8, gamma = 1.0 }", "when = { batch-size = 9, gamma = 1.0 }", None),
            broken("when = { batch-size = 8, gamma = 1.0 }", "when = {}", None),
            broken("when = { batch-size = 8, gamma = 1.0 }", "when = { layers = [1] }", None),
            broken("grid = 1000", "grid = 10", None),
            broken("kind = \"random\"", "kind = \"random\"\nname = \"IDEC\"", None),
            broken("name = \"Table\"", "name = \"Blobs\"", None),
            broken("name = \"IDEC\"", "name = \"\"", None),
            broken("[[report.note]]", "[[pipeline]]\nname = \"scaled\"\n[[report.note]]", None),
            broken("columns = [\"dataset\", \"metric\"]", "columns = [\"model\", \"metric\"]", None),
            broken("metrics = [\"acc\", \"nmi_max\"]", "metrics = [\"ari\"]", None),
            broken("rows = [\n  {", "rows = [\n  { model = \"K-means\", dataset = \"Blobs\", acc = 1.0 },\n  {", None),
            broken("x = \"batch-size\"\n", "", None),
            broken("path = \"table.csv\"", "path = \"absent.csv\"", None),
            broken("path = \"table.csv\"", "path = \"damaged.csv\"", None),
            broken("path = \"table.csv\"", "path = \".\"", None),
            broken("path = \"table.csv\"\n", "", None),
            broken("labels = \"class\"\n", "", None),
            broken("take = { per-class = 4 }", "take = { rows = 41 }", None),
            broken("take = { per-class = 4 }", "checksum = \"blake3:00\"", None),
            broken("clusters = 3", "clusters = 3\nchecksum = \"blake3:00\"", None),
            broken("[[model]]\nkind = \"random\"", "[[model]]\nkind = \"random\"\nclusters = 9", None),
            broken("[[model]]\nkind = \"random\"", "[[model]]\nkind = \"majority\"", None),
            broken("steps = [{ kind = \"min-max\" }]", "steps = [{ kind = \"undersample\" }]", None),
            broken("[[pipeline]]", "[[split]]\nkind = \"k-fold\"\n[[pipeline]]", None),
            broken(
                "metrics = [\"acc\", \"nmi_max\", \"fit_seconds\"]",
                "metrics = [\"acc\", \"nmi_max\", \"accuracy\"]",
                Some("acc")
            ),
            broken("name   = \"clustering\"\n", "", None),
            broken("kind    = \"clustering\"\n", "", None),
            broken("name   = \"clustering\"", "name   = \"clustering", None),
        ]
    ));
}

#[test]
fn splits_pipelines_and_programs() {
    insta::assert_snapshot!(outputs(
        CLASSIFICATION,
        &[
            broken("positive = \"1\"", "postive = \"1\"", Some("positive")),
            broken("positive = \"1\"", "positive = \"2\"", None),
            broken("[[split]]\nname   = \"2010", "[[spilt]]\nname   = \"2010", Some("split")),
            broken("kind   = \"temporal\"", "kind   = \"temporl\"", Some("temporal")),
            broken("column = \"year\"", "column = \"yaer\"", Some("year")),
            broken("column = \"year\"\n", "", None),
            broken("train  = \"2010..=2013\"", "trian  = \"2010..=2013\"", Some("train")),
            broken("train  = \"2010..=2013\"", "train  = \"2013..2010\"", None),
            broken("train  = \"2010..=2013\"", "train  = \"2010..=2014\"", None),
            broken("test   = \"2014\"", "test   = \"2019\"", None),
            broken("test   = \"2014\"", "test   = true", None),
            broken("groups = \"company\"", "groups = \"compny\"", Some("company")),
            broken("groups = \"company\"", "groups = \"company\"\ndisjoint = true", None),
            broken("groups = \"company\"", "disjoint = true", None),
            broken("validation = { kind = \"holdout\"", "validation = { kind = \"holdot\"", Some("holdout")),
            broken("validation = { kind = \"holdout\"", "validation = { kind = \"k-fold\"", None),
            broken("fraction = 0.25", "fraction = 1", None),
            broken("folds = 4", "fold = 4", Some("folds")),
            broken("folds = 4", "folds = 41", None),
            broken("folds = 4", "folds = 1", None),
            broken("order = \"weka\"", "order = \"wkea\"", Some("weka")),
            broken("order = \"weka\"", "order = \"weka\"\ngroups = \"company\"", None),
            broken("stratified = true", "stratified = \"yes\"", None),
            broken("stratified = true", "stratified = true\ngroups = \"company\"", None),
            broken("groups = \"year\"", "groups = \"yeer\"", Some("year")),
            broken("groups = \"year\"\n", "", None),
            broken("path = \"split.json\"", "path = \"absent.json\"", None),
            broken("path = \"split.json\"", "path = \"rows.json\"", None),
            broken("path = \"split.json\"", "path = \"ours.py\"", None),
            broken("name = \"given\"", "name = \"4 folds\"", None),
            broken("with = \"median\"", "with = \"medain\"", Some("median")),
            broken("kind = \"replace-missing\"", "kind = \"replace-missng\"", Some("replace-missing")),
            broken("\"undersample.ratio\" =", "\"undersampl.ratio\" =", Some("undersample")),
            broken("\"undersample.ratio\" =", "\"undersample.raito\" =", Some("ratio")),
            broken("\"undersample.ratio\" = [1.0, 3.0]", "\"undersample.ratio\" = [0.5]", None),
            broken("{ kind = \"undersample\" }", "{ kind = \"undersample\", ratio = 2.0 }", None),
            broken("path   = \"table.csv\"", "path   = \"words.csv\"", None),
            broken("labels = \"class\"\n", "", None),
            broken("run  = [\"python3\", \"ours.py\"]", "run  = \"python3 ours.py\"", None),
            broken("run  = [\"python3\", \"ours.py\"]", "run  = []", None),
            broken("run  = [\"python3\", \"ours.py\"]\n", "", None),
            broken("run  = [\"python3\", \"ours.py\"]", "run  = [\"python3\", \"our.py\"]", Some("ours.py")),
            broken("code = [\"ours.py\"]", "code = [\"helper.py\"]", None),
            broken("parameters = { power = 2 }", "paramters = { power = 2 }", Some("parameters")),
            broken("parameters = { power = 2 }", "parameters = 2", None),
            broken(
                "rows    = [\"model\", \"undersample.ratio\"]",
                "rows    = [\"model\", \"undersample.raito\"]",
                Some("undersample.ratio")
            ),
            broken("kind = \"majority\"", "kind = \"kmeans\"", None),
        ]
    ));
}
