//! Data through their pipeline, and scores from predictions: what a worker does after a fit, and what is made again
//! from kept predictions when a metric is asked for later.

use std::path::Path;

use crate::dataset::{self, Dataset, Places};
use crate::metric::{self, MetricSpec, Needs, Predictions, Score, Truth};
use crate::preprocess;
use crate::run::protocol::{Assignment, Data};
use crate::store::artifact;
use crate::store::folder::{History, Past};
use crate::store::journal::Record;
use crate::store::outcome::{ResultBlock, Status};

/// Why a trial did not finish.
pub enum Trouble {
    /// An outcome of the trial.
    Trial {
        /// `failed` or `not_applicable`.
        status: Status,
        /// Where: `preprocess`, `fit`, `score`.
        stage: &'static str,
        /// Why.
        reason: String,
    },
    /// The machine or a file is at fault: nothing is recorded of the trial.
    Machine(String),
}

impl Trouble {
    /// A failure of the trial.
    pub fn failed(stage: &'static str, reason: impl Into<String>) -> Self {
        Trouble::Trial { status: Status::Failed, stage, reason: reason.into() }
    }
}

/// Reads a data set and takes it through its pipeline.
///
/// # Errors
/// [`Trouble::Machine`] where the data are not what they were when the plan was made; [`Trouble::Trial`] where a step
/// cannot learn from them.
pub fn prepare(wanted: &Data) -> Result<Dataset, Trouble> {
    let places = Places { base: wanted.base.clone(), data: wanted.folder.clone() };
    let spec = dataset::find(&wanted.kind)
        .ok_or_else(|| Trouble::Machine(format!("no data set is called `{}`", wanted.kind)))?;
    let trouble = |error: dataset::DatasetError| Trouble::Machine(error.to_string());
    let checksum = (spec.checksum)(&wanted.values, &places).map_err(trouble)?;
    if checksum != wanted.checksum {
        return Err(Trouble::Machine("the data have changed since the plan was made; run again".to_owned()));
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

/// The metrics of these names that are made from predictions.
fn from_predictions(metrics: &[String]) -> impl Iterator<Item = &'static MetricSpec> {
    metrics.iter().filter_map(|name| metric::find(name)).filter(|s| s.needs.predictions())
}

/// Fills in the scores that are made from predictions; times are measurements.
pub fn score(metrics: &[String], data: &Dataset, clusters: &[usize], result: &mut ResultBlock) {
    let wanted: Vec<&'static MetricSpec> = from_predictions(metrics).collect();
    let truth = data.labels.as_ref().map(|labels| Truth {
        codes: &labels.codes,
        classes: &labels.classes,
        positive: None,
        training: None,
    });
    for (name, score) in metric::score_all(&wanted, &Predictions::Clusters(clusters), truth.as_ref(), &data.joined()) {
        put(result, name, score);
    }
}

/// Fills in the scores that the model itself reports.
pub fn model_scores(metrics: &[String], reported: &[(String, f64)], result: &mut ResultBlock) {
    for (name, value) in reported {
        let score = if value.is_finite() {
            Score::Number(*value)
        } else {
            Score::Undefined(format!("the model reports {value}"))
        };
        put(result, name, score);
    }
    let asked = metrics.iter().filter_map(|name| metric::find(name)).filter(|spec| spec.needs == Needs::Model);
    for spec in asked.filter(|spec| reported.iter().all(|(name, _)| name != spec.name)) {
        put(result, spec.name, Score::Undefined("the model reports no such value".to_owned()));
    }
}

fn put(result: &mut ResultBlock, name: &str, score: Score) {
    match score {
        Score::Number(value) => drop(result.scores.insert(name.to_owned(), value)),
        Score::Undefined(reason) => drop(result.undefined.insert(name.to_owned(), reason)),
    }
}

/// Scores that finished trials lack because their metrics were asked for later, made from the kept predictions. A
/// trial whose predictions or data do not read any more is left as it is.
pub fn later_scores(assignments: &[Assignment], history: &History, results: &Path) -> Vec<Record> {
    let mut last: Option<(&Data, Dataset)> = None;
    let mut records = Vec::new();
    for assignment in assignments {
        let id = &assignment.trial.id;
        let Some(known) = history.get(id).and_then(Past::result) else { continue };
        let lacks = |name: &String| !known.scores.contains_key(name) && !known.undefined.contains_key(name);
        let missing: Vec<String> = assignment.metrics.iter().filter(|name| lacks(name)).cloned().collect();
        if known.status != Status::Finished || from_predictions(&missing).next().is_none() {
            continue;
        }
        let Ok(clusters) = artifact::read_clusters(results, id) else { continue };
        if last.as_ref().is_none_or(|(data, _)| *data != &assignment.data) {
            last = prepare(&assignment.data).ok().map(|data| (&assignment.data, data));
        }
        let Some((_, data)) = last.as_ref().filter(|(_, data)| data.rows() == clusters.len()) else { continue };
        let mut made = ResultBlock::of(Status::Finished);
        score(&missing, data, &clusters, &mut made);
        records.push(Record::Score { trial: id.clone(), scores: made.scores, undefined: made.undefined });
    }
    records
}
