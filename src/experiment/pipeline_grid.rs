//! `[pipeline.grid]`: parameters of steps that are swept.

use crate::diagnostic::Problem;
use crate::experiment::blocks::{PipelineBlock, StepBlock};
use crate::experiment::document::{Entry, Node, NodeKind, Place, Table};
use crate::experiment::inputs::wrong_value;
use crate::experiment::reader::{unknown_key, wrong_type};
use crate::parameter::quoted;
use crate::preprocess;
use crate::value::Value;

/// A swept parameter of a step.
pub struct Axis {
    /// `undersample.ratio`.
    name: String,
    /// The step, by its place in the pipeline.
    step: usize,
    parameter: String,
    values: Vec<Value>,
    /// Where its key stands.
    place: Place,
}

/// The axes of a grid, whose keys are `"undersample.ratio"` or, unquoted, the same as nested tables; `whole` where
/// `steps` are all that the pipeline states.
pub fn axes(grid: &Table, steps: &[StepBlock], whole: bool, problems: &mut Vec<Problem>) -> Vec<Axis> {
    let mut axes: Vec<Axis> = Vec::new();
    for entry in &grid.entries {
        match (&entry.node.kind, entry.key.split_once('.')) {
            (NodeKind::Table(inner), None) => {
                axes.extend(
                    inner.entries.iter().filter_map(|one| {
                        axis((&entry.key, &one.key), &one.key_place, &one.node, steps, whole, problems)
                    }),
                );
            }
            (_, Some((step, parameter))) => {
                axes.extend(axis((step, parameter), &entry.key_place, &entry.node, steps, whole, problems));
            }
            (_, None) => {
                let message = format!("`{}` names no parameter of a step", entry.key);
                let help = "write the step and its parameter, like `\"undersample.ratio\" = [1.0, 3.0]`";
                problems.push(Problem::error(&entry.key_place, "unknown-key", message).help(help));
            }
        }
    }
    for at in (1..axes.len()).rev() {
        let axis = &axes[at];
        if let Some(first) = axes[..at].iter().find(|first| first.name == axis.name) {
            let problem = Problem::error(&axis.place, "duplicate", format!("`{}` is swept twice", axis.name));
            problems.push(problem.also(&first.place, "the first time"));
            axes.remove(at);
        }
    }
    axes
}

fn axis(
    (step, parameter): (&str, &str),
    key: &Place,
    node: &Node,
    steps: &[StepBlock],
    whole: bool,
    problems: &mut Vec<Problem>,
) -> Option<Axis> {
    let name = format!("{step}.{parameter}");
    let kinds: Vec<&str> = steps.iter().map(|step| step.kind.as_str()).collect();
    let places: Vec<usize> = (0..kinds.len()).filter(|&place| kinds[place] == step).collect();
    let &[place] = places.as_slice() else {
        let message = match (places.as_slice(), kinds.as_slice()) {
            ([], []) => format!("the pipeline has no steps, and so no step `{step}`"),
            ([], _) => format!("the pipeline has no step `{step}`; expected one of {}", quoted(&kinds)),
            _ => format!("the pipeline has {} steps `{step}`: which one is swept?", places.len()),
        };
        // It may be a step that could not be read, which has been said.
        if whole {
            problems.push(Problem::error(key, "unknown-key", message).nearest(step, kinds));
        }
        return None;
    };
    let specs = preprocess::find(step).map_or_else(Vec::new, |spec| (spec.parameters)());
    let Some(spec) = specs.iter().find(|spec| spec.name == parameter) else {
        let names: Vec<&str> = specs.iter().map(|spec| spec.name.as_str()).collect();
        let entry = Entry { key: parameter.to_owned(), key_place: key.clone(), node: node.clone() };
        problems.push(unknown_key(&entry, &format!("the grid of step `{step}`"), &names));
        return None;
    };
    if steps[place].values.contains_key(parameter) {
        let message = format!("`{name}` is both fixed and swept");
        problems.push(Problem::error(key, "duplicate", message).help("leave it either in the step or in the grid"));
    }
    let NodeKind::List(items) = &node.kind else {
        return wrong_type(node, &format!("`{name}` in a grid"), "a list of values", problems);
    };
    if items.is_empty() {
        problems.push(Problem::error(&node.place, "out-of-range", format!("`{name}` sweeps no value")));
    }
    let mut values: Vec<Value> = Vec::new();
    for item in items {
        let Some(value) = item.to_value() else {
            wrong_type::<()>(item, &format!("`{name}`"), spec.type_name, problems);
            continue;
        };
        if let Some(problem) = wrong_value(spec, &format!("step `{step}`"), &value, &item.place) {
            problems.push(problem);
        } else if values.contains(&value) {
            let message = format!("`{name} = {value}` is in the grid twice");
            problems.push(Problem::error(&item.place, "duplicate", message));
        } else {
            values.push(value);
        }
    }
    Some(Axis { name, step: place, parameter: parameter.to_owned(), values, place: key.clone() })
}

/// A pipeline for each point of the grid, in the grid's order.
pub fn expand(pipeline: &PipelineBlock, axes: &[Axis]) -> Vec<PipelineBlock> {
    let mut points = vec![pipeline.clone()];
    for axis in axes {
        points = points
            .iter()
            .flat_map(|point| {
                axis.values.iter().map(|value| {
                    let mut point = point.clone();
                    point.steps[axis.step].values.insert(axis.parameter.clone(), value.clone());
                    point.grid.insert(axis.name.clone(), value.clone());
                    point
                })
            })
            .collect();
    }
    points
}
