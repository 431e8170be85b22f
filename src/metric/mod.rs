//! Metrics: what each is called, what it is made from, and which direction is better.

pub mod adjusted;
pub mod binary;
pub mod clustering;
pub mod confusion;
pub mod contingency;
pub mod information;
pub mod internal;
mod list;
pub mod probability;
pub mod ranking;
#[cfg(test)]
mod renamed;
mod scoring;
#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::model::TaskKind;
use binary::Binary;
use confusion::Confusion;
use contingency::Contingency;
use internal::Groups;
use probability::Probabilities;
use ranking::Ranking;

pub use list::{METRICS, find};
pub use scoring::{Predictions, Truth, score_all};

/// What a metric is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Needs {
    /// Known classes and found clusters.
    TrueLabels,
    /// The data and found clusters.
    Data,
    /// Known classes and predicted ones; of outliers, known ones and flagged ones.
    Classes,
    /// Known classes and their predicted probabilities; of outliers, known ones and every row's score.
    Scores,
    /// The clock: a measurement, no part of a result.
    Time,
    /// A value that the model itself reports.
    Model,
}

impl Needs {
    /// Whether the known classes are needed.
    pub fn truth(self) -> bool {
        matches!(self, Needs::TrueLabels | Needs::Classes | Needs::Scores)
    }

    /// Whether the metric is made from kept predictions, so that it can be made again without a fit.
    pub fn predictions(self) -> bool {
        !matches!(self, Needs::Time | Needs::Model)
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

/// How a metric is calculated, by what it is calculated from: the value, or why there is none.
#[derive(Clone, Copy, Debug)]
pub enum Measure {
    /// Classes by clusters.
    External(fn(&Contingency) -> Result<f64, String>),
    /// The data in their clusters.
    Internal(fn(&Groups<'_>) -> Result<f64, String>),
    /// Classes by predicted classes.
    Confusion(fn(&Confusion) -> Result<f64, String>),
    /// The positive class, or the outliers, against the rest.
    Binary(fn(&Binary) -> Result<f64, String>),
    /// Rows in the order of their score for the positive class, or for being an outlier.
    Ranking(fn(&Ranking) -> Result<f64, String>),
    /// Probabilities of every class.
    Probabilities(fn(&Probabilities<'_>) -> Result<f64, String>),
    /// Not made from predictions.
    Elsewhere,
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
    /// The tasks that it judges.
    pub tasks: &'static [TaskKind],
    /// What it is made from.
    pub needs: Needs,
    /// How it is calculated.
    #[serde(skip)]
    pub measure: Measure,
    /// The values it can take.
    pub range: (f64, f64),
    /// Which direction is better.
    pub better: Better,
    /// When it has no value.
    pub undefined: &'static str,
}

impl MetricSpec {
    /// Whether it judges a task.
    pub fn judges(&self, task: TaskKind) -> bool {
        self.tasks.contains(&task)
    }

    /// Whether one class counts as the positive one.
    pub fn needs_positive(&self) -> bool {
        matches!(self.measure, Measure::Binary(_) | Measure::Ranking(_)) || self.name == "brier"
    }

    /// Its tasks for people: `classification, outliers`, or `any task`.
    pub fn task_words(&self) -> String {
        if self.tasks == list::ANY {
            return "any task".to_owned();
        }
        self.tasks.iter().map(|task| task.word()).collect::<Vec<_>>().join(", ")
    }
}

/// A score: a number, or the reason why there is none.
#[derive(Clone, Debug, PartialEq)]
pub enum Score {
    /// The number; always finite.
    Number(f64),
    /// Why there is none.
    Undefined(String),
}

impl From<Result<f64, String>> for Score {
    fn from(value: Result<f64, String>) -> Self {
        match value {
            Ok(value) if value.is_finite() => Score::Number(value),
            Ok(value) => Score::Undefined(format!("the value is {value}")),
            Err(reason) => Score::Undefined(reason),
        }
    }
}
