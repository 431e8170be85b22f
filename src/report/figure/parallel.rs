//! Parallel coordinates: one line a setting through its parameters to what it scored.

use std::collections::BTreeMap;

use crate::metric::{Better, MetricSpec};
use crate::parameter::Values;
use crate::report::number::{count, float};
use crate::report::select::{self, Scored};
use crate::report::statistics::Summary;
use crate::store::results::{Results, TrialRecord};

use super::axis::Axis;
use super::panels::{self, Panel, pooled, varies};

/// A panel has so many lines at most.
pub const MOST_LINES: usize = 200;

/// A figure of parallel coordinates.
#[derive(Clone, Debug)]
pub struct Parallel {
    /// The parameters, in the file's order.
    pub axes: Vec<Axis>,
    /// What lines are coloured by and end at.
    pub metric: &'static MetricSpec,
    /// Panels.
    pub panels: Vec<ParallelPanel>,
    /// Panels over the limit.
    pub panels_left_out: usize,
    /// Sentences for the caption.
    pub notes: String,
    /// The conditions.
    pub only: Values,
}

/// One panel.
#[derive(Clone, Debug)]
pub struct ParallelPanel {
    /// Above it.
    pub title: String,
    /// From the worst to the best, so that the best are drawn over the others.
    pub lines: Vec<Setting>,
}

/// One setting.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Which value of each axis it has.
    pub at: Vec<usize>,
    /// What it scored: the mean over its trials.
    pub summary: Summary,
}

/// Makes the figure over these parameters; none when no trial has the metric.
pub fn build(
    results: &Results,
    metric: &'static MetricSpec,
    parameters: &[String],
    by: &[&str],
    only: &Values,
) -> Option<Parallel> {
    let records: Vec<&TrialRecord> = select::records(results, only)
        .into_iter()
        .filter(|r| parameters.iter().any(|name| select::is_given(&select::label(&r.trial, name))))
        .collect();
    let mut by: Vec<&str> = by.to_vec();
    for other in ["model", "dataset"] {
        if !by.contains(&other) && !parameters.iter().any(|name| name == other) && varies(&records, other) {
            by.push(other);
        }
    }
    let axes: Vec<Axis> = parameters
        .iter()
        .map(|name| Axis::of(results, name, records.iter().map(|record| select::label(&record.trial, name))))
        .filter(|axis| axis.labels.len() > 1)
        .collect();
    let shared = panels::share(results, &records, &by);
    let (mut groups, mut most) = (Vec::new(), 0);
    let mut drawn: Vec<ParallelPanel> = Vec::new();
    for panel in &shared.panels {
        let lines = settings(panel, metric, &axes, &mut groups);
        most = most.max(lines.len());
        if !lines.is_empty() {
            drawn.push(ParallelPanel { title: panel.title.clone(), lines: spread(lines) });
        }
    }
    if drawn.is_empty() || axes.is_empty() {
        return None;
    }
    let mut notes = pooled("line", &groups);
    notes.push_str(&shared.constant);
    if most > MOST_LINES {
        notes.push_str(&format!(
            " Of up to {} settings {MOST_LINES} are drawn, evenly spaced in the order of their means, the best and the \
             worst among them.",
            count(most)
        ));
    }
    Some(Parallel { axes, metric, panels: drawn, panels_left_out: shared.left_out, notes, only: only.clone() })
}

/// From the worst to the best.
fn settings<'a>(
    panel: &Panel<'a>,
    metric: &'static MetricSpec,
    axes: &[Axis],
    groups: &mut Vec<Vec<&'a TrialRecord>>,
) -> Vec<Setting> {
    let mut found: BTreeMap<Vec<usize>, (Vec<f64>, Vec<&TrialRecord>)> = BTreeMap::new();
    for record in &panel.records {
        let at: Option<Vec<usize>> =
            axes.iter().map(|axis| axis.index(&select::label(&record.trial, &axis.name))).collect();
        if let (Some(at), Scored::Value(value)) = (at, select::score(record, metric)) {
            let here = found.entry(at).or_default();
            here.0.push(value);
            here.1.push(record);
        }
    }
    let mut lines: Vec<Setting> = found
        .iter()
        .filter_map(|(at, (values, _))| Some(Setting { at: at.clone(), summary: Summary::of(values)? }))
        .collect();
    groups.extend(found.into_values().map(|(_, records)| records));
    lines.sort_by(|a, b| a.summary.mean.total_cmp(&b.summary.mean).then(a.at.cmp(&b.at)));
    if metric.better == Better::Lower {
        lines.reverse();
    }
    lines
}

/// Evenly spaced lines with both ends.
fn spread(lines: Vec<Setting>) -> Vec<Setting> {
    let n = lines.len();
    if n <= MOST_LINES {
        return lines;
    }
    (0..MOST_LINES).map(|i| lines[i * (n - 1) / (MOST_LINES - 1)].clone()).collect()
}

/// Up to so many values stand at equal distances, each with its label; more are drawn to scale.
const MOST_EVEN: usize = 7;

impl Axis {
    /// Where a value stands between the ends of an upright axis, from 0 to 1.
    pub fn share(&self, index: usize) -> f64 {
        let last = self.labels.len().saturating_sub(1).max(1);
        if self.is_even() {
            return float(index) / float(last);
        }
        let (Some(place), Some(low), Some(high)) = (self.places.get(index), self.places.first(), self.places.last())
        else {
            return 0.0;
        };
        match self.spread {
            super::axis::Spread::Logarithmic => (place.ln() - low.ln()) / (high.ln() - low.ln()),
            _ => (place - low) / (high - low),
        }
    }

    /// Whether its values stand at equal distances.
    pub fn is_even(&self) -> bool {
        self.labels.len() <= MOST_EVEN || self.spread == super::axis::Spread::Words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hundred_lines_keep_the_best_and_the_worst() {
        let summary = |mean: f64| Summary { n: 1, mean, std: None, low: None, high: None };
        let lines: Vec<Setting> = (0..1000).map(|i| Setting { at: vec![i], summary: summary(float(i)) }).collect();
        let kept = spread(lines);
        assert_eq!((kept.len(), kept[0].at[0], kept[199].at[0]), (200, 0, 999));
    }
}
