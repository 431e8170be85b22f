use gridbook::dataset::{Column, Dataset};
use gridbook::model::classify::one_r::{Params, WEKA};
use gridbook::parameter::{Parameters, Values};
use gridbook::value::Value;

use crate::bad_input::{bears, fit, rows};
use crate::fixture::{Demand, agree, print_alike, runs};

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn one_r() {
    agree("oner", &Demand::within(0.0));
    print_alike("oner");
}

#[test]
#[cfg_attr(no_shared, ignore = "the shared oracles are not here")]
fn options_come_back_as_they_went() {
    for run in runs("oner") {
        let (_, values) = run.model();
        assert_eq!(WEKA.options(&values, &Params::specs()), run.oracle["full_options"].as_str().expect("options"));
    }
}

#[test]
fn rows_without_a_rule_end_in_an_outcome() {
    bears("one-r", &[Values::new(), Values::from([("bucket-size".to_owned(), Value::Integer(1))])]);
}

#[test]
fn a_row_counts_as_often_as_it_weighs() {
    let cells = |rows: &[f64]| ndarray::Array2::from_shape_vec((rows.len(), 1), rows.to_vec()).expect("a shape");
    let values = Values::from([("bucket-size".to_owned(), Value::Integer(2))]);
    let column = || vec![Column::numeric("x")];
    let mut weighted = rows(column(), cells(&[1.0, 2.0, 3.0, 4.0]), vec![0, 1, 1, 0], 2);
    weighted.weights = Some(vec![2.0, 1.0, 1.0, 3.0]);
    let repeated = rows(column(), cells(&[1.0, 1.0, 2.0, 3.0, 4.0, 4.0, 4.0]), vec![0, 0, 1, 1, 0, 0, 0], 2);
    let text = |data: &Dataset| fit("one-r", &values, data).expect("a rule").printed().expect("a rule").text;
    assert_eq!(text(&weighted), "x:\n\t< 1.5\t-> c0\n\t< 3.5\t-> c1\n\t>= 3.5\t-> c0\n(7/7 instances correct)\n");
    assert_eq!(text(&weighted), text(&repeated));
}
