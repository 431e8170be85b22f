//! One trial: data, steps, fit, scores, artifacts. Whatever goes wrong becomes an outcome.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::clock::Stopwatch;
use crate::dataset::Dataset;
use crate::diagnostic::io_words;
use crate::model::command::Command;
use crate::model::{Fit, FitData, FitError, Model, Predictions, Printed, Progress, TaskKind, TrialContext};
use crate::run::prepare::{Memory, Prepared};
use crate::run::protocol::Assignment;
use crate::run::scoring::{self, Scorer, Trouble};
use crate::run::worker::command;
use crate::run::worker::plain::plain;
use crate::stage::{Cache, Used};
use crate::store::artifact;
use crate::store::outcome::{ResultBlock, Status};

/// A trial's result and how long its fit took.
pub struct Fitted {
    /// The block.
    pub result: ResultBlock,
    /// Its times.
    pub times: Times,
}

/// What was measured of a fit.
#[derive(Clone, Debug, Default)]
pub struct Times {
    /// Wall seconds of the fit, with those of its stages; 0 where there was none.
    pub fit: f64,
    /// Wall seconds of judging the test rows.
    pub predict: f64,
    /// The most memory that a program of the user's own held, MiB.
    pub program_mib: f64,
    /// What it had of stages.
    pub stages: Used,
}

/// Runs a trial.
///
/// # Errors
/// The machine or a file is at fault, not the trial: nothing is to be recorded of it.
pub fn run(
    find: fn(&str) -> Option<Fit>,
    assignment: &Assignment,
    cache: Option<&Cache>,
    memory: &mut Memory,
    report: &mut dyn FnMut(Progress),
) -> Result<Fitted, String> {
    let mut times = Times::default();
    let result = match attempt(find, assignment, cache, memory, report, &mut times) {
        Ok(result) => result,
        Err(Trouble::Machine(reason)) => return Err(reason),
        Err(Trouble::Trial { status, stage, reason }) => {
            let mut result = ResultBlock::of(status);
            result.stage = Some(stage.to_owned());
            // It may repeat what a program said or a file holds.
            result.reason = Some(plain(&reason));
            result
        }
    };
    Ok(Fitted { result, times })
}

fn attempt(
    find: fn(&str) -> Option<Fit>,
    assignment: &Assignment,
    cache: Option<&Cache>,
    memory: &mut Memory,
    report: &mut dyn FnMut(Progress),
    times: &mut Times,
) -> Result<ResultBlock, Trouble> {
    let trial = &assignment.trial;
    let data = memory.get(&assignment.data)?;
    let mut context = TrialContext::new(trial.seed, data.test.classes(), report).with_cache(cache);
    context.fold = trial.fold;
    let inner = inner_scores(find, assignment, cache, &data)?;
    let Judged { predictions, validation, printed } = if trial.kind == Command::SPEC.kind {
        let predictions = command::run(assignment, &data, &mut context, times)?;
        Judged { predictions, validation: None, printed: None }
    } else {
        fitted(find, assignment, &data, &mut context, times)?
    };
    for (part, predictions) in [(Some(&data.test), Some(&predictions)), (data.validation.as_ref(), validation.as_ref())]
    {
        if let (Some(rows), Some(predictions)) = (part, predictions)
            && predictions.rows() != rows.rows()
        {
            let reason = format!("{} predictions for {} rows", predictions.rows(), rows.rows());
            return Err(Trouble::failed("score", reason));
        }
    }
    let mut result = ResultBlock::of(Status::Finished);
    let scorer = Scorer { metrics: &assignment.metrics, positive: assignment.positive.as_deref() };
    scorer.score(&data.test, &data.train, &predictions, &mut result);
    if let (Some(rows), Some(predictions)) = (&data.validation, &validation) {
        let mut kept_out = ResultBlock::of(Status::Finished);
        scorer.score(rows, &data.train, predictions, &mut kept_out);
        result.validation = kept_out.scores;
    }
    if let Some(scores) = inner {
        result.validation = scores;
    }
    scoring::model_scores(&assignment.metrics, &context.scores, &mut result);
    note_rows(assignment, &data, &mut context);
    keep(assignment, &data, &predictions, validation.as_ref(), &context, &mut result)?;
    keep_model(assignment, printed.as_ref(), &mut result)?;
    result.counts = context.counts;
    result.notes = context.notes;
    Ok(result)
}

/// The mean scores over the folds of an inner split that has several: each is learned from and judged by itself, with the
/// trial's own streams. None without such folds; a metric that one of them cannot say is left out.
fn inner_scores(
    find: fn(&str) -> Option<Fit>,
    assignment: &Assignment,
    cache: Option<&Cache>,
    data: &Prepared,
) -> Result<Option<BTreeMap<String, f64>>, Trouble> {
    // A program of one's own is asked for no scores but those of the test rows.
    if data.inner.is_empty() || assignment.trial.kind == Command::SPEC.kind {
        return Ok(None);
    }
    let scorer = Scorer { metrics: &assignment.metrics, positive: assignment.positive.as_deref() };
    let mut all: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for fold in &data.inner {
        // What is reported of the trial is the last fit, on all training rows.
        let mut silent = |_: Progress| {};
        let mut context = TrialContext::new(assignment.trial.seed, fold.test.classes(), &mut silent).with_cache(cache);
        context.fold = assignment.trial.fold;
        let Judged { predictions, .. } = fitted(find, assignment, fold, &mut context, &mut Times::default())?;
        let mut result = ResultBlock::of(Status::Finished);
        if predictions.rows() == fold.test.rows() {
            scorer.score(&fold.test, &fold.train, &predictions, &mut result);
        }
        for (metric, score) in result.scores {
            all.entry(metric).or_default().push(score);
        }
    }
    let whole = all.into_iter().filter(|(_, scores)| scores.len() == data.inner.len());
    Ok(Some(whole.map(|(metric, scores)| (metric, mean(&scores))).collect()))
}

#[expect(clippy::cast_precision_loss, reason = "folds are few")]
fn mean(scores: &[f64]) -> f64 {
    scores.iter().sum::<f64>() / scores.len() as f64
}

/// What a fitted model says.
struct Judged {
    /// Of the test rows.
    predictions: Predictions,
    /// Of those kept out, where there are some.
    validation: Option<Predictions>,
    /// Of itself.
    printed: Option<Printed>,
}

/// Fits one of gridbook's own models, and has it judge the test rows and those kept out.
fn fitted(
    find: fn(&str) -> Option<Fit>,
    assignment: &Assignment,
    data: &Prepared,
    context: &mut TrialContext,
    times: &mut Times,
) -> Result<Judged, Trouble> {
    let trial = &assignment.trial;
    let fit = find(&trial.kind)
        .ok_or_else(|| Trouble::failed("fit", format!("this worker has no model `{}`", trial.kind)))?;
    let given = FitData { task: assignment.data.task, train: &data.train, validation: data.validation.as_deref() };
    let watch = Stopwatch::start();
    let model = guarded("fit", || fit(&trial.params, &given, context));
    let stages = std::mem::take(&mut context.stages);
    times.fit = (watch.seconds() - stages.aside).max(0.0) + stages.recorded.wall;
    times.stages = stages;
    let model = model?;
    let watch = Stopwatch::start();
    let predictions = guarded("predict", || model.predict(&data.hidden));
    // A clusterer has judged its rows by fitting.
    times.predict = if assignment.data.task == TaskKind::Clustering { 0.0 } else { watch.seconds() };
    let kept_out = |rows: &Arc<Dataset>| {
        let hidden = Dataset { labels: None, ..(**rows).clone() };
        guarded("predict", || model.predict(&hidden))
    };
    Ok(Judged {
        predictions: predictions?,
        validation: data.validation.as_ref().map(kept_out).transpose()?,
        printed: guarded("predict", || Ok(model.printed()))?,
    })
}

/// Calls into a model; whatever goes wrong there is an outcome.
fn guarded<T>(stage: &'static str, call: impl FnOnce() -> Result<T, FitError>) -> Result<T, Trouble> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(FitError::NotApplicable(reason))) => {
            Err(Trouble::Trial { status: Status::NotApplicable, stage, reason })
        }
        Ok(Err(FitError::Failed(reason))) => Err(Trouble::failed(stage, reason)),
        Err(panic) => Err(Trouble::failed(stage, format!("the model panicked: {}", message(&*panic)))),
    }
}

/// What the reader should know of the rows.
fn note_rows(assignment: &Assignment, data: &Prepared, context: &mut TrialContext) {
    if !assignment.data.split.is_whole() || data.drawn {
        context.count("train_rows", data.rows.train.len());
        context.count("test_rows", data.rows.test.len());
    }
    if !data.rows.validation.is_empty() {
        context.count("validation_rows", data.rows.validation.len());
    }
    if !data.inner.is_empty() {
        context.count("inner_folds", data.inner.len());
    }
    data.rows.counts.iter().for_each(|(name, count)| context.count(name, *count));
    data.remarks.counts.iter().for_each(|(name, count)| context.count(name, *count));
    data.remarks.notes.iter().for_each(|note| context.note(note.as_str()));
}

/// Writes a file beside the trial's result, and its checksum into it.
fn keep_file(assignment: &Assignment, name: &str, text: &str, result: &mut ResultBlock) -> Result<(), Trouble> {
    let sum = artifact::write(&assignment.results, &assignment.trial.id, name, text.as_bytes())
        .map_err(|error| Trouble::Machine(format!("cannot write {name}: {}", io_words(&error))))?;
    result.artifacts.insert(name.to_owned(), sum);
    Ok(())
}

/// Writes the model, where it can be read.
fn keep_model(assignment: &Assignment, printed: Option<&Printed>, result: &mut ResultBlock) -> Result<(), Trouble> {
    let Some(printed) = printed else { return Ok(()) };
    keep_file(assignment, artifact::MODEL_TEXT, &printed.text, result)?;
    keep_file(assignment, artifact::MODEL_JSON, &printed.json.to_string(), result)
}

/// Writes the artifacts.
fn keep(
    assignment: &Assignment,
    data: &Prepared,
    predictions: &Predictions,
    validation: Option<&Predictions>,
    context: &TrialContext,
    result: &mut ResultBlock,
) -> Result<(), Trouble> {
    let mut keep = |name: &str, text: String| keep_file(assignment, name, &text, result);
    let codes = |rows: &Dataset| rows.labels.as_ref().map(|labels| labels.codes.clone());
    let text = artifact::predictions_csv(predictions, &data.rows.test, codes(&data.test).as_deref());
    keep(artifact::PREDICTIONS, text)?;
    if let (Some(rows), Some(predictions)) = (&data.validation, validation) {
        let text = artifact::predictions_csv(predictions, &data.rows.validation, codes(rows).as_deref());
        keep(artifact::VALIDATION, text)?;
    }
    if data.drawn {
        keep(artifact::TRAINING_ROWS, artifact::rows_csv(&data.rows.train))?;
    }
    if !context.curves.is_empty() {
        keep(artifact::CURVES, artifact::curves_csv(&context.curves))?;
    }
    Ok(())
}

/// The first line of what a panic says: C++ errors go on with pages of addresses.
fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    text.lines().next().unwrap_or_default().to_owned()
}
