//! The cluster of each row as a column.

use ndarray::Array2;

use crate::dataset::{Column, View};
use crate::model::cluster::simple_kmeans::core::{Found, Options, Start, cluster};
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::preprocess::fusion::{free_name, with_columns};
use crate::preprocess::{Effect, FittedStep, Learn, Learned, Nominal, Remark, StepSpec, Training};

parameters! {
    /// How the clusters are found.
    pub struct Params {
        /// Clusters at most.
        clusters: usize = 2, Domain::AtLeast(1.0);
        /// Seed of the start rows, in Weka's generator.
        seed: usize = 10, Domain::Any;
        /// Passes over the rows at most.
        max_iterations: usize = 500, Domain::AtLeast(1.0);
    }
}

/// The step.
pub static SPEC: StepSpec = StepSpec {
    kind: "cluster-membership",
    about: "adds a column of words `cluster`: the nearest of the centres that k-means finds in the training rows; other \
            columns stay",
    reference: "Weka's AddCluster with SimpleKMeans",
    revision: 1,
    parameters: Params::specs,
    effect: |_| Effect { nominal: Nominal::Makes, ..Effect::NUMBERS },
    learn: Learn::Columns(learn),
};

struct Membership {
    found: Found,
    column: Column,
}

fn learn(values: &Values, training: &Training<'_>) -> Learned {
    let params = Params::from_values(values).map_err(|(name, what)| format!("`{name}`: {what}"))?;
    let view = training.view;
    if view.values.nrows() == 0 {
        return Err("there are no training rows to group".to_owned());
    }
    if let Some(((row, column), value)) = view.values.indexed_iter().find(|(_, value)| value.is_infinite()) {
        return Err(format!("column `{}` holds {value} in training row {row}", view.columns[column].name));
    }
    let options = Options {
        clusters: params.clusters,
        seed: i64::try_from(params.seed).unwrap_or(i64::MAX),
        max_iterations: params.max_iterations,
        start: Start::Random,
        replace_missing: true,
    };
    let found = cluster(&view.columns, view.values.view(), &training.weights(), &options);
    let words: Vec<String> = (1..=found.centres.nrows()).map(|number| format!("cluster{number}")).collect();
    let column = Column::nominal(free_name(view, "cluster"), words);
    Ok(Box::new(Membership { found, column }))
}

impl FittedStep for Membership {
    fn apply(&self, view: View) -> View {
        let nearest = self.found.nearest(view.values.view());
        #[expect(clippy::cast_precision_loss, reason = "indices of clusters")]
        let codes = Array2::from_shape_fn((nearest.len(), 1), |(row, _)| nearest[row] as f64);
        with_columns(view, [self.column.clone()], &codes)
    }

    fn remark(&self) -> Remark {
        let sizes: Vec<String> = self.found.sizes.iter().map(ToString::to_string).collect();
        let note = format!("{} clusters of {} training rows", sizes.len(), sizes.join(", "));
        Remark { note: Some(note), counts: vec![("clusters", sizes.len())] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preprocess::tests::{applied, learned};
    use ndarray::array;

    #[test]
    fn near_rows_are_in_one_cluster_and_new_rows_go_to_the_nearest() {
        let train = array![[0.0, 0.1], [0.1, 0.0], [9.0, 9.1], [9.1, 9.0]];
        let fitted = learned(&SPEC, train.clone());
        let after = applied(&*fitted, train);
        assert_eq!(after.dim(), (4, 3));
        assert!(after[[0, 2]] == after[[1, 2]] && after[[2, 2]] == after[[3, 2]] && after[[0, 2]] != after[[2, 2]]);
        let new = applied(&*fitted, array![[8.0, 8.0], [f64::NAN, 0.0]]);
        assert_eq!(new[[0, 2]], after[[2, 2]]);
        assert_eq!(fitted.remark().counts, [("clusters", 2)]);
    }
}
