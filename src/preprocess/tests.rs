//! What every step must hold.

use ndarray::Array2;
use proptest::prelude::*;

use super::*;
use crate::dataset::Column;
use crate::rng::Purpose;
use crate::value::Value;

/// Every step with its defaults, and again wherever other parameters make it do something else.
///
/// # Panics
/// A step is not called so any more.
pub fn variants() -> Vec<(&'static StepSpec, Values)> {
    let words = |pairs: &[(&str, &str)]| -> Values {
        pairs.iter().map(|(key, word)| ((*key).to_owned(), Value::Text((*word).to_owned()))).collect()
    };
    let one = |key: &str, value: Value| Values::from([(key.to_owned(), value)]);
    let more = [
        ("min-max", one("scale", Value::Number(-3.0))),
        ("min-max", words(&[("constant", "zero")])),
        ("standardize", words(&[("deviation", "sample")])),
        ("replace-missing", words(&[("with", "median")])),
        ("nominal-to-binary", one("all-values", Value::Bool(true))),
        ("discretize", one("better-encoding", Value::Bool(true))),
        ("discretize", words(&[("method", "equal-width")])),
        ("discretize", words(&[("method", "equal-frequency")])),
        ("cfs", words(&[("direction", "backward")])),
        ("cfs", words(&[("direction", "bi-directional")])),
        ("cfs", words(&[("search", "greedy-stepwise")])),
        ("cfs", words(&[("search", "greedy-stepwise"), ("direction", "backward")])),
        ("cfs", words(&[("search", "linear-forward-selection")])),
        ("cfs", one("missing-separate", Value::Bool(true))),
        ("information-gain", one("attributes", Value::Integer(1))),
        ("information-gain", one("threshold", Value::Number(0.0))),
        ("symmetrical-uncertainty", one("attributes", Value::Integer(1))),
        ("symmetrical-uncertainty", one("threshold", Value::Number(0.0))),
    ];
    let more = more.map(|(kind, values)| (find(kind).expect("a step"), values));
    STEPS.iter().map(|spec| (*spec, Values::new())).chain(more).collect()
}

/// The classes of so many rows: three of them, of which the first has half of the rows.
fn classes(rows: usize) -> Labels {
    let labels: Vec<String> = (0..rows).map(|row| if row * 2 < rows { 0 } else { 1 + row % 2 }.to_string()).collect();
    Labels::of("y", &labels)
}

/// What a step learns from numbers, with its defaults.
///
/// # Panics
/// It cannot learn from these.
pub fn learned(spec: &StepSpec, train: Array2<f64>) -> Box<dyn FittedStep> {
    learned_with(spec, &Values::new(), train)
}

fn learned_with(spec: &StepSpec, values: &Values, train: Array2<f64>) -> Box<dyn FittedStep> {
    let labels = classes(train.nrows());
    let view = View::numbered("x", train);
    match spec.learn {
        Learn::Columns(learn) => learn(values, &Training::of(&view, Some(&labels))).expect("learns"),
        Learn::Rows(_) | Learn::Weights(_) => panic!("`{}` changes no columns", spec.kind),
    }
}

/// The numbers after a step.
pub fn applied(fitted: &dyn FittedStep, rows: Array2<f64>) -> Array2<f64> {
    fitted.apply(View::numbered("x", rows)).values
}

fn bits(values: &Array2<f64>) -> Vec<u64> {
    values.iter().map(|x| x.to_bits()).collect()
}

proptest! {
    /// Whatever the test rows hold: what they become depends on the training rows and on themselves alone, row by row.
    #[test]
    fn a_test_row_becomes_the_same_beside_any_others(
        train in proptest::collection::vec(proptest::option::weighted(0.9, -1e6_f64..1e6), 8 * 3),
        one in proptest::collection::vec(-1e6_f64..1e6, 3),
        others in proptest::collection::vec(-1e9_f64..1e9, 5 * 3),
    ) {
        let cells: Vec<f64> = train.into_iter().map(|x| x.unwrap_or(f64::NAN)).collect();
        let train = Array2::from_shape_vec((8, 3), cells).expect("shape");
        let alone = Array2::from_shape_vec((1, 3), one.clone()).expect("shape");
        let beside = Array2::from_shape_vec((6, 3), [one, others].concat()).expect("shape");
        for (spec, values) in variants() {
            let data = || Dataset::new(vec![View::numbered("x", train.clone())], Some(classes(8)));
            match spec.learn {
                Learn::Columns(_) => {
                    let fitted = learned_with(spec, &values, train.clone());
                    let (alone, beside) = (applied(&*fitted, alone.clone()), applied(&*fitted, beside.clone()));
                    let first = beside.slice(ndarray::s![..1, ..]).to_owned();
                    prop_assert_eq!(bits(&alone), bits(&first), "{} {:?}", spec.kind, values);
                }
                Learn::Rows(draw) => {
                    let draw = || draw(&values, &data(), &mut Stream::new(0, Purpose::Split, "test"));
                    prop_assert_eq!(draw(), draw(), "{}", spec.kind);
                }
                Learn::Weights(weigh) => prop_assert_eq!(weigh(&values, &data()), weigh(&values, &data())),
            }
        }
    }
}

/// Data that no experiment is made for: a step says so or makes something of them, and does not panic.
#[test]
fn odd_tables_are_taken_or_refused() {
    let gap = f64::NAN;
    let many: Vec<String> = (0..10_000).map(|word| format!("w{word}")).collect();
    let columns = vec![Column::nominal("many", many), Column::numeric("x"), Column::nominal("none", Vec::new())];
    let view = |values: Array2<f64>| View { name: "x".to_owned(), columns: columns.clone(), values };
    let numbers = |x: f64| View::numbered("x", Array2::from_elem((6, 2), x));
    let tables = [
        view(Array2::from_shape_fn((6, 3), |(row, at)| if at == 2 { gap } else { [0.0, 9_999.0][row % 2] })),
        view(Array2::from_elem((6, 3), gap)),
        view(Array2::from_shape_fn((1, 3), |(_, at)| if at == 2 { gap } else { 1.0 })),
        numbers(7.0),
        numbers(gap),
        numbers(f64::INFINITY),
        View::numbered("x", Array2::zeros((6, 0))),
        View::numbered("x", Array2::zeros((0, 2))),
    ];
    for (spec, values) in variants() {
        let Learn::Columns(learn) = spec.learn else { continue };
        for table in &tables {
            let rows = table.values.nrows();
            for labels in [classes(rows), Labels::of("y", &vec!["a".to_owned(); rows])] {
                if let Ok(fitted) = learn(&values, &Training::of(table, Some(&labels))) {
                    let after = fitted.apply(table.clone());
                    assert_eq!((after.values.nrows(), after.values.ncols()), (rows, after.columns.len()));
                    let _ = fitted.remark();
                }
            }
            let _ = learn(&values, &Training::of(table, None));
        }
    }
}
