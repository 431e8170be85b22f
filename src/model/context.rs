//! What a model is given beside its data: random streams, and places to report to.

use std::collections::BTreeMap;

use crate::model::FitError;
use crate::rng::{Purpose, Stream};

/// Where a fit is, for the screen; lossy.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// `pretrain`, `cluster`, ...
    pub phase: String,
    /// Epoch or iteration, from 1.
    pub step: u64,
    /// How many there will be at most.
    pub of: u64,
    /// The loss there.
    pub loss: Option<f64>,
}

/// One point of a curve, kept with the trial's artifacts.
#[derive(Clone, Debug, PartialEq)]
pub struct CurvePoint {
    /// `pretrain`, `cluster`, ...
    pub phase: String,
    /// `loss`, `reconstruction`, `changed`, ...
    pub name: String,
    /// Epoch or iteration, from 1 within its phase.
    pub step: u64,
    /// Its value; may be NaN.
    pub value: f64,
}

/// Given to a model for one fit.
pub struct TrialContext<'a> {
    seed: u64,
    classes: Option<usize>,
    /// The fold, where the split has several.
    pub fold: Option<u32>,
    report: &'a mut dyn FnMut(Progress),
    /// Curves so far, in order.
    pub curves: Vec<CurvePoint>,
    /// Whole numbers worth keeping.
    pub counts: BTreeMap<String, i64>,
    /// Remarks for the reader of the report.
    pub notes: Vec<String>,
    /// Scores that the model itself reports, by metric name; NaN is recorded as undefined.
    pub scores: Vec<(String, f64)>,
}

impl<'a> TrialContext<'a> {
    /// For one trial: its seed, the number of known classes (not the classes), and who hears of progress.
    pub fn new(seed: u64, classes: Option<usize>, report: &'a mut dyn FnMut(Progress)) -> Self {
        TrialContext {
            seed,
            classes,
            fold: None,
            report,
            curves: Vec::new(),
            counts: BTreeMap::new(),
            notes: Vec::new(),
            scores: Vec::new(),
        }
    }

    /// The random stream for a part of a model: the same for every model that has this part.
    pub fn stream(&self, purpose: Purpose, part: &str) -> Stream {
        Stream::new(self.seed, purpose, part)
    }

    /// The trial's seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// `clusters` as given, else the number of classes.
    ///
    /// # Errors
    /// There are neither, or more clusters than rows.
    pub fn clusters(&self, given: Option<usize>, rows: usize) -> Result<usize, FitError> {
        let clusters = given.or(self.classes).ok_or_else(|| {
            FitError::Failed("`clusters` is not given and the data have no classes to count".to_owned())
        })?;
        if clusters > rows {
            return Err(FitError::NotApplicable(format!("{clusters} clusters of {rows} rows")));
        }
        Ok(clusters)
    }

    /// Tells the screen where the fit is.
    pub fn progress(&mut self, phase: &str, step: u64, of: u64, loss: Option<f64>) {
        (self.report)(Progress { phase: phase.to_owned(), step, of, loss });
    }

    /// Adds a point to a curve.
    pub fn curve(&mut self, phase: &str, name: &str, step: u64, value: f64) {
        self.curves.push(CurvePoint { phase: phase.to_owned(), name: name.to_owned(), step, value });
    }

    /// Keeps a whole number with the result.
    pub fn count(&mut self, name: &str, value: usize) {
        self.counts.insert(name.to_owned(), i64::try_from(value).unwrap_or(i64::MAX));
    }

    /// Reports a score of the model's own, by metric name.
    pub fn score(&mut self, name: &str, value: f64) {
        self.scores.push((name.to_owned(), value));
    }

    /// Adds a remark for the reader of the report.
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }
}
