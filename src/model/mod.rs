//! Models: what each declares, what it is given, and what it gives back. A model knows nothing of files, devices'
//! numbers, trackers or the screen.

pub mod classify;
pub mod cluster;
pub mod command;
pub mod context;
pub mod debug;
pub mod deep;
pub mod majority;
pub mod random;
pub mod registry;
pub mod rules;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::dataset::Dataset;
use crate::parameter::{ParameterSpec, Parameters, Values};
use crate::stage::StageUse;
pub use context::{Progress, TrialContext};

/// What is asked of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    pub const ALL: &'static [TaskKind] =
        &[TaskKind::Clustering, TaskKind::Classification, TaskKind::Outliers, TaskKind::Rules];

    /// Its word in an experiment file.
    pub fn word(self) -> &'static str {
        match self {
            TaskKind::Clustering => "clustering",
            TaskKind::Classification => "classification",
            TaskKind::Outliers => "outliers",
            TaskKind::Rules => "rules",
        }
    }

    /// Whether training rows are handed over with their classes.
    pub fn is_supervised(self) -> bool {
        self == TaskKind::Classification
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
    /// Whether nominal columns are taken.
    pub nominal: bool,
    /// What is done with documents.
    pub documents: Documents,
    /// Whether training rows that count more or less than others do so in the fit.
    pub weights: bool,
}

impl Accepts {
    /// Clusterers of numbers without gaps; what others take is written as a difference from this.
    pub const NUMBERS: Accepts = Accepts {
        tasks: &[TaskKind::Clustering],
        missing: false,
        nominal: false,
        documents: Documents::Ignored,
        weights: false,
    };
    /// Whatever there is.
    pub const ANYTHING: Accepts =
        Accepts { tasks: TaskKind::ALL, missing: true, nominal: true, documents: Documents::Read, weights: true };
}

/// What a model does with documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Documents {
    /// Leaves them aside; the data need columns.
    Ignored,
    /// Reads them where there are some.
    Read,
    /// Needs them.
    Required,
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
    /// The stages that it will ask for with these parameters: what trials share.
    pub stages: fn(&Values) -> Vec<StageUse>,
    /// Where it runs.
    pub program: Program,
    /// Columns of equal meaning whichever data: `clusters` left out means as many as there are classes.
    pub wants_clusters: bool,
    /// Whether it takes parameters of the user's own naming, checked by nobody.
    pub own_parameters: bool,
    /// Roughly the CPU seconds of a fit with these parameters, as given, on so many rows and columns. Says which trial
    /// goes first before any has run, and nothing else.
    pub work: fn(&Values, usize, usize) -> f64,
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

/// A model that learns from training rows and then speaks of any.
pub trait Learner: Model {
    /// Learns.
    ///
    /// # Errors
    /// [`FitError`]: not applicable, or failed.
    fn fit(params: &Self::Params, data: &FitData<'_>, trial: &mut TrialContext) -> Result<Box<dyn Fitted>, FitError>;
}

/// What a fit is given.
#[derive(Clone, Copy, Debug)]
pub struct FitData<'a> {
    /// What is asked.
    pub task: TaskKind,
    /// The training rows; with their classes in classification, else without.
    pub train: &'a Dataset,
    /// Rows kept out of training for early stopping and for choosing, where the split has an inner one.
    pub validation: Option<&'a Dataset>,
}

/// A fitted model.
pub trait Fitted {
    /// What it says of rows whose classes are hidden.
    ///
    /// # Errors
    /// [`FitError`].
    fn predict(&self, rows: &Dataset) -> Result<Predictions, FitError>;

    /// What it learned, for people and for programs; none where there is nothing to read in it.
    fn printed(&self) -> Option<Printed> {
        None
    }
}

/// A fitted model that can be read: kept with the trial's artifacts, shown by the report and by `gridbook predict`.
#[derive(Clone, Debug, PartialEq)]
pub struct Printed {
    /// As Weka prints it, where it is a scheme of Weka.
    pub text: String,
    /// The same with all digits.
    pub json: serde_json::Value,
}

/// What a model says of rows, one entry a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Predictions {
    /// Cluster indices.
    Clusters(Vec<usize>),
    /// Classes.
    Classes {
        /// Index of the class; none for a row that the model does not classify.
        predicted: Vec<Option<usize>>,
        /// `[rows, classes]`, each row adding up to 1.
        probabilities: Option<Array2<f64>>,
    },
    /// Outliers.
    Outliers {
        /// Whether the row is one.
        outlier: Vec<bool>,
        /// The larger, the less the row belongs.
        score: Vec<f64>,
    },
    /// How many of the rules found hold of the row: it has the premise and the consequence.
    Rules(Vec<usize>),
}

impl Predictions {
    /// How many rows they speak of.
    pub fn rows(&self) -> usize {
        match self {
            Predictions::Clusters(clusters) => clusters.len(),
            Predictions::Rules(satisfied) => satisfied.len(),
            Predictions::Classes { predicted, .. } => predicted.len(),
            Predictions::Outliers { outlier, .. } => outlier.len(),
        }
    }
}

/// Groups found.
#[derive(Clone, Debug, Default)]
pub struct Clustering {
    /// One cluster index a row of the fit.
    pub clusters: Vec<usize>,
}

/// A clustering speaks of the rows that it was made of.
impl Fitted for Clustering {
    fn predict(&self, rows: &Dataset) -> Result<Predictions, FitError> {
        if rows.rows() != self.clusters.len() {
            let reason = format!("{} assignments for {} rows", self.clusters.len(), rows.rows());
            return Err(FitError::Failed(reason));
        }
        Ok(Predictions::Clusters(self.clusters.clone()))
    }
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
pub type Fit = fn(&Values, &FitData<'_>, &mut TrialContext) -> Result<Box<dyn Fitted>, FitError>;

/// The registry's form of a clusterer.
///
/// # Errors
/// As [`Clusterer::fit`]; wrong parameters, which the experiment's check refuses earlier, are a failure.
pub fn clusterer<M: Clusterer>(
    values: &Values,
    data: &FitData<'_>,
    trial: &mut TrialContext,
) -> Result<Box<dyn Fitted>, FitError> {
    Ok(Box::new(M::fit(&params::<M>(values)?, data.train, trial)?))
}

/// The registry's form of a learner.
///
/// # Errors
/// As [`Learner::fit`]; wrong parameters, which the experiment's check refuses earlier, are a failure.
pub fn learner<M: Learner>(
    values: &Values,
    data: &FitData<'_>,
    trial: &mut TrialContext,
) -> Result<Box<dyn Fitted>, FitError> {
    M::fit(&params::<M>(values)?, data, trial)
}

fn params<M: Model>(values: &Values) -> Result<M::Params, FitError> {
    M::Params::from_values(values).map_err(|(name, what)| FitError::Failed(format!("parameter `{name}`: {what}")))
}

/// The work of a model that is done in no time on any data.
pub fn light_work(_: &Values, rows: usize, columns: usize) -> f64 {
    1e-3 + 1e-7 * cells(rows, columns)
}

/// How many values the data hold.
#[expect(clippy::cast_precision_loss, reason = "a rough estimate")]
fn cells(rows: usize, columns: usize) -> f64 {
    rows as f64 * columns as f64
}

/// A check for models whose parameters need no look at each other.
///
/// # Errors
/// None.
pub fn unchecked(_: &Values) -> Result<(), (String, String)> {
    Ok(())
}

/// For models that share nothing between trials.
pub fn no_stages(_: &Values) -> Vec<StageUse> {
    Vec::new()
}
