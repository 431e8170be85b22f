//! Multinomial logistic regression with a ridge (le Cessie and van Houwelingen 1992).
//!
//! Missing values become the mean or the most frequent word, columns that are constant or have a word of their own in
//! more than 99 of 100 rows are left out, nominal columns are coded by
//! [`BinaryCoding`](crate::model::classify::binary_coding::BinaryCoding), and every column is standardised. Then
//! `-log-likelihood + ridge * (sum of squared slopes)` is minimised, the last class being the one that the others are
//! compared with; the intercepts are not penalised.
//!
//! The minimum is approached by [BFGS](quasi_newton) and the fit ends where Weka's does. That matters where a plane parts
//! the training classes and the ridge is next to nothing: the minimum lies far out then, and how far a fit gets decides
//! the coefficients.
//!
//! Departure: more than 4096 coefficients are not applicable.

pub mod likelihood;
pub mod quasi_newton;
pub mod regression;
pub mod text;

use serde_json::{Value as Json, json};

use self::regression::{Regression, Rows};
use crate::dataset::Dataset;
use crate::model::classify::instances::{Instances, classified, judged};
use crate::model::{
    Accepts, FitData, FitError, Fitted, Learner, Model, ModelSpec, Predictions, Printed, Program, TaskKind,
    TrialContext, light_work, no_stages, unchecked,
};
use crate::parameter::{Domain, Parameters};
use crate::parameters;
use crate::weka::{Flag, Scheme, Takes};

parameters! {
    /// Parameters of the logistic regression.
    pub struct Params {
        /// How much the squares of the standardised slopes count.
        ridge: f64 = 1e-8, Domain::AtLeast(0.0);
        /// Steps of the minimisation at most; left out, as many as it takes, but 2000 at most.
        max_iterations: Option<usize> = None, Domain::AtLeast(0.0);
    }
}

/// What Weka calls it.
pub static WEKA: Scheme = Scheme {
    class: "weka.classifiers.functions.Logistic",
    kind: "logistic",
    flags: &[
        // Another way to the same minimum.
        Flag::keyless("-C", Takes::Nothing),
        Flag::value("-R", "ridge"),
        Flag::value("-M", "max-iterations").takes(Takes::ValueOrNone("-1")),
        Flag::keyless("-batch-size", Takes::Only(&[])),
        Flag::keyless("-num-decimal-places", Takes::Only(&[])),
    ],
};

/// Logistic regression.
pub struct Logistic;

impl Model for Logistic {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "logistic",
        about: "multinomial logistic regression with a ridge on the slopes",
        reference: "le Cessie and van Houwelingen 1992; Weka's Logistic",
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
        work: |values, rows, columns| 100.0 * light_work(values, rows, columns),
    };
}

impl Learner for Logistic {
    fn fit(params: &Params, data: &FitData<'_>, trial: &mut TrialContext) -> Result<Box<dyn Fitted>, FitError> {
        let instances = Instances::training(data)?;
        let rows = Rows {
            columns: &instances.columns,
            values: instances.values.view(),
            codes: &instances.codes,
            weights: &instances.weights,
            classes: instances.classes.len(),
        };
        let regression = Regression::fit(rows, params.ridge, params.max_iterations)?;
        said(&regression, trial);
        Ok(Box::new(Judge { regression, classes: instances.classes, ridge: params.ridge }))
    }
}

/// Tells the trial how the fit ended.
pub fn said(regression: &Regression, trial: &mut TrialContext) {
    trial.count("iterations", regression.iterations);
    if !regression.converged {
        trial.note(format!("the minimum was not reached in {} steps", regression.iterations));
    }
}

/// The coefficients of a regression, the intercepts first, one number a class but the last.
pub fn coefficients(regression: &Regression) -> Json {
    json!(regression.coefficients().rows().into_iter().map(|row| row.to_vec()).collect::<Vec<_>>())
}

struct Judge {
    regression: Regression,
    classes: Vec<String>,
    ridge: f64,
}

impl Fitted for Judge {
    fn predict(&self, rows: &Dataset) -> Result<Predictions, FitError> {
        Ok(classified(self.regression.shares(judged(rows)?.view())))
    }

    fn printed(&self) -> Option<Printed> {
        let names: Vec<&str> = ["Intercept"].into_iter().chain(self.regression.names()).collect();
        let json = json!({ "coefficients": coefficients(&self.regression), "attributes": names });
        Some(Printed { text: text::text(&self.regression, &self.classes, self.ridge), json })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Column, Labels, View};
    use ndarray::{Array2, array};

    fn data(values: Array2<f64>, columns: Vec<Column>, codes: &[usize], classes: usize) -> Dataset {
        let classes = (0..classes).map(|class| format!("c{class}")).collect();
        let labels = Labels { name: "class".to_owned(), classes, codes: codes.to_vec() };
        Dataset::new(vec![View { name: "x".to_owned(), columns, values }], Some(labels))
    }

    fn fit(train: &Dataset) -> Result<Box<dyn Fitted>, FitError> {
        let data = FitData { task: TaskKind::Classification, train, validation: None };
        Logistic::fit(&Params::default(), &data, &mut TrialContext::new(0, None, &mut |_| ()))
    }

    fn shares(fitted: &dyn Fitted, rows: &Dataset) -> Array2<f64> {
        match fitted.predict(rows) {
            Ok(Predictions::Classes { probabilities: Some(shares), .. }) => {
                assert!(shares.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-12), "{shares}");
                shares
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn odd_data_have_an_outcome() {
        let nan = f64::NAN;
        let many: Vec<String> = (0..10_000).map(|i| format!("w{i}")).collect();
        let x = || vec![Column::numeric("x")];
        for train in [
            data(array![[1.0]], x(), &[0], 1),
            data(array![[1.0], [2.0]], x(), &[0, 0], 1),
            data(array![[1.0]], x(), &[1], 3),
            data(array![[nan], [nan]], x(), &[0, 1], 2),
            data(array![[7.0], [7.0]], x(), &[0, 1], 2),
            data(array![[1.0], [2.0], [3.0]], x(), &[0, 0, 0], 2),
            data(array![[1.0], [2.0], [3.0]], x(), &[1, 1, 1], 2),
            data(array![[0.0], [9999.0]], vec![Column::nominal("w", many.clone())], &[0, 1], 2),
            data(Array2::zeros((3, 0)), Vec::new(), &[0, 1, 1], 2),
        ] {
            let fitted = fit(&train).expect("fits");
            assert_eq!(shares(&*fitted, &train).nrows(), train.rows());
            assert!(fitted.printed().is_some_and(|printed| printed.text.contains("Intercept")));
            let unseen = data(Array2::from_elem(train.views[0].values.raw_dim(), 20_000.0), Vec::new(), &[], 0);
            shares(&*fitted, &unseen);
        }
        let repeated = data(
            Array2::from_shape_fn((300, 1), |(row, _)| f64::from(u8::from(row > 9))),
            vec![Column::nominal("w", many)],
            &[0; 300],
            2,
        );
        assert!(matches!(fit(&repeated), Err(FitError::NotApplicable(_))));
        let none = data(Array2::zeros((0, 1)), x(), &[], 2);
        assert!(matches!(fit(&none), Err(FitError::NotApplicable(_))));
    }

    #[test]
    fn shares_of_rows_without_columns_are_those_of_the_classes() {
        let train = data(Array2::zeros((4, 0)), Vec::new(), &[0, 1, 1, 1], 2);
        let shares = shares(&*fit(&train).expect("fits"), &train);
        assert!((shares[(0, 0)] - 0.25).abs() < 1e-4);
    }

    #[test]
    fn a_row_of_weight_two_is_two_rows() {
        let mut train = data(array![[1.0], [2.0], [3.0], [2.5]], vec![Column::numeric("x")], &[0, 1, 0, 1], 2);
        train.weights = Some(vec![1.0, 2.0, 1.0, 1.0]);
        let twice = data(array![[1.0], [2.0], [2.0], [3.0], [2.5]], vec![Column::numeric("x")], &[0, 1, 1, 0, 1], 2);
        let [a, b] = [&train, &twice].map(|rows| shares(&*fit(rows).expect("fits"), &train));
        assert!((a - b).iter().all(|x| x.abs() < 1e-6));
    }
}
