//! The ridge-penalised multinomial likelihood and its derivatives.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut1, s};

use crate::model::classify::logistic::quasi_newton::Objective;

/// What is minimised: - log-likelihood + ridge * sum of squared slopes.
pub struct Problem<'a> {
    /// `[rows, 1 + columns]`, the first column 1.
    pub rows: ArrayView2<'a, f64>,
    /// The class of each row, below `classes`.
    pub codes: &'a [usize],
    /// One a row.
    pub weights: &'a [f64],
    /// The last class is the one that the others are compared with.
    pub classes: usize,
    /// The penalty, 0 or more.
    pub ridge: f64,
}

/// Coefficients, `[1 + columns, classes - 1]`, row after row, with the probabilities of all classes but the last,
/// `[rows, classes - 1]`.
pub struct Shares(Array2<f64>);

impl Problem<'_> {
    fn table<'x>(&self, x: &'x Array1<f64>) -> ArrayView2<'x, f64> {
        let shape = (self.rows.ncols(), self.classes - 1);
        ArrayView2::from_shape(shape, x.as_slice().unwrap_or_default()).unwrap_or_else(|_| ArrayView2::from(&[[]; 0]))
    }
}

impl Objective for Problem<'_> {
    type Aside = Shares;

    fn value(&self, x: &Array1<f64>) -> (f64, Shares) {
        let coefficients = self.table(x);
        let by_class = coefficients.t().as_standard_layout().into_owned();
        let mut shares = Array2::zeros((self.rows.nrows(), self.classes - 1));
        let mut loss = 0.0;
        let cases = self.codes.iter().zip(self.weights);
        for ((from, mut row), (code, weight)) in self.rows.rows().into_iter().zip(shares.rows_mut()).zip(cases) {
            for (score, coefficients) in row.iter_mut().zip(by_class.rows()) {
                *score = product(from, coefficients);
            }
            let mine = row.get(*code).copied().unwrap_or(0.0);
            loss += weight * (into_shares(row) - mine);
        }
        let penalty: f64 = coefficients.slice(s![1.., ..]).iter().map(|x| x * x).sum();
        (loss + self.ridge * penalty, Shares(shares))
    }

    fn gradient(&self, x: &Array1<f64>, shares: &Shares) -> Array1<f64> {
        let mut by_class = Array2::<f64>::zeros((self.classes - 1, self.rows.ncols()));
        let cases = self.codes.iter().zip(self.weights);
        for ((from, shares), (code, weight)) in self.rows.rows().into_iter().zip(shares.0.rows()).zip(cases) {
            for ((class, share), mut sums) in shares.iter().enumerate().zip(by_class.rows_mut()) {
                let apart = (share - f64::from(u8::from(class == *code))) * weight;
                sums.iter_mut().zip(from).for_each(|(sum, x)| *sum += apart * x);
            }
        }
        let mut gradient = by_class.t().as_standard_layout().into_owned();
        gradient.slice_mut(s![1.., ..]).scaled_add(2.0 * self.ridge, &self.table(x).slice(s![1.., ..]));
        gradient.iter().copied().collect()
    }
}

/// The sum of products, four sums at a time.
fn product(a: ArrayView1<f64>, b: ArrayView1<f64>) -> f64 {
    let (Some(a), Some(b)) = (a.as_slice(), b.as_slice()) else { return a.dot(&b) };
    let ((a, rest_a), (b, rest_b)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    let mut sums = [0.0; 4];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..4 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

/// Scores become shares; the logarithm of what they were divided by, `log(1 + sum of exp)`.
fn into_shares(mut scores: ArrayViewMut1<f64>) -> f64 {
    let largest = scores.iter().copied().fold(0.0, f64::max);
    let mut sum = (-largest).exp();
    for score in &mut scores {
        *score = (*score - largest).exp();
        sum += *score;
    }
    scores.iter_mut().for_each(|score| *score /= sum);
    largest + sum.ln()
}

/// `log(1 + sum of exp)`: the last class has 0.
pub fn log_normaliser(scores: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = scores.clone().fold(0.0, f64::max);
    largest + ((-largest).exp() + scores.map(|score| (score - largest).exp()).sum::<f64>()).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::classify::logistic::quasi_newton::minimum;
    use ndarray::array;

    #[test]
    fn the_gradient_is_that_of_the_value() {
        let rows = array![[1.0, 0.2], [1.0, -1.0], [1.0, 0.7], [1.0, 0.1], [1.0, -0.4], [1.0, 2.0]];
        let (codes, weights) = ([0, 1, 2, 0, 2, 1], [1.0, 2.0, 1.0, 0.5, 1.0, 1.0]);
        let problem = Problem { rows: rows.view(), codes: &codes, weights: &weights, classes: 3, ridge: 0.1 };
        let x = array![0.3, -0.2, 1.1, 0.7];
        let gradient = problem.gradient(&x, &problem.value(&x).1);
        for at in 0..4 {
            let [up, down] = [1e-6, -1e-6].map(|by| {
                let mut x = x.clone();
                x[at] += by;
                problem.value(&x).0
            });
            assert!(((up - down) / 2e-6 - gradient[at]).abs() < 1e-8, "{at}");
        }
    }

    #[test]
    fn two_groups_of_equal_rows_have_their_log_odds() {
        let rows = Array2::ones((4, 1));
        let problem = Problem { rows: rows.view(), codes: &[0, 0, 0, 1], weights: &[1.0; 4], classes: 2, ridge: 0.0 };
        let found = minimum(&problem, array![0.0], 200);
        assert!((found.x[0] - 3.0_f64.ln()).abs() < 1e-4, "{}", found.x);
    }

    #[test]
    fn separable_rows_end() {
        let rows = array![[1.0, -1.0], [1.0, -2.0], [1.0, 1.0], [1.0, 2.0]];
        for ridge in [0.0, 1e-8] {
            let problem = Problem { rows: rows.view(), codes: &[0, 0, 1, 1], weights: &[1.0; 4], classes: 2, ridge };
            let found = minimum(&problem, array![0.0, 0.0], 2000);
            assert!(found.converged && found.x.iter().all(|x| x.is_finite()) && found.x[1] < -5.0, "{}", found.x);
        }
    }
}
