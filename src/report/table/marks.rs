//! Precision, best and second, and how many values a cell has.

use std::collections::{BTreeMap, HashMap};

use crate::experiment::BestOf;
use crate::metric::Better;
use crate::report::number;
use crate::report::select::METRIC;

use super::{Compared, Place, Table};

/// Axes along which values are not ranked against each other.
const NEVER_COMPARED: [&str; 5] = ["dataset", METRIC, "split", "seed", "fold"];

/// One precision a column, or a row where the rows are the metrics.
pub(super) fn precision(table: &mut Table) {
    let by_row = table.row_axes.iter().any(|axis| axis == METRIC);
    let lines = if by_row { table.cells.len() } else { table.columns.len() };
    for line in 0..lines {
        let at: Vec<(usize, usize)> = if by_row {
            (0..table.columns.len()).map(|column| (line, column)).collect()
        } else {
            (0..table.cells.len()).map(|row| (row, line)).collect()
        };
        let Some(metric) = at.first().map(|&(row, column)| table.cells[row][column].metric) else { continue };
        let means = at.iter().filter_map(|&(row, column)| table.cells[row][column].summary.map(|s| s.mean));
        let decimals = number::decimals(metric, means);
        for (row, column) in at {
            table.cells[row][column].decimals = decimals;
        }
    }
}

/// Finds best and second among the cells that differ only along the compared axes.
pub(super) fn places(table: &mut Table, best_of: Option<BestOf>) {
    let Some((compared, side)) = compared_axes(table, best_of) else { return };
    table.compared = side;
    let mut groups: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
    for row in 0..table.cells.len() {
        for column in 0..table.columns.len() {
            if table.cells[row][column].summary.is_none() {
                continue;
            }
            let mut key = table.cells[row][column].metric.name.to_owned();
            let axes = table.row_axes.iter().zip(&table.rows[row].labels);
            for (axis, label) in axes.chain(table.column_axes.iter().zip(&table.columns[column].labels)) {
                if !compared.contains(axis) {
                    key.push('\u{1f}');
                    key.push_str(label);
                }
            }
            groups.entry(key).or_default().push((row, column));
        }
    }
    for cells in groups.values() {
        rank(table, cells);
    }
}

/// The ranked axes: those of the side that the file names, else on which the methods stand.
fn compared_axes(table: &Table, best_of: Option<BestOf>) -> Option<(Vec<String>, Compared)> {
    let ranked = |axes: &[String]| -> Vec<String> {
        axes.iter().filter(|axis| !NEVER_COMPARED.contains(&axis.as_str())).cloned().collect()
    };
    let (rows, columns) = (ranked(&table.row_axes), ranked(&table.column_axes));
    let has_model = |axes: &[String]| axes.iter().any(|axis| axis == "model");
    match best_of {
        Some(BestOf::Column) if !rows.is_empty() => return Some((rows, Compared::Column)),
        Some(BestOf::Row) if !columns.is_empty() => return Some((columns, Compared::Row)),
        _ => {}
    }
    match (rows.is_empty(), columns.is_empty()) {
        (true, true) => None,
        (false, _) if has_model(&rows) || columns.is_empty() || !has_model(&columns) => Some((rows, Compared::Column)),
        _ => Some((columns, Compared::Row)),
    }
}

fn rank(table: &mut Table, cells: &[(usize, usize)]) {
    if cells.len() < 2 {
        return;
    }
    let decimals = cells.iter().map(|&(row, column)| table.cells[row][column].decimals).min().unwrap_or(3);
    let shown = |table: &Table, row: usize, column: usize| -> f64 {
        let mean = table.cells[row][column].summary.map_or(f64::NAN, |summary| summary.mean);
        // What the reader sees: ties at shown precision share the mark.
        format!("{mean:.decimals$}").parse::<f64>().unwrap_or(mean) + 0.0
    };
    let sign = match table.cells[cells[0].0][cells[0].1].metric.better {
        Better::Higher => -1.0,
        Better::Lower => 1.0,
    };
    let mut values: Vec<f64> = cells.iter().map(|&(row, column)| sign * shown(table, row, column)).collect();
    let by_cell = values.clone();
    values.sort_by(f64::total_cmp);
    values.dedup();
    for (&(row, column), value) in cells.iter().zip(by_cell) {
        table.cells[row][column].place = match values.iter().position(|other| *other == value) {
            Some(0) => Place::Best,
            Some(1) => Place::Second,
            _ => Place::Other,
        };
    }
}

/// The n that most cells have by the plan; ties go to the larger.
pub(super) fn counts(table: &mut Table) {
    let mut tally: BTreeMap<usize, usize> = BTreeMap::new();
    for (_, _, cell) in table.each() {
        if cell.summary.is_some() {
            *tally.entry(cell.planned).or_default() += 1;
        }
    }
    table.usual_n = tally.into_iter().max_by_key(|&(n, times)| (times, n)).map(|(n, _)| n);
}
