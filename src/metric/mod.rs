//! Metrics: what each is called, what it needs, and which direction is better.

pub mod adjusted;
pub mod clustering;
pub mod contingency;
pub mod information;
mod list;

use ndarray::Array2;
use serde::Serialize;

pub use clustering::external;
use contingency::Contingency;
pub use list::{METRICS, find};

/// What a metric is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Needs {
    /// Known classes and found clusters.
    TrueLabels,
    /// The data and found clusters.
    Data,
    /// The clock: a measurement, no part of a result.
    Time,
    /// A value that the model itself reports.
    Model,
}

impl Needs {
    /// Whether the known classes are needed.
    pub fn truth(self) -> bool {
        self == Needs::TrueLabels
    }
}

/// Which direction is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

/// What is known about a metric.
#[derive(Debug, Serialize)]
pub struct MetricSpec {
    /// Its name in an experiment file, snake_case.
    #[serde(rename = "kind")]
    pub name: &'static str,
    /// Its name in tables.
    pub label: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// Where it is defined.
    pub reference: &'static str,
    /// What it is made from.
    pub needs: Needs,
    /// The values it can take.
    pub range: (f64, f64),
    /// Which direction is better.
    pub better: Better,
    /// When it has no value.
    pub undefined: &'static str,
}

/// A score: a number, or the reason why there is none.
#[derive(Clone, Debug, PartialEq)]
pub enum Score {
    /// The number; always finite.
    Number(f64),
    /// Why there is none.
    Undefined(String),
}

/// Scores of a clustering. `truth` holds one class code a row, `data` is `[rows, columns]` as the model saw it,
/// `clusters` one cluster index a row.
pub fn score_all(
    wanted: &[&'static MetricSpec],
    truth: Option<&[usize]>,
    data: &Array2<f64>,
    clusters: &[usize],
) -> Vec<(&'static str, Score)> {
    let contingency = truth.map(|truth| Contingency::of(truth, clusters));
    wanted
        .iter()
        .map(|spec| {
            let score = match (spec.needs, &contingency) {
                (Needs::TrueLabels, Some(contingency)) => external(spec.name, contingency),
                (Needs::TrueLabels, None) => Score::Undefined("the data have no labels".to_owned()),
                (Needs::Data, _) => finite(clustering::inertia(data, clusters)),
                (Needs::Time | Needs::Model, _) => Score::Undefined("not made from predictions".to_owned()),
            };
            (spec.name, score)
        })
        .collect()
}

/// A number, or the reason why it is none.
fn finite(value: f64) -> Score {
    if value.is_finite() { Score::Number(value) } else { Score::Undefined(format!("the value is {value}")) }
}
