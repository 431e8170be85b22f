//! Canonical correlation against NumPy, SciPy and PyTorch (`tests/oracles/cca`), and its gradient against differences.

use gridbook::rng::{Purpose, Stream};
use gridbook::torch::canonical::to_double;
use gridbook::torch::cca::{LinearCca, correlation, negative_correlation};
use gridbook::torch::{prepare, to_array};
use ndarray::Array2;
use serde::Deserialize;
use tch::{Device, Kind, Tensor};

#[derive(Deserialize)]
struct Oracle {
    regularization: f64,
    views: [Vec<Vec<f64>>; 2],
    correlations: Vec<f64>,
    projected: [Vec<Vec<f64>>; 2],
    gradients: [Vec<Vec<f64>>; 2],
}

fn oracle() -> Oracle {
    prepare().unwrap();
    serde_json::from_str(include_str!("../oracles/cca/cca.json")).expect("the oracle reads")
}

fn tensor(values: &Array2<f64>) -> Tensor {
    to_double(values.view(), Device::Cpu)
}

fn table(rows: &[Vec<f64>]) -> Array2<f64> {
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(i, j)| rows[i][j])
}

fn off(found: &Array2<f64>, expected: &Array2<f64>) -> f64 {
    assert_eq!(found.dim(), expected.dim());
    (found - expected).iter().fold(0.0_f64, |worst, e| worst.max(e.abs()))
}

/// Two batches that share something.
fn batches(rows: usize, widths: [usize; 2]) -> [Array2<f64>; 2] {
    let mut stream = Stream::new(0, Purpose::Noise, "batches");
    let shared: Vec<f64> = (0..rows).map(|_| stream.normal()).collect();
    widths.map(|width| {
        Array2::from_shape_fn((rows, width), |(i, j)| {
            let weight = if j % 2 == 0 { 0.8 } else { 0.1 };
            3.0 + weight * shared[i] + stream.normal()
        })
    })
}

fn gradients(views: &[Array2<f64>; 2], regularization: f64) -> ([Array2<f64>; 2], f64) {
    let [first, second] = [0, 1].map(|i| tensor(&views[i]).set_requires_grad(true));
    let loss = negative_correlation([&first, &second], [regularization; 2]).expect("finite");
    loss.backward();
    ([first, second].map(|leaf| -to_array(&leaf.grad()).unwrap()), -loss.double_value(&[]))
}

#[test]
fn correlations_projections_and_gradients_are_scipys_and_pytorchs() {
    let oracle = oracle();
    let views = [table(&oracle.views[0]), table(&oracle.views[1])];
    let tensors = [tensor(&views[0]), tensor(&views[1])];
    let total: f64 = oracle.correlations.iter().sum();
    let found = correlation([&tensors[0], &tensors[1]], [oracle.regularization; 2]).expect("finite");
    assert!((found.total - total).abs() < 1e-12, "{} is not {total}", found.total);

    let linear = LinearCca::fit([&tensors[0], &tensors[1]], 10, oracle.regularization).expect("finite");
    assert_eq!(linear.correlations.len(), 3);
    for (found, expected) in linear.correlations.iter().zip(&oracle.correlations) {
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }
    let projected = linear.project([&tensors[0], &tensors[1]]).map(|view| to_array(&view).unwrap());
    for component in 0..3 {
        // A pair has one sign; which one is free.
        let expected = [0, 1].map(|i| table(&oracle.projected[i]).column(component).to_owned());
        let sign = projected[0].column(component).dot(&expected[0]).signum();
        for (found, expected) in projected.iter().zip(&expected) {
            let error = (&found.column(component) * sign - expected).mapv(f64::abs).sum();
            assert!(error < 1e-9, "component {component}: off by {error}");
        }
    }

    let (found, value) = gradients(&views, oracle.regularization);
    assert!((value - total).abs() < 1e-12);
    for (found, expected) in found.iter().zip(&oracle.gradients) {
        let error = off(found, &table(expected));
        assert!(error < 1e-12, "off by {error}");
    }
}

#[test]
fn the_gradient_of_400_rows_is_that_of_differences() {
    prepare().unwrap();
    let views = batches(400, [10, 10]);
    let regularization = 1e-3;
    let (found, _) = gradients(&views, regularization);
    let value = |views: &[Array2<f64>; 2]| {
        correlation([&tensor(&views[0]), &tensor(&views[1])], [regularization; 2]).expect("finite").total
    };
    // Central differences of fourth order: their own error is about 1e-12 here.
    let step = 1e-2;
    for (view, row, column) in [(0, 0, 0), (0, 399, 9), (1, 17, 3), (1, 200, 4)] {
        let at = |by: f64| {
            let mut moved = views.clone();
            moved[view][(row, column)] += by * step;
            value(&moved)
        };
        let expected = (8.0 * (at(1.0) - at(-1.0)) - (at(2.0) - at(-2.0))) / (12.0 * step);
        let error = (found[view][(row, column)] - expected).abs();
        assert!(error < 1e-9, "view {view}, row {row}, column {column}: off by {error:e}");
    }
}

#[test]
fn the_gradient_of_400_rows_is_autograds_through_the_decompositions() {
    prepare().unwrap();
    let views = batches(400, [10, 7]);
    let leaves = [0, 1].map(|i| tensor(&views[i]).set_requires_grad(true));
    let centred = [0, 1].map(|i| &leaves[i] - leaves[i].mean_dim([0i64].as_slice(), true, Kind::Double));
    let covariance = |i: usize, j: usize| centred[i].tr().matmul(&centred[j]) / 399;
    let regular = |i: usize, width: i64| covariance(i, i) + Tensor::eye(width, (Kind::Double, Device::Cpu)) * 1e-3;
    let half = |s: Tensor, x: &Tensor| s.linalg_cholesky(false).linalg_solve_triangular(x, false, true, false);
    let whitened = half(regular(1, 7), &half(regular(0, 10), &covariance(0, 1)).tr());
    let (_, values, _) = whitened.svd(true, true);
    values.sum(Kind::Double).backward();
    let (found, value) = gradients(&views, 1e-3);
    assert!((value - values.sum(Kind::Double).double_value(&[])).abs() < 1e-12);
    for (found, leaf) in found.iter().zip(&leaves) {
        let error = off(found, &to_array(&leaf.grad()).unwrap());
        assert!(error < 1e-12, "off by {error:e}");
    }
}

#[test]
fn equal_correlations_and_constant_columns_give_finite_gradients() {
    prepare().unwrap();
    let [view, _] = batches(50, [4, 4]);
    let constant = Array2::<f64>::ones((50, 3));
    let mut half = view.clone();
    half.column_mut(1).fill(2.0);
    // A view with itself has equal correlations, where a decomposition's own gradient has none.
    for regularization in [0.0, 1e-3] {
        for (pair, most) in [
            ([view.clone(), view.clone()], 4.0),
            ([half.clone(), half.clone()], 3.0),
            ([view.clone(), constant.clone()], 0.0),
        ] {
            let (found, value) = gradients(&pair, regularization);
            assert!((value - most).abs() < if regularization == 0.0 { 1e-9 } else { 0.02 }, "{value} is not {most}");
            assert!(found.iter().flatten().all(|x| x.is_finite()));
            // Where nothing correlates the norm has no derivative, and nothing pulls.
            assert!(most > 0.0 || found.iter().flatten().all(|x| *x == 0.0));
        }
    }
    let tensors = [tensor(&view), tensor(&constant)];
    let linear = LinearCca::fit([&tensors[0], &tensors[1]], 2, 0.0).expect("finite");
    assert_eq!(linear.correlations, [0.0, 0.0]);
}

#[test]
fn as_few_rows_as_columns_correlate_wholly() {
    prepare().unwrap();
    let [first, second] = batches(4, [4, 4]);
    let found = correlation([&tensor(&first), &tensor(&second)], [0.0, 0.0]).expect("finite");
    // Three directions are left after centring: whatever the batches are.
    assert!((found.total - 3.0).abs() < 1e-6, "{}", found.total);
}

#[test]
fn what_is_not_finite_has_no_correlation() {
    prepare().unwrap();
    let [first, mut second] = batches(20, [3, 3]);
    for wrong in [f64::NAN, f64::INFINITY, 1e200] {
        second[(4, 1)] = wrong;
        let pair = [tensor(&first), tensor(&second)];
        assert!(correlation([&pair[0], &pair[1]], [1e-3; 2]).is_none(), "{wrong}");
        assert!(LinearCca::fit([&pair[0], &pair[1]], 2, 0.1).is_none(), "{wrong}");
    }
}
