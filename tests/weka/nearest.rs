//! Nearest neighbours beside Weka: shares, texts, options.

use gridbook::dataset::{Column, Dataset, Labels, View};
use gridbook::java::Random;
use gridbook::model::registry::native_fit;
use gridbook::model::{FitData, Fitted, Predictions, TaskKind, TrialContext};
use gridbook::parameter::Values;
use ndarray::Array2;

use crate::fixture::{Demand, agree, options_alike, print_alike};

fn alike(config: &str) {
    agree(config, &Demand::within(1e-12));
    print_alike(config);
    options_alike(config);
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn one_neighbour() {
    alike("ibk1");
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn five_neighbours() {
    alike("ibk5");
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn three_by_inverse_distance() {
    alike("ibk3_inverse");
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn ib1() {
    alike("ib1");
}

/// Distances and ranges spelled out, without anything of the model: the nearest row, the first of equals, for rows that are
/// judged in order, each widening the ranges first.
fn naive(train: &[Vec<f64>], judged: &[Vec<f64>], nominal: usize) -> Vec<usize> {
    let mut ranges: Vec<(f64, f64)> = vec![(f64::INFINITY, f64::NEG_INFINITY); train[0].len()];
    let widen = |ranges: &mut Vec<(f64, f64)>, row: &[f64]| {
        for (range, value) in ranges.iter_mut().zip(row).filter(|(_, value)| !value.is_nan()) {
            *range = (range.0.min(*value), range.1.max(*value));
        }
    };
    train.iter().for_each(|row| widen(&mut ranges, row));
    let mut answers = Vec::new();
    for row in judged {
        widen(&mut ranges, row);
        let distance = |other: &Vec<f64>| {
            let mut sum = 0.0;
            for (column, (a, b)) in row.iter().zip(other).enumerate() {
                let (low, high) = ranges[column];
                let unit = |x: f64| if high == low { 0.0 } else { (x - low) / (high - low) };
                let apart = match (a.is_nan(), b.is_nan()) {
                    (true, true) => 1.0,
                    (true, false) | (false, true) if column == nominal => 1.0,
                    (false, false) if column == nominal => f64::from(u8::from(a != b)),
                    (true, false) => unit(*b).max(1.0 - unit(*b)),
                    (false, true) => unit(*a).max(1.0 - unit(*a)),
                    (false, false) => unit(*a) - unit(*b),
                };
                sum += apart * apart;
            }
            sum
        };
        let distances: Vec<f64> = train.iter().map(distance).collect();
        let least = distances.iter().copied().fold(f64::INFINITY, f64::min);
        answers.push(distances.iter().position(|distance| *distance == least).expect("a row"));
    }
    answers
}

/// Rows of six columns, the last of words, some values missing; the class of each training row is its own.
fn drawn(rows: usize, spread: f64, random: &mut Random) -> Vec<Vec<f64>> {
    let mut value = |column: usize| match (random.next_double(), column) {
        (lot, _) if lot < 0.1 => f64::NAN,
        (_, 5) => f64::from(random.next_below(3)),
        _ => random.next_gaussian() * spread,
    };
    (0..rows).map(|_| (0..6).map(&mut value).collect()).collect()
}

fn table(rows: &[Vec<f64>]) -> View {
    let mut columns: Vec<Column> = (0..5).map(|at| Column::numeric(format!("x{at}"))).collect();
    columns.push(Column::nominal("word", ["a", "b", "c"].map(str::to_owned)));
    let values = Array2::from_shape_fn((rows.len(), 6), |(row, column)| rows[row][column]);
    View { name: "x".to_owned(), columns, values }
}

fn predicted(fitted: &dyn Fitted, rows: &[Vec<f64>]) -> Vec<usize> {
    match fitted.predict(&Dataset::new(vec![table(rows)], None)).expect("predictions") {
        Predictions::Classes { predicted, .. } => predicted.into_iter().map(|class| class.expect("a class")).collect(),
        _ => panic!("no classes"),
    }
}

#[test]
fn the_order_of_judged_rows_counts_as_weka_has_it() {
    let mut random = Random::new(5);
    let train = drawn(300, 1.0, &mut random);
    // Ever farther out, so that each row widens the ranges for those after it.
    let judged: Vec<Vec<f64>> = (0..60).flat_map(|step| drawn(1, 1.0 + f64::from(step) * 0.3, &mut random)).collect();
    let reversed: Vec<Vec<f64>> = judged.iter().rev().cloned().collect();
    let names: Vec<String> = (0..train.len()).map(|row| row.to_string()).collect();
    let labels = Labels { name: "row".to_owned(), classes: names, codes: (0..train.len()).collect() };
    let data = Dataset::new(vec![table(&train)], Some(labels));
    let given = FitData { task: TaskKind::Classification, train: &data, validation: None };
    for kind in ["ibk", "ib1"] {
        let mut silent = |_| {};
        let mut context = TrialContext::new(0, None, &mut silent);
        let fitted = native_fit(kind).expect("a fit")(&Values::new(), &given, &mut context).expect("fits");
        let (forth, mut back) = (predicted(&*fitted, &judged), predicted(&*fitted, &reversed));
        assert_eq!(forth, naive(&train, &judged, 5), "{kind}");
        assert_eq!(back, naive(&train, &reversed, 5), "{kind}");
        back.reverse();
        assert!(forth != back, "{kind}: the order makes no difference to this data");
        assert_eq!(forth, predicted(&*fitted, &judged), "{kind}: a call starts from the training rows' ranges");
    }
}
