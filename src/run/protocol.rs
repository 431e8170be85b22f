//! What the run loop and a worker say to each other: versioned JSON lines, on the worker's standard input and on
//! a pipe of its own.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::model::TaskKind;
use crate::parameter::Values;
use crate::plan::trial::Trial;
use crate::split::Choice;
use crate::stage::Place;
use crate::store::outcome::{Measured, ResultBlock};

/// Both sides must speak the same.
pub const FORMAT: u32 = 2;

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
    /// The class that counts as positive; left out, the last of two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub positive: Option<String>,
    /// Where files that a program of the user's own is made of are looked for.
    #[serde(default)]
    pub program_base: PathBuf,
    /// A trial's time, which a program of the user's own is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// Where stages are kept; none where nothing is shared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<Place>,
    /// Its stages: trials with one in common compute it once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<String>,
    /// Trials that run beside this one.
    pub beside: u32,
}

/// One fold of a data set after a pipeline; a worker keeps the last one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Data {
    /// The data set.
    pub source: Source,
    /// What is asked: whether steps see classes.
    pub task: TaskKind,
    /// How it is split.
    pub split: Choice,
    /// Where paths in the split start.
    pub split_base: PathBuf,
    /// The fold, where the split has several.
    pub fold: Option<u32>,
    /// What rows are drawn by; 0 where nothing is drawn.
    pub seed: u64,
    /// Kind and parameters of each step.
    pub steps: Vec<(String, Values)>,
}

/// A data set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Its kind.
    pub kind: String,
    /// Its parameters.
    pub values: Values,
    /// What is taken of it.
    pub take: Values,
    /// Where relative paths start.
    pub base: PathBuf,
    /// What `${data}` stands for.
    pub folder: PathBuf,
    /// What the content was when the plan was made.
    pub checksum: Option<String>,
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
    /// `cpu` or `cuda`.
    pub device: String,
    /// Results are byte-equal within one class.
    pub numeric_class: String,
}
