//! What the run loop and a worker say to each other: versioned JSON lines, on the worker's standard input and on
//! a pipe of its own.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::parameter::Values;
use crate::plan::trial::Trial;
use crate::store::outcome::{Measured, ResultBlock};

/// Both sides must speak the same.
pub const FORMAT: u32 = 1;

/// To a worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Request {
    /// Trials that share data and architecture; one at first.
    Trials {
        /// In order.
        trials: Vec<Assignment>,
    },
}

/// Everything a worker needs for a trial.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Assignment {
    /// The trial.
    pub trial: Trial,
    /// The results folder.
    pub results: PathBuf,
    /// The data.
    pub data: Data,
    /// Names of the metrics.
    pub metrics: Vec<String>,
    /// Trials that run beside this one.
    pub beside: u32,
}

/// A data set after a pipeline; a worker keeps the last one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Data {
    /// Kind of the data set.
    pub kind: String,
    /// Its parameters.
    pub values: Values,
    /// Where relative paths start.
    pub base: PathBuf,
    /// What `${data}` stands for.
    pub folder: PathBuf,
    /// What the content was when the plan was made.
    pub checksum: Option<String>,
    /// Kind and parameters of each step.
    pub steps: Vec<(String, Values)>,
}

/// From a worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reply {
    /// The first line.
    Hello(Hello),
    /// Where the fit is; lossy, at most a few a second.
    Progress {
        /// The trial's id.
        trial: String,
        /// `pretrain`, ...
        phase: String,
        /// From 1.
        step: u64,
        /// At most.
        of: u64,
        /// The loss there.
        loss: Option<f64>,
    },
    /// Instead of an outcome: the machine or a file is at fault, not the trial.
    Refused {
        /// The trial's id.
        trial: String,
        /// What is wrong.
        reason: String,
    },
    /// Exactly one a trial, unless it is refused.
    Outcome {
        /// The trial's id.
        trial: String,
        /// What depends on the trial alone.
        result: Box<ResultBlock>,
        /// What the clock and the machine say.
        measured: Box<Measured>,
    },
}

/// What a worker is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// [`FORMAT`] of the worker.
    pub format: u32,
    /// gridbook's version and those of its libraries.
    pub versions: BTreeMap<String, String>,
    /// `cpu`.
    pub device: String,
    /// Results are byte-equal within one class.
    pub numeric_class: String,
}
