//! `gridbook list`.

use serde_json::json;

use crate::cli::{Failure, print, print_json};
use crate::experiment::FigureKind;
use crate::model::registry::MODELS;
use crate::split::SPLITS;
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
        let list: Vec<_> = kinds.iter().map(|(kind, about)| json!({ "kind": kind, "about": about })).collect();
        return print_json(&list).map(|()| 0);
    }
    let width = kinds.iter().map(|(kind, _)| kind.len()).max().unwrap_or(0);
    let lines: Vec<String> = kinds.iter().map(|(kind, about)| format!("{kind:width$}  {about}\n")).collect();
    print(&lines.concat()).map(|()| 0)
}

fn kinds(list: &str) -> Vec<(&'static str, &'static str)> {
    match list {
        "models" => MODELS.iter().map(|spec| (spec.kind, spec.about)).collect(),
        "datasets" => dataset::DATASETS.iter().map(|spec| (spec.kind, spec.about)).collect(),
        "steps" => preprocess::STEPS.iter().map(|spec| (spec.kind, spec.about)).collect(),
        "splits" => SPLITS.iter().map(|spec| (spec.kind, spec.about)).collect(),
        "metrics" => metric::METRICS.iter().map(|spec| (spec.name, spec.about)).collect(),
        "figures" => FigureKind::ALL.iter().map(|(word, _, about)| (*word, *about)).collect(),
        _ => Vec::new(),
    }
}
