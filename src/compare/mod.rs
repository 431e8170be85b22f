//! Two results folders side by side: what came out the same, what differs by more than chance, and which settings are
//! not the same.
//!
//! [`Comparison`] is plain data, made from two [`Results`] alone; the terminal, JSON and the page are made from it. The
//! same folders give the same bytes.

mod cell;
mod html;
mod json;
mod judge;
mod matching;
mod place;
mod reproduce;
mod settings;
mod terminal;
mod verdict;
mod words;

use crate::metric::MetricSpec;
use crate::parameter::Values;
use crate::report::is_measured;
use crate::report::number;
use crate::report::pairs::Made;
use crate::report::statistics::Summary;
use crate::report::statistics::intervals::Interval;
use crate::store::outcome::Status;
use crate::store::results::{Results, State};

pub use html::render as html;
pub use json::document as json;
pub use matching::Renamed;
pub use reproduce::Irreproducible;
pub use settings::{Setting, Settings};
pub use terminal::text;
pub use verdict::{Lack, Verdict, Which};

/// The level of the tests, after adjustment.
pub const ALPHA: f64 = 0.05;

/// What a folder has in a cell.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    /// Its numbers; none where no trial gave a value.
    pub summary: Option<Summary>,
    /// Trials of the plan.
    pub planned: usize,
    /// Trials that went wrong.
    pub failed: usize,
    /// Trials for which the method is not defined.
    pub not_applicable: usize,
    /// Trials that ended well without a value.
    pub undefined: usize,
    /// Trials that have not ended, or were given up.
    pub not_run: usize,
    /// Why there is no value, as the first such trial says.
    pub reason: Option<String>,
    /// The trials whose values these are.
    pub trials: Vec<String>,
}

/// The difference of a cell: second less first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Of the means, or the mean over pairs.
    pub mean: f64,
    /// Its 95% interval, where a test was made.
    pub interval: Option<Interval>,
    /// Over so many pairs; none where the repeats are not the same ones.
    pub pairs: Option<usize>,
}

/// The test of a difference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tested {
    /// Which one; none for Welch's.
    pub made: Option<Made>,
    /// Two-sided.
    pub p_value: f64,
    /// Adjusted by Holm over all tested cells of results, or over all of measurements.
    pub adjusted: f64,
}

/// Where a cell stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Labels {
    /// Data set.
    pub dataset: String,
    /// Pipeline.
    pub pipeline: String,
    /// The point of the pipeline's grid.
    pub steps: Values,
    /// Split.
    pub split: String,
    /// Model.
    pub model: String,
    /// Its parameters as given.
    pub params: Values,
}

/// A place of the grid and a metric.
#[derive(Clone, Debug)]
pub struct Cell {
    /// As the first folder labels it; the second where only that has it.
    pub labels: Labels,
    /// As the second folder labels it, where that is another way.
    pub labels_b: Option<Labels>,
    /// The parameters worth naming: those that vary within the model.
    pub swept: Vec<(String, String)>,
    /// The metric.
    pub metric: &'static MetricSpec,
    /// What the first folder has; none where its plan has no such cell.
    pub a: Option<Numbers>,
    /// What the second one has.
    pub b: Option<Numbers>,
    /// The difference, where both have values.
    pub difference: Option<Difference>,
    /// Its test.
    pub tested: Option<Tested>,
    /// Fold and seed for which the first folder has a result and the second failed.
    pub newly_failed: usize,
    /// What is said of it.
    pub verdict: Verdict,
}

impl Cell {
    /// Whether the metric is a measurement: shown apart, deciding nothing.
    pub fn is_measured(&self) -> bool {
        is_measured(self.metric)
    }

    /// Whether it is among the changes.
    pub fn is_change(&self) -> bool {
        self.verdict.is_change() || (self.newly_failed > 0 && !self.is_measured())
    }

    /// Whether `--check` objects: worse, without a value that the first folder has, or failed where it did not.
    pub fn is_regression(&self) -> bool {
        let had = self.a.as_ref().is_some_and(|numbers| numbers.summary.is_some());
        let lost = had && matches!(self.verdict, Verdict::Without(Which::B, _));
        !self.is_measured() && (self.verdict == Verdict::Worse || lost || self.newly_failed > 0)
    }
}

/// What is said of a folder as a whole.
#[derive(Clone, Debug)]
pub struct Side {
    /// As it was named on the command line.
    pub folder: String,
    /// The experiment's name.
    pub name: String,
    /// Trials of the plan.
    pub trials: usize,
    /// Trials that ended well.
    pub finished: usize,
    /// Trials for which the method is not defined.
    pub not_applicable: usize,
    /// Trials that failed, ran out of time or were quarantined.
    pub failed: usize,
    /// Trials that have not ended.
    pub unfinished: usize,
    /// Journal lines that were left out.
    pub damaged: usize,
}

impl Side {
    fn of(results: &Results) -> Side {
        let count = |wanted: &dyn Fn(State) -> bool| results.records.iter().filter(|r| wanted(r.state)).count();
        let finished = count(&|state| state == State::Ended(Status::Finished));
        let not_applicable = count(&|state| state == State::Ended(Status::NotApplicable));
        let failed =
            count(&|state| matches!(state, State::Ended(Status::Failed | Status::TimedOut | Status::Quarantined)));
        let trials = results.records.len();
        Side {
            folder: results.folder.display().to_string(),
            name: results.experiment.name.clone(),
            trials,
            finished,
            not_applicable,
            failed,
            unfinished: trials - finished - not_applicable - failed,
            damaged: results.damaged.len(),
        }
    }
}

/// Two folders compared.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The first folder.
    pub a: Side,
    /// The second one.
    pub b: Side,
    /// Every cell: those of the first folder in its order, then what only the second has.
    pub cells: Vec<Cell>,
    /// What has another label in the second folder.
    pub renamed: Vec<Renamed>,
    /// Which settings are not the same.
    pub settings: Settings,
    /// Trials that gave other bytes under the same conditions.
    pub irreproducible: Vec<Irreproducible>,
}

/// Why two folders cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// Their tasks have nothing in common.
    #[error("the tasks differ: A is {0}, B is {1}; only results of one task can be compared")]
    Tasks(&'static str, &'static str),
}

/// Compares two folders.
///
/// # Errors
/// They are of different tasks.
pub fn build(a: &Results, b: &Results) -> Result<Comparison, CompareError> {
    let tasks = [a, b].map(|results| results.experiment.task.kind);
    if tasks[0] != tasks[1] {
        return Err(CompareError::Tasks(tasks[0].word(), tasks[1].word()));
    }
    let kinds = place::Kinds::of([a, b]);
    let contents = [matching::Content::of(a), matching::Content::of(b)];
    let (in_a, in_b) = (place::places(a), place::places(b));
    let swept = matching::swept(&[&in_a, &in_b], &kinds);
    let matches = matching::Matches::of(in_a, in_b, [&contents[0], &contents[1]], &kinds);
    let look = cell::Look { folders: [a, b], contents: [&contents[0], &contents[1]], kinds: &kinds, swept: &swept };
    Ok(Comparison {
        a: Side::of(a),
        b: Side::of(b),
        cells: cell::all(&look, &matches),
        settings: settings::of(&look, &matches),
        irreproducible: reproduce::irreproducible(a, b),
        renamed: matches.renamed,
    })
}

impl Comparison {
    /// The cells of results, or those of measurements.
    pub fn of_kind(&self, measured: bool) -> impl Iterator<Item = &Cell> {
        self.cells.iter().filter(move |cell| cell.is_measured() == measured)
    }

    /// How many cells of results, or of measurements, have each verdict, the worst first; those that none has are left
    /// out.
    pub fn tally(&self, measured: bool) -> Vec<(Verdict, usize)> {
        let count = |verdict: Verdict| self.of_kind(measured).filter(|cell| cell.verdict == verdict).count();
        Verdict::all().into_iter().map(|verdict| (verdict, count(verdict))).filter(|(_, n)| *n > 0).collect()
    }

    /// The cells to which `--check` objects.
    pub fn regressions(&self) -> impl Iterator<Item = &Cell> {
        self.cells.iter().filter(|cell| cell.is_regression())
    }

    /// The same in words, a line each, the worst first.
    pub fn objections(&self) -> Vec<String> {
        let cells = words::worst_first(self, false).into_iter().filter(|cell| cell.is_regression());
        cells.map(|cell| words::objection(self, cell)).collect()
    }

    /// Decimals for a metric's values and differences.
    fn decimals(&self, metric: &'static MetricSpec) -> usize {
        let cells = self.cells.iter().filter(|cell| cell.metric.name == metric.name);
        let means = cells.flat_map(|cell| [&cell.a, &cell.b]).flatten().filter_map(|numbers| numbers.summary);
        number::decimals(metric, means.map(|summary| summary.mean))
    }
}
