//! Steps of a pipeline, learned on training rows only.

mod class_weights;
mod clip;
mod columns;
pub mod discretize;
pub mod fusion;
mod min_max;
mod nominal_to_binary;
mod replace_missing;
mod rows;
pub mod select;
mod standardize;
mod undersample;
mod unit_rms;

use crate::dataset::{Dataset, Labels, View};
use crate::parameter::{ParameterSpec, Values};
use crate::rng::Stream;

/// What a step learns from: training rows. The test rows are not handed over, so a step cannot look at them.
#[derive(Clone, Copy)]
pub struct Training<'a> {
    /// One view of the training rows.
    pub view: &'a View,
    /// Their classes, in classification only.
    pub labels: Option<&'a Labels>,
    /// How much each row counts; 1 where nothing else was said.
    pub weights: Option<&'a [f64]>,
}

impl<'a> Training<'a> {
    /// Rows that all count the same.
    pub fn of(view: &'a View, labels: Option<&'a Labels>) -> Self {
        Training { view, labels, weights: None }
    }

    /// One weight a row.
    pub fn weights(&self) -> Vec<f64> {
        self.weights.map_or_else(|| vec![1.0; self.view.values.nrows()], <[f64]>::to_vec)
    }
}

/// What a step learned: applied to any rows of the view that it was learned on.
pub trait FittedStep: Send + Sync {
    /// The rows after the step.
    fn apply(&self, view: View) -> View;

    /// What is worth knowing of what it learned: kept with the trial.
    fn remark(&self) -> Remark {
        Remark::default()
    }
}

/// What a step says of what it learned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remark {
    /// For the reader; the step's kind is put before it.
    pub note: Option<String>,
    /// Whole numbers by name; those of several views are added up.
    pub counts: Vec<(&'static str, usize)>,
}

/// A step with what it learned, or why it cannot learn.
pub type Learned = Result<Box<dyn FittedStep>, String>;

/// How a step learns.
#[derive(Clone, Copy)]
pub enum Learn {
    /// From the columns of each view, to what changes the columns of training and test rows alike.
    Columns(fn(&Values, &Training<'_>) -> Learned),
    /// Which training rows are kept, by number; test rows stay as they are.
    Rows(fn(&Values, &Dataset, &mut Stream) -> Result<Vec<usize>, String>),
    /// How much each training row counts; test rows stay as they are.
    Weights(fn(&Values, &Dataset) -> Result<Vec<f64>, String>),
}

/// What a kind of step is.
pub struct StepSpec {
    /// Its name in an experiment file.
    pub kind: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// Where it is defined or whose habit it is.
    pub reference: &'static str,
    /// Raised when the same rows give other numbers; part of every trial's identity.
    pub revision: u32,
    /// What can be written beside `kind`.
    pub parameters: fn() -> Vec<ParameterSpec>,
    /// What it can take and leaves behind, with these parameters.
    pub effect: fn(&Values) -> Effect,
    /// Learns from the training rows.
    pub learn: Learn,
}

/// What a step can take and leaves behind, as far as it is known before anything is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// What becomes of nominal columns.
    pub nominal: Nominal,
    /// Whether no cell lacks a value afterwards.
    pub fills_missing: bool,
    /// Whether it needs the classes of training rows.
    pub needs_labels: bool,
    /// Whether training rows count differently afterwards.
    pub weighs: bool,
}

/// What becomes of nominal columns in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nominal {
    /// They stay as they are.
    Keeps,
    /// There must be none.
    Refuses,
    /// They become numbers.
    Removes,
    /// Numbers become such columns.
    Makes,
}

impl Effect {
    /// Of a step that changes columns of numbers only.
    pub const NUMBERS: Effect =
        Effect { nominal: Nominal::Keeps, fills_missing: false, needs_labels: false, weighs: false };
}

/// Every step, in the order in which `gridbook list steps` prints them.
pub static STEPS: &[&StepSpec] = &[
    &min_max::SPEC,
    &standardize::SPEC,
    &rows::SPEC,
    &unit_rms::SPEC,
    &clip::SPEC,
    &replace_missing::SPEC,
    &nominal_to_binary::SPEC,
    &discretize::step::SPEC,
    &select::cfs::SPEC,
    &select::rank::INFORMATION_GAIN,
    &select::rank::SYMMETRICAL_UNCERTAINTY,
    &undersample::SPEC,
    &class_weights::SPEC,
    &fusion::cluster_membership::SPEC,
    &fusion::rule_matches::SPEC,
];

/// The step of this kind.
pub fn find(kind: &str) -> Option<&'static StepSpec> {
    STEPS.iter().copied().find(|spec| spec.kind == kind)
}

#[cfg(test)]
pub mod tests;
