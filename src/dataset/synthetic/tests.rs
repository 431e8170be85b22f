//! Equal in law to the reference: means over draws of ours against means over 40 draws of `generators/stand_ins.py` of
//! the shared data (seeds 0 to 39, NumPy 2.4), whose standard deviation from draw to draw stands beside each.

use ndarray::{Array2, ArrayView1, Axis, concatenate};

use crate::dataset::{Dataset, Places, find, inject_outliers};
use crate::metric::contingency::Contingency;
use crate::metric::{self, Measure};
use crate::model::cluster::kmeans::lloyd_restarts;
use crate::parameter::Values;
use crate::rng::{Purpose, Stream};
use crate::value::Value;

fn draw(kind: &str, seed: i64, parameters: &[(&str, Value)]) -> Dataset {
    let mut values: Values = parameters.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    values.insert("seed".to_owned(), Value::Integer(seed));
    let places = Places { base: "".into(), data: "".into() };
    (find(kind).expect(kind).load)(&values, &places).expect(kind)
}

fn refused(kind: &str, parameters: &[(&str, Value)]) -> String {
    let values: Values = parameters.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let places = Places { base: "".into(), data: "".into() };
    (find(kind).expect(kind).load)(&values, &places).expect_err(kind).to_string()
}

fn integers(items: &[i64]) -> Value {
    Value::List(items.iter().copied().map(Value::Integer).collect())
}

#[expect(clippy::cast_precision_loss, reason = "counts")]
fn float(n: usize) -> f64 {
    n as f64
}

fn mean_and_deviation(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let values: Vec<f64> = values.into_iter().filter(|x| !x.is_nan()).collect();
    let n = float(values.len());
    let mean = values.iter().sum::<f64>() / n;
    (mean, (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt())
}

fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    mean_and_deviation(values).0
}

/// The cells of a column in the rows of a class; without missing ones.
fn of_class(column: ArrayView1<f64>, codes: &[usize], class: usize) -> Vec<f64> {
    column.iter().zip(codes).filter(|(x, code)| **code == class && !x.is_nan()).map(|(x, _)| *x).collect()
}

/// Share of a column's variance that lies between the classes.
fn between(column: ArrayView1<f64>, codes: &[usize], classes: usize) -> f64 {
    let (all, deviation) = mean_and_deviation(column.iter().copied());
    let parts = (0..classes).map(|class| of_class(column, codes, class)).filter(|rows| !rows.is_empty());
    let sum: f64 = parts.map(|rows| float(rows.len()) * (mean(rows) - all).powi(2)).sum();
    sum / (deviation.powi(2) * float(column.len()))
}

/// Mean, deviation of the column means, mean deviation of a column, share of zeros, mean of the rows' maxima, mean
/// share of variance between the classes.
fn moments(data: &Dataset, view: usize) -> Vec<f64> {
    let values = &data.views[view].values;
    let codes = &data.labels.as_ref().expect("labels").codes;
    let classes = data.classes().expect("classes");
    let columns: Vec<(f64, f64)> =
        values.columns().into_iter().map(|column| mean_and_deviation(column.iter().copied())).collect();
    let zeros = values.iter().filter(|x| **x == 0.0).count();
    vec![
        mean(values.iter().copied()),
        mean_and_deviation(columns.iter().map(|column| column.0)).1,
        mean(columns.iter().map(|column| column.1)),
        float(zeros) / float(values.len()),
        mean(values.rows().into_iter().map(|row| row.fold(f64::NEG_INFINITY, |most, x| most.max(*x)))),
        mean(values.columns().into_iter().map(|column| between(column, codes, classes))),
    ]
}

fn sizes(data: &Dataset) -> Vec<f64> {
    let counts = data.labels.as_ref().expect("labels").counts();
    vec![mean_and_deviation(counts.into_iter().map(float)).1]
}

/// Our mean over `draws` within four standard errors, theirs (40 draws) included. An exact figure has deviation 0.
fn agree(what: &str, draws: &[Vec<f64>], reference: &[(f64, f64)]) {
    for (i, &(expected, deviation)) in reference.iter().enumerate() {
        let found = mean(draws.iter().map(|draw| draw[i]));
        let error = deviation * (1.0 / float(draws.len()) + 1.0 / 40.0).sqrt();
        let most = 4.0 * error + 1e-9;
        assert!((found - expected).abs() <= most, "{what}, figure {i}: {found}, expected {expected} ± {most}");
    }
}

/// `bow_views(n=800, k=5, dims=(300, 300), words=(200, 100))`.
#[test]
fn visual_words_are_equal_in_law() {
    let parameters = [
        ("rows", Value::Integer(800)),
        ("clusters", Value::Integer(5)),
        ("features", integers(&[300, 300])),
        ("words", integers(&[200, 100])),
    ];
    let draws: Vec<Dataset> = (0..16).map(|seed| draw("awa-like", seed, &parameters)).collect();
    let of_view = |view| draws.iter().map(|data| moments(data, view)).collect::<Vec<_>>();
    let first = [
        (1.0 / 300.0, 0.0),
        (0.003_698_9, 0.000_39),
        (0.006_182_6, 0.000_087),
        (0.689_82, 0.006_2),
        (0.092_489, 0.008_1),
        (0.013_396, 0.002),
    ];
    agree("first view", &of_view(0), &first);
    let second = [
        (1.0 / 300.0, 0.0),
        (0.003_831_5, 0.000_55),
        (0.007_25, 0.000_1),
        (0.801_06, 0.003_9),
        (0.099_776, 0.008_7),
        (0.011_023, 0.001_5),
    ];
    agree("second view", &of_view(1), &second);
    agree("class sizes", &draws.iter().map(sizes).collect::<Vec<_>>(), &[(17.926, 6.4)]);
    for data in &draws {
        assert!(data.views[0].values.sum_axis(Axis(1)).iter().all(|sum| (sum - 1.0).abs() < 1e-9));
    }
}

/// `cnn_text_views(n=600, k=10, dims=(100, 100), latent=16)`.
#[test]
fn images_and_texts_are_equal_in_law() {
    let parameters = [
        ("rows", Value::Integer(600)),
        ("clusters", Value::Integer(10)),
        ("features", integers(&[100, 100])),
        ("latent", Value::Integer(16)),
    ];
    let draws: Vec<Dataset> = (0..12).map(|seed| draw("cub50-like", seed, &parameters)).collect();
    let of_view = |view| draws.iter().map(|data| moments(data, view)).collect::<Vec<_>>();
    let first = [
        (0.666_16, 0.012),
        (0.092_847, 0.005_7),
        (0.485_76, 0.008_1),
        (0.12, 0.0),
        (2.068_8, 0.037),
        (0.082_33, 0.009_7),
    ];
    agree("first view", &of_view(0), &first);
    let second = [
        (-0.000_210_32, 0.002_4),
        (0.021_819, 0.003_3),
        (0.142_8, 0.002_5),
        (0.0, 0.0),
        (0.362_49, 0.008_4),
        (0.061_103, 0.007_9),
    ];
    agree("second view", &of_view(1), &second);
    agree("class sizes", &draws.iter().map(sizes).collect::<Vec<_>>(), &[(3.938_2, 0.89)]);
}

/// Mean and deviation of x and of y, class after class.
fn by_class(data: &Dataset) -> Vec<f64> {
    let labels = data.labels.as_ref().expect("labels");
    let mut figures = Vec::new();
    for class in 0..labels.classes.len() {
        for column in data.views[0].values.columns() {
            let (mean, deviation) = mean_and_deviation(of_class(column, &labels.codes, class));
            figures.extend([mean, deviation]);
        }
    }
    figures
}

#[test]
fn shapes_are_equal_in_law() {
    let figures = |kind| (0..20).map(|seed| by_class(&draw(kind, seed, &[]))).collect::<Vec<_>>();
    let inner = [(0.0, 0.042), (0.708_05, 0.013), (0.0, 0.048), (0.705_86, 0.015)];
    let outer = [(0.0, 0.088), (1.411, 0.03), (0.0, 0.084), (1.413_6, 0.029)];
    agree("rings", &figures("rings"), &[inner, outer].concat());
    let radii = |seed| {
        let data = draw("rings", seed, &[]);
        let radii = data.views[0].values.map_axis(Axis(1), |row| row.dot(&row).sqrt());
        let codes = &data.labels.as_ref().expect("labels").codes;
        let [inner, outer] = [0, 1].map(|class| mean_and_deviation(of_class(radii.view(), codes, class)));
        vec![inner.0, inner.1, outer.0, outer.1]
    };
    let expected = [(1.000_2, 0.003_5), (0.059_547, 0.002_2), (2.000_4, 0.004_3), (0.059_913, 0.002_6)];
    agree("radii", &(0..20).map(radii).collect::<Vec<_>>(), &expected);
    let first = [(0.002_5, 0.04), (0.577_33, 0.015), (0.333_67, 0.018), (0.302_32, 0.008_7)];
    let second = [(0.500_13, 0.033), (0.576_67, 0.017), (0.769_64, 0.019), (0.298_06, 0.01)];
    agree("parabolas", &figures("parabolas"), &[first, second].concat());
    let arc = [(0.0, 0.099), (1.408_4, 0.034), (1.277, 0.041), (0.621_27, 0.024)];
    let bar = [(0.004_51, 0.085), (1.263_5, 0.036), (-1.000_3, 0.004_5), (0.080_008, 0.003_2)];
    let blob = [(-0.004_88, 0.019), (0.216_16, 0.012), (0.348_78, 0.016), (0.217_28, 0.012)];
    agree("irregular", &figures("irregular"), &[arc, bar, blob].concat());
    assert_eq!(draw("irregular", 0, &[]).labels.expect("labels").counts(), [200, 250, 150]);
}

/// `inject_outliers(rings(seed)[0], 0.05, seed=seed)`: how many, deviations of x and y, mean radius, share within the
/// inner ring.
#[test]
fn outliers_are_equal_in_law_and_keep_their_distance() {
    let figures = |seed: u8| {
        let clean = draw("rings", i64::from(seed), &[]);
        let data = inject_outliers(&clean, 0.05, u64::from(seed)).expect("there is room");
        let labels = data.labels.as_ref().expect("labels");
        assert_eq!((labels.name.as_str(), data.rows()), ("outlier", 630));
        let values = &data.views[0].values;
        let rows = |class| labels.codes.iter().enumerate().filter(move |(_, code)| **code == class).map(|(row, _)| row);
        let nearest = rows(1).flat_map(|a| rows(0).map(move |b| &values.row(a) - &values.row(b)).map(|d| d.dot(&d)));
        assert!(nearest.fold(f64::INFINITY, f64::min).sqrt() > 0.1);
        let [x, y] = [0, 1].map(|column| mean_and_deviation(of_class(values.column(column), &labels.codes, 1)).1);
        let radii = values.map_axis(Axis(1), |row| row.dot(&row).sqrt());
        let radii = of_class(radii.view(), &labels.codes, 1);
        let inside = radii.iter().filter(|radius| **radius < 1.0).count();
        vec![float(radii.len()), x, y, mean(radii.iter().copied()), float(inside) / float(radii.len())]
    };
    let expected = [(30.0, 0.0), (2.162_8, 0.15), (2.176_9, 0.15), (3.034_9, 0.15), (0.026_667, 0.029)];
    agree("outliers", &(0..10).map(figures).collect::<Vec<_>>(), &expected);
}

#[test]
fn outliers_over_several_views_and_where_they_cannot_be() {
    let wide = [("rows", Value::Integer(60)), ("clusters", Value::Integer(2)), ("features", integers(&[4, 3]))];
    let data = draw("cub50-like", 0, &wide);
    let out = inject_outliers(&data, 0.1, 0).expect("there is room");
    assert_eq!((out.views[0].values.dim(), out.views[1].values.dim()), ((66, 4), (66, 3)));
    assert_eq!(out.labels.as_ref().expect("labels").counts(), [60, 6]);
    assert_eq!(out, inject_outliers(&data, 0.1, 0).expect("again"));
    assert_ne!(out, inject_outliers(&data, 0.1, 1).expect("another"));
    assert_eq!(inject_outliers(&data, 0.0, 0).expect("none").rows(), 60);
    let panel = draw("distress-panel", 0, &[("firms", Value::Integer(5))]);
    assert!(inject_outliers(&panel, 0.1, 0).unwrap_err().contains("missing values"));
    assert!(inject_outliers(&data.take(&[0, 1, 2]), 0.1, 0).unwrap_err().contains("more than 5 rows"));
    let mut line = data.clone();
    line.views.truncate(1);
    line.views[0].values = Array2::from_shape_fn((60, 1), |(row, _)| float(row));
    line.views[0].columns.truncate(1);
    let distant = inject_outliers(&line, 0.1, 0).expect("beyond the ends");
    let labels = distant.labels.expect("labels");
    assert!(of_class(distant.views[0].values.column(0), &labels.codes, 1).iter().all(|x| !(-9.0..=68.0).contains(x)));
    line.views[0].values = Array2::from_shape_fn((12, 1), |(row, _)| float(row));
    assert!(inject_outliers(&line, 0.1, 0).unwrap_err().contains("no room"));
}

/// `distress_panel(firms=400)`: shares of distressed rows and of gaps, deviation and most of the gaps over columns, mean
/// deviation of a column, root mean square difference of the classes in the informative columns and in the others, and
/// of the years 2017 and 2014 from 2010.
#[test]
fn the_panel_is_equal_in_law() {
    let figures = |seed| {
        let data = draw("distress-panel", seed, &[("firms", Value::Integer(400))]);
        let values = &data.views[0].values;
        let codes = &data.labels.as_ref().expect("labels").codes;
        let (company, year) = (&data.aside[0], &data.aside[1]);
        assert_eq!((company.name.as_str(), year.name.as_str()), ("company", "year"));
        assert_eq!((company.cells[8].as_str(), year.cells[8].as_str(), year.cells[7].as_str()), ("1", "2010", "2017"));
        let columns = || values.columns().into_iter();
        let gaps: Vec<f64> =
            columns().map(|column| mean(column.iter().map(|x| f64::from(u8::from(x.is_nan()))))).collect();
        let root = |squares: Vec<f64>| mean(squares).sqrt();
        let apart: Vec<f64> = columns()
            .map(|column| (mean(of_class(column, codes, 1)) - mean(of_class(column, codes, 0))).powi(2))
            .collect();
        let year_codes: Vec<usize> = year.cells.iter().map(|cell| cell.parse().expect("a year")).collect();
        let moved = |later| {
            let shift = |column| mean(of_class(column, &year_codes, later)) - mean(of_class(column, &year_codes, 2010));
            root(columns().map(|column| shift(column).powi(2)).collect())
        };
        let (missing, spread) = mean_and_deviation(gaps.iter().copied());
        vec![
            float(codes.iter().sum()) / float(codes.len()),
            missing,
            spread,
            gaps.iter().copied().fold(0.0, f64::max),
            mean(columns().map(|column| mean_and_deviation(column.iter().copied()).1)),
            root(apart[..9].to_vec()),
            root(apart[9..].to_vec()),
            moved(2017),
            moved(2014),
        ]
    };
    let expected = [
        (0.495_75, 0.03),
        (0.229_16, 0.023),
        (0.127_91, 0.01),
        (0.441_1, 0.013),
        (2.027_4, 0.052),
        (0.972_79, 0.11),
        (0.154_67, 0.049),
        (0.376_77, 0.051),
        (0.171_38, 0.025),
    ];
    agree("panel", &(0..8).map(figures).collect::<Vec<_>>(), &expected);
}

#[test]
fn parameters_that_do_not_fit_one_another_are_refused() {
    assert!(refused("awa-like", &[("words", integers(&[900]))]).contains("there are 3 views"));
    assert!(refused("awa-like", &[("features", integers(&[]))]).contains("no view"));
    assert!(refused("awa-like", &[("features", integers(&[100_000; 3]))]).contains("do not fit into memory"));
    assert!(refused("cub50-like", &[("rows", Value::Integer(20))]).contains("50 clusters are more than the 20 rows"));
    assert!(refused("rings", &[("rows", integers(&[5]))]).contains("`radii` has 2 numbers; there are 1 rings"));
    assert!(refused("irregular", &[("rows", integers(&[5]))]).contains("there are 3 shapes"));
    assert!(refused("distress-panel", &[("informative", Value::Integer(30))]).contains("more than the 29 indicators"));
    assert!(refused("distress-panel", &[("missing", integers(&[0]))]).contains("wants two shares"));
}

/// Accuracy, NMI (max) and ARI of k-means with two restarts on the joined views scaled to 0..1, means over five draws.
fn kmeans_on(kind: &str) -> [f64; 3] {
    let mut means = [0.0; 3];
    for seed in 0..5_u8 {
        let data = draw(kind, i64::from(seed), &[]);
        let scaled: Vec<Array2<f64>> = data.views.iter().map(|view| to_unit(&view.values)).collect();
        let parts: Vec<_> = scaled.iter().map(Array2::view).collect();
        let points = concatenate(Axis(1), &parts).expect("equal rows");
        let labels = data.labels.expect("labels");
        let mut stream = Stream::new(u64::from(seed), Purpose::Init, "kmeans");
        let fit = lloyd_restarts(points.view(), labels.classes.len(), 2, &mut stream);
        let table = Contingency::of(&labels.codes, &fit.clusters);
        for (mean, name) in means.iter_mut().zip(["acc", "nmi_max", "ari"]) {
            let Some(Measure::External(measure)) = metric::find(name).map(|spec| spec.measure) else {
                panic!("{name}")
            };
            *mean += measure(&table).expect(name) / 5.0;
        }
    }
    println!("{kind}: {means:.3?}");
    means
}

fn to_unit(values: &Array2<f64>) -> Array2<f64> {
    let low = values.fold_axis(Axis(0), f64::INFINITY, |low, x| low.min(*x));
    let high = values.fold_axis(Axis(0), f64::NEG_INFINITY, |high, x| high.max(*x));
    (values - &low) / (&high - &low).mapv(|width| if width > 0.0 { width } else { 1.0 })
}

/// Within 0.03 of what scikit-learn's k-means makes of the reference.
fn agree_on_kmeans(kind: &str, stated: [f64; 3]) {
    for (found, stated) in kmeans_on(kind).into_iter().zip(stated) {
        assert!((found - stated).abs() <= 0.03, "{kind}: {found}, stated {stated}");
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "slow without optimisation")]
fn kmeans_on_visual_words_is_as_in_the_reference() {
    agree_on_kmeans("awa-like", [0.19, 0.05, 0.03]);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "slow without optimisation")]
fn kmeans_on_birds_is_as_in_the_reference() {
    agree_on_kmeans("cub50-like", [0.331, 0.457, 0.202]);
}

/// Means over 24 draws of the reference, with deviations from draw to draw of 0.037, 0.037 and 0.036. What it states,
/// 0.373, 0.513 and 0.243, is its draw of seed 1 alone.
#[test]
#[cfg_attr(debug_assertions, ignore = "slow without optimisation")]
fn kmeans_on_flowers_is_as_in_the_reference() {
    agree_on_kmeans("flowers50-like", [0.413, 0.546, 0.286]);
}

/// The whole `awa-like`; figures of one draw of `bow_views()`, whose three views differ by less.
#[test]
#[cfg_attr(debug_assertions, ignore = "slow without optimisation")]
fn the_whole_set_of_visual_words() {
    let start = std::time::Instant::now();
    let data = draw("awa-like", 0, &[]);
    println!("awa-like in {:.1?}", start.elapsed());
    assert_eq!((data.rows(), data.views.len(), data.classes()), (5814, 3, Some(10)));
    for view in 0..3 {
        let found = moments(&data, view);
        assert!((found[1] - 0.000_6).abs() < 0.000_25, "{found:?}");
        assert!((found[2] - 0.001_04).abs() < 0.000_03, "{found:?}");
        assert!((found[3] - 0.759).abs() < 0.01, "{found:?}");
    }
}
