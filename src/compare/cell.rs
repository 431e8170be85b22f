//! The cells: every matched place with every metric.

use std::collections::{BTreeMap, BTreeSet};

use crate::metric::{Better, MetricSpec};
use crate::plan::trial::Trial;
use crate::report::select::{self, Scored};
use crate::report::statistics::Summary;
use crate::report::statistics::adjust::Adjustment;
use crate::store::results::Results;

use super::judge::{self, Judged, Repeat, Values};
use super::matching::{Content, Match, Matches};
use super::place::{Kinds, Place, shown};
use super::{ALPHA, Cell, Labels, Lack, Numbers, Tested, Verdict, Which};

/// What the cells are made from.
pub struct Look<'l> {
    /// The folders.
    pub folders: [&'l Results; 2],
    /// What their labels stand for.
    pub contents: [&'l Content; 2],
    /// The parameters of models.
    pub kinds: &'l Kinds,
    /// What varies within a model's label.
    pub swept: &'l BTreeMap<String, BTreeSet<String>>,
}

/// A place's numbers of one metric, with its values by fold and seed.
struct Seen {
    numbers: Numbers,
    values: Values,
    failed: BTreeSet<Repeat>,
}

/// Every cell, judged.
pub fn all(look: &Look<'_>, matches: &Matches<'_>) -> Vec<Cell> {
    let [a, b] = look.folders;
    let mut metrics: Vec<&'static MetricSpec> = a.experiment.task.metrics.clone();
    for metric in &b.experiment.task.metrics {
        if !metrics.iter().any(|known| known.name == metric.name) {
            metrics.push(metric);
        }
    }
    let mut cells: Vec<Cell> = Vec::new();
    for pair in &matches.pairs {
        cells.extend(metrics.iter().filter_map(|metric| cell(look, pair, metric)));
    }
    adjust(&mut cells);
    cells
}

fn cell(look: &Look<'_>, pair: &Match<'_>, metric: &'static MetricSpec) -> Option<Cell> {
    let [of_a, of_b] = look.folders;
    let a = pair.a.as_ref().and_then(|place| seen(place, of_a, metric));
    let b = pair.b.as_ref().and_then(|place| seen(place, of_b, metric));
    let trial = pair.a.as_ref().or(pair.b.as_ref())?.trial;
    if a.is_none() && b.is_none() {
        return None;
    }
    let other = pair.b.as_ref().map(|place| labels(place.trial)).filter(|other| *other != labels(trial));
    let mut cell = Cell {
        labels: labels(trial),
        labels_b: other,
        swept: swept(look, trial),
        metric,
        newly_failed: match (&a, &b) {
            (Some(a), Some(b)) => b.failed.iter().filter(|repeat| a.values.contains_key(repeat)).count(),
            _ => 0,
        },
        a: None,
        b: None,
        difference: None,
        tested: None,
        verdict: Verdict::NoValue,
    };
    cell.verdict = match (lack(a.as_ref()), lack(b.as_ref())) {
        (None, None) => judge(&mut cell, look, pair, a.as_ref(), b.as_ref()),
        (None, Some(lack)) => Verdict::Without(Which::B, lack),
        (Some(lack), None) => Verdict::Without(Which::A, lack),
        (Some(_), Some(Lack::NotPlanned)) => Verdict::Without(Which::B, Lack::NotPlanned),
        (Some(Lack::NotPlanned), Some(_)) => Verdict::Without(Which::A, Lack::NotPlanned),
        (Some(_), Some(_)) => Verdict::NoValue,
    };
    (cell.a, cell.b) = (a.map(|seen| seen.numbers), b.map(|seen| seen.numbers));
    Some(cell)
}

/// Judges a cell in which both have values.
fn judge(cell: &mut Cell, look: &Look<'_>, pair: &Match<'_>, a: Option<&Seen>, b: Option<&Seen>) -> Verdict {
    let (Some(a), Some(b), Some(in_a), Some(in_b)) = (a, b, &pair.a, &pair.b) else { return Verdict::NoValue };
    let conditions = judge::Conditions::of(look, in_a, in_b);
    let Judged { verdict, difference, tested } = judge::judge(&a.values, &b.values, conditions);
    cell.difference = difference;
    cell.tested = tested;
    verdict
}

/// What a place holds of a metric; none where the experiment does not ask for the metric and no trial has it.
fn seen(place: &Place<'_>, results: &Results, metric: &'static MetricSpec) -> Option<Seen> {
    let mut seen = Seen { numbers: Numbers::default(), values: Values::new(), failed: BTreeSet::new() };
    let numbers = &mut seen.numbers;
    let mut reason = None;
    for record in &place.records {
        let trial = &record.trial;
        let repeat = (trial.fold, trial.seed);
        let (count, why) = match select::score(record, metric) {
            Scored::Value(value) => {
                seen.values.insert(repeat, (trial.id.clone(), value));
                numbers.trials.push(trial.id.clone());
                continue;
            }
            Scored::Failed(why) => {
                seen.failed.insert(repeat);
                (&mut numbers.failed, Some((Lack::Failed, why)))
            }
            Scored::NotApplicable(why) => (&mut numbers.not_applicable, Some((Lack::NotApplicable, why))),
            Scored::Undefined(why) => (&mut numbers.undefined, Some((Lack::Undefined, why))),
            Scored::NotRun => (&mut numbers.not_run, None),
        };
        *count += 1;
        // What explains the cell's verdict goes before what other trials say.
        if let Some(why) = why
            && reason.as_ref().is_none_or(|(known, _)| why.0 < *known)
        {
            reason = Some(why);
        }
    }
    numbers.planned = place.records.len();
    numbers.reason = reason.map(|(_, why)| why);
    let values: Vec<f64> = seen.values.values().map(|(_, value)| *value).collect();
    numbers.summary = Summary::of(&values);
    let asked = results.experiment.task.metrics.iter().any(|known| known.name == metric.name);
    (asked || numbers.summary.is_some()).then_some(seen)
}

/// Why there is no value; none where there is one.
fn lack(seen: Option<&Seen>) -> Option<Lack> {
    let Some(Seen { numbers, .. }) = seen else { return Some(Lack::NotPlanned) };
    if numbers.summary.is_some() {
        return None;
    }
    Some(if numbers.failed > 0 {
        Lack::Failed
    } else if numbers.not_applicable > 0 {
        Lack::NotApplicable
    } else if numbers.undefined > 0 {
        Lack::Undefined
    } else {
        Lack::NotRun
    })
}

fn labels(trial: &Trial) -> Labels {
    Labels {
        dataset: trial.dataset.clone(),
        pipeline: trial.pipeline.clone(),
        steps: trial.steps.clone(),
        split: trial.split.clone(),
        model: trial.model.clone(),
        params: trial.params.clone(),
    }
}

/// The parameters worth naming, those of the pipeline's grid among them.
fn swept(look: &Look<'_>, trial: &Trial) -> Vec<(String, String)> {
    let names = look.swept.get(&trial.model).into_iter().flatten();
    let of_model = names.map(|name| (name.clone(), look.kinds.value(trial, name)));
    of_model.chain(trial.steps.iter().map(|(name, value)| (name.clone(), shown(value)))).collect()
}

/// Adjusts the p-values, results and measurements apart, and turns those that hold into verdicts.
fn adjust(cells: &mut [Cell]) {
    for measured in [false, true] {
        let p: Vec<f64> = cells
            .iter()
            .map(|cell| cell.tested.filter(|_| cell.is_measured() == measured).map_or(f64::NAN, |test| test.p_value))
            .collect();
        for (cell, adjusted) in cells.iter_mut().zip(Adjustment::Holm.apply(&p)) {
            if let (Some(tested), Some(difference)) = (cell.tested, cell.difference)
                && !adjusted.is_nan()
            {
                cell.tested = Some(Tested { adjusted, ..tested });
                cell.verdict = verdict(adjusted, difference.mean, cell.metric.better);
            }
        }
    }
}

fn verdict(p: f64, difference: f64, better: Better) -> Verdict {
    let gain = match better {
        Better::Higher => difference,
        Better::Lower => -difference,
    };
    match p <= ALPHA {
        true if gain > 0.0 => Verdict::Better,
        true if gain < 0.0 => Verdict::Worse,
        _ => Verdict::WithinNoise,
    }
}

impl Cell {
    /// The difference in the metric's direction over the size of the values: below zero where the second is worse.
    pub(super) fn relative_gain(&self) -> f64 {
        let Some(difference) = self.difference else { return 0.0 };
        let mean = |numbers: &Option<Numbers>| numbers.as_ref().and_then(|n| n.summary).map_or(0.0, |s| s.mean.abs());
        let size = f64::midpoint(mean(&self.a), mean(&self.b));
        let gain = match self.metric.better {
            Better::Higher => difference.mean,
            Better::Lower => -difference.mean,
        };
        if size > 0.0 { gain / size } else { gain }
    }
}
