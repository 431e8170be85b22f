//! Box plots over one swept parameter.

use std::collections::BTreeMap;

use crate::metric::MetricSpec;
use crate::parameter::Values;
use crate::report::select::{self, Domain, Scored};
use crate::report::statistics::BoxNumbers;
use crate::store::results::{Results, TrialRecord};

use super::panels::{self, Panel, pooled, varies};
use super::series;

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
    /// Sentences for the caption.
    pub notes: String,
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
    let given = |r: &&TrialRecord| select::is_given(&select::label(&r.trial, x));
    let records: Vec<&TrialRecord> = select::records(results, only).into_iter().filter(given).collect();
    let labels = Domain::of(results, x, records.iter().map(|r| select::label(&r.trial, x))).labels;
    // Methods and data sets are never mixed in one box: unless the file says by what, each has a panel.
    let mut by: Vec<&str> = by.to_vec();
    for other in ["dataset", "model"] {
        if !by.contains(&other) && x != other && varies(&records, other) {
            by.insert(0, other);
        }
    }
    let shared = panels::share(results, &records, &by);
    let mut groups = Vec::new();
    let mut drawn: Vec<BoxPanel> =
        shared.panels.iter().map(|panel| box_panel(results, panel, metric, x, &labels, &mut groups)).collect();
    drawn.retain(|panel| panel.boxes.iter().any(|one| one.numbers.is_some()));
    if drawn.is_empty() {
        return None;
    }
    let mut notes = pooled("box", &groups);
    notes.push_str(&shared.constant);
    if !by.contains(&"model")
        && x != "model"
        && let Some(first) = records.first()
    {
        notes.push_str(&format!(" Method: {}.", first.trial.model));
    }
    Some(Boxes { x: x.to_owned(), metric, panels: drawn, panels_left_out: shared.left_out, notes, only: only.clone() })
}

fn box_panel<'a>(
    results: &Results,
    panel: &Panel<'a>,
    metric: &'static MetricSpec,
    x: &str,
    labels: &[String],
    groups: &mut Vec<Vec<&'a TrialRecord>>,
) -> BoxPanel {
    let mut at: BTreeMap<String, (Vec<f64>, Vec<&TrialRecord>)> = BTreeMap::new();
    for record in &panel.records {
        if let Scored::Value(value) = select::score(record, metric) {
            let here = at.entry(select::label(&record.trial, x)).or_default();
            here.0.push(value);
            here.1.push(record);
        }
    }
    let boxes = labels.iter().map(|label| OneBox {
        label: label.clone(),
        numbers: at.get(label).and_then(|(values, _)| BoxNumbers::of(values)),
    });
    let boxes = boxes.collect();
    groups.extend(at.into_values().map(|(_, records)| records));
    let series = panel.records.first().map_or(0, |record| series(results, &record.trial.model));
    BoxPanel { title: panel.title.clone(), series, boxes }
}
