//! ATT-VAE with `tokens = "samples"` on more rows than the attention takes at a time: blocks of rows ask, all rows answer.

use gridbook::dataset::{Dataset, View};
use gridbook::model::deep::att_vae::{self, AttVae};
use gridbook::model::deep::vae_pretraining::{self, AttentionParams, StageParams};
use gridbook::rng::{Purpose, Stream};
use gridbook::torch::attention::Attention;
use gridbook::torch::vae::{First, Vae};
use gridbook::torch::{init, prepare, to_array, to_tensor};
use ndarray::{Array2, Axis, s};
use tch::{Device, Kind, Tensor};

use crate::fixture::{fit, with_trial};

/// Two blocks of 512 rows and a part of one.
const ROWS: usize = 1100;

fn attention(heads: usize) -> AttentionParams {
    AttentionParams { tokens: "samples".to_owned(), heads, attention_start: "xavier".to_owned(), ..Default::default() }
}

fn network() -> vae_pretraining::Params {
    vae_pretraining::Params { layers: vec![8], latent_dimension: 2, pretrain_epochs: 1, ..Default::default() }
}

fn data(rows: usize) -> Dataset {
    let mut stream = Stream::new(4, Purpose::Noise, "samples");
    let mut view = |name: &str, columns: usize| {
        let values = Array2::from_shape_fn((rows, columns), |(i, j)| {
            let center = if i % 3 == j % 3 { 2.0 } else { -1.0 };
            center + 0.3 * stream.normal()
        });
        View::numbered(name, values)
    };
    Dataset::new(vec![view("a", 4), view("b", 3)], None)
}

fn off(found: &Array2<f64>, expected: &Array2<f64>) -> f64 {
    assert_eq!(found.dim(), expected.dim());
    (found - expected).iter().fold(0.0, |worst, e| if e.is_nan() { f64::INFINITY } else { worst.max(e.abs()) })
}

fn draws(rows: usize, columns: usize) -> Array2<f64> {
    let mut stream = Stream::new(rows as u64, Purpose::Noise, "draws");
    Array2::from_shape_simple_fn((rows, columns), || stream.normal())
}

/// Weight `[outputs, inputs]` and bias `[1, outputs]` of a linear map.
type Map = (Array2<f64>, Array2<f64>);

/// `x + softmax(Q K' / √d) V` over all rows at once, head by head.
fn by_hand(codes: &Array2<f64>, maps: &[Map], heads: usize) -> Array2<f64> {
    let [q, k, v] = [0, 1, 2].map(|i| codes.dot(&maps[i].0.t()) + maps[i].1.row(0));
    let width = codes.ncols() / heads;
    let mut out = codes.clone();
    for head in 0..heads {
        let columns = s![.., head * width..(head + 1) * width];
        #[expect(clippy::cast_precision_loss, reason = "a width")]
        let mut weights = q.slice(columns).dot(&k.slice(columns).t()) / (width as f64).sqrt();
        for mut row in weights.rows_mut() {
            let most = row.fold(f64::NEG_INFINITY, |most, x| most.max(*x));
            row.mapv_inplace(|x| (x - most).exp());
            let sum = row.sum();
            row /= sum;
        }
        let mut part = out.slice_mut(columns);
        part += &weights.dot(&v.slice(columns));
    }
    out
}

#[test]
fn blocks_of_rows_attend_to_all_rows() {
    prepare().unwrap();
    let mut stream = Stream::new(0, Purpose::Noise, "maps");
    for heads in [1, 2] {
        let mut maps: Vec<Map> = Vec::new();
        let mut source = |_: &str, inputs: usize, outputs: usize, _: First| {
            let weight = Array2::from_shape_simple_fn((outputs, inputs), || stream.normal());
            let bias = Array2::from_shape_simple_fn((1, outputs), || stream.normal());
            maps.push((weight.clone(), bias.clone()));
            Some((Tensor::try_from(&weight).unwrap(), Tensor::try_from(&bias).unwrap().view([-1])))
        };
        let network = Attention::build(&attention(heads), 2, 2, &mut source).unwrap();
        // At the edges of a block, and far beyond it.
        for rows in [1, 511, 512, 513, ROWS] {
            let codes = draws(rows, 4);
            let found = to_array(&network.of_all(&Tensor::try_from(&codes).unwrap())).unwrap();
            let error = off(&found, &by_hand(&codes, &maps, heads));
            assert!(error < 1e-10, "{rows} rows, {heads} heads: off by {error}");
        }
    }
}

/// While it learns a row's code depends on its batch; the answer comes from all rows at once.
#[test]
fn the_clustered_code_of_a_row_is_that_among_all_rows_wherever_it_stands() {
    with_trial(|trial| {
        let params = StageParams::of(&network(), &attention(1), 32);
        let mut maps: Vec<Map> = Vec::new();
        let mut source = |part: &str, inputs: usize, outputs: usize, _: First| {
            let mut stream = trial.stream(Purpose::Init, part);
            let weight = init::xavier_uniform(inputs, outputs, &mut stream, Device::Cpu);
            if part.starts_with("vae.attention.") {
                maps.push((to_array(&weight).unwrap(), Array2::zeros((1, outputs))));
            }
            Some((weight, Tensor::zeros([i64::try_from(outputs).unwrap()], (Kind::Float, Device::Cpu))))
        };
        let vae = Vae::build(&[4, 3], &params, &mut source).unwrap();
        let data = to_tensor(data(ROWS).joined().view(), Device::Cpu);
        let means = to_array(&vae.codes(&data, false)).unwrap();
        let codes = to_array(&vae.codes(&data, true)).unwrap();
        assert!(codes.iter().all(|value| value.is_finite()));
        let error = off(&codes, &by_hand(&means, &maps, 1));
        assert!(error < 1e-4, "off by {error}");
        // In another order each row has the code that it had.
        let order = trial.stream(Purpose::Batches, "order").permutation(ROWS);
        let indices: Vec<i64> = order.iter().map(|row| i64::try_from(*row).unwrap()).collect();
        let turned = to_array(&vae.codes(&data.index_select(0, &Tensor::from_slice(&indices)), true)).unwrap();
        let error = off(&turned, &codes.select(Axis(0), &order));
        assert!(error < 1e-4, "another order: off by {error}");
        // In a batch it has another.
        let batch = vae.posterior(&data.narrow(0, 0, 32)).mean;
        let error = off(&to_array(&vae.attend(&batch)).unwrap(), &codes.slice(s![..32, ..]).to_owned());
        assert!(error > 1e-2, "a batch of 32 rows: off by {error}");
    });
}

#[test]
fn more_rows_than_a_block_are_clustered_and_the_reader_is_told() {
    let params = att_vae::Params {
        clusters: Some(3),
        batch_size: 64,
        seed_restarts: 2,
        epochs: 1,
        vae: network(),
        attention: attention(1),
        ..Default::default()
    };
    for code in ["attended", "mean"] {
        let found =
            fit::<AttVae>(&att_vae::Params { code: code.to_owned(), ..params.clone() }, &data(ROWS), 0).unwrap();
        assert_eq!(found.clusters.len(), ROWS);
        assert!(found.clusters.iter().all(|cluster| *cluster < 3));
        let note = "the answer comes from all rows at once";
        assert!(found.notes.iter().any(|line| line.ends_with(note)), "{code}: {:?}", found.notes);
        let values = found.curves.iter().map(|point| point.rsplit(' ').next().unwrap());
        let mut values = values.map(|bits| f64::from_bits(u64::from_str_radix(bits, 16).unwrap()));
        assert!(values.all(f64::is_finite), "{code}: {:?}", found.curves);
    }
}
