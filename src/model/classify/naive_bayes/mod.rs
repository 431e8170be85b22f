//! Naive Bayes (John and Langley, Estimating Continuous Distributions in Bayesian Classifiers, UAI 1995): classes by the
//! product of their share and each attribute's probability within them.
//!
//! - Class shares and words: Laplace-corrected counts, (n + 1) / (N + number of words). A missing value is no factor.
//! - Numbers: a normal distribution a class; values are rounded to multiples of the column's precision, the mean gap
//!   between neighbouring distinct training values (0.01 where there are fewer than two), and a value's probability is
//!   that of the interval of this length around it.
//! - `kernel`: instead of one normal distribution one around each distinct value, of width range / √n, summed outwards
//!   from the value, first up and then down, each way until what is left could add less than 1 %. John and Langley's
//!   width is 1 / √n; Weka scales it by the range, and the early end is Weka's as well.
//! - `discretize`: numbers are cut into intervals by description length (Fayyad and Irani) and count as words.
//! - No factor is below 1e-75; where the largest product falls under 1e-75, all are lifted by 1e75.
//!
//! The first two forms and `discretize` were compared with Weka 3.9.7 on every data set of its shared oracles. `kernel`
//! has none there: it was written from the paper and compared with Weka 3.9.7 on seven data sets, on two more with
//! weighted rows, whose results are kept below `tests/oracles/weka`; the early end was found from these.

mod estimator;
mod text;

use ndarray::{Array2, ArrayView1};
use serde_json::{Map, json};

use crate::dataset::{Column, Dataset};
use crate::model::classify::discretized::Intervals;
use crate::model::classify::instances::{Instances, classified, judged};
use crate::model::classify::naive_bayes::estimator::{Discrete, Estimator, Kernel, Normal};
use crate::model::classify::naive_bayes::text::{Attribute, text};
use crate::model::{
    Accepts, FitData, FitError, Fitted, Learner, Model, ModelSpec, Predictions, Printed, Program, TaskKind,
    TrialContext, light_work, no_stages,
};
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::value::Value;
use crate::weka::order::sort;
use crate::weka::scheme::{Flag, Scheme, Takes};

/// The least factor, and what products are lifted by.
const LEAST: f64 = 1e-75;

parameters! {
    /// How numbers are seen.
    pub struct Params {
        /// Whether a column of numbers is estimated by a kernel around each value instead of one normal distribution.
        kernel: bool = false, Domain::Any;
        /// Whether columns of numbers are cut into intervals by description length first.
        discretize: bool = false, Domain::Any;
    }
}

/// What Weka calls it. `-O` only prints the model in an older form.
pub static WEKA: Scheme = Scheme {
    class: "weka.classifiers.bayes.NaiveBayes",
    kind: "naive-bayes",
    flags: &[Flag::switch("-K", "kernel"), Flag::switch("-D", "discretize"), Flag::keyless("-O", Takes::Nothing)],
};

/// Classes by Bayes' rule, attributes taken for independent within a class.
pub struct NaiveBayes;

impl Model for NaiveBayes {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "naive-bayes",
        about: "Bayes' rule with attributes taken for independent within a class; numbers as normal distributions, kernels or intervals",
        reference: "John and Langley, Estimating Continuous Distributions in Bayesian Classifiers, UAI 1995",
        revision: 1,
        accepts: Accepts { tasks: &[TaskKind::Classification], ..Accepts::ANYTHING },
        parameters: Params::specs,
        check: one_of_two,
        stages: no_stages,
        program: Program::Native,
        wants_clusters: false,
        own_parameters: false,
        work: light_work,
    };
}

fn one_of_two(values: &Values) -> Result<(), (String, String)> {
    let on = |name: &str| values.get(name) == Some(&Value::Bool(true));
    if on("kernel") && on("discretize") {
        return Err(("kernel".to_owned(), "not together with `discretize`, which leaves no numbers".to_owned()));
    }
    Ok(())
}

impl Learner for NaiveBayes {
    fn fit(params: &Params, data: &FitData<'_>, _: &mut TrialContext) -> Result<Box<dyn Fitted>, FitError> {
        let rows = Instances::training(data)?;
        let intervals = if params.discretize { Intervals::fit(&rows) } else { Intervals::none(rows.columns.len()) };
        let mut shares = Discrete::new(rows.classes.len());
        for (class, weight) in rows.class_weights().iter().enumerate() {
            shares.counts[class] += weight;
            shares.total += weight;
        }
        let (order, precisions) = sorted(&rows, &intervals);
        let empty = |(column, precision): (usize, &f64)| {
            let words = rows.levels(column).or_else(|| intervals.levels(column));
            let empty = match words {
                Some(words) => Estimator::Discrete(Discrete::new(words)),
                None if params.kernel => Estimator::Kernel(Kernel::new(*precision)),
                None => Estimator::Normal(Normal::new(*precision)),
            };
            vec![empty; rows.classes.len()]
        };
        let mut estimators: Vec<_> = precisions.iter().enumerate().map(empty).collect();
        count(&rows, &intervals, &order, &mut estimators);
        Ok(Box::new(Bayes {
            columns: rows.columns,
            classes: rows.classes,
            discretized: params.discretize,
            intervals,
            shares,
            estimators,
        }))
    }
}

/// The order in which rows are counted, and the precision of each column of numbers. Weka sorts its rows by one such
/// column after the other, each time starting from what the last sort left, and counts only then: the order of sums
/// decides the last digits of a small deviation.
fn sorted(rows: &Instances, intervals: &Intervals) -> (Vec<usize>, Vec<f64>) {
    let mut order: Vec<(f64, usize)> = (0..rows.rows()).map(|row| (0.0, row)).collect();
    let mut precisions = Vec::with_capacity(rows.columns.len());
    for (at, column) in rows.columns.iter().enumerate() {
        if column.words.is_some() || intervals.levels(at).is_some() {
            precisions.push(f64::NAN);
            continue;
        }
        // Side by side, as they are read in another order.
        let values = rows.values.column(at).to_vec();
        let missing = values.iter().filter(|value| value.is_nan()).count();
        order.iter_mut().for_each(|(key, row)| *key = values[*row]);
        sort(&mut order);
        precisions.push(precision(order.iter().map(|(key, _)| *key).take(values.len() - missing)));
    }
    (order.into_iter().map(|(_, row)| row).collect(), precisions)
}

/// Counts all rows in their order; `estimators` are by column, then by class.
fn count(rows: &Instances, intervals: &Intervals, order: &[usize], estimators: &mut [Vec<Estimator>]) {
    for row in order {
        let (code, weight) = (rows.codes[*row], rows.weights[*row]);
        for (column, (value, estimators)) in rows.values.row(*row).iter().zip(&mut *estimators).enumerate() {
            if !value.is_nan() {
                estimators[code].add(intervals.index(column, *value), weight);
            }
        }
    }
    estimators.iter_mut().flatten().for_each(Estimator::finish);
}

/// The mean gap between neighbouring distinct values, which come in order, none missing.
#[expect(clippy::cast_precision_loss, reason = "a number of rows")]
fn precision(sorted: impl Iterator<Item = f64>) -> f64 {
    let mut last = f64::NAN;
    let (mut sum, mut distinct) = (0.0, 0_usize);
    for value in sorted {
        if value != last && !last.is_nan() {
            sum += value - last;
            distinct += 1;
        }
        last = value;
    }
    if distinct > 0 && sum > 0.0 && sum.is_finite() { sum / distinct as f64 } else { 0.01 }
}

struct Bayes {
    columns: Vec<Column>,
    classes: Vec<String>,
    discretized: bool,
    intervals: Intervals,
    shares: Discrete,
    /// By column, then by class.
    estimators: Vec<Vec<Estimator>>,
}

impl Bayes {
    /// The class shares of one row.
    fn distribution(&self, row: ArrayView1<'_, f64>) -> Vec<f64> {
        let mut products: Vec<f64> = self.shares.counts.iter().map(|count| count / self.shares.total).collect();
        for (column, value) in row.iter().enumerate().take(self.columns.len()) {
            if value.is_nan() {
                continue;
            }
            let value = self.intervals.index(column, *value);
            let mut largest = 0.0_f64;
            for (product, estimator) in products.iter_mut().zip(&self.estimators[column]) {
                *product *= estimator.probability(value).max(LEAST);
                largest = largest.max(*product);
            }
            if largest > 0.0 && largest < LEAST {
                products.iter_mut().for_each(|product| *product /= LEAST);
            }
        }
        let sum: f64 = products.iter().sum();
        if sum > 0.0 {
            products.iter_mut().for_each(|product| *product /= sum);
        }
        products
    }
}

impl Fitted for Bayes {
    fn predict(&self, rows: &Dataset) -> Result<Predictions, FitError> {
        let values = judged(rows)?;
        let mut shares = Array2::zeros((values.nrows(), self.classes.len()));
        for (row, mut shares) in values.rows().into_iter().zip(shares.rows_mut()) {
            self.distribution(row).into_iter().zip(&mut shares).for_each(|(share, place)| *place = share);
        }
        Ok(classified(shares))
    }

    fn printed(&self) -> Option<Printed> {
        let words = |at: usize| {
            let own = self.columns[at].words.as_ref().map(|words| words.to_vec());
            own.or_else(|| self.intervals.names(at))
        };
        let attributes: Vec<Attribute<'_>> = self
            .columns
            .iter()
            .zip(&self.estimators)
            .enumerate()
            .map(|(at, (column, estimators))| Attribute { name: &column.name, words: words(at), estimators })
            .collect();
        let shares: Vec<f64> = self.shares.counts.iter().map(|count| count / self.shares.total).collect();
        let mut json = Map::from_iter([("class".to_owned(), Estimator::Discrete(self.shares.clone()).json())]);
        if self.discretized {
            json.insert("cut_points".to_owned(), self.intervals.json(&self.columns));
        }
        let estimators = |attribute: &Attribute<'_>| {
            let each: Vec<_> = attribute.estimators.iter().map(Estimator::json).collect();
            (attribute.name.to_owned(), json!(each))
        };
        json.insert("attributes".to_owned(), attributes.iter().map(estimators).collect::<Map<_, _>>().into());
        Some(Printed { text: text(&self.classes, &shares, &attributes), json: json.into() })
    }
}
