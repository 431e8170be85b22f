//! The clustering head against closed forms, in f64.

use gridbook::rng::{Purpose, Stream};
use gridbook::torch::cluster_head::{ClusterHead, Target, batch_in_order, hard, occupied};
use gridbook::torch::{prepare, to_array};
use ndarray::Array2;
use tch::{Kind, Tensor};

fn normal(shape: (usize, usize), key: &str) -> Array2<f64> {
    let mut stream = Stream::new(0, Purpose::Noise, key);
    Array2::from_shape_simple_fn(shape, || stream.normal())
}

fn tensor(values: &Array2<f64>) -> Tensor {
    Tensor::try_from(values).unwrap()
}

/// `(1 + |z_i - μ_j|²)⁻¹`, as the paper has it.
fn kernel(codes: &Array2<f64>, centers: &Array2<f64>) -> Array2<f64> {
    Array2::from_shape_fn((codes.nrows(), centers.nrows()), |(i, j)| {
        let difference = &codes.row(i) - &centers.row(j);
        1.0 / (1.0 + difference.dot(&difference))
    })
}

fn rows_to_one(mut values: Array2<f64>) -> Array2<f64> {
    for mut row in values.rows_mut() {
        let sum = row.sum();
        row /= sum;
    }
    values
}

fn nearly(found: &Array2<f64>, expected: &Array2<f64>) {
    let error = (found - expected).iter().fold(0.0_f64, |worst, e| worst.max(e.abs()));
    assert!(error < 1e-12, "off by {error}");
}

#[test]
fn the_gradient_of_dec_is_its_closed_form() {
    prepare().unwrap();
    let (codes, centers) = (normal((7, 3), "codes"), normal((4, 3), "centers"));
    let z = tensor(&codes).set_requires_grad(true);
    let head = ClusterHead::from_tensor(tensor(&centers));
    let target = Target::sharpen(&head.log_assignments(&z));
    let loss = head.divergence(&z, &target);
    loss.backward();

    let kernel = kernel(&codes, &centers);
    let q = rows_to_one(kernel.clone());
    let frequencies = q.sum_axis(ndarray::Axis(0));
    let p = rows_to_one(&q * &q / &frequencies);
    nearly(&to_array(target.assignments()).unwrap(), &p);
    let divergence = (&p * &(&p / &q).mapv(f64::ln)).sum() / 7.0;
    assert!((loss.double_value(&[]) - divergence).abs() < 1e-14);

    // The loss is a mean over the batch, so each term of the closed form is divided by its 7 rows.
    let pull = 2.0 / 7.0 * &kernel * (&p - &q);
    let mut by_code = Array2::zeros((7, 3));
    let mut by_center = Array2::zeros((4, 3));
    for ((i, j), &weight) in pull.indexed_iter() {
        let term = weight * (&codes.row(i) - &centers.row(j));
        let mut row = by_code.row_mut(i);
        row += &term;
        let mut row = by_center.row_mut(j);
        row -= &term;
    }
    nearly(&to_array(&z.grad()).unwrap(), &by_code);
    nearly(&to_array(&head.centers().grad()).unwrap(), &by_center);
}

#[test]
fn the_target_is_made_of_all_rows_and_cut_afterwards() {
    prepare().unwrap();
    let head = ClusterHead::from_tensor(tensor(&normal((3, 2), "centers")));
    let all = Target::sharpen(&head.log_assignments(&tensor(&normal((10, 2), "codes"))));
    let whole = to_array(all.assignments()).unwrap();
    let part = to_array(all.rows(4, 3).assignments()).unwrap();
    assert_eq!(part, whole.slice(ndarray::s![4..7, ..]));
}

#[test]
fn far_codes_and_empty_clusters_give_finite_numbers() {
    prepare().unwrap();
    let centers = Tensor::from_slice(&[0.0_f32, 1e15, -1e15]).view([3, 1]);
    let head = ClusterHead::from_tensor(centers);
    let codes = Tensor::from_slice(&[0.0_f32, 1e10, 0.5, 1e-30]).view([4, 1]).set_requires_grad(true);
    let log_q = head.log_assignments(&codes);
    let target = Target::sharpen(&log_q);
    let loss = head.divergence(&codes, &target);
    loss.backward();
    for tensor in [&log_q, target.assignments(), &loss, &codes.grad(), &head.centers().grad()] {
        assert_eq!(tensor.isfinite().all().int64_value(&[]), 1, "{tensor:?}");
    }
    assert_eq!(occupied(&hard(&log_q)), 1);
    let sums = target.assignments().sum_dim_intlist([1i64].as_slice(), false, Kind::Float);
    assert!((sums - 1.0).abs().max().double_value(&[]) < 1e-6);
}

#[test]
fn batches_follow_the_data_and_begin_again() {
    let batches: Vec<_> = (0..5).map(|iteration| batch_in_order(10, 4, iteration)).collect();
    assert_eq!(batches, [(0, 4), (4, 4), (8, 2), (0, 4), (4, 4)]);
    assert_eq!(batch_in_order(3, 256, 7), (0, 3));
}
