//! Deep canonically correlated autoencoders: Wang, Arora, Livescu and Bilmes, ICML 2015, and k-means on what they learn.
//!
//! As `dcca`, with a mirrored decoder a view. On a batch of m rows the networks minimise
//! `-corr(f(X), g(Y)) + λ/m Σ_i (|x_i - p(f(x_i))|² + |y_i - q(g(y_i))|²)`: squared errors are summed over
//! the columns, as there, so λ weighs a number of the order of the columns against a correlation of at most
//! `latent-dimension`. It is to be chosen for each data set; λ = 0 is `dcca`.
//!
//! Departures: the paper clusters the first view's outputs spectrally; here k-means sees both views' projections side by
//! side, as in papers on multi-view clustering (`code = "first"` for the first alone). The paper pretrains layer by layer,
//! uses three layers of 1024 sigmoid units, SGD with momentum, and smaller batches for the reconstruction than for the
//! correlation; here Adam, one batch for both, and the networks of `dcca`. Standardise the columns.

use crate::model::deep::canonical;
use crate::model::{Accepts, Model, ModelSpec, Program, no_stages};
#[cfg(feature = "torch")]
use crate::model::{Clusterer, Clustering, FitError, TrialContext};
use crate::parameter::{Domain, Parameters};
#[cfg(feature = "torch")]
use crate::{dataset::Dataset, torch};

crate::parameters! {
    /// What `dccae` can be told.
    pub struct Params {
        /// Weight of the squared error of reconstruction, summed over columns, beside the correlation.
        lambda: f64 = 1.0, Domain::AtLeast(0.0);
        ..canonical: canonical::Params;
    }
}

/// The model.
pub struct Dccae;

impl Model for Dccae {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "dccae",
        about: "deep canonically correlated autoencoders: outputs of two views that correlate and reconstruct; k-means on them",
        reference: "Wang, Arora, Livescu and Bilmes: On Deep Multi-View Representation Learning, ICML 2015",
        revision: 1,
        accepts: Accepts::NUMBERS,
        parameters: <Params as Parameters>::specs,
        check: canonical::check,
        stages: no_stages,
        program: Program::Torch,
        wants_clusters: true,
        own_parameters: false,
        work: |values, rows, columns| canonical::work(values, rows, columns, true),
    };
}

#[cfg(feature = "torch")]
impl Clusterer for Dccae {
    fn fit(params: &Params, data: &Dataset, trial: &mut TrialContext) -> Result<Clustering, FitError> {
        torch::canonical::fit(&params.canonical, params.lambda, data, trial)
    }
}
