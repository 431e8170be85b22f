//! Optimizers: one fused kernel a step for all parameters.

use tch::{Kind, Tensor};

use crate::model::FitError;
use crate::torch::shim::{self, AdamSettings};

/// How a network learns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// Adam (Kingma and Ba 2015) with their decay rates .9 and .999 and epsilon 1e-8.
    Adam {
        /// Step size.
        learning_rate: f64,
    },
    /// Stochastic gradient descent; velocity = momentum · velocity + gradient.
    Sgd {
        /// Step size.
        learning_rate: f64,
        /// What is kept of the velocity.
        momentum: f64,
    },
}

impl Rule {
    /// Step size.
    pub fn learning_rate(self) -> f64 {
        match self {
            Rule::Adam { learning_rate } | Rule::Sgd { learning_rate, .. } => learning_rate,
        }
    }
}

/// A rule, the parameters it moves, and what it remembers of them.
#[derive(Debug)]
pub struct Optimizer {
    rule: Rule,
    parameters: Vec<Tensor>,
    /// Running means (Adam) or velocities (SGD), one a parameter.
    first: Vec<Tensor>,
    /// Running mean squares (Adam), one a parameter.
    second: Vec<Tensor>,
    /// Steps made, as one f32 number where the kernel reads it.
    steps: Tensor,
}

impl Optimizer {
    /// For these parameters, which must be leaves that require gradients.
    pub fn new(rule: Rule, parameters: Vec<Tensor>) -> Self {
        let zeros = || parameters.iter().map(|parameter| parameter.detach().zeros_like()).collect::<Vec<_>>();
        let device = parameters.first().map_or(tch::Device::Cpu, Tensor::device);
        let second = if matches!(rule, Rule::Adam { .. }) { zeros() } else { Vec::new() };
        Optimizer { rule, first: zeros(), second, steps: Tensor::zeros([], (Kind::Float, device)), parameters }
    }

    /// Moves the parameters down the gradient of `loss`, a scalar.
    ///
    /// # Errors
    /// The kernel's: a parameter on which `loss` does not depend.
    pub fn minimise(&mut self, loss: &Tensor) -> Result<(), FitError> {
        loss.backward();
        match self.rule {
            Rule::Adam { learning_rate } => {
                let settings =
                    AdamSettings { learning_rate, beta1: 0.9, beta2: 0.999, weight_decay: 0.0, epsilon: 1e-8 };
                shim::fused_adam(&self.parameters, &self.first, &self.second, &self.steps, settings)
            }
            Rule::Sgd { learning_rate, momentum } => {
                shim::fused_sgd(&self.parameters, &self.first, learning_rate, momentum)
            }
        }
        .map_err(FitError::Failed)
    }
}
