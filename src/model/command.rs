//! Anybody's own program, in any language: declared here, started by the worker (`run/worker/command.rs`).

use std::path::{Path, PathBuf};

use crate::diagnostic::io_words;
use crate::model::{Accepts, Documents, Model, ModelSpec, Program, TaskKind, light_work, no_stages};
use crate::parameter::{Domain, Parameter, Parameters, Values};
use crate::parameters;
use crate::value::Value;

parameters! {
    /// How the program is started.
    pub struct Params {
        /// The program and its arguments; a word that names a file beside the experiment file means that file.
        run: Words = Words(Vec::new()), Domain::Any;
        /// Files that decide what the program does: their content is part of a trial's identity.
        code: Words = Words(Vec::new()), Domain::Any;
        /// How the data are handed over: tables as CSV, or one NPY array a view. A column whose name is taken (`row`, a
        /// column of an earlier view) has its view's before it: `x.row`.
        inputs: String = "csv".to_owned(), Domain::OneOf(&["csv", "npy"]);
        /// Whether the program sees the classes in clustering and outlier detection too.
        labels: bool = false, Domain::Any;
        /// Values of the program's own, handed over in `trial.json`; the grid may name further ones.
        parameters: Own = Own::default(), Domain::Any;
    }
}

/// A list of words.
#[derive(Clone, Debug, Default)]
pub struct Words(pub Vec<String>);

impl Parameter for Words {
    const TYPE: &'static str = "list of strings";
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::List(items) => items.iter().map(String::from_value).collect::<Result<_, _>>().map(Words),
            _ => Err(format!("expected a list of strings, found {} `{value}`", value.type_name())),
        }
    }
    fn to_value(&self) -> Option<Value> {
        Some(Value::List(self.0.iter().cloned().map(Value::Text).collect()))
    }
}

/// A table of the user's own values.
#[derive(Clone, Debug, Default)]
pub struct Own(pub Values);

impl Parameter for Own {
    const TYPE: &'static str = "table";
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Map(entries) => Ok(Own(entries.clone().into_iter().collect())),
            _ => Err(format!("expected a table, found {} `{value}`", value.type_name())),
        }
    }
    fn to_value(&self) -> Option<Value> {
        Some(Value::Map(self.0.clone().into_iter().collect()))
    }
}

/// The model.
pub struct Command;

impl Model for Command {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "command",
        about: "a program of your own, in any language: reads trial.json and tables, leaves predictions.csv",
        reference: "none",
        revision: 2,
        accepts: Accepts {
            tasks: &[TaskKind::Clustering, TaskKind::Classification, TaskKind::Outliers],
            documents: Documents::Read,
            weights: false,
            ..Accepts::ANYTHING
        },
        parameters: Params::specs,
        check,
        stages: no_stages,
        program: Program::Native,
        wants_clusters: false,
        own_parameters: true,
        work: light_work,
    };
}

fn check(values: &Values) -> Result<(), (String, String)> {
    let params = Params::from_values(values)?;
    if params.run.0.is_empty() {
        return Err(("run".to_owned(), "names no program, like `run = [\"python3\", \"baseline.py\"]`".to_owned()));
    }
    Ok(())
}

/// What a program is given and what it leaves, for people who write one.
pub const CONTRACT: &str = "\
The program is started in a folder of its own that holds `trial.json` and the data, once for each trial.
`trial.json` has `task`, `dataset`, `seed`, `fold`, `parameters` (those of `parameters` and `grid`), `classes`,
`label` (the column of the classes), `clusters` (how many), `time_limit_seconds`, and `files`, which names the data:
  classification: `train` (with classes), `test` (without) and, where the split keeps some, `validation`
  clustering, outliers and rules: `data`, without classes unless `labels = true`
  inputs = \"csv\": a table each; inputs = \"npy\": an array for each view, `rows`, and `labels` (whole-number classes
  themselves, else indices in `classes`)
It writes `predictions.csv` there: one line for each row of `test` or `data`, in any order, with the column `row` copied
from the data, and
  classification: `predicted`, the class as the training rows have it (an index in `classes` only where no class is a
  whole number; empty: unclassified); for metrics of probabilities also `p0`, `p1`, ... in the order of `classes`
  clustering: `cluster`, any whole number
  outliers: `outlier` (0 or 1) and `score`, larger the more a row is one
  rules: `rules`, how many of the rules found hold of the row
Lines like {\"step\": 3, \"loss\": 0.2} in `progress.jsonl` become curves. It ends with exit code 0; what it prints is in
`trials/ID/log.txt` of the results folder, where ID is that of `gridbook trials`.
";

/// The values of the program's own: those under `parameters`, and what the grid names.
pub fn own_parameters(values: &Values) -> Values {
    let known: Vec<String> = Params::specs().into_iter().map(|spec| spec.name).collect();
    let mut own = Params::from_values(values).map(|params| params.parameters.0).unwrap_or_default();
    own.extend(values.iter().filter(|(name, _)| !known.contains(name)).map(|(n, v)| (n.clone(), v.clone())));
    own
}

/// The file that a word of `run` names, if it names one beside the experiment file.
pub fn named_file(word: &str, base: &Path) -> Option<PathBuf> {
    let path = base.join(word);
    path.is_file().then_some(path)
}

/// A hash of the files that decide what the program does: those under `code`, and those that `run` names.
///
/// # Errors
/// The parameter, and which file cannot be read.
pub fn code_checksum(values: &Values, base: &Path) -> Result<String, (String, String)> {
    let params = Params::from_values(values)?;
    let mut files: Vec<(&str, &String, PathBuf)> =
        params.code.0.iter().map(|name| ("code", name, base.join(name))).collect();
    files.extend(params.run.0.iter().filter_map(|word| Some(("run", word, named_file(word, base)?))));
    let mut hasher = blake3::Hasher::new();
    for (key, name, path) in files {
        let bytes = std::fs::read(&path)
            .map_err(|error| (key.to_owned(), format!("`{name}` cannot be read: {}", io_words(&error))))?;
        hasher.update(&(bytes.len() as u64).to_le_bytes()).update(&bytes);
    }
    Ok(format!("blake3:{}", hasher.finalize().to_hex()))
}
