//! Bad data of every sort: an outcome or sensible shares, never a panic.

use gridbook::dataset::{Column, Dataset, Labels, View};
use gridbook::model::registry::native_fit;
use gridbook::model::{FitData, FitError, Predictions, TaskKind, TrialContext};
use gridbook::parameter::Values;
use gridbook::value::Value;
use ndarray::{Array2, array};

const KINDS: &[(&str, &[(&str, &str)])] = &[
    ("naive-bayes", &[]),
    ("naive-bayes", &[("kernel", "true")]),
    ("naive-bayes", &[("discretize", "true")]),
    ("bayes-net", &[]),
    ("bayes-net", &[("maximum-parents", "3"), ("start-naive", "false")]),
    ("bayes-net", &[("maximum-parents", "2"), ("score", "bdeu")]),
    ("ibk", &[]),
    ("ibk", &[("neighbours", "50"), ("weighting", "inverse")]),
    ("ibk", &[("neighbours", "5"), ("weighting", "similarity"), ("cross-validated", "true"), ("window", "2")]),
    ("ib1", &[]),
];

fn values(pairs: &[(&str, &str)]) -> Values {
    let value = |text: &str| match (text.parse::<bool>(), text.parse::<i64>()) {
        (Ok(on), _) => Value::Bool(on),
        (_, Ok(number)) => Value::Integer(number),
        _ => Value::Text(text.to_owned()),
    };
    pairs.iter().map(|(key, text)| ((*key).to_owned(), value(text))).collect()
}

fn numbers(values: Array2<f64>) -> View {
    View::numbered("x", values)
}

/// Fits every model on `view` with the classes of `codes`, judges `judged`, and checks that the shares are shares.
fn sensible(name: &str, view: View, codes: &[usize], classes: usize, judged: &View) {
    let classes = (0..classes).map(|class| class.to_string()).collect();
    let labels = Labels { name: "class".to_owned(), classes, codes: codes.to_vec() };
    let data = Dataset::new(vec![view], Some(labels));
    let given = FitData { task: TaskKind::Classification, train: &data, validation: None };
    for (kind, pairs) in KINDS {
        let mut silent = |_| {};
        let mut context = TrialContext::new(0, None, &mut silent);
        let fitted = match native_fit(kind).expect("a fit")(&values(pairs), &given, &mut context) {
            Ok(fitted) => fitted,
            Err(FitError::NotApplicable(reason)) => {
                println!("{name} {kind} {pairs:?}: {reason}");
                continue;
            }
            Err(error) => panic!("{name} {kind} {pairs:?}: {error}"),
        };
        let hidden = Dataset::new(vec![judged.clone()], None);
        let Predictions::Classes { predicted, probabilities } = fitted.predict(&hidden).expect("predictions") else {
            panic!("{name} {kind}: no classes");
        };
        assert_eq!(predicted.len(), judged.values.nrows(), "{name} {kind}");
        for row in probabilities.expect("shares").rows() {
            let sum: f64 = row.iter().sum();
            assert!((sum - 1.0).abs() < 1e-9, "{name} {kind} {pairs:?}: shares {row} add up to {sum}");
        }
        assert!(!fitted.printed().expect("text").text.is_empty(), "{name} {kind}");
    }
}

#[test]
fn few_rows_classes_and_columns() {
    let gap = f64::NAN;
    let two = numbers(array![[1.0, 2.0], [3.0, gap]]);
    sensible("one row", numbers(array![[1.0, 2.0]]), &[0], 2, &two);
    sensible("one class", numbers(array![[1.0, 2.0], [2.0, 1.0]]), &[0, 0], 1, &two);
    sensible("no columns", numbers(Array2::zeros((3, 0))), &[0, 1, 1], 2, &numbers(Array2::zeros((2, 0))));
    sensible("no judged rows", two.clone(), &[0, 1], 2, &numbers(Array2::zeros((0, 2))));
    sensible("a class without rows", two.clone(), &[2, 0], 3, &two);
}

#[test]
fn columns_that_say_nothing_or_too_much() {
    let gap = f64::NAN;
    let judged = numbers(array![[1.0, 2.0], [gap, gap], [1e300, -1e300]]);
    sensible("all missing", numbers(Array2::from_elem((4, 2), gap)), &[0, 1, 0, 1], 2, &judged);
    sensible("constant", numbers(Array2::from_elem((4, 2), 7.0)), &[0, 1, 0, 1], 2, &judged);
    sensible("huge", numbers(array![[1e308, -1e308], [-1e308, 1e308], [1.0, 5e-324]]), &[0, 1, 1], 2, &judged);
}

#[test]
fn words_that_training_did_not_have_and_ten_thousand_of_them() {
    let words = |count: usize| -> Vec<String> { (0..count).map(|word| word.to_string()).collect() };
    let nominal = |values: Array2<f64>, count: usize| View {
        name: "x".to_owned(),
        columns: vec![Column::nominal("a", words(count)), Column::nominal("b", words(count))],
        values,
    };
    let judged = nominal(array![[9_999.0, 0.0], [f64::NAN, 12.0], [3.0, 3.0]], 10_000);
    let train = nominal(array![[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], 10_000);
    sensible("ten thousand words", train, &[0, 1, 1], 2, &judged);
    sensible("words that are not declared", nominal(array![[0.0, 1.0], [1.0, 0.0]], 2), &[0, 1], 2, &judged);
    sensible("no words", nominal(Array2::from_elem((2, 2), f64::NAN), 0), &[0, 1], 2, &judged);
}
