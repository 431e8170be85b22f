//! The figures of a file that asks for none: by the shape of its grid.

use std::collections::HashSet;

use crate::metric::MetricSpec;
use crate::parameter::Values;
use crate::report::Options;
use crate::report::number;
use crate::report::select;
use crate::report::table::join_words;
use crate::store::results::{Results, TrialRecord};

use super::axis::{Axis, Spread};
use super::scatter::{self, Side};
use super::{Figure, caption, is_measured, swept, swept_by};
use super::{bars, boxes, confusion, curves, heat_map, importance, lines, model, parallel};

/// Sweeps: so many figures at most.
const MOST_SWEEPS: usize = 6;
/// Curves: so many kinds at most.
const MOST_CURVES: usize = 3;
/// Metrics along a swept parameter: so many at most.
const MOST_METRICS: usize = 3;

/// The title of models as text.
pub const MODELS: &str = "Fitted models";

/// Bars for scores, something for every sweep, curves and confusions where there are any.
pub fn all(results: &Results, options: Options) -> Vec<Figure> {
    let only = results.experiment.tables.first().map(|table| table.only.clone()).unwrap_or_default();
    let metrics = &results.experiment.task.metrics;
    let unit: Vec<&'static MetricSpec> =
        metrics.iter().copied().filter(|m| number::is_unit(m) && !is_measured(m)).collect();
    let drawn = if unit.is_empty() { first_score(metrics) } else { unit };
    let mut figures = Vec::new();
    if !drawn.is_empty() {
        let labels: Vec<String> = drawn.iter().map(|metric| metric.label.to_owned()).collect();
        let title = format!("{} by method", join_words(&labels));
        let bars = bars::build(results, &drawn, "model", Some("dataset"), &only);
        figures.extend(bars.map(|bars| caption::bars(title, bars)));
    }
    if let Some(metric) = drawn.first() {
        figures.extend(sweeps(results, metric, options));
    }
    for name in curves::names(results).into_iter().take(MOST_CURVES) {
        let curves = curves::build(results, &name, Some("dataset"), &Values::new());
        figures.extend(curves.map(|curves| caption::curves(format!("Training: {name}"), curves)));
    }
    let confusion = confusion::build(results, None, &Values::new());
    figures.extend(confusion.map(|drawn| caption::confusion(caption::confusion_title(&drawn), drawn)));
    figures.extend(model::build(results, None, &Values::new()).map(|drawn| caption::models(MODELS.to_owned(), drawn)));
    figures
}

/// The first metric that is a result.
fn first_score(metrics: &[&'static MetricSpec]) -> Vec<&'static MetricSpec> {
    metrics.iter().copied().find(|metric| !is_measured(metric)).into_iter().collect()
}

/// Methods that sweep the same parameters.
struct Group {
    parameters: Vec<String>,
    models: Vec<String>,
    /// Whether any of them draws values at random.
    is_random: bool,
}

/// In the file's order; what pipelines sweep is swept by every method.
fn groups(results: &Results) -> Vec<Group> {
    let all = swept(results);
    let own: HashSet<String> = results.experiment.models.iter().flat_map(swept_by).collect();
    let mut groups: Vec<Group> = Vec::new();
    for model in &results.experiment.models {
        let mine: HashSet<String> = swept_by(model).collect();
        let parameters: Vec<String> =
            all.iter().filter(|name| mine.contains(*name) || !own.contains(*name)).cloned().collect();
        if parameters.is_empty() {
            continue;
        }
        let is_random = !model.sweep.random.is_empty();
        match groups.iter_mut().find(|group| group.parameters == parameters) {
            Some(group) => {
                group.models.push(model.name.clone());
                group.is_random |= is_random;
            }
            None => groups.push(Group { parameters, models: vec![model.name.clone()], is_random }),
        }
    }
    groups
}

fn sweeps(results: &Results, metric: &'static MetricSpec, options: Options) -> Vec<Figure> {
    let groups = groups(results);
    let mut figures = Vec::new();
    for group in &groups {
        // Where one group is all there is, a condition would say nothing.
        let mut only = Values::new();
        if groups.len() > 1 {
            let names = group.models.iter().cloned().map(crate::value::Value::Text).collect();
            only.insert("model".to_owned(), crate::value::Value::List(names));
        }
        match group.parameters.as_slice() {
            // Values drawn at random make no grid.
            [one] if group.is_random => {
                let sides = [one.as_str(), metric.name].map(|name| Side::of(results, name, &only));
                let [Some(x), Some(y)] = sides else { continue };
                let drawn = scatter::build(results, x, y, &["model", "dataset"], &only);
                let title = format!("{} over {one}", metric.label);
                figures.extend(drawn.map(|drawn| caption::scatter(title, drawn)));
            }
            [one] => figures.extend(along(results, metric, one, group, &only, options)),
            [x, y] if !group.is_random => figures.extend(
                heat_map::build(results, metric, (x, y), &["model", "dataset"], &only)
                    .map(|map| caption::heat_map(format!("{} over {x} and {y}", metric.label), map)),
            ),
            several => {
                let drawn = parallel::build(results, metric, several, &["model", "dataset"], &only);
                figures
                    .extend(drawn.map(|drawn| caption::parallel(format!("{} of every setting", metric.label), drawn)));
                let drawn = importance::build(results, metric, &["model", "dataset"], &only);
                figures.extend(drawn.map(|drawn| caption::importance(format!("What moves {}", metric.label), drawn)));
            }
        }
    }
    figures.truncate(MOST_SWEEPS);
    figures
}

/// One parameter: boxes where a point has several trials, lines where methods or single trials are to be compared.
fn along(
    results: &Results,
    metric: &'static MetricSpec,
    parameter: &str,
    group: &Group,
    only: &Values,
    options: Options,
) -> Vec<Figure> {
    let records = select::records(results, only);
    let given = |record: &&&TrialRecord| select::is_given(&select::label(&record.trial, parameter));
    let labels = records.iter().filter(given).map(|record| select::label(&record.trial, parameter));
    let is_numeric = Axis::of(results, parameter, labels).spread != Spread::Words;
    let repeats = results.experiment.seeds.len() > 1
        || results.records.iter().any(|record| record.trial.fold.is_some_and(|fold| fold > 0));
    if repeats && (group.models.len() == 1 || !is_numeric) {
        let drawn = boxes::build(results, metric, parameter, &["model", "dataset"], only);
        let title = format!("{} over {parameter}", metric.label);
        return drawn.map(|boxes| caption::boxes(title, boxes)).into_iter().collect();
    }
    let others = results.experiment.task.metrics.iter().copied();
    let others = others.filter(|other| other.name != metric.name && !(options.omit_measured && is_measured(other)));
    let metrics = std::iter::once(metric).chain(others).take(MOST_METRICS);
    let drawn = metrics.filter_map(|metric| {
        let lines = lines::build(results, metric, parameter, &["dataset"], only)?;
        Some(caption::lines(format!("{} over {parameter}", metric.label), lines))
    });
    drawn.collect()
}
