//! Training against PyTorch's from the same weights, data and batches. The numbers, and the script that made them, lie
//! in `tests/oracles/torch`.

use gridbook::model::deep::{dec, idec, pretraining};
use gridbook::model::{Clustering, TrialContext};
use gridbook::torch::autoencoder::{Autoencoder, Pretraining};
use gridbook::torch::cluster_head::ClusterHead;
use gridbook::torch::mlp::Mlp;
use gridbook::torch::{size, to_array};
use serde::Deserialize;
use tch::Tensor;

use crate::fixture::with_trial;

#[derive(Deserialize)]
struct Oracle {
    widths: Vec<usize>,
    batch_size: usize,
    update_interval: usize,
    iterations: usize,
    pixels: Vec<Vec<f64>>,
    scale: f64,
    encoder: Vec<[Vec<f32>; 2]>,
    decoder: Vec<[Vec<f32>; 2]>,
    centers: Vec<f32>,
    orders: Vec<Vec<usize>>,
    pretrain_losses: Vec<f64>,
    dec: Refined,
    idec: Refined,
}

#[derive(Deserialize)]
struct Refined {
    losses: Vec<f64>,
    centers: Vec<f64>,
    clusters: Vec<usize>,
}

impl Oracle {
    fn read() -> Self {
        serde_json::from_str(include_str!("../oracles/torch/training.json")).expect("the oracle reads")
    }

    fn data(&self) -> Tensor {
        #[expect(clippy::cast_possible_truncation, reason = "networks compute in f32")]
        let flat: Vec<f32> = self.pixels.iter().flatten().map(|pixel| (pixel / self.scale) as f32).collect();
        Tensor::from_slice(&flat).view([size(self.pixels.len()), size(self.widths[0])])
    }

    fn autoencoder(&self) -> Autoencoder {
        let layer = |[weight, bias]: &[Vec<f32>; 2]| {
            (Tensor::from_slice(weight).view([size(bias.len()), -1]), Tensor::from_slice(bias))
        };
        Autoencoder {
            encoder: Mlp::from_weights(self.encoder.iter().map(layer).collect()),
            decoder: Mlp::from_weights(self.decoder.iter().map(layer).collect()),
        }
    }

    fn head(&self) -> ClusterHead {
        ClusterHead::from_tensor(Tensor::from_slice(&self.centers).view([-1, size(self.widths[self.widths.len() - 1])]))
    }
}

fn curve(trial: &TrialContext, name: &str) -> Vec<f64> {
    trial.curves.iter().filter(|point| point.name == name).map(|point| point.value).collect()
}

fn nearly(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (found - expected).abs() / expected.abs();
        assert!(error < tolerance, "value {i}: {found} is not {expected}, off by {error:e}");
    }
}

fn assert_refined(found: &Clustering, head: &ClusterHead, trial: &TrialContext, expected: &Refined) {
    nearly(&curve(trial, "loss"), &expected.losses, 1e-4);
    assert_eq!(found.clusters, expected.clusters);
    let centers: Vec<f64> = to_array(&head.centers()).unwrap().into_iter().collect();
    nearly(&centers, &expected.centers, 1e-3);
}

#[test]
fn pretraining_is_pytorchs() {
    let oracle = Oracle::read();
    with_trial(|trial| {
        let params = pretraining::Params {
            pretrain_epochs: oracle.orders.len(),
            pretrain_batch_size: Some(oracle.batch_size),
            ..Default::default()
        };
        let how = Pretraining::from(&params);
        let mut orders = oracle.orders.iter().cloned();
        let mut order = |_| orders.next().expect("an order an epoch");
        oracle.autoencoder().pretrain_in_order(&oracle.data(), how, &mut order, trial).unwrap();
        nearly(&curve(trial, "loss"), &oracle.pretrain_losses, 1e-5);
    });
}

#[test]
fn the_steps_of_dec_are_pytorchs() {
    let oracle = Oracle::read();
    let params = dec::Params {
        batch_size: oracle.batch_size,
        update_interval: oracle.update_interval,
        max_iterations: oracle.iterations,
        tolerance: 0.0,
        ..Default::default()
    };
    with_trial(|trial| {
        let (autoencoder, head) = (oracle.autoencoder(), oracle.head());
        let found = dec::cluster(&params, &oracle.data(), &autoencoder, &head, trial).unwrap();
        assert_refined(&found, &head, trial, &oracle.dec);
    });
}

#[test]
fn the_steps_of_idec_are_pytorchs() {
    let oracle = Oracle::read();
    let params = idec::Params {
        batch_size: oracle.batch_size,
        update_interval: oracle.update_interval,
        max_iterations: oracle.iterations,
        tolerance: 0.0,
        ..Default::default()
    };
    with_trial(|trial| {
        let (autoencoder, head) = (oracle.autoencoder(), oracle.head());
        let found = idec::cluster(&params, &oracle.data(), &autoencoder, &head, trial).unwrap();
        assert_refined(&found, &head, trial, &oracle.idec);
    });
}
