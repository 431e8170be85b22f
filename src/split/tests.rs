//! What every split must hold.

use std::collections::BTreeSet;

use ndarray::Array2;
use proptest::prelude::*;

use super::*;
use crate::dataset::{Aside, View};
use crate::value::Value;

/// `n` rows of `classes` classes, with a year and a company aside.
fn data(n: usize, classes: usize) -> Dataset {
    let values = Array2::from_shape_fn((n, 1), |(row, _)| f64::from(u32::try_from(row).unwrap_or(0)));
    let labels: Vec<String> = (0..n).map(|row| ((row * row) % classes).to_string()).collect();
    let aside =
        |name: &str, cell: &dyn Fn(usize) -> String| Aside { name: name.to_owned(), cells: (0..n).map(cell).collect() };
    Dataset {
        aside: vec![
            aside("year", &|row| (2010 + row % 8).to_string()),
            aside("company", &|row| format!("C_{}", row / 5)),
        ],
        ..Dataset::new(vec![View::numbered("x", values)], Some(Labels::of("y", &labels)))
    }
}

fn choice(kind: &str, values: &[(&str, Value)]) -> Choice {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Choice { kind: kind.to_owned(), values, validation: None }
}

fn draw(choice: &Choice, data: &Dataset, seed: u64) -> Result<Vec<Fold>, SplitError> {
    let places = Places { base: "".into(), data: "".into() };
    choice.draw(&Rows { data, seed, places: &places })
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

proptest! {
    #[test]
    fn folds_part_the_rows(
        n in 10_usize..80, folds in 2_i64..8, classes in 1_usize..5, seed in 0_u64..50, weka in any::<bool>(),
    ) {
        let data = data(n, classes);
        let order = text(if weka { "weka" } else { "own" });
        let split = choice("k-fold", &[("folds", Value::Integer(folds)), ("order", order)]);
        let drawn = draw(&split, &data, seed).expect("draws");
        prop_assert_eq!(&drawn, &draw(&split, &data, seed).expect("draws"));
        let mut judged: Vec<usize> = drawn.iter().flat_map(|fold| fold.test.clone()).collect();
        judged.sort_unstable();
        prop_assert_eq!(judged, (0..n).collect::<Vec<_>>());
        let labels = data.labels.as_ref().expect("labels");
        for class in 0..labels.classes.len() {
            let count = |fold: &Fold| fold.test.iter().filter(|row| labels.codes[**row] == class).count();
            let counts: Vec<usize> = drawn.iter().map(count).collect();
            let spread = counts.iter().max().unwrap() - counts.iter().min().unwrap();
            prop_assert!(spread <= 1, "{:?}", counts);
        }
        for fold in &drawn {
            let every: BTreeSet<usize> = fold.train.iter().chain(&fold.test).copied().collect();
            prop_assert_eq!(every.len(), n);
            prop_assert_eq!(fold.train.len() + fold.test.len(), n);
        }
    }

    #[test]
    fn groups_stay_together(n in 20_usize..90, seed in 0_u64..20) {
        let data = data(n, 3);
        let cells = column(&data, "company").expect("company");
        let splits = [
            choice("k-fold", &[("folds", Value::Integer(3)), ("groups", text("company"))]),
            choice("holdout", &[("groups", text("company"))]),
            choice("leave-one-group-out", &[("groups", text("company"))]),
            choice("temporal", &[
                ("column", text("year")), ("train", text("2010..=2013")), ("test", text("2014..")),
                ("groups", text("company")), ("disjoint", Value::Bool(true)),
            ]),
        ];
        for split in splits {
            let Ok(folds) = draw(&split, &data, seed) else { continue };
            for fold in folds {
                let train: BTreeSet<&String> = fold.train.iter().map(|row| &cells[*row]).collect();
                prop_assert!(fold.test.iter().all(|row| !train.contains(&cells[*row])), "{}", split.kind);
            }
        }
    }
}

#[test]
fn a_holdout_keeps_the_shares_of_classes() {
    let data = data(100, 4);
    let fold = draw(&choice("holdout", &[("fraction", Value::Number(0.3))]), &data, 1).expect("draws").remove(0);
    assert_eq!((fold.train.len(), fold.test.len()), (70, 30));
    let labels = data.labels.as_ref().expect("labels");
    for (class, &size) in labels.counts().iter().enumerate() {
        let held = fold.test.iter().filter(|row| labels.codes[**row] == class).count();
        assert!(held.abs_diff(size * 3 / 10) <= 1, "class {class}: {held} of {size}");
    }
}

#[test]
fn years_before_and_after() {
    let data = data(40, 2);
    let years = |train: &str, test: &str| {
        draw(&choice("temporal", &[("column", text("year")), ("train", text(train)), ("test", text(test))]), &data, 0)
    };
    let fold = years("2010..=2012", "2013").expect("draws").remove(0);
    assert_eq!((fold.train.len(), fold.test.len()), (15, 5));
    let fold = years("..2012", "2016..").expect("draws").remove(0);
    assert_eq!((fold.train.len(), fold.test.len()), (10, 10));
    assert!(years("2010..=2013", "2013").unwrap_err().message.contains("`2013` is in both"));
    assert!(years("2010", "1999").unwrap_err().message.contains("from 2010 to 2017"));
    assert!(years("2015..2010", "2016").unwrap_err().message.contains("holds nothing"));
}

#[test]
fn overlapping_groups_are_counted_and_dropped() {
    let data = data(40, 2);
    let mut split = choice(
        "temporal",
        &[
            ("column", text("year")),
            ("train", text("2010..=2015")),
            ("test", text("2016..")),
            ("groups", text("company")),
        ],
    );
    let fold = draw(&split, &data, 0).expect("draws").remove(0);
    assert_eq!(fold.counts, [("groups_in_both_parts", 6)]);
    split.values.insert("disjoint".to_owned(), Value::Bool(true));
    assert!(draw(&split, &data, 0).unwrap_err().message.contains("leaves no test row"));
}

#[test]
fn inner_folds_are_of_the_training_rows_and_each_row_is_judged_once() {
    let data = data(60, 3);
    let inner = choice("k-fold", &[("folds", Value::Integer(3))]);
    let outer = Choice { validation: Some(Box::new(inner)), ..choice("k-fold", &[("folds", Value::Integer(4))]) };
    for fold in draw(&outer, &data, 3).expect("draws") {
        assert_eq!((fold.inner.len(), fold.validation.len()), (3, 0));
        let mut judged: Vec<usize> = fold.inner.iter().flat_map(|inner| inner.test.clone()).collect();
        judged.sort_unstable();
        let mut training = fold.train.clone();
        training.sort_unstable();
        assert_eq!(judged, training, "no row of the test part, every other once");
        for inner in &fold.inner {
            assert!(inner.train.iter().all(|row| !inner.test.contains(row) && fold.train.contains(row)));
            assert_eq!(inner.train.len() + inner.test.len(), fold.train.len());
        }
    }
}

#[test]
fn the_inner_split_cuts_training_rows_only() {
    let data = data(60, 3);
    let inner = choice("holdout", &[("fraction", Value::Number(0.25))]);
    let outer = Choice { validation: Some(Box::new(inner)), ..choice("k-fold", &[("folds", Value::Integer(4))]) };
    let plain = draw(&choice("k-fold", &[("folds", Value::Integer(4))]), &data, 3).expect("draws");
    for (fold, plain) in draw(&outer, &data, 3).expect("draws").iter().zip(&plain) {
        assert_eq!(fold.test, plain.test);
        let mut parts = [fold.train.clone(), fold.validation.clone()].concat();
        parts.sort_unstable();
        assert_eq!(parts, plain.train);
        assert_eq!(fold.validation.len(), 11);
    }
}

#[test]
fn rows_of_a_file() {
    let folder = tempfile::tempdir().expect("folder");
    let places = Places { base: folder.path().to_owned(), data: "".into() };
    let data = data(5, 2);
    let drawn = |content: &str| {
        std::fs::write(folder.path().join("split.json"), content).expect("writes");
        choice("rows", &[("path", text("split.json"))]).draw(&Rows { data: &data, seed: 0, places: &places })
    };
    let folds = drawn(r#"{"train": [4, 0], "test": [2]}"#).expect("draws");
    assert_eq!((folds[0].train.as_slice(), folds[0].test.as_slice()), ([4, 0].as_slice(), [2].as_slice()));
    assert_eq!(drawn(r#"[{"train": [0], "test": [1]}, {"train": [1], "test": [0]}]"#).expect("draws").len(), 2);
    let same = choice("rows", &[("path", text("split.json")), ("resubstitution", Value::Bool(true))]);
    std::fs::write(folder.path().join("split.json"), r#"{"train": [1, 0], "test": [0, 1]}"#).expect("writes");
    let folds = same.draw(&Rows { data: &data, seed: 0, places: &places }).expect("draws");
    assert_eq!((folds[0].train.as_slice(), folds[0].test.as_slice()), ([1, 0].as_slice(), [0, 1].as_slice()));
    for (content, said) in [
        (r#"{"train": [0], "test": [5]}"#, "names row 5, and the data have 5"),
        (r#"{"train": [0], "test": [0]}"#, "row 0 in both"),
        (r#"{"train": [0], "test": [1, 1]}"#, "row 1 twice"),
        (r#"{"train": [0], "test": []}"#, "the test part has no row"),
        (r#"{"train": [0]}"#, "is not `{\"train\""),
    ] {
        let error = drawn(content).unwrap_err();
        assert!(error.message.contains(said), "{error}");
    }
}

#[test]
fn a_column_that_is_not_there_has_a_neighbour() {
    let error = draw(&choice("leave-one-group-out", &[("groups", text("compny"))]), &data(10, 2), 0).unwrap_err();
    assert_eq!(error.suggestion.as_deref(), Some("company"));
}
