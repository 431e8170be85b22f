//! A prior of codes that is a mixture of diagonal Gaussians and learns (VaDE: Jiang et al., IJCAI 2017).
//!
//! `p(c) = π_c`, `p(z|c) = N(z; μ_c, diag σ²_c)`, with the textbook density: `log p(z, c) = log π_c - ½ Σ_d [log 2π +
//! log σ²_cd + (z_d - μ_cd)² / σ²_cd]`, in log space throughout.

use tch::{Device, Kind, Tensor};

use crate::model::FitError;
use crate::model::cluster::gmm::{Covariances, Mixture};
use crate::torch::to_tensor;
use crate::torch::vae::Posterior;

/// The mixture; weights are kept as logits and variances as logarithms, so that any step leaves a mixture.
#[derive(Debug)]
pub struct MixturePrior {
    /// `[clusters]`
    logits: Tensor,
    /// μ, `[clusters, code]`
    means: Tensor,
    /// log σ², `[clusters, code]`
    log_variances: Tensor,
}

impl MixturePrior {
    /// A diagonal mixture as the first state.
    ///
    /// # Errors
    /// The mixture is not diagonal, or not finite.
    pub fn new(mixture: &Mixture, device: Device) -> Result<Self, FitError> {
        let Covariances::Diagonal(variances) = &mixture.covariances else {
            return Err(FitError::Failed("the prior is not a diagonal mixture".to_owned()));
        };
        let weights = mixture.weights.mapv(f64::ln);
        let parameter = |tensor: Tensor| tensor.set_requires_grad(true);
        let row = weights.view().insert_axis(ndarray::Axis(0));
        let prior = MixturePrior {
            logits: parameter(to_tensor(row, device).squeeze_dim(0)),
            means: parameter(to_tensor(mixture.means.view(), device)),
            log_variances: parameter(to_tensor(variances.mapv(f64::ln).view(), device)),
        };
        let finite = prior.parameters().iter().all(|tensor| tensor.isfinite().all().int64_value(&[]) == 1);
        finite.then_some(prior).ok_or_else(|| FitError::Failed("the first mixture is not finite".to_owned()))
    }

    /// Logits of the weights, means, log variances, sharing memory with the prior.
    pub fn parameters(&self) -> Vec<Tensor> {
        [&self.logits, &self.means, &self.log_variances].map(Tensor::shallow_clone).into()
    }

    /// log π, `[clusters]`.
    pub fn log_weights(&self) -> Tensor {
        self.logits.log_softmax(0, None::<Kind>)
    }

    /// `log p(z, c)` of codes `[rows, code]`: `[rows, clusters]`.
    pub fn log_joint(&self, codes: &Tensor) -> Tensor {
        #[expect(clippy::cast_precision_loss, reason = "a code has few columns")]
        let constant = codes.size()[1] as f64 * std::f64::consts::TAU.ln();
        let distances = (codes.unsqueeze(1) - &self.means).square() * (-&self.log_variances).exp();
        let sums = (distances + &self.log_variances).sum_dim_intlist([2i64].as_slice(), false, None::<Kind>);
        self.log_weights() - (sums + constant) * 0.5
    }

    /// `log γ_c = log p(c|z)` of codes `[rows, code]`: `[rows, clusters]`.
    pub fn log_responsibilities(&self, codes: &Tensor) -> Tensor {
        self.log_joint(codes).log_softmax(1, None::<Kind>)
    }

    /// `KL(q(z, c|x) ‖ p(z, c))` with `q(z, c|x) = q(z|x) γ_c`, summed over the code, averaged over rows:
    /// `½ Σ_c γ_c Σ_d [log σ²_cd + (exp l_d + (m_d - μ_cd)²) / σ²_cd] - ½ Σ_d (1 + l_d) - Σ_c γ_c log(π_c / γ_c)`,
    /// γ that of the drawn `codes`, `[rows, code]`. `log 2π` stands on both sides of it. Gradients flow through γ too.
    pub fn divergence(&self, posterior: &Posterior, codes: &Tensor) -> Tensor {
        let log_gamma = self.log_responsibilities(codes);
        let gamma = log_gamma.exp();
        let (mean, log_variance) = (posterior.mean.unsqueeze(1), posterior.log_variance.unsqueeze(1));
        let spread = (log_variance.exp() + (mean - &self.means).square()) * (-&self.log_variances).exp();
        let cross = (spread + &self.log_variances).sum_dim_intlist([2i64].as_slice(), false, None::<Kind>) * 0.5;
        // A responsibility that is rounded to 0 has a finite logarithm, so 0 · log 0 is 0.
        let clusters = &gamma * (cross + &log_gamma - self.log_weights());
        let entropy: Tensor = (&posterior.log_variance + 1.0) * 0.5;
        (clusters.sum(None::<Kind>) - entropy.sum(None::<Kind>)) / codes.size()[0]
    }
}
