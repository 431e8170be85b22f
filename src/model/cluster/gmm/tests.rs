//! Against scikit-learn and SciPy (`tests/oracles/mixture`), and what must hold for any data.

use ndarray::{Array2, Axis, concatenate};
use serde_json::Value as Json;

use super::*;
use crate::dataset::View;

const KINDS: [CovarianceType; 4] = CovarianceType::ALL;

fn oracle() -> Json {
    serde_json::from_str(include_str!("../../../../tests/oracles/mixture/mixture.json")).expect("the oracle reads")
}

fn numbers(value: &Json) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|x| x.as_f64().expect("a number")).collect()
}

fn integers(value: &Json) -> Vec<usize> {
    value
        .as_array()
        .expect("a list")
        .iter()
        .map(|x| usize::try_from(x.as_u64().expect("whole")).expect("small"))
        .collect()
}

fn table(value: &Json) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = value.as_array().expect("rows").iter().map(numbers).collect();
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(i, j)| rows[i][j])
}

fn hard(clusters: &[usize], k: usize) -> Array2<f64> {
    Array2::from_shape_fn((clusters.len(), k), |(i, j)| f64::from(u8::from(clusters[i] == j)))
}

fn nearly<'a>(what: &str, found: impl IntoIterator<Item = &'a f64>, expected: &[f64]) {
    let found: Vec<f64> = found.into_iter().copied().collect();
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{what}: {found} is not {expected}");
    }
}

fn flat(covariances: &Covariances) -> Vec<f64> {
    match covariances {
        Covariances::Full(all) => all.iter().flatten().copied().collect(),
        Covariances::Tied(one) => one.iter().copied().collect(),
        Covariances::Diagonal(variances) => variances.iter().copied().collect(),
        Covariances::Spherical(variances) => variances.to_vec(),
    }
}

/// Groups of unlike shapes, far from 0.
fn groups(rows: usize, columns: usize, groups: usize) -> Array2<f64> {
    let mut stream = Stream::new(1, Purpose::Noise, "groups");
    let centers = Array2::from_shape_simple_fn((groups, columns), || 10.0 + 2.0 * stream.normal());
    let stretch = Array2::from_shape_simple_fn((groups, columns), || stream.uniform_in(0.2, 1.5));
    Array2::from_shape_fn((rows, columns), |(i, j)| {
        centers[(i % groups, j)] + stretch[(i % groups, j)] * stream.normal()
    })
}

fn fit(params: &Params, values: Array2<f64>) -> Result<(Clustering, Vec<f64>, Vec<String>, String), FitError> {
    let data = Dataset::new(vec![View::numbered("x", values)], None);
    let mut silent = |_| ();
    let mut trial = TrialContext::new(3, None, &mut silent);
    let found = GaussianMixture::fit(params, &data, &mut trial)?;
    let curve = trial.curves.iter().map(|point| point.value).collect();
    Ok((found, curve, trial.notes, format!("{:?}", trial.counts)))
}

fn with(clusters: usize, covariance_type: CovarianceType) -> Params {
    Params { clusters: Some(clusters), covariance_type, ..Params::default() }
}

#[test]
fn from_the_same_start_it_is_scikit_learns() {
    let oracle = oracle();
    let points = table(&oracle["points"]);
    let start = hard(&integers(&oracle["start"]), 3);
    for kind in KINDS {
        let case = &oracle["cases"][kind.word()];
        let expected = numbers(&case["log_likelihoods"]);
        let settings =
            Settings { covariance_type: kind, max_iterations: expected.len(), tolerance: 0.0, ..Settings::default() };
        let first = Mixture::most_likely(&points, &start, kind, settings.reg_covar);
        let found = improve(&points, first, settings).expect("well-defined");
        nearly("log-likelihoods", &found.log_likelihoods, &expected);
        nearly("weights", &found.mixture.weights, &numbers(&case["weights"]));
        nearly("means", &found.mixture.means, &numbers(&case["means"]));
        nearly("covariances", &flat(&found.mixture.covariances), &numbers(&case["covariances"]));
        assert_eq!(found.clusters, integers(&case["clusters"]), "{kind:?}");
        let (score, _) = found.mixture.responsibilities(&points).expect("well-defined");
        nearly("score", &[score], &[case["score"].as_f64().expect("a number")]);
        let densities = found.mixture.log_densities(&points).expect("well-defined");
        nearly("densities", densities.row(0), &numbers(&case["log_densities_of_row_0"]));
    }
}

#[test]
fn an_iteration_never_lowers_the_likelihood() {
    let points = groups(150, 4, 3);
    for kind in KINDS {
        // From a bad start, so that there is something to climb; without the regulariser, which is no part of it.
        let start: Vec<usize> = (0..150).map(|i| (i / 2) % 4).collect();
        let settings = Settings { covariance_type: kind, reg_covar: 0.0, max_iterations: 40, tolerance: 0.0 };
        let first = Mixture::most_likely(&points, &hard(&start, 4), kind, 0.0);
        let found = improve(&points, first, settings).expect("well-defined").log_likelihoods;
        assert!(found.windows(2).all(|pair| pair[1] >= pair[0] - 1e-10), "{kind:?}: {found:?}");
        assert!(found[39] > found[0] + 0.1, "{kind:?}: {found:?}");
    }
}

#[test]
fn groups_are_found_and_the_same_bytes_come_again() {
    for kind in KINDS {
        let once = || fit(&with(3, kind), groups(150, 4, 3)).expect("fits");
        let ((found, curve, notes, counts), (again, same, ..)) = (once(), once());
        let right = |i: &usize| found.clusters[*i] == found.clusters[i % 3];
        assert!((0..150).filter(right).count() >= 147, "{kind:?}: {:?}", found.clusters);
        assert_eq!((&found.clusters, &curve), (&again.clusters, &same));
        assert!(notes.is_empty() && counts.contains("\"nonempty_clusters\": 3"), "{notes:?} {counts}");
    }
}

#[test]
fn several_restarts_are_not_worse_than_one() {
    let points = groups(90, 3, 6);
    let last = |restarts| {
        let params = Params { seed_restarts: restarts, ..with(6, CovarianceType::Diagonal) };
        *fit(&params, points.clone()).expect("fits").1.last().expect("a point")
    };
    assert!(last(8) >= last(1));
}

#[test]
fn where_it_is_undefined_or_stops_early_it_says_so() {
    let failed = |params: &Params, values| match fit(params, values) {
        Err(FitError::Failed(message)) => message,
        other => panic!("not a failure: {other:?}"),
    };
    let bare = |kind| Params { reg_covar: 0.0, ..with(2, kind) };
    for kind in KINDS {
        let message = failed(&bare(kind), Array2::ones((10, 2)));
        assert!(
            message.contains("ill-defined covariance") || message.contains("covariance is ill-defined"),
            "{message}"
        );
        assert!(message.contains("`reg-covar`"), "{message}");
        // With it the same data are one cluster.
        let (found, _, _, counts) = fit(&with(2, kind), Array2::ones((10, 2))).expect("fits");
        assert!(counts.contains("\"nonempty_clusters\": 1"), "{kind:?} {counts} {:?}", found.clusters);
    }
    let message = failed(&bare(CovarianceType::Full), groups(6, 5, 2));
    assert!(message.starts_with("component 1 has an ill-defined covariance"), "{message}");
    let mut holes = groups(12, 2, 2);
    holes[(3, 1)] = f64::NAN;
    assert_eq!(failed(&with(2, CovarianceType::Full), holes), "the data hold values that are not finite");
    let huge = groups(12, 2, 2) * 1e200;
    assert!(failed(&with(2, CovarianceType::Diagonal), huge).contains("ill-defined"));
    for (clusters, shape) in [(4, (3, 2)), (1, (0, 2)), (1, (3, 0))] {
        let outcome = fit(&with(clusters, CovarianceType::Full), Array2::ones(shape));
        assert!(matches!(outcome, Err(FitError::NotApplicable(_))), "{shape:?}: {outcome:?}");
    }
    let (_, curve, notes, _) =
        fit(&Params { max_iterations: 1, ..with(3, CovarianceType::Full) }, groups(60, 3, 3)).expect("fits");
    assert_eq!((curve.len(), notes.len()), (1, 1));
    assert!(notes[0].starts_with("stopped at max-iterations 1 "), "{notes:?}");
}

#[test]
fn as_many_components_as_rows_and_constant_columns() {
    for kind in KINDS {
        let values = concatenate(Axis(1), &[groups(9, 2, 3).view(), Array2::ones((9, 1)).view()]).expect("one height");
        let (found, ..) = fit(&with(9, kind), values).expect("fits");
        assert!(found.clusters.iter().all(|&cluster| cluster < 9), "{kind:?}");
    }
}
