//! Marks against a baseline, as Weka's experimenter sets them: `v` better, `*` worse, blank where no difference is shown.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::experiment::{Adjust, TableBlock};
use crate::metric::Better;
use crate::report::number::plural;
use crate::report::pairs::{self, Difference, Made, Untested, p_words};
use crate::report::select::{self, METRIC};
use crate::report::statistics::adjust::Adjustment;
use crate::store::results::{Results, TrialRecord};

use super::Table;

/// The level of the tests.
const ALPHA: f64 = 0.05;

/// What a test against the baseline says of a cell.
#[derive(Clone, Debug)]
pub struct Mark {
    /// `v`, `*` or nothing.
    pub sign: &'static str,
    /// The difference and its test, in words.
    pub about: String,
}

/// How often a method is better, not shown to differ, and worse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The method.
    pub method: String,
    /// Marked `v`.
    pub better: usize,
    /// Not marked.
    pub equal: usize,
    /// Marked `*`.
    pub worse: usize,
}

impl Tally {
    /// `(v/ /*)` as Weka prints it.
    pub fn counts(&self) -> String {
        format!("({}/{}/{})", self.better, self.equal, self.worse)
    }
}

/// A tested cell.
struct Tested {
    at: (usize, usize),
    difference: Difference,
}

/// Marks the cells of every method but the baseline; writes the tallies and a note that names test and number.
pub(super) fn mark(
    table: &mut Table,
    results: &Results,
    block: &TableBlock,
    groups: &HashMap<(usize, usize), Vec<&TrialRecord>>,
) {
    let Some(baseline) = baseline(table, block) else { return };
    let (tested, untested) = tests(table, results, block, groups, &baseline);
    if tested.is_empty() {
        // Only what was asked for and cannot be had is worth a word.
        if block.compare.baseline.is_some() {
            let why: Vec<String> = untested.iter().map(ToString::to_string).collect();
            let why = if why.is_empty() { "no cell stands beside one of it".to_owned() } else { why.join("; ") };
            table.notes.push(format!("Not tested against {baseline}: {why}."));
        }
        return;
    }
    let raw: Vec<f64> = tested.iter().map(|cell| cell.difference.p_value).collect();
    let p = match block.compare.adjust {
        Adjust::None => raw,
        Adjust::Holm => Adjustment::Holm.apply(&raw),
    };
    for (cell, p) in tested.iter().zip(&p) {
        set(table, cell, *p, &baseline);
    }
    table.tallies = tallies(table, &baseline);
    table.notes.push(note(&tested, block, &baseline, &untested));
    table.baseline = Some(baseline);
}

/// The model that the others stand against: the stated one, else the first, where the table has it and another.
fn baseline(table: &Table, block: &TableBlock) -> Option<String> {
    let on_rows = table.row_axes.iter().position(|axis| axis == "model");
    let on_columns = table.column_axes.iter().position(|axis| axis == "model");
    let of_rows = on_rows.map(|at| table.rows.iter().map(|key| key.labels[at].clone()).collect::<Vec<_>>());
    let of_columns = || on_columns.map(|at| table.columns.iter().map(|key| key.labels[at].clone()).collect());
    let models = of_rows.or_else(of_columns)?;
    let wanted = block.compare.baseline.clone().or_else(|| models.first().cloned())?;
    (models.contains(&wanted) && models.iter().any(|model| *model != wanted)).then_some(wanted)
}

/// A cell's labels, axis by axis, with its metric.
fn labels(table: &Table, at: (usize, usize)) -> BTreeMap<&str, &str> {
    let rows = table.row_axes.iter().zip(&table.rows[at.0].labels);
    let columns = table.column_axes.iter().zip(&table.columns[at.1].labels);
    rows.chain(columns).map(|(axis, label)| (axis.as_str(), label.as_str())).collect()
}

/// Every test that can be made, and why others cannot.
fn tests(
    table: &Table,
    results: &Results,
    block: &TableBlock,
    groups: &HashMap<(usize, usize), Vec<&TrialRecord>>,
    baseline: &str,
) -> (Vec<Tested>, BTreeSet<Untested>) {
    let cells = (0..table.rows.len()).flat_map(|row| (0..table.columns.len()).map(move |column| (row, column)));
    let cells: Vec<(usize, usize)> = cells.collect();
    let of_baseline: Vec<(usize, usize)> =
        cells.iter().copied().filter(|at| labels(table, *at).get("model") == Some(&baseline)).collect();
    let group = |at: (usize, usize)| {
        groups.get(&(table.rows[at.0].tuple, table.columns[at.1].tuple)).map_or(&[][..], Vec::as_slice)
    };
    let (mut tested, mut untested) = (Vec::new(), BTreeSet::new());
    for at in cells.iter().copied().filter(|at| !of_baseline.contains(at)) {
        let cell = &table.cells[at.0][at.1];
        // Seconds depend on what ran beside: a machine's noise is no repeat of the method's.
        if crate::report::is_measured(cell.metric) {
            continue;
        }
        let Some(other) = counterpart(table, at, &of_baseline) else { continue };
        if cell.summary.is_none() || table.cells[other.0][other.1].summary.is_none() {
            continue;
        }
        let pairs = pairs::pairs(results, cell.metric, group(at), group(other));
        match pairs.and_then(|pairs| Difference::of(&pairs, block.compare.test)) {
            Ok(difference) => tested.push(Tested { at, difference }),
            Err(why) => {
                untested.insert(why);
            }
        }
    }
    (tested, untested)
}

/// The baseline's cell under the same labels; a parameter that the baseline does not have may differ.
fn counterpart(table: &Table, at: (usize, usize), of_baseline: &[(usize, usize)]) -> Option<(usize, usize)> {
    let own = labels(table, at);
    let agrees = |other: &(usize, usize), strictly: bool| {
        let theirs = labels(table, *other);
        own.iter().filter(|(axis, _)| **axis != "model").all(|(axis, label)| {
            let their = theirs.get(axis).copied().unwrap_or_default();
            their == *label || (!strictly && *axis != METRIC && !select::is_given(their))
        })
    };
    let exact = of_baseline.iter().copied().find(|other| agrees(other, true));
    exact.or_else(|| of_baseline.iter().copied().find(|other| agrees(other, false)))
}

fn set(table: &mut Table, cell: &Tested, p: f64, baseline: &str) {
    let difference = &cell.difference;
    let to_set = &mut table.cells[cell.at.0][cell.at.1];
    let ahead = match to_set.metric.better {
        Better::Higher => difference.mean > 0.0,
        Better::Lower => difference.mean < 0.0,
    };
    let sign = match (p <= ALPHA, ahead) {
        (true, true) => "v",
        (true, false) => "*",
        (false, _) => "",
    };
    let by = crate::report::number::difference(difference.mean, to_set.decimals);
    to_set.mark = Some(Mark { sign, about: format!("{by} against {baseline}, {}", p_words(p)) });
}

/// One a method, in the table's order.
fn tallies(table: &Table, baseline: &str) -> Vec<Tally> {
    let mut tallies: Vec<Tally> = Vec::new();
    for row in 0..table.rows.len() {
        for column in 0..table.columns.len() {
            let Some(mark) = &table.cells[row][column].mark else { continue };
            let labels = labels(table, (row, column));
            let Some(method) = labels.get("model").filter(|method| **method != baseline) else { continue };
            let at = tallies.iter().position(|tally| tally.method == *method).unwrap_or_else(|| {
                tallies.push(Tally { method: (*method).to_owned(), better: 0, equal: 0, worse: 0 });
                tallies.len() - 1
            });
            match mark.sign {
                "v" => tallies[at].better += 1,
                "*" => tallies[at].worse += 1,
                _ => tallies[at].equal += 1,
            }
        }
    }
    tallies
}

fn note(tested: &[Tested], block: &TableBlock, baseline: &str, untested: &BTreeSet<Untested>) -> String {
    let made: BTreeSet<Made> = tested.iter().map(|cell| cell.difference.made).collect();
    let made: Vec<String> = made.iter().map(ToString::to_string).collect();
    let count = plural(tested.len(), "comparison");
    let adjusted = match block.compare.adjust {
        Adjust::None if tested.len() > 1 => format!(", not adjusted for {count}"),
        Adjust::None => String::new(),
        Adjust::Holm => format!(", adjusted by Holm for {count}"),
    };
    let left: Vec<String> = untested.iter().map(ToString::to_string).collect();
    let left = if left.is_empty() { String::new() } else { format!(" Not tested: {}.", left.join("; ")) };
    format!(
        "v / *: significantly better / worse than {baseline}, two-sided {}, p ≤ {ALPHA}{adjusted}; blank: no \
         difference shown.{left}",
        made.join(", ")
    )
}
