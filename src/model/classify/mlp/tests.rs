use super::*;
use crate::dataset::{Column, Labels, View};
use ndarray::array;

fn data(values: Array2<f64>, columns: Vec<Column>, codes: &[usize], classes: &[&str]) -> Dataset {
    let classes = classes.iter().map(|class| (*class).to_owned()).collect();
    let labels = Labels { name: "class".to_owned(), classes, codes: codes.to_vec() };
    Dataset::new(vec![View { name: "x".to_owned(), columns, values }], Some(labels))
}

fn fit(train: &Dataset, params: &Params) -> Result<Box<dyn Fitted>, FitError> {
    let data = FitData { task: TaskKind::Classification, train, validation: None };
    Mlp::fit(params, &data, &mut TrialContext::new(0, None, &mut |_| ()))
}

fn predicted(fitted: &dyn Fitted, rows: &Dataset) -> Vec<Option<usize>> {
    match fitted.predict(rows) {
        Ok(Predictions::Classes { predicted, probabilities: Some(shares) }) => {
            assert!(shares.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-12));
            predicted
        }
        other => panic!("{other:?}"),
    }
}

fn exclusive_or() -> Dataset {
    let values = array![[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
    data(values, vec![Column::numeric("a"), Column::numeric("b")], &[0, 1, 1, 0], &["no", "yes"])
}

#[test]
fn exclusive_or_needs_a_hidden_layer() {
    let params = Params { epochs: 3000, hidden_layers: "4".to_owned(), ..Params::default() };
    let want = [Some(0), Some(1), Some(1), Some(0)];
    assert_eq!(predicted(&*fit(&exclusive_or(), &params).expect("fits"), &exclusive_or()), want);
    let without = Params { hidden_layers: "0".to_owned(), ..params };
    assert_ne!(predicted(&*fit(&exclusive_or(), &without).expect("fits"), &exclusive_or()), want);
}

#[test]
fn units_are_numbered_from_the_outputs_on() {
    let params = Params { epochs: 2, hidden_layers: "4,3".to_owned(), ..Params::default() };
    let text = fit(&exclusive_or(), &params).expect("fits").printed().expect("printed").text;
    for line in ["Sigmoid Node 8", "    Node 2    ", "    Node 6    ", "    Attrib b    ", "Class yes"] {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn odd_data_have_an_outcome() {
    let nan = f64::NAN;
    let many: Vec<String> = (0..10_000).map(|i| format!("w{i}")).collect();
    let few = Params { epochs: 3, hidden_layers: "2".to_owned(), ..Params::default() };
    for train in [
        data(array![[1.0]], vec![Column::numeric("x")], &[0], &["only"]),
        data(array![[nan], [nan]], vec![Column::numeric("x")], &[0, 1], &["a", "b"]),
        data(array![[7.0], [7.0]], vec![Column::numeric("x")], &[0, 1], &["a", "b"]),
        data(array![[0.0], [9999.0]], vec![Column::nominal("w", many.clone())], &[0, 1], &["a", "b"]),
        data(Array2::zeros((2, 0)), Vec::new(), &[0, 1], &["a", "b"]),
    ] {
        for params in [few.clone(), Params { validation_percent: 50.0, ..few.clone() }] {
            let fitted = fit(&train, &params).expect("fits");
            assert_eq!(predicted(&*fitted, &train).len(), train.rows());
            let unseen = data(Array2::from_elem(train.views[0].values.raw_dim(), 20_000.0), Vec::new(), &[], &[]);
            assert_eq!(predicted(&*fitted, &unseen).len(), train.rows());
        }
    }
    let wide = data(array![[0.0], [1.0]], vec![Column::nominal("w", many)], &[0, 1], &["a", "b"]);
    assert!(matches!(fit(&wide, &Params::default()), Err(FitError::NotApplicable(_))));
}

#[test]
fn layers_are_read_and_checked() {
    assert_eq!(hidden_sizes("a,i,o,t,7", 5, 2).expect("sizes"), [3, 5, 2, 7, 7]);
    assert!(hidden_sizes("0", 5, 2).expect("sizes").is_empty());
    for wrong in ["", "x", "-1", "3,,2", "99999999999"] {
        let values = Values::from([("hidden-layers".to_owned(), Value::Text(wrong.to_owned()))]);
        assert!(check(&values).is_err(), "{wrong}");
    }
}

#[test]
fn a_row_of_weight_two_moves_twice_as_far() {
    let mut train = exclusive_or();
    let params = Params { epochs: 1, momentum: 0.0, ..Params::default() };
    train.weights = Some(vec![2.0; 4]);
    let twice = fit(&train, &params).expect("fits").printed();
    let plain = fit(&exclusive_or(), &Params { learning_rate: 0.6, ..params }).expect("fits").printed();
    assert_eq!(twice, plain);
}
