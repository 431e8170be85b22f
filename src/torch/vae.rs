//! A variational autoencoder of several views (Kingma and Welling, ICLR 2014): an encoder a view, one Gaussian posterior
//! of all codes side by side, a decoder a view that sees all of them, and optionally attention between the two.
//!
//! - `q(z|x) = N(m, diag exp l)`, m and l from two linear heads on the hidden layers of each view's encoder
//! - `z = m + exp(l / 2) ε`, ε standard normal (their section 2.4)
//! - loss `Σ_views |x̂ - x|² + β KL(q(z|x) ‖ N(0, 1))`, both summed over columns and averaged over the rows of a batch;
//!   `KL = -½ Σ (1 + l - m² - exp l)` (their appendix B)
//!
//! The squared error is that of a Gaussian of variance ½, so β is also the scale of the error against KL. A *mean* over
//! columns in its place would leave KL alone: all codes 0.

use tch::{Device, Kind, Reduction, Tensor, no_grad};

use crate::model::deep::vae_encoder;
use crate::model::deep::vae_pretraining::{self, BATCH_SIZE, StageParams};
use crate::model::{FitError, TrialContext};
use crate::rng::{Purpose, Stream};
use crate::stage::arrays::{self, Array};
use crate::torch::attention::Attention;
use crate::torch::autoencoder::{in_chunks, in_chunks_of};
use crate::torch::convolution::Convolutions;
use crate::torch::mlp::{Activation, Mlp};
use crate::torch::noise::normal;
use crate::torch::optimizer::{Optimizer, Rule};
use crate::torch::training::{Batch, Objective, Phase, train};
use crate::torch::{from_values, init, size, to_values};
use crate::value::Value;

/// Images encoded at a time outside training: what a row becomes on its way is some hundred times as wide as it is. Part
/// of what decides the bits.
const IMAGES: usize = 256;

/// The first weights of a linear layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// Xavier-uniform; the bias 0.
    Xavier,
    /// He-uniform; the bias 0.
    He,
    /// Weights and bias 0.
    Zero,
}

/// Gives weight `[outputs, inputs]` and bias `[outputs]` of the part of this name, with so many inputs and outputs.
pub type Source<'a> = dyn FnMut(&str, usize, usize, First) -> Option<(Tensor, Tensor)> + 'a;

/// The posterior of the codes of a batch: a diagonal Gaussian a row.
#[derive(Debug)]
pub struct Posterior {
    /// `[rows, codes]`
    pub mean: Tensor,
    /// `[rows, codes]`
    pub log_variance: Tensor,
}

impl Posterior {
    /// A draw, `[rows, codes]`, from standard normal `noise` of the same shape; gradients flow to mean and variance.
    pub fn sample(&self, noise: &Tensor) -> Tensor {
        &self.mean + (&self.log_variance * 0.5).exp() * noise
    }

    /// `KL(q(z|x) ‖ N(0, 1))`, summed over the code and averaged over the rows.
    pub fn divergence(&self) -> Tensor {
        let terms: Tensor = &self.log_variance + 1.0 - self.mean.square() - self.log_variance.exp();
        terms.sum(None::<Kind>) * (-0.5) / self.mean.size()[0]
    }
}

/// The encoder of one view: convolutions where it is of images, hidden layers with ReLU, and a linear head each for mean
/// and log variance.
#[derive(Debug)]
struct Branch {
    convolutions: Option<Convolutions>,
    hidden: Mlp,
    mean: Mlp,
    log_variance: Mlp,
}

impl Branch {
    /// What the heads see of a view `[rows, columns]`.
    fn hidden(&self, view: &Tensor) -> Tensor {
        match &self.convolutions {
            Some(convolutions) => self.hidden.forward(&convolutions.forward(view)),
            None => self.hidden.forward(view),
        }
    }

    fn parameters(&self) -> Vec<Tensor> {
        let mut parameters: Vec<Tensor> = self.convolutions.iter().flat_map(Convolutions::parameters).collect();
        parameters.extend([&self.hidden, &self.mean, &self.log_variance].into_iter().flat_map(Mlp::parameters));
        parameters
    }
}

/// The network. Views stand side by side in its input, their codes side by side in its code.
#[derive(Debug)]
pub struct Vae {
    /// Columns of each view.
    columns: Vec<i64>,
    /// Columns of all codes.
    codes: i64,
    branches: Vec<Branch>,
    attention: Option<Attention>,
    decoders: Vec<Mlp>,
}

/// What a batch costs.
#[derive(Debug)]
pub struct Losses {
    /// Of the codes.
    pub posterior: Posterior,
    /// Squared error, summed over columns and averaged over rows.
    pub reconstruction: Tensor,
    /// KL to the prior, likewise.
    pub kl: Tensor,
}

impl Vae {
    /// For views of so many `columns`, with weights from `source`, in this order: of each view, where it is encoded as
    /// images, `vae.convolution.<view>.<block>`, then hidden layers `vae.encoder.<view>.<layer>`, `vae.mean.<view>`,
    /// `vae.log-variance.<view>`; the attention's; of each view `vae.decoder.<view>.<layer>`. None where the source has
    /// none.
    pub fn build(columns: &[usize], params: &StageParams, source: &mut Source<'_>) -> Option<Vae> {
        let (layers, latent) = (&params.vae.layers, params.vae.latent_dimension);
        let branches = columns.iter().enumerate().map(|(view, &inputs)| branch(view, inputs, &params.vae, source));
        let branches = branches.collect::<Option<Vec<_>>>()?;
        let attention = if params.attention.is_identity() {
            None
        } else {
            Some(Attention::build(&params.attention, columns.len(), latent, source)?)
        };
        let decoders = columns.iter().enumerate().map(|(view, &outputs)| {
            let mut widths = vec![latent * columns.len()];
            widths.extend(layers.iter().rev());
            widths.push(outputs);
            stack(&format!("vae.decoder.{view}"), &widths, source)
        });
        let decoders = decoders.collect::<Option<Vec<_>>>()?;
        let codes = size(latent * columns.len());
        Some(Vae { columns: columns.iter().map(|&n| size(n)).collect(), codes, branches, attention, decoders })
    }

    /// With first weights from the trial's streams, one a part.
    ///
    /// # Errors
    /// None in fact: the streams have weights for every part.
    pub fn initial(
        columns: &[usize],
        params: &StageParams,
        trial: &TrialContext,
        device: Device,
    ) -> Result<Vae, FitError> {
        let mut source = |part: &str, inputs: usize, outputs: usize, first: First| {
            let weight = match first {
                First::Xavier => init::xavier_uniform(inputs, outputs, &mut trial.stream(Purpose::Init, part), device),
                First::He => init::he_uniform(inputs, outputs, &mut trial.stream(Purpose::Init, part), device),
                First::Zero => Tensor::zeros([size(outputs), size(inputs)], (Kind::Float, device)),
            };
            Some((weight, Tensor::zeros([size(outputs)], (Kind::Float, device))))
        };
        Vae::build(columns, params, &mut source)
            .ok_or_else(|| FitError::Failed("the network has no weights".to_owned()))
    }

    /// From [`to_bytes`](Self::to_bytes); none where they are not the bytes of such a network.
    pub fn from_bytes(bytes: &[u8], columns: &[usize], params: &StageParams, device: Device) -> Option<Vae> {
        let mut arrays = arrays::from_bytes(bytes)?.into_iter();
        let mut source = |_: &str, inputs: usize, outputs: usize, _: First| {
            let weight = arrays.next().filter(|array| array.shape == [outputs, inputs])?;
            let bias = arrays.next().filter(|array| array.shape == [outputs])?;
            Some((from_values(&weight, device), from_values(&bias, device)))
        };
        let vae = Vae::build(columns, params, &mut source)?;
        arrays.next().is_none().then_some(vae)
    }

    /// The weights and biases as bytes.
    ///
    /// # Errors
    /// libtorch's.
    pub fn to_bytes(&self) -> Result<Vec<u8>, FitError> {
        let arrays: Result<Vec<Array>, FitError> = self.parameters().iter().map(to_values).collect();
        Ok(arrays::to_bytes(&arrays?))
    }

    /// Every weight and bias, sharing memory with the network.
    pub fn parameters(&self) -> Vec<Tensor> {
        let mut parameters: Vec<Tensor> = self.branches.iter().flat_map(Branch::parameters).collect();
        parameters.extend(self.attention.iter().flat_map(Attention::parameters));
        parameters.extend(self.decoders.iter().flat_map(Mlp::parameters));
        parameters
    }

    /// The posterior of a batch `[rows, columns of all views]`.
    pub fn posterior(&self, batch: &Tensor) -> Posterior {
        let (mut means, mut log_variances) = (Vec::new(), Vec::new());
        for (branch, view) in self.branches.iter().zip(self.views(batch)) {
            let hidden = branch.hidden(&view);
            means.push(branch.mean.forward(&hidden));
            log_variances.push(branch.log_variance.forward(&hidden));
        }
        Posterior { mean: Tensor::cat(&means, 1), log_variance: Tensor::cat(&log_variances, 1) }
    }

    /// Codes `[rows, codes]` of a batch as the decoders see them.
    pub fn attend(&self, codes: &Tensor) -> Tensor {
        self.attention.as_ref().map_or_else(|| codes.shallow_clone(), |attention| attention.forward(codes))
    }

    /// Reconstruction error and KL of a batch, its codes drawn with standard normal `noise`, `[rows, codes]`.
    pub fn losses(&self, batch: &Tensor, noise: &Tensor) -> Losses {
        let posterior = self.posterior(batch);
        let codes = self.attend(&posterior.sample(noise));
        let errors = self.decoders.iter().zip(self.views(batch));
        let errors: Vec<Tensor> =
            errors.map(|(decoder, view)| decoder.forward(&codes).mse_loss(&view, Reduction::Sum)).collect();
        let reconstruction = Tensor::stack(&errors, 0).sum(None::<Kind>) / batch.size()[0];
        let kl = posterior.divergence();
        Losses { posterior, reconstruction, kl }
    }

    /// The mean codes `[rows, codes]` of all of `data`, without gradients; `attended`: as the decoders see them, where
    /// attention over samples goes over all rows.
    pub fn codes(&self, data: &Tensor, attended: bool) -> Tensor {
        no_grad(|| {
            let mean = |rows: &Tensor| self.posterior(rows).mean;
            let convolve = self.branches.iter().any(|branch| branch.convolutions.is_some());
            let means = if convolve { in_chunks_of(IMAGES, data, mean) } else { in_chunks(data, mean) };
            match &self.attention {
                Some(attention) if attended => attention.of_all(&means),
                _ => means,
            }
        })
    }

    /// Standard normal noise for a batch of so many rows.
    pub fn noise(&self, rows: i64, stream: &mut Stream, device: Device) -> Tensor {
        normal(rows, self.codes, stream, device)
    }

    /// Learns with Adam on shuffled batches of `data`, `[rows, columns of all views]`: batches and noise come from the
    /// streams `vae.pretrain`.
    ///
    /// # Errors
    /// The loss became NaN or infinite.
    pub fn pretrain(&self, data: &Tensor, params: &StageParams, trial: &mut TrialContext) -> Result<(), FitError> {
        let (mut noise, mut orders) =
            (trial.stream(Purpose::Noise, "vae.pretrain"), trial.stream(Purpose::Batches, "vae.pretrain"));
        let mut objective = |batch: &Batch| {
            let noise = self.noise(batch.rows.size()[0], &mut noise, batch.rows.device());
            let Losses { reconstruction, kl, .. } = self.losses(&batch.rows, &noise);
            Objective {
                loss: &reconstruction + &kl * params.vae.beta,
                parts: vec![("reconstruction", reconstruction), ("kl", kl)],
            }
        };
        let learning_rate = params.vae.pretrain_learning_rate;
        let phase = Phase {
            name: "pretrain",
            title: "pretraining",
            epochs: params.vae.pretrain_epochs,
            batch_size: params.vae.pretrain_batch_size.unwrap_or(BATCH_SIZE),
            setting: format!("pretrain-learning-rate {}", Value::Number(learning_rate)),
            decay: None,
        };
        let mut optimizer = Optimizer::new(Rule::Adam { learning_rate }, self.parameters());
        let mut order = |rows: usize| orders.permutation(rows);
        train(&phase, data, &mut order, &mut optimizer, &mut objective, trial)
    }

    /// The views of a batch.
    fn views<'a>(&'a self, batch: &'a Tensor) -> impl Iterator<Item = Tensor> + 'a {
        self.columns.iter().scan(0, |start, &columns| {
            let view = batch.narrow(1, *start, columns);
            *start += columns;
            Some(view)
        })
    }
}

fn branch(view: usize, columns: usize, params: &vae_pretraining::Params, source: &mut Source<'_>) -> Option<Branch> {
    let (layers, latent, image) = (&params.layers, params.latent_dimension, params.encoder.image());
    let convolutions = match image {
        Some(image) => Some(Convolutions::build(&format!("vae.convolution.{view}"), image, source)?),
        None => None,
    };
    let mut widths = vec![image.map_or(columns, vae_encoder::features)];
    widths.extend(layers);
    let last = widths[widths.len() - 1];
    // Without hidden layers the heads see the data themselves.
    let output = if layers.is_empty() { Activation::Identity } else { Activation::Relu };
    let hidden = stack(&format!("vae.encoder.{view}"), &widths, source)?.with_activations(Activation::Relu, output);
    let mut head =
        |part: &str| Some(Mlp::from_weights(vec![source(&format!("vae.{part}.{view}"), last, latent, First::Xavier)?]));
    Some(Branch { convolutions, hidden, mean: head("mean")?, log_variance: head("log-variance")? })
}

/// Linear layers of these widths with ReLU between.
fn stack(part: &str, widths: &[usize], source: &mut Source<'_>) -> Option<Mlp> {
    let pairs = widths.windows(2).enumerate();
    let layers = pairs.map(|(i, pair)| source(&format!("{part}.{i}"), pair[0], pair[1], First::Xavier));
    layers.collect::<Option<Vec<_>>>().map(Mlp::from_weights)
}
