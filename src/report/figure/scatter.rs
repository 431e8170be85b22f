//! One point a trial: a metric or parameter against another.

use crate::metric::{MetricSpec, Needs};
use crate::parameter::Values;
use crate::report::number::count;
use crate::report::select::{self, Domain, Scored};
use crate::store::results::{Results, TrialRecord};

use super::axis::{Axis, is_parameter};
use super::panels::{self, Panel};
use super::series;

/// A panel has so many points at most.
pub const MOST_POINTS: usize = 1000;

/// What stands along one side.
#[derive(Clone, Debug)]
pub enum Side {
    /// A metric.
    Metric(&'static MetricSpec),
    /// An axis of the experiment.
    Axis(Axis),
}

/// A figure of points.
#[derive(Clone, Debug)]
pub struct Scatter {
    /// Along x.
    pub x: Side,
    /// Along y.
    pub y: Side,
    /// The methods in the legend: name and place in the order of colours.
    pub methods: Vec<(String, usize)>,
    /// Panels.
    pub panels: Vec<ScatterPanel>,
    /// Panels over the limit.
    pub panels_left_out: usize,
    /// Sentences for the caption.
    pub notes: String,
    /// The conditions.
    pub only: Values,
}

/// One panel.
#[derive(Clone, Debug)]
pub struct ScatterPanel {
    /// Above it.
    pub title: String,
    /// x, y and place in the order of colours.
    pub points: Vec<(f64, f64, usize)>,
}

impl Side {
    /// A metric where the task has one of this name, else an axis.
    pub fn of(results: &Results, name: &str, only: &Values) -> Option<Side> {
        if results.experiment.axes().iter().any(|axis| axis == name) {
            let records = select::records(results, only);
            let labels = records.iter().map(|record| select::label(&record.trial, name));
            let given = labels.filter(|label| select::is_given(label));
            return Some(Side::Axis(Axis::of(results, name, given)));
        }
        super::metric(results, name).map(Side::Metric)
    }

    /// What it says beside the drawing.
    pub fn title(&self) -> String {
        match self {
            Side::Metric(metric) => metric.label.to_owned(),
            Side::Axis(axis) => axis.title(),
        }
    }

    /// Whether it is a parameter of a method or of a step.
    pub fn is_parameter(&self) -> bool {
        matches!(self, Side::Axis(axis) if is_parameter(&axis.name))
    }

    /// Whether it is timed.
    pub fn is_measured(&self) -> bool {
        matches!(self, Side::Metric(metric) if metric.needs == Needs::Time)
    }

    fn value(&self, record: &TrialRecord) -> Option<f64> {
        match self {
            Side::Metric(metric) => match select::score(record, metric) {
                Scored::Value(value) => Some(value),
                _ => None,
            },
            Side::Axis(axis) => {
                axis.index(&select::label(&record.trial, &axis.name)).and_then(|i| axis.places.get(i).copied())
            }
        }
    }
}

/// Makes the figure; none without a point.
pub fn build(results: &Results, x: Side, y: Side, by: &[&str], only: &Values) -> Option<Scatter> {
    let records: Vec<&TrialRecord> = select::records(results, only)
        .into_iter()
        .filter(|record| x.value(record).is_some() && y.value(record).is_some())
        // Two axes alone say nothing of an outcome: only what has one is a point.
        .filter(|record| matches!(record.state, crate::store::results::State::Ended(status) if status.is_done()))
        .collect();
    if records.is_empty() {
        return None;
    }
    let shared = panels::share(results, &records, by);
    let found = Domain::of(results, "model", records.iter().map(|record| record.trial.model.clone())).labels;
    let methods: Vec<(String, usize)> = found.into_iter().map(|name| (name.clone(), series(results, &name))).collect();
    let most = shared.panels.iter().map(|panel| panel.records.len()).max().unwrap_or(0);
    let drawn = shared
        .panels
        .iter()
        .map(|panel| ScatterPanel { title: panel.title.clone(), points: points(results, panel, &x, &y) })
        .collect();
    let mut notes = shared.constant;
    if most > MOST_POINTS {
        notes.push_str(&format!(
            " Of up to {} trials {} are drawn, evenly spaced in the plan's order.",
            count(most),
            count(MOST_POINTS)
        ));
    }
    Some(Scatter { x, y, methods, panels: drawn, panels_left_out: shared.left_out, notes, only: only.clone() })
}

fn points(results: &Results, panel: &Panel, x: &Side, y: &Side) -> Vec<(f64, f64, usize)> {
    let n = panel.records.len();
    let kept: Vec<&TrialRecord> = if n <= MOST_POINTS {
        panel.records.clone()
    } else {
        (0..MOST_POINTS).map(|i| panel.records[i * (n - 1) / (MOST_POINTS - 1)]).collect()
    };
    kept.iter()
        .filter_map(|record| Some((x.value(record)?, y.value(record)?, series(results, &record.trial.model))))
        .collect()
}
