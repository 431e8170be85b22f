//! Random assignment: the floor that every clustering must beat.

use crate::dataset::Dataset;
use crate::model::{
    Accepts, Clusterer, Clustering, FitError, Model, ModelSpec, Program, TaskKind, TrialContext, unchecked,
};
use crate::parameter::{Domain, Parameters};
use crate::parameters;
use crate::rng::Purpose;

parameters! {
    /// Parameters of random assignment.
    pub struct Params {
        /// Number of clusters; left out, the number of classes.
        clusters: Option<usize> = None, Domain::AtLeast(1.0);
    }
}

/// Each row to a cluster drawn uniformly.
pub struct Random;

impl Model for Random {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "random",
        about: "each row to a cluster drawn uniformly: the floor",
        reference: "none",
        revision: 1,
        accepts: Accepts { tasks: &[TaskKind::Clustering], missing: true },
        parameters: Params::specs,
        check: unchecked,
        program: Program::Native,
        wants_clusters: true,
    };
}

impl Clusterer for Random {
    fn fit(params: &Params, data: &Dataset, trial: &mut TrialContext) -> Result<Clustering, FitError> {
        let clusters = trial.clusters(params.clusters, data.rows())?;
        let mut stream = trial.stream(Purpose::Init, "random");
        let clusters = (0..data.rows()).map(|_| stream.below(clusters)).collect();
        Ok(Clustering { clusters, scores: Vec::new() })
    }
}
