//! Sharing trials out over panels, and saying what goes without a panel of its own.

use std::collections::BTreeMap;

use crate::report::grid::axis_word;
use crate::report::select::{self, Domain};
use crate::report::table::{join_words, varying};
use crate::store::results::{Results, TrialRecord};

use super::MOST_PANELS;

/// Trials by panel.
pub struct Panels<'a> {
    /// In the order of the axes' values.
    pub panels: Vec<Panel<'a>>,
    /// How many more there would be.
    pub left_out: usize,
    /// What is the same in every panel and stands in no title: ` Data set: Digits.`
    pub constant: String,
}

/// One panel's trials.
pub struct Panel<'a> {
    /// Its place on each axis, for people.
    pub title: String,
    /// Axis and value.
    pub labels: Vec<(String, String)>,
    /// In the plan's order.
    pub records: Vec<&'a TrialRecord>,
}

/// One panel for each combination of values that some trial has.
pub fn share<'a>(results: &Results, records: &[&'a TrialRecord], axes: &[&str]) -> Panels<'a> {
    let domains: Vec<Domain> = axes
        .iter()
        .map(|axis| Domain::of(results, axis, records.iter().map(|record| select::label(&record.trial, axis))))
        .collect();
    let mut groups: BTreeMap<Vec<usize>, Vec<&TrialRecord>> = BTreeMap::new();
    for record in records {
        let key = axes.iter().zip(&domains).map(|(axis, domain)| domain.place(&select::label(&record.trial, axis)));
        groups.entry(key.collect()).or_default().push(record);
    }
    let left_out = groups.len().saturating_sub(MOST_PANELS);
    // What is the same in every panel need not be in each title, unless nothing else would be.
    let several = domains.iter().any(|domain| domain.labels.len() > 1);
    let named: Vec<bool> = domains.iter().map(|domain| domain.labels.len() > 1 || !several).collect();
    let panels = groups.into_iter().take(MOST_PANELS).map(|(key, records)| {
        let labels: Vec<(String, String)> = (axes.iter().zip(&domains).zip(&key))
            .filter_map(|((axis, domain), place)| Some(((*axis).to_owned(), domain.labels.get(*place)?.clone())))
            .collect();
        let words: Vec<String> = labels
            .iter()
            .zip(&named)
            .filter(|(_, named)| **named)
            .map(|((axis, label), _)| word(axis, label))
            .collect();
        Panel { title: words.join(" · "), labels, records }
    });
    let constant = axes.iter().zip(&domains).zip(&named).filter(|(_, named)| !**named);
    let constant = constant
        .filter_map(|((axis, domain), _)| Some(format!(" {}: {}.", axis_word(axis), domain.labels.first()?)))
        .collect();
    Panels { panels: panels.collect(), left_out, constant }
}

/// A value that is a name speaks for itself; a number needs its parameter beside it.
fn word(axis: &str, label: &str) -> String {
    if super::axis::is_parameter(axis) || matches!(axis, "seed" | "fold") {
        format!("{axis} = {label}")
    } else {
        label.to_owned()
    }
}

/// Whether an axis has several values among the trials.
pub fn varies(records: &[&TrialRecord], axis: &str) -> bool {
    let mut labels = records.iter().map(|record| select::label(&record.trial, axis));
    let first = labels.next();
    labels.any(|label| Some(&label) != first.as_ref())
}

/// What the trials of one point differ in, as a sentence: ` Each mean is over 5 seeds and split (a, b).`
pub fn pooled(what: &str, groups: &[Vec<&TrialRecord>]) -> String {
    let groups: Vec<Vec<&TrialRecord>> = groups.iter().filter(|group| group.len() > 1).cloned().collect();
    let mut parameters: Vec<&str> = Vec::new();
    for (name, _) in groups.iter().flatten().flat_map(|record| record.trial.parameters()) {
        if !parameters.contains(&name.as_str()) {
            parameters.push(name);
        }
    }
    let axes = ["dataset", "pipeline", "model", "split"].into_iter().chain(parameters).chain(["fold", "seed"]);
    let words: Vec<String> = axes.filter_map(|axis| varying(axis, &groups)).collect();
    if words.is_empty() { String::new() } else { format!(" Each {what} is over {}.", join_words(&words)) }
}
