//! How long trials will take: from the times of earlier ones, else from what a model says of its own work. Decides
//! which trial goes first and what is said of the time left; never a result.

use std::collections::HashMap;

use crate::model::registry;
use crate::plan::Plan;
use crate::plan::trial::Trial;
use crate::store::folder::{History, Past};

/// Seconds and how many trials took them.
#[derive(Clone, Copy, Debug, Default)]
struct Times {
    /// As measured.
    seconds: f64,
    /// What the models' own estimates of the same trials add up to.
    estimated: f64,
    trials: u32,
}

impl Times {
    fn add(&mut self, seconds: f64, estimated: f64) {
        self.seconds += seconds;
        self.estimated += estimated;
        self.trials += 1;
    }

    fn mean(self) -> Option<f64> {
        (self.trials > 0).then(|| self.seconds / f64::from(self.trials))
    }

    /// How much longer trials take than was estimated.
    fn factor(self) -> Option<f64> {
        (self.estimated > 0.0).then(|| self.seconds / self.estimated)
    }
}

/// Trials that differ in seed and fold only.
#[derive(Debug)]
struct Cell {
    times: Times,
    /// By the model, in seconds on some machine.
    estimate: f64,
    /// Of which model on which data set; an index.
    pair: usize,
    /// Of which kind of model; an index.
    kind: usize,
    /// Trials still to run.
    ahead: u32,
}

/// What is known of a plan's times.
#[derive(Debug, Default)]
pub struct Forecast {
    cells: Vec<Cell>,
    cell_of: HashMap<String, usize>,
    pairs: Vec<Times>,
    kinds: Vec<Times>,
    all: Times,
}

impl Forecast {
    /// Of a plan, some of whose trials may have run.
    pub fn new(plan: &Plan, history: &History) -> Self {
        let mut forecast = Forecast::default();
        let (mut cells, mut pairs, mut kinds) = (HashMap::new(), HashMap::new(), HashMap::new());
        let sizes: HashMap<&str, (usize, usize)> =
            plan.datasets.iter().map(|facts| (facts.name.as_str(), (facts.rows, facts.columns))).collect();
        for trial in &plan.trials {
            let cell = *cells.entry(words(trial)).or_insert_with(|| {
                let pair = *pairs.entry((&trial.model, &trial.dataset)).or_insert(forecast.pairs.len());
                let kind = *kinds.entry(&trial.kind).or_insert(forecast.kinds.len());
                forecast.pairs.resize(pairs.len(), Times::default());
                forecast.kinds.resize(kinds.len(), Times::default());
                let (rows, columns) = sizes.get(trial.dataset.as_str()).copied().unwrap_or_default();
                let estimate =
                    registry::find(&trial.kind).map_or(0.0, |spec| (spec.work)(&trial.params, rows, columns));
                forecast.cells.push(Cell { times: Times::default(), estimate, pair, kind, ahead: 0 });
                forecast.cells.len() - 1
            });
            forecast.cell_of.insert(trial.id.clone(), cell);
            if let Some(seconds) = history.get(&trial.id).and_then(Past::seconds) {
                forecast.add(cell, seconds);
            }
        }
        forecast
    }

    fn add(&mut self, cell: usize, seconds: f64) {
        let Cell { estimate, pair, kind, ref mut times, .. } = self.cells[cell];
        times.add(seconds, estimate);
        self.pairs[pair].add(seconds, estimate);
        self.kinds[kind].add(seconds, estimate);
        self.all.add(seconds, estimate);
    }

    fn of_cell(&self, cell: &Cell) -> Option<f64> {
        let times = [self.pairs[cell.pair], self.kinds[cell.kind], self.all];
        cell.times.mean().or_else(|| times.iter().find_map(|times| times.factor()).map(|factor| factor * cell.estimate))
    }

    /// Seconds of a trial; none before anything has run.
    pub fn seconds(&self, trial: &str) -> Option<f64> {
        self.of_cell(self.cells.get(*self.cell_of.get(trial)?)?)
    }

    /// What trials are ordered by: seconds, or the models' own estimates before anything has run.
    pub fn weight(&self, trial: &str) -> f64 {
        let cell = self.cell_of.get(trial).and_then(|cell| self.cells.get(*cell));
        cell.map_or(0.0, |cell| self.of_cell(cell).unwrap_or(cell.estimate))
    }

    /// A trial is to run.
    pub fn expect(&mut self, trial: &str) {
        if let Some(cell) = self.cell_of.get(trial) {
            self.cells[*cell].ahead += 1;
        }
    }

    /// A trial is not to run any more; `seconds` is what it took, where it finished.
    pub fn settle(&mut self, trial: &str, seconds: Option<f64>) {
        let Some(&cell) = self.cell_of.get(trial) else { return };
        self.cells[cell].ahead = self.cells[cell].ahead.saturating_sub(1);
        if let Some(seconds) = seconds {
            self.add(cell, seconds);
        }
    }

    /// Seconds of all trials to come, one after the other; none where nothing is known of some.
    pub fn left(&self) -> Option<f64> {
        let ahead = self.cells.iter().filter(|cell| cell.ahead > 0);
        ahead.map(|cell| self.of_cell(cell).map(|seconds| seconds * f64::from(cell.ahead))).sum()
    }
}

/// Everything of a trial but its seed and fold.
fn words(trial: &Trial) -> String {
    let mut text = format!("{}\n{}\n{}\n{}", trial.dataset, trial.split, trial.pipeline, trial.model);
    trial.parameters().for_each(|(name, value)| text.push_str(&format!("\n{name}={value}")));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameter::Values;
    use crate::store::journal::{Journals, Record};
    use crate::store::outcome::{Measured, ResultBlock, Status};
    use crate::store::results::DatasetFacts;
    use crate::value::Value;

    fn trial(id: &str, dataset: &str, model: &str, sleep: f64) -> Trial {
        Trial {
            id: id.to_owned(),
            dataset: dataset.to_owned(),
            pipeline: "none".to_owned(),
            model: model.to_owned(),
            kind: "debug".to_owned(),
            split: "whole".to_owned(),
            fold: None,
            seed: 0,
            params: Values::from([("sleep".to_owned(), Value::Number(sleep))]),
            steps: Values::new(),
        }
    }

    fn plan(trials: Vec<Trial>) -> Plan {
        let facts = |name: &str| DatasetFacts {
            name: name.to_owned(),
            kind: "blobs".to_owned(),
            rows: 10,
            columns: 2,
            classes: Vec::new(),
            checksum: None,
            folds: std::collections::BTreeMap::new(),
        };
        Plan { datasets: vec![facts("a"), facts("b")], skipped: Vec::new(), trials }
    }

    fn ended(trial: &str, seconds: f64) -> (String, Record) {
        let measured = Measured { wall_seconds: seconds, ..Measured::default() };
        let result = Box::new(ResultBlock::of(Status::Finished));
        let record = Record::End { trial: trial.to_owned(), attempt: 1, result, measured: Box::new(measured) };
        ("j".to_owned(), record)
    }

    #[test]
    fn before_anything_has_run_only_the_order_is_known() {
        let plan = plan(vec![trial("short", "a", "m", 1.0), trial("long", "a", "m", 5.0)]);
        let mut forecast = Forecast::new(&plan, &History::default());
        assert!(forecast.weight("long") > forecast.weight("short"));
        forecast.expect("long");
        assert_eq!((forecast.seconds("long"), forecast.left()), (None, None));
    }

    #[test]
    fn times_of_the_cell_then_of_the_pair_then_of_the_kind() {
        let again = Trial { seed: 1, id: "again".to_owned(), ..trial("one", "a", "m", 1.0) };
        let trials = vec![
            trial("one", "a", "m", 1.0),
            again,
            trial("three", "a", "m", 3.0),
            trial("elsewhere", "b", "m", 3.0),
            trial("other", "b", "n", 2.0),
        ];
        let records = vec![ended("one", 10.0), ended("other", 2.0)];
        let history = History::of(Journals { records, damaged: Vec::new() });
        let mut forecast = Forecast::new(&plan(trials), &history);
        assert_eq!(forecast.seconds("again"), Some(10.0));
        // The pair took ten times its estimate; the kind (10 + 2) / (1 + 2) times.
        assert_eq!(forecast.seconds("three"), Some(30.0));
        assert_eq!(forecast.seconds("elsewhere"), Some(12.0));
        ["again", "three"].iter().for_each(|trial| forecast.expect(trial));
        assert_eq!(forecast.left(), Some(40.0));
        forecast.settle("three", Some(90.0));
        assert_eq!((forecast.left(), forecast.seconds("three")), (Some(10.0), Some(90.0)));
    }
}
