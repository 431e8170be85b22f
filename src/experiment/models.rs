//! `[[model]]`: fixed values, the grid, and cells to skip.

use std::path::PathBuf;

use crate::diagnostic::Problem;
use crate::experiment::blocks::{ModelBlock, PipelineBlock, StepBlock};
use crate::experiment::document::{Place, Table};
use crate::experiment::grid::{Known, Sweep};
use crate::experiment::inputs::{kind, unique_names, values};
use crate::experiment::reader::Reader;
use crate::experiment::unsure;
use crate::model::registry::{self, MODELS};
use crate::model::{ModelSpec, TaskKind};
use crate::preprocess;

/// Kinds that later versions add.
pub const LATER: &[&str] =
    &["cnn", "lstm", "lstm-attention", "lstm-dense", "lstm-cnn", "njw", "adaptive-spectral", "self-tuning"];

/// Reads every `[[model]]`. Axes that those with mistakes may have are added to `unsure`.
pub fn models(
    reader: &mut Reader<'_>,
    task: Option<TaskKind>,
    unsure: &mut Vec<String>,
    problems: &mut Vec<Problem>,
) -> Vec<ModelBlock> {
    let tables = reader.tables("model", problems);
    if tables.is_empty() && reader.entry("model").is_none() {
        reader.missing("model", "[[model]]\nkind = \"kmeans\"", problems);
    }
    let mut blocks: Vec<ModelBlock> = Vec::new();
    for (table, place) in tables {
        let before = problems.len();
        blocks.extend(read_model(table, &place, task, problems));
        if problems.len() > before {
            unsure.extend(unsure::model_axes(table));
        }
    }
    unique_names(blocks.iter().map(|b| (b.name.as_str(), &b.place)), "model", problems);
    blocks
}

fn read_model(table: &Table, place: &Place, task: Option<TaskKind>, problems: &mut Vec<Problem>) -> Option<ModelBlock> {
    let before = problems.len();
    let mut reader = Reader::new(table, "[[model]]", place);
    let kinds: Vec<_> = MODELS.iter().map(|spec| (spec.kind, *spec)).collect();
    let spec = kind(&mut reader, "model", &kinds, LATER, problems)?;
    if let Some(task) = task.filter(|task| !spec.accepts.tasks.contains(task))
        && let Some(entry) = reader.entry_or_near("kind")
    {
        let message = format!("model `{}` does not solve the task `{}`", spec.kind, task.word());
        problems.push(Problem::error(&entry.node.place, "model-task", message));
    }
    let specs = (spec.parameters)();
    let what = format!("model `{}`", spec.kind);
    let (fixed, fixed_places) = values(&mut reader, &what, &specs, problems);
    let name = reader.text_or_near("name", problems).unwrap_or_else(|| spec.kind.to_owned());
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

/// Models that would pass over the weights of rows that a step gives: every model meets every pipeline.
pub fn check_weights(pipelines: &[PipelineBlock], models: &[ModelBlock], problems: &mut Vec<Problem>) {
    let weighing =
        |step: &&StepBlock| preprocess::find(&step.kind).is_some_and(|spec| (spec.effect)(&step.values).weighs);
    let Some(step) = pipelines.iter().find_map(|pipeline| pipeline.steps.iter().find(weighing)) else { return };
    for model in models {
        if registry::find(&model.kind).is_some_and(|spec| !spec.accepts.weights) {
            let message =
                format!("model `{}` counts every row the same, and the step `{}` weighs them", model.name, step.kind);
            let help = "take a model that uses weights, or `undersample`; models and pipelines that do not go together are \
                        two experiments";
            problems.push(Problem::error(&model.place, "model-step", message).help(help));
        }
    }
}
