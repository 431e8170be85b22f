//! A table of the report: rows and columns along any axes, a cell a mean over trials.

mod baseline;
mod cell;
pub(super) mod choose;
mod keys;
mod marks;
mod notes;

use std::collections::HashMap;

use crate::experiment::TableBlock;
use crate::metric::MetricSpec;
use crate::store::results::{Results, TrialRecord};

use super::paper::Against;
use super::select::{self, METRIC};
use super::statistics::Summary;
use super::{Options, number};
pub use baseline::{Mark, Tally};
pub use cell::why_missing;
pub use keys::Key;
use keys::Side;
pub use notes::{Clock, clock, join_words, varying};

/// How a cell compares with the others of its group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// Neither of these.
    #[default]
    Other,
    /// Best at the shown precision.
    Best,
    /// The next value.
    Second,
}

impl Place {
    /// The word in CSV and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Place::Other => "",
            Place::Best => "best",
            Place::Second => "second",
        }
    }
}

/// Along what cells were compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// Cells of one column.
    Column,
    /// Cells of one row.
    Row,
    /// Nothing to compare.
    Nothing,
}

/// One cell.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Its metric.
    pub metric: &'static MetricSpec,
    /// Its numbers; none where no trial gave a value.
    pub summary: Option<Summary>,
    /// How many trials the plan has here.
    pub planned: usize,
    /// Decimals shown.
    pub decimals: usize,
    /// How it compares.
    pub place: Place,
    /// Why there is no number.
    pub missing: Option<String>,
    /// What is missing beside a number: `1 failed`.
    pub remarks: Vec<String>,
    /// The printed number beside it.
    pub against: Option<Against>,
    /// Its test against the baseline, where there is one.
    pub mark: Option<Mark>,
    /// The trials whose values these are.
    pub trials: Vec<String>,
}

impl Cell {
    /// The mean as shown; a dash where there is none.
    pub fn mean(&self) -> String {
        self.summary.map_or_else(|| "–".to_owned(), |s| number::fixed(s.mean, self.decimals))
    }

    /// The standard deviation as shown, with its sign.
    pub fn spread(&self) -> Option<String> {
        self.summary?.std.map(|std| format!("±{}", number::fixed(std, self.decimals)))
    }

    /// How many values, where that is not what most cells have, and what is missing beside them.
    pub fn counts(&self, usual: Option<usize>) -> Vec<String> {
        let unusual =
            self.summary.filter(|summary| Some(summary.n) != usual).map(|summary| format!("n = {}", summary.n));
        unusual.into_iter().chain(self.remarks.iter().cloned()).collect()
    }

    /// The interval as shown.
    pub fn interval(&self) -> Option<String> {
        let summary = self.summary?;
        Some(interval(summary.low?, summary.high?, self.decimals))
    }
}

/// An interval as shown: with a word between the ends where one is negative, so that no dash meets a minus.
pub fn interval(low: f64, high: f64, decimals: usize) -> String {
    let (low, high) = (number::fixed(low, decimals), number::fixed(high, decimals));
    let between = if low.starts_with(number::MINUS) || high.starts_with(number::MINUS) { " to " } else { "–" };
    format!("{low}{between}{high}")
}

/// A table, ready to be drawn in any format.
#[derive(Clone, Debug)]
pub struct Table {
    /// Counted through the report from 1.
    pub number: usize,
    /// Its title.
    pub title: String,
    /// Axes of the rows.
    pub row_axes: Vec<String>,
    /// Axes of the columns.
    pub column_axes: Vec<String>,
    /// The metrics shown.
    pub metrics: Vec<&'static MetricSpec>,
    /// One a row.
    pub rows: Vec<Key>,
    /// One a column.
    pub columns: Vec<Key>,
    /// Rows of cells; none where the axes never meet with a metric of both sides.
    pub cells: Vec<Vec<Cell>>,
    /// The n that most cells have when all of their trials give a value.
    pub usual_n: Option<usize>,
    /// Along what best and second were found.
    pub compared: Compared,
    /// The model that the others were tested against.
    pub baseline: Option<String>,
    /// How often each of them is better, equal and worse.
    pub tallies: Vec<Tally>,
    /// Below the table.
    pub notes: Vec<String>,
}

impl Table {
    /// Every cell with its row and column.
    pub fn each(&self) -> impl Iterator<Item = (&Key, &Key, &Cell)> {
        self.rows
            .iter()
            .zip(&self.cells)
            .flat_map(move |(row, cells)| self.columns.iter().zip(cells).map(move |(column, cell)| (row, column, cell)))
    }

    /// Whether a metric is to be named in the rows, in the columns, or only in the title.
    pub fn metric_axis(&self) -> bool {
        self.row_axes.iter().chain(&self.column_axes).any(|axis| axis == METRIC)
    }
}

/// The metrics that may be shown.
pub fn shown(metrics: &[&'static MetricSpec], options: Options) -> Vec<&'static MetricSpec> {
    metrics.iter().copied().filter(|metric| !(options.omit_measured && super::is_measured(metric))).collect()
}

/// Makes a table; none where every metric is left out.
pub fn build(results: &Results, block: &TableBlock, number: usize, options: Options) -> Option<Table> {
    let metrics = shown(&block.metrics, options);
    if metrics.is_empty() {
        return None;
    }
    let (rows, columns) = axes(block, metrics.len());
    let records = select::records(results, &block.only);
    let (records, choice) = match &block.choose {
        Some(choose) => choose::apply(choose, records),
        None => (records, Vec::new()),
    };
    let rows = Side::new(results, rows, &metrics, &records, &block.only);
    let columns = Side::new(results, columns, &metrics, &records, &block.only);
    let groups = groups(&rows, &columns, &records);
    let cells = fill(results, block, &rows, &columns, &groups, metrics[0]);
    let mut table = Table {
        number,
        title: if block.title.is_empty() { "Results".to_owned() } else { block.title.clone() },
        row_axes: rows.axes,
        column_axes: columns.axes,
        metrics,
        rows: rows.keys,
        columns: columns.keys,
        cells,
        usual_n: None,
        compared: Compared::Nothing,
        baseline: None,
        tallies: Vec::new(),
        notes: Vec::new(),
    };
    marks::precision(&mut table);
    marks::places(&mut table, block.compare.best_of);
    marks::counts(&mut table);
    table.notes = notes::of(&table, block, &records);
    table.notes.extend(mean_ranks(results, block, &table));
    baseline::mark(&mut table, results, block, &groups);
    table.notes.extend(choice);
    Some(table)
}

/// `Mean rank on ACC over 7 data sets, 1 is best: DEC 1.43, K-means 1.57.`
fn mean_ranks(results: &Results, block: &TableBlock, table: &Table) -> Option<String> {
    let has = |axis: &str| table.row_axes.iter().chain(&table.column_axes).any(|own| own == axis);
    let metric = table.metrics.iter().copied().find(|metric| !super::is_measured(metric))?;
    if block.choose.is_some() || !has("model") || !has("dataset") {
        return None;
    }
    let ranking = super::ranking::of(results, metric, &block.only).filter(|ranking| ranking.datasets > 1)?;
    let ranks: Vec<String> =
        ranking.methods.iter().map(|method| format!("{} {}", method.name, number::fixed(method.rank, 2))).collect();
    Some(format!("Mean rank on {} over {} data sets, 1 is best: {}.", metric.label, ranking.datasets, ranks.join(", ")))
}

/// The axes of both sides; several metrics without a place become the innermost columns.
fn axes(block: &TableBlock, metrics: usize) -> (Vec<String>, Vec<String>) {
    let rows = block.rows.clone();
    let mut columns: Vec<String> = block.columns.iter().filter(|axis| !rows.contains(axis)).cloned().collect();
    if metrics > 1 && !rows.iter().chain(&columns).any(|axis| axis == METRIC) {
        columns.push(METRIC.to_owned());
    }
    (rows, columns)
}

/// The trials of each cell, whichever metric.
fn groups<'a>(
    rows: &Side,
    columns: &Side,
    records: &[&'a TrialRecord],
) -> HashMap<(usize, usize), Vec<&'a TrialRecord>> {
    let mut groups: HashMap<(usize, usize), Vec<&TrialRecord>> = HashMap::new();
    for record in records {
        if let (Some(row), Some(column)) = (rows.tuple_of(&record.trial), columns.tuple_of(&record.trial)) {
            groups.entry((row, column)).or_default().push(record);
        }
    }
    groups
}

fn fill(
    results: &Results,
    block: &TableBlock,
    rows: &Side,
    columns: &Side,
    groups: &HashMap<(usize, usize), Vec<&TrialRecord>>,
    only_metric: &'static MetricSpec,
) -> Vec<Vec<Cell>> {
    let printed = super::paper::for_table(results, block);
    rows.keys
        .iter()
        .map(|row| {
            columns
                .keys
                .iter()
                .map(|column| {
                    let metric = row.metric.or(column.metric).unwrap_or(only_metric);
                    let group = groups.get(&(row.tuple, column.tuple)).map_or(&[][..], Vec::as_slice);
                    let place = cell::At { row, column, rows, columns, metric, only: &block.only };
                    cell::of(results, &place, group, &printed)
                })
                .collect()
        })
        .collect()
}
