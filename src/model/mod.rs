//! Models: what each declares, what it is given, and what it gives back. A model knows nothing of files, devices'
//! numbers, trackers or the screen.

pub mod cluster;
pub mod context;
pub mod debug;
pub mod deep;
pub mod random;
pub mod registry;

use serde::Serialize;

use crate::dataset::Dataset;
use crate::parameter::{ParameterSpec, Parameters, Values};
pub use context::{Progress, TrialContext};

/// What is asked of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaskKind {
    /// Find groups; known classes serve only to judge them.
    Clustering,
    /// Learn the classes of training rows, tell those of test rows.
    Classification,
    /// Find the rows that do not belong; known outliers serve only to judge.
    Outliers,
    /// Find rules that hold between values.
    Rules,
}

impl TaskKind {
    /// Every task of this version.
    pub const ALL: &'static [TaskKind] = &[TaskKind::Clustering];

    /// Its word in an experiment file.
    pub fn word(self) -> &'static str {
        match self {
            TaskKind::Clustering => "clustering",
            TaskKind::Classification => "classification",
            TaskKind::Outliers => "outliers",
            TaskKind::Rules => "rules",
        }
    }
}

/// The program that fits a model: each holds the native libraries of its models only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Program {
    /// `gridbook-worker`.
    Native,
    /// `gridbook-torch-worker`, which loads libtorch.
    Torch,
}

/// Which data a model can take.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Accepts {
    /// The tasks it solves.
    pub tasks: &'static [TaskKind],
    /// Whether missing values (NaN) are taken.
    pub missing: bool,
}

/// What is known about a model without running it.
pub struct ModelSpec {
    /// Its name in an experiment file.
    pub kind: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// The paper.
    pub reference: &'static str,
    /// Raised when the same parameters give other numbers; part of every trial's identity.
    pub revision: u32,
    /// The data it can take.
    pub accepts: Accepts,
    /// Its parameters.
    pub parameters: fn() -> Vec<ParameterSpec>,
    /// Checks values that must fit together; the name at fault and what was expected.
    pub check: fn(&Values) -> Result<(), (String, String)>,
    /// Where it runs.
    pub program: Program,
    /// Columns of equal meaning whichever data: `clusters` left out means as many as there are classes.
    pub wants_clusters: bool,
}

/// A model's declaration.
pub trait Model {
    /// Its parameters, from [`parameters!`](crate::parameters).
    type Params: Parameters;
    /// What is known about it.
    const SPEC: ModelSpec;
}

/// A model that finds groups.
pub trait Clusterer: Model {
    /// Groups the rows of `data`, whose labels are hidden.
    ///
    /// # Errors
    /// [`FitError`]: not applicable, or failed.
    fn fit(params: &Self::Params, data: &Dataset, trial: &mut TrialContext) -> Result<Clustering, FitError>;
}

/// Groups found.
#[derive(Clone, Debug, Default)]
pub struct Clustering {
    /// One cluster index a row.
    pub clusters: Vec<usize>,
    /// Scores that the model itself reports, by metric name (`value` of `debug`); NaN is recorded as undefined.
    pub scores: Vec<(String, f64)>,
}

/// Why there is no fit.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// The method is not defined for this setting: an outcome, printed in its cell.
    #[error("{0}")]
    NotApplicable(String),
    /// It went wrong.
    #[error("{0}")]
    Failed(String),
}

/// A fit with its parameters still as values, for the registry.
pub type Fit = fn(&Values, &Dataset, &mut TrialContext) -> Result<Clustering, FitError>;

/// The registry's form of a clusterer.
///
/// # Errors
/// As [`Clusterer::fit`]; wrong parameters, which the experiment's check refuses earlier, are a failure.
pub fn fit<M: Clusterer>(values: &Values, data: &Dataset, trial: &mut TrialContext) -> Result<Clustering, FitError> {
    let params = M::Params::from_values(values)
        .map_err(|(name, what)| FitError::Failed(format!("parameter `{name}`: {what}")))?;
    M::fit(&params, data, trial)
}

/// A check for models whose parameters need no look at each other.
///
/// # Errors
/// None.
pub fn unchecked(_: &Values) -> Result<(), (String, String)> {
    Ok(())
}
