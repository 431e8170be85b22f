//! The autoencoder that the deep clusterings share: an activation on hidden layers, nothing on the code and the output.

use tch::{Device, Reduction, Tensor, no_grad};

use crate::model::deep::activation::Activation;
use crate::model::deep::pretraining;
use crate::model::{FitError, TrialContext};
use crate::rng::Purpose;
use crate::stage::arrays::{self, Array};
use crate::torch::mlp::Mlp;
use crate::torch::noise::dropout;
use crate::torch::optimizer::{Optimizer, Rule};
use crate::torch::training::{Batch, Objective, Phase, StepDecay, train};
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

/// How an autoencoder is pretrained: to reconstruct its input, on shuffled batches; before that, where asked, layer by
/// layer.
#[derive(Clone, Copy, Debug)]
pub struct Pretraining {
    /// Passes over the data.
    pub epochs: usize,
    /// Rows a step.
    pub batch_size: usize,
    /// How the parameters move.
    pub rule: Rule,
    /// How the step size falls.
    pub decay: Option<StepDecay>,
    /// What comes before all layers learn at once.
    pub layer_wise: LayerWise,
}

/// How the layers of a stacked denoising autoencoder learn one after the other (Vincent et al. 2010): each, with the
/// decoder's layer that mirrors it, to reconstruct its own input from a part of it.
#[derive(Clone, Copy, Debug)]
pub struct LayerWise {
    /// Passes over the data for each layer; 0: none.
    pub epochs: usize,
    /// Share of a layer's input (the first one's excepted) and of what it gives that is set to 0.
    pub dropout: f64,
}

impl From<&pretraining::Params> for Pretraining {
    fn from(params: &pretraining::Params) -> Self {
        let learning_rate = params.pretrain_learning_rate;
        let rule = match params.pretrain_optimizer.as_str() {
            "sgd" => Rule::Sgd { learning_rate, momentum: params.pretrain_momentum },
            "rmsprop" => Rule::RmsProp { learning_rate, smoothing: 0.99 },
            _ => Rule::Adam { learning_rate },
        };
        let epochs = params.pretrain_decay_epochs;
        Pretraining {
            epochs: params.pretrain_epochs,
            batch_size: params.pretrain_batch_size.unwrap_or(pretraining::BATCH_SIZE),
            rule,
            decay: (epochs > 0).then_some(StepDecay { epochs, factor: 0.1, floor: 0.0 }),
            layer_wise: LayerWise { epochs: params.layer_wise_epochs, dropout: params.layer_wise_dropout },
        }
    }
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

    /// The same with another activation on the hidden layers than ReLU.
    #[must_use]
    pub fn with_activation(self, activation: Activation) -> Self {
        let on = |half: Mlp| half.with_activations(activation, Activation::Identity);
        Autoencoder { encoder: on(self.encoder), decoder: on(self.decoder) }
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
        no_grad(|| in_chunks(data, |rows| self.encoder.forward(rows)))
    }

    /// The parameters of both halves.
    pub fn parameters(&self) -> Vec<Tensor> {
        let mut parameters = self.encoder.parameters();
        parameters.extend(self.decoder.parameters());
        parameters
    }

    /// Learns to reconstruct `data`, `[rows, inputs]`, by the mean squared error over rows and columns. Batches come
    /// from the stream `autoencoder.pretrain`, those of layer i alone and its noise from `autoencoder.pretrain.i`.
    ///
    /// # Errors
    /// The loss became NaN or infinite.
    pub fn pretrain(&self, data: &Tensor, how: Pretraining, trial: &mut TrialContext) -> Result<(), FitError> {
        if how.layer_wise.epochs > 0 {
            self.pretrain_layers(data, how, trial)?;
        }
        let mut stream = trial.stream(Purpose::Batches, "autoencoder.pretrain");
        self.pretrain_in_order(data, how, &mut |rows| stream.permutation(rows), trial)
    }

    /// As the second part of [`pretrain`](Self::pretrain), with the order of the rows of each epoch given by the caller.
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
        let phase = phase("pretrain", "pretraining", how.epochs, how);
        let mut optimizer = Optimizer::new(how.rule, self.parameters());
        let mut loss =
            |batch: &Batch| Objective::from(self.reconstruct(&batch.rows).mse_loss(&batch.rows, Reduction::Mean));
        train(&phase, data, order, &mut optimizer, &mut loss, trial)
    }

    /// One layer after the other, on what those before it make of `data`.
    fn pretrain_layers(&self, data: &Tensor, how: Pretraining, trial: &mut TrialContext) -> Result<(), FitError> {
        let mut input = data.shallow_clone();
        for index in 0..self.encoder.depth() {
            let (encoder, decoder) = (self.encoder.layer(index), self.decoder.layer(self.decoder.depth() - 1 - index));
            let part = format!("autoencoder.pretrain.{index}");
            let mut noise = trial.stream(Purpose::Noise, &part);
            let mut masked = |values: Tensor, share: f64| {
                let (rows, columns) = (values.size()[0], values.size()[1]);
                if share == 0.0 { values } else { &values * dropout(rows, columns, share, &mut noise, values.device()) }
            };
            let share = how.layer_wise.dropout;
            let mut loss = |batch: &Batch| {
                let corrupted = masked(batch.rows.shallow_clone(), if index == 0 { 0.0 } else { share });
                let hidden = masked(encoder.forward(&corrupted), share);
                Objective::from(decoder.forward(&hidden).mse_loss(&batch.rows, Reduction::Mean))
            };
            let mut parameters = encoder.parameters();
            parameters.extend(decoder.parameters());
            let mut optimizer = Optimizer::new(how.rule, parameters);
            let mut stream = trial.stream(Purpose::Batches, &part);
            let mut order = |rows: usize| stream.permutation(rows);
            let phase = phase(
                LAYER_PHASES[index.min(LAYER_PHASES.len() - 1)],
                "layer-wise pretraining",
                how.layer_wise.epochs,
                how,
            );
            train(&phase, &input, &mut order, &mut optimizer, &mut loss, trial)?;
            input = no_grad(|| in_chunks(&input, |rows| encoder.forward(rows)));
        }
        Ok(())
    }
}

/// What the phases of layers that learn alone are called; all beyond have the last name.
const LAYER_PHASES: [&str; 6] = ["layer-1", "layer-2", "layer-3", "layer-4", "layer-5", "layer-6"];

fn phase(name: &'static str, title: &'static str, epochs: usize, how: Pretraining) -> Phase {
    let setting = format!("pretrain-learning-rate {}", Value::Number(how.rule.learning_rate()));
    Phase { name, title, epochs, batch_size: how.batch_size, setting, decay: how.decay }
}

/// `map` of all rows of `data`, some thousand at a time.
pub fn in_chunks(data: &Tensor, map: impl Fn(&Tensor) -> Tensor) -> Tensor {
    in_chunks_of(CHUNK, data, map)
}

/// `map` of all rows of `data`, so many at a time.
pub fn in_chunks_of(rows: usize, data: &Tensor, map: impl Fn(&Tensor) -> Tensor) -> Tensor {
    let parts: Vec<Tensor> = data.split(size(rows), 0).iter().map(map).collect();
    Tensor::cat(&parts, 0)
}
