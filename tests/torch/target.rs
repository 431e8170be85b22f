//! The target P of DEC, IDEC and ATT-VAE's tuning stage is made of all rows: `f_j` of a batch alone would be another
//! target, and the loss another number. Steps of a size that moves nothing leave every loss to be had by hand.

use std::ops::Range;

use gridbook::model::TrialContext;
use gridbook::model::deep::vae_pretraining::{self, AttentionParams, StageParams};
use gridbook::model::deep::{dec, idec};
use gridbook::rng::{Purpose, Stream};
use gridbook::torch::autoencoder::Autoencoder;
use gridbook::torch::cluster_head::{ClusterHead, Target};
use gridbook::torch::vae::Vae;
use gridbook::torch::vae_tuning::{Tuning, tune};
use gridbook::torch::{to_array, to_tensor};
use ndarray::{Array2, Axis, s};
use tch::{Device, Tensor};

use crate::fixture::with_trial;

const ROWS: usize = 72;
const BATCH: usize = 24;
/// Far below the digits of f32: nothing moves.
const STILL: f64 = 1e-30;

/// 48 rows of one group, then 18 of another, then 6 of a third: a batch has other shares than the whole.
fn data() -> Array2<f64> {
    let mut stream = Stream::new(2, Purpose::Noise, "target");
    let group = |row: usize| usize::from(row >= 48) + usize::from(row >= 66);
    Array2::from_shape_fn((ROWS, 4), |(row, column)| {
        let center = if column == group(row) { 3.0 } else { 0.0 };
        center + 0.4 * stream.normal()
    })
}

/// A code of each group.
fn centers(codes: &Array2<f64>) -> Array2<f64> {
    codes.select(Axis(0), &[0, 50, 70])
}

/// `q_ij ∝ 1 / (1 + |z_i - μ_j|²)`
fn soft(codes: &Array2<f64>, centers: &Array2<f64>) -> Array2<f64> {
    normalised(Array2::from_shape_fn((codes.nrows(), centers.nrows()), |(i, j)| {
        1.0 / (1.0 + (&codes.row(i) - &centers.row(j)).mapv(|d| d * d).sum())
    }))
}

fn normalised(mut table: Array2<f64>) -> Array2<f64> {
    table.rows_mut().into_iter().for_each(|mut row| row /= row.sum());
    table
}

/// `p_ij ∝ q_ij² / f_j` of some rows, with `f_j` over `counted` rows.
fn sharpened(q: &Array2<f64>, rows: Range<usize>, counted: Range<usize>) -> Array2<f64> {
    let frequencies = q.slice(s![counted, ..]).sum_axis(Axis(0));
    normalised(&q.slice(s![rows, ..]).mapv(|q| q * q) / &frequencies)
}

/// `KL(P‖Q)`, a mean over the rows of `p`, which are `rows` of `q`.
fn divergence(p: &Array2<f64>, q: &Array2<f64>, rows: Range<usize>) -> f64 {
    let q = q.slice(s![rows, ..]);
    #[expect(clippy::cast_precision_loss, reason = "few rows")]
    let count = p.nrows() as f64;
    p.iter().zip(q).map(|(p, q)| p * (p / q).ln()).sum::<f64>() / count
}

/// The loss of each batch in data order under the target of all rows, and under one of each batch alone.
fn losses(q: &Array2<f64>) -> Vec<(f64, f64)> {
    let batches = (0..ROWS / BATCH).map(|batch| batch * BATCH..(batch + 1) * BATCH);
    let under =
        |rows: &Range<usize>, counted: Range<usize>| divergence(&sharpened(q, rows.clone(), counted), q, rows.clone());
    batches.map(|rows| (under(&rows, 0..ROWS), under(&rows, rows.clone()))).collect()
}

fn assert_of_the_whole(name: &str, found: &[f64], losses: &[(f64, f64)]) {
    assert_eq!(found.len(), losses.len(), "{name}");
    for (found, (whole, alone)) in found.iter().zip(losses) {
        assert!((whole - alone).abs() > 0.2 * whole, "{name}: the two targets can be told apart: {whole} {alone}");
        assert!((found - whole).abs() < 1e-4 * whole, "{name}: {found} is not {whole} (a batch alone: {alone})");
    }
}

fn curve(trial: &TrialContext, name: &str) -> Vec<f64> {
    let points = trial.curves.iter().filter(|point| point.phase == "cluster" && point.name == name);
    points.map(|point| point.value).collect()
}

fn off(found: &Tensor, expected: &Array2<f64>) -> f64 {
    (to_array(found).unwrap() - expected).iter().fold(0.0, |worst: f64, e| worst.max(e.abs()))
}

/// An autoencoder as it begins, the data, the head on its code, and q.
fn begin(trial: &TrialContext) -> (Autoencoder, Tensor, ClusterHead, Array2<f64>) {
    let autoencoder = Autoencoder::xavier(&[4, 6, 2], trial, Device::Cpu);
    let data = to_tensor(data().view(), Device::Cpu);
    let codes = to_array(&autoencoder.codes(&data)).unwrap();
    let head = ClusterHead::new(centers(&codes).view(), Device::Cpu);
    let q = soft(&codes, &centers(&codes));
    (autoencoder, data, head, q)
}

#[test]
fn the_target_of_all_rows_is_not_that_of_a_batch() {
    with_trial(|trial| {
        let (autoencoder, data, head, q) = begin(trial);
        let log_q = head.log_assignments(&autoencoder.codes(&data));
        for start in [0, BATCH, 2 * BATCH] {
            let rows = start..start + BATCH;
            let (at, length) = (i64::try_from(start).unwrap(), i64::try_from(BATCH).unwrap());
            let whole = sharpened(&q, rows.clone(), 0..ROWS);
            let alone = sharpened(&q, rows.clone(), rows);
            let part = Target::sharpen(&log_q).rows(at, length);
            assert!(off(part.assignments(), &whole) < 1e-5, "from row {start}");
            let indices = Tensor::arange_start(at, at + length, (tch::Kind::Int64, Device::Cpu));
            assert!(off(Target::sharpen(&log_q).select(&indices).assignments(), &whole) < 1e-5, "from row {start}");
            let of_batch = Target::sharpen(&log_q.narrow(0, at, length));
            assert!(off(of_batch.assignments(), &alone) < 1e-5, "from row {start}");
            assert!(off(of_batch.assignments(), &whole) > 0.05, "from row {start}");
        }
    });
}

#[test]
fn dec_and_idec_aim_at_the_target_of_all_rows() {
    let iterations = ROWS / BATCH;
    // The first target throughout, and one that is made again after each step.
    for update_interval in [1, iterations] {
        let (batch_size, max_iterations) = (BATCH, iterations);
        with_trial(|trial| {
            let (autoencoder, data, head, q) = begin(trial);
            let params = dec::Params {
                batch_size,
                update_interval,
                max_iterations,
                tolerance: 0.0,
                learning_rate: STILL,
                ..Default::default()
            };
            dec::cluster(&params, &data, &autoencoder, &head, trial).unwrap();
            assert_of_the_whole("dec", &curve(trial, "loss"), &means(&losses(&q), update_interval));
        });
        with_trial(|trial| {
            let (autoencoder, data, head, q) = begin(trial);
            let params = idec::Params {
                batch_size,
                update_interval,
                max_iterations,
                tolerance: 0.0,
                learning_rate: STILL,
                ..Default::default()
            };
            idec::cluster(&params, &data, &autoencoder, &head, trial).unwrap();
            assert_of_the_whole("idec", &curve(trial, "divergence"), &means(&losses(&q), update_interval));
        });
    }
}

/// Curves have a point for each target: the mean over its batches.
fn means(losses: &[(f64, f64)], update_interval: usize) -> Vec<(f64, f64)> {
    #[expect(clippy::cast_precision_loss, reason = "few batches")]
    let mean = |part: &[(f64, f64)]| {
        let count = part.len() as f64;
        (part.iter().map(|loss| loss.0).sum::<f64>() / count, part.iter().map(|loss| loss.1).sum::<f64>() / count)
    };
    losses.chunks(update_interval).map(mean).collect()
}

#[test]
fn the_tuning_stage_of_att_vae_aims_at_the_target_of_all_rows() {
    with_trial(|trial| {
        let vae = vae_pretraining::Params { layers: vec![6], latent_dimension: 2, ..Default::default() };
        let params = StageParams::of(&vae, &AttentionParams::default(), BATCH);
        let vae = Vae::initial(&[4], &params, trial, Device::Cpu).unwrap();
        let data = to_tensor(data().view(), Device::Cpu);
        let codes = to_array(&vae.codes(&data, true)).unwrap();
        let (centers, epochs) = (centers(&codes), 2);
        let q = soft(&codes, &centers);
        let how = Tuning { epochs, batch_size: BATCH, learning_rate: STILL, beta: 0.1, gamma: 1.0, attended: true };
        tune(&data, &vae, centers.view(), &how, trial).unwrap();
        // Batches are shuffled, and so are those of the comparison, which have about the shares of the whole: what they
        // would give alone differs less, but differs.
        let whole = divergence(&sharpened(&q, 0..ROWS, 0..ROWS), &q, 0..ROWS);
        let mut orders = trial.stream(Purpose::Batches, "vae.tune");
        for found in curve(trial, "divergence") {
            let shuffled = q.select(Axis(0), &orders.permutation(ROWS));
            let alone = means(&losses(&shuffled), ROWS / BATCH)[0].1;
            assert!((alone - whole).abs() > 1e-3 * whole, "{alone} {whole}");
            assert!((found - whole).abs() < 1e-4 * whole, "{found} is not {whole} (batches alone: {alone})");
        }
        assert_eq!(curve(trial, "divergence").len(), epochs);
    });
}
