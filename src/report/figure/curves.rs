//! Training curves: mean and range over seeds, phases one after the other.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::model::context::CurvePoint;
use crate::parameter::Values;
use crate::report::number::float;
use crate::report::select::{self, Domain, Scored};
use crate::store::artifact::CURVES;
use crate::store::outcome::Status;
use crate::store::results::{Results, State, TrialRecord};

use super::panels::{self, Panel, pooled, varies};
use super::series;

/// A line has so many points at most; the full series stay in the results.
pub const MOST_POINTS: usize = 200;
/// So many trials are read for one line.
const MOST_TRIALS: usize = 30;

/// A figure of curves.
#[derive(Clone, Debug)]
pub struct Curves {
    /// The curve's name: `loss`.
    pub y: String,
    /// Panels.
    pub panels: Vec<CurvePanel>,
    /// Panels over the limit.
    pub panels_left_out: usize,
    /// Which trials were taken, where not all.
    pub notes: Vec<String>,
    /// The conditions.
    pub only: Values,
}

/// One panel.
#[derive(Clone, Debug)]
pub struct CurvePanel {
    /// Above it.
    pub title: String,
    /// Phases in order with their lengths in steps.
    pub phases: Vec<(String, u64)>,
    /// One a method.
    pub lines: Vec<CurveLine>,
}

/// One method's line.
#[derive(Clone, Debug)]
pub struct CurveLine {
    /// The method.
    pub name: String,
    /// Place in the order of colours.
    pub series: usize,
    /// How many trials.
    pub n: usize,
    /// Step along all phases, mean, smallest, largest.
    pub points: Vec<(f64, f64, f64, f64)>,
}

fn has_curves(record: &TrialRecord) -> bool {
    record.state == State::Ended(Status::Finished)
        && record.result.as_ref().is_some_and(|result| result.artifacts.contains_key(CURVES))
}

/// The names of the curves, `loss` first. One trial of each method is asked.
pub fn names(results: &Results) -> Vec<String> {
    let mut asked: BTreeSet<&str> = BTreeSet::new();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for record in results.records.iter().filter(|record| has_curves(record)) {
        if asked.insert(&record.trial.model) {
            names.extend(results.curves(&record.trial.id).into_iter().map(|point| point.name));
        }
    }
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort_by_key(|name| name != "loss");
    names
}

/// Makes the figure; none when no trial has such a curve.
pub fn build(results: &Results, y: &str, by: Option<&str>, only: &Values) -> Option<Curves> {
    let records: Vec<&TrialRecord> =
        select::records(results, only).into_iter().filter(|record| has_curves(record)).collect();
    let mut by: Vec<&str> = by.into_iter().collect();
    // What is lost on one data set is on another scale elsewhere.
    if !by.contains(&"dataset") && varies(&records, "dataset") {
        by.push("dataset");
    }
    let shared = panels::share(results, &records, &by);
    let mut notes: BTreeSet<String> = BTreeSet::new();
    let mut groups = Vec::new();
    let mut panels = Vec::new();
    for shared in &shared.panels {
        let panel = panel(results, shared, y, &mut notes, &mut groups);
        if !panel.lines.is_empty() {
            panels.push(panel);
        }
    }
    if panels.is_empty() {
        return None;
    }
    let mut notes: Vec<String> = notes.into_iter().collect();
    for note in [pooled("line", &groups), shared.constant] {
        notes.extend(Some(note.trim().to_owned()).filter(|note| !note.is_empty()));
    }
    Some(Curves { y: y.to_owned(), panels, panels_left_out: shared.left_out, notes, only: only.clone() })
}

fn panel<'a>(
    results: &Results,
    shared: &Panel<'a>,
    y: &str,
    notes: &mut BTreeSet<String>,
    groups: &mut Vec<Vec<&'a TrialRecord>>,
) -> CurvePanel {
    let mut read: Vec<(String, Vec<Vec<CurvePoint>>)> = Vec::new();
    let models = shared.records.iter().map(|record| record.trial.model.clone());
    for model in Domain::of(results, "model", models).labels {
        let own: Vec<&TrialRecord> =
            shared.records.iter().copied().filter(|record| record.trial.model == model).collect();
        let (mut chosen, setting) = best_setting(results, &own);
        if chosen.len() > MOST_TRIALS {
            notes.insert(format!("Of a line the first {MOST_TRIALS} trials in the plan are read."));
            chosen.truncate(MOST_TRIALS);
        }
        let curves: Vec<Vec<CurvePoint>> = chosen
            .iter()
            .map(|record| {
                let points = results.curves(&record.trial.id);
                points.into_iter().filter(|point| point.name == y).collect::<Vec<_>>()
            })
            .filter(|points| !points.is_empty())
            .collect();
        if !curves.is_empty() {
            notes.extend(setting);
            groups.push(chosen);
            read.push((model, curves));
        }
    }
    let phases = phases(&read);
    let lines = read.iter().map(|(model, curves)| line(results, model, curves, &phases)).collect();
    CurvePanel { title: shared.title.clone(), phases, lines }
}

/// Trials of one setting only: a mean over settings would hide what the seeds do. The setting with the best mean
/// of the first metric, and a sentence that says so.
fn best_setting<'a>(results: &Results, records: &[&'a TrialRecord]) -> (Vec<&'a TrialRecord>, Option<String>) {
    let mut settings: Vec<(String, Vec<&TrialRecord>)> = Vec::new();
    for record in records {
        let words: Vec<String> = record.trial.parameters().map(|(name, value)| format!("{name}={value}")).collect();
        let key = format!("{} {} {}", record.trial.pipeline, record.trial.split, words.join(" "));
        match settings.iter_mut().find(|(other, _)| *other == key) {
            Some((_, group)) => group.push(record),
            None => settings.push((key, vec![record])),
        }
    }
    let metric = results.experiment.task.metrics.iter().copied().find(|metric| !crate::report::is_measured(metric));
    let (1.., Some(metric)) = (settings.len().saturating_sub(1), metric) else {
        return (settings.pop().map(|(_, group)| group).unwrap_or_default(), None);
    };
    let mean = |group: &[&TrialRecord]| {
        let values: Vec<f64> = group
            .iter()
            .filter_map(|record| match select::score(record, metric) {
                Scored::Value(value) => {
                    Some(if metric.better == crate::metric::Better::Lower { -value } else { value })
                }
                _ => None,
            })
            .collect();
        if values.is_empty() { f64::NEG_INFINITY } else { values.iter().sum::<f64>() / float(values.len()) }
    };
    let best = settings
        .into_iter()
        .map(|(_, group)| (mean(&group), group))
        .reduce(|best, other| if other.0 > best.0 { other } else { best });
    let note = format!("Of each method the setting with the best mean {} is drawn.", metric.label);
    (best.map(|(_, group)| group).unwrap_or_default(), Some(note))
}

/// The phases in order of first appearance, each as long as its longest curve.
fn phases(read: &[(String, Vec<Vec<CurvePoint>>)]) -> Vec<(String, u64)> {
    let mut phases: Vec<(String, u64)> = Vec::new();
    for point in read.iter().flat_map(|(_, curves)| curves).flatten() {
        match phases.iter_mut().find(|(name, _)| *name == point.phase) {
            Some((_, steps)) => *steps = (*steps).max(point.step),
            None => phases.push((point.phase.clone(), point.step)),
        }
    }
    phases
}

fn line(results: &Results, model: &str, curves: &[Vec<CurvePoint>], phases: &[(String, u64)]) -> CurveLine {
    let mut starts: HashMap<&str, u64> = HashMap::new();
    let mut start = 0;
    for (name, steps) in phases {
        starts.insert(name, start);
        start += steps;
    }
    let mut steps: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for point in curves.iter().flatten().filter(|point| point.value.is_finite()) {
        let start = starts.get(point.phase.as_str()).copied().unwrap_or(0);
        steps.entry(start + point.step).or_default().push(point.value);
    }
    #[expect(clippy::cast_precision_loss, reason = "steps are far below 2^53")]
    let points: Vec<_> = steps
        .into_iter()
        .map(|(step, values)| {
            let mean = values.iter().sum::<f64>() / float(values.len());
            let least = values.iter().copied().fold(f64::INFINITY, f64::min);
            let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            (step as f64, mean, least, most)
        })
        .collect();
    CurveLine { name: model.to_owned(), series: series(results, model), n: curves.len(), points: thin(points) }
}

/// Evenly spaced points with both ends.
fn thin<T: Copy>(points: Vec<T>) -> Vec<T> {
    let n = points.len();
    if n <= MOST_POINTS {
        return points;
    }
    (0..MOST_POINTS).map(|i| points[i * (n - 1) / (MOST_POINTS - 1)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_both_ends() {
        let thinned = thin((0..1000).collect());
        assert_eq!((thinned.len(), thinned[0], thinned[199]), (200, 0, 999));
        assert_eq!(thin(vec![1, 2]), [1, 2]);
    }
}
