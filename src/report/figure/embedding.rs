//! Data of two columns as they lie: the known classes, and the clusters that each method's best trial found.

use std::collections::BTreeMap;

use crate::metric::MetricSpec;
use crate::model::TaskKind;
use crate::parameter::Values;
use crate::report::number::plural;
use crate::store::artifact;
use crate::store::results::Results;
use crate::store::rows::MOST_POINTS;

use super::MOST_PANELS;
use super::exemplars::{choose, judge};

/// A figure of points.
#[derive(Clone, Debug)]
pub struct Embedding {
    /// Names of the two columns.
    pub axes: [String; 2],
    /// The metric by which trials were chosen.
    pub metric: &'static MetricSpec,
    /// One for the classes, one a method.
    pub panels: Vec<EmbeddingPanel>,
    /// Panels over the limit.
    pub panels_left_out: usize,
    /// Sentences for the caption.
    pub notes: String,
}

/// One panel.
#[derive(Clone, Debug)]
pub struct EmbeddingPanel {
    /// Above it.
    pub title: String,
    /// x, y and group: groups are counted by size, the largest first.
    pub points: Vec<(f64, f64, usize)>,
}

/// One figure a data set of two columns.
pub fn all(results: &Results) -> Vec<(String, Embedding)> {
    let clusters = matches!(results.experiment.task_kind(), TaskKind::Clustering | TaskKind::Outliers);
    let names = results.experiment.datasets.iter().map(|block| &block.name).filter(|_| clusters);
    names.filter_map(|name| Some((name.clone(), build(results, name)?))).collect()
}

fn build(results: &Results, dataset: &str) -> Option<Embedding> {
    let metric = judge(results, None)?;
    let known = results.known_rows(dataset);
    let [x, y] = known.columns.as_slice() else { return None };
    let axes = [x.clone(), y.clone()];
    let only = Values::from([("dataset".to_owned(), crate::value::Value::Text(dataset.to_owned()))]);
    let mut panels = Vec::new();
    let mut left_out = 0;
    for chosen in choose(results, metric, &only) {
        let Some(best) = chosen.first() else { continue };
        let Ok(kept) = artifact::read_rows(&results.folder, &best.record.trial.id) else { continue };
        let found: BTreeMap<usize, usize> =
            kept.rows.iter().zip(&kept.given).filter_map(|(row, given)| Some((*row, (*given)?))).collect();
        let points = known.points.iter().filter_map(|(row, [x, y])| Some((*x, *y, *found.get(row)?)));
        let points: Vec<_> = points.collect();
        if points.is_empty() {
            continue;
        }
        if panels.len() + 1 >= MOST_PANELS {
            left_out += 1;
            continue;
        }
        let title = format!("{}, {}", best.record.trial.model, best.words);
        panels.push(EmbeddingPanel { title, points: by_size(points) });
    }
    if panels.is_empty() {
        return None;
    }
    if !known.classes.is_empty() {
        let points = known.points.iter().filter_map(|(row, [x, y])| Some((*x, *y, *known.classes.get(*row)?)));
        panels.insert(
            0,
            EmbeddingPanel { title: "The classes as they are known".to_owned(), points: by_size(points.collect()) },
        );
    }
    let rows = results.datasets.iter().find(|facts| facts.name == dataset).map_or(0, |facts| facts.rows);
    let notes = if rows > MOST_POINTS {
        format!(" Of {} {MOST_POINTS} are drawn, evenly spaced in the order of the data.", plural(rows, "row"))
    } else {
        String::new()
    };
    Some(Embedding { axes, metric, panels, panels_left_out: left_out, notes })
}

/// Groups by size, so that the largest of every panel has the same colour; equal ones by their number.
fn by_size(mut points: Vec<(f64, f64, usize)>) -> Vec<(f64, f64, usize)> {
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    points.iter().for_each(|point| *sizes.entry(point.2).or_default() += 1);
    let mut order: Vec<(usize, usize)> = sizes.into_iter().collect();
    order.sort_by_key(|(group, size)| (std::cmp::Reverse(*size), *group));
    let places: BTreeMap<usize, usize> = order.into_iter().enumerate().map(|(i, (group, _))| (group, i)).collect();
    points.iter_mut().for_each(|point| point.2 = places[&point.2]);
    points
}
