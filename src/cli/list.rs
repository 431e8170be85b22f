//! `gridbook list`.

use serde_json::{Value as Json, json};

use crate::cli::{Failure, print, print_json};
use crate::experiment::FigureKind;
use crate::model::registry::MODELS;
use crate::{dataset, metric, preprocess};

/// Arguments of `list`.
#[derive(clap::Args)]
pub struct Arguments {
    /// What to list
    #[arg(value_parser = ["models", "datasets", "steps", "splits", "metrics", "figures", "stages"])]
    kind: String,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

/// Lists kinds with a sentence each.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let kinds = kinds(&arguments.kind);
    if arguments.json {
        let list: Vec<_> = kinds.iter().map(|(kind, about)| entry(&arguments.kind, kind, about)).collect();
        return print_json(&list).map(|()| 0);
    }
    let width = kinds.iter().map(|(kind, _)| kind.len()).max().unwrap_or(0);
    let note = |kind: &str| original(&arguments.kind, kind).map_or("", |_| " (stand-in)");
    let lines: Vec<String> =
        kinds.iter().map(|(kind, about)| format!("{kind:width$}  {about}{}\n", note(kind))).collect();
    print(&lines.concat()).map(|()| 0)
}

/// What a data set stands in for.
fn original(list: &str, kind: &str) -> Option<&'static str> {
    dataset::find(kind).filter(|_| list == "datasets")?.stands_in_for
}

fn entry(list: &str, kind: &str, about: &str) -> Json {
    let mut entry = json!({ "kind": kind, "about": about });
    if let Some(original) = original(list, kind) {
        entry["stands_in_for"] = json!(original);
    }
    entry
}

fn kinds(list: &str) -> Vec<(&'static str, &'static str)> {
    match list {
        "models" => MODELS.iter().map(|spec| (spec.kind, spec.about)).collect(),
        "datasets" => dataset::DATASETS.iter().map(|spec| (spec.kind, spec.about)).collect(),
        "steps" => preprocess::STEPS.iter().map(|spec| (spec.kind, spec.about)).collect(),
        "splits" => vec![("whole", "every row is used: the split of clustering")],
        "metrics" => metric::METRICS.iter().map(|spec| (spec.name, spec.about)).collect(),
        "figures" => FigureKind::ALL.iter().map(|(word, _, about)| (*word, *about)).collect(),
        _ => Vec::new(),
    }
}
