//! `gridbook predict`: one model fitted on given rows of one file, what it says of others, and the model itself.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::json;

use crate::cli::import_weka::{import, keys, wrong};
use crate::cli::run::assignment;
use crate::cli::study::{Study, settings};
use crate::cli::{Failure, print};
use crate::diagnostic::io_words;
use crate::model::{ModelSpec, TaskKind, registry};
use crate::run::single;
use crate::split::Choice;
use crate::store::artifact;
use crate::store::outcome::{ResultBlock, Status};
use crate::value::Value;

/// Arguments of `predict`.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("which").required(true).args(["model", "weka"]))]
pub struct Arguments {
    /// A file with one `[model]` table as in an experiment file, and `[pipeline]` steps where there are some
    #[arg(long, value_name = "FRAGMENT.toml")]
    model: Option<PathBuf>,
    /// A Weka scheme with its options as one text, like "weka.classifiers.trees.J48 -C 0.25 -M 2"
    #[arg(long, value_name = "SCHEME OPTIONS")]
    weka: Option<String>,
    /// The data: ARFF, CSV or JSON lines, plain or gzip
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// The column that holds the classes; clusterers leave it aside
    #[arg(long, value_name = "NAME")]
    class: Option<String>,
    /// A column that is no feature
    #[arg(long, value_name = "NAME")]
    drop: Vec<String>,
    /// Row numbers from 0, `{"train": [...], "test": [...]}`
    #[arg(long, value_name = "SPLIT.json")]
    split: PathBuf,
    /// Where predictions go: `row,actual,predicted,p0,p1,...`, `row,cluster` or `row,outlier,score`
    #[arg(short, long, value_name = "OUT.csv")]
    output: PathBuf,
    /// Seed of the model
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Print the fitted model as text
    #[arg(long)]
    print: bool,
    /// Print the fitted model as JSON
    #[arg(long)]
    print_json: bool,
}

/// Fits, judges, writes.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let settings = settings()?;
    let work = WorkFolder::new()?;
    let (extends, block) = model(arguments)?;
    let rows = rows(&arguments.split)?;
    let spec = spec(arguments, &block)?;
    let task = task(spec, arguments.class.is_some());
    if task == TaskKind::Classification && spec.is_some() && arguments.class.is_none() {
        return Err(wrong("a classifier needs classes: name their column with `--class NAME`".to_owned()));
    }
    let path = work.0.join("predict.toml");
    let text = experiment(arguments, task, extends.as_deref(), &block)?;
    fs::write(&path, &text).map_err(|error| cannot("write", &path, &error))?;
    // That a block stands alone is the very habit of this file.
    let study = Study::of_file(&path, &settings).map_err(|failure| match failure {
        Failure::Wrong(diagnostics) => Failure::Wrong(diagnostics.without("single-block")),
        other => other,
    })?;
    let trial = match study.plan.trials.as_slice() {
        [trial] => trial,
        trials => {
            let message = format!("there are {} models to fit: name one, without a grid", trials.len());
            return Err(wrong(message));
        }
    };
    let mut asked = assignment(trial, &study, &work.0);
    if let Some(rows) = clustered(task, &rows) {
        let path = work.0.join("rows.json");
        fs::write(&path, rows.to_string()).map_err(|error| cannot("write", &path, &error))?;
        let values =
            [("path".to_owned(), Value::Text(shown(&path)?)), ("resubstitution".to_owned(), Value::Bool(true))].into();
        asked.data.split = Choice { kind: "rows".to_owned(), values, validation: None };
    }
    let result = single::run(asked).map_err(Failure::machine)?;
    conclude(arguments, &result, &artifact::folder(&work.0, &trial.id))
}

/// The file that states the model, or the block that a Weka command means.
fn model(arguments: &Arguments) -> Result<(Option<String>, String), Failure> {
    if let Some(command) = &arguments.weka {
        return Ok((None, keys(&import(command).map_err(wrong)?)));
    }
    let path = arguments.model.as_deref().unwrap_or(Path::new(""));
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if let Err(error) = fs::metadata(&path) {
        return Err(cannot("read", &path, &error));
    }
    Ok((Some(shown(&path)?), String::new()))
}

/// The kind of the model; none where the file has mistakes, which are said with their places later.
fn spec(arguments: &Arguments, block: &str) -> Result<Option<&'static ModelSpec>, Failure> {
    /// As much of the file as is needed to know the task.
    #[derive(Deserialize)]
    struct Fragment {
        model: Option<toml::Value>,
    }
    let kind = |model: &toml::Value| {
        let table = model.as_array().and_then(|list| list.first()).unwrap_or(model);
        table.get("kind").and_then(toml::Value::as_str).and_then(registry::find)
    };
    let text = match &arguments.model {
        Some(path) => fs::read_to_string(path).map_err(|error| cannot("read", path, &error))?,
        None => format!("[model]\n{block}"),
    };
    let fragment = toml::from_str::<Fragment>(&text).ok();
    Ok(fragment.and_then(|fragment| fragment.model).as_ref().and_then(kind))
}

/// What the model does: classification where it can and there are classes, else its first task.
fn task(spec: Option<&ModelSpec>, classes: bool) -> TaskKind {
    let Some(spec) = spec else { return TaskKind::Classification };
    let tasks = spec.accepts.tasks;
    let classifies = classes && tasks.contains(&TaskKind::Classification);
    if classifies { TaskKind::Classification } else { tasks.first().copied().unwrap_or(TaskKind::Classification) }
}

#[derive(Deserialize)]
struct Rows {
    train: Vec<usize>,
    test: Vec<usize>,
}

fn rows(path: &Path) -> Result<Rows, Failure> {
    let text = fs::read_to_string(path).map_err(|error| cannot("read", path, &error))?;
    serde_json::from_str(&text).map_err(|error| {
        let message = format!(r#"`{}`: expected {{"train": [...], "test": [...]}}: {error}"#, path.display());
        Failure::machine(message)
    })
}

/// Where a model groups the rows that it is given: those that are learned from, which are judged too.
fn clustered(task: TaskKind, rows: &Rows) -> Option<serde_json::Value> {
    let groups = matches!(task, TaskKind::Clustering | TaskKind::Rules);
    if groups && rows.train != rows.test {
        eprintln!("a model that finds groups speaks of the rows that it is given: these are the training rows");
    }
    groups.then(|| json!({ "train": rows.train, "test": rows.train }))
}

/// The experiment of one trial.
fn experiment(arguments: &Arguments, task: TaskKind, extends: Option<&str>, block: &str) -> Result<String, Failure> {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let mut text = String::from("name = \"predict\"\n");
    if let Some(path) = extends {
        text.push_str(&format!("extends = {}\n", quoted(path)));
    }
    let labels = quoted(arguments.class.as_deref().unwrap_or_default());
    let drop: Vec<String> = arguments.drop.iter().map(|name| quoted(name)).collect();
    text.push_str(&format!("\n[repeat]\nseeds = [{}]\n\n[task]\nkind = \"{}\"\n", arguments.seed, task.word()));
    text.push_str(&format!("\n[[dataset]]\nkind = \"{}\"\nname = \"data\"\n", format_of(&arguments.data)?));
    text.push_str(&format!("path = {}\nlabels = {labels}\n", quoted(&absolute(&arguments.data)?)));
    if !drop.is_empty() {
        text.push_str(&format!("drop = [{}]\n", drop.join(", ")));
    }
    if !matches!(task, TaskKind::Clustering | TaskKind::Rules) {
        let path = quoted(&absolute(&arguments.split)?);
        text.push_str(&format!("\n[[split]]\nkind = \"rows\"\npath = {path}\nresubstitution = true\n"));
    }
    if !block.is_empty() {
        text.push_str(&format!("\n[[model]]\n{block}"));
    }
    Ok(text)
}

/// The kind of data set that a file name means.
fn format_of(path: &Path) -> Result<&'static str, Failure> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    match name.rsplit('.').next() {
        Some("arff") => Ok("arff"),
        Some("csv" | "tsv") => Ok("csv"),
        Some("jsonl") => Ok("jsonl"),
        _ => Err(wrong(format!(
            "`{}`: expected a file ending in .arff, .csv or .jsonl, or one of these with .gz",
            path.display()
        ))),
    }
}

/// Writes the predictions and prints the model.
fn conclude(arguments: &Arguments, result: &ResultBlock, folder: &Path) -> Result<u8, Failure> {
    if result.status != Status::Finished {
        let reason = result.reason.as_deref().unwrap_or("no reason is known");
        let what = if result.status == Status::NotApplicable { "not applicable" } else { "it failed" };
        return Err(Failure::Message(1, format!("{what}: {reason}")));
    }
    let predictions = folder.join(artifact::PREDICTIONS);
    fs::copy(&predictions, &arguments.output).map_err(|error| cannot("write", &arguments.output, &error))?;
    result.notes.iter().for_each(|note| eprintln!("{note}"));
    for (wanted, file) in [(arguments.print, artifact::MODEL_TEXT), (arguments.print_json, artifact::MODEL_JSON)] {
        if !wanted {
            continue;
        }
        match fs::read_to_string(folder.join(file)) {
            Ok(text) => print(&format!("{}\n", text.trim_end_matches('\n')))?,
            Err(_) => eprintln!("this kind of model has nothing to print"),
        }
    }
    Ok(0)
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::machine(format!("cannot {what} `{}`: {}", path.display(), io_words(error)))
}

fn absolute(path: &Path) -> Result<String, Failure> {
    shown(&std::path::absolute(path).unwrap_or_else(|_| path.to_owned()))
}

fn shown(path: &Path) -> Result<String, Failure> {
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| Failure::machine(format!("the path `{}` is not UTF-8; use one that is", path.display())))
}

/// A folder of this process alone, gone with it.
struct WorkFolder(PathBuf);

impl WorkFolder {
    fn new() -> Result<Self, Failure> {
        let path = std::env::temp_dir().join(format!("gridbook-predict-{}", std::process::id()));
        fs::create_dir(&path).map_err(|error| cannot("make", &path, &error))?;
        Ok(WorkFolder(path))
    }
}

impl Drop for WorkFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
