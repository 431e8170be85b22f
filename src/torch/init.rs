//! First weights, drawn from our own streams on the CPU: tch's defaults are 2.45 times wider than PyTorch's, and a
//! device's generator differs between devices.

use tch::{Device, Tensor};

use crate::rng::Stream;
use crate::torch::size;

/// Weights `[outputs, inputs]`, uniform within ±sqrt(6 / (inputs + outputs)) (Glorot and Bengio 2010), row by row.
pub fn xavier_uniform(inputs: usize, outputs: usize, stream: &mut Stream, device: Device) -> Tensor {
    #[expect(clippy::cast_precision_loss, reason = "no layer has 2^53 units")]
    let bound = (6.0 / (inputs + outputs) as f64).sqrt();
    uniform(inputs, outputs, bound, stream, device)
}

/// Weights `[outputs, inputs]`, uniform within ±sqrt(6 / inputs) (He et al. 2015), row by row: ReLU after such a layer has
/// the mean square of what came in.
pub fn he_uniform(inputs: usize, outputs: usize, stream: &mut Stream, device: Device) -> Tensor {
    #[expect(clippy::cast_precision_loss, reason = "no layer has 2^53 units")]
    let bound = (6.0 / inputs.max(1) as f64).sqrt();
    uniform(inputs, outputs, bound, stream, device)
}

fn uniform(inputs: usize, outputs: usize, bound: f64, stream: &mut Stream, device: Device) -> Tensor {
    #[expect(clippy::cast_possible_truncation, reason = "weights are f32")]
    let weights: Vec<f32> = (0..inputs * outputs).map(|_| stream.uniform_in(-bound, bound) as f32).collect();
    Tensor::from_slice(&weights).view([size(outputs), size(inputs)]).to_device(device)
}

/// Weights `[outputs, inputs]` and biases `[outputs]`, all uniform within ±1 / sqrt(inputs), weights first: what PyTorch's
/// `Linear` begins with. Their outputs are smaller than those of [`xavier_uniform`], layer by layer.
pub fn pytorch_linear(inputs: usize, outputs: usize, stream: &mut Stream, device: Device) -> (Tensor, Tensor) {
    #[expect(clippy::cast_precision_loss, reason = "no layer has 2^53 units")]
    let bound = 1.0 / (inputs.max(1) as f64).sqrt();
    #[expect(clippy::cast_possible_truncation, reason = "weights are f32")]
    let mut draw = |n: usize| (0..n).map(|_| stream.uniform_in(-bound, bound) as f32).collect::<Vec<f32>>();
    let (weights, biases) = (draw(inputs * outputs), draw(outputs));
    let weights = Tensor::from_slice(&weights).view([size(outputs), size(inputs)]);
    (weights.to_device(device), Tensor::from_slice(&biases).to_device(device))
}
