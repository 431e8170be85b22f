//! One cell: the mean of its trials, or why there is none.

use crate::metric::MetricSpec;
use crate::parameter::Values;
use crate::report::paper::{Against, Printed};
use crate::report::select::{self, METRIC, Scored};
use crate::report::statistics::Summary;
use crate::store::results::{Results, TrialRecord};

use super::keys::{self, Key, Side};
use super::{Cell, Place};

/// Where a cell stands.
pub(super) struct At<'a> {
    pub row: &'a Key,
    pub column: &'a Key,
    pub rows: &'a Side,
    pub columns: &'a Side,
    pub metric: &'static MetricSpec,
    pub only: &'a Values,
}

impl At<'_> {
    /// The cell's label on each axis but the metric.
    fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        let of = |axes: &'_ [String], key: &'_ Key| axes.len().min(key.labels.len());
        let rows =
            (0..of(&self.rows.axes, self.row)).map(|i| (self.rows.axes[i].as_str(), self.row.labels[i].as_str()));
        let columns = (0..of(&self.columns.axes, self.column))
            .map(|i| (self.columns.axes[i].as_str(), self.column.labels[i].as_str()));
        rows.chain(columns).filter(|(axis, _)| *axis != METRIC)
    }
}

/// What the trials of a cell say besides values.
#[derive(Default)]
struct Others {
    failed: Vec<String>,
    not_applicable: Vec<String>,
    undefined: Vec<String>,
    not_run: usize,
}

impl Others {
    fn add(&mut self, scored: Scored) {
        match scored {
            Scored::Value(_) => {}
            Scored::Undefined(why) => self.undefined.push(why),
            Scored::NotApplicable(why) => self.not_applicable.push(why),
            Scored::Failed(why) => self.failed.push(why),
            Scored::NotRun => self.not_run += 1,
        }
    }

    /// Why there is no value at all.
    fn reason(&self) -> Option<String> {
        let of = |word: &str, reasons: &[String]| {
            let first = reasons.first()?;
            let differ = reasons.iter().any(|reason| reason != first);
            Some(format!("{word}: {first}{}", if differ { " (and other reasons)" } else { "" }))
        };
        let words: Vec<String> = [
            of("not applicable", &self.not_applicable),
            of("failed", &self.failed),
            of("undefined", &self.undefined),
            (self.not_run > 0).then(|| "not run yet".to_owned()),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!words.is_empty()).then(|| words.join("; "))
    }

    /// What stands beside a value.
    fn remarks(&self) -> Vec<String> {
        [
            (self.failed.len(), "failed"),
            (self.not_applicable.len(), "n/a"),
            (self.undefined.len(), "undefined"),
            (self.not_run, "not run yet"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect()
    }
}

/// Makes a cell of its trials.
pub(super) fn of(results: &Results, at: &At, group: &[&TrialRecord], printed: &[Printed]) -> Cell {
    let (mut values, mut trials, mut others) = (Vec::new(), Vec::new(), Others::default());
    for record in group {
        match select::score(record, at.metric) {
            Scored::Value(value) => {
                values.push(value);
                trials.push(record.trial.id.clone());
            }
            other => others.add(other),
        }
    }
    let summary = Summary::of(&values);
    let against = printed
        .iter()
        .find(|printed| printed.metric_name == at.metric.name && stands_beside(printed, at, group))
        .map(|printed| Against::new(printed, summary.as_ref()));
    let missing = summary
        .is_none()
        .then(|| others.reason().unwrap_or_else(|| left_out(results, &at.labels().collect::<Vec<_>>())));
    Cell {
        metric: at.metric,
        summary,
        planned: group.len(),
        decimals: 3,
        place: Place::Other,
        remarks: if summary.is_some() { others.remarks() } else { beside_a_dash(&others) },
        missing,
        against,
        mark: None,
        trials,
    }
}

/// A cell whose trials failed says how many.
fn beside_a_dash(others: &Others) -> Vec<String> {
    if others.failed.is_empty() { Vec::new() } else { vec![format!("{} failed", others.failed.len())] }
}

/// Why these trials, which stand at these places, have no value of a metric; none where one has.
pub fn why_missing(
    results: &Results,
    labels: &[(String, String)],
    group: &[&TrialRecord],
    metric: &MetricSpec,
) -> Option<String> {
    let mut others = Others::default();
    for record in group {
        match select::score(record, metric) {
            Scored::Value(_) => return None,
            other => others.add(other),
        }
    }
    let labels = labels.iter().map(|(axis, label)| (axis.as_str(), label.as_str()));
    Some(others.reason().unwrap_or_else(|| left_out(results, &labels.collect::<Vec<_>>())))
}

/// The reason of a cell without trials.
fn left_out(results: &Results, labels: &[(&str, &str)]) -> String {
    let agrees = |cell: &&crate::store::results::SkippedCell| {
        let named = labels.iter().any(|(axis, _)| *axis == "model" || cell.params.contains_key(*axis));
        named && labels.iter().all(|(axis, label)| keys::skipped_label(cell, axis).is_none_or(|have| have == *label))
    };
    match results.skipped.iter().find(agrees) {
        Some(cell) => format!("left out: {}", cell.reason),
        None => "not in the plan".to_owned(),
    }
}

/// Whether a printed number stands beside a cell: every trial of the cell is where the number says.
fn stands_beside(printed: &Printed, at: &At, group: &[&TrialRecord]) -> bool {
    if group.is_empty() {
        return printed.axes.iter().all(|(axis, wanted)| {
            at.labels().any(|(name, label)| name == axis && label == wanted.to_string())
                || at.only.get(axis).is_some_and(|only| only == wanted)
        });
    }
    group.iter().all(|record| select::meets(&record.trial, printed.axes))
}
