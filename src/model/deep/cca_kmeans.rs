//! K-means on what linear canonical correlation analysis makes of two views (Hotelling 1936): the floor for `dcca` and
//! `dccae`.
//!
//! With covariances `S11 = X'X / (n - 1) + r I`, `S22` likewise and `S12 = X'Y / (n - 1)` of the centred views, and
//! `U D V'` the singular value decomposition of `S11^(-1/2) S12 S22^(-1/2)`, the views are projected by the leading columns
//! of `S11^(-1/2) U` and `S22^(-1/2) V`. k-means, the best of 20 starts, sees both projections side by side, as in papers
//! on multi-view clustering; `code = "first"` is the first view's alone. `r` (.1) counts beside variances: standardise the
//! columns. The score `correlation` is the sum of the regularised correlations.

use crate::model::deep::canonical;
use crate::model::{Accepts, Model, ModelSpec, Program, no_stages};
#[cfg(feature = "torch")]
use crate::model::{Clusterer, Clustering, FitError, TrialContext};
use crate::parameter::{Domain, Parameters, Values};
#[cfg(feature = "torch")]
use crate::{
    dataset::Dataset,
    torch::canonical::{Answer, enough_rows, to_double, two_views},
    torch::prepare,
};

crate::parameters! {
    /// What `cca-kmeans` can be told.
    pub struct Params {
        /// How many clusters; as many as there are classes when left out.
        clusters: Option<usize> = None, Domain::AtLeast(1.0);
        /// Pairs of projections; no more than a view has columns.
        latent_dimension: usize = 10, Domain::AtLeast(1.0);
        /// Added to the variances of the columns.
        regularization: f64 = 0.1, Domain::AtLeast(0.0);
        /// What k-means sees: both views' projections side by side, or the first view's.
        code: String = "both".to_owned(), Domain::OneOf(&["both", "first"]);
        /// The names of the two views that are correlated; left out, the first two (views that a file names in a table are
        /// in the order of their names).
        views: Vec<String> = Vec::new(), Domain::Any;
        /// Restarts of k-means on the code; the one with the lowest inertia wins.
        seed_restarts: usize = 20, Domain::AtLeast(1.0);
    }
}

/// The model.
pub struct CcaKMeans;

impl Model for CcaKMeans {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "cca-kmeans",
        about: "k-means on the linear projections of two views that correlate most",
        reference: "Hotelling: Relations Between Two Sets of Variates, Biometrika 1936",
        revision: 1,
        accepts: Accepts::NUMBERS,
        parameters: <Params as Parameters>::specs,
        check: canonical::check,
        stages: no_stages,
        program: Program::Torch,
        wants_clusters: true,
        own_parameters: false,
        work,
    };
}

/// Covariances of `rows · columns²`, decompositions of some ten times `columns³`.
#[expect(clippy::cast_precision_loss, reason = "a rough estimate")]
fn work(_: &Values, rows: usize, columns: usize) -> f64 {
    let (rows, columns) = (rows as f64, columns as f64);
    0.05 + (rows * columns.powi(2) + 10.0 * columns.powi(3)) / 1e10
}

#[cfg(feature = "torch")]
impl Clusterer for CcaKMeans {
    fn fit(params: &Params, data: &Dataset, trial: &mut TrialContext) -> Result<Clustering, FitError> {
        let views = two_views(data, &params.views, trial)?;
        let rows = views[0].nrows();
        let clusters = trial.clusters(params.clusters, rows)?;
        let components = params.latent_dimension.min(views[0].ncols()).min(views[1].ncols());
        enough_rows(None, rows, components)?;
        prepare().map_err(FitError::Failed)?;
        let tensors = views.map(|view| to_double(view, tch::Device::Cpu));
        let answer = Answer {
            components: params.latent_dimension,
            regularization: params.regularization,
            code: &params.code,
            clusters,
            seed_restarts: params.seed_restarts,
        };
        answer.of([&tensors[0], &tensors[1]], trial)
    }
}
