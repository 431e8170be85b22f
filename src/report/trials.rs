//! Every trial, column by column: what varies is a column, what does not stands under provenance.

use std::collections::{BTreeSet, HashSet};

use crate::store::results::{Results, State, TrialRecord};

use super::Options;
use super::number;
use super::select::{self, Scored};
use super::table::shown;

/// An id is shown with at least so many characters.
const SHORTEST_ID: usize = 8;

/// All trials.
#[derive(Clone, Debug)]
pub struct Trials {
    /// How many.
    pub n: usize,
    /// The columns after the id.
    pub columns: Vec<Column>,
    /// The ids.
    pub full_ids: Vec<String>,
    /// The ids, cut to what tells them apart.
    pub ids: Vec<String>,
}

/// One column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its heading.
    pub name: String,
    /// Word that filters it in the search box.
    pub key: String,
    /// Its values.
    pub values: ColumnValues,
}

/// A column's values.
#[derive(Clone, Debug)]
pub enum ColumnValues {
    /// Text, each different one once.
    Words {
        /// The words.
        words: Vec<String>,
        /// Which word each trial has; -1 for none.
        at: Vec<i64>,
    },
    /// Numbers as whole multiples of a power of ten.
    Numbers {
        /// Decimals.
        decimals: usize,
        /// The multiples.
        scaled: Vec<Option<i64>>,
    },
}

/// Makes the columns.
pub fn of(results: &Results, options: Options) -> Trials {
    let records = &results.records;
    let mut columns = Vec::new();
    for (axis, name, always) in [
        ("model", "Method", true),
        ("dataset", "Data set", true),
        ("pipeline", "Pipeline", false),
        ("split", "Split", false),
    ] {
        columns.extend(axis_column(records, axis, name, always));
    }
    let mut parameters: BTreeSet<&str> = BTreeSet::new();
    for record in records {
        parameters.extend(record.trial.parameters().map(|(name, _)| name.as_str()));
    }
    for parameter in parameters.into_iter().chain(["fold"]) {
        columns.extend(varying(records, parameter));
    }
    columns.push(words("Seed", "seed", records.iter().map(|record| Some(record.trial.seed.to_string()))));
    for metric in shown(&results.experiment.task.metrics, options) {
        let values: Vec<Option<f64>> = records
            .iter()
            .map(|record| match select::score(record, metric) {
                Scored::Value(value) => Some(value),
                _ => None,
            })
            .collect();
        let decimals = number::decimals(metric, values.iter().flatten().copied());
        columns.push(numbers(metric.label, metric.name, decimals, values));
    }
    if !options.omit_measured && records.iter().any(|record| record.measured.is_some()) {
        let seconds = records.iter().map(|record| record.measured.as_ref().map(|m| m.wall_seconds)).collect();
        columns.push(numbers("Seconds", "seconds", 2, seconds));
    }
    columns.push(words("Status", "status", records.iter().map(|record| Some(status(record.state)))));
    let reason =
        |record: &TrialRecord| record.result.as_ref().and_then(|result| result.reason.as_deref()).map(select::scrub);
    if records.iter().any(|record| reason(record).is_some()) {
        columns.push(words("Reason", "reason", records.iter().map(reason)));
    }
    let ids = short_ids(records);
    let full_ids = records.iter().map(|record| record.trial.id.clone()).collect();
    Trials { n: records.len(), columns, ids, full_ids }
}

fn status(state: State) -> String {
    match state {
        State::Pending => "not run yet".to_owned(),
        state => state.word().replace('_', " "),
    }
}

fn axis_column(records: &[TrialRecord], axis: &str, name: &str, always: bool) -> Option<Column> {
    let labels: Vec<String> = records.iter().map(|record| select::label(&record.trial, axis)).collect();
    if !always && labels.iter().all(|label| *label == labels[0]) {
        return None;
    }
    Some(words(name, axis, labels.into_iter().map(Some)))
}

/// A parameter's column, when it varies for some method; numbers sort as numbers.
fn varying(records: &[TrialRecord], parameter: &str) -> Option<Column> {
    let labels: Vec<String> = records.iter().map(|record| select::label(&record.trial, parameter)).collect();
    let given: HashSet<&String> = labels.iter().filter(|label| select::is_given(label)).collect();
    let varies = if parameter == "fold" { !given.is_empty() } else { given.len() > 1 };
    varies
        .then(|| words(parameter, parameter, labels.into_iter().map(|label| select::is_given(&label).then_some(label))))
}

fn words(name: &str, key: &str, values: impl Iterator<Item = Option<String>>) -> Column {
    let mut words: Vec<String> = Vec::new();
    let mut places = std::collections::HashMap::new();
    let at = values
        .map(|value| {
            let Some(value) = value else { return -1 };
            let next = words.len();
            let place = *places.entry(value.clone()).or_insert_with(|| {
                words.push(value);
                next
            });
            i64::try_from(place).unwrap_or(-1)
        })
        .collect();
    Column { name: name.to_owned(), key: key.to_owned(), values: ColumnValues::Words { words, at } }
}

fn numbers(name: &str, key: &str, decimals: usize, values: Vec<Option<f64>>) -> Column {
    let factor = 10f64.powi(i32::try_from(decimals).unwrap_or(3));
    #[expect(clippy::cast_possible_truncation, reason = "a value too large for it is shown as the largest")]
    let scaled = values.into_iter().map(|value| value.map(|value| (value * factor).round() as i64)).collect();
    Column { name: name.to_owned(), key: key.to_owned(), values: ColumnValues::Numbers { decimals, scaled } }
}

/// The ids cut where they still differ.
pub fn short_ids(records: &[TrialRecord]) -> Vec<String> {
    let longest = records.iter().map(|record| record.trial.id.chars().count()).max().unwrap_or(0);
    let cut =
        |length: usize| records.iter().map(move |record| record.trial.id.chars().take(length).collect::<String>());
    let length = (SHORTEST_ID..longest)
        .find(|length| {
            let mut seen = HashSet::new();
            cut(*length).all(|id| seen.insert(id))
        })
        .unwrap_or(longest);
    cut(length).collect()
}
