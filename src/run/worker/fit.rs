//! One trial: data, steps, fit, scores, artifacts. Whatever goes wrong becomes an outcome.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::clock::Stopwatch;
use crate::dataset::Dataset;
use crate::diagnostic::io_words;
use crate::model::{Fit, FitError, Progress, TrialContext};
use crate::run::protocol::{Assignment, Data};
use crate::run::scoring::{self, Trouble};
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

/// Runs a trial.
///
/// # Errors
/// The machine or a file is at fault, not the trial: nothing is to be recorded of it.
pub fn run(
    find: fn(&str) -> Option<Fit>,
    assignment: &Assignment,
    memory: &mut Memory,
    report: &mut dyn FnMut(Progress),
) -> Result<Fitted, String> {
    let mut fit_seconds = 0.0;
    let result = match attempt(find, assignment, memory, report, &mut fit_seconds) {
        Ok(result) => result,
        Err(Trouble::Machine(reason)) => return Err(reason),
        Err(Trouble::Trial { status, stage, reason }) => {
            let mut result = ResultBlock::of(status);
            result.stage = Some(stage.to_owned());
            result.reason = Some(reason);
            result
        }
    };
    Ok(Fitted { result, fit_seconds })
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
    let hidden = Dataset::new(data.views.clone(), None);
    let mut context = TrialContext::new(trial.seed, data.classes(), report);
    let watch = Stopwatch::start();
    let fitted = catch_unwind(AssertUnwindSafe(|| fit(&trial.params, &hidden, &mut context)));
    *fit_seconds = watch.seconds();
    let clustering = match fitted {
        Ok(Ok(clustering)) => clustering,
        Ok(Err(FitError::NotApplicable(reason))) => {
            return Err(Trouble::Trial { status: Status::NotApplicable, stage: "fit", reason });
        }
        Ok(Err(FitError::Failed(reason))) => return Err(Trouble::failed("fit", reason)),
        Err(panic) => return Err(Trouble::failed("fit", format!("the model panicked: {}", message(&*panic)))),
    };
    if clustering.clusters.len() != data.rows() {
        let reason = format!("{} assignments for {} rows", clustering.clusters.len(), data.rows());
        return Err(Trouble::failed("score", reason));
    }
    let mut result = ResultBlock::of(Status::Finished);
    scoring::score(&assignment.metrics, data, &clustering.clusters, &mut result);
    scoring::model_scores(&assignment.metrics, &clustering.scores, &mut result);
    result.counts = context.counts;
    result.notes = context.notes;
    let mut keep = |name: &str, text: String| {
        let sum = artifact::write(&assignment.results, &trial.id, name, text.as_bytes())
            .map_err(|error| Trouble::Machine(format!("cannot write {name}: {}", io_words(&error))))?;
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
        memory.last = Some((wanted.clone(), scoring::prepare(wanted)?));
    }
    memory.last.as_ref().map(|(_, data)| data).ok_or_else(|| Trouble::Machine("no data".to_owned()))
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
