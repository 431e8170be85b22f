//! Printed numbers beside ours: the rounding band of the text, the difference, and the flag.

use std::collections::HashSet;

use crate::diagnostic::Problem;
use crate::experiment::{Experiment, Literal, Published, PublishedRow, TableBlock};
use crate::metric::{Better, MetricSpec, Needs};
use crate::parameter::Values;
use crate::plan::Plan;
use crate::store::results::{Results, SkippedCell, TrialRecord};

use super::figure::metric;
use super::select::{self, Scored};
use super::statistics::Summary;
use super::{Options, number};

/// Where our mean lies against the printed number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// Our interval meets what the printed digits stand for.
    Within,
    /// It lies above.
    Above,
    /// It lies below.
    Below,
    /// We have no number.
    NotRun,
}

impl Flag {
    /// In the order in which they are shown.
    pub const ALL: [Flag; 4] = [Flag::Within, Flag::Above, Flag::Below, Flag::NotRun];

    /// Where our interval lies against what printed digits stand for.
    pub fn of(ours: Option<(f64, f64)>, band: (f64, f64)) -> Flag {
        match ours {
            None => Flag::NotRun,
            // The band's ends are sums of decimals: a hair of slack, so that 0.255 meets 0.26 - 0.005.
            Some((low, _)) if low > band.1 + slack(band.1) => Flag::Above,
            Some((_, high)) if high < band.0 - slack(band.0) => Flag::Below,
            Some(_) => Flag::Within,
        }
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Flag::Within => "within",
            Flag::Above => "above",
            Flag::Below => "below",
            Flag::NotRun => "not run",
        }
    }

    /// Its sign: never colour alone.
    pub fn sign(self) -> &'static str {
        match self {
            Flag::Within => "✓",
            Flag::Above => "▲",
            Flag::Below => "▼",
            Flag::NotRun => "○",
        }
    }

    /// The colour's name: what is above is good or bad by the metric's direction.
    pub fn tone(self, better: Option<Better>) -> &'static str {
        let lower = better == Some(Better::Lower);
        match self {
            Flag::Within => "ok",
            Flag::NotRun => "no",
            Flag::Above => {
                if lower {
                    "dn"
                } else {
                    "up"
                }
            }
            Flag::Below => {
                if lower {
                    "up"
                } else {
                    "dn"
                }
            }
        }
    }
}

/// One printed number with where it belongs.
pub struct Printed<'a> {
    /// Its block.
    pub block: &'a Published,
    /// Its place among our cells.
    pub axes: &'a Values,
    /// Its metric.
    pub metric_name: &'a str,
    /// The number.
    pub literal: &'a Literal,
}

/// A printed number beside a cell.
#[derive(Clone, Debug)]
pub struct Against {
    /// As printed.
    pub text: String,
    /// Its value.
    pub value: f64,
    /// What the digits stand for.
    pub band: (f64, f64),
    /// Ours minus the printed one.
    pub difference: Option<f64>,
    /// Where ours lies.
    pub flag: Flag,
    /// Whether the difference is within the file's tolerance, where it states one.
    pub holds: Option<bool>,
}

impl Against {
    /// Compares.
    pub fn new(printed: &Printed, ours: Option<&Summary>) -> Against {
        let Literal { text, value, .. } = printed.literal;
        let band = printed.literal.band();
        let flag = Flag::of(ours.map(Summary::interval), band);
        let difference = ours.map(|summary| summary.mean - value);
        let tolerance = printed.block.tolerance;
        Against {
            text: if printed.block.percent { format!("{text}%") } else { text.clone() },
            value: *value,
            band,
            difference,
            flag,
            holds: tolerance.and_then(|most| difference.map(|d| d.abs() <= most + slack(most))),
        }
    }
}

fn slack(x: f64) -> f64 {
    x.abs() * 1e-12 + 1e-15
}

fn printed(block: &Published) -> impl Iterator<Item = Printed<'_>> {
    block.rows.iter().flat_map(move |row| {
        row.values.iter().map(move |(metric, literal)| Printed { block, axes: &row.axes, metric_name: metric, literal })
    })
}

fn is_named(table: &TableBlock, block: &Published) -> bool {
    let against = table.compare.against.as_deref().map(|name| name.strip_prefix("published.").unwrap_or(name));
    against == Some(block.key.as_str())
}

/// A warning for each printed row whose values the file has, but no cell of the plan together. A cell that is left out
/// is shown with its reason, and the printed number beside it.
pub fn beside_nothing(experiment: &Experiment, plan: &Plan) -> Vec<Problem> {
    let left_out = |cell: &SkippedCell, row: &PublishedRow| {
        row.axes.iter().all(|(axis, wanted)| match axis.as_str() {
            "model" => cell.model == wanted.to_string(),
            axis => cell.params.get(axis).is_none_or(|have| have == wanted),
        })
    };
    let alone = |row: &&PublishedRow| {
        !plan.trials.iter().any(|trial| select::meets(trial, &row.axes))
            && !plan.skipped.iter().any(|cell| left_out(cell, row))
    };
    let rows = experiment.published.iter().flat_map(|block| &block.rows).filter(|row| row.here);
    rows.filter(alone)
        .map(|row| {
            let message = format!("no trial has all of this together: {}", select::conditions(&row.axes));
            Problem::warning(&row.place, "unknown-value", message).help("the row stands beside nothing")
        })
        .collect()
}

/// The numbers that stand beside a table's cells: those it names, or all when no table names any.
pub fn for_table<'a>(results: &'a Results, table: &TableBlock) -> Vec<Printed<'a>> {
    let none_named = results.experiment.tables.iter().all(|table| table.compare.against.is_none());
    results.experiment.published.iter().filter(|block| none_named || is_named(table, block)).flat_map(printed).collect()
}

/// One row of the comparison.
#[derive(Clone, Debug)]
pub struct PaperRow {
    /// Where the number is printed.
    pub source: String,
    /// One label an axis of [`Paper::axes`]; empty where the number does not say.
    pub labels: Vec<String>,
    /// The metric, when the experiment has it.
    pub metric: Option<&'static MetricSpec>,
    /// Its label, or its name as written.
    pub metric_label: String,
    /// Ours.
    pub ours: Option<Summary>,
    /// The comparison.
    pub against: Against,
    /// The most that ours may differ, where the file says so.
    pub tolerance: Option<f64>,
    /// Decimals shown.
    pub decimals: usize,
    /// Why there is no number of ours.
    pub missing: Option<String>,
    /// The trials that make ours.
    pub trials: Vec<String>,
}

/// Every printed number with ours.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Counted through the report.
    pub number: usize,
    /// `Lu, Table 3`, ...
    pub sources: Vec<String>,
    /// Axes that the printed numbers name, in the order of the tables.
    pub axes: Vec<String>,
    /// One a number.
    pub rows: Vec<PaperRow>,
    /// Remarks of the file, with the source each is about.
    pub notes: Vec<(String, String)>,
    /// Tolerances stated in the file: source and number.
    pub tolerances: Vec<(String, f64)>,
}

impl Paper {
    /// How many rows have a flag.
    pub fn count(&self, flag: Flag) -> usize {
        self.rows.iter().filter(|row| row.against.flag == flag).count()
    }
}

/// Compares every printed number; none when there are none.
pub fn build(results: &Results, number: usize, options: Options) -> Option<Paper> {
    let all: Vec<Printed> = results
        .experiment
        .published
        .iter()
        .flat_map(printed)
        .filter(|printed| {
            !(options.omit_measured && metric(results, printed.metric_name).is_some_and(|m| m.needs == Needs::Time))
        })
        .collect();
    if all.is_empty() {
        return None;
    }
    let axes = axes(&all);
    let order = |name: &str| results.experiment.task.metrics.iter().position(|m| m.name == name).unwrap_or(usize::MAX);
    let mut rows: Vec<(usize, PaperRow)> = Vec::new();
    for block in &results.experiment.published {
        for row in &block.rows {
            let mut here: Vec<(usize, PaperRow)> = all
                .iter()
                .filter(|printed| std::ptr::eq(printed.axes, &raw const row.axes))
                .map(|printed| (order(printed.metric_name), compare(results, printed, &axes)))
                .collect();
            here.sort_by_key(|(place, _)| *place);
            rows.extend(here);
        }
    }
    let with = |of: fn(&Published) -> Option<String>| {
        results.experiment.published.iter().filter_map(move |b| of(b).map(|text| (b.source.clone(), text))).collect()
    };
    Some(Paper {
        number,
        sources: unique(all.iter().map(|printed| printed.block.source.clone())),
        axes,
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        notes: with(|block| block.note.clone()),
        tolerances: results
            .experiment
            .published
            .iter()
            .filter_map(|b| Some((b.source.clone(), b.tolerance?)))
            .collect(),
    })
}

fn unique(items: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    items.filter(|item| seen.insert(item.clone())).collect()
}

/// Data set and method first, then the others as met.
fn axes(all: &[Printed]) -> Vec<String> {
    let mut axes = unique(all.iter().flat_map(|printed| printed.axes.keys().cloned()));
    let first = |axis: &String| match axis.as_str() {
        "dataset" => 0,
        "model" => 1,
        _ => 2,
    };
    axes.sort_by_key(first);
    axes
}

/// The trials that a printed number speaks of: those of the table that names it, where there are any.
fn trials<'a>(results: &'a Results, printed: &Printed) -> Vec<&'a TrialRecord> {
    let matching: Vec<&TrialRecord> =
        results.records.iter().filter(|record| select::meets(&record.trial, printed.axes)).collect();
    for table in results.experiment.tables.iter().filter(|table| is_named(table, printed.block)) {
        let here: Vec<&TrialRecord> =
            matching.iter().copied().filter(|record| select::meets(&record.trial, &table.only)).collect();
        if !here.is_empty() {
            return here;
        }
    }
    matching
}

fn compare(results: &Results, printed: &Printed, axes: &[String]) -> PaperRow {
    let metric = metric(results, printed.metric_name);
    let (mut values, mut ids, mut why) = (Vec::new(), Vec::new(), None);
    let records = trials(results, printed);
    for record in &records {
        match metric.map_or(Scored::NotRun, |metric| select::score(record, metric)) {
            Scored::Value(value) => {
                values.push(value);
                ids.push(record.trial.id.clone());
            }
            Scored::Undefined(reason) => why = why.or(Some(format!("undefined: {reason}"))),
            Scored::NotApplicable(reason) => why = why.or(Some(format!("not applicable: {reason}"))),
            Scored::Failed(reason) => why = why.or(Some(format!("failed: {reason}"))),
            Scored::NotRun => {}
        }
    }
    let ours = Summary::of(&values);
    let nothing = if records.is_empty() { "not in the plan" } else { "not run yet" };
    PaperRow {
        source: printed.block.source.clone(),
        labels: axes.iter().map(|axis| printed.axes.get(axis).map(ToString::to_string).unwrap_or_default()).collect(),
        metric,
        metric_label: metric.map_or_else(|| printed.metric_name.to_owned(), |metric| metric.label.to_owned()),
        ours,
        against: Against::new(printed, ours.as_ref()),
        tolerance: printed.block.tolerance,
        decimals: metric.map_or(3, |metric| number::decimals(metric, values.iter().copied())),
        missing: ours.is_none().then(|| why.unwrap_or_else(|| nothing.to_owned())),
        trials: ids,
    }
}
