//! Random assignment: the floor that every method must beat.

use ndarray::Array2;

use crate::dataset::Dataset;
use crate::model::{
    Accepts, FitData, FitError, Fitted, Learner, Model, ModelSpec, Predictions, Program, TaskKind, TrialContext,
    light_work, no_stages, unchecked,
};
use crate::parameter::{Domain, Parameters};
use crate::parameters;
use crate::rng::{Purpose, Stream};

parameters! {
    /// Parameters of random assignment.
    pub struct Params {
        /// Number of clusters; left out, the number of classes. Only for clustering.
        clusters: Option<usize> = None, Domain::AtLeast(1.0);
    }
}

/// Each row to a cluster or class drawn uniformly; each row's outlier score drawn uniformly.
pub struct Random;

impl Model for Random {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "random",
        about: "each row to a cluster or class drawn uniformly, or a uniform outlier score: the floor",
        reference: "none",
        revision: 1,
        accepts: Accepts {
            tasks: &[TaskKind::Clustering, TaskKind::Classification, TaskKind::Outliers],
            weights: false,
            ..Accepts::ANYTHING
        },
        parameters: Params::specs,
        check: unchecked,
        stages: no_stages,
        program: Program::Native,
        wants_clusters: true,
        own_parameters: false,
        work: light_work,
    };
}

impl Learner for Random {
    fn fit(params: &Params, data: &FitData<'_>, trial: &mut TrialContext) -> Result<Box<dyn Fitted>, FitError> {
        let groups = match data.task {
            TaskKind::Clustering => trial.clusters(params.clusters, data.train.rows())?,
            TaskKind::Classification => data.train.labels.as_ref().map_or(1, |labels| labels.classes.len()),
            TaskKind::Outliers | TaskKind::Rules => 2,
        };
        // Folds of one seed are not to get the same draws: their spread would be none.
        let part = trial.fold.map_or_else(|| "random".to_owned(), |fold| format!("random.{fold}"));
        Ok(Box::new(Drawn { task: data.task, groups, stream: trial.stream(Purpose::Init, &part) }))
    }
}

struct Drawn {
    task: TaskKind,
    groups: usize,
    stream: Stream,
}

impl Fitted for Drawn {
    fn predict(&self, rows: &Dataset) -> Result<Predictions, FitError> {
        let mut stream = self.stream.clone();
        let rows = rows.rows();
        let mut draw = || (0..rows).map(|_| stream.below(self.groups)).collect::<Vec<_>>();
        Ok(match self.task {
            TaskKind::Clustering => Predictions::Clusters(draw()),
            TaskKind::Rules => Predictions::Rules(draw()),
            TaskKind::Classification => {
                #[expect(clippy::cast_precision_loss, reason = "a number of classes")]
                let equal = Array2::from_elem((rows, self.groups), 1.0 / self.groups as f64);
                Predictions::Classes { predicted: draw().into_iter().map(Some).collect(), probabilities: Some(equal) }
            }
            TaskKind::Outliers => {
                let score: Vec<f64> = (0..rows).map(|_| stream.uniform()).collect();
                Predictions::Outliers { outlier: score.iter().map(|score| *score >= 0.5).collect(), score }
            }
        })
    }
}
