//! What happened to a trial: the result block, which identity and comparisons rest on, and the measured block.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How a trial ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// With predictions and scores.
    Finished,
    /// The method is not defined for this setting.
    NotApplicable,
    /// With an error, which is a result too.
    Failed,
    /// Killed at its time limit.
    TimedOut,
    /// Given up because the run was told to stop at the first failure.
    Cancelled,
    /// Its worker died every time it was tried.
    Quarantined,
}

impl Status {
    /// The word used in files and on screen.
    pub fn word(self) -> &'static str {
        match self {
            Status::Finished => "finished",
            Status::NotApplicable => "not_applicable",
            Status::Failed => "failed",
            Status::TimedOut => "timed_out",
            Status::Cancelled => "cancelled",
            Status::Quarantined => "quarantined",
        }
    }

    /// Whether the trial need not run again.
    pub fn is_done(self) -> bool {
        matches!(self, Status::Finished | Status::NotApplicable)
    }
}

/// What depends on the trial alone: two runs of one trial in one numeric class give the same bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResultBlock {
    /// How it ended.
    pub status: Status,
    /// Where it failed: `dataset`, `preprocess`, `fit`, `score`, `worker`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// Why it is not `finished`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Scores by metric name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub scores: BTreeMap<String, f64>,
    /// Metrics without a value, with the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub undefined: BTreeMap<String, String>,
    /// Scores of the rows kept out for validation, by metric name; what is undefined there is left out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub validation: BTreeMap<String, f64>,
    /// Whole numbers that the model reports: iterations, epochs, clusters that are not empty.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub counts: BTreeMap<String, i64>,
    /// Remarks of the model for the reader of the report.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// File name under `trials/<id>/` to blake3 checksum.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub artifacts: BTreeMap<String, String>,
}

impl ResultBlock {
    /// A block of the given status without anything else.
    pub fn of(status: Status) -> Self {
        ResultBlock {
            status,
            stage: None,
            reason: None,
            scores: BTreeMap::new(),
            undefined: BTreeMap::new(),
            validation: BTreeMap::new(),
            counts: BTreeMap::new(),
            notes: Vec::new(),
            artifacts: BTreeMap::new(),
        }
    }
}

/// What the clock and the machine say; never part of an identity or of a comparison of bytes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Measured {
    /// When the attempt began, UTC.
    pub started: String,
    /// Seconds from the trial's arrival at the worker to its outcome.
    pub wall_seconds: f64,
    /// Wall seconds of the fit, with those of its stages: also where they were read, so that a fit takes as long with
    /// and without the cache. Waiting for another worker's stage, reading and writing are not counted.
    pub fit_seconds: f64,
    /// Wall seconds of assigning rows after the fit; 0 where the fit does both.
    pub predict_seconds: f64,
    /// Wall seconds of the stages that are part of the fit: measured here, or recorded when they were computed.
    pub stage_seconds: f64,
    /// Stages that were read.
    pub stages_read: u32,
    /// Stages that were computed here.
    pub stages_computed: u32,
    /// Why a stage could not be kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage_trouble: Option<String>,
    /// CPU seconds of the whole trial, with the recorded ones of stages that were read.
    pub cpu_seconds: f64,
    /// Highest memory of the worker process so far, MiB.
    pub peak_mib: f64,
    /// Highest GPU memory of the trial, MiB, without what a process holds there before its first tensor; 0 on a CPU.
    pub gpu_peak_mib: f64,
    /// Which worker of the run.
    pub worker: String,
    /// `cpu` or `cuda`.
    pub device: String,
    /// Trials that ran beside this one when it began.
    pub beside: u32,
    /// Device kind, libtorch or BLAS version and CPU capability: results are byte-equal within one class.
    pub numeric_class: String,
    /// CPU model and memory: never a host name.
    pub machine: String,
    /// gridbook's version and those of its libraries.
    pub versions: BTreeMap<String, String>,
}
