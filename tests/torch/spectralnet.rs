//! SpectralNet: an orthonormal answer near the graph's own eigenvectors, and outcomes instead of panics.

use gridbook::model::deep::spectralnet::{Params, SpectralNet, embed};
use gridbook::model::{FitError, TrialContext};
use gridbook::rng::{Purpose, Stream};
use gridbook::torch::spectral::affinity::{Affinity, Scale};
use gridbook::torch::spectral::orthonormal::orthonormalising;
use gridbook::torch::spectral::siamese::{Margins, contrastive};
use gridbook::torch::{prepare, to_array};
use ndarray::Array2;
use tch::{Kind, Tensor};

use crate::fixture::{blobs, dataset, fit};

fn params() -> Params {
    Params {
        clusters: Some(3),
        layers: vec![64, 32],
        batch_size: 128,
        epochs: 40,
        neighbors: 10,
        scale_neighbor: 5,
        ..Params::default()
    }
}

/// Four groups of 500 rows that lean towards each other.
fn groups() -> Array2<f64> {
    let mut stream = Stream::new(0, Purpose::Noise, "groups");
    let centers = [[0.0, 0.0], [4.0, 0.0], [0.0, 4.0], [4.0, 4.5]];
    Array2::from_shape_fn((2000, 2), |(i, j)| centers[i % 4][j] + 0.7 * stream.normal())
}

fn tensor(values: &Array2<f64>) -> Tensor {
    Tensor::try_from(values).unwrap()
}

/// An orthonormal basis of the columns.
fn basis(values: &Tensor) -> Tensor {
    Tensor::linalg_qr(values, "reduced").0
}

/// The Grassmann distance of two subspaces: the root of the summed squares of the angles between them.
fn grassmann(a: &Tensor, b: &Tensor) -> f64 {
    let (_, cosines, _) = basis(a).tr().matmul(&basis(b)).svd(true, true);
    cosines.clamp(0.0, 1.0).acos().square().sum(Kind::Double).double_value(&[]).sqrt()
}

#[test]
fn outputs_are_orthonormal_and_near_the_eigenvectors() {
    let values = groups();
    let params = Params { clusters: Some(4), batch_size: 512, epochs: 60, neighbors: 30, ..params() };
    let mut silent = |_| ();
    let mut trial = TrialContext::new(0, None, &mut silent);
    let found = tensor(&embed(&params, &dataset(values.clone()), &mut trial).unwrap());
    let gram = found.tr().matmul(&found) / 2000.0;
    let off = (gram - Tensor::eye(4, (Kind::Double, tch::Device::Cpu))).abs().max().double_value(&[]);
    assert!(off < 0.1, "off by {off}");

    // The graph of all rows joins as many groups as that of a batch does: neighbours grow with the rows.
    let affinity = Affinity { neighbors: 120, scale: Scale::Local(60) };
    let weights = affinity.graph(&tensor(&values)).dense();
    let degrees = weights.sum_dim_intlist([1i64].as_slice(), false, Kind::Double);
    let laplacian = degrees.diag(0) - weights;
    let (_, vectors) = laplacian.linalg_eigh("L");
    let exact = vectors.narrow(1, 0, 4);
    let mut stream = Stream::new(1, Purpose::Noise, "random");
    let random = tensor(&Array2::from_shape_simple_fn((2000, 4), || stream.normal()));
    let (near, far) = (grassmann(&found, &exact), grassmann(&random, &exact));
    assert!(near < far / 5.0, "{near} of {far}");
}

#[test]
fn the_graph_of_a_batch_is_that_of_its_definition() {
    prepare().unwrap();
    let values = groups().slice(ndarray::s![..40, ..]).to_owned();
    let dense = to_array(&Affinity { neighbors: 5, scale: Scale::Local(3) }.graph(&tensor(&values)).dense()).unwrap();
    let square = |i: usize, j: usize| {
        let difference = &values.row(i) - &values.row(j);
        difference.dot(&difference)
    };
    let mut directed = Array2::<f64>::zeros((40, 40));
    for i in 0..40 {
        let mut others: Vec<usize> = (0..40).filter(|&j| j != i).collect();
        others.sort_by(|&a, &b| square(i, a).total_cmp(&square(i, b)));
        let scale = square(i, others[2]);
        for &j in &others[..5] {
            directed[(i, j)] = (-square(i, j) / scale).exp();
        }
    }
    let expected = (&directed + &directed.t()) / 2.0;
    let off = (&dense - &expected).iter().fold(0.0_f64, |worst, e| worst.max(e.abs()));
    assert!(off < 1e-12, "off by {off}");
}

#[test]
fn the_loss_is_the_laplacians_form() {
    prepare().unwrap();
    let values = groups().slice(ndarray::s![..30, ..]).to_owned();
    let graph = Affinity { neighbors: 4, scale: Scale::Global(2) }.graph(&tensor(&values));
    let weights = graph.dense();
    let laplacian = weights.sum_dim_intlist([1i64].as_slice(), false, Kind::Double).diag(0) - weights;
    let outputs = tensor(&values);
    let expected = outputs.tr().matmul(&laplacian).matmul(&outputs).trace() / 30.0;
    let error = (graph.loss(&outputs, false) - expected).abs().double_value(&[]);
    assert!(error < 1e-12, "off by {error}");
}

#[test]
fn dependent_outputs_have_a_finite_matrix_and_others_an_orthonormal_one() {
    prepare().unwrap();
    let values = groups();
    let matrix = orthonormalising(&tensor(&values)).unwrap().unwrap();
    let found = tensor(&values).matmul(&matrix);
    let off = (found.tr().matmul(&found) / 2000.0 - Tensor::eye(2, (Kind::Double, tch::Device::Cpu))).abs().max();
    assert!(off.double_value(&[]) < 1e-8);
    let twice = Tensor::cat(&[tensor(&values), tensor(&values)], 1);
    for outputs in [twice, Tensor::zeros([10, 3], (Kind::Double, tch::Device::Cpu))] {
        let matrix = orthonormalising(&outputs).unwrap().unwrap();
        assert_eq!(matrix.isfinite().all().int64_value(&[]), 1);
    }
    assert!(orthonormalising(&Tensor::from_slice(&[f64::NAN, 1.0]).view([2, 1])).unwrap().is_none());
}

#[test]
fn the_contrastive_loss_draws_neighbours_near_and_others_to_the_margin() {
    prepare().unwrap();
    let first = Tensor::from_slice(&[0.0_f64, 0.0, 0.0]).view([3, 1]);
    let second = Tensor::from_slice(&[0.5_f64, 0.25, 3.0]).view([3, 1]);
    let similar = Tensor::from_slice(&[1.0_f64, 0.0, 0.0]);
    let margins = Margins { apart: 1.0, together: 0.1 };
    let loss = contrastive(&first, &second, &similar, margins).double_value(&[]);
    let expected = (0.4_f64.powi(2) + 0.75_f64.powi(2)) / 3.0;
    assert!((loss - expected).abs() < 1e-6, "{loss} is not {expected}");
}

#[test]
fn the_same_bytes_come_again_in_every_variant() {
    let data = blobs();
    let plain = Params { batch_size: 64, epochs: 4, ..params() };
    let variants = [
        plain.clone(),
        Params { orthonormal_layer: "constant".to_owned(), optimizer: "rmsprop".to_owned(), ..plain.clone() },
        Params { siamese: true, siamese_layers: vec![16], siamese_epochs: 2, normalized: true, ..plain.clone() },
        Params {
            input: "code".to_owned(),
            autoencoder_layers: vec![16],
            autoencoder_epochs: 3,
            scale: "global".to_owned(),
            ..plain
        },
    ];
    let outcomes = variants.map(|params| {
        let first = fit::<SpectralNet>(&params, &data, 2).unwrap();
        assert_eq!(first, fit::<SpectralNet>(&params, &data, 2).unwrap());
        first.curves
    });
    for i in 1..outcomes.len() {
        assert_ne!(outcomes[0], outcomes[i], "variant {i} makes a difference");
    }
}

#[test]
fn what_it_cannot_take_is_an_outcome() {
    let small = Params { batch_size: 3, ..params() };
    match fit::<SpectralNet>(&small, &blobs(), 0) {
        Err(FitError::NotApplicable(why)) => {
            assert_eq!(why, "a batch of 3 rows is below 4, the least for an orthonormal basis of 3 clusters");
        }
        other => panic!("{other:?}"),
    }
    let many = Params { clusters: Some(200), ..params() };
    assert!(matches!(fit::<SpectralNet>(&many, &blobs(), 0), Err(FitError::NotApplicable(_))));
    let mut values = blobs().joined();
    values[(3, 3)] = f64::NAN;
    assert!(matches!(fit::<SpectralNet>(&params(), &dataset(values), 0), Err(FitError::Failed(_))));
    let quick = Params { epochs: 2, batch_size: 10_000, ..params() };
    let mut constant = blobs().joined();
    constant.column_mut(2).fill(1.0);
    for values in [constant, Array2::ones((50, 3))] {
        let rows = values.nrows();
        assert_eq!(fit::<SpectralNet>(&quick, &dataset(values), 0).unwrap().clusters.len(), rows);
    }
}
