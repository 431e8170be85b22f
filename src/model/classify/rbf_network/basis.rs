//! Gaussian basis functions: one for each cluster of each class.

use std::f64::consts::PI;

use ndarray::{Array2, ArrayView1, ArrayView2, Axis};

use crate::dataset::Column;
use crate::model::classify::fill::{fill, word};
use crate::model::classify::instances::Instances;
use crate::model::cluster::simple_kmeans::core::{Found, Options, Start, cluster};

/// Passes of the clustering at most.
const ITERATIONS: usize = 500;

/// Basis functions of all classes.
#[derive(Clone, Debug)]
pub struct Basis {
    columns: Vec<Column>,
    /// Mean and standard deviation of each column of numbers; (0, 1) for a nominal one.
    scales: Vec<(f64, f64)>,
    /// Those of the classes that have rows.
    pub groups: Vec<Group>,
}

/// The clusters of a class.
#[derive(Clone, Debug)]
pub struct Group {
    /// The class.
    pub class: usize,
    /// Its share of the training rows.
    share: f64,
    /// What stands for a missing value.
    standing_in: Vec<f64>,
    /// The functions.
    pub clusters: Vec<Cluster>,
}

/// A basis function: independent normal distributions and distributions of words.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// Its share of the rows of its class.
    pub prior: f64,
    /// One a column.
    pub estimators: Vec<Estimator>,
}

/// A distribution of the values of a column.
#[derive(Clone, Debug)]
pub enum Estimator {
    /// A normal one, of the standardised column.
    Normal {
        /// Its mean.
        mean: f64,
        /// Its standard deviation.
        deviation: f64,
    },
    /// The logarithm of each word's share, and of a word's that was not declared.
    Words(Vec<f64>, f64),
}

impl Basis {
    /// Clusters the rows of each class: `clusters` at most, rows to start from drawn with `seed`; deviations are not below
    /// `least`.
    pub fn fit(instances: &Instances, clusters: usize, seed: i64, least: f64) -> Self {
        let scales: Vec<(f64, f64)> = instances
            .columns
            .iter()
            .zip(instances.values.columns())
            .map(|(column, cells)| if column.words.is_some() { (0.0, 1.0) } else { scale(cells, &instances.weights) })
            .collect();
        let mut basis = Basis { columns: instances.columns.clone(), scales, groups: Vec::new() };
        let rows = basis.standardised(instances.values.view());
        let options =
            Options { clusters, seed, max_iterations: ITERATIONS, start: Start::Random, replace_missing: true };
        let total: f64 = instances.weights.iter().sum();
        for class in 0..instances.classes.len() {
            let mine: Vec<usize> = (0..rows.nrows()).filter(|row| instances.codes[*row] == class).collect();
            if mine.is_empty() {
                continue;
            }
            let mut values = rows.select(Axis(0), &mine);
            let weights: Vec<f64> = mine.iter().map(|row| instances.weights[*row]).collect();
            let found = cluster(&basis.columns, values.view(), &weights, &options);
            fill(&mut values, &found.whole);
            let share = weights.iter().sum::<f64>() / total;
            let clusters = Weighted { columns: &basis.columns, values, weights }.clusters(&found, least);
            basis.groups.push(Group { class, share, standing_in: found.whole, clusters });
        }
        basis
    }

    /// The names of the functions.
    pub fn names(&self) -> Vec<String> {
        let of = |group: &Group| {
            let class = group.class;
            (0..group.clusters.len()).map(move |cluster| format!("pCluster_{class}_{cluster}")).collect::<Vec<_>>()
        };
        self.groups.iter().flat_map(of).collect()
    }

    /// The value of each function at each row, `[rows, functions]`; those of a row add up to 1.
    pub fn values(&self, values: ArrayView2<f64>) -> Array2<f64> {
        let rows = self.standardised(values);
        let functions = self.groups.iter().map(|group| group.clusters.len()).sum();
        let mut values = Array2::zeros((rows.nrows(), functions));
        for (row, mut values) in rows.rows().into_iter().zip(values.rows_mut()) {
            let mut cells = values.iter_mut();
            for group in &self.groups {
                for (cluster, cell) in group.clusters.iter().zip(&mut cells) {
                    *cell = group.share.ln() + cluster.log_density(row, &group.standing_in);
                }
            }
            let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            values.mapv_inplace(|log| (log - largest).exp());
            let sum = values.sum();
            values /= sum;
        }
        values
    }

    fn standardised(&self, values: ArrayView2<f64>) -> Array2<f64> {
        let mut rows = values.to_owned();
        for mut row in rows.rows_mut() {
            for (cell, (mean, deviation)) in row.iter_mut().zip(&self.scales) {
                *cell = (*cell - mean) / deviation;
            }
        }
        rows
    }
}

impl Cluster {
    /// The logarithm of the density times the cluster's share.
    fn log_density(&self, row: ArrayView1<f64>, standing_in: &[f64]) -> f64 {
        let mut sum = self.prior.ln();
        for ((value, standing_in), estimator) in row.iter().zip(standing_in).zip(&self.estimators) {
            sum += estimator.log_density(if value.is_nan() { *standing_in } else { *value });
        }
        sum
    }
}

impl Estimator {
    fn log_density(&self, value: f64) -> f64 {
        match self {
            Estimator::Normal { mean, deviation } => {
                let apart = (value - mean) / deviation;
                -(deviation * (2.0 * PI).sqrt()).ln() - apart * apart / 2.0
            }
            Estimator::Words(logs, other) => word(value).and_then(|word| logs.get(word)).copied().unwrap_or(*other),
        }
    }
}

/// The rows of a class, standardised and without gaps.
struct Weighted<'a> {
    columns: &'a [Column],
    values: Array2<f64>,
    weights: Vec<f64>,
}

impl Weighted<'_> {
    fn clusters(&self, found: &Found, least: f64) -> Vec<Cluster> {
        let count = found.centres.nrows();
        let total: f64 = self.weights.iter().sum();
        let wholes: Vec<f64> =
            self.values.columns().into_iter().map(|cells| sample_deviation(cells, &self.weights)).collect();
        (0..count)
            .map(|cluster| {
                let mine: Vec<usize> = (0..self.weights.len()).filter(|row| found.clusters[*row] == cluster).collect();
                let estimator = |(at, column): (usize, &Column)| match &column.words {
                    Some(words) => self.words(at, words.len(), &mine),
                    None => self.normal(at, &mine, wholes[at], least),
                };
                let estimators = self.columns.iter().enumerate().map(estimator).collect();
                Cluster { prior: (found.sizes[cluster] + 1.0) / (total + count_of(count)), estimators }
            })
            .collect()
    }

    /// Where a cluster hardly varies, the deviation of the class; where that does not, the least.
    fn normal(&self, column: usize, mine: &[usize], whole: f64, least: f64) -> Estimator {
        let cells = self.values.column(column);
        let total: f64 = mine.iter().map(|row| self.weights[*row]).sum();
        let mean = mine.iter().map(|row| self.weights[*row] * cells[*row]).sum::<f64>() / total;
        let squares: f64 = mine.iter().map(|row| self.weights[*row] * (cells[*row] - mean).powi(2)).sum();
        let own = (squares / total).sqrt();
        let deviation = [own, whole].into_iter().find(|deviation| *deviation > least).unwrap_or(least);
        Estimator::Normal { mean: if mean.is_finite() { mean } else { 0.0 }, deviation }
    }

    fn words(&self, column: usize, words: usize, mine: &[usize]) -> Estimator {
        let mut counts = vec![1.0; words];
        for row in mine {
            if let Some(count) = word(self.values[(*row, column)]).and_then(|word| counts.get_mut(word)) {
                *count += self.weights[*row];
            }
        }
        let total: f64 = counts.iter().sum::<f64>().max(1.0);
        Estimator::Words(counts.iter().map(|count| (count / total).ln()).collect(), (1.0 / total).ln())
    }
}

#[expect(clippy::cast_precision_loss, reason = "a number of clusters")]
fn count_of(n: usize) -> f64 {
    n as f64
}

/// Weighted mean and sample deviation of the known values; a deviation of 1 where they do not vary.
fn scale(cells: ArrayView1<f64>, weights: &[f64]) -> (f64, f64) {
    let known = || cells.iter().zip(weights).filter(|(x, _)| !x.is_nan());
    let total: f64 = known().map(|(_, weight)| weight).sum();
    let mean = known().map(|(x, weight)| weight * x).sum::<f64>() / total;
    let squares: f64 = known().map(|(x, weight)| weight * (x - mean) * (x - mean)).sum();
    let deviation = (squares / (total - 1.0)).sqrt();
    let mean = if mean.is_finite() { mean } else { 0.0 };
    (mean, if deviation > 0.0 && deviation.is_finite() { deviation } else { 1.0 })
}

fn sample_deviation(cells: ArrayView1<f64>, weights: &[f64]) -> f64 {
    let total: f64 = weights.iter().sum();
    let mean = cells.iter().zip(weights).map(|(x, weight)| weight * x).sum::<f64>() / total;
    let squares: f64 = cells.iter().zip(weights).map(|(x, weight)| weight * (x - mean) * (x - mean)).sum();
    (squares / (total - 1.0)).sqrt()
}
