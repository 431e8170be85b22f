//! The experiment file: text with places, checked into an [`Experiment`], all mistakes reported at once.

pub mod blocks;
pub mod document;

use std::path::PathBuf;

use crate::model::TaskKind;
pub use blocks::*;

/// A checked experiment file.
#[derive(Clone, Debug)]
pub struct Experiment {
    /// The file's text, as it was read.
    pub text: String,
    /// Where it was read from, as given on the command line.
    pub path: PathBuf,
    /// `name`.
    pub name: String,
    /// `about`.
    pub about: Option<String>,
    /// `[task]`.
    pub task: Task,
    /// `[repeat] seeds`, in order, each once.
    pub seeds: Vec<u64>,
    /// At least one.
    pub datasets: Vec<DatasetBlock>,
    /// At least one; without `[[pipeline]]` the one without steps.
    pub pipelines: Vec<PipelineBlock>,
    /// At least one.
    pub models: Vec<ModelBlock>,
    /// `[limits]`.
    pub limits: Limits,
    /// `[published.*]`.
    pub published: Vec<Published>,
    /// `[[table]]`; without any, one table of models by data sets and metrics.
    pub tables: Vec<TableBlock>,
    /// `[[figure]]`; without any, the report chooses by the shape of the grid.
    pub figures: Vec<FigureBlock>,
    /// `[[report.note]]`.
    pub notes: Vec<Note>,
    /// `--set`, `--only` and `--seeds` as given: part of the recorded experiment.
    pub overrides: Vec<String>,
}

impl Experiment {
    /// The task's kind.
    pub fn task_kind(&self) -> TaskKind {
        self.task.kind
    }
}
