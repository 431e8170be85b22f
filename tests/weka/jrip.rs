use gridbook::dataset::{Column, Dataset, Labels, View};
use gridbook::model::registry::native_fit;
use gridbook::model::{FitData, FitError, Fitted, Predictions, TaskKind, TrialContext};
use gridbook::parameter::Values;

use crate::fixture::{Demand, agree, model_alike, options_alike, print_alike};

/// Shares, texts, rules and options, all exactly.
fn alike(config: &str) {
    agree(config, &Demand::within(0.0));
    print_alike(config);
    model_alike(config, 0.0);
    options_alike(config);
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn jrip() {
    alike("jrip");
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn jrip_without_pruning() {
    alike("jrip_noprune");
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn jrip_without_optimization() {
    alike("jrip_o0");
}

fn fit(data: &Dataset) -> Result<Box<dyn Fitted>, FitError> {
    let given = FitData { task: TaskKind::Classification, train: data, validation: None };
    let mut silent = |_| {};
    let mut context = TrialContext::new(0, None, &mut silent);
    native_fit("jrip").expect("a fit")(&Values::new(), &given, &mut context)
}

/// Rows of one column of numbers and one of `words` words, with these classes of three.
fn table(words: usize, values: &[[f64; 2]], codes: &[usize]) -> Dataset {
    let words: Vec<String> = (0..words).map(|word| format!("w{word}")).collect();
    let columns = vec![Column::numeric("x"), Column::nominal("w", words)];
    let values = ndarray::Array2::from_shape_fn((values.len(), 2), |(row, column)| values[row][column]);
    let classes = ["a", "b", "c"].map(str::to_owned).to_vec();
    let labels = Labels { name: "class".to_owned(), classes, codes: codes.to_vec() };
    Dataset::new(vec![View { name: "table".to_owned(), columns, values }], Some(labels))
}

fn predicted(fitted: &dyn Fitted, data: &Dataset) -> Vec<Option<usize>> {
    let hidden = Dataset { labels: None, ..data.clone() };
    match fitted.predict(&hidden).expect("predicts") {
        Predictions::Classes { predicted, .. } => predicted,
        other => panic!("{other:?}"),
    }
}

#[test]
fn odd_tables_are_outcomes() {
    let nan = f64::NAN;
    assert!(matches!(fit(&table(2, &[], &[])), Err(FitError::NotApplicable(_))));
    // One row, one class, all missing, constant: the default rule alone.
    for (values, codes) in [
        (vec![[1.0, 0.0]], vec![2]),
        (vec![[1.0, 0.0], [2.0, 1.0], [3.0, 1.0]], vec![2, 2, 2]),
        (vec![[nan, nan]; 6], vec![2, 1, 2, 1, 2, 2]),
        (vec![[1.0, 0.0]; 6], vec![2, 1, 2, 1, 2, 2]),
    ] {
        let data = table(2, &values, &codes);
        let fitted = fit(&data).expect("fits");
        assert_eq!(predicted(&*fitted, &data), vec![Some(2); codes.len()]);
        assert_eq!(fitted.printed().expect("text").json["num_rules"], 1);
    }
    // No columns.
    let mut bare = table(2, &[[1.0, 0.0], [2.0, 1.0]], &[1, 1]);
    bare.views[0].columns.clear();
    bare.views[0].values = ndarray::Array2::zeros((2, 0));
    assert_eq!(predicted(&*fit(&bare).expect("fits"), &bare), [Some(1), Some(1)]);
    // 10,000 words, of which training has few; words and numbers that it lacks go to the default.
    let rows: Vec<[f64; 2]> = (0..40_u32).map(|row| [f64::from(row), f64::from(row % 2) * 9_999.0]).collect();
    let codes: Vec<usize> = (0..40).map(|row| row % 2).collect();
    let data = table(10_000, &rows, &codes);
    let fitted = fit(&data).expect("fits");
    assert_eq!(predicted(&*fitted, &data), codes.iter().map(|code| Some(*code)).collect::<Vec<_>>());
    let unseen = table(10_000, &[[nan, nan], [nan, 10_000.0], [nan, 5.0]], &[0, 0, 0]);
    let default = predicted(&*fitted, &unseen);
    assert!(default.iter().all(|class| *class == default[0]), "{default:?}");
}

#[test]
fn a_row_of_weight_two_is_two_rows() {
    let once: Vec<[f64; 2]> = (0..30_u32).map(|row| [f64::from(row * row % 17), f64::from(row % 2)]).collect();
    let codes: Vec<usize> = (0..30).map(|row| usize::from(row * row % 17 > 8)).collect();
    let mut data = table(2, &once, &codes);
    let plain = fit(&data).expect("fits").printed().expect("text").text;
    data.weights = Some(vec![2.0; 30]);
    let text = fit(&data).expect("fits").printed().expect("text").text;
    let sum = |text: &str| -> f64 {
        let counts = text.lines().filter_map(|line| line.rsplit_once(" (")?.1.split_once('/')?.0.parse::<f64>().ok());
        counts.sum()
    };
    assert_eq!((sum(&plain), sum(&text)), (30.0, 60.0), "{plain}{text}");
}
