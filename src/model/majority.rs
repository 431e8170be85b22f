//! The largest class for every row: the floor of classification.

use ndarray::{Array1, Array2};

use crate::dataset::Dataset;
use crate::model::{
    Accepts, FitData, FitError, Fitted, Learner, Model, ModelSpec, Predictions, Program, TaskKind, TrialContext,
    light_work, no_stages, unchecked,
};
use crate::parameter::Parameters;
use crate::parameters;

parameters! {
    /// There is nothing to set.
    pub struct Params {}
}

/// Every row to the class that most training rows have; the first of equals.
pub struct Majority;

impl Model for Majority {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "majority",
        about: "every row to the largest class of the training rows: the floor",
        reference: "scikit-learn's DummyClassifier, strategy \"prior\"",
        revision: 1,
        accepts: Accepts { tasks: &[TaskKind::Classification], weights: false, ..Accepts::ANYTHING },
        parameters: Params::specs,
        check: unchecked,
        stages: no_stages,
        program: Program::Native,
        wants_clusters: false,
        own_parameters: false,
        work: light_work,
    };
}

impl Learner for Majority {
    fn fit(_: &Params, data: &FitData<'_>, _: &mut TrialContext) -> Result<Box<dyn Fitted>, FitError> {
        let labels = data.train.labels.as_ref();
        let counts = labels.map(crate::dataset::Labels::counts).filter(|counts| !counts.is_empty());
        let counts = counts.ok_or_else(|| FitError::Failed("the training rows have no classes".to_owned()))?;
        let largest = counts.iter().max().copied().unwrap_or(0);
        let class = counts.iter().position(|rows| *rows == largest).unwrap_or(0);
        #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
        let shares = Array1::from_iter(counts.iter().map(|rows| *rows as f64 / data.train.rows().max(1) as f64));
        Ok(Box::new(Largest { class, shares }))
    }
}

struct Largest {
    class: usize,
    /// Of the training rows, one a class.
    shares: Array1<f64>,
}

impl Fitted for Largest {
    fn predict(&self, rows: &Dataset) -> Result<Predictions, FitError> {
        let mut probabilities = Array2::zeros((rows.rows(), self.shares.len()));
        probabilities.rows_mut().into_iter().for_each(|mut row| row.assign(&self.shares));
        Ok(Predictions::Classes { predicted: vec![Some(self.class); rows.rows()], probabilities: Some(probabilities) })
    }
}
