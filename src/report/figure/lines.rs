//! Means with bands along a swept parameter: one line a method, or a value of what else varies.

use std::collections::BTreeMap;

use crate::metric::MetricSpec;
use crate::parameter::Values;
use crate::report::select::{self, Domain, Scored};
use crate::report::statistics::Summary;
use crate::store::results::{Results, TrialRecord};

use super::axis::Axis;
use super::panels::{self, Panel, pooled, varies};
use super::series;

/// With fewer values than this at some point the t interval is so wide that it would hide the lines: bands are then
/// one standard deviation.
const INTERVAL_FROM: usize = 4;

/// What the bands are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Band {
    /// 95% t intervals of the means.
    Interval,
    /// One standard deviation to either side.
    Deviation,
    /// Every point is one value.
    None,
}

/// A figure of lines.
#[derive(Clone, Debug)]
pub struct Lines {
    /// The x axis.
    pub x: Axis,
    /// The metric.
    pub metric: &'static MetricSpec,
    /// What the bands are.
    pub band: Band,
    /// What tells lines apart: `model`, or another axis.
    pub lines_by: String,
    /// The lines in the legend: name and place in the order of colours.
    pub names: Vec<(String, usize)>,
    /// Panels.
    pub panels: Vec<LinePanel>,
    /// Panels over the limit.
    pub panels_left_out: usize,
    /// Sentences for the caption.
    pub notes: String,
    /// The conditions.
    pub only: Values,
}

/// One panel.
#[derive(Clone, Debug)]
pub struct LinePanel {
    /// Above it.
    pub title: String,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// One line.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// Place in the order of colours.
    pub series: usize,
    /// Along x.
    pub points: Vec<LinePoint>,
}

/// One point.
#[derive(Clone, Copy, Debug)]
pub struct LinePoint {
    /// Which of the axis' values.
    pub at: usize,
    /// Its numbers.
    pub summary: Summary,
}

impl Band {
    /// From where to where it spans at a point.
    pub fn span(self, summary: &Summary) -> (f64, f64) {
        match (self, summary.std) {
            (Band::Interval, _) => summary.interval(),
            (Band::Deviation, Some(std)) => (summary.mean - std, summary.mean + std),
            _ => (summary.mean, summary.mean),
        }
    }
}

/// Makes the figure of the trials that have a value of `x`; none when none has the metric.
pub fn build(results: &Results, metric: &'static MetricSpec, x: &str, by: &[&str], only: &Values) -> Option<Lines> {
    let all = select::records(results, only);
    let records: Vec<&TrialRecord> =
        all.iter().copied().filter(|r| select::is_given(&select::label(&r.trial, x))).collect();
    let axis = Axis::of(results, x, records.iter().map(|record| select::label(&record.trial, x)));
    let lines_by = told_apart(&records, x, by);
    let mut by: Vec<&str> = by.to_vec();
    // Data sets and methods are never mixed in one mean, whatever the file says.
    for other in ["dataset", "model"] {
        if !by.contains(&other) && other != x && other != lines_by && varies(&records, other) {
            by.push(other);
        }
    }
    let shared = panels::share(results, &records, &by);
    let found = Domain::of(results, &lines_by, records.iter().map(|record| select::label(&record.trial, &lines_by)));
    let names: Vec<(String, usize)> = found
        .labels
        .iter()
        .enumerate()
        .map(|(i, label)| (label.clone(), if lines_by == "model" { series(results, label) } else { i }))
        .collect();
    let mut groups = Vec::new();
    let mut drawn: Vec<LinePanel> = shared
        .panels
        .iter()
        .map(|panel| LinePanel {
            title: panel.title.clone(),
            lines: lines(panel, metric, &axis, &lines_by, &names, &mut groups),
        })
        .collect();
    drawn.retain(|panel| !panel.lines.is_empty());
    if drawn.is_empty() {
        return None;
    }
    let mut notes = pooled("mean", &groups);
    notes.push_str(&shared.constant);
    notes.push_str(&without(results, &all, &records, x));
    let band = band(&drawn);
    let only = only.clone();
    let panels_left_out = shared.left_out;
    Some(Lines { x: axis, metric, band, lines_by, names, panels: drawn, panels_left_out, notes, only })
}

/// What has a line of its own: methods, else the first other axis that varies.
fn told_apart(records: &[&TrialRecord], x: &str, by: &[&str]) -> String {
    let mut axes: Vec<&str> = vec!["model", "dataset", "pipeline", "split"];
    for (name, _) in records.iter().flat_map(|record| record.trial.parameters()) {
        if !axes.contains(&name.as_str()) {
            axes.push(name);
        }
    }
    let free = |axis: &&&str| **axis != x && !by.contains(*axis);
    let varying = axes.iter().filter(free).find(|axis| varies(records, axis));
    (*varying.or_else(|| axes.iter().find(free)).unwrap_or(&"model")).to_owned()
}

/// The values of a point, and the trials that gave them.
type Here<'a> = (Vec<f64>, Vec<&'a TrialRecord>);

fn lines<'a>(
    panel: &Panel<'a>,
    metric: &'static MetricSpec,
    axis: &Axis,
    lines_by: &str,
    names: &[(String, usize)],
    groups: &mut Vec<Vec<&'a TrialRecord>>,
) -> Vec<Line> {
    let mut at: BTreeMap<(String, usize), Here> = BTreeMap::new();
    for record in &panel.records {
        if let Scored::Value(value) = select::score(record, metric)
            && let Some(place) = axis.index(&select::label(&record.trial, &axis.name))
        {
            let here = at.entry((select::label(&record.trial, lines_by), place)).or_default();
            here.0.push(value);
            here.1.push(record);
        }
    }
    let mut lines = Vec::new();
    for (name, series) in names {
        let own = at.range((name.clone(), 0)..=(name.clone(), usize::MAX));
        let points: Vec<LinePoint> = own
            .filter_map(|((_, at), (values, _))| Some(LinePoint { at: *at, summary: Summary::of(values)? }))
            .collect();
        if !points.is_empty() {
            lines.push(Line { name: name.clone(), series: *series, points });
        }
    }
    groups.extend(at.into_values().map(|(_, records)| records));
    lines
}

/// The methods that do not have the parameter, by name.
fn without(results: &Results, all: &[&TrialRecord], kept: &[&TrialRecord], x: &str) -> String {
    let of = |records: &[&TrialRecord]| {
        Domain::of(results, "model", records.iter().map(|record| record.trial.model.clone())).labels
    };
    let kept = of(kept);
    let missing: Vec<String> = of(all).into_iter().filter(|name| !kept.contains(name)).collect();
    if missing.is_empty() {
        return String::new();
    }
    format!(" Not drawn, having no value of {x}: {}.", crate::report::table::join_words(&missing))
}

fn band(panels: &[LinePanel]) -> Band {
    let counts = || panels.iter().flat_map(|panel| &panel.lines).flat_map(|line| &line.points).map(|p| p.summary.n);
    match (counts().min(), counts().max()) {
        (Some(least), _) if least >= INTERVAL_FROM => Band::Interval,
        (_, Some(most)) if most > 1 => Band::Deviation,
        _ => Band::None,
    }
}
