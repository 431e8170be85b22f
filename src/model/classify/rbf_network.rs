//! RBFNetwork: a logistic regression on Gaussian basis functions, the clusters of each class (Moody and Darken 1989).
//!
//! Columns of numbers are standardised; the rows of each class are clustered by
//! [`SimpleKMeans`](crate::model::cluster::simple_kmeans), missing values being the mean or the most frequent word of the
//! class. Each cluster gives a density of independent normal distributions (words: Laplace-corrected shares), weighted by
//! the shares of cluster and class; the densities of a row over their sum are the inputs of
//! [`Logistic`](crate::model::classify::logistic::Logistic).
//!
//! The inputs add up to 1, so that coefficients are not unique and say little; the probabilities do.

pub mod basis;

use ndarray::Array2;
use serde_json::{Value as Json, json};

use self::basis::{Basis, Estimator, Group};
use crate::dataset::{Column, Dataset};
use crate::model::classify::instances::{Instances, classified, judged};
use crate::model::classify::logistic::regression::{Regression, Rows};
use crate::model::classify::logistic::{coefficients, said, text};
use crate::model::{
    Accepts, FitData, FitError, Fitted, Learner, Model, ModelSpec, Predictions, Printed, Program, TaskKind,
    TrialContext, light_work, no_stages, unchecked,
};
use crate::parameter::{Domain, Parameters};
use crate::parameters;
use crate::weka::{Flag, Scheme, Takes};

parameters! {
    /// Parameters of the network of radial basis functions.
    pub struct Params {
        /// Clusters of each class.
        clusters: usize = 2, Domain::AtLeast(1.0);
        /// Seed of Java's generator, which draws the rows that the clustering starts from.
        seed: usize = 1, Domain::AtLeast(0.0);
        /// How much the squares of the standardised slopes of the regression count.
        ridge: f64 = 1e-8, Domain::AtLeast(0.0);
        /// Steps of the regression at most; left out, as many as it takes, but 2000 at most.
        max_iterations: Option<usize> = None, Domain::AtLeast(0.0);
        /// Standard deviations of a cluster are not below this.
        minimum_deviation: f64 = 0.1, Domain::Above(0.0);
    }
}

/// What Weka calls it.
pub static WEKA: Scheme = Scheme {
    class: "weka.classifiers.functions.RBFNetwork",
    kind: "rbf-network",
    flags: &[
        Flag::value("-B", "clusters"),
        Flag::value("-S", "seed"),
        Flag::value("-R", "ridge"),
        Flag::value("-M", "max-iterations").takes(Takes::ValueOrNone("-1")),
        Flag::value("-W", "minimum-deviation"),
    ],
};

/// A network of radial basis functions.
pub struct RbfNetwork;

impl Model for RbfNetwork {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "rbf-network",
        about: "logistic regression on normalised Gaussian basis functions, the k-means clusters of each class",
        reference: "Moody and Darken 1989; Weka's RBFNetwork",
        revision: 1,
        accepts: Accepts {
            tasks: &[TaskKind::Classification],
            missing: true,
            nominal: true,
            weights: true,
            ..Accepts::NUMBERS
        },
        parameters: Params::specs,
        check: unchecked,
        stages: no_stages,
        program: Program::Native,
        wants_clusters: false,
        own_parameters: false,
        work: |values, rows, columns| 20.0 * light_work(values, rows, columns),
    };
}

impl Learner for RbfNetwork {
    fn fit(params: &Params, data: &FitData<'_>, trial: &mut TrialContext) -> Result<Box<dyn Fitted>, FitError> {
        let instances = Instances::training(data)?;
        let seed = i64::try_from(params.seed).unwrap_or(i64::MAX);
        let basis = Basis::fit(&instances, params.clusters, seed, params.minimum_deviation);
        let columns: Vec<Column> = basis.names().into_iter().map(Column::numeric).collect();
        let values = inputs(&basis, &instances.values)?;
        let rows = Rows {
            columns: &columns,
            values: values.view(),
            codes: &instances.codes,
            weights: &instances.weights,
            classes: instances.classes.len(),
        };
        let regression = Regression::fit(rows, params.ridge, params.max_iterations)?;
        said(&regression, trial);
        Ok(Box::new(Network { basis, regression, classes: instances.classes, ridge: params.ridge }))
    }
}

/// The basis functions' values; numbers so large that no density can be told are a failure.
fn inputs(basis: &Basis, values: &Array2<f64>) -> Result<Array2<f64>, FitError> {
    let inputs = basis.values(values.view());
    if inputs.iter().any(|x| x.is_nan()) {
        return Err(FitError::Failed("a row lies so far out that its densities are no numbers".to_owned()));
    }
    Ok(inputs)
}

struct Network {
    basis: Basis,
    regression: Regression,
    classes: Vec<String>,
    ridge: f64,
}

impl Fitted for Network {
    fn predict(&self, rows: &Dataset) -> Result<Predictions, FitError> {
        let inputs = inputs(&self.basis, &judged(rows)?)?;
        Ok(classified(self.regression.shares(inputs.view())))
    }

    fn printed(&self) -> Option<Printed> {
        let text = format!(
            "Radial basis function network\n(Logistic regression applied to K-means clusters as basis functions):\n\n{}",
            text::text(&self.regression, &self.classes, self.ridge)
        );
        let names: Vec<&str> = ["Intercept"].into_iter().chain(self.regression.names()).collect();
        let json = json!({
            "logistic_coefficients": coefficients(&self.regression),
            "attributes": names,
            "clusterers_per_class": self.basis.groups.iter().map(clusterer).collect::<Vec<_>>(),
        });
        Some(Printed { text, json })
    }
}

/// Means and deviations of standardised columns, 0 for nominal ones, and the shares of the clusters.
fn clusterer(group: &Group) -> Json {
    let normal = |estimator: &Estimator| match estimator {
        Estimator::Normal { mean, deviation } => [*mean, *deviation],
        Estimator::Words(..) => [0.0, 0.0],
    };
    let normals: Vec<Vec<[f64; 2]>> =
        group.clusters.iter().map(|cluster| cluster.estimators.iter().map(normal).collect()).collect();
    let priors: Vec<f64> = group.clusters.iter().map(|cluster| cluster.prior).collect();
    json!({ "class": group.class, "normals_mean_sd_weight": normals, "priors": priors })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Labels, View};
    use ndarray::array;

    fn data(values: Array2<f64>, columns: Vec<Column>, codes: &[usize], classes: usize) -> Dataset {
        let classes = (0..classes).map(|class| format!("c{class}")).collect();
        let labels = Labels { name: "class".to_owned(), classes, codes: codes.to_vec() };
        Dataset::new(vec![View { name: "x".to_owned(), columns, values }], Some(labels))
    }

    fn fit(train: &Dataset) -> Result<Box<dyn Fitted>, FitError> {
        let data = FitData { task: TaskKind::Classification, train, validation: None };
        RbfNetwork::fit(&Params::default(), &data, &mut TrialContext::new(0, None, &mut |_| ()))
    }

    fn predicted(fitted: &dyn Fitted, rows: &Dataset) -> Vec<Option<usize>> {
        match fitted.predict(rows) {
            Ok(Predictions::Classes { predicted, probabilities: Some(shares) }) => {
                assert!(shares.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-12), "{shares}");
                predicted
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn classes_of_two_islands_each_are_told_apart() {
        let values = array![[0.0], [0.1], [9.0], [9.1], [4.0], [4.1], [14.0], [14.2]];
        let train = data(values, vec![Column::numeric("x")], &[0, 0, 0, 0, 1, 1, 1, 1], 2);
        let want: Vec<Option<usize>> = [0, 0, 0, 0, 1, 1, 1, 1].map(Some).to_vec();
        assert_eq!(predicted(&*fit(&train).expect("fits"), &train), want);
    }

    #[test]
    fn odd_data_have_an_outcome() {
        let nan = f64::NAN;
        let many: Vec<String> = (0..10_000).map(|i| format!("w{i}")).collect();
        let x = || vec![Column::numeric("x")];
        for train in [
            data(array![[1.0]], x(), &[0], 1),
            data(array![[1.0]], x(), &[1], 3),
            data(array![[nan], [nan]], x(), &[0, 1], 2),
            data(array![[7.0], [7.0]], x(), &[0, 1], 2),
            data(array![[0.0], [9999.0], [3.0]], vec![Column::nominal("w", many)], &[0, 1, 1], 2),
            data(array![[nan]], vec![Column::nominal("w", Vec::new())], &[0], 2),
            data(Array2::zeros((3, 0)), Vec::new(), &[0, 1, 1], 2),
        ] {
            let fitted = fit(&train).expect("fits");
            assert_eq!(predicted(&*fitted, &train).len(), train.rows());
            assert!(fitted.printed().is_some());
            let unseen = data(Array2::from_elem(train.views[0].values.raw_dim(), 20_000.0), Vec::new(), &[], 0);
            assert_eq!(predicted(&*fitted, &unseen).len(), train.rows());
        }
    }
}
