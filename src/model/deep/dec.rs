//! Deep embedded clustering: Xie, Girshick and Farhadi, ICML 2016.
//!
//! Starts from a pretrained autoencoder and k-means on its code (see `autoencoder-kmeans`). Then the encoder and the
//! centres μ learn to minimise `KL(P‖Q) = Σ_i Σ_j p_ij log(p_ij / q_ij)` (their equation 2), where
//! `q_ij ∝ (1 + |z_i - μ_j|²)⁻¹` (equation 1) and `p_ij ∝ q_ij² / f_j` with `f_j = Σ_i q_ij` over all rows
//! (equation 3). The decoder is left alone. The answer is `argmax_j q_ij`.
//!
//! As in the authors' code: SGD with rate .01 and momentum .9; batches of 256 in data order; P held for
//! `update-interval` steps (theirs: 160 on MNIST, 40 on STL, 20 on Reuters); the end when fewer than .1 % of the rows
//! changed cluster between two targets, or after 20,000 steps. The divergence is summed over clusters and averaged over
//! the batch. Departures: the pretraining is that of `autoencoder-kmeans`, and the tolerance counts only after two
//! targets.

use crate::model::deep::{autoencoder_seconds, pretraining};
use crate::model::{Accepts, Model, ModelSpec, Program, unchecked};
#[cfg(feature = "torch")]
use crate::model::{Clusterer, Clustering, FitError, TrialContext};
use crate::parameter::{Domain, Parameters, Values};
#[cfg(feature = "torch")]
use crate::{
    dataset::Dataset,
    torch::autoencoder::Autoencoder,
    torch::cluster_head::{ClusterHead, Target},
    torch::optimizer::Rule,
    torch::refinement::{Schedule, refine},
    torch::start::{StartSettings, start},
    torch::training::Objective,
};

crate::parameters! {
    /// What `dec` can be told.
    pub struct Params {
        /// How many clusters; as many as there are classes when left out.
        clusters: Option<usize> = None, Domain::AtLeast(1.0);
        /// Rows a step; the last step of a pass may have fewer.
        batch_size: usize = pretraining::BATCH_SIZE, Domain::AtLeast(2.0);
        /// Restarts of k-means on the code; the one with the lowest inertia wins.
        seed_restarts: usize = 20, Domain::AtLeast(1.0);
        /// Step size of SGD while clustering.
        learning_rate: f64 = 0.01, Domain::Above(0.0);
        /// What SGD keeps of its velocity.
        momentum: f64 = 0.9, Domain::Between(0.0, 1.0);
        /// Steps from one target to the next.
        update_interval: usize = 30, Domain::AtLeast(1.0);
        /// Stop when a smaller share of the rows changed their cluster between two targets; 0 never stops early.
        tolerance: f64 = 1e-3, Domain::Between(0.0, 1.0);
        /// Steps of clustering at most; 0 leaves the k-means start as it is.
        max_iterations: usize = 20_000, Domain::AtLeast(0.0);
        ..pretraining: pretraining::Params;
    }
}

/// The model.
pub struct Dec;

impl Model for Dec {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "dec",
        about: "deep embedded clustering: encoder and centres learn towards a sharpened soft assignment",
        reference: "Xie, Girshick and Farhadi: Unsupervised Deep Embedding for Clustering Analysis, ICML 2016",
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
    autoencoder_seconds(rows, columns, &params.pretraining, params.batch_size, params.max_iterations)
}

#[cfg(feature = "torch")]
impl Clusterer for Dec {
    fn fit(params: &Params, data: &Dataset, trial: &mut TrialContext) -> Result<Clustering, FitError> {
        let settings = StartSettings {
            clusters: params.clusters,
            pretraining: params.pretraining.with_batch_size(params.batch_size),
            seed_restarts: params.seed_restarts,
        };
        let start = start(data, &settings, trial)?;
        let head = ClusterHead::new(start.kmeans.centers.view(), start.device);
        cluster(params, &start.data, &start.autoencoder, &head, trial)
    }
}

/// The second phase alone, on `data`, `[rows, columns]`, from the given networks and centres, which it moves.
///
/// # Errors
/// As [`refine`].
#[cfg(feature = "torch")]
pub fn cluster(
    params: &Params,
    data: &tch::Tensor,
    autoencoder: &Autoencoder,
    head: &ClusterHead,
    trial: &mut TrialContext,
) -> Result<Clustering, FitError> {
    let mut parameters = autoencoder.encoder.parameters();
    parameters.push(head.centers());
    let schedule = Schedule {
        batch_size: params.batch_size,
        update_interval: params.update_interval,
        tolerance: params.tolerance,
        max_iterations: params.max_iterations,
        rule: Rule::Sgd { learning_rate: params.learning_rate, momentum: params.momentum },
    };
    let objective = |batch: &tch::Tensor, target: &Target| Objective {
        loss: head.divergence(&autoencoder.encoder.forward(batch), target),
        parts: Vec::new(),
    };
    refine(data, autoencoder, head, parameters, schedule, &objective, trial)
}
