//! The rows and columns of a table: every combination of values that a trial or a left-out cell has.

use std::collections::{HashMap, HashSet};

use crate::metric::MetricSpec;
use crate::parameter::Values;
use crate::plan::trial::Trial;
use crate::report::select::{self, Domain, METRIC};
use crate::store::results::{Results, SkippedCell, TrialRecord};

/// A row or a column.
#[derive(Clone, Debug)]
pub struct Key {
    /// One label an axis; a metric's is its label in tables.
    pub labels: Vec<String>,
    /// Its metric, where the metric is one of the axes.
    pub metric: Option<&'static MetricSpec>,
    /// Which combination of the other axes it is.
    pub(super) tuple: usize,
}

impl Key {
    /// The labels of all axes but the metric, as CSV and JSON name a row.
    pub fn name(&self, axes: &[String]) -> String {
        let labels: Vec<&str> = axes
            .iter()
            .zip(&self.labels)
            .filter(|(axis, _)| *axis != METRIC)
            .map(|(_, label)| label.as_str())
            .collect();
        labels.join(" / ")
    }
}

/// One side of a table.
pub(super) struct Side {
    pub axes: Vec<String>,
    pub keys: Vec<Key>,
    tuples: HashMap<Vec<String>, usize>,
}

impl Side {
    pub fn new(
        results: &Results,
        axes: Vec<String>,
        metrics: &[&'static MetricSpec],
        records: &[&TrialRecord],
        only: &Values,
    ) -> Side {
        let plain: Vec<&String> = axes.iter().filter(|axis| *axis != METRIC).collect();
        let found = combinations(results, &plain, records, only);
        let domains: Vec<Domain> = plain
            .iter()
            .enumerate()
            .map(|(i, axis)| Domain::of(results, axis, found.iter().map(|tuple| tuple[i].clone())))
            .collect();
        let mut placed: Vec<(Vec<usize>, Key)> = Vec::new();
        let has_metric = plain.len() < axes.len();
        for (index, tuple) in found.iter().enumerate() {
            let shown: Vec<Option<&'static MetricSpec>> =
                if has_metric { metrics.iter().copied().map(Some).collect() } else { vec![None] };
            for (at, metric) in shown.into_iter().enumerate() {
                let (mut order, mut labels, mut next) = (Vec::new(), Vec::new(), 0);
                for axis in &axes {
                    if axis == METRIC {
                        order.push(at);
                        labels.push(metric.map_or("", |metric| metric.label).to_owned());
                    } else {
                        order.push(domains[next].place(&tuple[next]));
                        labels.push(tuple[next].clone());
                        next += 1;
                    }
                }
                placed.push((order, Key { labels, metric, tuple: index }));
            }
        }
        placed.sort_by(|a, b| a.0.cmp(&b.0));
        let tuples = found.into_iter().enumerate().map(|(index, tuple)| (tuple, index)).collect();
        Side { axes, keys: placed.into_iter().map(|(_, key)| key).collect(), tuples }
    }

    /// The combination a trial has.
    pub fn tuple_of(&self, trial: &Trial) -> Option<usize> {
        let tuple: Vec<String> =
            self.axes.iter().filter(|axis| *axis != METRIC).map(|axis| select::label(trial, axis)).collect();
        self.tuples.get(&tuple).copied()
    }
}

/// Every combination met, those of trials first.
fn combinations(results: &Results, axes: &[&String], records: &[&TrialRecord], only: &Values) -> Vec<Vec<String>> {
    let of_trials = records.iter().map(|record| axes.iter().map(|axis| select::label(&record.trial, axis)).collect());
    let of_skipped = results.skipped.iter().filter(|cell| may_meet(cell, only)).filter_map(|cell| {
        if axes.is_empty() {
            return None;
        }
        axes.iter().map(|axis| skipped_label(cell, axis)).collect()
    });
    let mut seen: HashSet<Vec<String>> = HashSet::new();
    of_trials.chain(of_skipped).filter(|tuple: &Vec<String>| seen.insert(tuple.clone())).collect()
}

/// Where a left-out cell stands on an axis, when it says so.
pub(super) fn skipped_label(cell: &SkippedCell, axis: &str) -> Option<String> {
    match axis {
        "model" => Some(cell.model.clone()),
        axis => cell.params.get(axis).map(ToString::to_string),
    }
}

/// Whether what a left-out cell says of itself agrees with the conditions.
fn may_meet(cell: &SkippedCell, only: &Values) -> bool {
    only.iter().all(|(axis, wanted)| match skipped_label(cell, axis) {
        None => true,
        Some(have) => match wanted {
            crate::value::Value::List(items) => {
                have == wanted.to_string() || items.iter().any(|item| item.to_string() == have)
            }
            wanted => have == wanted.to_string(),
        },
    })
}
