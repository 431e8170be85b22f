//! `[[dataset]]` and `[[pipeline]]`: what is fed to the models.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::dataset;
use crate::diagnostic::Problem;
use crate::experiment::blocks::{DatasetBlock, PipelineBlock, StepBlock};
use crate::experiment::document::{Node, NodeKind, Place, Table};
use crate::experiment::reader::{Reader, wrong_type};
use crate::parameter::{ParameterSpec, Values, quoted};
use crate::preprocess;

/// A duration: seconds as a number, or `"10m"`.
pub fn duration(node: &Node, problems: &mut Vec<Problem>) -> Option<Duration> {
    let found = match &node.kind {
        NodeKind::Text(text) => humantime::parse_duration(text).ok(),
        _ => node.to_value().and_then(|v| v.as_number()).and_then(|s| Duration::try_from_secs_f64(s).ok()),
    };
    let found = found.filter(|duration| !duration.is_zero());
    if found.is_none() {
        let message = "not a time: expected seconds as a number, or a text like \"90s\", \"10m\", \"2h\"";
        problems.push(Problem::error(&node.place, "wrong-type", message));
    }
    found
}

/// `kind` of a block, looked up among `kinds`; none with a mistake where it is missing or unknown.
pub fn kind<T: Copy>(
    reader: &mut Reader<'_>,
    noun: &str,
    kinds: &[(&str, T)],
    later: &[&str],
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let words: Vec<&str> = kinds.iter().map(|(word, _)| *word).collect();
    let word = reader.required_text("kind", &format!("kind = \"{}\"", words.first().unwrap_or(&"")), problems)?;
    let found = kinds.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
    if found.is_none()
        && let Some(entry) = reader.entry("kind")
    {
        let mut sorted = words;
        sorted.sort_unstable();
        let problem = if later.contains(&word.as_str()) {
            let message = format!("{noun} `{word}` is not in this version of gridbook");
            Problem::error(&entry.node.place, "not-in-this-version", message)
        } else {
            let message = format!("unknown {noun} `{word}`; expected one of {}", quoted(&sorted));
            Problem::error(&entry.node.place, "unknown-kind", message).nearest(&word, sorted)
        };
        problems.push(problem);
    }
    found
}

/// Every entry not yet asked for, as a value of one of `specs`.
pub fn values(
    reader: &mut Reader<'_>,
    what: &str,
    specs: &[ParameterSpec],
    problems: &mut Vec<Problem>,
) -> (Values, BTreeMap<String, Place>) {
    let (mut values, mut places) = (Values::new(), BTreeMap::new());
    for spec in specs {
        let Some(entry) = reader.entry(&spec.name) else { continue };
        let Some(value) = entry.node.to_value() else {
            wrong_type::<()>(&entry.node, &format!("`{}`", spec.name), spec.type_name, problems);
            continue;
        };
        if let Err(expected) = spec.check(&value) {
            let message = format!("`{}` of {what}: {expected}", spec.name);
            problems.push(Problem::error(&entry.node.place, "wrong-value", message));
            continue;
        }
        places.insert(spec.name.clone(), entry.node.place.clone());
        values.insert(spec.name.clone(), value);
    }
    (values, places)
}

/// Reads every `[[dataset]]`.
pub fn datasets(reader: &mut Reader<'_>, problems: &mut Vec<Problem>) -> Vec<DatasetBlock> {
    let tables = reader.tables("dataset", problems);
    if tables.is_empty() && reader.entry("dataset").is_none() {
        reader.missing("dataset", "[[dataset]]\nkind = \"digits\"", problems);
    }
    let blocks: Vec<DatasetBlock> =
        tables.into_iter().filter_map(|(table, place)| read_dataset(table, &place, problems)).collect();
    unique_names(blocks.iter().map(|b| (b.name.as_str(), &b.place)), "data set", problems);
    blocks
}

fn read_dataset(table: &Table, place: &Place, problems: &mut Vec<Problem>) -> Option<DatasetBlock> {
    const LATER: &[&str] = &[
        "arff",
        "jsonl",
        "text",
        "rings",
        "parabolas",
        "irregular",
        "awa-like",
        "cub50-like",
        "flowers50-like",
        "distress-panel",
    ];
    let mut reader = Reader::new(table, "[[dataset]]", place);
    let kinds: Vec<_> = dataset::DATASETS.iter().map(|spec| (spec.kind, *spec)).collect();
    let spec = kind(&mut reader, "data set", &kinds, LATER, problems)?;
    let name = reader.text("name", problems).unwrap_or_else(|| spec.kind.to_owned());
    let (values, value_places) =
        values(&mut reader, &format!("data set `{}`", spec.kind), &(spec.parameters)(), problems);
    reader.later(&["take", "checksum"], problems);
    reader.finish(problems);
    Some(DatasetBlock { kind: spec.kind.to_owned(), name, values, value_places, place: place.clone() })
}

/// Reads every `[[pipeline]]`; without any, the one without steps.
pub fn pipelines(reader: &mut Reader<'_>, problems: &mut Vec<Problem>) -> Vec<PipelineBlock> {
    let tables = reader.tables("pipeline", problems);
    if tables.is_empty() {
        return vec![PipelineBlock { name: "none".to_owned(), steps: Vec::new(), place: Place::default() }];
    }
    let blocks: Vec<PipelineBlock> = tables
        .into_iter()
        .map(|(table, place)| {
            let mut block = Reader::new(table, "[[pipeline]]", &place);
            let name = block.text("name", problems);
            let steps: Vec<StepBlock> = block
                .tables("steps", problems)
                .into_iter()
                .filter_map(|(table, place)| read_step(table, &place, problems))
                .collect();
            block.finish(problems);
            let name = name.unwrap_or_else(|| steps_name(&steps));
            PipelineBlock { name, steps, place }
        })
        .collect();
    unique_names(blocks.iter().map(|b| (b.name.as_str(), &b.place)), "pipeline", problems);
    blocks
}

fn steps_name(steps: &[StepBlock]) -> String {
    if steps.is_empty() {
        return "none".to_owned();
    }
    steps.iter().map(|step| step.kind.as_str()).collect::<Vec<_>>().join(" + ")
}

fn read_step(table: &Table, place: &Place, problems: &mut Vec<Problem>) -> Option<StepBlock> {
    const LATER: &[&str] = &["replace-missing", "undersample", "discretize", "cfs"];
    let mut reader = Reader::new(table, "a step", place);
    let kinds: Vec<_> = preprocess::STEPS.iter().map(|spec| (spec.kind, *spec)).collect();
    let spec = kind(&mut reader, "step", &kinds, LATER, problems)?;
    let (values, _) = values(&mut reader, &format!("step `{}`", spec.kind), &(spec.parameters)(), problems);
    reader.finish(problems);
    Some(StepBlock { kind: spec.kind.to_owned(), values })
}

/// Labels name axes' values: each may stand once.
pub fn unique_names<'b>(
    blocks: impl IntoIterator<Item = (&'b str, &'b Place)>,
    noun: &str,
    problems: &mut Vec<Problem>,
) {
    let mut seen = Vec::new();
    for (name, place) in blocks {
        if name.is_empty() || name.chars().any(char::is_control) {
            let message = format!("a {noun} cannot be called {name:?}: a name is one line of text");
            problems.push(Problem::error(place, "wrong-value", message));
        }
        if seen.contains(&name) {
            let message = format!("a second {noun} is called `{name}`");
            problems.push(Problem::error(place, "duplicate", message).help("give it a `name` of its own"));
        }
        seen.push(name);
    }
}
