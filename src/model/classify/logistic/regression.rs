//! From rows to coefficients: missing values, useless columns, coding, standardising, fitting.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

use crate::dataset::Column;
use crate::model::FitError;
use crate::model::classify::binary_coding::BinaryCoding;
use crate::model::classify::fill::means_or_modes;
use crate::model::classify::logistic::likelihood::{Problem, log_normaliser};
use crate::model::classify::logistic::quasi_newton::minimum;

/// Coefficients at most: a matrix of them is kept.
const LARGEST: usize = 4096;

/// Steps where none were named.
const STEPS: usize = 2000;

/// Training rows, whatever they were made of.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    /// What each column is.
    pub columns: &'a [Column],
    /// `[rows, columns]`.
    pub values: ArrayView2<'a, f64>,
    /// One a row.
    pub codes: &'a [usize],
    /// One a row.
    pub weights: &'a [f64],
    /// The number of classes.
    pub classes: usize,
}

/// A fitted regression.
#[derive(Clone, Debug)]
pub struct Regression {
    standing_in: Vec<f64>,
    /// Columns that are of use.
    kept: Vec<usize>,
    coding: BinaryCoding,
    /// Mean and standard deviation of each coded column.
    scales: Vec<(f64, f64)>,
    /// `[1 + coded columns, classes - 1]`, of standardised columns.
    coefficients: Array2<f64>,
    classes: usize,
    /// Steps taken.
    pub iterations: usize,
    /// Whether it ended by itself.
    pub converged: bool,
}

impl Regression {
    /// Fits, in so many steps at most.
    ///
    /// # Errors
    /// Not applicable with too many coefficients.
    pub fn fit(rows: Rows<'_>, ridge: f64, steps: Option<usize>) -> Result<Self, FitError> {
        let standing_in = means_or_modes(rows.columns, rows.values, rows.weights);
        let of_use = |at: &usize| is_of_use(&rows.columns[*at], rows.values.column(*at), standing_in[*at]);
        let kept: Vec<usize> = (0..rows.columns.len()).filter(of_use).collect();
        let columns: Vec<Column> = kept.iter().map(|&at| rows.columns[at].clone()).collect();
        let coding = BinaryCoding::new(&columns);
        let others = rows.classes.saturating_sub(1);
        let count = (coding.width() + 1).saturating_mul(others);
        if count > LARGEST {
            return Err(FitError::NotApplicable(format!("{count} coefficients (more than {LARGEST})")));
        }
        let mut regression = Regression {
            scales: Vec::new(),
            coefficients: Array2::zeros((coding.width() + 1, others)),
            classes: rows.classes,
            iterations: 0,
            converged: true,
            standing_in,
            kept,
            coding,
        };
        let coded = regression.coded(rows.values);
        regression.scales = scales(&coded, rows.weights);
        if regression.scales.iter().any(|(mean, deviation)| !(mean.is_finite() && deviation.is_finite())) {
            return Err(FitError::Failed("the deviation of a column is not finite".to_owned()));
        }
        if others > 0 {
            regression.minimise(rows, &regression.design(&coded), ridge, steps);
        }
        Ok(regression)
    }

    fn minimise(&mut self, rows: Rows<'_>, design: &Array2<f64>, ridge: f64, steps: Option<usize>) {
        let mut counts = vec![1.0; rows.classes];
        rows.codes.iter().zip(rows.weights).for_each(|(code, weight)| counts[*code] += weight);
        let mut start = Array2::<f64>::zeros(self.coefficients.raw_dim());
        let last = counts[rows.classes - 1];
        start.row_mut(0).iter_mut().zip(&counts).for_each(|(intercept, count)| *intercept = (count / last).ln());
        let problem =
            Problem { rows: design.view(), codes: rows.codes, weights: rows.weights, classes: rows.classes, ridge };
        let found = minimum(&problem, start.iter().copied().collect(), steps.unwrap_or(STEPS));
        self.coefficients.iter_mut().zip(&found.x).for_each(|(coefficient, x)| *coefficient = *x);
        self.iterations = found.iterations;
        self.converged = found.converged;
    }

    /// The probabilities of the classes, `[rows, classes]`.
    pub fn shares(&self, values: ArrayView2<f64>) -> Array2<f64> {
        let scores = self.design(&self.coded(values)).dot(&self.coefficients);
        let mut shares = Array2::zeros((values.nrows(), self.classes));
        for (scores, mut shares) in scores.rows().into_iter().zip(shares.rows_mut()) {
            let normaliser = log_normaliser(scores.iter().copied());
            // The last class has the score 0.
            let all = scores.iter().copied().chain([0.0]);
            shares.iter_mut().zip(all).for_each(|(share, score)| *share = (score - normaliser).exp());
        }
        shares
    }

    /// The names of the coded columns.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.coding.columns.iter().map(|column| column.name.as_str())
    }

    /// Coefficients of the columns as they were, `[1 + coded columns, classes - 1]`, the intercepts first.
    pub fn coefficients(&self) -> Array2<f64> {
        let mut plain = self.coefficients.clone();
        for (at, (mean, deviation)) in self.scales.iter().enumerate() {
            let slopes = self.coefficients.row(at + 1).mapv(|slope| slope / deviation);
            plain.row_mut(0).scaled_add(-mean, &slopes);
            plain.row_mut(at + 1).assign(&slopes);
        }
        plain
    }

    fn coded(&self, values: ArrayView2<f64>) -> Array2<f64> {
        let mut coded = Array2::zeros((values.nrows(), self.coding.width()));
        let mut known = Array1::zeros(self.kept.len());
        for (from, mut to) in values.rows().into_iter().zip(coded.rows_mut()) {
            for (cell, at) in known.iter_mut().zip(&self.kept) {
                *cell = if from[*at].is_nan() { self.standing_in[*at] } else { from[*at] };
            }
            self.coding.apply_row(known.view(), to.iter_mut());
            // A word that was not declared is none of the others.
            to.mapv_inplace(|x| if x.is_nan() { 0.0 } else { x });
        }
        coded
    }

    /// 1, then the standardised columns.
    fn design(&self, coded: &Array2<f64>) -> Array2<f64> {
        let mut design = Array2::ones((coded.nrows(), coded.ncols() + 1));
        for (from, mut to) in coded.rows().into_iter().zip(design.rows_mut()) {
            for ((cell, x), (mean, deviation)) in to.iter_mut().skip(1).zip(from).zip(&self.scales) {
                *cell = (x - mean) / deviation;
            }
        }
        design
    }
}

/// Not constant once missing values are filled in, and not a name of each row: more than 99 of 100 rows with a word of their
/// own.
#[expect(clippy::cast_precision_loss, reason = "counts of rows")]
fn is_of_use(column: &Column, cells: ArrayView1<f64>, standing_in: f64) -> bool {
    let Some(words) = &column.words else {
        let mut known = cells.iter().filter(|x| !x.is_nan());
        return known.next().is_some_and(|first| known.any(|x| x != first));
    };
    let mut present = vec![false; words.len()];
    for cell in cells {
        let word = crate::model::classify::fill::word(if cell.is_nan() { standing_in } else { *cell });
        if let Some(present) = word.and_then(|word| present.get_mut(word)) {
            *present = true;
        }
    }
    let distinct = present.iter().filter(|present| **present).count();
    distinct > 1 && distinct as f64 / cells.len() as f64 <= 0.99
}

/// Weighted mean and sample standard deviation of each column; (0, 1) for one that does not vary. Row by row, as they lie
/// in memory.
fn scales(coded: &Array2<f64>, weights: &[f64]) -> Vec<(f64, f64)> {
    let total: f64 = weights.iter().sum();
    let mut means = vec![0.0; coded.ncols()];
    for (row, weight) in coded.rows().into_iter().zip(weights) {
        means.iter_mut().zip(row).for_each(|(sum, x)| *sum += weight * x);
    }
    means.iter_mut().for_each(|sum| *sum /= total);
    let mut squares = vec![0.0; coded.ncols()];
    for (row, weight) in coded.rows().into_iter().zip(weights) {
        let cells = squares.iter_mut().zip(row).zip(&means);
        cells.for_each(|((sum, x), mean)| *sum += weight * (x - mean) * (x - mean));
    }
    let scale = |(mean, squares): (f64, f64)| {
        let deviation = (squares / (total - 1.0)).sqrt();
        if deviation > 0.0 { (mean, deviation) } else { (0.0, 1.0) }
    };
    means.into_iter().zip(squares).map(scale).collect()
}
