//! SpectralNet: its parts against plain computations in f64, its outputs against the eigenvectors that they stand for,
//! and outcomes instead of panics.

use gridbook::dataset::{Dataset, View};
use gridbook::model::FitError;
use gridbook::model::cluster::kmeans::lloyd_restarts;
use gridbook::model::deep::spectralnet::{self, SpectralNet, embed};
use gridbook::rng::{Purpose, Stream};
use gridbook::torch::spectral::affinity::{Affinity, Scale, nearest};
use gridbook::torch::spectral::orthonormal::orthonormalising;
use gridbook::torch::spectral::siamese::{Margins, contrastive, pairs};
use gridbook::torch::{prepare, to_array, to_tensor};
use ndarray::{Array2, s};
use tch::{Device, Kind, Tensor};

use crate::fixture::{Outcome, dataset, fit, with_trial};

fn normal(shape: (usize, usize), key: &str) -> Array2<f64> {
    let mut stream = Stream::new(0, Purpose::Noise, key);
    Array2::from_shape_simple_fn(shape, || stream.normal())
}

fn tensor(values: &Array2<f64>) -> Tensor {
    Tensor::try_from(values).unwrap()
}

/// The largest absolute difference; NaN where there is one.
fn error(found: &Array2<f64>, expected: &Array2<f64>) -> f64 {
    (found - expected).iter().fold(0.0_f64, |worst, e| if e.is_nan() { f64::NAN } else { worst.max(e.abs()) })
}

/// Three round groups in 8 columns.
fn blobs(rows: usize) -> Dataset {
    let centers = 1.5 * normal((3, 8), "centers");
    let noise = normal((rows, 8), "around");
    dataset(Array2::from_shape_fn((rows, 8), |(i, j)| centers[(i % 3, j)] + 0.3 * noise[(i, j)]))
}

/// Even rows on a circle, odd ones on one around it.
#[expect(clippy::cast_precision_loss, reason = "few rows")]
fn rings() -> Array2<f64> {
    let noise = normal((400, 2), "rings");
    Array2::from_shape_fn((400, 2), |(i, j)| {
        let angle = (i / 2) as f64 * std::f64::consts::TAU / 200.0;
        let radius = if i % 2 == 0 { 0.5 } else { 1.5 };
        radius * if j == 0 { angle.cos() } else { angle.sin() } + 0.03 * noise[(i, j)]
    })
}

/// Quick.
fn small() -> spectralnet::Params {
    spectralnet::Params {
        clusters: Some(3),
        layers: vec![32, 32],
        batch_size: 60,
        epochs: 3,
        neighbors: 6,
        scale_neighbor: 4,
        seed_restarts: 3,
        ..Default::default()
    }
}

/// `(1 / rows) Y'Y`
fn gram(outputs: &Array2<f64>) -> Array2<f64> {
    #[expect(clippy::cast_precision_loss, reason = "few rows")]
    let rows = outputs.nrows() as f64;
    outputs.t().dot(outputs) / rows
}

/// W as its definition has it.
fn naive(points: &Array2<f64>, neighbors: usize, scale: Scale) -> Array2<f64> {
    let rows = points.nrows();
    let square = |i: usize, j: usize| (&points.row(i) - &points.row(j)).mapv(|d| d * d).sum();
    let others: Vec<Vec<usize>> = (0..rows)
        .map(|i| {
            let mut others: Vec<usize> = (0..rows).filter(|&j| j != i).collect();
            others.sort_by(|&a, &b| square(i, a).total_cmp(&square(i, b)));
            others
        })
        .collect();
    let (Scale::Local(at) | Scale::Global(at)) = scale;
    let own: Vec<f64> = (0..rows).map(|i| square(i, others[i][at.min(rows - 1) - 1])).collect();
    let mut sorted = own.clone();
    sorted.sort_by(f64::total_cmp);
    let mut directed = Array2::zeros((rows, rows));
    for (i, others) in others.iter().enumerate() {
        for &j in others.iter().take(neighbors) {
            let width = if matches!(scale, Scale::Local(_)) { own[j] } else { sorted[(rows - 1) / 2] };
            directed[(i, j)] = (-square(i, j) / width).exp();
        }
    }
    (&directed + &directed.t()) / 2.0
}

#[test]
fn affinity_and_loss_are_their_definitions() {
    prepare().unwrap();
    let (points, outputs) = (normal((41, 5), "points"), normal((41, 3), "outputs"));
    for (neighbors, scale) in [
        (6, Scale::Local(3)),
        (3, Scale::Local(8)),
        (6, Scale::Global(3)),
        (100, Scale::Local(200)),
        (1, Scale::Global(1)),
    ] {
        let graph = Affinity { neighbors, scale }.graph(&tensor(&points));
        let weights = naive(&points, neighbors, scale);
        let off = error(&to_array(&graph.dense()).unwrap(), &weights);
        assert!(off < 1e-10, "{neighbors} {scale:?}: off by {off}");
        let degrees = weights.sum_axis(ndarray::Axis(1));
        for normalized in [false, true] {
            let of = |i: usize| {
                if normalized { &outputs.row(i) / degrees[i].sqrt() } else { outputs.row(i).to_owned() }
            };
            let loss: f64 =
                weights.indexed_iter().map(|((i, j), w)| w * (of(i) - of(j)).mapv(|d| d * d).sum()).sum::<f64>() / 82.0;
            let found = graph.loss(&tensor(&outputs), normalized).double_value(&[]);
            assert!((found - loss).abs() < 1e-9 * loss.max(1.0), "{found} {loss}");
        }
    }
}

#[test]
fn any_outputs_are_made_orthonormal_or_stay_finite() {
    prepare().unwrap();
    let outputs = normal((50, 4), "outputs") * 1e-3;
    let made = |outputs: &Array2<f64>| {
        let matrix = to_array(&orthonormalising(&tensor(outputs)).unwrap().unwrap()).unwrap();
        outputs.dot(&matrix)
    };
    assert!(error(&gram(&made(&outputs)), &Array2::eye(4)) < 1e-8);
    let mut twice = outputs.clone();
    let first = outputs.column(0).to_owned();
    twice.column_mut(3).assign(&first);
    for deficient in [twice, Array2::zeros((50, 4)), Array2::ones((50, 4)), outputs.slice(s![..2, ..]).to_owned()] {
        let made = made(&deficient);
        assert!(made.iter().all(|value| value.is_finite()), "{made}");
        assert!(gram(&made).diag().iter().all(|&d| d < 1.0 + 1e-3), "{}", gram(&made));
    }
    let mut missing = outputs;
    missing[(3, 2)] = f64::NAN;
    assert!(orthonormalising(&tensor(&missing)).unwrap().is_none());
}

/// The sum of the squared sines of the angles between the spans of two matrices with orthonormal columns.
#[expect(clippy::cast_precision_loss, reason = "few columns")]
fn grassmann(first: &Array2<f64>, second: &Array2<f64>) -> f64 {
    first.ncols() as f64 - first.t().dot(second).mapv(|c| c * c).sum()
}

#[test]
fn the_outputs_span_the_first_eigenvectors_of_the_graph_of_all_rows() {
    let rows = 600;
    let data = blobs(rows);
    let params = spectralnet::Params {
        layers: vec![64, 64],
        batch_size: 200,
        epochs: 30,
        neighbors: 15,
        scale_neighbor: 7,
        validation_share: 0.0,
        ..small()
    };
    let outputs = with_trial(|trial| embed(&params, &data, trial)).unwrap();
    assert!(error(&gram(&outputs), &Array2::eye(3)) < 0.1, "{}", gram(&outputs));

    let affinity = Affinity { neighbors: 15, scale: Scale::Local(7) };
    let weights = affinity.graph(&tensor(&data.joined())).dense();
    let laplacian = Tensor::diag(&weights.sum_dim_intlist([1i64].as_slice(), false, Kind::Double), 0) - &weights;
    let (_, vectors) = laplacian.linalg_eigh("L");
    let first = to_array(&vectors.narrow(1, 0, 3)).unwrap();
    let unit = |outputs: &Array2<f64>| {
        let matrix = to_array(&orthonormalising(&tensor(outputs)).unwrap().unwrap()).unwrap();
        outputs.dot(&matrix) / 600.0_f64.sqrt()
    };
    let found = grassmann(&unit(&outputs), &first);
    let random = grassmann(&unit(&normal((rows, 3), "random")), &first);
    assert!(random > 2.5, "{random}");
    assert!(found < random / 5.0, "{found} of {random}");
}

#[test]
fn rings_that_kmeans_cannot_part_are_parted() {
    let params = spectralnet::Params {
        clusters: Some(2),
        layers: vec![64, 64],
        batch_size: 400,
        epochs: 30,
        epoch_steps: Some(10),
        learning_rate: 3e-3,
        // On a ring of few neighbours the next eigenvalues are hardly above 0.
        neighbors: 30,
        scale_neighbor: 15,
        validation_share: 0.0,
        ..small()
    };
    let right = |clusters: &[usize]| {
        let same = (0..400).filter(|i| clusters[*i] == clusters[i % 2]).count();
        if clusters[0] == clusters[1] { 200 } else { same }
    };
    let points = rings();
    let mut stream = Stream::new(0, Purpose::Init, "rings");
    let kmeans = lloyd_restarts(points.view(), 2, 10, &mut stream).clusters;
    assert!(right(&kmeans) < 300, "{}", right(&kmeans));
    let found = fit::<SpectralNet>(&params, &dataset(points), 0).unwrap().clusters;
    assert!(right(&found) >= 396, "{}", right(&found));
}

#[test]
fn the_contrastive_loss_is_its_formula() {
    prepare().unwrap();
    let (first, second) = (normal((30, 3), "first"), normal((30, 3), "second"));
    let similar: Vec<f64> = (0..30).map(|i| f64::from(i % 2)).collect();
    for margins in [Margins { apart: 3.0, together: 0.5 }, Margins { apart: 1.0, together: 0.0 }] {
        let terms = (0..30).map(|i| {
            let distance = (&first.row(i) - &second.row(i)).mapv(|d| d * d).sum().sqrt();
            let far = if similar[i] > 0.5 { distance - margins.together } else { margins.apart - distance };
            far.max(0.0).powi(2)
        });
        let loss = terms.sum::<f64>() / 30.0;
        let found = contrastive(&tensor(&first), &tensor(&second), &Tensor::from_slice(&similar), margins);
        assert!((found.double_value(&[]) - loss).abs() < 1e-9, "{found:?} {loss}");
    }
    // Equal rows have a gradient.
    let code = tensor(&first).set_requires_grad(true);
    let margins = Margins { apart: 1.0, together: 0.0 };
    contrastive(&code, &tensor(&first), &Tensor::from_slice(&similar), margins).backward();
    assert_eq!(code.grad().isfinite().all().int64_value(&[]), 1);
}

#[test]
fn pairs_are_neighbours_and_as_many_others() {
    prepare().unwrap();
    let data = to_tensor(blobs(60).joined().view(), Device::Cpu);
    let pairs = pairs(&data, 4, &mut Stream::new(0, Purpose::Batches, "pairs")).unwrap();
    let pairs = to_array(&pairs).unwrap();
    let near = pairs.rows().into_iter().filter(|pair| pair[2] > 0.5).count();
    assert_eq!((near, pairs.nrows()), (240, 480));
    for pair in pairs.rows() {
        assert_ne!(pair[0], pair[1]);
        let same = (pair[0] - pair[1]).rem_euclid(3.0) == 0.0;
        assert!(same || pair[2] < 0.5, "{pair}");
    }
}

#[test]
fn a_trial_gives_the_same_bytes_again() {
    let data = blobs(150);
    let learned = spectralnet::Params {
        siamese: true,
        siamese_layers: vec![16],
        siamese_dimension: 4,
        siamese_epochs: 2,
        input: "code".to_owned(),
        autoencoder_layers: vec![16],
        autoencoder_dimension: 4,
        autoencoder_epochs: 2,
        optimizer: "rmsprop".to_owned(),
        scale: "global".to_owned(),
        normalized: true,
        ..small()
    };
    for params in [small(), learned] {
        let first = fit::<SpectralNet>(&params, &data, 3).unwrap();
        assert_eq!(first, fit::<SpectralNet>(&params, &data, 3).unwrap());
        assert_ne!(first.curves, fit::<SpectralNet>(&params, &data, 4).unwrap().curves);
        assert!(!first.phase("spectral").is_empty());
    }
}

fn undefined(outcome: Result<Outcome, FitError>) -> String {
    match outcome {
        Err(FitError::NotApplicable(message)) => message,
        other => panic!("not undefined: {other:?}"),
    }
}

#[test]
fn what_has_no_basis_or_no_number_is_an_outcome() {
    let data = blobs(150);
    let floor = "a batch of 3 rows is below 4, the least for an orthonormal basis of 3 clusters";
    assert_eq!(undefined(fit::<SpectralNet>(&spectralnet::Params { batch_size: 3, ..small() }, &data, 0)), floor);
    assert_eq!(undefined(fit::<SpectralNet>(&small(), &blobs(3), 0)), floor);
    assert_eq!(undefined(fit::<SpectralNet>(&small(), &blobs(2), 0)), "3 clusters of 2 rows");
    for shape in [(0, 4), (4, 0)] {
        undefined(fit::<SpectralNet>(&small(), &dataset(Array2::ones(shape)), 0));
    }
    let mut missing = data.joined();
    missing[(5, 5)] = f64::NAN;
    for (epochs, place) in [(3, "in epoch 1"), (0, "after the last epoch")] {
        let params = spectralnet::Params { epochs, ..small() };
        let message = match fit::<SpectralNet>(&params, &dataset(missing.clone()), 0) {
            Err(FitError::Failed(message)) => message,
            other => panic!("not a failure: {other:?}"),
        };
        assert_eq!(message, format!("the loss became NaN {place} of spectral training (learning-rate 0.001)"));
    }
}

#[test]
fn odd_data_and_settings_still_give_every_row_a_cluster() {
    let data = blobs(150);
    let mut constant = data.joined();
    constant.column_mut(2).fill(7.0);
    let cases = [
        (spectralnet::Params { batch_size: 4, ..small() }, data.joined()),
        (spectralnet::Params { batch_size: 149, ..small() }, data.joined()),
        (spectralnet::Params { batch_size: 10_000, ..small() }, data.joined()),
        (spectralnet::Params { clusters: Some(1), ..small() }, data.joined()),
        (spectralnet::Params { neighbors: 500, scale_neighbor: 500, ..small() }, data.joined()),
        (spectralnet::Params { layers: Vec::new(), ..small() }, data.joined()),
        (small(), constant),
        (small(), Array2::ones((150, 3))),
        (spectralnet::Params { siamese: true, siamese_epochs: 1, ..small() }, Array2::ones((150, 3))),
        (spectralnet::Params { siamese: true, siamese_epochs: 1, ..small() }, blobs(5).joined()),
    ];
    for (case, (params, values)) in cases.into_iter().enumerate() {
        let rows = values.nrows();
        let found =
            fit::<SpectralNet>(&params, &dataset(values), 0).unwrap_or_else(|error| panic!("{case}: {error:?}"));
        assert_eq!(found.clusters.len(), rows);
        assert!(found.clusters.iter().all(|&cluster| cluster < 3), "{case}");
    }
}

#[test]
fn neighbours_are_the_same_whatever_the_chunks() {
    prepare().unwrap();
    // More rows than are held at a time; gaps grow, so the nearest of a row is the one before it.
    #[expect(clippy::cast_precision_loss, reason = "few rows")]
    let number = |i: usize| i as f64;
    let points = Array2::from_shape_fn((1500, 1), |(i, _)| number(i * i));
    let found = to_array(&nearest(&tensor(&points), 1).indices).unwrap();
    let expected = Array2::from_shape_fn((1500, 1), |(i, _)| if i == 0 { 1.0 } else { number(i - 1) });
    assert_eq!(found, expected);
}

#[test]
fn far_from_the_origin_distances_keep_their_digits() {
    prepare().unwrap();
    let points = normal((41, 5), "points");
    let affinity = Affinity { neighbors: 6, scale: Scale::Local(3) };
    let [near, far] = [0.0, 1e4].map(|offset| to_array(&affinity.graph(&tensor(&(&points + offset))).dense()).unwrap());
    assert!(error(&far, &near) < 1e-8, "{}", error(&far, &near));
}

#[test]
fn through_the_orthonormal_layer_no_gradient_shrinks_the_outputs() {
    prepare().unwrap();
    let (points, outputs) = (normal((80, 4), "points"), normal((80, 3), "outputs"));
    let graph = Affinity { neighbors: 6, scale: Scale::Local(4) }.graph(&tensor(&points));
    // How fast the loss falls as all outputs shrink.
    let pull = |constant: bool| {
        let leaf = tensor(&outputs).set_requires_grad(true);
        let before = if constant { leaf.detach() } else { leaf.shallow_clone() };
        let matrix = orthonormalising(&before).unwrap().unwrap();
        graph.loss(&leaf.matmul(&matrix), false).backward();
        (leaf.grad() * leaf.detach()).sum(None::<Kind>).double_value(&[])
    };
    assert!(pull(false).abs() < 1e-6, "{}", pull(false));
    assert!(pull(true) > 1.0, "{}", pull(true));
}

#[test]
fn the_gradient_through_the_layer_of_dependent_outputs_is_finite() {
    prepare().unwrap();
    let rank_one = Array2::from_shape_fn((50, 4), |(i, _)| f64::from(u32::try_from(i).unwrap()));
    for outputs in [rank_one, Array2::zeros((50, 4))] {
        let leaf = tensor(&outputs).set_requires_grad(true);
        orthonormalising(&leaf).unwrap().unwrap().square().sum(None::<Kind>).backward();
        assert_eq!(leaf.grad().isfinite().all().int64_value(&[]), 1);
    }
}

#[test]
fn a_loss_that_is_not_finite_is_a_failure_that_says_where() {
    let mad = spectralnet::Params { learning_rate: 1e30, ..small() };
    let message = match fit::<SpectralNet>(&mad, &blobs(150), 0) {
        Err(FitError::Failed(message)) => message,
        other => panic!("not a failure: {other:?}"),
    };
    assert!(message.ends_with("of spectral training (learning-rate 1e30)"), "{message}");
}

#[test]
fn the_reader_is_told_of_views_of_a_poor_batch_and_of_lost_dimensions() {
    let notes = |params: &spectralnet::Params, data: &Dataset| fit::<SpectralNet>(params, data, 0).unwrap().notes;
    let data = blobs(150);
    assert!(notes(&small(), &data).is_empty(), "{:?}", notes(&small(), &data));
    let poor = notes(&spectralnet::Params { batch_size: 15, ..small() }, &data);
    assert!(poor[0].contains("about 5 a cluster, no more than its 6 neighbors"), "{poor:?}");
    let same = notes(&small(), &dataset(Array2::ones((150, 3))));
    assert!(same.iter().any(|note| note.starts_with("the outputs are linearly dependent")), "{same:?}");

    let values = data.joined();
    let part = |columns: std::ops::Range<usize>| values.slice(s![.., columns]).to_owned();
    let two = Dataset::new(vec![View::numbered("a", part(0..3)), View::numbered("b", part(3..8))], None);
    let found = fit::<SpectralNet>(&small(), &two, 0).unwrap();
    assert_eq!(found.notes, ["the 2 views are joined side by side"]);
    assert_eq!(found.clusters, fit::<SpectralNet>(&small(), &data, 0).unwrap().clusters);
}

#[test]
fn a_step_size_that_has_fallen_to_nothing_ends_the_training() {
    let impatient = spectralnet::Params { patience: 0, decay: 1e-9, epochs: 500, ..small() };
    let found = fit::<SpectralNet>(&impatient, &blobs(150), 0).unwrap();
    assert!(found.phase("spectral loss").len() < 100, "{}", found.counts);
}

#[test]
fn the_code_is_the_stage_that_the_declaration_names() {
    use gridbook::model::Model;
    use gridbook::parameter::Values;
    use gridbook::value::Value;
    let stages = SpectralNet::SPEC.stages;
    assert!(stages(&Values::new()).is_empty());
    let values = Values::from([("input".to_owned(), Value::Text("code".to_owned()))]);
    let dec = (gridbook::model::deep::dec::Dec::SPEC.stages)(&Values::new());
    assert_eq!(stages(&values)[0].canonical(), dec[0].canonical(), "shared with the other deep clusterings");
}
