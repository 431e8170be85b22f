//! Trials that stand for others: the best, the median and the worst of each method on each data set.

use std::collections::BTreeMap;

use crate::metric::{Better, MetricSpec};
use crate::parameter::Values;
use crate::report::number::{decimals, fixed};
use crate::report::select::{self, Domain, Scored};
use crate::report::{is_measured, trials};
use crate::store::artifact::PREDICTIONS;
use crate::store::outcome::Status;
use crate::store::results::{Results, State, TrialRecord};

/// A trial that stands for others.
pub struct Exemplar<'a> {
    /// The trial.
    pub record: &'a TrialRecord,
    /// Which it is: `best: ACC 0.871, trial 3f2a91c0`.
    pub words: String,
}

/// The metric of a name, or the task's first: one that is a result.
pub fn judge(results: &Results, name: Option<&str>) -> Option<&'static MetricSpec> {
    let named = name.and_then(|name| super::metric(results, name)).filter(|metric| !is_measured(metric));
    named.or_else(|| results.experiment.task.metrics.iter().copied().find(|metric| !is_measured(metric)))
}

/// The best, median and worst by the metric of each method on each data set; of equal ones the first in the plan. Only
/// trials whose predictions were kept are asked.
pub fn choose<'a>(results: &'a Results, metric: &'static MetricSpec, only: &Values) -> Vec<Vec<Exemplar<'a>>> {
    let records: Vec<&TrialRecord> =
        select::records(results, only).into_iter().filter(|record| has_predictions(record)).collect();
    let of = |axis: &str| Domain::of(results, axis, records.iter().map(|record| select::label(&record.trial, axis)));
    let (datasets, models) = (of("dataset"), of("model"));
    let mut groups: BTreeMap<(usize, usize), Vec<(f64, &TrialRecord)>> = BTreeMap::new();
    for record in &records {
        if let Scored::Value(value) = select::score(record, metric) {
            let place = (datasets.place(&record.trial.dataset), models.place(&record.trial.model));
            groups.entry(place).or_default().push((value, record));
        }
    }
    let ids = short_ids(results);
    groups.into_values().map(|group| three(group, metric, &ids)).collect()
}

/// Ids as the table of trials shows them, by the full ones.
fn short_ids(results: &Results) -> BTreeMap<&str, String> {
    let full = results.records.iter().map(|record| record.trial.id.as_str());
    full.zip(trials::short_ids(&results.records)).collect()
}

/// The first, the middle and the last in the order of their values, each once.
fn three<'a>(
    mut group: Vec<(f64, &'a TrialRecord)>,
    metric: &'static MetricSpec,
    ids: &BTreeMap<&str, String>,
) -> Vec<Exemplar<'a>> {
    let sign = if metric.better == Better::Lower { 1.0 } else { -1.0 };
    group.sort_by(|a, b| (sign * a.0).total_cmp(&(sign * b.0)));
    let last = group.len().saturating_sub(1);
    let places: &[(usize, &str)] = match last {
        0 => &[(0, "the only trial")],
        1 => &[(0, "best"), (1, "worst")],
        _ => &[(0, "best"), (last / 2, "median"), (last, "worst")],
    };
    let digits = decimals(metric, group.iter().map(|(value, _)| *value));
    let exemplar = |(place, word): &(usize, &str)| {
        let (value, record) = group[*place];
        let id = ids.get(record.trial.id.as_str()).map_or("", String::as_str);
        Exemplar { record, words: format!("{word}: {} {}, trial {id}", metric.label, fixed(value, digits)) }
    };
    places.iter().map(exemplar).collect()
}

fn has_predictions(record: &TrialRecord) -> bool {
    record.state == State::Ended(Status::Finished)
        && record.result.as_ref().is_some_and(|result| result.artifacts.contains_key(PREDICTIONS))
}
