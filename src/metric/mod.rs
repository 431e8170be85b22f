//! Metrics: what each is called, what it needs, and which direction is better.

use serde::Serialize;

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
