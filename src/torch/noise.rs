//! Noise from our own streams, drawn on the CPU: the same on every device.

use tch::{Device, Tensor};

use crate::rng::Stream;
use crate::torch::size;

/// Standard normal numbers `[rows, columns]`, row by row.
pub fn normal(rows: i64, columns: i64, stream: &mut Stream, device: Device) -> Tensor {
    filled(rows, columns, device, || stream.normal())
}

/// What dropout multiplies by, `[rows, columns]`: 0 with probability `share`, else 1 / (1 - share).
pub fn dropout(rows: i64, columns: i64, share: f64, stream: &mut Stream, device: Device) -> Tensor {
    filled(rows, columns, device, || if stream.uniform() < share { 0.0 } else { 1.0 / (1.0 - share) })
}

fn filled(rows: i64, columns: i64, device: Device, mut draw: impl FnMut() -> f64) -> Tensor {
    let length = usize::try_from(rows * columns).unwrap_or(0);
    #[expect(clippy::cast_possible_truncation, reason = "networks compute in f32")]
    let values: Vec<f32> = (0..length).map(|_| draw() as f32).collect();
    debug_assert_eq!(size(length), rows * columns);
    Tensor::from_slice(&values).view([rows, columns]).to_device(device)
}
