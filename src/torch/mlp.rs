//! A stack of linear layers with ReLU between them and nothing after the last.

use tch::{Device, Kind, Tensor};

use crate::model::TrialContext;
use crate::rng::Purpose;
use crate::torch::{init, size};

/// One linear layer: `x · weight' + bias`.
#[derive(Debug)]
struct Linear {
    /// `[outputs, inputs]`
    weight: Tensor,
    /// `[outputs]`
    bias: Tensor,
}

/// A multi-layer perceptron.
#[derive(Debug)]
pub struct Mlp {
    layers: Vec<Linear>,
}

impl Mlp {
    /// With Xavier-uniform weights and zero biases. `widths` are those of the input, of each hidden layer and of the
    /// output. Layer `i` draws from the stream `<part>.<i>`, so it starts the same in every model that has it.
    pub fn xavier(widths: &[usize], part: &str, trial: &TrialContext, device: Device) -> Self {
        let layer = |(i, pair): (usize, &[usize])| {
            let mut stream = trial.stream(Purpose::Init, &format!("{part}.{i}"));
            (
                init::xavier_uniform(pair[0], pair[1], &mut stream, device),
                Tensor::zeros([size(pair[1])], (Kind::Float, device)),
            )
        };
        Mlp::from_weights(widths.windows(2).enumerate().map(layer).collect())
    }

    /// With the given weights `[outputs, inputs]` and biases `[outputs]`, layer by layer.
    pub fn from_weights(layers: Vec<(Tensor, Tensor)>) -> Self {
        let layer = |(weight, bias): (Tensor, Tensor)| Linear {
            weight: weight.set_requires_grad(true),
            bias: bias.set_requires_grad(true),
        };
        Mlp { layers: layers.into_iter().map(layer).collect() }
    }

    /// `[rows, inputs]` to `[rows, outputs]`.
    pub fn forward(&self, input: &Tensor) -> Tensor {
        let mut output = input.shallow_clone();
        for (i, layer) in self.layers.iter().enumerate() {
            if i > 0 {
                // In place: the linear layer's own gradient does not need its output.
                output = output.relu_();
            }
            output = output.linear(&layer.weight, Some(&layer.bias));
        }
        output
    }

    /// Weight and bias of each layer, in order, sharing memory with the network.
    pub fn parameters(&self) -> Vec<Tensor> {
        self.layers.iter().flat_map(|layer| [layer.weight.shallow_clone(), layer.bias.shallow_clone()]).collect()
    }
}
