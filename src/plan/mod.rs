//! From a checked experiment to an ordered list of trials.

pub mod identity;
pub mod trial;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostics, Problem};
use crate::experiment::document::Place;
use crate::experiment::{Experiment, ModelBlock, SplitBlock};
use crate::model::registry;
use crate::parameter::Values;
use crate::store::results::{DatasetFacts, SkippedCell};
use trial::Trial;

/// Everything that is to run, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What the data sets hold.
    pub datasets: Vec<DatasetFacts>,
    /// Cells left out, with their reasons.
    pub skipped: Vec<SkippedCell>,
    /// The trials.
    pub trials: Vec<Trial>,
}

impl Plan {
    /// Expands the grid: data sets, then pipelines, then models, then cells, then seeds.
    ///
    /// # Errors
    /// Too many trials, two that are the same, or values that do not fit together.
    pub fn make(experiment: &Experiment, datasets: Vec<DatasetFacts>) -> Result<Self, Diagnostics> {
        let mut problems = Vec::new();
        check_size(experiment, &datasets, &mut problems);
        if !problems.is_empty() {
            return Err(Diagnostics::new(experiment.sources.clone(), problems));
        }
        let mut plan = Plan { datasets, skipped: Vec::new(), trials: Vec::new() };
        let cells: Vec<Vec<Values>> = experiment.models.iter().map(|model| plan.cells(model, &mut problems)).collect();
        for (dataset, facts) in experiment.datasets.iter().zip(&plan.datasets) {
            for (split, pipeline) in experiment
                .splits
                .iter()
                .flat_map(|split| experiment.pipelines.iter().map(move |pipeline| (split, pipeline)))
            {
                let data = identity::data(experiment.task.kind, dataset, facts, split, pipeline);
                let folds = fold_numbers(facts, split);
                for (model, cells) in experiment.models.iter().zip(&cells) {
                    for params in cells {
                        let method = identity::method(model, params);
                        let runs =
                            experiment.seeds.iter().flat_map(|seed| folds.iter().map(move |fold| (*seed, *fold)));
                        plan.trials.extend(runs.map(|(seed, fold)| Trial {
                            id: identity::trial(&data, &method, seed, fold),
                            dataset: dataset.name.clone(),
                            pipeline: pipeline.name.clone(),
                            model: model.name.clone(),
                            kind: model.kind.clone(),
                            split: split.name.clone(),
                            fold,
                            seed,
                            params: params.clone(),
                            steps: pipeline.grid.clone(),
                        }));
                    }
                }
            }
        }
        check_distinct(experiment, &plan.trials, &mut problems);
        if problems.is_empty() { Ok(plan) } else { Err(Diagnostics::new(experiment.sources.clone(), problems)) }
    }

    /// The product of a model's grid with its fixed values, less what is skipped.
    fn cells(&mut self, model: &ModelBlock, problems: &mut Vec<Problem>) -> Vec<Values> {
        let mut cells = vec![model.fixed.clone()];
        for axis in &model.grid {
            cells = cells
                .iter()
                .flat_map(|cell| {
                    axis.values.iter().map(|(value, _)| {
                        let mut cell = cell.clone();
                        cell.insert(axis.name.clone(), value.clone());
                        cell
                    })
                })
                .collect();
        }
        let check = registry::find(&model.kind).map(|spec| spec.check);
        cells.retain(|cell| {
            let skip =
                model.skips.iter().find(|skip| skip.when.iter().all(|(name, value)| cell.get(name) == Some(value)));
            if let Some(skip) = skip {
                let cell = SkippedCell { model: model.name.clone(), params: cell.clone(), reason: skip.reason.clone() };
                self.skipped.push(cell);
                return false;
            }
            if let Some(Err((name, expected))) = check.map(|check| check(cell)) {
                let place = cell_place(model, &name, cell);
                let message = format!("`{name}` of model `{}`: {expected}", model.name);
                problems.push(Problem::error(&place, "wrong-value", message));
            }
            true
        });
        cells
    }
}

/// The folds of a split of a data set; one without a number where the split has no folds.
fn fold_numbers(facts: &DatasetFacts, split: &SplitBlock) -> Vec<Option<u32>> {
    match facts.folds.get(&split.name) {
        Some(&folds) => (0..folds).map(Some).collect(),
        None => vec![None],
    }
}

/// The caret for a parameter of a cell: its value in the grid, else the model.
fn cell_place(model: &ModelBlock, name: &str, cell: &Values) -> Place {
    let axis = model.grid.iter().find(|axis| axis.name == name);
    let value = axis.and_then(|axis| axis.values.iter().find(|(value, _)| cell.get(name) == Some(value)));
    let fixed = model.fixed_places.get(name).unwrap_or(&model.place);
    value.map_or(fixed, |(_, place)| place).clone()
}

fn check_size(experiment: &Experiment, datasets: &[DatasetFacts], problems: &mut Vec<Problem>) {
    let folds = |facts: &DatasetFacts, split| facts.folds.get(split).map_or(1, |folds| *folds as usize);
    let folds = datasets.iter().flat_map(|facts| experiment.splits.iter().map(move |split| folds(facts, &split.name)));
    let runs = folds
        .fold(0_usize, usize::saturating_add)
        .saturating_mul(experiment.pipelines.len())
        .saturating_mul(experiment.seeds.len());
    let cells = experiment
        .models
        .iter()
        .map(|model| model.grid.iter().fold(1_usize, |product, axis| product.saturating_mul(axis.values.len())));
    let trials = cells.fold(0_usize, usize::saturating_add).saturating_mul(runs);
    if trials > experiment.limits.grid {
        let place = experiment.models.first().map(|model| model.place.clone()).unwrap_or_default();
        let message = format!("the grid has {trials} trials, more than the limit of {}", experiment.limits.grid);
        let help = format!("if it is meant, write `grid = {trials}` under [limits]");
        problems.push(Problem::error(&place, "too-large", message).help(help));
    }
}

/// Two blocks that give one trial would be counted twice in a table.
fn check_distinct(experiment: &Experiment, trials: &[Trial], problems: &mut Vec<Problem>) {
    let mut seen: HashMap<&str, &Trial> = HashMap::with_capacity(trials.len());
    for trial in trials {
        let Some(earlier) = seen.insert(&trial.id, trial) else { continue };
        let (noun, name, other, place) = if earlier.dataset != trial.dataset {
            let place = experiment.datasets.iter().find(|b| b.name == trial.dataset).map(|b| &b.place);
            ("data set", &trial.dataset, &earlier.dataset, place)
        } else if earlier.pipeline != trial.pipeline {
            let place = experiment.pipelines.iter().find(|b| b.name == trial.pipeline).map(|b| &b.place);
            ("pipeline", &trial.pipeline, &earlier.pipeline, place)
        } else {
            let place = experiment.models.iter().find(|b| b.name == trial.model).map(|b| &b.place);
            ("model", &trial.model, &earlier.model, place)
        };
        let message = if name == other {
            format!("{noun} `{name}` gives one trial twice: a swept value is what another cell has by default")
        } else {
            format!("{noun} `{name}` gives the same trials as `{other}`")
        };
        problems.push(Problem::error(place.unwrap_or(&Place::default()), "duplicate", message));
    }
}
