//! What stands below a table: what was averaged, what is missing and why.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::experiment::TableBlock;
use crate::metric::{MetricSpec, Needs};
use crate::report::number::plural;
use crate::report::select::{self, Domain};
use crate::store::results::TrialRecord;

use super::Table;

/// So many cells are named with their reason; the rest are counted.
const NAMED: usize = 6;

/// The notes in their order.
pub(super) fn of(table: &Table, block: &TableBlock, records: &[&TrialRecord]) -> Vec<String> {
    let mut notes = Vec::new();
    let averaged = averaged(table, records);
    if let Some(note) = counts(table, &averaged) {
        notes.push(note);
    }
    if !block.only.is_empty() {
        notes.push(format!("Only {}.", select::conditions(&block.only)));
    }
    if table.each().any(|(_, _, cell)| cell.summary.is_some_and(|summary| summary.std.is_some())) {
        notes.push(
            "± sample standard deviation (n − 1). 95% CI: t interval of the mean, n − 1 degrees of freedom.".to_owned(),
        );
    }
    if table.each().any(|(_, _, cell)| cell.remarks.iter().any(|remark| remark.ends_with("n/a"))) {
        notes.push(
            "n/a: trials for which the method is not applicable; left out of the mean, like failed ones.".to_owned(),
        );
    }
    notes.extend(times(table, records));
    notes.extend(missing(table));
    notes
}

/// `Mean over batch-size (2, 8, 32) and 5 seeds; n = 15 values a cell.`
fn counts(table: &Table, averaged: &[String]) -> Option<String> {
    let n = table.usual_n?;
    let same = table.each().all(|(_, _, cell)| cell.summary.is_none_or(|summary| summary.n == n));
    let over = if averaged.is_empty() { String::new() } else { format!("Mean over {}; ", join_words(averaged)) };
    let count = match n {
        1 => "n = 1: one value a cell, so no spread can be given".to_owned(),
        n => format!("n = {n} values a cell"),
    };
    Some(format!("{over}{count}{}.", if same { "" } else { " where the cell says nothing else" }))
}

/// The axes that vary within a cell, in words.
fn averaged(table: &Table, records: &[&TrialRecord]) -> Vec<String> {
    let shown: BTreeSet<&str> = table.row_axes.iter().chain(&table.column_axes).map(String::as_str).collect();
    let mut parameters: BTreeSet<&str> = BTreeSet::new();
    for record in records {
        parameters.extend(record.trial.parameters().map(|(name, _)| name.as_str()));
    }
    let fixed = ["dataset", "pipeline", "model", "split"];
    let axes = fixed.into_iter().chain(parameters).chain(["fold", "seed"]).filter(|axis| !shown.contains(axis));
    let cells = cells(table, records);
    axes.filter_map(|axis| varying(axis, &cells)).collect()
}

/// The trials of each cell, whichever metric.
fn cells<'a>(table: &Table, records: &[&'a TrialRecord]) -> Vec<Vec<&'a TrialRecord>> {
    let axes: Vec<&String> =
        table.row_axes.iter().chain(&table.column_axes).filter(|axis| *axis != select::METRIC).collect();
    let mut cells: BTreeMap<Vec<String>, Vec<&TrialRecord>> = BTreeMap::new();
    for record in records {
        let key = axes.iter().map(|axis| select::label(&record.trial, axis)).collect();
        cells.entry(key).or_default().push(record);
    }
    cells.into_values().collect()
}

/// What the trials of some cell differ in along an axis: `3 seeds`, `split (a, b)`.
pub fn varying(axis: &str, cells: &[Vec<&TrialRecord>]) -> Option<String> {
    let mut values: Vec<String> = Vec::new();
    for cell in cells {
        let first = select::label(&cell[0].trial, axis);
        if cell.iter().skip(1).any(|record| select::label(&record.trial, axis) != first) {
            let seen: BTreeSet<String> = cell.iter().map(|record| select::label(&record.trial, axis)).collect();
            values.extend(seen);
        }
    }
    values.sort();
    values.dedup();
    match (axis, values.len()) {
        (_, 0) => None,
        ("seed" | "fold", n) => Some(plural(n, axis)),
        (axis, n) if n > 8 => Some(format!("{axis} ({n} values)")),
        (axis, _) => Some(format!("{axis} ({})", sorted(values).join(", "))),
    }
}

/// Values by size where they are numbers.
fn sorted(mut values: Vec<String>) -> Vec<String> {
    Domain::sort(&mut values);
    values
}

/// `a, b and c`.
pub fn join_words(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// Which clock a metric of time is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Seconds on the wall.
    Wall,
    /// Seconds of the processor.
    Cpu,
}

/// The clock of a metric; none for what is no time.
pub fn clock(metric: &MetricSpec) -> Option<Clock> {
    match (metric.needs, metric.name) {
        (Needs::Time, "cpu_seconds") => Some(Clock::Cpu),
        (Needs::Time, name) if name.ends_with("_seconds") => Some(Clock::Wall),
        _ => None,
    }
}

/// For each metric of time: which clock, and how many other trials ran beside.
fn times(table: &Table, records: &[&TrialRecord]) -> Vec<String> {
    if !table.metrics.iter().any(|metric| clock(metric).is_some()) {
        return Vec::new();
    }
    let beside: Vec<u32> = records.iter().filter_map(|record| record.measured.as_ref().map(|m| m.beside)).collect();
    let (Some(least), Some(most)) = (beside.iter().min(), beside.iter().max()) else { return Vec::new() };
    let others = match (least, most) {
        (0, 0) => "no other trial ran beside".to_owned(),
        (least, most) if least == most => format!("{} ran beside each", plural(*most as usize, "other trial")),
        (least, most) => format!("{least} to {most} other trials ran beside each"),
    };
    let clock = |wanted: Clock| -> Vec<String> {
        table.metrics.iter().filter(|m| clock(m) == Some(wanted)).map(|m| m.label.to_owned()).collect()
    };
    let mut words = Vec::new();
    for (labels, what) in [(clock(Clock::Wall), "wall clock"), (clock(Clock::Cpu), "CPU time of the whole trial")] {
        if !labels.is_empty() {
            words.push(format!("{}: {what}", join_words(&labels)));
        }
    }
    vec![format!("{}; {others}.", words.join("; "))]
}

/// Each reason with the cells it stands for.
fn missing(table: &Table) -> Vec<String> {
    // A cell without a value in any metric is named once, without the metric.
    let mut whole: HashMap<(usize, usize), (Option<&String>, bool)> = HashMap::new();
    for (row, column, cell) in table.each() {
        let entry = whole.entry((row.tuple, column.tuple)).or_insert((cell.missing.as_ref(), true));
        entry.1 &= entry.0 == cell.missing.as_ref();
    }
    let mut order: Vec<&String> = Vec::new();
    let mut places: HashMap<&String, (Vec<String>, HashSet<String>)> = HashMap::new();
    for (row, column, cell) in table.each() {
        let Some(reason) = &cell.missing else { continue };
        let names = [row.name(&table.row_axes), column.name(&table.column_axes)];
        let mut place = names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" / ");
        if !whole[&(row.tuple, column.tuple)].1 {
            place = format!("{place} ({})", cell.metric.label);
        }
        let (named, seen) = places.entry(reason).or_insert_with(|| {
            order.push(reason);
            Default::default()
        });
        if seen.insert(place.clone()) {
            named.push(place);
        }
    }
    order.into_iter().map(|reason| format!("– {reason}: {}.", named(&places[reason].0))).collect()
}

fn named(places: &[String]) -> String {
    if places.len() <= NAMED {
        return places.join("; ");
    }
    format!("{} and {} more cells", places[..NAMED].join("; "), places.len() - NAMED)
}
