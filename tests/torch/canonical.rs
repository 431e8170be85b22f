//! `cca-kmeans`, `dcca` and `dccae` as trials.

use gridbook::dataset::{Dataset, View};
use gridbook::model::FitError;
use gridbook::model::deep::activation::Activation;
use gridbook::model::deep::canonical;
use gridbook::model::deep::cca_kmeans::{self, CcaKMeans};
use gridbook::model::deep::dcca::Dcca;
use gridbook::model::deep::dccae::{self, Dccae};
use gridbook::rng::{Purpose, Stream};
use gridbook::torch::canonical::{Networks, to_double};
use gridbook::torch::cca::negative_correlation;
use gridbook::torch::to_array;
use ndarray::Array2;
use tch::{Device, Kind};

use crate::fixture::{Outcome, dataset, fit, with_trial};

/// Views of three groups, each with noise of its own.
fn views(rows: usize, widths: &[usize]) -> Dataset {
    let mut stream = Stream::new(5, Purpose::Noise, "views");
    let view = |(i, width): (usize, &usize)| {
        let centers = Array2::from_shape_simple_fn((3, *width), || stream.normal());
        let values = Array2::from_shape_fn((rows, *width), |(row, j)| centers[(row % 3, j)] + 0.3 * stream.normal());
        View::numbered(format!("v{i}"), values)
    };
    Dataset::new(widths.iter().enumerate().map(view).collect(), None)
}

fn small() -> canonical::Params {
    canonical::Params {
        clusters: Some(3),
        layers: vec![12],
        latent_dimension: 3,
        batch_size: 40,
        epochs: 6,
        learning_rate: 5e-3,
        seed_restarts: 4,
        ..Default::default()
    }
}

fn dccae() -> dccae::Params {
    dccae::Params { lambda: 0.1, canonical: small() }
}

fn floor() -> cca_kmeans::Params {
    cca_kmeans::Params { clusters: Some(3), latent_dimension: 3, seed_restarts: 4, ..Default::default() }
}

fn undefined(outcome: Result<Outcome, FitError>) -> String {
    match outcome {
        Err(FitError::NotApplicable(message)) => message,
        other => panic!("not undefined: {other:?}"),
    }
}

fn failure(outcome: Result<Outcome, FitError>) -> String {
    match outcome {
        Err(FitError::Failed(message)) => message,
        other => panic!("not a failure: {other:?}"),
    }
}

fn right(found: &Outcome) -> usize {
    (0..found.clusters.len()).filter(|i| found.clusters[*i] == found.clusters[i % 3]).count()
}

#[test]
fn groups_that_both_views_show_are_found() {
    let data = views(150, &[8, 6]);
    let found = fit::<CcaKMeans>(&floor(), &data, 0).unwrap();
    assert_eq!(right(&found), 150);
    assert_eq!(found.phase("cca").len(), 3);
    for code in ["both", "first", "raw-both", "raw-first"] {
        let params = dccae::Params { canonical: canonical::Params { code: code.to_owned(), ..small() }, ..dccae() };
        let found = fit::<Dccae>(&params, &data, 0).unwrap();
        assert!(right(&found) >= 148, "{code}: {:?}", found.clusters);
        assert!(found.counts.contains("\"skipped_steps\": 0"), "{}", found.counts);
    }
    let params = canonical::Params { epochs: 20, ..small() };
    let found = fit::<Dcca>(&params, &data, 0).unwrap();
    assert!(right(&found) >= 148, "{:?}", found.clusters);
}

#[test]
fn training_raises_the_correlation_and_lowers_the_error() {
    let data = views(150, &[8, 6]);
    let value = |line: &String| {
        let (name, bits) = line.rsplit_once(' ').unwrap();
        (name.split(' ').nth(1).unwrap().to_owned(), f64::from_bits(u64::from_str_radix(bits, 16).unwrap()))
    };
    let found = fit::<Dccae>(&dccae(), &data, 1).unwrap();
    let points: Vec<_> = found.phase("train").into_iter().map(value).collect();
    let curve = |name: &str| points.iter().filter(|point| point.0 == name).map(|point| point.1).collect::<Vec<_>>();
    let (loss, correlation, missed) = (curve("loss"), curve("correlation"), curve("reconstruction"));
    assert_eq!([loss.len(), correlation.len(), missed.len()], [6; 3]);
    assert!(correlation[5] > correlation[0] && missed[5] < missed[0], "{correlation:?} {missed:?}");
    for i in 0..6 {
        assert!((loss[i] - (0.1 * missed[i] - correlation[i])).abs() < 1e-12);
    }
}

#[test]
fn without_reconstruction_it_is_dcca_and_the_same_bytes_come_again() {
    let data = views(120, &[8, 6]);
    let zero = dccae::Params { lambda: 0.0, ..dccae() };
    let first = fit::<Dcca>(&small(), &data, 2).unwrap();
    assert_eq!(first, fit::<Dccae>(&zero, &data, 2).unwrap());
    let with = fit::<Dccae>(&dccae(), &data, 2).unwrap();
    assert_ne!(first.phase("train"), with.phase("train"));
    assert_eq!(with, fit::<Dccae>(&dccae(), &data, 2).unwrap());
    assert_eq!(first, fit::<Dcca>(&small(), &data, 2).unwrap());
    assert_eq!(fit::<CcaKMeans>(&floor(), &data, 2).unwrap(), fit::<CcaKMeans>(&floor(), &data, 2).unwrap());
    assert_ne!(first.phase("train"), fit::<Dcca>(&small(), &data, 3).unwrap().phase("train"));
}

/// Of the loss of DCCAE by the weights of its networks, and the two terms one by one.
#[test]
fn the_gradient_of_the_loss_is_that_of_its_terms_by_differences() {
    let data = views(60, &[5, 4]);
    with_trial(|trial| {
        let inputs = [0, 1].map(|i| to_double(data.views[i].values.view(), Device::Cpu));
        let inputs = [&inputs[0], &inputs[1]];
        let networks = Networks::xavier([5, 4], &[6, 2], Activation::Tanh, true, trial, Device::Cpu);
        let (lambda, regularization) = (0.3, 1e-3);
        networks.objective(inputs, regularization, lambda).unwrap().loss.backward();
        // Written out once more, from the definition.
        let value = || {
            let codes = networks.outputs(inputs);
            let decoders = networks.decoders.as_ref().unwrap();
            let mut sum = negative_correlation([&codes[0], &codes[1]], [regularization; 2]).unwrap().double_value(&[]);
            for i in 0..2 {
                let missed = to_array(&decoders[i].forward(&codes[i])).unwrap() - &data.views[i].values;
                sum += lambda / 60.0 * missed.mapv(|x| x * x).sum();
            }
            sum
        };
        let parameters = networks.parameters();
        assert_eq!(parameters.len(), 16);
        for (p, parameter) in parameters.iter().enumerate() {
            assert_eq!(parameter.kind(), Kind::Double);
            let mut entry = parameter.detach().view(-1).narrow(0, 0, 1);
            let step = 1e-3;
            let mut at = |by: f64| {
                let _ = entry.g_add_scalar_(by * step);
                let value = value();
                let _ = entry.g_add_scalar_(-by * step);
                value
            };
            let expected = (8.0 * (at(1.0) - at(-1.0)) - (at(2.0) - at(-2.0))) / (12.0 * step);
            let found = parameter.grad().view(-1).double_value(&[0]);
            assert!((found - expected).abs() < 1e-9, "parameter {p}: {found} is not {expected}");
        }
    });
}

#[test]
fn a_batch_too_small_to_correlate_is_not_applicable() {
    let data = views(60, &[8, 6]);
    let with = |batch_size, latent_dimension| {
        let canonical = canonical::Params { batch_size, latent_dimension, epochs: 1, ..small() };
        dccae::Params { canonical, ..dccae() }
    };
    let message = undefined(fit::<Dccae>(&with(4, 10), &data, 0));
    assert_eq!(message, "batch-size 4 gives no correlation of 10 outputs: at least 11");
    assert_eq!(undefined(fit::<Dcca>(&with(10, 10).canonical, &data, 0)).matches("at least 11").count(), 1);
    fit::<Dccae>(&with(11, 10), &data, 0).unwrap();
    // 400 rows a step of ten rows.
    let message = undefined(fit::<Dccae>(&with(400, 10), &views(10, &[8, 6]), 0));
    assert_eq!(message, "10 rows give no correlation of 10 outputs: at least 11");
    fit::<Dccae>(&with(400, 10), &views(11, &[8, 6]), 0).unwrap();
    let message = undefined(fit::<CcaKMeans>(&floor(), &views(3, &[8, 6]), 0));
    assert_eq!(message, "3 rows give no correlation of 3 outputs: at least 4");
    // 60 = 29 + 29 + 2: the last two are left out.
    let found = fit::<Dccae>(&with(29, 3), &data, 0).unwrap();
    assert_eq!(found.notes, ["2 rows of each epoch are left out: too few in their batch to tell a correlation"]);
    assert!(fit::<Dccae>(&with(28, 3), &data, 0).unwrap().notes.is_empty());
    // One row alone would have no correlation, and be a step that is skipped.
    let found = fit::<Dccae>(&with(59, 3), &data, 0).unwrap();
    assert!(found.counts.contains("\"skipped_steps\": 0"), "{}", found.counts);
}

#[test]
fn two_views_are_taken_and_others_left_aside() {
    let three = views(60, &[8, 6, 5]);
    let found = fit::<Dccae>(&dccae(), &three, 0).unwrap();
    assert_eq!(found.notes, ["the first two of 3 views are correlated, `v0` and `v1`; the others are left aside"]);
    let two = Dataset::new(three.views[..2].to_vec(), None);
    let expected = fit::<Dccae>(&dccae(), &two, 0).unwrap();
    assert_eq!((found.clusters, found.curves), (expected.clusters, expected.curves));
    let chosen = cca_kmeans::Params { views: vec!["v2".to_owned(), "v0".to_owned()], ..floor() };
    let found = fit::<CcaKMeans>(&chosen, &three, 0).unwrap();
    assert_eq!(found.notes, ["the chosen two of 3 views are correlated, `v2` and `v0`; the others are left aside"]);
    let message = undefined(fit::<CcaKMeans>(
        &cca_kmeans::Params { views: vec!["v0".to_owned(), "v4".to_owned()], ..floor() },
        &three,
        0,
    ));
    assert_eq!(message, "no view is called `v4`: there are `v0`, `v1`, `v2`");
    let one = views(60, &[8]);
    for message in [
        undefined(fit::<CcaKMeans>(&floor(), &one, 0)),
        undefined(fit::<Dcca>(&small(), &one, 0)),
        undefined(fit::<Dccae>(&dccae(), &one, 0)),
    ] {
        assert_eq!(message, "two views are correlated, and there is 1");
    }
    let narrow = fit::<CcaKMeans>(&floor(), &views(60, &[8, 2]), 0).unwrap();
    assert_eq!(narrow.notes, ["2 pairs are correlated, not 3: a view has no more columns"]);
}

#[test]
fn steps_that_are_not_finite_are_skipped_and_none_left_is_a_failure() {
    let mut data = views(120, &[8, 6]);
    data.views[1].values[(5, 2)] = f64::NAN;
    // 120 rows in three batches: two of them are whole, but the outputs of all rows are not.
    let message = failure(fit::<Dccae>(&dccae(), &data, 0));
    assert_eq!(message, "the outputs are not finite after training (learning-rate 0.005)");
    let whole = canonical::Params { batch_size: 120, ..small() };
    let message = failure(fit::<Dcca>(&whole, &data, 0));
    assert_eq!(message, "no step had a finite loss in epoch 1 of training (learning-rate 0.005)");
    assert!(failure(fit::<CcaKMeans>(&floor(), &data, 0)).starts_with("the linear analysis of correlation"));
    let wild = dccae::Params { canonical: canonical::Params { learning_rate: 1e200, ..small() }, ..dccae() };
    let message = failure(fit::<Dccae>(&wild, &views(120, &[8, 6]), 0));
    assert_eq!(message, "no step had a finite loss in epoch 2 of training (learning-rate 1e200)");
}

#[test]
fn odd_data_and_settings_are_outcomes() {
    let constant = |columns| View::numbered("c", Array2::ones((60, columns)));
    let data = views(60, &[8, 6]);
    let beside = Dataset::new(vec![data.views[0].clone(), constant(4)], None);
    let both = Dataset::new(vec![constant(4), constant(3)], None);
    for data in [&beside, &both] {
        for regularization in [0.0, 1e-3] {
            let canonical = canonical::Params { regularization, linear_regularization: regularization, ..small() };
            fit::<Dcca>(&canonical, data, 0).unwrap();
            fit::<Dccae>(&dccae::Params { canonical, ..dccae() }, data, 0).unwrap();
            fit::<CcaKMeans>(&cca_kmeans::Params { regularization, ..floor() }, data, 0).unwrap();
        }
    }
    let more = canonical::Params { clusters: Some(61), ..small() };
    assert_eq!(undefined(fit::<Dcca>(&more, &data, 0)), "61 clusters of 60 rows");
    let all = canonical::Params { clusters: Some(60), seed_restarts: 1, epochs: 0, layers: Vec::new(), ..small() };
    assert_eq!(fit::<Dcca>(&all, &data, 0).unwrap().clusters.len(), 60);
    for empty in [Dataset::default(), dataset(Array2::ones((0, 3)))] {
        undefined(fit::<Dcca>(&small(), &empty, 0));
    }
    let hollow = Dataset::new(vec![data.views[0].clone(), View::numbered("h", Array2::ones((60, 0)))], None);
    assert_eq!(undefined(fit::<CcaKMeans>(&floor(), &hollow, 0)), "view `h` has 60 rows of 0 columns");
}
