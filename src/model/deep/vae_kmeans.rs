//! K-means on the code of a variational autoencoder: the baseline of VaDE and ATT-VAE.
//!
//! Each view has an encoder (d-256-256, ReLU, then a linear head each for the mean and the log variance of 16 codes) and a
//! decoder that sees the codes of all views; `z = m + exp(l / 2) ε`. They learn to minimise the squared error, summed
//! over the columns of all views, plus `β KL(q(z|x) ‖ N(0, 1))` (Kingma and Welling, ICLR 2014, equation 7 and appendix
//! B), both averaged over rows: Adam, rate 1e-3, 30 epochs of shuffled batches of 256, β = .1. Then k-means, the best of
//! 20 starts, on the means m of all views side by side, never on a draw.
//!
//! `encoder = "alexnet"` puts convolutions with local response normalisation before the dense layers of the encoder, for
//! views that are images (see [`vae_encoder`](super::vae_encoder)); the decoder stays dense.
//!
//! A view is reconstructed from all codes, not from its own alone, so that this is `att-vae` with
//! `attention = "identity"`, to the bit. Scale the columns (step `standardize`): squared errors of columns add up.

use crate::model::deep::{network_seconds, seconds, vae_pretraining};
use crate::model::{Accepts, Model, ModelSpec, Program};
#[cfg(feature = "torch")]
use crate::model::{Clusterer, Clustering, FitError, TrialContext};
use crate::parameter::{Domain, Parameters, Values};
#[cfg(feature = "torch")]
use crate::{
    dataset::Dataset,
    model::deep::vae_pretraining::{AttentionParams, StageParams},
    torch::cluster_head::occupied,
    torch::vae_start::{kmeans, start},
};

crate::parameters! {
    /// What `vae-kmeans` can be told.
    pub struct Params {
        /// How many clusters; as many as there are classes when left out.
        clusters: Option<usize> = None, Domain::AtLeast(1.0);
        /// Rows a step; the last step of a pass may have fewer.
        batch_size: usize = vae_pretraining::BATCH_SIZE, Domain::AtLeast(2.0);
        /// Restarts of k-means on the code; the one with the lowest inertia wins.
        seed_restarts: usize = 20, Domain::AtLeast(1.0);
        ..vae: vae_pretraining::Params;
    }
}

/// The model.
pub struct VaeKMeans;

impl Model for VaeKMeans {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "vae-kmeans",
        about: "k-means on the mean code of a variational autoencoder with a branch a view",
        reference: "Kingma and Welling: Auto-Encoding Variational Bayes, ICLR 2014",
        revision: 1,
        accepts: Accepts::NUMBERS,
        parameters: <Params as Parameters>::specs,
        check,
        stages: vae_pretraining::uses_without_attention,
        program: Program::Torch,
        wants_clusters: true,
        own_parameters: false,
        work,
    };
}

fn check(values: &Values) -> Result<(), (String, String)> {
    Params::from_values(values)?.vae.encoder.check()
}

fn work(values: &Values, rows: usize, columns: usize) -> f64 {
    let Ok(params) = Params::from_values(values) else { return 0.0 };
    learning_seconds(&params.vae, rows, columns, params.vae.pretrain_epochs)
}

/// Roughly the CPU seconds, on one core, of so many passes over the data.
#[expect(clippy::cast_precision_loss, reason = "a rough estimate")]
pub(super) fn learning_seconds(vae: &vae_pretraining::Params, rows: usize, columns: usize, epochs: usize) -> f64 {
    let seen = rows as f64 * epochs as f64;
    let dense = network_seconds(columns, &vae.layers, 2 * vae.latent_dimension, seen);
    dense + seconds(vae.encoder.multiplications(columns) * seen)
}

#[cfg(feature = "torch")]
impl Clusterer for VaeKMeans {
    fn fit(params: &Params, data: &Dataset, trial: &mut TrialContext) -> Result<Clustering, FitError> {
        let stage = StageParams::of(&params.vae, &AttentionParams::identity(), params.batch_size);
        let start = start(data, params.clusters, &stage, trial)?;
        let codes = start.vae.codes(&start.data, false);
        let fit = kmeans(&codes, start.clusters, params.seed_restarts, trial)?;
        trial.count("kmeans_iterations", fit.iterations);
        trial.count("nonempty_clusters", occupied(&fit.clusters));
        Ok(Clustering { clusters: fit.clusters })
    }
}
