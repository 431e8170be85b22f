//! The checks that need the data: what each data set holds, and which models can take it.

use std::collections::BTreeMap;

use crate::dataset::{self, Dataset, DatasetError, Places, View};
use crate::diagnostic::{Diagnostics, Problem};
use crate::experiment::blocks::{DatasetBlock, ModelBlock, PipelineBlock, StepBlock};
use crate::experiment::{Experiment, files};
use crate::model::{Documents, TaskKind, registry};
use crate::parameter::{Parameter, quoted};
use crate::preprocess::{self, Effect, Nominal};
use crate::split::{self, Rows};
use crate::store::results::DatasetFacts;
use crate::store::rows::KnownRows;

/// Reads every data set and says what it holds; fills in the hashes of other files that decide results. What is worth
/// a word and no mistake joins the experiment's warnings.
///
/// # Errors
/// Data that are missing or damaged, or that a metric, split, step or model cannot take.
pub fn check(experiment: &mut Experiment, places: &Places) -> Result<Vec<DatasetFacts>, Diagnostics> {
    let (mut problems, mut warnings) = (Vec::new(), Vec::new());
    files::check(experiment, places, &mut problems);
    let (facts, rows): (Vec<DatasetFacts>, Vec<KnownRows>) = experiment
        .datasets
        .iter()
        .filter_map(|block| check_dataset(experiment, block, places, &mut problems, &mut warnings))
        .unzip();
    problems.append(&mut warnings);
    let found = Diagnostics::new(experiment.sources.clone(), problems);
    if found.has_errors() {
        return Err(found);
    }
    experiment.known_rows = rows;
    experiment.warnings = std::mem::take(&mut experiment.warnings).and(found);
    Ok(facts)
}

/// Looks only whether the data sets can be read; of a block that has mistakes itself, whether its file is there.
pub fn check_readable(blocks: &[DatasetBlock], places: &Places, problems: &mut Vec<Problem>) {
    for block in blocks {
        let readable = if block.flawed {
            dataset::find(&block.kind).map_or(Ok(()), |spec| (spec.checksum)(&block.values, places).map(drop))
        } else {
            open(block, places).map(drop)
        };
        match readable {
            // Without its file named, that is the mistake, and it has been said.
            Err(DatasetError::Parameter { .. }) if block.flawed => {}
            Err(error) => problems.push(problem(block, error)),
            Ok(()) => {}
        }
    }
}

/// A data set after `take`, with the checksum of its content.
fn open(block: &DatasetBlock, places: &Places) -> Result<(Option<String>, Dataset), DatasetError> {
    let spec = dataset::find(&block.kind).ok_or_else(|| DatasetError::Parameter {
        key: "kind".to_owned(),
        message: format!("no data set is called `{}`", block.kind),
        suggestion: None,
    })?;
    let checksum = (spec.checksum)(&block.values, places)?;
    if let (Some(wanted), Some(found)) = (&block.checksum, &checksum)
        && wanted != found
    {
        let message = format!("the data are not those that are meant: their checksum is `{found}`");
        return Err(DatasetError::File { key: "checksum".to_owned(), message });
    }
    if block.checksum.is_some() && checksum.is_none() {
        let message = "a made-up data set has no file, and so no checksum".to_owned();
        return Err(DatasetError::Parameter { key: "checksum".to_owned(), message, suggestion: None });
    }
    let data = (spec.load)(&block.values, places)?;
    Ok((checksum, dataset::take::apply(data, &block.take)?))
}

fn check_dataset(
    experiment: &Experiment,
    block: &DatasetBlock,
    places: &Places,
    problems: &mut Vec<Problem>,
    warnings: &mut Vec<Problem>,
) -> Option<(DatasetFacts, KnownRows)> {
    let (checksum, data) = match open(block, places) {
        Ok(found) => found,
        Err(error) => {
            problems.push(problem(block, error));
            return None;
        }
    };
    warnings.extend(rows_without_documents(block, &data));
    let before = problems.len();
    check_labels(experiment, block, &data, problems);
    // Without classes to learn, what a split makes of them is no further mistake.
    let learnable = data.labels.is_some() || !experiment.task.kind.is_supervised();
    let folds = if learnable { check_splits(experiment, block, &data, places, problems) } else { BTreeMap::new() };
    check_pipelines(experiment, block, &data, problems);
    for model in &experiment.models {
        check_model(experiment, block, model, &data, problems);
    }
    (problems.len() == before).then(|| (facts(block, &data, checksum, folds), KnownRows::of(&data)))
}

fn problem(block: &DatasetBlock, error: DatasetError) -> Problem {
    // An item of a list, `drop[year]`, or a key of a table, `documents.key`; else the parameter.
    let place = |key: &str| {
        let whole = key.split(['[', '.']).next().unwrap_or(key);
        let found = block.value_places.get(key).or_else(|| block.value_places.get(whole));
        found.unwrap_or(&block.place).clone()
    };
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

/// A warning where documents are joined and some rows have none.
fn rows_without_documents(block: &DatasetBlock, data: &Dataset) -> Option<Problem> {
    let place = block.value_places.get("documents")?;
    let texts = &data.documents.as_ref()?.texts;
    let first = texts.iter().position(String::is_empty)?;
    let (without, rows) = (texts.iter().filter(|text| text.is_empty()).count(), texts.len());
    let key = block.values.get("key").and_then(|key| String::from_value(key).ok());
    let keys = key.and_then(|key| data.aside.iter().find(|column| column.name == key));
    let first =
        keys.map_or_else(String::new, |keys| format!("; the first has the `{}` `{}`", keys.name, keys.cells[first]));
    let message =
        format!("data set `{}`: {without} of {rows} rows have no document, or an empty one{first}", block.name);
    Some(Problem::warning(place, "data", message))
}

fn check_labels(experiment: &Experiment, block: &DatasetBlock, data: &Dataset, problems: &mut Vec<Problem>) {
    let task = &experiment.task;
    let needing: Vec<&str> = task.metrics.iter().filter(|spec| spec.needs.truth()).map(|spec| spec.name).collect();
    match &data.labels {
        None if task.kind.is_supervised() => {
            let message = format!("data set `{}` has no labels to learn", block.name);
            problems.push(Problem::error(&block.place, "data", message).help("name the `labels`"));
        }
        None if !needing.is_empty() => {
            let message = format!("data set `{}` has no labels, which {} need", block.name, needing.join(", "));
            let help = "name the `labels`, or take other metrics";
            problems.push(Problem::error(&block.place, "data", message).help(help));
        }
        Some(labels) if task.kind == TaskKind::Outliers && labels.classes.len() > 2 => {
            let message = format!(
                "data set `{}` has {} classes; outliers are told from the rest by two",
                block.name,
                labels.classes.len()
            );
            problems.push(Problem::error(&block.place, "data", message));
        }
        _ => {}
    }
    if let (Some(labels), None, TaskKind::Classification) = (&data.labels, &task.positive, task.kind)
        && labels.classes.len() > 2
    {
        check_positive(experiment, block, labels.classes.len(), problems);
    }
    if let (Some((class, place)), Some(labels)) = (&task.positive, &data.labels)
        && !labels.classes.contains(class)
    {
        let message =
            format!("data set `{}` has no class `{class}`; expected one of {}", block.name, quoted(&labels.classes));
        let names = labels.classes.iter().map(String::as_str);
        problems.push(Problem::error(place, "unknown-value", message).nearest(class, names));
    }
}

/// Of more than two classes none is the positive one by itself.
fn check_positive(experiment: &Experiment, block: &DatasetBlock, classes: usize, problems: &mut Vec<Problem>) {
    for spec in experiment.task.metrics.iter().filter(|spec| spec.needs_positive()) {
        let place = experiment.task.metric_places.get(spec.name).unwrap_or(&block.place);
        let message = format!(
            "the metric `{}` is of a positive class, and data set `{}` has {classes} classes",
            spec.name, block.name
        );
        let help = "name the one that counts as `positive` under [task], or take a mean over classes, like `f1_macro`";
        problems.push(Problem::error(place, "metric-data", message).help(help));
    }
}

/// Draws every split once; how many folds those have that are numbered.
fn check_splits(
    experiment: &Experiment,
    block: &DatasetBlock,
    data: &Dataset,
    places: &Places,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, u32> {
    let mut folds = BTreeMap::new();
    for split in &experiment.splits {
        let seed = experiment.seeds.first().copied().unwrap_or(0);
        let rows = Rows { data, seed, places };
        match split.choice.draw(&rows).and_then(|drawn| split.choice.check(&rows).map(|()| drawn)) {
            Ok(drawn) => {
                if split::find(&split.choice.kind).is_some_and(|spec| spec.folded) {
                    folds.insert(split.name.clone(), u32::try_from(drawn.len()).unwrap_or(u32::MAX));
                }
            }
            Err(error) => {
                let place = split.value_places.get(error.key).unwrap_or(&split.place);
                let (code, message) = if error.file {
                    ("data-file", error.message)
                } else {
                    ("split", format!("split `{}` of data set `{}`: {}", split.name, block.name, error.message))
                };
                let mut problem = Problem::error(place, code, message);
                problem.help = error.suggestion.as_ref().map(|name| format!("did you mean `{name}`?"));
                problem.suggestion = error.suggestion;
                problems.push(problem);
            }
        }
    }
    folds
}

/// Steps that need numbers where there are words when they come.
fn check_pipelines(experiment: &Experiment, block: &DatasetBlock, data: &Dataset, problems: &mut Vec<Problem>) {
    for pipeline in &experiment.pipelines {
        for (at, step) in pipeline.steps.iter().enumerate() {
            let refuses = effect(step).is_some_and(|effect| effect.nominal == Nominal::Refuses);
            let words = nominal_after(&pipeline.steps[..at], data);
            if let (true, Some(words)) = (refuses, words) {
                let message =
                    format!("step `{}` takes numbers only, and data set `{}` has {words}", step.kind, block.name);
                problems.push(Problem::error(&step.place, "step-data", message));
                break;
            }
        }
    }
}

fn effect(step: &StepBlock) -> Option<Effect> {
    preprocess::find(&step.kind).map(|spec| (spec.effect)(&step.values))
}

/// The nominal columns that there are after these steps, in words; none where there are none.
fn nominal_after(steps: &[StepBlock], data: &Dataset) -> Option<String> {
    let own: usize = data.views.iter().map(View::nominal).sum();
    let numbers = data.views.iter().any(|view| view.nominal() < view.columns.len());
    let mut words = (own > 0).then(|| format!("{own} nominal columns"));
    for step in steps {
        match effect(step).map(|effect| effect.nominal) {
            Some(Nominal::Removes) => words = None,
            Some(Nominal::Makes) if numbers => words = Some(format!("nominal columns after `{}`", step.kind)),
            _ => {}
        }
    }
    words
}

fn check_model(
    experiment: &Experiment,
    block: &DatasetBlock,
    model: &ModelBlock,
    data: &Dataset,
    problems: &mut Vec<Problem>,
) {
    let Some(spec) = registry::find(&model.kind) else { return };
    let mut refuse = |message: String, help: &str| {
        problems.push(Problem::error(&model.place, "model-data", message).help(help));
    };
    let missing = data.views.iter().map(View::missing).sum::<usize>();
    let unfilled = experiment.pipelines.iter().find(|pipeline| !fills_missing(pipeline));
    if !spec.accepts.missing
        && missing > 0
        && let Some(pipeline) = unfilled
    {
        let through = if pipeline.steps.is_empty() { String::new() } else { format!(" after `{}`", pipeline.name) };
        let message = format!(
            "model `{}` takes no missing values, and data set `{}` has {missing}{through}",
            model.name, block.name
        );
        refuse(message, "fill them by a [[pipeline]] with the step `replace-missing`");
    }
    let words = experiment.pipelines.iter().find_map(|pipeline| nominal_after(&pipeline.steps, data));
    if let (false, Some(words)) = (spec.accepts.nominal, words) {
        let message = format!("model `{}` takes numbers only, and data set `{}` has {words}", model.name, block.name);
        refuse(message, "use the step `nominal-to-binary`, leave them out under `drop`, or take another model");
    }
    let message = match (spec.accepts.documents, data.views.is_empty(), data.documents.is_some()) {
        (Documents::Ignored, true, _) => Some("needs columns of numbers or words"),
        (Documents::Required, _, false) => Some("needs documents"),
        _ => None,
    };
    if let Some(what) = message {
        refuse(format!("model `{}` {what}, and data set `{}` has none", model.name, block.name), "take another model");
    }
    if spec.wants_clusters && experiment.task.kind == TaskKind::Clustering {
        check_clusters(block, model, data, problems);
    }
}

fn fills_missing(pipeline: &PipelineBlock) -> bool {
    pipeline.steps.iter().any(|step| effect(step).is_some_and(|effect| effect.fills_missing))
}

fn check_clusters(block: &DatasetBlock, model: &ModelBlock, data: &Dataset, problems: &mut Vec<Problem>) {
    let swept: Vec<_> =
        model.sweep.axes().filter(|axis| axis.name == "clusters").flat_map(|axis| &axis.values).collect();
    let place = model.fixed_places.get("clusters").unwrap_or(&model.place);
    let given = model.fixed.get("clusters").map(|value| (value, place));
    let given: Vec<_> = given.into_iter().chain(swept.iter().map(|(value, place)| (value, place))).collect();
    let drawn = model.sweep.random.iter().any(|axis| axis.name == "clusters");
    if given.is_empty() && !drawn && data.labels.is_none() {
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

fn facts(block: &DatasetBlock, data: &Dataset, checksum: Option<String>, folds: BTreeMap<String, u32>) -> DatasetFacts {
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
        folds,
    }
}
