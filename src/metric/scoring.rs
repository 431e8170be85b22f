//! Scores of one model's predictions, whatever the task.

use ndarray::{Array2, Axis};

use crate::metric::binary::Binary;
use crate::metric::confusion::Confusion;
use crate::metric::contingency::Contingency;
use crate::metric::internal::Groups;
use crate::metric::probability::Probabilities;
use crate::metric::ranking::Ranking;
use crate::metric::{Measure, MetricSpec, Score};
use crate::model::TaskKind;

/// What a model says of rows, one entry a row.
#[derive(Clone, Copy, Debug)]
pub enum Predictions<'a> {
    /// Cluster indices.
    Clusters(&'a [usize]),
    /// Classes.
    Classes {
        /// Index of the class; none for a row that the model does not classify, which counts as wrong.
        predicted: &'a [Option<usize>],
        /// `[rows, classes]`.
        probabilities: Option<&'a Array2<f64>>,
    },
    /// Outliers.
    Outliers {
        /// Whether the row is one.
        outlier: &'a [bool],
        /// The larger, the less the row belongs.
        score: &'a [f64],
    },
    /// How many of the rules found hold of the row.
    Rules(&'a [usize]),
}

impl Predictions<'_> {
    /// The task that they answer.
    pub fn task(&self) -> TaskKind {
        match self {
            Predictions::Clusters(_) => TaskKind::Clustering,
            Predictions::Rules(_) => TaskKind::Rules,
            Predictions::Classes { .. } => TaskKind::Classification,
            Predictions::Outliers { .. } => TaskKind::Outliers,
        }
    }

    /// How many rows they speak of.
    pub fn rows(&self) -> usize {
        match self {
            Predictions::Clusters(clusters) => clusters.len(),
            Predictions::Rules(satisfied) => satisfied.len(),
            Predictions::Classes { predicted, .. } => predicted.len(),
            Predictions::Outliers { outlier, .. } => outlier.len(),
        }
    }
}

/// What is known of the same rows.
#[derive(Clone, Copy, Debug)]
pub struct Truth<'a> {
    /// One index into `classes` a row.
    pub codes: &'a [usize],
    /// The full list of classes. Averages over classes are over these, also where one has no row here.
    pub classes: &'a [String],
    /// The class that the metrics of the positive class speak of; of outliers, the class that they make up.
    pub positive: Option<usize>,
    /// Training rows of each class, for metrics that compare with a prediction that knows these alone.
    pub training: Option<&'a [usize]>,
}

/// Scores of predictions, in the order of `wanted`. `data` is `[rows, columns]` as the model saw it; the metrics of
/// clusters without known classes need it.
pub fn score_all(
    wanted: &[&'static MetricSpec],
    predictions: &Predictions<'_>,
    truth: Option<&Truth<'_>>,
    data: &Array2<f64>,
) -> Vec<(&'static str, Score)> {
    wanted.iter().map(|spec| (spec.name, Score::from(score(spec, predictions, truth, data)))).collect()
}

fn score(
    spec: &MetricSpec,
    predictions: &Predictions<'_>,
    truth: Option<&Truth<'_>>,
    data: &Array2<f64>,
) -> Result<f64, String> {
    let task = predictions.task();
    if !spec.judges(task) {
        return Err(format!("a metric of {}, not of {}", spec.task_words(), task.word()));
    }
    match (spec.measure, predictions) {
        (Measure::External(measure), Predictions::Clusters(clusters)) => {
            measure(&Contingency::of(known(truth, predictions)?.codes, clusters))
        }
        (Measure::Internal(measure), Predictions::Clusters(clusters)) => measure(&Groups::of(data, clusters)?),
        (Measure::Confusion(measure), Predictions::Classes { predicted, .. }) => {
            let truth = known(truth, predictions)?;
            measure(&Confusion::of(truth.codes, predicted, truth.classes.len())?)
        }
        (Measure::Binary(measure), Predictions::Classes { predicted, .. }) => {
            let truth = known(truth, predictions)?;
            let positive = positive_of_two(truth)?;
            measure(&Confusion::of(truth.codes, predicted, truth.classes.len())?.one_against_rest(positive))
        }
        (Measure::Ranking(measure), Predictions::Classes { probabilities, .. }) => {
            let truth = known(truth, predictions)?;
            let (positive, probabilities) = (positive_of_two(truth)?, given(*probabilities)?);
            if probabilities.nrows() != truth.codes.len() || positive >= probabilities.ncols() {
                return Err(misshapen(probabilities, truth));
            }
            let column = probabilities.index_axis(Axis(1), positive);
            let is_positive = truth.codes.iter().map(|code| *code == positive);
            measure(&Ranking::of(column.iter().copied().zip(is_positive))?)
        }
        (Measure::Probabilities(measure), Predictions::Classes { predicted, probabilities }) => {
            let truth = known(truth, predictions)?;
            let probabilities = given(*probabilities)?;
            if probabilities.dim() != (truth.codes.len(), truth.classes.len()) {
                return Err(misshapen(probabilities, truth));
            }
            let positive = positive_of_two(truth);
            measure(&Probabilities::of(truth.codes, probabilities)?.with(predicted, positive, truth.training))
        }
        (Measure::Binary(measure), Predictions::Outliers { outlier, .. }) => {
            let known = outliers(known(truth, predictions)?)?;
            measure(&Binary::of(known.zip(outlier.iter().copied())))
        }
        (Measure::Ranking(measure), Predictions::Outliers { score, .. }) => {
            if score.len() != predictions.rows() {
                return Err(format!("{} scores for {} rows", score.len(), predictions.rows()));
            }
            let known = outliers(known(truth, predictions)?)?;
            measure(&Ranking::of(score.iter().copied().zip(known))?)
        }
        _ => Err("not made from predictions".to_owned()),
    }
}

/// What is known, where it speaks of the same rows, of which there must be some.
fn known<'t, 'a>(truth: Option<&'t Truth<'a>>, predictions: &Predictions<'_>) -> Result<&'t Truth<'a>, String> {
    let truth = truth.ok_or("the data have no labels")?;
    let (rows, known) = (predictions.rows(), truth.codes.len());
    match rows {
        _ if rows != known => Err(format!("{rows} predictions for {known} rows")),
        0 => Err("there are no rows".to_owned()),
        _ => Ok(truth),
    }
}

/// The positive class of data that have two classes at most.
fn positive_of_two(truth: &Truth<'_>) -> Result<usize, String> {
    match (truth.classes.len(), truth.positive) {
        (3.., _) => Err(format!("none of {} classes is the positive one", truth.classes.len())),
        (_, Some(positive)) => Ok(positive),
        (_, None) => Err("it is not known which class is the positive one".to_owned()),
    }
}

/// Whether each row is known to be an outlier.
fn outliers<'a>(truth: &Truth<'a>) -> Result<impl Iterator<Item = bool> + use<'a>, String> {
    let positive = truth.positive.ok_or("it is not known which class the outliers make up")?;
    Ok(truth.codes.iter().map(move |code| *code == positive))
}

fn given(probabilities: Option<&Array2<f64>>) -> Result<&Array2<f64>, String> {
    probabilities.ok_or_else(|| "the model gives no probabilities".to_owned())
}

fn misshapen(probabilities: &Array2<f64>, truth: &Truth<'_>) -> String {
    let (rows, columns) = probabilities.dim();
    let (wanted, classes) = (truth.codes.len(), truth.classes.len());
    format!("probabilities of {columns} classes in {rows} rows, expected {classes} classes in {wanted} rows")
}
