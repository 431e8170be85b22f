//! K-means on the code of an autoencoder: the baseline that DEC and IDEC start from.
//!
//! The autoencoder (widths d-500-500-2000-10, mirrored; ReLU between, nothing on the code and on the output) learns to
//! minimise the mean of `(x - x̂)²` over rows and columns, with Adam on shuffled batches, from Xavier-uniform weights and
//! zero biases. Then k-means, the best of 20 starts, on the codes.
//!
//! Xie, Girshick and Farhadi (2016), section 3.2, call this the initialisation and “AE + k-means” in their tables.
//! Theirs was a stacked denoising autoencoder, pretrained layer by layer; here all layers learn at once.
//! Scale the data so that the mean of x² is about 1 (step `unit-rms`).

use crate::model::deep::{autoencoder_seconds, pretraining};
use crate::model::{Accepts, Model, ModelSpec, Program, unchecked};
#[cfg(feature = "torch")]
use crate::model::{Clusterer, Clustering, FitError, TrialContext};
use crate::parameter::{Domain, Parameters, Values};
#[cfg(feature = "torch")]
use crate::{dataset::Dataset, torch};

crate::parameters! {
    /// What `autoencoder-kmeans` can be told.
    pub struct Params {
        /// How many clusters; as many as there are classes when left out.
        clusters: Option<usize> = None, Domain::AtLeast(1.0);
        /// Rows a step; the last step of a pass may have fewer.
        batch_size: usize = pretraining::BATCH_SIZE, Domain::AtLeast(2.0);
        /// Restarts of k-means on the code; the one with the lowest inertia wins.
        seed_restarts: usize = 20, Domain::AtLeast(1.0);
        ..pretraining: pretraining::Params;
    }
}

/// The model.
pub struct AutoencoderKMeans;

impl Model for AutoencoderKMeans {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "autoencoder-kmeans",
        about: "k-means on the code of an autoencoder",
        reference: "Xie, Girshick and Farhadi: Unsupervised Deep Embedding for Clustering Analysis, ICML 2016 (its baseline AE + k-means)",
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
    autoencoder_seconds(rows, columns, &params.pretraining, params.batch_size, 0)
}

#[cfg(feature = "torch")]
impl Clusterer for AutoencoderKMeans {
    fn fit(params: &Params, data: &Dataset, trial: &mut TrialContext) -> Result<Clustering, FitError> {
        let settings = torch::start::StartSettings {
            clusters: params.clusters,
            pretraining: params.pretraining.with_batch_size(params.batch_size),
            seed_restarts: params.seed_restarts,
        };
        let start = torch::start::start(data, &settings, trial)?;
        trial.count("kmeans_iterations", start.kmeans.iterations);
        trial.count("nonempty_clusters", torch::cluster_head::occupied(&start.kmeans.clusters));
        Ok(Clustering { clusters: start.kmeans.clusters })
    }
}
