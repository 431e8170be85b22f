//! The minimum of the ridge-penalised multinomial likelihood by Newton's method (iteratively reweighted least squares).

use ndarray::{Array1, Array2, ArrayView2, Axis, s};

use crate::model::cluster::cholesky::cholesky;

/// Halvings of a step at most: after them no step in this direction lowers the loss.
const HALVINGS: usize = 40;

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

/// When to end.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Newton steps at most.
    pub iterations: usize,
    /// The largest derivative, for each unit of weight of the rows.
    pub gradient: f64,
}

/// Where it ended.
#[derive(Clone, Debug)]
pub struct Minimum {
    /// `[1 + columns, classes - 1]`.
    pub coefficients: Array2<f64>,
    /// Newton steps taken.
    pub iterations: usize,
    /// Whether the derivatives are as small as asked, or no step lowers the loss any more.
    pub converged: bool,
}

/// Newton's method from `start`, `[1 + columns, classes - 1]`.
pub fn minimum(problem: &Problem<'_>, start: Array2<f64>, limits: Limits) -> Minimum {
    let mut here = problem.at(start);
    let total: f64 = problem.weights.iter().sum();
    let mut converged = false;
    let mut iterations = 0;
    while iterations < limits.iterations && !converged {
        let gradient = problem.gradient(&here);
        if gradient.iter().all(|slope| slope.abs() <= limits.gradient * total) {
            converged = true;
            break;
        }
        iterations += 1;
        let next = problem.step(&here, &gradient).and_then(|step| problem.along(&here, &gradient, &step));
        match next {
            Some(next) => here = next,
            None => converged = true,
        }
    }
    Minimum { coefficients: here.coefficients, iterations, converged }
}

/// A place with all that is computed there.
struct Place {
    coefficients: Array2<f64>,
    /// `[rows, classes - 1]`: the probabilities of all classes but the last.
    shares: Array2<f64>,
    loss: f64,
}

impl Problem<'_> {
    fn at(&self, coefficients: Array2<f64>) -> Place {
        let mut shares = self.rows.dot(&coefficients);
        let mut loss = 0.0;
        for ((mut row, code), weight) in shares.rows_mut().into_iter().zip(self.codes).zip(self.weights) {
            let mine = row.get(*code).copied().unwrap_or(0.0);
            loss += weight * (log_normaliser(row.iter().copied()) - mine);
            to_shares(row.iter_mut());
        }
        let penalty: f64 = coefficients.slice(s![1.., ..]).iter().map(|x| x * x).sum();
        Place { coefficients, shares, loss: loss + self.ridge * penalty }
    }

    /// `[1 + columns, classes - 1]`.
    fn gradient(&self, here: &Place) -> Array2<f64> {
        let mut apart = here.shares.clone();
        for ((mut row, code), weight) in apart.rows_mut().into_iter().zip(self.codes).zip(self.weights) {
            if let Some(share) = row.get_mut(*code) {
                *share -= 1.0;
            }
            row *= *weight;
        }
        let mut gradient = self.rows.t().dot(&apart);
        gradient.slice_mut(s![1.., ..]).scaled_add(2.0 * self.ridge, &here.coefficients.slice(s![1.., ..]));
        gradient
    }

    /// The matrix of second derivatives, class after class.
    fn hessian(&self, here: &Place) -> Array2<f64> {
        let (width, others) = (self.rows.ncols(), self.classes - 1);
        let mut hessian = Array2::zeros((width * others, width * others));
        for a in 0..others {
            for b in 0..=a {
                let mut scaled = self.rows.to_owned();
                let shares = here.shares.column(a).into_iter().zip(here.shares.column(b));
                for ((mut row, (p, q)), weight) in scaled.rows_mut().into_iter().zip(shares).zip(self.weights) {
                    row *= weight * if a == b { p * (1.0 - p) } else { -p * q };
                }
                let block = self.rows.t().dot(&scaled);
                hessian.slice_mut(s![a * width..(a + 1) * width, b * width..(b + 1) * width]).assign(&block);
            }
            for column in 1..width {
                hessian[(a * width + column, a * width + column)] += 2.0 * self.ridge;
            }
        }
        hessian
    }

    /// Newton's step; damped as much as it takes where the matrix is not positive definite in these digits.
    fn step(&self, here: &Place, gradient: &Array2<f64>) -> Option<Array2<f64>> {
        let mut hessian = self.hessian(here);
        let largest = hessian.diag().iter().copied().fold(0.0, f64::max);
        let down = Array1::from_iter(gradient.t().iter().map(|slope| -slope));
        let mut damping = 0.0;
        for _ in 0..16 {
            if let Some(factor) = cholesky(hessian.view()) {
                let solved = solve(&factor, down);
                let (others, width) = (gradient.ncols(), gradient.nrows());
                return Array2::from_shape_vec((others, width), solved.to_vec()).ok().map(Array2::reversed_axes);
            }
            let more = if damping == 0.0 { (largest * 1e-14).max(f64::MIN_POSITIVE) } else { damping * 9.0 };
            hessian.diag_mut().iter_mut().for_each(|x| *x += more);
            damping += more;
        }
        None
    }

    /// The first of the step, its half, its quarter... that lowers the loss by a part of what the slope promises.
    fn along(&self, here: &Place, gradient: &Array2<f64>, step: &Array2<f64>) -> Option<Place> {
        let slope: f64 = (gradient * step).sum();
        let mut length = 1.0;
        for _ in 0..HALVINGS {
            let next = self.at(&here.coefficients + &(step * length));
            if next.loss < here.loss && next.loss <= here.loss + 1e-4 * length * slope {
                return Some(next);
            }
            length /= 2.0;
        }
        None
    }
}

/// `log(1 + sum of exp)`: the last class has 0.
pub fn log_normaliser(scores: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = scores.clone().fold(0.0, f64::max);
    largest + ((-largest).exp() + scores.map(|score| (score - largest).exp()).sum::<f64>()).ln()
}

/// Scores become probabilities; the last class, not among them, has 0.
fn to_shares<'a>(scores: impl Iterator<Item = &'a mut f64>) {
    let scores: Vec<&mut f64> = scores.collect();
    let normaliser = log_normaliser(scores.iter().map(|score| **score));
    for score in scores {
        *score = (*score - normaliser).exp();
    }
}

/// Solves `L L' x = b`.
fn solve(factor: &Array2<f64>, mut b: Array1<f64>) -> Array1<f64> {
    let n = b.len();
    for i in 0..n {
        let known = factor.slice(s![i, ..i]).dot(&b.slice(s![..i]));
        b[i] = (b[i] - known) / factor[(i, i)];
    }
    for i in (0..n).rev() {
        let x = b[i] / factor[(i, i)];
        b[i] = x;
        let (mut before, _) = b.view_mut().split_at(Axis(0), i);
        before.scaled_add(-x, &factor.slice(s![i, ..i]));
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    const LIMITS: Limits = Limits { iterations: 200, gradient: 1e-10 };

    #[test]
    fn the_derivatives_vanish_at_the_minimum() {
        let rows = array![[1.0, 0.2], [1.0, -1.0], [1.0, 0.7], [1.0, 0.1], [1.0, -0.4], [1.0, 2.0]];
        let (codes, weights) = ([0, 1, 2, 0, 2, 1], [1.0, 2.0, 1.0, 0.5, 1.0, 1.0]);
        let problem = Problem { rows: rows.view(), codes: &codes, weights: &weights, classes: 3, ridge: 0.1 };
        let found = minimum(&problem, Array2::zeros((2, 2)), LIMITS);
        assert!(found.converged && found.iterations < 20);
        let loss = |coefficients: &Array2<f64>| problem.at(coefficients.clone()).loss;
        let best = loss(&found.coefficients);
        for at in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            for by in [1e-3, -1e-3] {
                let mut beside = found.coefficients.clone();
                beside[at] += by;
                assert!(loss(&beside) > best);
            }
        }
    }

    #[test]
    fn two_groups_of_equal_rows_have_their_log_odds() {
        let rows = Array2::ones((4, 1));
        let problem = Problem { rows: rows.view(), codes: &[0, 0, 0, 1], weights: &[1.0; 4], classes: 2, ridge: 0.0 };
        let found = minimum(&problem, Array2::zeros((1, 1)), LIMITS);
        assert!((found.coefficients[(0, 0)] - 3.0_f64.ln()).abs() < 1e-9);
    }

    #[test]
    fn separable_rows_end() {
        let rows = array![[1.0, -1.0], [1.0, -2.0], [1.0, 1.0], [1.0, 2.0]];
        for ridge in [0.0, 1e-8] {
            let problem = Problem { rows: rows.view(), codes: &[0, 0, 1, 1], weights: &[1.0; 4], classes: 2, ridge };
            let found = minimum(&problem, Array2::zeros((2, 1)), LIMITS);
            assert!(found.coefficients.iter().all(|x| x.is_finite()) && found.coefficients[(1, 0)] < -5.0);
        }
    }
}
