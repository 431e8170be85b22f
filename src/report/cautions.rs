//! What would not convince a reviewer, as far as it can be seen from the plan and the results.

use std::collections::{BTreeMap, BTreeSet};

use crate::experiment::{ChooseOn, FigureKind};
use crate::model::TaskKind;
use crate::store::outcome::Status;
use crate::store::results::{Results, State};

use super::number::{fixed, float, plural};
use super::select::{self, Scored};
use super::statistics::Summary;
use super::statistics::distributions::t_quantile;
use super::table::join_words;
use super::{Options, is_measured};

/// Fewer repeats than this give intervals that meet almost anything.
const FEW_REPEATS: usize = 3;
/// Fewer data sets than this and a signed-rank test cannot come below .05.
const FEW_DATASETS: usize = 6;

/// One remark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caution {
    /// A word for programs: `one-seed`.
    pub code: &'static str,
    /// The sentence.
    pub text: String,
}

/// Every remark.
pub fn of(results: &Results, options: Options) -> Vec<Caution> {
    let mut cautions = Vec::new();
    let mut say = |code: &'static str, text: String| cautions.push(Caution { code, text });
    if let Some((code, text)) = repeats(results) {
        say(code, text);
    }
    for title in chosen_on_test(results) {
        say(
            "selected-on-test",
            format!(
                "“{title}” chooses settings by the scores that it shows: the best of several is optimistic. Choosing on \
             validation rows (`on = \"validation\"`) is not."
            ),
        );
    }
    if let Some(text) = few_datasets(results) {
        say("few-datasets", text);
    }
    if let Some(text) = groups(results) {
        say("groups-on-both-sides", text);
    }
    for text in undefined(results, options) {
        say("undefined-metric", text);
    }
    if let Some(text) = near_floor(results) {
        say("near-majority", text);
    }
    cautions
}

/// One seed, or too few of them.
fn repeats(results: &Results) -> Option<(&'static str, String)> {
    let mut folds: BTreeSet<Option<u32>> = BTreeSet::new();
    let mut seeds: BTreeSet<u64> = BTreeSet::new();
    for record in &results.records {
        folds.insert(record.trial.fold);
        seeds.insert(record.trial.seed);
    }
    match seeds.len() * folds.len().max(1) {
        0 => None,
        1 => Some((
            "one-seed",
            "One seed: a difference may be the luck of the draw; nothing can be tested. `[repeat] seeds = 5` repeats every \
             trial."
                .to_owned(),
        )),
        n if n < FEW_REPEATS => Some((
            "few-seeds",
            format!(
                "{} a cell: 95% intervals are {} standard errors wide on either side, so that meeting a published value says \
                 little.",
                plural(n, "repeat"),
                fixed(t_quantile(0.975, n - 1), 1)
            ),
        )),
        _ => None,
    }
}

/// Titles of tables that choose by test scores among several settings.
fn chosen_on_test(results: &Results) -> Vec<String> {
    let tables = results.experiment.tables.iter();
    let on_test = tables.filter(|table| table.choose.as_ref().is_some_and(|choose| choose.on == ChooseOn::Test));
    on_test.map(|table| table.title.clone()).collect()
}

/// Fewer data sets than the tests over them need.
fn few_datasets(results: &Results) -> Option<String> {
    let experiment = &results.experiment;
    let n = experiment.datasets.len();
    let asked = experiment.figures.iter().any(|figure| figure.kind == FigureKind::CriticalDifference);
    (asked && n < FEW_DATASETS).then(|| {
        format!(
            "{} for a comparison over data sets: with fewer than {FEW_DATASETS} no pair of methods can reach p = 0.05 in a \
             signed-rank test.",
            plural(n, "data set")
        )
    })
}

/// Groups whose rows lie on both sides of a split.
fn groups(results: &Results) -> Option<String> {
    let mut splits: BTreeMap<&str, i64> = BTreeMap::new();
    for record in &results.records {
        let both = record.result.as_ref().and_then(|result| result.counts.get("groups_in_both_parts"));
        if let Some(both) = both.filter(|both| **both > 0) {
            let most = splits.entry(&record.trial.split).or_default();
            *most = (*most).max(*both);
        }
    }
    let named: Vec<String> = splits.iter().map(|(split, groups)| format!("{split} ({groups})")).collect();
    (!named.is_empty()).then(|| {
        format!(
            "Groups with rows on both sides of a split: {}. What is learned of a group's training rows helps with its test \
             rows.",
            join_words(&named)
        )
    })
}

/// Metrics without a value in any finished trial.
fn undefined(results: &Results, options: Options) -> Vec<String> {
    let finished: Vec<_> =
        results.records.iter().filter(|record| record.state == State::Ended(Status::Finished)).collect();
    let metrics = results.experiment.task.metrics.iter();
    let shown = metrics.filter(|metric| !(options.omit_measured && is_measured(metric)));
    let nowhere = shown.filter(|metric| {
        !finished.is_empty() && finished.iter().all(|record| !matches!(select::score(record, metric), Scored::Value(_)))
    });
    nowhere
        .map(|metric| {
            let why = finished.iter().find_map(|record| match select::score(record, metric) {
                Scored::Undefined(why) => Some(why),
                _ => None,
            });
            let why = why.map_or_else(String::new, |why| format!(": {why}"));
            format!("{} has no value in any trial{why}.", metric.label)
        })
        .collect()
}

/// Classifiers whose accuracy is no more than the share of the largest class.
fn near_floor(results: &Results) -> Option<String> {
    if results.experiment.task.kind != TaskKind::Classification {
        return None;
    }
    let metric = crate::metric::find("accuracy")?;
    let mut cells: BTreeMap<(&str, &str), Vec<f64>> = BTreeMap::new();
    for record in &results.records {
        if let Scored::Value(value) = select::score(record, metric) {
            cells.entry((&record.trial.dataset, &record.trial.model)).or_default().push(value);
        }
    }
    let floor = |dataset: &str| {
        let facts = results.datasets.iter().find(|facts| facts.name == dataset)?;
        let largest = facts.classes.iter().map(|(_, size)| *size).max()?;
        (facts.rows > 0).then(|| float(largest) / float(facts.rows))
    };
    let near: Vec<String> = cells
        .iter()
        .filter_map(|((dataset, model), values)| {
            let (summary, floor) = (Summary::of(values)?, floor(dataset)?);
            (summary.interval().0 <= floor).then(|| format!("{model} on {dataset} ({})", fixed(summary.mean, 3)))
        })
        .collect();
    (!near.is_empty()).then(|| {
        format!(
            "Not shown to be better than always naming the largest class of all rows: {}.",
            join_words(&near.iter().take(5).cloned().collect::<Vec<_>>())
        ) + &if near.len() > 5 { format!(" And {} more.", near.len() - 5) } else { String::new() }
    })
}
