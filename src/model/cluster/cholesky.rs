//! Cholesky's factor of a symmetric positive definite matrix, without LAPACK: models that need nothing else of it run in
//! every worker. In blocks of columns, so that most of the work is matrix products.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, s};

/// Columns that are factored at a time.
const BLOCK: usize = 48;

/// The lower triangular L with `a = L L'`, `[n, n]`; of `a` only the lower triangle counts. None where it is not positive
/// definite, or not finite.
pub fn cholesky(a: ArrayView2<f64>) -> Option<Array2<f64>> {
    let n = a.nrows();
    let mut factor = Array2::from_shape_fn((n, n), |(i, j)| if j <= i { a[(i, j)] } else { 0.0 });
    for start in (0..n).step_by(BLOCK) {
        let width = BLOCK.min(n - start);
        let (done, mut rest) = factor.view_mut().split_at(Axis(1), start);
        let done = done.slice(s![start.., ..]);
        let mut panel = rest.slice_mut(s![start.., ..width]);
        if start > 0 {
            general_mat_mul(-1.0, &done, &done.slice(s![..width, ..]).t(), 1.0, &mut panel);
        }
        factor_panel(&mut panel)?;
    }
    Some(factor)
}

/// Factors columns from which what earlier ones explain is taken away; their first rows are the triangle.
fn factor_panel(panel: &mut ArrayViewMut2<f64>) -> Option<()> {
    for column in 0..panel.ncols() {
        let pivot_row = panel.slice(s![column, ..column]).to_owned();
        let square = panel[(column, column)] - pivot_row.dot(&pivot_row);
        if !(square > 0.0 && square.is_finite()) {
            return None;
        }
        let pivot = square.sqrt();
        // The block of the triangle above the diagonal was filled by the product.
        panel.slice_mut(s![..column, column]).fill(0.0);
        panel[(column, column)] = pivot;
        for row in column + 1..panel.nrows() {
            let explained = panel.slice(s![row, ..column]).dot(&pivot_row);
            panel[(row, column)] = (panel[(row, column)] - explained) / pivot;
        }
    }
    Some(())
}

/// Replaces `b`, `[n, m]`, by the solution of `factor x = b`; the factor is lower triangular, `[n, n]`.
pub fn solve_lower(factor: ArrayView2<f64>, b: &mut Array2<f64>) {
    let n = factor.nrows();
    for start in (0..n).step_by(BLOCK) {
        let width = BLOCK.min(n - start);
        let (done, mut rest) = b.view_mut().split_at(Axis(0), start);
        let mut block = rest.slice_mut(s![..width, ..]);
        if start > 0 {
            general_mat_mul(-1.0, &factor.slice(s![start..start + width, ..start]), &done, 1.0, &mut block);
        }
        for i in 0..width {
            let (above, mut below) = block.view_mut().split_at(Axis(0), i);
            let mut row = below.row_mut(0);
            for (j, solved) in above.rows().into_iter().enumerate() {
                row.scaled_add(-factor[(start + i, start + j)], &solved);
            }
            row /= factor[(start + i, start + i)];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Stream};
    use ndarray::array;

    fn off(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
        (a - b).iter().fold(0.0_f64, |worst, e| worst.max(e.abs()))
    }

    #[test]
    fn the_factor_times_itself_is_the_matrix_and_solves_it() {
        let mut stream = Stream::new(0, Purpose::Noise, "cholesky");
        // Within one block, at its edge, and over several.
        for n in [1, 5, BLOCK, BLOCK + 1, 3 * BLOCK - 2] {
            let root = Array2::from_shape_simple_fn((n, n + 3), || stream.normal());
            let a = root.dot(&root.t()) + Array2::<f64>::eye(n);
            let factor = cholesky(a.view()).expect("positive definite");
            assert!(off(&factor.dot(&factor.t()), &a) < 1e-10, "{n}");
            assert!(factor.indexed_iter().all(|((i, j), x)| j <= i || *x == 0.0), "{n}");
            let b = Array2::from_shape_simple_fn((n, 4), || stream.normal());
            let mut x = b.clone();
            solve_lower(factor.view(), &mut x);
            assert!(off(&factor.dot(&x), &b) < 1e-10, "{n}");
        }
    }

    #[test]
    fn what_is_not_positive_definite_has_none() {
        for a in [
            array![[1.0, 2.0], [2.0, 1.0]],
            array![[0.0]],
            array![[1.0, 0.0], [0.0, f64::NAN]],
            array![[f64::INFINITY]],
            Array2::ones((60, 60)),
        ] {
            assert_eq!(cholesky(a.view()), None, "{a}");
        }
    }
}
