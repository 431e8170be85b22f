//! Improved deep embedded clustering: Guo, Gao, Liu and Yin, IJCAI 2017.
//!
//! DEC (see `dec`) that keeps its decoder: the whole autoencoder and the centres learn to minimise
//! `L = L_r + γ KL(P‖Q)` (their equation 6), so that the code stays one from which the rows can be rebuilt. The answer is
//! `argmax_j q_ij`.
//!
//! As in the authors' code: `L_r` is the squared error **averaged over rows and columns** (with a sum over columns γ
//! would have to grow with their number), KL is summed over clusters and averaged over the batch, γ = .1, Adam with
//! rate 1e-3 (their MNIST setting), batches of 256 in data order, no noise on the input, P held for `update-interval`
//! steps (theirs: 140 on MNIST, 30 on USPS, 3 on Reuters), tolerance .1 %, at most 20,000 steps. Departures as in
//! `dec`.

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
    /// What `idec` can be told.
    pub struct Params {
        /// How many clusters; as many as there are classes when left out.
        clusters: Option<usize> = None, Domain::AtLeast(1.0);
        /// Rows a step; the last step of a pass may have fewer.
        batch_size: usize = pretraining::BATCH_SIZE, Domain::AtLeast(2.0);
        /// Restarts of k-means on the code; the one with the lowest inertia wins.
        seed_restarts: usize = 20, Domain::AtLeast(1.0);
        /// Step size of Adam while clustering.
        learning_rate: f64 = 1e-3, Domain::Above(0.0);
        /// Weight of the clustering loss beside the reconstruction.
        gamma: f64 = 0.1, Domain::AtLeast(0.0);
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
pub struct Idec;

impl Model for Idec {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "idec",
        about: "deep embedded clustering that keeps the reconstruction: the code stays faithful to the data",
        reference: "Guo, Gao, Liu and Yin: Improved Deep Embedded Clustering with Local Structure Preservation, IJCAI 2017",
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
impl Clusterer for Idec {
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
    let mut parameters = autoencoder.parameters();
    parameters.push(head.centers());
    let schedule = Schedule {
        batch_size: params.batch_size,
        update_interval: params.update_interval,
        tolerance: params.tolerance,
        max_iterations: params.max_iterations,
        rule: Rule::Adam { learning_rate: params.learning_rate },
    };
    let objective = |batch: &tch::Tensor, target: &Target| {
        let code = autoencoder.encoder.forward(batch);
        let reconstruction = autoencoder.decoder.forward(&code).mse_loss(batch, tch::Reduction::Mean);
        let divergence = head.divergence(&code, target);
        Objective {
            loss: &reconstruction + &divergence * params.gamma,
            parts: vec![("reconstruction", reconstruction), ("divergence", divergence)],
        }
    };
    refine(data, autoencoder, head, parameters, schedule, &objective, trial)
}
