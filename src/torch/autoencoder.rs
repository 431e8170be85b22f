//! The autoencoder that the deep clusterings share: ReLU on hidden layers, nothing on the code and on the output.

use tch::{Device, Reduction, Tensor, no_grad};

use crate::model::{FitError, TrialContext};
use crate::rng::Purpose;
use crate::stage::arrays::{self, Array};
use crate::torch::mlp::Mlp;
use crate::torch::optimizer::{Optimizer, Rule};
use crate::torch::training::{Phase, train};
use crate::torch::{from_values, size, to_values};
use crate::value::Value;

/// Rows encoded at a time outside training; part of what decides the bits, like the batch size.
const CHUNK: usize = 4096;

/// An encoder and its mirrored decoder.
#[derive(Debug)]
pub struct Autoencoder {
    /// `[rows, inputs]` to `[rows, code]`.
    pub encoder: Mlp,
    /// `[rows, code]` to `[rows, inputs]`.
    pub decoder: Mlp,
}

/// How an autoencoder is pretrained: to reconstruct its input, with Adam, on shuffled batches.
#[derive(Clone, Copy, Debug)]
pub struct Pretraining {
    /// Passes over the data.
    pub epochs: usize,
    /// Rows a step.
    pub batch_size: usize,
    /// Adam's step size.
    pub learning_rate: f64,
}

impl Autoencoder {
    /// With Xavier-uniform weights. `widths` are those of the input, the hidden layers and the code.
    pub fn xavier(widths: &[usize], trial: &TrialContext, device: Device) -> Self {
        let mirrored: Vec<usize> = widths.iter().rev().copied().collect();
        Autoencoder {
            encoder: Mlp::xavier(widths, "autoencoder.encoder", trial, device),
            decoder: Mlp::xavier(&mirrored, "autoencoder.decoder", trial, device),
        }
    }

    /// The weights and biases as bytes: the encoder's, then the decoder's, layer by layer.
    ///
    /// # Errors
    /// libtorch's.
    pub fn to_bytes(&self) -> Result<Vec<u8>, FitError> {
        let arrays: Result<Vec<Array>, FitError> = self.parameters().iter().map(to_values).collect();
        Ok(arrays::to_bytes(&arrays?))
    }

    /// From [`to_bytes`](Self::to_bytes); none where they are not the bytes of one with these widths.
    pub fn from_bytes(bytes: &[u8], widths: &[usize], device: Device) -> Option<Self> {
        let mirrored: Vec<usize> = widths.iter().rev().copied().collect();
        let mut arrays = arrays::from_bytes(bytes)?.into_iter();
        let mut half = |widths: &[usize]| {
            let layers = widths.windows(2).map(|pair| {
                let weight = arrays.next().filter(|array| array.shape == [pair[1], pair[0]])?;
                let bias = arrays.next().filter(|array| array.shape == [pair[1]])?;
                Some((from_values(&weight, device), from_values(&bias, device)))
            });
            layers.collect::<Option<Vec<_>>>().map(Mlp::from_weights)
        };
        let (encoder, decoder) = (half(widths)?, half(&mirrored)?);
        arrays.next().is_none().then_some(Autoencoder { encoder, decoder })
    }

    /// The reconstruction of `[rows, inputs]`.
    pub fn reconstruct(&self, input: &Tensor) -> Tensor {
        self.decoder.forward(&self.encoder.forward(input))
    }

    /// The codes `[rows, code]` of all of `data`, without gradients.
    pub fn codes(&self, data: &Tensor) -> Tensor {
        let parts: Vec<Tensor> =
            no_grad(|| data.split(size(CHUNK), 0).iter().map(|rows| self.encoder.forward(rows)).collect());
        Tensor::cat(&parts, 0)
    }

    /// The parameters of both halves.
    pub fn parameters(&self) -> Vec<Tensor> {
        let mut parameters = self.encoder.parameters();
        parameters.extend(self.decoder.parameters());
        parameters
    }

    /// Learns to reconstruct `data`, `[rows, inputs]`, by the mean squared error over rows and columns. Batches come
    /// from the stream `autoencoder.pretrain`.
    ///
    /// # Errors
    /// The loss became NaN or infinite.
    pub fn pretrain(&self, data: &Tensor, how: Pretraining, trial: &mut TrialContext) -> Result<(), FitError> {
        let mut stream = trial.stream(Purpose::Batches, "autoencoder.pretrain");
        self.pretrain_in_order(data, how, &mut |rows| stream.permutation(rows), trial)
    }

    /// As [`pretrain`](Self::pretrain), with the order of the rows of each epoch given by the caller.
    ///
    /// # Errors
    /// The loss became NaN or infinite.
    pub fn pretrain_in_order(
        &self,
        data: &Tensor,
        how: Pretraining,
        order: &mut dyn FnMut(usize) -> Vec<usize>,
        trial: &mut TrialContext,
    ) -> Result<(), FitError> {
        let phase = Phase {
            name: "pretrain",
            title: "pretraining",
            epochs: how.epochs,
            batch_size: how.batch_size,
            setting: format!("pretrain-learning-rate {}", Value::Number(how.learning_rate)),
        };
        let mut optimizer = Optimizer::new(Rule::Adam { learning_rate: how.learning_rate }, self.parameters());
        let loss = |batch: &Tensor| self.reconstruct(batch).mse_loss(batch, Reduction::Mean);
        train(&phase, data, order, &mut optimizer, &loss, trial)
    }
}
