//! First weights, drawn from our own streams on the CPU: tch's defaults are 2.45 times wider than PyTorch's, and a
//! device's generator differs between devices.

use tch::{Device, Tensor};

use crate::rng::Stream;
use crate::torch::size;

/// Weights `[outputs, inputs]`, uniform within ±sqrt(6 / (inputs + outputs)) (Glorot and Bengio 2010), row by row.
pub fn xavier_uniform(inputs: usize, outputs: usize, stream: &mut Stream, device: Device) -> Tensor {
    #[expect(clippy::cast_precision_loss, reason = "no layer has 2^53 units")]
    let bound = (6.0 / (inputs + outputs) as f64).sqrt();
    #[expect(clippy::cast_possible_truncation, reason = "weights are f32")]
    let weights: Vec<f32> = (0..inputs * outputs).map(|_| stream.uniform_in(-bound, bound) as f32).collect();
    Tensor::from_slice(&weights).view([size(outputs), size(inputs)]).to_device(device)
}
