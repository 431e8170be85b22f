//! What a results folder says, for status, the report and the screen: the plan with each trial's outcome.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::experiment::Experiment;
use crate::model::context::CurvePoint;
use crate::plan::trial::Trial;
use crate::store::outcome::{Measured, ResultBlock, Status};
use crate::store::rows::KnownRows;

/// Where a trial stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It ended.
    Ended(Status),
    /// A live run has begun it.
    Running,
    /// It was begun and not ended, and no run is alive.
    Interrupted,
    /// Not begun.
    Pending,
}

impl State {
    /// The word of `status --json`, singular.
    pub fn word(self) -> &'static str {
        match self {
            State::Ended(status) => status.word(),
            State::Running => "running",
            State::Interrupted => "interrupted",
            State::Pending => "pending",
        }
    }
}

/// A planned trial with what is known of it.
#[derive(Clone, Debug)]
pub struct TrialRecord {
    /// The trial.
    pub trial: Trial,
    /// Where it stands.
    pub state: State,
    /// How often it was begun.
    pub attempts: u32,
    /// The outcome that counts.
    pub result: Option<ResultBlock>,
    /// Its measurements.
    pub measured: Option<Measured>,
}

/// What was known of a data set when the plan was made; stored in `plan.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DatasetFacts {
    /// Label.
    pub name: String,
    /// Kind.
    pub kind: String,
    /// Rows.
    pub rows: usize,
    /// Columns of all views.
    pub columns: usize,
    /// Classes and their sizes, in class order.
    pub classes: Vec<(String, usize)>,
    /// Content checksum, where files decide the content.
    pub checksum: Option<String>,
    /// How many folds each split has that has several, by its label.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub folds: BTreeMap<String, u32>,
}

/// A cell of the grid that the experiment leaves out, with its reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SkippedCell {
    /// Label of the model.
    pub model: String,
    /// Its parameters.
    pub params: crate::parameter::Values,
    /// Why.
    pub reason: String,
}

/// Everything in a results folder, read once.
#[derive(Clone, Debug)]
pub struct Results {
    /// The folder, as given.
    pub folder: PathBuf,
    /// The frozen experiment.
    pub experiment: Experiment,
    /// Its data sets.
    pub datasets: Vec<DatasetFacts>,
    /// Cells left out by `[[model.skip]]`.
    pub skipped: Vec<SkippedCell>,
    /// Every planned trial, in the plan's order.
    pub records: Vec<TrialRecord>,
    /// Journal lines that were damaged and left out: file name and line number.
    pub damaged: Vec<(String, usize)>,
    /// Trials whose finished attempts differ within one numeric class: id and what differs.
    pub irreproducible: Vec<(String, String)>,
}

impl Results {
    /// The curves kept for a trial; empty when it has none.
    pub fn curves(&self, id: &str) -> Vec<CurvePoint> {
        crate::store::artifact::read_curves(&self.folder, id)
    }

    /// What is known of a data set's rows; nothing where no run has kept it.
    pub fn known_rows(&self, dataset: &str) -> KnownRows {
        let number = self.datasets.iter().position(|facts| facts.name == dataset);
        number.map_or_else(KnownRows::default, |number| crate::store::rows::read(&self.folder, number))
    }

    /// Records per state's word, in no particular order.
    pub fn tally(&self) -> BTreeMap<&'static str, usize> {
        let mut tally = BTreeMap::new();
        for record in &self.records {
            *tally.entry(record.state.word()).or_default() += 1;
        }
        tally
    }
}
