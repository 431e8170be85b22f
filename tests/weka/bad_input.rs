//! Rows that no tree or rule can be made of: an outcome, or predictions that hold together, and never a panic.

use gridbook::dataset::{Column, Dataset, Labels, View};
use gridbook::model::registry::native_fit;
use gridbook::model::{FitData, FitError, Fitted, Predictions, TaskKind, TrialContext};
use gridbook::parameter::Values;
use ndarray::Array2;

/// Rows of one view with their classes.
pub fn rows(columns: Vec<Column>, values: Array2<f64>, codes: Vec<usize>, classes: usize) -> Dataset {
    let classes = (0..classes).map(|class| format!("c{class}")).collect();
    let labels = Labels { name: "class".to_owned(), classes, codes };
    Dataset::new(vec![View { name: "x".to_owned(), columns, values }], Some(labels))
}

fn number(count: usize) -> f64 {
    f64::from(u16::try_from(count).expect("a small count"))
}

/// A nominal column.
pub fn nominal(levels: usize) -> Column {
    Column::nominal("n", (0..levels).map(|level| format!("v{level}")).collect::<Vec<_>>())
}

/// The fit of a model.
pub fn fit(kind: &str, values: &Values, train: &Dataset) -> Result<Box<dyn Fitted>, FitError> {
    let given = FitData { task: TaskKind::Classification, train, validation: None };
    let mut silent = |_| {};
    let mut context = TrialContext::new(0, None, &mut silent);
    native_fit(kind).expect("a fit")(values, &given, &mut context)
}

/// Fits, predicts these rows, and checks that the shares of each row add up to 1.
pub fn sound(kind: &str, values: &Values, train: &Dataset, judged: &Dataset) -> Vec<Option<usize>> {
    let fitted = fit(kind, values, train).unwrap_or_else(|error| panic!("{kind}: {error}"));
    assert!(!fitted.printed().expect("text").text.is_empty());
    let hidden = Dataset { labels: None, ..judged.clone() };
    let Predictions::Classes { predicted, probabilities } = fitted.predict(&hidden).expect("predictions") else {
        panic!("{kind}: no classes")
    };
    let shares = probabilities.expect("shares");
    assert_eq!(shares.nrows(), judged.rows());
    assert!(shares.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-9), "{kind}: {shares}");
    predicted
}

/// What every model must bear, with each of these settings.
pub fn bears(kind: &str, settings: &[Values]) {
    let nan = f64::NAN;
    let numeric = || Column::numeric("x");
    for values in settings {
        let one_class = rows(vec![numeric()], Array2::from_shape_fn((9, 1), |(row, _)| number(row)), vec![1; 9], 3);
        assert_eq!(sound(kind, values, &one_class, &one_class), [Some(1); 9]);
        let one_row = rows(vec![numeric(), nominal(2)], Array2::from_elem((4, 2), 1.0), vec![1; 4], 2).take(&[0]);
        if !values.contains_key("reduced-error-pruning") {
            assert_eq!(sound(kind, values, &one_row, &one_row), [Some(1)]);
        }
        let none = one_row.take(&[]);
        assert!(matches!(fit(kind, values, &none), Err(FitError::NotApplicable(_))));
        let missing =
            rows(vec![numeric(), nominal(3)], Array2::from_elem((8, 2), nan), vec![0, 1, 1, 1, 0, 1, 1, 1], 2);
        assert_eq!(sound(kind, values, &missing, &missing), [Some(1); 8]);
        let constant =
            rows(vec![numeric(), nominal(3)], Array2::from_elem((8, 2), 2.0), vec![0, 1, 1, 1, 0, 1, 1, 1], 2);
        assert_eq!(sound(kind, values, &constant, &constant), [Some(1); 8]);
        let empty = rows(vec![], Array2::zeros((6, 0)), vec![0, 0, 1, 0, 0, 1], 2);
        if let Err(error) = fit(kind, values, &empty) {
            assert!(matches!(error, FitError::NotApplicable(_)));
        } else {
            assert_eq!(sound(kind, values, &empty, &empty), [Some(0); 6]);
        }
        let infinite = rows(vec![numeric()], Array2::from_elem((4, 1), f64::INFINITY), vec![0, 1, 0, 1], 2);
        assert!(matches!(fit(kind, values, &infinite), Err(FitError::Failed(_))));
        unseen(kind, values);
        many_levels(kind, values);
    }
}

/// Words that training did not declare, and rows of other columns.
fn unseen(kind: &str, values: &Values) {
    let cells = Array2::from_shape_fn((30, 1), |(row, _)| if row % 2 == 0 { 0.0 } else { 1.0 });
    let train = rows(vec![nominal(2)], cells, (0..30).map(|row| row % 2).collect(), 2);
    let other = rows(
        vec![nominal(9)],
        Array2::from_shape_vec((3, 1), vec![7.0, -1.0, f64::NAN]).expect("a shape"),
        vec![0; 3],
        2,
    );
    sound(kind, values, &train, &other);
    let wide = rows(vec![nominal(2), nominal(2)], Array2::zeros((2, 2)), vec![0; 2], 2);
    let fitted = fit(kind, values, &train).expect("a fit");
    assert!(matches!(fitted.predict(&wide), Err(FitError::Failed(_))));
}

/// A column of ten thousand words, some of them missing.
fn many_levels(kind: &str, values: &Values) {
    let words = 10_000;
    let cell = |row: usize| if row.is_multiple_of(50) { f64::NAN } else { number((row * 7919) % words) };
    let cells =
        Array2::from_shape_fn((2_000, 2), |(row, column)| if column == 0 { cell(row / 2) } else { number(row) });
    let codes = (0..2_000).map(|row| usize::from((row / 2) % 3 == 0)).collect();
    let train = rows(vec![nominal(words), Column::numeric("x")], cells, codes, 2);
    sound(kind, values, &train, &train);
}
