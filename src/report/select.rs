//! Which trials a table or figure speaks of, where they stand on its axes, and what they scored.

use std::collections::HashMap;

use crate::metric::{MetricSpec, Needs};
use crate::parameter::Values;
use crate::plan::trial::Trial;
use crate::store::outcome::{Measured, Status};
use crate::store::results::{Results, State, TrialRecord};
use crate::value::Value;

/// The axis along which metrics stand; no trial has a place on it.
pub const METRIC: &str = "metric";
/// Shown where a trial leaves a parameter at its default.
pub const DEFAULT: &str = "(default)";

/// Shown where a trial has no such parameter, or no fold.
pub const NONE: &str = "–";

/// Whether a label is a value that the trial was given.
pub fn is_given(label: &str) -> bool {
    label != DEFAULT && label != NONE
}

/// A trial's place on an axis, in words.
pub fn label(trial: &Trial, axis: &str) -> String {
    match axis {
        "dataset" => trial.dataset.clone(),
        "model" => trial.model.clone(),
        "pipeline" => trial.pipeline.clone(),
        "split" => trial.split.clone(),
        "seed" => trial.seed.to_string(),
        "fold" => trial.fold.map_or_else(|| NONE.to_owned(), |fold| fold.to_string()),
        parameter => match trial.parameter(parameter) {
            Some(value) => value.to_string(),
            None => if trial.takes(parameter) { DEFAULT } else { NONE }.to_owned(),
        },
    }
}

/// Whether a trial stands at `wanted` on an axis: a value, or any of a list.
pub fn stands_at(trial: &Trial, axis: &str, wanted: &Value) -> bool {
    let text = match axis {
        "dataset" => Some(&trial.dataset),
        "model" => Some(&trial.model),
        "pipeline" => Some(&trial.pipeline),
        "split" => Some(&trial.split),
        _ => None,
    };
    match (text, wanted) {
        (Some(have), Value::Text(wanted)) => have == wanted,
        (None, _) if axis != "seed" && axis != "fold" => match trial.parameter(axis) {
            Some(have) => is_or_is_in(have, wanted),
            // So that a method without the parameter can be kept beside those that sweep it.
            None => is_or_is_in(&Value::Text(DEFAULT.to_owned()), wanted),
        },
        (_, Value::List(items)) => items.iter().any(|item| stands_at(trial, axis, item)),
        (Some(have), wanted) => *have == wanted.to_string(),
        (None, wanted) => label(trial, axis) == wanted.to_string(),
    }
}

fn is_or_is_in(have: &Value, wanted: &Value) -> bool {
    have == wanted || matches!(wanted, Value::List(items) if items.contains(have))
}

/// Whether a trial meets every condition.
pub fn meets(trial: &Trial, only: &Values) -> bool {
    only.iter().all(|(axis, wanted)| axis == METRIC || stands_at(trial, axis, wanted))
}

/// The records that meet the conditions, in the plan's order.
pub fn records<'a>(results: &'a Results, only: &Values) -> Vec<&'a TrialRecord> {
    results.records.iter().filter(|record| meets(&record.trial, only)).collect()
}

/// Conditions in words: `batch-size = 32, dataset = AwA or CUB`.
pub fn conditions(only: &Values) -> String {
    let words: Vec<String> = only
        .iter()
        .map(|(axis, wanted)| match wanted {
            Value::List(items) => {
                format!("{axis} = {}", items.iter().map(Value::to_string).collect::<Vec<_>>().join(" or "))
            }
            wanted => format!("{axis} = {wanted}"),
        })
        .collect();
    words.join(", ")
}

/// The values along an axis in the order in which they are shown, with each value's place.
pub struct Domain {
    /// The values.
    pub labels: Vec<String>,
    places: HashMap<String, usize>,
}

impl Domain {
    /// Of the labels met: the experiment's order for its blocks, by size where all are numbers, else as met.
    pub fn of(results: &Results, axis: &str, met: impl Iterator<Item = String>) -> Domain {
        let mut labels: Vec<String> = Vec::new();
        let mut places = HashMap::new();
        for label in met {
            if !places.contains_key(&label) {
                places.insert(label.clone(), labels.len());
                labels.push(label);
            }
        }
        let blocks: Vec<&String> = match axis {
            "dataset" => results.experiment.datasets.iter().map(|block| &block.name).collect(),
            "model" => results.experiment.models.iter().map(|block| &block.name).collect(),
            "pipeline" => results.experiment.pipelines.iter().map(|block| &block.name).collect(),
            "split" => results.experiment.splits.iter().map(|block| &block.name).collect(),
            _ => Vec::new(),
        };
        if blocks.is_empty() {
            sort_numbers(&mut labels);
        } else {
            labels.sort_by_key(|label| blocks.iter().position(|name| *name == label).unwrap_or(blocks.len()));
        }
        let places = labels.iter().cloned().enumerate().map(|(place, label)| (label, place)).collect();
        Domain { labels, places }
    }

    /// Sorts by size when all are numbers; the default goes last.
    pub fn sort(labels: &mut [String]) {
        sort_numbers(labels);
    }

    /// Where a value stands.
    pub fn place(&self, label: &str) -> usize {
        self.places.get(label).copied().unwrap_or(self.labels.len())
    }
}

/// Sorts by size when all are numbers; the default goes last.
fn sort_numbers(labels: &mut [String]) {
    let number = |label: &String| label.parse::<f64>().ok();
    let last = |label: &String| usize::from(label == DEFAULT) + 2 * usize::from(label == NONE);
    if labels.iter().all(|label| !is_given(label) || number(label).is_some()) {
        let size = |label: &String| number(label).filter(|_| is_given(label)).unwrap_or(f64::INFINITY);
        labels.sort_by(|a, b| size(a).total_cmp(&size(b)).then(last(a).cmp(&last(b))));
    } else {
        labels.sort_by_key(last);
    }
}

/// What a trial says about a metric.
#[derive(Clone, Debug, PartialEq)]
pub enum Scored {
    /// Its value.
    Value(f64),
    /// It ended well and has none.
    Undefined(String),
    /// The method is not defined there.
    NotApplicable(String),
    /// It went wrong.
    Failed(String),
    /// It has not ended, or was given up.
    NotRun,
}

/// What a trial scored.
pub fn score(record: &TrialRecord, metric: &MetricSpec) -> Scored {
    let State::Ended(status) = record.state else { return Scored::NotRun };
    let Some(result) = &record.result else { return Scored::NotRun };
    let reason = || without_id(&scrub(result.reason.as_deref().unwrap_or("no reason was recorded")), record);
    match status {
        Status::Cancelled => Scored::NotRun,
        Status::NotApplicable => Scored::NotApplicable(reason()),
        Status::Failed | Status::TimedOut | Status::Quarantined => Scored::Failed(reason()),
        Status::Finished => {
            let value = match metric.needs {
                Needs::Time => record.measured.as_ref().and_then(|measured| time(measured, metric.name)),
                _ => result.scores.get(metric.name).copied(),
            };
            match value.filter(|value| value.is_finite()) {
                Some(value) => Scored::Value(value),
                None => Scored::Undefined(
                    result
                        .undefined
                        .get(metric.name)
                        .map_or_else(|| "no value was recorded".to_owned(), |why| scrub(why)),
                ),
            }
        }
    }
}

/// A message that names the trial's own files, as it reads for every trial: what failed alike is one cause.
pub fn without_id(message: &str, record: &TrialRecord) -> String {
    message.replace(&record.trial.id, "ID")
}

/// A measurement by its metric's name.
fn time(measured: &Measured, name: &str) -> Option<f64> {
    Some(match name {
        "fit_seconds" => measured.fit_seconds,
        "predict_seconds" => measured.predict_seconds,
        "stage_seconds" => measured.stage_seconds,
        "wall_seconds" => measured.wall_seconds,
        "cpu_seconds" => measured.cpu_seconds,
        "peak_mib" => measured.peak_mib,
        _ => return None,
    })
}

/// A message without the folders of the machine it was written on: of an absolute path the last part stays.
pub fn scrub(message: &str) -> String {
    let outside =
        |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '(' | ')' | '<' | '>' | ',' | ';' | '=');
    let mut text = String::with_capacity(message.len());
    for token in message.split_inclusive(outside) {
        let (word, end) = match token.char_indices().next_back() {
            Some((at, last)) if outside(last) => token.split_at(at),
            _ => (token, ""),
        };
        match word.rfind('/') {
            Some(last) if word.starts_with('/') && last > 0 => {
                text.push('…');
                text.push_str(&word[last..]);
            }
            _ => text.push_str(word),
        }
        text.push_str(end);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_taken_out_of_messages() {
        assert_eq!(scrub("cannot read `/some/folder/data.csv` (line 3)"), "cannot read `…/data.csv` (line 3)");
        assert_eq!(scrub("a/b and 1/2 stay, so does /"), "a/b and 1/2 stay, so does /");
    }

    #[test]
    fn numbers_stand_by_size_and_the_default_last() {
        let mut labels = ["32", "–", "(default)", "4", "1e-4"].map(str::to_owned);
        sort_numbers(&mut labels);
        assert_eq!(labels, ["1e-4", "4", "32", "(default)", "–"]);
        let mut words = ["–", "(default)", "adam"].map(str::to_owned);
        sort_numbers(&mut words);
        assert_eq!(words, ["adam", "(default)", "–"]);
    }
}
