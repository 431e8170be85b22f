//! Whether methods differ by more than chance: over data sets by their ranks, on one data set over its seeds or folds.

mod over_datasets;
mod within;

use crate::experiment::FigureKind;
use crate::metric::MetricSpec;
use crate::parameter::Values;
use crate::store::results::{Results, TrialRecord};

use super::pairs::Made;
use super::statistics::intervals::Interval;
use super::table::{choose, clock};
use super::{Options, figure, is_measured};

pub use over_datasets::{MOST_METHODS, Ranks};

/// The level of every test here.
pub const ALPHA: f64 = 0.05;
/// So many metrics are tested where the file does not say which.
const METRICS: usize = 1;

/// What the tests say about one metric.
#[derive(Clone, Debug)]
pub struct Significance {
    /// The metric.
    pub metric: &'static MetricSpec,
    /// Each method with its place in the order of colours.
    pub methods: Vec<(String, usize)>,
    /// Ranks over data sets; none on one data set, or with two methods.
    pub ranks: Option<Ranks>,
    /// What is said of the omnibus test and of the diagram.
    pub sentences: Vec<String>,
    /// Every two methods.
    pub pairs: Vec<Pair>,
    /// What stands above their table, and what its columns are.
    pub pairs_about: String,
}

/// Two methods.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The places of both in [`Significance::methods`].
    pub methods: (usize, usize),
    /// Data sets, seeds or folds on which the first is better, both are equal, the second is better.
    pub won: (usize, usize, usize),
    /// Mean of first less second.
    pub difference: f64,
    /// Its 95% interval.
    pub interval: Option<Interval>,
    /// Average rank of the first less that of the second.
    pub ranks: Option<f64>,
    /// Nemenyi's p-value.
    pub nemenyi: Option<f64>,
    /// Of the test of the pair, not adjusted.
    pub p_value: Option<f64>,
    /// Adjusted by Holm for all pairs.
    pub holm: Option<f64>,
    /// Cohen's d of the differences.
    pub cohen_dz: f64,
    /// Cliff's delta.
    pub cliff_delta: f64,
    /// The test of the pair.
    pub made: Option<Made>,
}

/// Tests the metrics for which the file asks for a diagram, else the first one; those with nothing to test are left out.
pub fn of(results: &Results, options: Options) -> Vec<Significance> {
    let asked = results.experiment.figures.iter().filter(|block| block.kind == FigureKind::CriticalDifference);
    let mut wanted: Vec<(&'static MetricSpec, &Values)> = Vec::new();
    for block in asked {
        if let Some(metric) = figure::metric(results, &block.y) {
            wanted.push((metric, &block.only));
        }
    }
    let none = Values::new();
    let only = results.experiment.tables.first().map_or(&none, |table| &table.only);
    if wanted.is_empty() {
        let scores = results.experiment.task.metrics.iter().copied().filter(|metric| !is_measured(metric));
        wanted = scores.take(METRICS).map(|metric| (metric, only)).collect();
    }
    let shown = |metric: &MetricSpec| !(options.omit_measured && is_measured(metric)) || clock(metric).is_none();
    wanted
        .into_iter()
        .filter(|(metric, _)| shown(metric))
        .filter_map(|(metric, only)| one(results, metric, only))
        .collect()
}

fn one(results: &Results, metric: &'static MetricSpec, only: &Values) -> Option<Significance> {
    let records = super::select::records(results, only);
    let records: Vec<&TrialRecord> = match results.experiment.tables.first().and_then(|table| table.choose.as_ref()) {
        Some(how) => choose::apply(how, records).0,
        None => records,
    };
    over_datasets::of(results, metric, &records).or_else(|| within::of(results, metric, &records))
}
