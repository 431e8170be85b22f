//! Steps of a pipeline, learned on training rows only.

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
    pub learn: fn(&Values, &Array2<f64>) -> Result<Box<dyn Fitted>, String>,
}
