//! Steps of a pipeline, learned on training rows only.

mod columns;
mod min_max;
mod rows;
mod standardize;
mod unit_rms;

use ndarray::Array2;

use crate::parameter::{ParameterSpec, Values};

/// What a step learned: applied to any rows of one view, `[rows, columns]`.
pub trait Fitted: Send + Sync {
    /// The rows after the step.
    fn apply(&self, values: &Array2<f64>) -> Array2<f64>;
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
    /// Learns from the training rows of one view. The test rows are not handed over: a step cannot look at them.
    pub learn: Learn,
}

/// How a step learns: its parameters and the training rows of one view, to what can be applied to any rows.
pub type Learn = fn(&Values, &Array2<f64>) -> Result<Box<dyn Fitted>, String>;

/// Every step, in the order in which `gridbook list steps` prints them.
pub static STEPS: &[&StepSpec] = &[&min_max::SPEC, &standardize::SPEC, &rows::SPEC, &unit_rms::SPEC];

/// The step of this kind.
pub fn find(kind: &str) -> Option<&'static StepSpec> {
    STEPS.iter().copied().find(|spec| spec.kind == kind)
}
