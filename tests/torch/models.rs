//! The three models as trials: one start, the same bytes again, and outcomes instead of panics.

use gridbook::model::FitError;
use gridbook::model::deep::autoencoder_kmeans::{self, AutoencoderKMeans};
use gridbook::model::deep::dec::{self, Dec};
use gridbook::model::deep::idec::{self, Idec};
use gridbook::model::deep::pretraining;
use gridbook::torch::training::StepDecay;
use ndarray::Array2;

use crate::fixture::{Outcome, blobs, dataset, fit};

fn pretraining() -> pretraining::Params {
    pretraining::Params { layers: vec![16, 32], latent_dimension: 4, pretrain_epochs: 5, ..Default::default() }
}

fn kmeans() -> autoencoder_kmeans::Params {
    autoencoder_kmeans::Params { clusters: Some(3), batch_size: 32, seed_restarts: 3, pretraining: pretraining() }
}

fn dec() -> dec::Params {
    let kmeans = kmeans();
    dec::Params {
        clusters: kmeans.clusters,
        batch_size: kmeans.batch_size,
        seed_restarts: kmeans.seed_restarts,
        pretraining: kmeans.pretraining,
        update_interval: 4,
        max_iterations: 40,
        ..Default::default()
    }
}

fn idec() -> idec::Params {
    let dec = dec();
    idec::Params {
        clusters: dec.clusters,
        batch_size: dec.batch_size,
        seed_restarts: dec.seed_restarts,
        pretraining: dec.pretraining,
        update_interval: dec.update_interval,
        max_iterations: dec.max_iterations,
        ..Default::default()
    }
}

fn failure(outcome: Result<Outcome, FitError>) -> String {
    match outcome {
        Err(FitError::Failed(message)) => message,
        other => panic!("not a failure: {other:?}"),
    }
}

#[test]
fn one_seed_is_one_start_for_all_three() {
    let data = blobs();
    for seed in [0, 1] {
        let start = fit::<AutoencoderKMeans>(&kmeans(), &data, seed).unwrap();
        // Without a step of clustering the answer is the nearest of k-means' centres.
        let dec_start = fit::<Dec>(&dec::Params { max_iterations: 0, ..dec() }, &data, seed).unwrap();
        let idec_start = fit::<Idec>(&idec::Params { max_iterations: 0, ..idec() }, &data, seed).unwrap();
        assert_eq!(start.phase("pretrain").len(), 5);
        assert_eq!(start.phase("pretrain"), dec_start.phase("pretrain"));
        assert_eq!(start.phase("pretrain"), idec_start.phase("pretrain"));
        assert_eq!(start.clusters, dec_start.clusters);
        assert_eq!(start.clusters, idec_start.clusters);
    }
    let (zero, one) = (fit::<Dec>(&dec(), &data, 0).unwrap(), fit::<Dec>(&dec(), &data, 1).unwrap());
    assert_ne!(zero.phase("pretrain"), one.phase("pretrain"), "another seed starts elsewhere");
}

#[test]
fn a_trial_gives_the_same_bytes_again_whatever_ran_between() {
    let data = blobs();
    let all = || {
        (
            fit::<AutoencoderKMeans>(&kmeans(), &data, 3).unwrap(),
            fit::<Dec>(&dec(), &data, 3).unwrap(),
            fit::<Idec>(&idec(), &data, 3).unwrap(),
        )
    };
    let first = all();
    assert_eq!(first, all());
    fit::<Idec>(
        &idec::Params {
            pretraining: pretraining::Params { layers: vec![7], ..pretraining() },
            batch_size: 50,
            ..idec()
        },
        &data,
        9,
    )
    .unwrap();
    assert_eq!(first.1, fit::<Dec>(&dec(), &data, 3).unwrap());
    assert_eq!(first, all());
}

#[test]
fn a_loss_that_is_not_finite_is_a_failure_that_says_where() {
    let params = autoencoder_kmeans::Params {
        pretraining: pretraining::Params { pretrain_learning_rate: 1e30, ..pretraining() },
        ..kmeans()
    };
    let message = failure(fit::<AutoencoderKMeans>(&params, &blobs(), 0));
    assert_eq!(message, "the loss became NaN in epoch 1 of pretraining (pretrain-learning-rate 1e30)");
    let message = failure(fit::<Idec>(&idec::Params { learning_rate: 1e30, ..idec() }, &blobs(), 0));
    assert_eq!(message, "the loss became NaN by step 4 of clustering (learning-rate 1e30)");
    let message = failure(fit::<Dec>(&dec::Params { learning_rate: 1e30, ..dec() }, &blobs(), 0));
    assert!(message.ends_with("by step 4 of clustering (learning-rate 1e30)"), "{message}");
}

#[test]
fn data_that_a_network_cannot_take_are_an_outcome() {
    let mut values = blobs().joined();
    values[(5, 5)] = f64::NAN;
    let message = failure(fit::<Dec>(&dec(), &dataset(values.clone()), 0));
    assert_eq!(message, "the loss became NaN in epoch 1 of pretraining (pretrain-learning-rate 0.001)");
    let untrained = dec::Params { pretraining: pretraining::Params { pretrain_epochs: 0, ..pretraining() }, ..dec() };
    let message = failure(fit::<Dec>(&untrained, &dataset(values), 0));
    assert_eq!(message, "the code is not finite after pretraining");
    for shape in [(0, 4), (4, 0), (2, 4)] {
        let outcome = fit::<Dec>(&dec(), &dataset(Array2::ones(shape)), 0);
        assert!(matches!(outcome, Err(FitError::NotApplicable(_))), "{shape:?}: {outcome:?}");
    }
}

#[test]
fn odd_settings_still_give_every_row_a_cluster() {
    let data = blobs();
    let odd = [
        idec::Params { pretraining: pretraining::Params { layers: Vec::new(), ..pretraining() }, ..idec() },
        idec::Params { clusters: Some(1), ..idec() },
        idec::Params { clusters: Some(120), seed_restarts: 1, ..idec() },
        idec::Params { batch_size: 7, ..idec() },
        idec::Params { batch_size: 10_000, ..idec() },
        idec::Params {
            pretraining: pretraining::Params { latent_dimension: 1, ..pretraining() },
            batch_size: 119,
            ..idec()
        },
    ];
    for params in odd {
        let found = fit::<Idec>(&params, &data, 0).unwrap();
        assert_eq!(found.clusters.len(), 120);
        assert!(found.clusters.iter().all(|&cluster| cluster < params.clusters.unwrap()));
    }
    let same = fit::<Dec>(&dec(), &dataset(Array2::ones((20, 4))), 0).unwrap();
    assert!(same.counts.contains("\"nonempty_clusters\": 1"), "{}", same.counts);
}

#[test]
fn the_tolerance_counts_after_two_targets_and_the_cap_is_noted() {
    let data = blobs();
    let easy = fit::<Dec>(&dec::Params { tolerance: 1.0, ..dec() }, &data, 0).unwrap();
    assert!(easy.counts.contains("\"iterations\": 8"), "{}", easy.counts);
    assert!(easy.notes.is_empty());
    let capped = fit::<Dec>(&dec::Params { tolerance: 1e-9, max_iterations: 6, ..dec() }, &data, 0).unwrap();
    assert!(capped.counts.contains("\"iterations\": 6"), "{}", capped.counts);
    assert!(capped.notes[0].starts_with("stopped at max-iterations 6 "), "{:?}", capped.notes);
    let endless = fit::<Dec>(&dec::Params { tolerance: 0.0, ..dec() }, &data, 0).unwrap();
    assert!(endless.counts.contains("\"iterations\": 40"), "{}", endless.counts);
    assert!(endless.notes.is_empty());
}

#[test]
fn layers_that_learn_alone_first_begin_the_whole_from_a_lower_loss() {
    let data = blobs();
    let with = |layer_wise_epochs: usize, layer_wise_dropout: f64| {
        let pretraining = pretraining::Params { layer_wise_epochs, layer_wise_dropout, ..pretraining() };
        let params = autoencoder_kmeans::Params { pretraining, ..kmeans() };
        let first = fit::<AutoencoderKMeans>(&params, &data, 0).unwrap();
        assert_eq!(first, fit::<AutoencoderKMeans>(&params, &data, 0).unwrap());
        first
    };
    let loss = |point: &String| f64::from_bits(u64::from_str_radix(point.rsplit(' ').next().unwrap(), 16).unwrap());
    let (whole, stacked) = (with(0, 0.2), with(20, 0.2));
    assert!(whole.phase("layer-").is_empty());
    // Widths 8-16-32-4: three layers, each with a curve of its own that falls.
    for name in ["layer-1", "layer-2", "layer-3"] {
        let points = stacked.phase(name);
        assert_eq!(points.len(), 20, "{name}");
        assert!(loss(points[19]) < loss(points[0]), "{name} learns");
    }
    assert!(loss(stacked.phase("pretrain")[0]) < loss(whole.phase("pretrain")[0]));
    // The first layer's input stays whole; what it gives does not.
    let sparse = with(20, 0.5);
    for name in ["layer-1", "layer-2"] {
        assert_ne!(stacked.phase(name), sparse.phase(name), "dropout reaches {name}");
    }
}

#[test]
fn step_sizes_fall_in_steps_to_their_floor() {
    let decay = StepDecay { epochs: 10, factor: 0.5, floor: 0.2 };
    let found = [1, 10, 11, 20, 21, 1000].map(|epoch| decay.at(1.0, epoch));
    assert_eq!(found, [1.0, 1.0, 0.5, 0.5, 0.25, 0.2]);
    assert_eq!(decay.at(0.1, 50), 0.1, "a floor above the first lifts nothing");
}
