//! The checks that need the data: what each data set holds, and which models can take it.

use crate::dataset::{self, Dataset, DatasetError, Places, View};
use crate::diagnostic::{Diagnostics, Problem};
use crate::experiment::Experiment;
use crate::experiment::blocks::{DatasetBlock, ModelBlock};
use crate::model::registry;
use crate::parameter::Parameter;
use crate::store::results::DatasetFacts;

/// Reads every data set and says what it holds.
///
/// # Errors
/// Data that are missing or damaged, or that a metric or model cannot take.
pub fn check(experiment: &Experiment, places: &Places) -> Result<Vec<DatasetFacts>, Diagnostics> {
    let mut problems = Vec::new();
    let facts: Vec<DatasetFacts> = experiment
        .datasets
        .iter()
        .filter_map(|block| check_dataset(experiment, block, places, &mut problems))
        .collect();
    if problems.is_empty() { Ok(facts) } else { Err(Diagnostics::new(experiment.sources.clone(), problems)) }
}

/// Looks only whether the data sets can be read.
pub fn check_readable(blocks: &[DatasetBlock], places: &Places, problems: &mut Vec<Problem>) {
    for block in blocks {
        let Some(spec) = dataset::find(&block.kind) else { continue };
        // Without its file named, that is the mistake, and it has been said.
        if let Err(error) = (spec.load)(&block.values, places) {
            problems.push(problem(block, error));
        }
    }
}

fn check_dataset(
    experiment: &Experiment,
    block: &DatasetBlock,
    places: &Places,
    problems: &mut Vec<Problem>,
) -> Option<DatasetFacts> {
    let spec = dataset::find(&block.kind)?;
    let checksum = (spec.checksum)(&block.values, places);
    let loaded = checksum.and_then(|checksum| Ok((checksum, (spec.load)(&block.values, places)?)));
    let (checksum, data) = match loaded {
        Ok(found) => found,
        Err(error) => {
            problems.push(problem(block, error));
            return None;
        }
    };
    let before = problems.len();
    check_metrics(experiment, block, &data, problems);
    for model in &experiment.models {
        check_model(block, model, &data, problems);
    }
    (problems.len() == before).then(|| facts(block, &data, checksum))
}

fn problem(block: &DatasetBlock, error: DatasetError) -> Problem {
    let place = |key: &str| block.value_places.get(key).unwrap_or(&block.place).clone();
    match error {
        DatasetError::File { key, message } => Problem::error(&place(&key), "data-file", message),
        DatasetError::Parameter { key, message, suggestion } => {
            let mut problem = Problem::error(&place(&key), "data", message);
            problem.help = suggestion.as_ref().map(|name| format!("did you mean `{name}`?"));
            problem.suggestion = suggestion;
            problem
        }
    }
}

fn check_metrics(experiment: &Experiment, block: &DatasetBlock, data: &Dataset, problems: &mut Vec<Problem>) {
    let needing: Vec<&str> =
        experiment.task.metrics.iter().filter(|spec| spec.needs.truth()).map(|spec| spec.name).collect();
    if data.labels.is_none() && !needing.is_empty() {
        let message = format!("data set `{}` has no labels, which {} need", block.name, needing.join(", "));
        problems.push(Problem::error(&block.place, "data", message).help("name the `labels`, or take other metrics"));
    }
}

fn check_model(block: &DatasetBlock, model: &ModelBlock, data: &Dataset, problems: &mut Vec<Problem>) {
    let Some(spec) = registry::find(&model.kind) else { return };
    if !spec.accepts.missing {
        let missing = data.views.iter().map(View::missing).sum::<usize>();
        if missing > 0 {
            let message =
                format!("model `{}` takes no missing values, and data set `{}` has {missing}", model.name, block.name);
            problems.push(Problem::error(&model.place, "model-data", message));
        }
    }
    if spec.wants_clusters {
        check_clusters(block, model, data, problems);
    }
}

fn check_clusters(block: &DatasetBlock, model: &ModelBlock, data: &Dataset, problems: &mut Vec<Problem>) {
    let swept: Vec<_> =
        model.grid.iter().filter(|axis| axis.name == "clusters").flat_map(|axis| &axis.values).collect();
    let place = model.fixed_places.get("clusters").unwrap_or(&model.place);
    let given = model.fixed.get("clusters").map(|value| (value, place));
    let given: Vec<_> = given.into_iter().chain(swept.iter().map(|(value, place)| (value, place))).collect();
    if given.is_empty() && data.labels.is_none() {
        let message = format!(
            "model `{}` has no `clusters`, and data set `{}` has no labels to count classes by",
            model.name, block.name
        );
        problems.push(Problem::error(&model.place, "missing-key", message).help("add a line like `clusters = 3`"));
    }
    for (value, place) in given {
        let Ok(clusters) = usize::from_value(value) else { continue };
        if clusters > data.rows() {
            let message = format!("{clusters} clusters are more than the {} rows of `{}`", data.rows(), block.name);
            problems.push(Problem::error(place, "model-data", message));
        }
    }
}

fn facts(block: &DatasetBlock, data: &Dataset, checksum: Option<String>) -> DatasetFacts {
    let classes = data
        .labels
        .as_ref()
        .map_or_else(Vec::new, |labels| labels.classes.iter().cloned().zip(labels.counts()).collect());
    DatasetFacts {
        name: block.name.clone(),
        kind: block.kind.clone(),
        rows: data.rows(),
        columns: data.views.iter().map(|view| view.values.ncols()).sum(),
        classes,
        checksum,
    }
}
