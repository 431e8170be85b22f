//! A stack of linear layers with an activation between them.

use tch::{Device, Kind, Tensor};

use crate::model::TrialContext;
use crate::rng::Purpose;
use crate::torch::{init, size};

pub use crate::model::deep::activation::Activation;

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
    hidden: Activation,
    output: Activation,
}

impl Mlp {
    /// With Xavier-uniform weights and zero biases; ReLU between the layers and nothing after the last. `widths` are
    /// those of the input, of each hidden layer and of the output. Layer `i` draws from the stream `<part>.<i>`, so it
    /// starts the same in every model that has it.
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

    /// The same with PyTorch's first weights and biases ([`init::pytorch_linear`]).
    pub fn pytorch(widths: &[usize], part: &str, trial: &TrialContext, device: Device) -> Self {
        let layer = |(i, pair): (usize, &[usize])| {
            let mut stream = trial.stream(Purpose::Init, &format!("{part}.{i}"));
            init::pytorch_linear(pair[0], pair[1], &mut stream, device)
        };
        Mlp::from_weights(widths.windows(2).enumerate().map(layer).collect())
    }

    /// With the given weights `[outputs, inputs]` and biases `[outputs]`, layer by layer; activations as in
    /// [`xavier`](Self::xavier).
    pub fn from_weights(layers: Vec<(Tensor, Tensor)>) -> Self {
        let layer = |(weight, bias): (Tensor, Tensor)| Linear {
            weight: weight.set_requires_grad(true),
            bias: bias.set_requires_grad(true),
        };
        let layers = layers.into_iter().map(layer).collect();
        Mlp { layers, hidden: Activation::Relu, output: Activation::Identity }
    }

    /// The same layers with other activations: between them, and after the last.
    #[must_use]
    pub fn with_activations(self, hidden: Activation, output: Activation) -> Self {
        Mlp { hidden, output, ..self }
    }

    /// The same network with parameters of another float type.
    #[must_use]
    pub fn to_kind(self, kind: Kind) -> Self {
        let turn = |tensor: Tensor| tensor.detach().to_kind(kind);
        let layers = self.layers.into_iter().map(|layer| (turn(layer.weight), turn(layer.bias))).collect();
        Mlp::from_weights(layers).with_activations(self.hidden, self.output)
    }

    /// `[rows, inputs]` to `[rows, outputs]`.
    pub fn forward(&self, input: &Tensor) -> Tensor {
        let mut output = input.shallow_clone();
        for (i, layer) in self.layers.iter().enumerate() {
            if i > 0 {
                output = activate(self.hidden, output);
            }
            output = output.linear(&layer.weight, Some(&layer.bias));
        }
        activate(self.output, output)
    }

    /// How many layers it has.
    pub fn depth(&self) -> usize {
        self.layers.len()
    }

    /// A network of its layer `index` alone, sharing memory with this one; the activation as it follows here.
    #[must_use]
    pub fn layer(&self, index: usize) -> Mlp {
        let Linear { weight, bias } = &self.layers[index];
        let layers = vec![Linear { weight: weight.shallow_clone(), bias: bias.shallow_clone() }];
        let output = if index + 1 == self.depth() { self.output } else { self.hidden };
        Mlp { layers, hidden: self.hidden, output }
    }

    /// Weight and bias of each layer, in order, sharing memory with the network.
    pub fn parameters(&self) -> Vec<Tensor> {
        self.layers.iter().flat_map(|layer| [layer.weight.shallow_clone(), layer.bias.shallow_clone()]).collect()
    }
}

/// The activation of what a linear layer gave. In place where the gradient can be had from the result: the linear
/// layer's own gradient does not need its output.
pub fn activate(activation: Activation, mut input: Tensor) -> Tensor {
    match activation {
        Activation::Identity => input,
        Activation::Relu => input.relu_(),
        Activation::LeakyRelu => input.leaky_relu_(),
        Activation::Tanh => input.tanh_(),
        Activation::Sigmoid => input.sigmoid_(),
        Activation::Softplus => input.softplus(),
    }
}
