//! Variational deep embedding: Jiang, Zheng, Tan, Tang and Zhou, IJCAI 2017.
//!
//! A variational autoencoder whose prior is a mixture of diagonal Gaussians, all of which learn together. A row is made
//! by `c ~ Cat(π)`, `z ~ N(μ_c, σ²_c)`, `x ~ p(x|z)` (their equations 1 to 5). With `q(z|x) = N(m, diag exp l)` and
//! `γ_c = q(c|x) = p(c|z) = π_c N(z; μ_c, σ²_c) / Σ_c' π_c' N(z; μ_c', σ²_c')` of the drawn `z = m + exp(l / 2) ε` (their
//! equation 16; one draw a row), it maximises the evidence lower bound (their equation 12)
//!
//! `log p(x|z) - ½ Σ_c γ_c Σ_d [log σ²_cd + (exp l_d + (m_d - μ_cd)²) / σ²_cd] + Σ_c γ_c log(π_c / γ_c) + ½ Σ_d (1 + l_d)`
//!
//! averaged over the rows of a batch. The curve `kl` is what the bound takes from the first term. The answer is
//! `argmax_c p(c|z)` at `z = m`, in the last state.
//!
//! It starts from the pretrained autoencoder of `dec` and `idec`, whose code becomes m (without pretraining most runs
//! end in one cluster, their section 3.2), and from k-means on that code: π, μ and σ² are the clusters' shares, means
//! and variances a column, with a floor. Adam, rate 2e-3, times .9 every 10 epochs down to a tenth, as theirs on MNIST.
//!
//! `log p(x|z)`: with `reconstruction = "squared-error"` that of a Gaussian, `-Σ_d (x_d - x̂_d)² / 2 v`, summed over
//! columns. Its variance v is the weight of KL against the reconstruction; `noise-variance` gives it as a share of the
//! data's mean square, which makes the method indifferent to their scale. The default, a half, is the plain squared
//! error of data with mean square 1. The error of the pretrained autoencoder as v, the most likely one, is far smaller
//! (.05 on digits): KL then weighs little and the code hardly moves; from 2 on the clusters melt together. With
//! `"cross-entropy"` the data must lie in [0, 1]. Views are joined side by side.
//!
//! Departures: their mixture starts from EM, ours from k-means; their code counts `log π_c` once for each column of the
//! code in γ, ours once, as the equation has it; ε of Adam is 1e-8, theirs 1e-4; batches of 256, theirs 100; 50 epochs
//! for theirs of 3000 (MNIST) or 15 (Reuters-10K). The log variance starts the same for all rows.

use crate::model::deep::{autoencoder_seconds, pretraining};
use crate::model::{Accepts, Model, ModelSpec, Program, unchecked};
#[cfg(feature = "torch")]
use crate::model::{Clusterer, Clustering, FitError, TrialContext};
use crate::parameter::{Domain, Parameters, Values};
#[cfg(feature = "torch")]
use crate::{
    dataset::Dataset,
    torch::cluster_head::occupied,
    torch::mixture_prior::MixturePrior,
    torch::start::{Start, StartSettings, start},
    torch::to_array,
    torch::training::{Phase, StepDecay},
    torch::vade::{Network, Reconstruction, first_mixture, mean_square, mean_variance},
    value::Value,
};

const SQUARED_ERROR: &str = "squared-error";
const CROSS_ENTROPY: &str = "cross-entropy";

crate::parameters! {
    /// What `vade` can be told.
    pub struct Params {
        /// How many clusters; as many as there are classes when left out.
        clusters: Option<usize> = None, Domain::AtLeast(1.0);
        /// Rows a step; the last step of a pass may have fewer.
        batch_size: usize = pretraining::BATCH_SIZE, Domain::AtLeast(2.0);
        /// Restarts of k-means on the code; the one with the lowest inertia wins.
        seed_restarts: usize = 20, Domain::AtLeast(1.0);
        /// Passes over the data while clustering; 0 answers with the first mixture.
        epochs: usize = 50, Domain::AtLeast(0.0);
        /// Step size of Adam while clustering.
        learning_rate: f64 = 2e-3, Domain::Above(0.0);
        /// Epochs after which the step size falls to nine tenths, again and again, down to a tenth in all; 0: never.
        decay_epochs: usize = 10, Domain::AtLeast(0.0);
        /// What a reconstruction costs; `cross-entropy` is for values from 0 to 1.
        reconstruction: String = SQUARED_ERROR.to_owned(), Domain::OneOf(&[SQUARED_ERROR, CROSS_ENTROPY]);
        /// Variance of the Gaussian behind `squared-error`, as a share of the mean square of the data.
        noise_variance: f64 = 0.5, Domain::Above(0.0);
        ..pretraining: pretraining::Params;
    }
}

/// The model.
pub struct VaDe;

impl Model for VaDe {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "vade",
        about: "variational deep embedding: a variational autoencoder whose prior is a mixture of Gaussians",
        reference: "Jiang, Zheng, Tan, Tang and Zhou: Variational Deep Embedding, IJCAI 2017",
        revision: 1,
        accepts: Accepts::NUMBERS,
        parameters: <Params as Parameters>::specs,
        check: unchecked,
        stages: pretraining::uses,
        program: Program::Torch,
        wants_clusters: true,
        own_parameters: false,
        work,
    };
}

fn work(values: &Values, rows: usize, columns: usize) -> f64 {
    let Ok(params) = Params::from_values(values) else { return 0.0 };
    let steps = params.epochs * rows.div_ceil(params.batch_size.max(1));
    autoencoder_seconds(rows, columns, &params.pretraining, params.batch_size, steps)
}

#[cfg(feature = "torch")]
impl Clusterer for VaDe {
    fn fit(params: &Params, data: &Dataset, trial: &mut TrialContext) -> Result<Clustering, FitError> {
        if params.reconstruction == CROSS_ENTROPY {
            within_unit(data)?;
        }
        let settings = StartSettings {
            clusters: params.clusters,
            pretraining: params.pretraining.with_batch_size(params.batch_size),
            seed_restarts: params.seed_restarts,
        };
        let Start { data, autoencoder, kmeans, device } = start(data, &settings, trial)?;
        let reconstruction = match params.reconstruction.as_str() {
            CROSS_ENTROPY => Reconstruction::CrossEntropy,
            _ => Reconstruction::SquaredError { variance: params.noise_variance * mean_square(&data) },
        };
        let codes = to_array(&autoencoder.codes(&data))?;
        let mixture = first_mixture(codes.view(), &kmeans.clusters, kmeans.centers.nrows());
        let network =
            Network::new(autoencoder, FIRST_SHARE * mean_variance(codes.view()), MixturePrior::new(&mixture, device)?);
        network.learn(&data, &phase(params), params.learning_rate, reconstruction, trial)?;
        let clusters = network.clusters(&data)?;
        trial.count("nonempty_clusters", occupied(&clusters));
        Ok(Clustering { clusters })
    }
}

/// The first variance of `q(z|x)`, as a share of the mean variance of a column of the code: little, so that the decoder
/// sees first what it was pretrained on.
#[cfg(feature = "torch")]
const FIRST_SHARE: f64 = 0.01;

#[cfg(feature = "torch")]
fn phase(params: &Params) -> Phase {
    let (epochs, floor) = (params.decay_epochs, params.learning_rate * 0.1);
    Phase {
        name: "cluster",
        title: "clustering",
        epochs: params.epochs,
        batch_size: params.batch_size,
        setting: format!("learning-rate {}", Value::Number(params.learning_rate)),
        decay: (epochs > 0).then_some(StepDecay { epochs, factor: 0.9, floor }),
    }
}

/// Refuses values that are no probabilities.
#[cfg(feature = "torch")]
fn within_unit(data: &Dataset) -> Result<(), FitError> {
    let outside = |value: &f64| *value < 0.0 || *value > 1.0;
    match data.views.iter().flat_map(|view| view.values.iter()).find(|value| outside(value)) {
        Some(value) => {
            let reason = format!("reconstruction `{CROSS_ENTROPY}` is for values from 0 to 1; there is {value}");
            Err(FitError::NotApplicable(reason))
        }
        None => Ok(()),
    }
}
