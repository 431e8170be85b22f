//! Scores from predictions: what a worker does after a fit, and what is made again from kept predictions when a metric
//! is asked for later.

use std::path::Path;

use ndarray::Array2;

use crate::dataset::{Dataset, Labels};
use crate::metric::{self, MetricSpec, Needs, Score, Truth};
use crate::model::Predictions;
use crate::run::prepare::Memory;
use crate::run::protocol::Assignment;
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

/// The metrics of these names that are made from predictions.
fn from_predictions(metrics: &[String]) -> impl Iterator<Item = &'static MetricSpec> {
    metrics.iter().filter_map(|name| metric::find(name)).filter(|s| s.needs.predictions())
}

/// Makes scores from predictions.
#[derive(Clone, Copy)]
pub struct Scorer<'a> {
    /// Names of the metrics.
    pub metrics: &'a [String],
    /// The class that counts as positive; left out, the last of two.
    pub positive: Option<&'a str>,
}

impl Scorer<'_> {
    /// Fills in the scores that are made from predictions; times are measurements.
    pub fn score(&self, data: &Dataset, train: &Dataset, predictions: &Predictions, result: &mut ResultBlock) {
        let wanted: Vec<&'static MetricSpec> = from_predictions(self.metrics).collect();
        let training = train.labels.as_ref().map(Labels::counts);
        let truth = data.labels.as_ref().map(|labels| Truth {
            codes: &labels.codes,
            classes: &labels.classes,
            positive: self.positive_of(labels),
            training: training.as_deref(),
        });
        let predictions = match predictions {
            Predictions::Clusters(clusters) => metric::Predictions::Clusters(clusters),
            Predictions::Classes { predicted, probabilities } => {
                metric::Predictions::Classes { predicted, probabilities: probabilities.as_ref() }
            }
            Predictions::Rules(satisfied) => metric::Predictions::Rules(satisfied),
            Predictions::Outliers { outlier, score } => metric::Predictions::Outliers { outlier, score },
        };
        // Only clusterings are judged by the data themselves.
        let joined =
            if wanted.iter().any(|spec| spec.needs == Needs::Data) { data.joined() } else { Array2::default((0, 0)) };
        for (name, score) in metric::score_all(&wanted, &predictions, truth.as_ref(), &joined) {
            put(result, name, score);
        }
    }

    /// The class that counts as positive: the one named, else the last of two.
    fn positive_of(&self, labels: &Labels) -> Option<usize> {
        match self.positive {
            Some(class) => labels.classes.iter().position(|known| known == class),
            None => (labels.classes.len() == 2).then_some(1),
        }
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
    let mut memory = Memory::default();
    let mut records = Vec::new();
    for assignment in assignments {
        let id = &assignment.trial.id;
        let Some(known) = history.get(id).and_then(Past::result) else { continue };
        let lacks = |name: &String| !known.scores.contains_key(name) && !known.undefined.contains_key(name);
        let missing: Vec<String> = assignment.metrics.iter().filter(|name| lacks(name)).cloned().collect();
        if known.status != Status::Finished || from_predictions(&missing).next().is_none() {
            continue;
        }
        let Ok(predictions) = artifact::read_predictions(results, id) else { continue };
        let Ok(data) = memory.get(&assignment.data) else { continue };
        if data.test.rows() != predictions.rows() {
            continue;
        }
        let mut made = ResultBlock::of(Status::Finished);
        let scorer = Scorer { metrics: &missing, positive: assignment.positive.as_deref() };
        scorer.score(&data.test, &data.train, &predictions, &mut made);
        records.push(Record::Score { trial: id.clone(), scores: made.scores, undefined: made.undefined });
    }
    records
}
