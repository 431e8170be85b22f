//! IB1: the class of the nearest training row, the first of equals (Aha, Kibler and Albert 1991), as Weka 3.6 has it. A
//! column whose range is below 1e-6 counts nothing.

use ndarray::Array2;
use serde_json::json;

use crate::dataset::Dataset;
use crate::model::classify::instances::{Instances, classified, judged};
use crate::model::classify::nearest::space::Space;
use crate::model::{
    Accepts, FitData, FitError, Fitted, Learner, Model, ModelSpec, Predictions, Printed, Program, TaskKind,
    TrialContext, light_work, no_stages, unchecked,
};
use crate::parameter::Parameters;
use crate::parameters;
use crate::weka::Scheme;
use crate::weka::number::NEAR;

parameters! {
    /// There is nothing to set.
    pub struct Params {}
}

/// What Weka calls it.
pub static WEKA: Scheme = Scheme { class: "weka.classifiers.lazy.IB1", kind: "ib1", flags: &[] };

/// The class of the nearest training row.
pub struct Ib1;

impl Model for Ib1 {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "ib1",
        about: "the class of the nearest training row, the first of equals",
        reference: "Aha, Kibler and Albert, Instance-Based Learning Algorithms, Machine Learning 6, 1991",
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

impl Learner for Ib1 {
    fn fit(_: &Params, data: &FitData<'_>, _: &mut TrialContext) -> Result<Box<dyn Fitted>, FitError> {
        let rows = Instances::training(data)?;
        let space = Space::new(rows.values, &rows.columns, NEAR);
        Ok(Box::new(Nearest { space, codes: rows.codes, classes: rows.classes.len() }))
    }
}

struct Nearest {
    space: Space,
    codes: Vec<usize>,
    classes: usize,
}

impl Fitted for Nearest {
    fn predict(&self, rows: &Dataset) -> Result<Predictions, FitError> {
        let values = judged(rows)?;
        let mut space = self.space.clone();
        let mut found = Vec::new();
        let mut shares = Array2::zeros((values.nrows(), self.classes));
        for (row, mut shares) in values.rows().into_iter().zip(shares.rows_mut()) {
            space.widen(row);
            space.nearest(row, 1, None, &mut found);
            if let Some(first) = found.first() {
                shares[self.codes[first.row]] = 1.0;
            }
        }
        Ok(classified(shares))
    }

    fn printed(&self) -> Option<Printed> {
        Some(Printed { text: "IB1 classifier\n".to_owned(), json: json!({}) })
    }
}
