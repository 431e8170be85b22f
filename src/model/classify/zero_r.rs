//! ZeroR: the largest class for every row.

use ndarray::Array2;
use serde_json::json;

use crate::dataset::Dataset;
use crate::model::classify::instances::{Instances, classified, judged};
use crate::model::{
    Accepts, FitData, FitError, Fitted, Learner, Model, ModelSpec, Predictions, Printed, Program, TaskKind,
    TrialContext, light_work, no_stages, unchecked,
};
use crate::parameter::Parameters;
use crate::parameters;
use crate::weka::Scheme;
use crate::weka::number::first_largest;

parameters! {
    /// There is nothing to set.
    pub struct Params {}
}

/// What Weka calls it.
pub static WEKA: Scheme = Scheme { class: "weka.classifiers.rules.ZeroR", kind: "zero-r", flags: &[] };

/// Every row to the class that most training rows have, the first of equals; shares are Laplace-corrected: (n_c + 1) /
/// (N + K).
pub struct ZeroR;

impl Model for ZeroR {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "zero-r",
        about: "every row to the largest class of the training rows, with Laplace's shares: Weka's floor",
        reference: "Weka's ZeroR",
        revision: 1,
        accepts: Accepts { tasks: &[TaskKind::Classification], ..Accepts::ANYTHING },
        parameters: Params::specs,
        check: unchecked,
        stages: no_stages,
        program: Program::Native,
        wants_clusters: false,
        own_parameters: false,
        work: light_work,
    };
}

impl Learner for ZeroR {
    fn fit(_: &Params, data: &FitData<'_>, _: &mut TrialContext) -> Result<Box<dyn Fitted>, FitError> {
        let instances = Instances::training(data)?;
        let counts: Vec<f64> = instances.class_weights().iter().map(|weight| weight + 1.0).collect();
        let total: f64 = counts.iter().sum();
        let shares = counts.iter().map(|count| count / total).collect();
        Ok(Box::new(Largest { shares, classes: instances.classes }))
    }
}

struct Largest {
    shares: Vec<f64>,
    classes: Vec<String>,
}

impl Fitted for Largest {
    fn predict(&self, rows: &Dataset) -> Result<Predictions, FitError> {
        let values = judged(rows)?;
        Ok(classified(Array2::from_shape_fn((values.nrows(), self.shares.len()), |(_, class)| self.shares[class])))
    }

    fn printed(&self) -> Option<Printed> {
        let class = &self.classes[first_largest(self.shares.iter().copied())];
        Some(Printed { text: format!("ZeroR predicts class value: {class}\n"), json: json!({}) })
    }
}
