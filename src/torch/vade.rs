//! The network of VaDE: an autoencoder whose encoder got a second head, and a mixture prior on its code.

use ndarray::{Array2, ArrayView2};
use tch::{Device, Kind, Reduction, Tensor, no_grad};

use crate::model::FitError;
use crate::model::TrialContext;
use crate::model::cluster::gmm::{CovarianceType, Mixture};
use crate::rng::Purpose;
use crate::torch::autoencoder::{Autoencoder, in_chunks};
use crate::torch::cluster_head::hard;
use crate::torch::mixture_prior::MixturePrior;
use crate::torch::mlp::Mlp;
use crate::torch::noise::normal;
use crate::torch::optimizer::{Optimizer, Rule};
use crate::torch::training::{Batch, Objective, Phase, train};
use crate::torch::vae::Posterior;

/// What a reconstruction costs; both are summed over columns and averaged over rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reconstruction {
    /// `Σ_d (x_d - x̂_d)² / 2 v`: the negative logarithm of a Gaussian of variance v, without its constant.
    SquaredError {
        /// v
        variance: f64,
    },
    /// `-Σ_d [x_d log p_d + (1 - x_d) log(1 - p_d)]`, `p = sigmoid(4 x̂ - 2)`: the line that touches the sigmoid at its
    /// middle is x̂ itself, so that a decoder which was pretrained without sigmoid begins near what it knows.
    CrossEntropy,
}

impl Reconstruction {
    /// Of `[rows, columns]` by the output of the decoder.
    pub fn cost(self, output: &Tensor, rows: &Tensor) -> Tensor {
        let sum = match self {
            Reconstruction::SquaredError { variance } => output.mse_loss(rows, Reduction::Sum) * (0.5 / variance),
            Reconstruction::CrossEntropy => {
                let logits = output * 4.0 - 2.0;
                logits.binary_cross_entropy_with_logits(rows, None::<Tensor>, None::<Tensor>, Reduction::Sum)
            }
        };
        sum / rows.size()[0]
    }
}

/// The network.
#[derive(Debug)]
pub struct Network {
    autoencoder: Autoencoder,
    log_variance: Mlp,
    /// Of the codes.
    pub prior: MixturePrior,
}

impl Network {
    /// From a pretrained autoencoder, whose code becomes the mean. The variance is `variance` (at least 1e-6) for
    /// every row and column of the code at first: its head has weights 0.
    pub fn new(autoencoder: Autoencoder, variance: f64, prior: MixturePrior) -> Self {
        let parameters = autoencoder.encoder.parameters();
        let last = &parameters[parameters.len() - 2..];
        let (weight, bias) = (last[0].detach().zeros_like(), last[1].detach().full_like(variance.max(1e-6).ln()));
        Network { autoencoder, log_variance: Mlp::from_weights(vec![(weight, bias)]), prior }
    }

    /// Every parameter, sharing memory with the network.
    pub fn parameters(&self) -> Vec<Tensor> {
        let mut parameters = self.autoencoder.parameters();
        parameters.extend(self.log_variance.parameters());
        parameters.extend(self.prior.parameters());
        parameters
    }

    /// `q(z|x)` of a batch `[rows, columns]`.
    pub fn posterior(&self, batch: &Tensor) -> Posterior {
        let encoder = &self.autoencoder.encoder;
        let head = encoder.depth() - 1;
        let hidden = (0..head).fold(batch.shallow_clone(), |hidden, index| encoder.layer(index).forward(&hidden));
        Posterior { mean: encoder.layer(head).forward(&hidden), log_variance: self.log_variance.forward(&hidden) }
    }

    /// The negative lower bound of a batch, its codes drawn with standard normal `noise`, `[rows, code]`.
    pub fn objective(&self, batch: &Tensor, noise: &Tensor, reconstruction: Reconstruction) -> Objective {
        let posterior = self.posterior(batch);
        let codes = posterior.sample(noise);
        let error = reconstruction.cost(&self.autoencoder.decoder.forward(&codes), batch);
        let divergence = self.prior.divergence(&posterior, &codes);
        Objective { loss: &error + &divergence, parts: vec![("reconstruction", error), ("kl", divergence)] }
    }

    /// Learns on shuffled batches of `data`, `[rows, columns]`: batches and noise come from the streams `vade`.
    ///
    /// # Errors
    /// The loss became NaN or infinite.
    pub fn learn(
        &self,
        data: &Tensor,
        phase: &Phase,
        learning_rate: f64,
        reconstruction: Reconstruction,
        trial: &mut TrialContext,
    ) -> Result<(), FitError> {
        let (mut noise, mut orders) = (trial.stream(Purpose::Noise, "vade"), trial.stream(Purpose::Batches, "vade"));
        let code = self.prior.parameters()[1].size()[1];
        let mut objective = |batch: &Batch| {
            let noise = normal(batch.rows.size()[0], code, &mut noise, batch.rows.device());
            self.objective(&batch.rows, &noise, reconstruction)
        };
        let mut order = |rows: usize| orders.permutation(rows);
        let mut optimizer = Optimizer::new(Rule::Adam { learning_rate }, self.parameters());
        train(phase, data, &mut order, &mut optimizer, &mut objective, trial)
    }

    /// `argmax_c p(c|z)` at the mean code of each row of `data`.
    ///
    /// # Errors
    /// A responsibility is not finite.
    pub fn clusters(&self, data: &Tensor) -> Result<Vec<usize>, FitError> {
        let log_gamma = no_grad(|| in_chunks(data, |rows| self.prior.log_responsibilities(&self.posterior(rows).mean)));
        if log_gamma.isfinite().all().int64_value(&[]) != 1 {
            return Err(FitError::Failed("the responsibilities are not finite after clustering".to_owned()));
        }
        Ok(hard(&log_gamma))
    }
}

/// The mixture that clusters of `codes`, `[rows, code]`, make: shares of the rows, means, variances a column. A
/// hundredth of the mean variance of a column is added to each, so that no cluster of one row is a point.
#[must_use]
pub fn first_mixture(codes: ArrayView2<f64>, clusters: &[usize], count: usize) -> Mixture {
    let floor = 0.01 * mean_variance(codes);
    let mut members = Array2::zeros((codes.nrows(), count));
    for (row, &cluster) in clusters.iter().enumerate() {
        members[(row, cluster)] = 1.0;
    }
    Mixture::most_likely(&codes.to_owned(), &members, CovarianceType::Diagonal, floor.max(1e-6))
}

/// The mean over columns of their variances.
pub fn mean_variance(codes: ArrayView2<f64>) -> f64 {
    codes.var_axis(ndarray::Axis(0), 0.0).mean().unwrap_or(0.0)
}

/// The mean square of `data` over rows and columns; no less than 1e-6, so that zeros have one to divide by.
pub fn mean_square(data: &Tensor) -> f64 {
    data.square().mean(Kind::Double).to_device(Device::Cpu).double_value(&[]).max(1e-6)
}
