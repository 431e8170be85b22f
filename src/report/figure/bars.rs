//! Grouped bars: one panel a data set, one group a metric, one bar a method.

use std::collections::HashMap;

use crate::experiment::TableBlock;
use crate::metric::MetricSpec;
use crate::parameter::Values;
use crate::report::paper::{self, Printed};
use crate::report::select::{self, Domain, Scored};
use crate::report::statistics::Summary;
use crate::store::results::{Results, TrialRecord};

use super::panels::{pooled, varies};
use super::{MOST_PANELS, series};

/// A figure of bars.
#[derive(Clone, Debug)]
pub struct Bars {
    /// What is beside each other in a panel: `model`, or an axis with a group of bars for each value.
    pub x: String,
    /// The methods in the legend: name and place in the order of colours.
    pub methods: Vec<(String, usize)>,
    /// What the y axis says.
    pub y: String,
    /// One a value of the panels' axis.
    pub panels: Vec<BarPanel>,
    /// Panels over the limit.
    pub panels_left_out: usize,
    /// Sentences for the caption.
    pub notes: String,
    /// The conditions.
    pub only: Values,
}

/// One panel.
#[derive(Clone, Debug)]
pub struct BarPanel {
    /// Above it; empty when there is one panel for all.
    pub title: String,
    /// Groups of bars along x.
    pub groups: Vec<BarGroup>,
}

/// Bars that stand together.
#[derive(Clone, Debug)]
pub struct BarGroup {
    /// Below them.
    pub label: String,
    /// One a method.
    pub bars: Vec<Bar>,
}

/// One bar.
#[derive(Clone, Debug)]
pub struct Bar {
    /// Place in the order of colours.
    pub series: usize,
    /// The method.
    pub name: String,
    /// The metric's label.
    pub metric: &'static str,
    /// The values that the metric can take.
    pub range: (f64, f64),
    /// Its numbers.
    pub summary: Option<Summary>,
    /// The printed value.
    pub printed: Option<f64>,
}

impl BarPanel {
    /// From zero to what bars, whiskers and diamonds need; a whisker alone may not squeeze the bars flat.
    pub fn extent(&self) -> (f64, f64) {
        let (mut low, mut high, mut low_end, mut high_end) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
        for bar in self.groups.iter().flat_map(|group| &group.bars) {
            for value in bar.summary.map(|summary| summary.mean).into_iter().chain(bar.printed) {
                low = low.min(value);
                high = high.max(value);
            }
            if let Some((from, to)) = bar.summary.map(|summary| summary.interval()) {
                low_end = low_end.min(from);
                high_end = high_end.max(to);
            }
        }
        let reach = 0.4 * (high - low);
        let (low, high) = (low_end.max(low - reach).min(low), high_end.min(high + reach).max(high));
        if low == high { (0.0, 1.0) } else { (low, high) }
    }
}

impl Bars {
    fn bars(&self) -> impl Iterator<Item = &Bar> {
        self.panels.iter().flat_map(|panel| &panel.groups).flat_map(|group| &group.bars)
    }

    /// Whether any bar has an interval.
    pub fn any_interval(&self) -> bool {
        self.bars().any(|bar| bar.summary.is_some_and(|summary| summary.low.is_some()))
    }

    /// Whether an interval goes beyond the values that its metric can take.
    pub fn passes_limit(&self) -> bool {
        let passes = |bar: &Bar| {
            let (low, high) = bar.summary.map(|summary| summary.interval())?;
            Some(low < bar.range.0 || high > bar.range.1)
        };
        self.bars().any(|bar| passes(bar).unwrap_or(false))
    }

    /// Whether a whisker goes on where the axis ends.
    pub fn passes_axis(&self) -> bool {
        self.panels.iter().any(|panel| {
            let (low, high) = panel.extent();
            let mut bars = panel.groups.iter().flat_map(|group| &group.bars);
            bars.any(|bar| bar.summary.is_some_and(|s| s.interval().0 < low || s.interval().1 > high))
        })
    }

    /// Whether any bar has a printed value.
    pub fn any_printed(&self) -> bool {
        self.bars().any(|bar| bar.printed.is_some())
    }
}

/// Makes the figure: groups are metrics when x is the model, else the values along x. None without any value.
pub fn build(
    results: &Results,
    metrics: &[&'static MetricSpec],
    x: &str,
    by: Option<&str>,
    only: &Values,
) -> Option<Bars> {
    let records = select::records(results, only);
    let found = |axis: &str| Domain::of(results, axis, records.iter().map(|r| select::label(&r.trial, axis)));
    let models = found("model").labels;
    let panels = by.map_or_else(|| vec![String::new()], |axis| found(axis).labels);
    let groups = if x == "model" { vec![String::new()] } else { found(x).labels };
    let cells = cells(&records, x, by);
    let printed = printed(results, only);
    let mut notes = pooled("bar", &cells.values().cloned().collect::<Vec<_>>());
    notes.push_str(&throughout(&records, x, by));
    let drawn: Vec<BarPanel> = panels
        .iter()
        .take(MOST_PANELS)
        .map(|panel| BarPanel {
            title: panel.clone(),
            groups: metrics
                .iter()
                .flat_map(|metric| groups.iter().map(move |group| (metric, group)))
                .map(|(metric, group)| {
                    let bars = models.iter().map(|model| {
                        let here = cells.get(&(panel.clone(), group.clone(), model.clone()));
                        bar(results, model, metric, here.map_or(&[][..], Vec::as_slice), &printed)
                    });
                    let label = if group.is_empty() { metric.label.to_owned() } else { group.clone() };
                    BarGroup { label, bars: bars.collect() }
                })
                .collect(),
        })
        .collect();
    let bars = Bars {
        x: x.to_owned(),
        notes,
        methods: models.iter().map(|model| (model.clone(), series(results, model))).collect(),
        y: metrics.iter().map(|metric| metric.label).collect::<Vec<_>>().join(", "),
        panels_left_out: panels.len().saturating_sub(MOST_PANELS),
        panels: drawn,
        only: only.clone(),
    };
    let any = bars.bars().any(|bar| bar.summary.is_some());
    any.then_some(bars)
}

/// The data set, where there is one and no panel or group is called by it.
fn throughout(records: &[&TrialRecord], x: &str, by: Option<&str>) -> String {
    match records.first() {
        Some(first) if x != "dataset" && by != Some("dataset") && !varies(records, "dataset") => {
            format!(" Data set: {}.", first.trial.dataset)
        }
        _ => String::new(),
    }
}

type Cells<'a> = HashMap<(String, String, String), Vec<&'a TrialRecord>>;

fn cells<'a>(records: &[&'a TrialRecord], x: &str, by: Option<&str>) -> Cells<'a> {
    let mut cells: Cells = HashMap::new();
    for record in records {
        let panel = by.map(|axis| select::label(&record.trial, axis)).unwrap_or_default();
        let group = if x == "model" { String::new() } else { select::label(&record.trial, x) };
        cells.entry((panel, group, record.trial.model.clone())).or_default().push(record);
    }
    cells
}

/// The printed numbers that may stand in the figure: those of the table with the same conditions, or of all tables.
fn printed<'a>(results: &'a Results, only: &Values) -> Vec<Printed<'a>> {
    let tables = &results.experiment.tables;
    match tables.iter().find(|table| &table.only == only) {
        Some(table) => paper::for_table(results, table),
        None if tables.is_empty() => paper::for_table(results, &TableBlock::default()),
        None => tables.iter().flat_map(|table| paper::for_table(results, table)).collect(),
    }
}

fn bar(
    results: &Results,
    model: &str,
    metric: &'static MetricSpec,
    records: &[&TrialRecord],
    printed: &[Printed],
) -> Bar {
    let values: Vec<f64> = records
        .iter()
        .filter_map(|record| match select::score(record, metric) {
            Scored::Value(value) => Some(value),
            _ => None,
        })
        .collect();
    let beside = printed.iter().find(|printed| {
        printed.metric_name == metric.name
            && !records.is_empty()
            && records.iter().all(|record| select::meets(&record.trial, printed.axes))
    });
    Bar {
        series: series(results, model),
        name: model.to_owned(),
        metric: metric.label,
        range: metric.range,
        summary: Summary::of(&values),
        printed: beside.map(|printed| printed.literal.value),
    }
}
