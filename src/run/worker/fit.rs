//! One trial: data, steps, fit, scores, artifacts. Whatever goes wrong becomes an outcome.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::clock::Stopwatch;
use crate::dataset::{self, Dataset, Places};
use crate::metric::{self, MetricSpec, Needs, Score};
use crate::model::{Clustering, Fit, FitError, Progress, TrialContext};
use crate::preprocess;
use crate::run::protocol::{Assignment, Data};
use crate::store::artifact;
use crate::store::outcome::{ResultBlock, Status};

/// The last data set after its pipeline: trials of one data set come together.
#[derive(Default)]
pub struct Memory {
    last: Option<(Data, Dataset)>,
}

/// A trial's result and how long its fit took.
pub struct Fitted {
    /// The block.
    pub result: ResultBlock,
    /// Wall seconds of the fit; 0 where there was none.
    pub fit_seconds: f64,
}

/// Where and why a trial did not finish.
struct Trouble {
    status: Status,
    stage: &'static str,
    reason: String,
}

impl Trouble {
    fn failed(stage: &'static str, reason: impl Into<String>) -> Self {
        Trouble { status: Status::Failed, stage, reason: reason.into() }
    }
}

/// Runs a trial.
pub fn run(
    find: fn(&str) -> Option<Fit>,
    assignment: &Assignment,
    memory: &mut Memory,
    report: &mut dyn FnMut(Progress),
) -> Fitted {
    let mut fit_seconds = 0.0;
    let result = match attempt(find, assignment, memory, report, &mut fit_seconds) {
        Ok(result) => result,
        Err(trouble) => {
            let mut result = ResultBlock::of(trouble.status);
            result.stage = Some(trouble.stage.to_owned());
            result.reason = Some(trouble.reason);
            result
        }
    };
    Fitted { result, fit_seconds }
}

fn attempt(
    find: fn(&str) -> Option<Fit>,
    assignment: &Assignment,
    memory: &mut Memory,
    report: &mut dyn FnMut(Progress),
    fit_seconds: &mut f64,
) -> Result<ResultBlock, Trouble> {
    let trial = &assignment.trial;
    let fit = find(&trial.kind)
        .ok_or_else(|| Trouble::failed("fit", format!("this worker has no model `{}`", trial.kind)))?;
    let data = prepared(&assignment.data, memory)?;
    let hidden = Dataset { views: data.views.clone(), labels: None };
    let mut context = TrialContext::new(trial.seed, data.classes(), report);
    let watch = Stopwatch::start();
    let fitted = catch_unwind(AssertUnwindSafe(|| fit(&trial.params, &hidden, &mut context)));
    *fit_seconds = watch.seconds();
    let clustering = match fitted {
        Ok(Ok(clustering)) => clustering,
        Ok(Err(FitError::NotApplicable(reason))) => {
            return Err(Trouble { status: Status::NotApplicable, stage: "fit", reason });
        }
        Ok(Err(FitError::Failed(reason))) => return Err(Trouble::failed("fit", reason)),
        Err(panic) => return Err(Trouble::failed("fit", format!("the model panicked: {}", message(&*panic)))),
    };
    if clustering.clusters.len() != data.rows() {
        let reason = format!("{} assignments for {} rows", clustering.clusters.len(), data.rows());
        return Err(Trouble::failed("score", reason));
    }
    let mut result = ResultBlock::of(Status::Finished);
    score(assignment, data, &clustering, &mut result);
    result.counts = context.counts;
    result.notes = context.notes;
    let mut keep = |name: &str, text: String| {
        let sum = artifact::write(&assignment.results, &trial.id, name, text.as_bytes())
            .map_err(|error| Trouble::failed("score", format!("cannot write {name}: {error}")))?;
        result.artifacts.insert(name.to_owned(), sum);
        Ok(())
    };
    keep(artifact::PREDICTIONS, artifact::clusters_csv(&clustering.clusters))?;
    if !context.curves.is_empty() {
        keep(artifact::CURVES, artifact::curves_csv(&context.curves))?;
    }
    Ok(result)
}

/// The data after the pipeline, from memory where the last trial had the same.
fn prepared<'m>(wanted: &Data, memory: &'m mut Memory) -> Result<&'m Dataset, Trouble> {
    let same = memory.last.as_ref().is_some_and(|(data, _)| data == wanted);
    if !same {
        memory.last = None;
        memory.last = Some((wanted.clone(), prepare(wanted)?));
    }
    memory.last.as_ref().map(|(_, data)| data).ok_or_else(|| Trouble::failed("dataset", "no data"))
}

fn prepare(wanted: &Data) -> Result<Dataset, Trouble> {
    let places = Places { base: wanted.base.clone(), data: wanted.folder.clone() };
    let spec = dataset::find(&wanted.kind)
        .ok_or_else(|| Trouble::failed("dataset", format!("no data set is called `{}`", wanted.kind)))?;
    let trouble = |error: dataset::DatasetError| Trouble::failed("dataset", error.to_string());
    let checksum = (spec.checksum)(&wanted.values, &places).map_err(trouble)?;
    if checksum != wanted.checksum {
        return Err(Trouble::failed("dataset", "the data have changed since the plan was made; run again"));
    }
    let mut data = (spec.load)(&wanted.values, &places).map_err(trouble)?;
    for (kind, values) in &wanted.steps {
        let step = preprocess::find(kind)
            .ok_or_else(|| Trouble::failed("preprocess", format!("no step is called `{kind}`")))?;
        for view in &mut data.views {
            let fitted = (step.learn)(values, &view.values)
                .map_err(|error| Trouble::failed("preprocess", format!("step `{kind}`: {error}")))?;
            view.values = fitted.apply(&view.values);
        }
    }
    Ok(data)
}

/// Fills in the scores that are part of the result; times are measurements.
fn score(assignment: &Assignment, data: &Dataset, clustering: &Clustering, result: &mut ResultBlock) {
    let wanted: Vec<&'static MetricSpec> = assignment
        .metrics
        .iter()
        .filter_map(|name| metric::find(name))
        .filter(|spec| matches!(spec.needs, Needs::TrueLabels | Needs::Data))
        .collect();
    let truth = data.labels.as_ref().map(|labels| labels.codes.as_slice());
    let mut scores: Vec<(String, Score)> = metric::score_all(&wanted, truth, &data.joined(), &clustering.clusters)
        .into_iter()
        .map(|(name, score)| (name.to_owned(), score))
        .collect();
    for (name, value) in &clustering.scores {
        let score = if value.is_finite() {
            Score::Number(*value)
        } else {
            Score::Undefined(format!("the model reports {value}"))
        };
        scores.push((name.clone(), score));
    }
    for (name, score) in scores {
        match score {
            Score::Number(value) => drop(result.scores.insert(name, value)),
            Score::Undefined(reason) => drop(result.undefined.insert(name, reason)),
        }
    }
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
