//! `[[model]]`: fixed values, the grid, and cells to skip.

use std::path::PathBuf;

use crate::diagnostic::Problem;
use crate::experiment::blocks::ModelBlock;
use crate::experiment::document::{NodeKind, Place, Table};
use crate::experiment::grid::{Known, Sweep};
use crate::experiment::inputs::{kind, unique_names, values};
use crate::experiment::later::LaterModel;
use crate::experiment::reader::Reader;
use crate::model::registry::MODELS;
use crate::model::{ModelSpec, TaskKind};

/// Kinds that later versions add.
pub const LATER: &[&str] = &[
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
    let known = Known { spec, parameters: &specs, fixed: &fixed, table };
    let sweep = Sweep::read(&mut reader, &known, problems);
    reader.finish(problems);
    let block = ModelBlock {
        kind: spec.kind.to_owned(),
        name,
        fixed,
        fixed_places,
        sweep,
        base: PathBuf::new(),
        code: None,
        place: place.clone(),
    };
    // What is wrong by itself need not be wrong together.
    if problems.len() == before {
        check_together(spec, &block, problems);
    }
    Some(block)
}

/// Parameters that must fit together, checked for the fixed values with each value of each axis alone: a wrong
/// pair of swept values is found when the plan is made.
fn check_together(spec: &ModelSpec, block: &ModelBlock, problems: &mut Vec<Problem>) {
    if let Err((name, expected)) = (spec.check)(&block.fixed)
        && !block.sweep.names().any(|swept| *swept == name)
    {
        let place = block.fixed_places.get(&name).unwrap_or(&block.place);
        problems.push(Problem::error(place, "wrong-value", format!("`{name}` of model `{}`: {expected}", spec.kind)));
    }
}
