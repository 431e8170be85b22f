//! Deep canonical correlation analysis: Andrew, Arora, Bilmes and Livescu, ICML 2013, and k-means on what it learns.
//!
//! A network a view (d-256-256-10, ReLU between, nothing on the output) learns to maximise the sum of the canonical
//! correlations of their outputs on a batch: `|S11^(-1/2) S12 S22^(-1/2)|` in the nuclear norm (their equation 10), with
//! `S11 = H1'H1 / (m - 1) + r I` and `S22` alike. The gradient is their closed form (equations 11 to 13; `torch/cca.rs`);
//! networks and all else are in double precision. Then linear CCA of the outputs of all rows (regularised by
//! `linear-regularization`), and k-means, the best of 20 starts, on both views' projections side by side. The score
//! `correlation` is the sum of correlations there, of all rows.
//!
//! Batches of 400 rows, since a correlation of few rows says nothing: with no more rows than outputs it is the number of
//! outputs whatever they are (Wang, Arora, Livescu and Bilmes, ICASSP 2015, on mini-batches). Such a `batch-size` is not
//! applicable, and a last batch of so few rows is left out.
//!
//! Departures: the paper trains on all rows at once by L-BFGS from pretrained weights and does not cluster; here Adam
//! (rate .001, weight decay 1e-5) from Xavier-uniform weights. Standardise the columns.

use crate::model::deep::canonical::{self, Params};
use crate::model::{Accepts, Model, ModelSpec, Program, no_stages};
#[cfg(feature = "torch")]
use crate::model::{Clusterer, Clustering, FitError, TrialContext};
use crate::parameter::Parameters;
#[cfg(feature = "torch")]
use crate::{dataset::Dataset, torch};

/// The model.
pub struct Dcca;

impl Model for Dcca {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "dcca",
        about: "deep canonical correlation analysis: networks of two views learn outputs that correlate; k-means on them",
        reference: "Andrew, Arora, Bilmes and Livescu: Deep Canonical Correlation Analysis, ICML 2013",
        revision: 1,
        accepts: Accepts::NUMBERS,
        parameters: <Params as Parameters>::specs,
        check: canonical::check,
        stages: no_stages,
        program: Program::Torch,
        wants_clusters: true,
        own_parameters: false,
        work: |values, rows, columns| canonical::work(values, rows, columns, false),
    };
}

#[cfg(feature = "torch")]
impl Clusterer for Dcca {
    fn fit(params: &Params, data: &Dataset, trial: &mut TrialContext) -> Result<Clustering, FitError> {
        torch::canonical::fit(params, 0.0, data, trial)
    }
}
