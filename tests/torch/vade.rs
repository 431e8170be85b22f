//! VaDE: its bound against the formula written out in f64, and its trials.

use gridbook::dataset::Dataset;
use gridbook::model::FitError;
use gridbook::model::cluster::gmm::{Covariances, Mixture};
use gridbook::model::deep::pretraining;
use gridbook::model::deep::vade::{Params, VaDe};
use gridbook::rng::{Purpose, Stream};
use gridbook::torch::mixture_prior::MixturePrior;
use gridbook::torch::vade::{Reconstruction, first_mixture, mean_square};
use gridbook::torch::vae::Posterior;
use gridbook::torch::{prepare, to_array, to_tensor};
use ndarray::{Array1, Array2, ArrayView1, array};
use tch::{Device, Kind, Tensor};

use crate::fixture::{blobs, dataset, fit};

const ROWS: usize = 5;

fn params() -> Params {
    Params {
        clusters: Some(3),
        batch_size: 32,
        seed_restarts: 3,
        epochs: 6,
        pretraining: pretraining::Params {
            layers: vec![16, 32],
            latent_dimension: 4,
            pretrain_epochs: 20,
            pretrain_learning_rate: 5e-3,
            ..Default::default()
        },
        ..Default::default()
    }
}

fn draws(rows: usize, columns: usize, scale: f64, name: &str) -> Array2<f64> {
    let mut stream = Stream::new(5, Purpose::Noise, name);
    Array2::from_shape_simple_fn((rows, columns), || scale * stream.normal())
}

/// Three components in two columns, with weights and variances far from equal.
fn mixture() -> Mixture {
    Mixture {
        weights: array![0.6, 0.3, 0.1],
        means: array![[0.0, 1.0], [-1.0, 0.5], [2.0, -1.0]],
        covariances: Covariances::Diagonal(array![[0.5, 2.0], [1.5, 0.2], [0.8, 3.0]]),
    }
}

fn variances(mixture: &Mixture) -> &Array2<f64> {
    let Covariances::Diagonal(variances) = &mixture.covariances else { panic!("not diagonal") };
    variances
}

/// Density of a diagonal Gaussian, a factor a column.
fn density(point: ArrayView1<f64>, mean: ArrayView1<f64>, variance: ArrayView1<f64>) -> f64 {
    let factor = |d: usize| {
        (-(point[d] - mean[d]).powi(2) / (2.0 * variance[d])).exp() / (std::f64::consts::TAU * variance[d]).sqrt()
    };
    (0..point.len()).map(factor).product()
}

/// p(c|z), by Bayes' rule on the densities themselves.
fn responsibilities(mixture: &Mixture, codes: &Array2<f64>) -> Array2<f64> {
    let variances = variances(mixture);
    let mut table = Array2::from_shape_fn((codes.nrows(), 3), |(i, c)| {
        mixture.weights[c] * density(codes.row(i), mixture.means.row(c), variances.row(c))
    });
    for mut row in table.rows_mut() {
        let sum = row.sum();
        row /= sum;
    }
    table
}

fn tensor(values: &Array2<f64>) -> Tensor {
    to_tensor(values.view(), Device::Cpu)
}

fn close(name: &str, found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-5 * expected.abs().max(1.0), "{name}: {found} instead of {expected}");
}

#[test]
fn the_density_is_the_textbook_one() {
    prepare().unwrap();
    let (mixture, codes) = (mixture(), draws(ROWS, 2, 1.5, "codes"));
    let prior = MixturePrior::new(&mixture, Device::Cpu).unwrap();
    let joint = to_array(&prior.log_joint(&tensor(&codes))).unwrap();
    let gamma = to_array(&prior.log_responsibilities(&tensor(&codes)).exp()).unwrap();
    let expected = responsibilities(&mixture, &codes);
    for ((i, c), found) in joint.indexed_iter() {
        let density = density(codes.row(i), mixture.means.row(c), variances(&mixture).row(c));
        close("log p(z, c)", *found, (mixture.weights[c] * density).ln());
        close("gamma", gamma[(i, c)], expected[(i, c)]);
    }
}

#[test]
fn the_divergence_is_the_one_of_the_paper() {
    prepare().unwrap();
    let (mixture, mean) = (mixture(), draws(ROWS, 2, 1.5, "mean"));
    let (log_variance, noise) = (draws(ROWS, 2, 1.0, "log-variance"), draws(ROWS, 2, 1.0, "noise"));
    let codes = &mean + log_variance.mapv(|l| (l / 2.0).exp()) * &noise;
    let (gamma, variances) = (responsibilities(&mixture, &codes), variances(&mixture));
    let tau = std::f64::consts::TAU;
    let mut expected = 0.0;
    for i in 0..ROWS {
        for c in 0..3 {
            // E log p(z|c) and E log p(c) / q(c|x), under q.
            for d in 0..2 {
                let v = variances[(c, d)];
                let spread = log_variance[(i, d)].exp() + (mean[(i, d)] - mixture.means[(c, d)]).powi(2);
                expected += gamma[(i, c)] * 0.5 * ((tau * v).ln() + spread / v);
            }
            expected -= gamma[(i, c)] * (mixture.weights[c] / gamma[(i, c)]).ln();
        }
        // Less the entropy of q(z|x).
        expected -= (0..2).map(|d| 0.5 * (1.0 + tau.ln() + log_variance[(i, d)])).sum::<f64>();
    }
    #[expect(clippy::cast_precision_loss, reason = "five rows")]
    let expected = expected / ROWS as f64;
    let posterior = Posterior { mean: tensor(&mean), log_variance: tensor(&log_variance) };
    let sample = posterior.sample(&tensor(&noise));
    let prior = MixturePrior::new(&mixture, Device::Cpu).unwrap();
    let found = prior.divergence(&posterior, &sample);
    close("divergence", found.double_value(&[]), expected);
    found.backward();
    for parameter in prior.parameters() {
        assert!(
            parameter.grad().abs().sum(Kind::Double).double_value(&[]) > 1e-3,
            "weights, means and variances learn"
        );
    }
}

#[test]
fn far_codes_and_empty_clusters_stay_finite() {
    prepare().unwrap();
    // The third cluster has no row, the second has one.
    let codes = array![[0.0, 0.0], [1.0, 0.5], [-1.0, 0.5], [8.0, 8.0]];
    let first = first_mixture(codes.view(), &[0, 0, 0, 1], 3);
    close("share", first.weights[0], 0.75);
    close("mean", first.means[(0, 1)], 1.0 / 3.0);
    let floor = 0.01 * codes.var_axis(ndarray::Axis(0), 0.0).mean().unwrap();
    close("variance", variances(&first)[(0, 0)], 2.0 / 3.0 + floor);
    close("variance of one row", variances(&first)[(1, 0)], floor);
    let prior = MixturePrior::new(&first, Device::Cpu).unwrap();
    let far = draws(ROWS, 2, 1e4, "far");
    let posterior = Posterior { mean: tensor(&far), log_variance: tensor(&Array2::zeros((ROWS, 2))) };
    let divergence = prior.divergence(&posterior, &posterior.sample(&tensor(&Array2::zeros((ROWS, 2)))));
    assert!(divergence.double_value(&[]).is_finite());
    divergence.backward();
    for parameter in prior.parameters() {
        assert_eq!(parameter.grad().isfinite().all().int64_value(&[]), 1);
    }
}

#[test]
fn reconstructions_are_summed_over_columns_and_averaged_over_rows() {
    prepare().unwrap();
    let output = array![[0.2, 0.9, 0.5], [0.0, 1.0, -0.3]];
    let rows = array![[0.0, 1.0, 0.25], [0.5, 1.0, 0.0]];
    let squares = (&output - &rows).mapv(|error| error * error).sum() / 2.0;
    let cost = |how: Reconstruction| how.cost(&tensor(&output), &tensor(&rows)).double_value(&[]);
    close("squared error", cost(Reconstruction::SquaredError { variance: 0.1 }), squares / 0.2);
    let cross = |x: f64, o: f64| {
        let p = 1.0 / (1.0 + (2.0 - 4.0 * o).exp());
        -(x * p.ln() + (1.0 - x) * (1.0 - p).ln())
    };
    let expected: Array1<f64> = rows.iter().zip(&output).map(|(x, o)| cross(*x, *o)).collect();
    close("cross entropy", cost(Reconstruction::CrossEntropy), expected.sum() / 2.0);
}

#[test]
fn three_groups_are_found_and_the_same_bytes_again() {
    let data = blobs();
    let first = fit::<VaDe>(&params(), &data, 3).unwrap();
    for (row, cluster) in first.clusters.iter().enumerate() {
        assert_eq!(*cluster, first.clusters[row % 3], "row {row}");
    }
    assert!(first.counts.contains("\"nonempty_clusters\": 3"), "{}", first.counts);
    // Loss, reconstruction and KL of each epoch.
    assert_eq!(first.phase("cluster").len(), 3 * 6);
    fit::<VaDe>(&Params { batch_size: 50, ..params() }, &data, 9).unwrap();
    assert_eq!(first, fit::<VaDe>(&params(), &data, 3).unwrap());
    assert_ne!(first.curves, fit::<VaDe>(&params(), &data, 4).unwrap().curves);
}

#[test]
fn the_noise_is_a_share_of_the_mean_square() {
    prepare().unwrap();
    close("mean square", mean_square(&tensor(&array![[1.0, -3.0], [0.0, 2.0]])), 3.5);
    assert!(mean_square(&tensor(&Array2::zeros((2, 2)))) > 0.0);
}

#[test]
fn odd_settings_still_give_every_row_a_cluster() {
    let whole = params();
    let alone = pretraining::Params { layers: Vec::new(), latent_dimension: 1, ..whole.pretraining.clone() };
    let odd = [
        Params { pretraining: alone, ..params() },
        Params { clusters: Some(1), ..params() },
        Params { clusters: Some(120), seed_restarts: 1, epochs: 1, ..params() },
        Params { batch_size: 7, decay_epochs: 1, ..params() },
        Params { batch_size: 10_000, decay_epochs: 0, ..params() },
        Params { noise_variance: 1e-6, epochs: 0, ..params() },
    ];
    for params in odd {
        let found = fit::<VaDe>(&params, &blobs(), 0).unwrap();
        assert_eq!(found.clusters.len(), 120);
        assert!(found.clusters.iter().all(|&cluster| cluster < params.clusters.unwrap()));
    }
    let same = fit::<VaDe>(&params(), &dataset(Array2::ones((20, 4))), 0).unwrap();
    assert!(same.counts.contains("\"nonempty_clusters\": 1"), "{}", same.counts);
}

#[test]
fn what_it_cannot_take_is_an_outcome() {
    let failure = |params: &Params, data: &Dataset| match fit::<VaDe>(params, data, 0) {
        Err(FitError::Failed(message)) => message,
        other => panic!("not a failure: {other:?}"),
    };
    let message = failure(&Params { learning_rate: 1e30, ..params() }, &blobs());
    assert!(message.ends_with(" in epoch 1 of clustering (learning-rate 1e30)"), "{message}");
    let mut values = blobs().joined();
    values[(5, 5)] = f64::NAN;
    let message = failure(&params(), &dataset(values));
    assert_eq!(message, "the loss became NaN in epoch 1 of pretraining (pretrain-learning-rate 0.005)");
    for shape in [(0, 4), (4, 0), (2, 4)] {
        let outcome = fit::<VaDe>(&params(), &dataset(Array2::ones(shape)), 0);
        assert!(matches!(outcome, Err(FitError::NotApplicable(_))), "{shape:?}: {outcome:?}");
    }
    let cross = Params { reconstruction: "cross-entropy".to_owned(), ..params() };
    let outcome = fit::<VaDe>(&cross, &blobs(), 0);
    assert!(matches!(outcome, Err(FitError::NotApplicable(_))), "{outcome:?}");
    let unit = blobs().joined().mapv(|value| 1.0 / (1.0 + (-value).exp()));
    assert_eq!(fit::<VaDe>(&cross, &dataset(unit), 0).unwrap().clusters.len(), 120);
}
