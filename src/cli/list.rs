//! `gridbook list`.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::cli::{Failure, print, print_json};
use crate::experiment::FigureKind;
use crate::metric::MetricSpec;
use crate::model::registry::MODELS;
use crate::split::SPLITS;
use crate::stage::STAGES;
use crate::{dataset, metric, preprocess};

/// What can be listed.
const LISTS: [&str; 7] = ["models", "datasets", "steps", "splits", "metrics", "figures", "stages"];

/// Arguments of `list`.
#[derive(clap::Args)]
pub struct Arguments {
    /// What to list; left out, the names of everything
    #[arg(value_parser = LISTS.to_vec())]
    kind: Option<String>,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

/// What can be named in an experiment file.
struct Entry {
    kind: &'static str,
    about: &'static str,
    /// Where it is a metric.
    metric: Option<&'static MetricSpec>,
    /// Where it is a made-up set: what it stands in for.
    stands_in_for: Option<&'static str>,
}

impl Entry {
    fn to_json(&self) -> Json {
        let mut entry = json!({ "kind": self.kind, "about": self.about });
        if let Some(spec) = self.metric {
            entry["tasks"] = json!(spec.tasks);
        }
        if let Some(original) = self.stands_in_for {
            entry["stands_in_for"] = json!(original);
        }
        entry
    }

    /// The cells of its line.
    fn cells(&self) -> Vec<String> {
        let tasks = self.metric.map(MetricSpec::task_words);
        let note = if self.stands_in_for.is_some() { " (stand-in)" } else { "" };
        [Some(self.kind.to_owned()), tasks, Some(format!("{}{note}", self.about))].into_iter().flatten().collect()
    }
}

/// Lists kinds with a sentence each.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let Some(kind) = &arguments.kind else { return everything(arguments.json) };
    let entries = entries(kind);
    if arguments.json {
        return print_json(&entries.iter().map(Entry::to_json).collect::<Vec<_>>()).map(|()| 0);
    }
    let rows: Vec<Vec<String>> = entries.iter().map(Entry::cells).collect();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(String::len).max().unwrap_or(0);
    let line = |row: &Vec<String>| {
        let (about, columns) = row.split_last().map_or(("", &[][..]), |(about, columns)| (about.as_str(), columns));
        let padded = columns.iter().enumerate().map(|(i, cell)| format!("{cell:0$}  ", width(i)));
        padded.collect::<String>() + about + "\n"
    };
    print(&rows.iter().map(line).collect::<String>()).map(|()| 0)
}

/// One line a list, with the names alone.
fn everything(json: bool) -> Result<u8, Failure> {
    if json {
        let list = |list: &str| entries(list).iter().map(Entry::to_json).collect::<Vec<_>>();
        return print_json(&LISTS.iter().map(|name| (*name, list(name))).collect::<BTreeMap<_, _>>()).map(|()| 0);
    }
    let mut text = String::new();
    for list in LISTS.iter().filter(|list| !kinds(list).is_empty()) {
        let names: Vec<&str> = kinds(list).into_iter().map(|(name, _)| name).collect();
        text.push_str(&format!("{list:8}  {}\n", names.join(" ")));
    }
    text.push_str("\n`gridbook list models` says what each is, `gridbook describe NAME` what can be written.\n");
    print(&text).map(|()| 0)
}

fn entries(list: &str) -> Vec<Entry> {
    if list == "metrics" {
        let entry = |spec: &&'static MetricSpec| Entry {
            kind: spec.name,
            about: spec.about,
            metric: Some(spec),
            stands_in_for: None,
        };
        return metric::METRICS.iter().map(entry).collect();
    }
    let original = |kind| dataset::find(kind).filter(|_| list == "datasets").and_then(|spec| spec.stands_in_for);
    kinds(list)
        .into_iter()
        .map(|(kind, about)| Entry { kind, about, metric: None, stands_in_for: original(kind) })
        .collect()
}

fn kinds(list: &str) -> Vec<(&'static str, &'static str)> {
    match list {
        "models" => MODELS.iter().map(|spec| (spec.kind, spec.about)).collect(),
        "datasets" => dataset::DATASETS.iter().map(|spec| (spec.kind, spec.about)).collect(),
        "steps" => preprocess::STEPS.iter().map(|spec| (spec.kind, spec.about)).collect(),
        "splits" => SPLITS.iter().map(|spec| (spec.kind, spec.about)).collect(),
        "metrics" => metric::METRICS.iter().map(|spec| (spec.name, spec.about)).collect(),
        "figures" => FigureKind::ALL.iter().map(|(word, _, about)| (*word, *about)).collect(),
        "stages" => STAGES.iter().map(|spec| (spec.kind, spec.about)).collect(),
        _ => Vec::new(),
    }
}
