//! SimpleKMeans: Lloyd's k-means as Weka has it, on numbers scaled to 0..1 and on words, from rows that Java's generator
//! draws.
//!
//! Missing values become the mean or the most frequent word of all rows. Distances are Euclidean on columns scaled by
//! their ranges, a nominal column counting 1 where the words differ; centres are means and modes. It ends when no row
//! changes its cluster; clusters that lose all rows vanish. Rows that were not in the fit go to the nearest centre.
//!
//! Departures: `max-iterations` reached, the rows are assigned once more to the last centres; with `replace-missing` off a
//! centre has a missing value only where none of its rows knows one; canopy and farthest-first starts are not there.

pub mod core;
mod space;
mod text;

use serde_json::{Value as Json, json};

use self::core::{Found, Options, Start, cluster};
use crate::dataset::{Column, Dataset};
use crate::model::classify::fill::word;
use crate::model::classify::instances::judged;
use crate::model::{
    Accepts, FitData, FitError, Fitted, Learner, Model, ModelSpec, Predictions, Printed, Program, TrialContext,
    light_work, no_stages, unchecked,
};
use crate::parameter::{Domain, Parameters};
use crate::parameters;
use crate::value::Value;
use crate::weka::{Flag, Scheme, Takes};

const STARTS: &[&str] = &["random", "k-means++"];

parameters! {
    /// Parameters of SimpleKMeans.
    pub struct Params {
        /// Number of clusters; fewer come out where fewer rows differ, or where some become empty.
        clusters: usize = 2, Domain::AtLeast(1.0);
        /// Seed of Java's generator, which draws the rows to start from.
        seed: usize = 10, Domain::AtLeast(0.0);
        /// Passes over the rows at most.
        max_iterations: usize = 500, Domain::AtLeast(1.0);
        /// How start rows are drawn: `random`, or `k-means++` by the distance to the nearest one drawn before.
        init: String = "random".to_owned(), Domain::OneOf(STARTS);
        /// Whether missing values become the mean or the most frequent word; else they are as far away as can be.
        replace_missing: bool = true, Domain::Any;
    }
}

/// What Weka calls it.
pub static WEKA: Scheme = Scheme {
    class: "weka.clusterers.SimpleKMeans",
    kind: "simple-kmeans",
    flags: &[
        Flag::value("-init", "init").takes(Takes::Words(&[("0", "random"), ("1", "k-means++")])).with("init"),
        Flag::keyless("-max-candidates", Takes::Only(&[])),
        Flag::keyless("-periodic-pruning", Takes::Only(&[])),
        Flag::keyless("-min-density", Takes::Only(&[])),
        Flag::keyless("-t1", Takes::Only(&[])),
        Flag::keyless("-t2", Takes::Only(&[])),
        Flag::keyless("-V", Takes::Nothing),
        Flag::value("-M", "replace-missing").takes(Takes::Off),
        Flag::value("-N", "clusters"),
        // Read, but not reported: no key is never away from its default.
        Flag::keyless("-A", Takes::Only(&["weka.core.EuclideanDistance -R first-last", "weka.core.EuclideanDistance"]))
            .with(""),
        Flag::value("-I", "max-iterations"),
        // The order of the rows that Weka keeps is in no result here.
        Flag::keyless("-O", Takes::Nothing),
        Flag::keyless("-fast", Takes::Nothing),
        Flag::keyless("-num-slots", Takes::Only(&[])),
        Flag::value("-S", "seed"),
    ],
};

/// Weka's k-means.
pub struct SimpleKMeans;

impl Model for SimpleKMeans {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "simple-kmeans",
        about: "k-means as Weka has it: numbers scaled to 0..1, words and missing values taken, one start",
        reference: "Lloyd 1982; Arthur and Vassilvitskii 2007; Weka's SimpleKMeans",
        revision: 1,
        accepts: Accepts { missing: true, nominal: true, ..Accepts::NUMBERS },
        parameters: Params::specs,
        check: unchecked,
        stages: no_stages,
        program: Program::Native,
        wants_clusters: false,
        own_parameters: false,
        work: |values, rows, columns| {
            let clusters = values.get("clusters").and_then(Value::as_number).unwrap_or(2.0);
            clusters * light_work(values, rows, columns)
        },
    };
}

impl Learner for SimpleKMeans {
    fn fit(params: &Params, data: &FitData<'_>, trial: &mut TrialContext) -> Result<Box<dyn Fitted>, FitError> {
        let train = data.train;
        let values = judged(train)?;
        if values.nrows() == 0 {
            return Err(FitError::NotApplicable("there are no rows".to_owned()));
        }
        if train.views.len() > 1 {
            trial.note(format!("the {} views are joined side by side", train.views.len()));
        }
        let columns: Vec<Column> = train.views.iter().flat_map(|view| view.columns.iter().cloned()).collect();
        let weights = train.weights.clone().unwrap_or_else(|| vec![1.0; values.nrows()]);
        let options = params.options();
        let found = cluster(&columns, values.view(), &weights, &options);
        if found.centres.nrows() < params.clusters {
            trial.note(format!("{} clusters are left of {}", found.centres.nrows(), params.clusters));
        }
        trial.count("iterations", found.iterations);
        trial.score("sse", found.sse);
        Ok(Box::new(Centres { found, columns, options, total: weights.iter().sum() }))
    }
}

impl Params {
    fn options(&self) -> Options {
        Options {
            clusters: self.clusters,
            seed: i64::try_from(self.seed).unwrap_or(i64::MAX),
            max_iterations: self.max_iterations,
            start: if self.init == STARTS[1] { Start::PlusPlus } else { Start::Random },
            replace_missing: self.replace_missing,
        }
    }
}

/// What the fit leaves.
struct Centres {
    found: Found,
    columns: Vec<Column>,
    options: Options,
    /// The weight of all rows.
    total: f64,
}

impl Fitted for Centres {
    fn predict(&self, rows: &Dataset) -> Result<Predictions, FitError> {
        Ok(Predictions::Clusters(self.found.nearest(judged(rows)?.view())))
    }

    fn printed(&self) -> Option<Printed> {
        let found = &self.found;
        let centres: Vec<Vec<Json>> = found
            .centres
            .rows()
            .into_iter()
            .map(|row| row.iter().zip(&self.columns).map(|(value, column)| cell(*value, column)).collect())
            .collect();
        let json = json!({
            "sse": found.sse,
            "iterations": found.iterations,
            "sizes": found.sizes,
            "centroids": centres,
        });
        Some(Printed { text: text::text(found, &self.columns, &self.options, self.total), json })
    }
}

/// A number, or a word.
fn cell(value: f64, column: &Column) -> Json {
    match &column.words {
        None => json!(value),
        Some(words) => json!(word(value).and_then(|word| words.get(word))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::View;
    use crate::model::TaskKind;
    use ndarray::{Array2, array};

    fn fit(values: Array2<f64>, columns: Vec<Column>, params: &Params) -> Box<dyn Fitted> {
        let view = View { name: "x".to_owned(), columns, values };
        let train = Dataset::new(vec![view], None);
        let data = FitData { task: TaskKind::Clustering, train: &train, validation: None };
        SimpleKMeans::fit(params, &data, &mut TrialContext::new(0, None, &mut |_| ())).expect("fits")
    }

    fn clusters(fitted: &dyn Fitted, values: Array2<f64>) -> Vec<usize> {
        match fitted.predict(&Dataset::new(vec![View::numbered("x", values)], None)) {
            Ok(Predictions::Clusters(clusters)) => clusters,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn groups_are_found_and_new_rows_go_to_the_nearest() {
        let values = array![[0.0], [0.1], [9.0], [9.1], [0.2]];
        let fitted = fit(values.clone(), vec![Column::numeric("x")], &Params::default());
        let found = clusters(&*fitted, values);
        assert!(found[0] == found[1] && found[0] == found[4] && found[2] == found[3] && found[0] != found[2]);
        assert_eq!(clusters(&*fitted, array![[100.0], [-100.0]]), [found[2], found[0]]);
    }

    #[test]
    fn odd_data_have_an_outcome() {
        let nan = f64::NAN;
        let many: Vec<String> = (0..10_000).map(|i| format!("w{i}")).collect();
        let words = || Column::nominal("w", many.clone());
        for init in STARTS {
            for replace_missing in [true, false] {
                let params = Params { clusters: 3, init: (*init).to_owned(), replace_missing, ..Params::default() };
                for (values, columns) in [
                    (array![[1.0]], vec![Column::numeric("x")]),
                    (array![[nan], [nan], [nan]], vec![Column::numeric("x")]),
                    (array![[2.0, 1.0], [2.0, nan], [2.0, 1.0]], vec![Column::numeric("x"), words()]),
                    (array![[9999.0], [0.0], [nan], [5.0]], vec![words()]),
                    (array![[nan, nan], [nan, 3.0]], vec![words(), words()]),
                ] {
                    let fitted = fit(values.clone(), columns, &params);
                    assert_eq!(clusters(&*fitted, values.clone()).len(), values.nrows());
                    assert!(fitted.printed().is_some_and(|printed| printed.text.contains("kMeans")));
                    let unseen = Array2::from_elem((2, values.ncols()), 20_000.0);
                    assert_eq!(clusters(&*fitted, unseen).len(), 2);
                }
            }
        }
        let fitted = fit(Array2::zeros((4, 0)), Vec::new(), &Params::default());
        assert_eq!(clusters(&*fitted, Array2::zeros((2, 0))), [0, 0]);
        let none = Dataset::new(vec![View::numbered("x", Array2::zeros((0, 2)))], None);
        let data = FitData { task: TaskKind::Clustering, train: &none, validation: None };
        let outcome = SimpleKMeans::fit(&Params::default(), &data, &mut TrialContext::new(0, None, &mut |_| ()));
        assert!(matches!(outcome, Err(FitError::NotApplicable(_))));
    }

    #[test]
    fn a_row_of_weight_two_is_two_rows_in_the_means() {
        let columns = [Column::numeric("x")];
        let options = Params { clusters: 1, ..Params::default() }.options();
        let found = cluster(&columns, array![[0.0], [3.0]].view(), &[2.0, 1.0], &options);
        assert_eq!((found.centres[(0, 0)], found.sizes[0]), (1.0, 3.0));
        assert!((found.sse - (2.0 / 9.0 + 4.0 / 9.0)).abs() < 1e-12);
    }
}
