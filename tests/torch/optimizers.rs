//! Fused steps against the formulas of their papers, in f64.

use gridbook::torch::optimizer::{Optimizer, Rule};
use gridbook::torch::{prepare, to_array};
use tch::{Kind, Tensor};

/// Minimises `Σ a_i (w_i - 1)⁴` with the optimizer, and hands each gradient to `formula`, which moves its own copy.
fn compare(rule: Rule, mut formula: impl FnMut(usize, i32, f64, &mut f64)) {
    prepare().unwrap();
    let (scales, start) = ([0.5, 2.0, 1e-3], [0.0_f64, 3.0, -2.0]);
    let weights = Tensor::from_slice(&start).set_requires_grad(true);
    let mut optimizer = Optimizer::new(rule, vec![weights.shallow_clone()]);
    let mut expected = start;
    for step in 1..=50 {
        let loss = ((&weights - 1.0).pow_tensor_scalar(4) * Tensor::from_slice(&scales)).sum(Kind::Double);
        optimizer.minimise(&loss).unwrap();
        for (i, weight) in expected.iter_mut().enumerate() {
            formula(i, step, 4.0 * scales[i] * (*weight - 1.0).powi(3), weight);
        }
    }
    let found = to_array(&weights.unsqueeze(0)).unwrap();
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-12 * expected.abs(), "{found} is not {expected}");
    }
}

#[test]
fn fused_adam_is_adam() {
    let (mut means, mut squares) = ([0.0; 3], [0.0; 3]);
    compare(Rule::Adam { learning_rate: 1e-2 }, |i, step, gradient, weight| {
        means[i] = 0.9 * means[i] + 0.1 * gradient;
        squares[i] = 0.999 * squares[i] + 0.001 * gradient * gradient;
        let mean = means[i] / (1.0 - 0.9_f64.powi(step));
        let square: f64 = squares[i] / (1.0 - 0.999_f64.powi(step));
        *weight -= 1e-2 * mean / (square.sqrt() + 1e-8);
    });
}

#[test]
fn fused_sgd_is_sgd_with_momentum() {
    let mut velocities = [0.0; 3];
    compare(Rule::Sgd { learning_rate: 1e-3, momentum: 0.9 }, |i, _, gradient, weight| {
        velocities[i] = 0.9 * velocities[i] + gradient;
        *weight -= 1e-3 * velocities[i];
    });
}

#[test]
fn sgd_without_momentum_is_gradient_descent() {
    compare(Rule::Sgd { learning_rate: 1e-3, momentum: 0.0 }, |_, _, gradient, weight| *weight -= 1e-3 * gradient);
}

#[test]
fn rmsprop_is_pytorchs() {
    let mut squares = [0.0_f64; 3];
    compare(Rule::RmsProp { learning_rate: 1e-2, smoothing: 0.9 }, |i, _, gradient, weight| {
        squares[i] = 0.9 * squares[i] + 0.1 * gradient * gradient;
        *weight -= 1e-2 * gradient / (squares[i].sqrt() + 1e-8);
    });
}
