//! What every step must hold.

use ndarray::Array2;
use proptest::prelude::*;

use super::*;
use crate::rng::Purpose;

/// What a step learns from numbers, with its defaults.
///
/// # Panics
/// It cannot learn from these.
pub fn learned(spec: &StepSpec, train: Array2<f64>) -> Box<dyn FittedStep> {
    let view = View::numbered("x", train);
    match spec.learn {
        Learn::Columns(learn) => learn(&Values::new(), &Training { view: &view, labels: None }).expect("learns"),
        Learn::Rows(_) => panic!("`{}` draws rows", spec.kind),
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
        for spec in STEPS {
            match spec.learn {
                Learn::Columns(_) => {
                    let fitted = learned(spec, train.clone());
                    let (alone, beside) = (applied(&*fitted, alone.clone()), applied(&*fitted, beside.clone()));
                    let first = beside.slice(ndarray::s![..1, ..]).to_owned();
                    prop_assert_eq!(bits(&alone), bits(&first), "{}", spec.kind);
                }
                Learn::Rows(draw) => {
                    let labels: Vec<String> = (0..8).map(|row| (row % 3).to_string()).collect();
                    let data = Dataset::new(
                        vec![View::numbered("x", train.clone())],
                        Some(Labels::of("y", &labels)),
                    );
                    let draw = || draw(&Values::new(), &data, &mut Stream::new(0, Purpose::Split, "test"));
                    prop_assert_eq!(draw(), draw(), "{}", spec.kind);
                }
            }
        }
    }
}
