//! The variational autoencoder of several views, its attention, and the models that stand on them.

use gridbook::dataset::{Dataset, View};
use gridbook::model::FitError;
use gridbook::model::deep::att_vae::{self, AttVae};
use gridbook::model::deep::vae_kmeans::{self, VaeKMeans};
use gridbook::model::deep::vae_pretraining::{self, AttentionParams};
use gridbook::rng::{Purpose, Stream};
use gridbook::torch::attention::Attention;
use gridbook::torch::vae::{First, Posterior};
use gridbook::torch::{prepare, to_array};
use ndarray::{Array2, ArrayView2, Axis, s};
use tch::{Kind, Tensor};

use crate::fixture::{blobs, fit};

/// The blobs' columns as two views.
fn two_views() -> Dataset {
    let joined = blobs().joined();
    let part = |name: &str, from: usize, to: usize| View::numbered(name, joined.slice(s![.., from..to]).to_owned());
    Dataset::new(vec![part("a", 0, 5), part("b", 5, 8)], None)
}

fn network() -> vae_pretraining::Params {
    vae_pretraining::Params { layers: vec![16], latent_dimension: 4, pretrain_epochs: 6, ..Default::default() }
}

fn plain() -> vae_kmeans::Params {
    vae_kmeans::Params { clusters: Some(3), batch_size: 32, seed_restarts: 3, vae: network() }
}

fn attentive() -> att_vae::Params {
    att_vae::Params {
        clusters: Some(3),
        batch_size: 32,
        seed_restarts: 3,
        epochs: 3,
        vae: network(),
        ..Default::default()
    }
}

fn attention(tokens: &str, heads: usize) -> AttentionParams {
    AttentionParams { tokens: tokens.to_owned(), heads, attention_start: "xavier".to_owned(), ..Default::default() }
}

#[test]
fn without_attention_it_is_the_multi_view_vae_bit_for_bit() {
    for seed in [0, 1] {
        let vae = fit::<VaeKMeans>(&plain(), &two_views(), seed).unwrap();
        let identity = att_vae::Params { gamma: 0.0, attention: AttentionParams::identity(), ..attentive() };
        assert_eq!(vae, fit::<AttVae>(&identity, &two_views(), seed).unwrap());
        // With attention whose values begin at 0 the first loss is the same and the others are not.
        let attended = fit::<AttVae>(&att_vae::Params { gamma: 0.0, ..attentive() }, &two_views(), seed).unwrap();
        assert_ne!(vae.curves, attended.curves);
    }
}

/// `x + softmax(Q K' / √d) V` of one set of tokens, head by head.
fn by_hand(tokens: ArrayView2<f64>, maps: &[(Array2<f64>, Array2<f64>)], heads: usize) -> Array2<f64> {
    let [q, k, v] = [0, 1, 2].map(|i| tokens.dot(&maps[i].0.t()) + maps[i].1.row(0));
    let width = tokens.ncols() / heads;
    let mut out = tokens.to_owned();
    for head in 0..heads {
        let columns = s![.., head * width..(head + 1) * width];
        #[expect(clippy::cast_precision_loss, reason = "a width")]
        let mut scores = q.slice(columns).dot(&k.slice(columns).t()) / (width as f64).sqrt();
        for mut row in scores.rows_mut() {
            row.mapv_inplace(f64::exp);
            let sum = row.sum();
            row /= sum;
        }
        let mut part = out.slice_mut(columns);
        part += &scores.dot(&v.slice(columns));
    }
    out
}

#[test]
fn attention_is_its_formula() {
    prepare().unwrap();
    let mut stream = Stream::new(0, Purpose::Noise, "codes");
    let codes = Array2::from_shape_simple_fn((5, 8), || stream.normal());
    for (tokens, heads, width) in [("views", 2, 4), ("chunks", 1, 2), ("samples", 2, 8)] {
        let mut maps = Vec::new();
        let mut source = |_: &str, inputs: usize, outputs: usize, first: First| {
            assert_eq!((inputs, outputs, first), (width, width, First::Xavier));
            let weight = Array2::from_shape_simple_fn((outputs, inputs), || stream.normal());
            let bias = Array2::from_shape_simple_fn((1, outputs), || stream.normal());
            maps.push((weight.clone(), bias.clone()));
            Some((Tensor::try_from(&weight).unwrap(), Tensor::try_from(&bias).unwrap().view([-1])))
        };
        let network = Attention::build(&attention(tokens, heads), 2, 4, &mut source).unwrap();
        let found = to_array(&network.forward(&Tensor::try_from(&codes).unwrap())).unwrap();
        let expected = if tokens == "samples" {
            by_hand(codes.view(), &maps, heads)
        } else {
            let mut all = Array2::zeros((0, 8));
            for row in codes.rows() {
                let set = row.to_owned().into_shape_with_order((8 / width, width)).unwrap();
                let out = by_hand(set.view(), &maps, heads);
                all.append(Axis(0), out.to_shape((1, 8)).unwrap().view()).unwrap();
            }
            all
        };
        let off = (&found - &expected).iter().fold(0.0_f64, |worst, e| worst.max(e.abs()));
        assert!(off < 1e-12, "{tokens}: off by {off}");
        let all = to_array(&network.of_all(&Tensor::try_from(&codes).unwrap())).unwrap();
        assert!((&all - &found).iter().all(|e| e.abs() < 1e-12), "{tokens}");
    }
}

#[test]
fn the_divergence_is_its_closed_form() {
    prepare().unwrap();
    let (mean, log_variance) = ([0.5_f64, -1.0, 0.0, 2.0], [0.3_f64, 0.0, -1.0, 0.7]);
    let tensor = |values: &[f64]| Tensor::from_slice(values).view([2, 2]);
    let posterior = Posterior { mean: tensor(&mean), log_variance: tensor(&log_variance) };
    let terms = mean.iter().zip(&log_variance).map(|(m, l)| -0.5 * (1.0 + l - m * m - l.exp()));
    assert!((posterior.divergence().double_value(&[]) - terms.sum::<f64>() / 2.0).abs() < 1e-14);
    let noise = Tensor::ones([2, 2], (Kind::Double, tch::Device::Cpu));
    let sample = to_array(&posterior.sample(&noise)).unwrap();
    assert!((sample[(1, 1)] - (2.0 + 0.35_f64.exp())).abs() < 1e-14);
}

#[test]
fn every_reading_gives_the_same_bytes_again() {
    let data = two_views();
    for tokens in ["views", "chunks", "samples"] {
        for code in ["attended", "mean"] {
            let params = att_vae::Params { attention: attention(tokens, 1), code: code.to_owned(), ..attentive() };
            let first = fit::<AttVae>(&params, &data, 4).unwrap();
            assert_eq!(first, fit::<AttVae>(&params, &data, 4).unwrap(), "{tokens} {code}");
            assert!(first.curves.iter().any(|point| !point.starts_with("pretrain")), "it was tuned");
        }
    }
}

#[test]
fn odd_data_and_settings_are_outcomes() {
    let single = Dataset::new(vec![View::numbered("x", blobs().joined())], None);
    let alone = fit::<AttVae>(&attentive(), &single, 0).unwrap();
    assert!(alone.notes.iter().any(|note| note.starts_with("one view is one token")), "{:?}", alone.notes);
    assert_eq!(fit::<VaeKMeans>(&plain(), &single, 0).unwrap().clusters.len(), 120);

    let mut constant = two_views();
    constant.views[1].values.fill(1.0);
    let large = att_vae::Params { batch_size: 10_000, ..attentive() };
    assert_eq!(fit::<AttVae>(&large, &constant, 0).unwrap().clusters.len(), 120);

    let mut missing = two_views();
    missing.views[0].values[(2, 2)] = f64::NAN;
    assert!(matches!(fit::<AttVae>(&attentive(), &missing, 0), Err(FitError::Failed(_))));
    assert!(matches!(fit::<VaeKMeans>(&plain(), &missing, 0), Err(FitError::Failed(_))));
    let many = att_vae::Params { clusters: Some(121), ..attentive() };
    assert!(matches!(fit::<AttVae>(&many, &two_views(), 0), Err(FitError::NotApplicable(_))));
    let uneven = AttentionParams { chunks: 3, ..attention("chunks", 1) };
    let uneven = fit::<AttVae>(&att_vae::Params { attention: uneven, ..attentive() }, &two_views(), 0);
    assert!(matches!(uneven, Err(FitError::NotApplicable(_))));
}
