//! `[[model]]`: fixed values, the grid, and cells to skip.

use crate::diagnostic::Problem;
use crate::experiment::blocks::{GridAxis, ModelBlock, Skip};
use crate::experiment::document::{Entry, NodeKind, Place, Table};
use crate::experiment::inputs::{kind, unique_names, values, wrong_value};
use crate::experiment::later::LaterModel;
use crate::experiment::reader::{Reader, unknown_key, wrong_type};
use crate::model::registry::MODELS;
use crate::model::{ModelSpec, TaskKind};
use crate::parameter::{ParameterSpec, Values};

/// Kinds that later versions add.
const LATER: &[&str] = &[
    "gaussian-mixture",
    "vae-kmeans",
    "vade",
    "att-vae",
    "spectralnet",
    "dcca",
    "dccae",
    "cca-kmeans",
    "zero-r",
    "one-r",
    "naive-bayes",
    "bayes-net",
    "j48",
    "jrip",
    "ibk",
    "ib1",
    "mlp",
    "rbf-network",
    "logistic",
    "apriori",
    "cnn",
    "lstm",
    "lstm-attention",
    "lstm-dense",
    "lstm-cnn",
    "njw",
    "adaptive-spectral",
    "self-tuning",
];

/// Reads every `[[model]]`.
///
/// Those of later versions come second.
pub fn models(
    reader: &mut Reader<'_>,
    task: TaskKind,
    problems: &mut Vec<Problem>,
) -> (Vec<ModelBlock>, Vec<LaterModel>) {
    let tables = reader.tables("model", problems);
    if tables.is_empty() && reader.entry("model").is_none() {
        reader.missing("model", "[[model]]\nkind = \"kmeans\"", problems);
    }
    let is_later = |table: &Table| match table.get("kind").map(|entry| &entry.node.kind) {
        Some(NodeKind::Text(kind)) => LATER.contains(&kind.as_str()),
        _ => false,
    };
    let later = tables.iter().filter(|(table, _)| is_later(table)).map(|(table, _)| LaterModel::of(table)).collect();
    let blocks: Vec<ModelBlock> =
        tables.into_iter().filter_map(|(table, place)| read_model(table, &place, task, problems)).collect();
    unique_names(blocks.iter().map(|b| (b.name.as_str(), &b.place)), "model", problems);
    (blocks, later)
}

fn read_model(table: &Table, place: &Place, task: TaskKind, problems: &mut Vec<Problem>) -> Option<ModelBlock> {
    let before = problems.len();
    let mut reader = Reader::new(table, "[[model]]", place);
    let kinds: Vec<_> = MODELS.iter().map(|spec| (spec.kind, *spec)).collect();
    let spec = kind(&mut reader, "model", &kinds, LATER, problems)?;
    if !spec.accepts.tasks.contains(&task)
        && let Some(entry) = reader.entry("kind")
    {
        let message = format!("model `{}` does not solve the task `{}`", spec.kind, task.word());
        problems.push(Problem::error(&entry.node.place, "model-task", message));
    }
    let name = reader.text("name", problems).unwrap_or_else(|| spec.kind.to_owned());
    let specs = (spec.parameters)();
    let what = format!("model `{}`", spec.kind);
    let (fixed, fixed_places) = values(&mut reader, &what, &specs, problems);
    let grid = match reader.table("grid", problems) {
        Some((table, _)) => {
            table.entries.iter().filter_map(|entry| grid_axis(entry, spec, &specs, &fixed, problems)).collect()
        }
        None => Vec::new(),
    };
    let skips = reader
        .tables("skip", problems)
        .into_iter()
        .filter_map(|(table, place)| read_skip(table, &place, &grid, problems))
        .collect();
    reader.later(&["zip", "only-if", "sample"], problems);
    reader.finish(problems);
    let block = ModelBlock {
        kind: spec.kind.to_owned(),
        name,
        fixed,
        fixed_places,
        grid,
        skips,
        code: None,
        place: place.clone(),
    };
    // What is wrong by itself need not be wrong together.
    if problems.len() == before {
        check_together(spec, &block, problems);
    }
    Some(block)
}

fn grid_axis(
    entry: &Entry,
    spec: &ModelSpec,
    specs: &[ParameterSpec],
    fixed: &Values,
    problems: &mut Vec<Problem>,
) -> Option<GridAxis> {
    let Some(parameter) = specs.iter().find(|p| p.name == entry.key) else {
        let names: Vec<&str> = specs.iter().map(|p| p.name.as_str()).collect();
        problems.push(unknown_key(entry, &format!("the grid of model `{}`", spec.kind), &names));
        return None;
    };
    if fixed.contains_key(&entry.key) {
        let message = format!("`{}` is both fixed and swept", entry.key);
        let help = "leave it either in the model's own table or in its grid";
        problems.push(Problem::error(&entry.key_place, "duplicate", message).help(help));
    }
    let NodeKind::List(items) = &entry.node.kind else {
        return wrong_type(&entry.node, &format!("`{}` in a grid", entry.key), "a list of values", problems);
    };
    if items.is_empty() {
        let message = format!("`{}` sweeps no value", entry.key);
        problems.push(Problem::error(&entry.node.place, "out-of-range", message));
    }
    let mut axis = GridAxis { name: entry.key.clone(), values: Vec::new() };
    for item in items {
        let Some(value) = item.to_value() else {
            wrong_type::<()>(item, &format!("`{}`", entry.key), parameter.type_name, problems);
            continue;
        };
        if let Some(problem) = wrong_value(parameter, &format!("model `{}`", spec.kind), &value, &item.place) {
            problems.push(problem);
        } else if axis.values.iter().any(|(earlier, _)| *earlier == value) {
            let message = format!("`{} = {value}` is in the grid twice", entry.key);
            problems.push(
                Problem::error(&item.place, "duplicate", message)
                    .help("numbers are compared by value: 1 and 1.0 are one"),
            );
        } else {
            axis.values.push((value, item.place.clone()));
        }
    }
    Some(axis)
}

fn read_skip(table: &Table, place: &Place, grid: &[GridAxis], problems: &mut Vec<Problem>) -> Option<Skip> {
    let mut reader = Reader::new(table, "[[model.skip]]", place);
    let reason = reader.required_text("reason", "reason = \"diverges in the paper\"", problems);
    let Some((when, when_place)) = reader.table("when", problems) else {
        if reader.entry("when").is_none() {
            reader.missing("when", "when = { batch-size = 2 }", problems);
        }
        reader.finish(problems);
        return None;
    };
    reader.finish(problems);
    let mut condition = Values::new();
    for entry in &when.entries {
        let Some(axis) = grid.iter().find(|axis| axis.name == entry.key) else {
            let names: Vec<&str> = grid.iter().map(|axis| axis.name.as_str()).collect();
            let what = "the condition of a skip, which can name swept parameters only";
            problems.push(unknown_key(entry, what, &names).follows());
            continue;
        };
        let Some(value) = entry.node.to_value() else { continue };
        if !axis.values.is_empty() && !axis.values.iter().any(|(known, _)| *known == value) {
            let message = format!("no cell has `{} = {value}`", entry.key);
            problems.push(Problem::error(&entry.node.place, "unknown-value", message));
        }
        condition.insert(entry.key.clone(), value);
    }
    if when.entries.is_empty() {
        problems.push(Problem::error(&when_place, "out-of-range", "an empty condition skips everything"));
    }
    Some(Skip { when: condition, reason: reason? })
}

/// Parameters that must fit together, checked for the fixed values with each value of each axis alone: a wrong
/// pair of swept values is found when the plan is made.
fn check_together(spec: &ModelSpec, block: &ModelBlock, problems: &mut Vec<Problem>) {
    if let Err((name, expected)) = (spec.check)(&block.fixed)
        && !block.grid.iter().any(|axis| axis.name == name)
    {
        let place = block.fixed_places.get(&name).unwrap_or(&block.place);
        problems.push(Problem::error(place, "wrong-value", format!("`{name}` of model `{}`: {expected}", spec.kind)));
    }
}
