//! From a checked experiment to an ordered list of trials.

pub mod cells;
pub mod forecast;
pub mod identity;
pub mod stages;
pub mod trial;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostics, Problem};
use crate::experiment::document::Place;
use crate::experiment::{Experiment, ModelBlock, SplitBlock};
use crate::model::registry;
use crate::parameter::Values;
use crate::store::results::{DatasetFacts, SkippedCell};
use cells::Space;
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
                        let method = identity::method(model, params, experiment.limits.threads);
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

    /// The cells of a model, each checked.
    fn cells(&mut self, model: &ModelBlock, problems: &mut Vec<Problem>) -> Vec<Values> {
        let cells = Space::new(model).cells();
        if let Some(sample) = &model.sweep.sample
            && cells.kept.len() < sample.count
        {
            let message = format!("the ranges of model `{}` have only {} cells", model.name, cells.kept.len());
            problems.push(Problem::error(&sample.place, "out-of-range", message));
        }
        if let Some(check) = registry::find(&model.kind).map(|spec| spec.check) {
            for cell in &cells.kept {
                if let Err((name, expected)) = check(cell) {
                    let place = cell_place(model, &name, cell);
                    let message = format!("`{name}` of model `{}`: {expected}", model.name);
                    problems.push(Problem::error(&place, "wrong-value", message));
                }
            }
        }
        self.skipped.extend(cells.skipped);
        cells.kept
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
    let axis = model.sweep.axes().find(|axis| axis.name == name);
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
    let mut cells = 0_usize;
    for model in &experiment.models {
        let space = Space::new(model);
        cells = cells.saturating_add(space.planned());
        if let (Some(sample), Some((message, help))) = (&model.sweep.sample, space.sample_trouble()) {
            problems.push(Problem::error(&sample.place, "out-of-range", message).help(help));
        }
    }
    let trials = cells.saturating_mul(runs);
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
        let (noun, name, other) = if earlier.dataset != trial.dataset {
            ("data set", &trial.dataset, &earlier.dataset)
        } else if earlier.split != trial.split {
            ("split", &trial.split, &earlier.split)
        } else if earlier.pipeline != trial.pipeline || earlier.steps != trial.steps {
            ("pipeline", &trial.pipeline, &earlier.pipeline)
        } else {
            ("model", &trial.model, &earlier.model)
        };
        let place = |name: &str| match noun {
            "data set" => experiment.datasets.iter().find(|b| b.name == name).map(|b| &b.place),
            "split" => experiment.splits.iter().find(|b| b.name == name).map(|b| &b.place),
            "pipeline" => experiment.pipelines.iter().find(|b| b.name == name).map(|b| &b.place),
            _ => experiment.models.iter().find(|b| b.name == name).map(|b| &b.place),
        };
        let message = if name == other {
            let (one, two) = differing(trial, earlier);
            format!("{noun} `{name}` gives one trial twice: `{two}` and `{one}` are the same cell")
        } else {
            format!("{noun} `{name}` gives the same trials as `{other}`")
        };
        let mut problem = Problem::error(place(name).unwrap_or(&Place::default()), "duplicate", message);
        if name != other
            && let Some(place) = place(other)
        {
            problem = problem.also(place, "the first one");
        } else {
            problem = problem.help("a swept value is what another cell has by default");
        }
        problems.push(problem);
    }
}

/// The parameters in which two cells of one block are written differently.
fn differing(one: &Trial, two: &Trial) -> (String, String) {
    let words = |trial: &Trial, other: &Trial| {
        let given = trial.parameters();
        let own: Vec<String> = given
            .filter(|(name, value)| other.parameter(name) != Some(value))
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        if own.is_empty() { "the defaults".to_owned() } else { own.join(", ") }
    };
    (words(one, two), words(two, one))
}
