//! Box plots over one swept parameter.

use std::collections::HashMap;

use crate::metric::MetricSpec;
use crate::parameter::Values;
use crate::report::select::{self, Domain, Scored};
use crate::report::statistics::BoxNumbers;
use crate::store::results::Results;

use super::{MOST_PANELS, series};

/// A figure of boxes.
#[derive(Clone, Debug)]
pub struct Boxes {
    /// What the x axis says.
    pub x: String,
    /// The metric.
    pub metric: &'static MetricSpec,
    /// Panels.
    pub panels: Vec<BoxPanel>,
    /// Panels over the limit.
    pub panels_left_out: usize,
    /// The conditions.
    pub only: Values,
}

/// One panel.
#[derive(Clone, Debug)]
pub struct BoxPanel {
    /// Above it.
    pub title: String,
    /// Place of the method in the order of colours, where the panel has one method.
    pub series: usize,
    /// One a value of the parameter.
    pub boxes: Vec<OneBox>,
}

/// One box.
#[derive(Clone, Debug)]
pub struct OneBox {
    /// The parameter's value.
    pub label: String,
    /// Its numbers; none when no trial there has a value.
    pub numbers: Option<BoxNumbers>,
}

/// Makes the figure of the trials that have the parameter; none when there are no values.
pub fn build(results: &Results, metric: &'static MetricSpec, x: &str, by: &[&str], only: &Values) -> Option<Boxes> {
    let records: Vec<_> =
        select::records(results, only).into_iter().filter(|r| select::is_given(&select::label(&r.trial, x))).collect();
    let found = |axis: &str| Domain::of(results, axis, records.iter().map(|r| select::label(&r.trial, axis)));
    // Methods are never mixed in one box: unless the file says by what, each has a panel.
    let several = found("model").labels.len() > 1;
    let mut by: Vec<&str> = by.to_vec();
    if several && !by.contains(&"model") && x != "model" {
        by.insert(0, "model");
    }
    let labels = found(x).labels;
    let domains: Vec<Domain> = by.iter().map(|axis| found(axis)).collect();
    let mut values: HashMap<(Vec<usize>, String), Vec<f64>> = HashMap::new();
    let mut panels: HashMap<Vec<usize>, usize> = HashMap::new();
    for record in &records {
        let key: Vec<usize> =
            by.iter().zip(&domains).map(|(axis, domain)| domain.place(&select::label(&record.trial, axis))).collect();
        panels.entry(key.clone()).or_insert_with(|| series(results, &record.trial.model));
        if let Scored::Value(value) = select::score(record, metric) {
            values.entry((key, select::label(&record.trial, x))).or_default().push(value);
        }
    }
    if values.is_empty() {
        return None;
    }
    let mut order: Vec<(Vec<usize>, usize)> = panels.into_iter().collect();
    order.sort();
    let drawn = order.iter().take(MOST_PANELS).map(|(key, series)| BoxPanel {
        title: title(key, &domains),
        series: *series,
        boxes: boxes(key, &labels, &values),
    });
    Some(Boxes {
        x: x.to_owned(),
        metric,
        panels: drawn.collect(),
        panels_left_out: order.len().saturating_sub(MOST_PANELS),
        only: only.clone(),
    })
}

/// `IDEC · AwA`; what is the same in every panel goes without saying.
fn title(key: &[usize], domains: &[Domain]) -> String {
    let mut words: Vec<&str> = Vec::new();
    for (place, domain) in key.iter().zip(domains) {
        if domain.labels.len() > 1 || domains.len() == 1 {
            words.extend(domain.labels.get(*place).map(String::as_str));
        }
    }
    if words.is_empty() {
        words.extend(
            key.iter().zip(domains).filter_map(|(place, domain)| domain.labels.get(*place).map(String::as_str)),
        );
    }
    words.join(" · ")
}

fn boxes(key: &[usize], labels: &[String], values: &HashMap<(Vec<usize>, String), Vec<f64>>) -> Vec<OneBox> {
    labels
        .iter()
        .map(|label| OneBox {
            label: label.clone(),
            numbers: values.get(&(key.to_vec(), label.clone())).and_then(|values| BoxNumbers::of(values)),
        })
        .collect()
}
