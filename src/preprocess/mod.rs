//! Steps of a pipeline, learned on training rows only.

mod clip;
mod columns;
pub mod discretize;
mod min_max;
mod replace_missing;
mod rows;
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
}

/// What a step learned: applied to any rows of the view that it was learned on.
pub trait FittedStep: Send + Sync {
    /// The rows after the step.
    fn apply(&self, view: View) -> View;
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
    /// What it can take and leaves behind.
    pub effect: Effect,
    /// Learns from the training rows.
    pub learn: Learn,
}

/// What a step can take and leaves behind, as far as it is known before anything is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Whether nominal columns are left as they are, rather than refused.
    pub keeps_nominal: bool,
    /// Whether no cell lacks a value afterwards.
    pub fills_missing: bool,
    /// Whether it needs the classes of training rows.
    pub needs_labels: bool,
}

impl Effect {
    /// Of a step that changes columns of numbers only.
    pub const NUMBERS: Effect = Effect { keeps_nominal: true, fills_missing: false, needs_labels: false };
}

/// Every step, in the order in which `gridbook list steps` prints them.
pub static STEPS: &[&StepSpec] = &[
    &min_max::SPEC,
    &standardize::SPEC,
    &rows::SPEC,
    &unit_rms::SPEC,
    &clip::SPEC,
    &replace_missing::SPEC,
    &undersample::SPEC,
];

/// The step of this kind.
pub fn find(kind: &str) -> Option<&'static StepSpec> {
    STEPS.iter().copied().find(|spec| spec.kind == kind)
}

#[cfg(test)]
pub mod tests;
