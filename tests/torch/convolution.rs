//! The encoder of images: its two equations, against loops and PyTorch; and the models that have it.

use gridbook::dataset::{self, Dataset, Places, View};
use gridbook::model::FitError;
use gridbook::model::deep::att_vae::{self, AttVae};
use gridbook::model::deep::vae_encoder;
use gridbook::model::deep::vae_kmeans::{self, VaeKMeans};
use gridbook::model::deep::vae_pretraining;
use gridbook::parameter::Values;
use gridbook::rng::{Purpose, Stream};
use gridbook::torch::convolution::{Convolutions, LocalResponse, pool};
use gridbook::torch::init::he_uniform;
use gridbook::torch::vae::First;
use gridbook::torch::{prepare, to_array};
use ndarray::{Array2, Array4, Axis, s};
use tch::{Device, Kind, Tensor};

use crate::fixture::{Outcome, blobs, fit};

/// Responses `[2, 7, 2, 3]`, as the script of the numbers from PyTorch makes them.
fn responses() -> Array4<f64> {
    let value = |i: usize| f64::from(u32::try_from((i * 37 + 11) % 101).unwrap()) / 10.0 - 2.0;
    Array4::from_shape_fn((2, 7, 2, 3), |(row, k, y, x)| value(((row * 7 + k) * 2 + y) * 3 + x))
}

/// The normalised responses.
fn normalised(how: LocalResponse) -> Array4<f64> {
    prepare().unwrap();
    let found = how.normalise(&Tensor::try_from(&responses()).unwrap());
    let flat = Vec::<f64>::try_from(found.contiguous().view(-1)).unwrap();
    Array4::from_shape_vec((2, 7, 2, 3), flat).unwrap()
}

#[test]
fn the_normalisation_is_its_equation() {
    let settings = [
        LocalResponse::ALEXNET,
        LocalResponse { constant: 1.0, neighbours: 3, scale: 0.1, exponent: 0.5 },
        LocalResponse { constant: 0.5, neighbours: 4, scale: 2.0, exponent: 1.25 },
        LocalResponse { constant: 2.0, neighbours: 99, scale: 0.7, exponent: 0.75 },
    ];
    for how in settings {
        let (a, found) = (responses(), normalised(how));
        for ((row, k, y, x), &value) in found.indexed_iter() {
            let (first, last) = (k.saturating_sub(how.neighbours / 2), (k + how.neighbours / 2).min(6));
            let sum: f64 = (first..=last).map(|i| a[(row, i, y, x)].powi(2)).sum();
            let expected = a[(row, k, y, x)] / (how.constant + how.scale * sum).powf(how.exponent);
            assert!((value - expected).abs() < 1e-13, "{how:?} at {k}: {value} is not {expected}");
        }
    }
}

#[test]
fn the_normalisation_is_pytorchs_with_its_alpha_times_n() {
    // torch.nn.LocalResponseNorm(5, alpha=5e-4, beta=.75, k=2) and (3, alpha=.3, beta=.5, k=1).
    let ours = normalised(LocalResponse::ALEXNET);
    let theirs = [
        0.771_807_820_301_578,
        1.955_306_256_133_63,
        3.140_265_337_106_181,
        4.325_311_483_653_757,
        -0.474_018_237_924_724,
        0.711_773_755_781_385,
        1.901_852_795_651_915,
    ];
    for (k, expected) in theirs.into_iter().enumerate() {
        assert!((ours[(1, k, 1, 2)] - expected).abs() < 1e-13, "channel {k}: {}", ours[(1, k, 1, 2)]);
    }
    assert!((ours.sum() - 147.094_804_296_656_9).abs() < 1e-10);
    let other = normalised(LocalResponse { constant: 1.0, neighbours: 3, scale: 0.1, exponent: 0.5 });
    assert!((other[(1, 2, 0, 0)] - 2.398_019_759_666_351).abs() < 1e-13);
    assert!((other.sum() - 99.624_670_757_212_6).abs() < 1e-10);
}

#[test]
fn pooling_takes_the_largest_of_four_and_gives_it_the_gradient() {
    prepare().unwrap();
    let input = Tensor::from_slice(&[1.0, 2.0, 9.0, 4.0, 3.0, 9.0, 0.0, -1.0, 9.0_f64]).view([1, 1, 3, 3]);
    let input = input.set_requires_grad(true);
    let found = pool(&input);
    assert_eq!((found.size(), found.double_value(&[0, 0, 0, 0])), (vec![1, 1, 1, 1], 4.0));
    found.sum(None::<Kind>).backward();
    let gradient = Vec::<f64>::try_from(input.grad().view(-1)).unwrap();
    assert_eq!(gradient, [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
}

/// Numbers of no pattern that Python makes as well.
fn weights(n: i64, step: i64) -> Tensor {
    ((Tensor::arange(n, (Kind::Double, Device::Cpu)) * step + 7).fmod(97.0) / 97.0 - 0.5) * 0.4
}

#[test]
fn the_blocks_and_their_gradients_are_pytorchs() {
    // The same blocks of conv2d, relu, local_response_norm and max_pool2d in PyTorch 2, double precision.
    prepare().unwrap();
    let (mut block, mut parts) = (0, Vec::new());
    let mut source = |part: &str, inputs: usize, outputs: usize, first: First| {
        assert_eq!(first, First::He);
        parts.push((part.to_owned(), inputs, outputs));
        let (inputs, outputs) = (i64::try_from(inputs).unwrap(), i64::try_from(outputs).unwrap());
        let pair = (weights(inputs * outputs, 31 + 2 * block).view([outputs, inputs]), weights(outputs, 13 + block));
        block += 1;
        Some(pair)
    };
    let network = Convolutions::build("vae.convolution.0", [8, 8], &mut source).unwrap();
    let name = |i: usize| format!("vae.convolution.0.{i}");
    assert_eq!(parts, [(name(0), 9, 32), (name(1), 288, 64), (name(2), 576, 64)]);

    let images = (Tensor::arange(3 * 64, (Kind::Double, Device::Cpu)) * 29 + 3).fmod(64.0) / 16.0 - 2.0;
    let features = network.forward(&images.view([3, 64]));
    assert_eq!(features.size(), [3, 256]);
    let found = to_array(&features).unwrap();
    assert!((found[(2, 252)] - 0.091_705_646_692_726_56).abs() < 1e-12, "{}", found[(2, 252)]);
    assert!((found[(2, 255)] - 0.007_285_130_391_951_326).abs() < 1e-12);
    assert!((found.sum() - 25.290_098_039_742_53).abs() < 1e-9);

    features.square().sum(None::<Kind>).backward();
    let squares = [
        1_514.458_648_910_176_9,
        180.905_904_773_721_74,
        2_429.416_938_462_059,
        219.987_083_994_940_43,
        128.384_639_036_891_49,
        30.741_075_801_594_402,
    ];
    let parameters = network.parameters();
    assert_eq!(parameters.len(), squares.len());
    for (parameter, expected) in parameters.iter().zip(squares) {
        let found = parameter.grad().square().sum(None::<Kind>).double_value(&[]);
        assert!((found / expected - 1.0).abs() < 1e-9, "{found} is not {expected}");
    }
}

#[test]
fn he_weights_keep_the_mean_square_through_relu() {
    prepare().unwrap();
    let mut stream = Stream::new(0, Purpose::Init, "he");
    let weights = he_uniform(288, 400, &mut stream, Device::Cpu);
    assert_eq!(weights.size(), [400, 288]);
    let largest = weights.abs().max().double_value(&[]);
    let bound = (6.0_f64 / 288.0).sqrt();
    assert!(largest <= bound && largest > 0.999 * bound, "{largest} of {bound}");
    let input = Tensor::try_from(&Array2::from_shape_simple_fn((50, 288), || stream.normal())).unwrap();
    let output = input.to_kind(Kind::Float).matmul(&weights.transpose(0, 1)).relu();
    let square = output.square().mean(None::<Kind>).double_value(&[]);
    assert!((square - 1.0).abs() < 0.05, "{square}");
}

/// The first rows of the bundled digits, 8 x 8 pixels, mean of squares about 1.
fn digits(rows: usize) -> Dataset {
    let spec = dataset::find("digits").unwrap();
    let places = Places { base: ".".into(), data: ".".into() };
    let all = (spec.load)(&Values::new(), &places).unwrap();
    let values = all.views[0].values.slice(s![..rows, ..]).mapv(|pixel| (pixel - 5.0) / 6.0);
    Dataset::new(vec![View::numbered("pixels", values)], None)
}

fn alexnet(height: usize, width: usize) -> vae_encoder::Params {
    vae_encoder::Params { encoder: "alexnet".to_owned(), image_size: Some(vec![height, width]) }
}

fn network(encoder: vae_encoder::Params) -> vae_pretraining::Params {
    vae_pretraining::Params { layers: vec![32], latent_dimension: 4, pretrain_epochs: 4, encoder, ..Default::default() }
}

fn plain(encoder: vae_encoder::Params) -> vae_kmeans::Params {
    vae_kmeans::Params { clusters: Some(10), batch_size: 32, seed_restarts: 2, vae: network(encoder) }
}

fn attentive(encoder: vae_encoder::Params) -> att_vae::Params {
    att_vae::Params {
        clusters: Some(10),
        batch_size: 32,
        seed_restarts: 2,
        epochs: 2,
        vae: network(encoder),
        ..Default::default()
    }
}

/// The values of a curve, in order.
fn curve(outcome: &Outcome, name: &str) -> Vec<f64> {
    let bits = |point: &&String| point.starts_with(name).then(|| point.rsplit(' ').next().unwrap().to_owned());
    let points = outcome.curves.iter().collect::<Vec<_>>();
    points.iter().filter_map(bits).map(|bits| f64::from_bits(u64::from_str_radix(&bits, 16).unwrap())).collect()
}

#[test]
fn training_on_digits_lowers_the_loss_and_repeats_to_the_bit() {
    let data = digits(200);
    let first = fit::<AttVae>(&attentive(alexnet(8, 8)), &data, 1).unwrap();
    assert_eq!(first, fit::<AttVae>(&attentive(alexnet(8, 8)), &data, 1).unwrap());
    assert_ne!(first.curves, fit::<AttVae>(&attentive(alexnet(8, 8)), &data, 2).unwrap().curves);
    let errors = curve(&first, "pretrain reconstruction");
    assert_eq!(errors.len(), 4, "{:?}", first.curves);
    assert!(errors.windows(2).all(|pair| pair[1] < pair[0]) && errors[3] < 0.8 * errors[0], "{errors:?}");
    assert!(first.notes.iter().any(|note| note.contains("an image of 8 x 8 pixels")), "{:?}", first.notes);
    let plainly = fit::<VaeKMeans>(&plain(alexnet(8, 8)), &data, 1).unwrap();
    assert_eq!(curve(&plainly, "pretrain").len(), curve(&first, "pretrain").len());
}

#[test]
fn the_order_of_pixels_matters_to_convolutions_alone() {
    let data = digits(64);
    let as_rows = |height, width| fit::<VaeKMeans>(&plain(alexnet(height, width)), &data, 0).unwrap().curves;
    assert_ne!(as_rows(8, 8), as_rows(4, 16));
    let told = vae_encoder::Params { image_size: Some(vec![3, 5]), ..Default::default() };
    let dense = fit::<VaeKMeans>(&plain(told), &data, 0).unwrap();
    assert_eq!(dense, fit::<VaeKMeans>(&plain(vae_encoder::Params::default()), &data, 0).unwrap());
}

#[test]
fn two_views_of_images_have_an_encoder_each() {
    let single = digits(64);
    let upside_down = single.views[0].values.slice(s![.., ..;-1]).to_owned();
    let data = Dataset::new(vec![single.views[0].clone(), View::numbered("turned", upside_down)], None);
    let found = fit::<AttVae>(&attentive(alexnet(8, 8)), &data, 0).unwrap();
    assert_eq!(found.clusters.len(), 64);
    assert!(found.curves.iter().any(|point| point.starts_with("cluster divergence")));
}

#[test]
fn feature_vectors_are_no_images() {
    let refused = |encoder: vae_encoder::Params, data: &Dataset| {
        let one = fit::<AttVae>(&attentive(encoder.clone()), data, 0);
        let other = fit::<VaeKMeans>(&plain(encoder), data, 0);
        match (one, other) {
            (Err(FitError::NotApplicable(one)), Err(FitError::NotApplicable(other))) => {
                assert_eq!(one, other);
                one
            }
            outcomes => panic!("{outcomes:?}"),
        }
    };
    let what = refused(alexnet(3, 3), &blobs());
    assert!(what.contains("`x` has 8 columns") && what.contains("ready-made feature vectors"), "{what}");
    let mut second = digits(40);
    let cut = second.views[0].values.select(Axis(1), &(0..63).collect::<Vec<_>>());
    second.views.push(View::numbered("cut", cut));
    assert!(refused(alexnet(8, 8), &second).contains("`cut` has 63 columns"));
    let unsaid = vae_encoder::Params { image_size: None, ..alexnet(8, 8) };
    assert!(refused(unsaid, &digits(40)).contains("`image-size`"));
}

#[test]
fn images_that_are_no_numbers_or_all_alike_are_outcomes() {
    let mut data = digits(40);
    data.views[0].values.fill(1.0);
    assert_eq!(fit::<AttVae>(&attentive(alexnet(8, 8)), &data, 0).unwrap().clusters.len(), 40);
    data.views[0].values[(3, 3)] = f64::NAN;
    assert!(matches!(fit::<AttVae>(&attentive(alexnet(8, 8)), &data, 0), Err(FitError::Failed(_))));
}
