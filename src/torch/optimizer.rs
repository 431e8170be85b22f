//! Optimizers: one fused kernel a step for all parameters, where libtorch has one.

use tch::{Kind, Tensor, no_grad};

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
    /// RMSprop (Tieleman and Hinton 2012) as in PyTorch: gradient over (root of the running mean square + 1e-8).
    RmsProp {
        /// Step size.
        learning_rate: f64,
        /// Decay rate of the running mean square (PyTorch's `alpha`, Keras' `rho`).
        smoothing: f64,
    },
}

impl Rule {
    /// Step size.
    pub fn learning_rate(self) -> f64 {
        match self {
            Rule::Adam { learning_rate } | Rule::Sgd { learning_rate, .. } | Rule::RmsProp { learning_rate, .. } => {
                learning_rate
            }
        }
    }

    /// The same rule with another step size.
    #[must_use]
    pub fn with_learning_rate(self, learning_rate: f64) -> Self {
        match self {
            Rule::Adam { .. } => Rule::Adam { learning_rate },
            Rule::Sgd { momentum, .. } => Rule::Sgd { learning_rate, momentum },
            Rule::RmsProp { smoothing, .. } => Rule::RmsProp { learning_rate, smoothing },
        }
    }
}

/// A rule, the parameters it moves, and what it remembers of them.
#[derive(Debug)]
pub struct Optimizer {
    rule: Rule,
    parameters: Vec<Tensor>,
    /// Running means (Adam), velocities (SGD) or running mean squares (RMSprop), one a parameter.
    first: Vec<Tensor>,
    /// Running mean squares (Adam), one a parameter.
    second: Vec<Tensor>,
    /// Steps made, as one f32 number where the kernel reads it.
    steps: Tensor,
    /// Added to each gradient, times its parameter.
    weight_decay: f64,
}

impl Optimizer {
    /// For these parameters, which must be leaves that require gradients.
    pub fn new(rule: Rule, parameters: Vec<Tensor>) -> Self {
        let zeros = || parameters.iter().map(|parameter| parameter.detach().zeros_like()).collect::<Vec<_>>();
        let device = parameters.first().map_or(tch::Device::Cpu, Tensor::device);
        let second = if matches!(rule, Rule::Adam { .. }) { zeros() } else { Vec::new() };
        let steps = Tensor::zeros([], (Kind::Float, device));
        Optimizer { rule, first: zeros(), second, steps, weight_decay: 0.0, parameters }
    }

    /// The same with so much of each parameter added to its gradient (an L2 penalty, PyTorch's `weight_decay`).
    #[must_use]
    pub fn with_weight_decay(mut self, weight_decay: f64) -> Self {
        self.weight_decay = weight_decay;
        self
    }

    /// From here on steps have this size; what was remembered stays.
    pub fn set_learning_rate(&mut self, learning_rate: f64) {
        self.rule = self.rule.with_learning_rate(learning_rate);
    }

    /// The step size.
    pub fn learning_rate(&self) -> f64 {
        self.rule.learning_rate()
    }

    /// Moves the parameters down the gradient of `loss`, a scalar.
    ///
    /// # Errors
    /// The kernel's: a parameter on which `loss` does not depend.
    pub fn minimise(&mut self, loss: &Tensor) -> Result<(), FitError> {
        loss.backward();
        self.step()
    }

    /// Moves the parameters by the gradients that they have, and takes these away.
    ///
    /// # Errors
    /// The kernel's: a parameter without gradient.
    pub fn step(&mut self) -> Result<(), FitError> {
        match self.rule {
            Rule::Adam { learning_rate } => {
                let weight_decay = self.weight_decay;
                let settings = AdamSettings { learning_rate, beta1: 0.9, beta2: 0.999, weight_decay, epsilon: 1e-8 };
                shim::fused_adam(&self.parameters, &self.first, &self.second, &self.steps, settings)
            }
            Rule::Sgd { learning_rate, momentum } => {
                shim::fused_sgd(&self.parameters, &self.first, learning_rate, momentum, self.weight_decay)
            }
            Rule::RmsProp { learning_rate, smoothing } => self.rms_prop(learning_rate, smoothing),
        }
        .map_err(FitError::Failed)
    }

    fn rms_prop(&mut self, learning_rate: f64, smoothing: f64) -> Result<(), String> {
        no_grad(|| {
            for (parameter, squares) in self.parameters.iter_mut().zip(&mut self.first) {
                let mut gradient = parameter.grad();
                if !gradient.defined() {
                    return Err("a parameter has no gradient".to_owned());
                }
                let pull = if self.weight_decay == 0.0 {
                    gradient.shallow_clone()
                } else {
                    &gradient + &*parameter * self.weight_decay
                };
                let _ = squares.g_mul_scalar_(smoothing);
                let _ = squares.addcmul_(&(&pull * (1.0 - smoothing)), &pull);
                let step = pull / (squares.sqrt() + 1e-8) * -learning_rate;
                let _ = parameter.g_add_(&step);
                let _ = gradient.zero_();
            }
            Ok(())
        })
    }
}
