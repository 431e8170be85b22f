//! What must hold whatever the data, and what has no value.

use ndarray::{Array2, array};
use proptest::prelude::*;

use super::binary::Binary;
use super::confusion::{Average, Confusion};
use super::internal::Groups;
use super::probability::Probabilities;
use super::ranking::Ranking;
use super::*;

pub(super) fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * a.abs().max(b.abs()).max(1.0)
}

fn table(rows: &[(usize, Option<usize>)], classes: usize) -> Confusion {
    let (truth, predicted): (Vec<_>, Vec<_>) = rows.iter().copied().unzip();
    Confusion::of(&truth, &predicted, classes).unwrap()
}

proptest! {
    #[test]
    fn identities_of_predicted_classes(pairs in proptest::collection::vec((0_usize..4, 0_usize..4), 1..60)) {
        let rows: Vec<_> = pairs.iter().map(|(truth, predicted)| (*truth, Some(*predicted))).collect();
        let table = table(&rows, 4);
        for rate in [Binary::precision, Binary::recall, Binary::f1] {
            prop_assert!(close(table.average(rate, Average::Micro), table.accuracy()));
        }
        prop_assert!(close(table.average(Binary::recall, Average::Weighted), table.accuracy()));
        // Classes and predictions change places.
        let turned: Vec<_> = pairs.iter().map(|(truth, predicted)| (*predicted, Some(*truth))).collect();
        let turned = super::tests::table(&turned, 4);
        prop_assert!(close(turned.matthews(), table.matthews()));
        prop_assert_eq!(turned.cohen_kappa().is_some(), table.cohen_kappa().is_some());
        prop_assert!(close(turned.cohen_kappa().unwrap_or(0.0), table.cohen_kappa().unwrap_or(0.0)));
        prop_assert!(close(turned.average(Binary::precision, Average::Macro), table.average(Binary::recall, Average::Macro)));
        for class in table.one_against_rests() {
            let (precision, recall) = (class.precision(), class.recall());
            let harmonic = if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
            prop_assert!(close(class.f1(), harmonic));
            prop_assert_eq!(class.tp + class.fp + class.fn_ + class.tn, rows.len() as u64);
            prop_assert!(class.false_negative_rate().is_none_or(|missed| close(missed, 1.0 - recall)));
            prop_assert!(class.false_positive_rate().is_none_or(|alarms| close(alarms, 1.0 - class.specificity())));
        }
        // With two classes Matthews' coefficient is a correlation, and specificity the other class's recall.
        let two: Vec<_> = pairs.iter().map(|(truth, predicted)| (truth % 2, Some(predicted % 2))).collect();
        let two = super::tests::table(&two, 2);
        let [zero, one] = [0, 1].map(|class| two.one_against_rest(class));
        prop_assert!(close(zero.recall(), one.specificity()) && close(zero.precision(), one.negative_predictive_value()));
        prop_assert!(close(two.matthews(), correlation(one)));
    }

    #[test]
    fn a_row_that_is_not_classified_is_wrong(rows in proptest::collection::vec((0_usize..3, 0_usize..4), 1..40)) {
        let rows: Vec<_> = rows.iter().map(|(truth, said)| (*truth, (*said < 3).then_some(*said))).collect();
        let right = rows.iter().filter(|(truth, said)| *said == Some(*truth)).count();
        let table = table(&rows, 3);
        prop_assert!(close(table.accuracy() * contingency::float(rows.len() as u64), contingency::float(right as u64)));
        prop_assert!(close(table.average(Binary::recall, Average::Micro), table.accuracy()));
        for class in 0..3 {
            let counts = table.one_against_rest(class);
            let of = |rest: bool| rows.iter().filter(|(truth, _)| (*truth != class) == rest).count() as u64;
            prop_assert_eq!((counts.positives, counts.negatives), (of(false), of(true)));
            let spoken = rows.iter().filter(|(_, said)| said.is_some()).count() as u64;
            prop_assert_eq!(counts.tp + counts.fp + counts.fn_ + counts.tn, spoken);
        }
    }

    #[test]
    fn identities_of_scores(rows in proptest::collection::vec((-20_i32..20, any::<bool>()), 2..80)) {
        let ranking = |score: &dyn Fn(f64) -> f64| {
            Ranking::of(rows.iter().map(|(x, positive)| (score(f64::from(*x)), *positive))).unwrap()
        };
        let plain = ranking(&|x| x);
        // Only the order matters.
        prop_assert_eq!(&ranking(&|x| (x / 7.0).exp()), &plain);
        let pairs: Vec<(f64, f64)> = rows.iter().filter(|(_, positive)| *positive).flat_map(|(high, _)| {
            rows.iter().filter(|(_, positive)| !*positive).map(move |(low, _)| (f64::from(*high), f64::from(*low)))
        }).collect();
        if pairs.is_empty() {
            prop_assert!(plain.roc_auc().is_err());
            return Ok(());
        }
        let ordered = |(high, low): &(f64, f64)| if high > low { 1.0 } else if high < low { 0.0 } else { 0.5 };
        let auc = pairs.iter().map(ordered).sum::<f64>() / contingency::float(pairs.len() as u64);
        prop_assert!(close(plain.roc_auc().unwrap(), auc));
        // Ties count one half in both directions.
        prop_assert!(close(ranking(&|x| -x).roc_auc().unwrap() + auc, 1.0));
        let everything = Ranking::of(rows.iter().map(|(_, positive)| (0.5, *positive))).unwrap();
        let positives = rows.iter().filter(|(_, positive)| *positive).count() as u64;
        let share = contingency::float(positives) / contingency::float(rows.len() as u64);
        prop_assert!(close(everything.average_precision().unwrap(), share));
        prop_assert!(close(everything.precision_at_n().unwrap(), share));
        prop_assert!(close(everything.roc_auc().unwrap(), 0.5));
    }

    #[test]
    fn two_classes_are_a_case_of_several(rows in proptest::collection::vec((0.0_f64..1.0, any::<bool>()), 2..40)) {
        let truth: Vec<usize> = rows.iter().map(|(_, positive)| usize::from(*positive)).collect();
        let values = Array2::from_shape_fn((rows.len(), 2), |(row, class)| {
            if class == 1 { rows[row].0 } else { 1.0 - rows[row].0 }
        });
        let predicted = vec![Some(0); rows.len()];
        let given = Probabilities::of(&truth, &values).unwrap().with(&predicted, Ok(1), None);
        prop_assert!(close(given.brier_sum().unwrap(), 2.0 * given.brier().unwrap()));
        prop_assert!(close(given.root_mean_squared_error().unwrap().powi(2), given.brier().unwrap()));
        prop_assert!(close(given.top2_accuracy(), 1.0));
        let ranking = Ranking::of(rows.iter().copied()).unwrap();
        match ranking.roc_auc() {
            Ok(auc) => {
                // 1 - p of p's that differ in the last digit may be one number.
                for other in [given.roc_auc_ovr(false), given.roc_auc_ovr(true), given.roc_auc_ovo()] {
                    prop_assert!((other.unwrap() - auc).abs() < 1e-9);
                }
            }
            Err(_) => prop_assert!(given.roc_auc_ovr(false).is_err() && given.roc_auc_ovo().is_err()),
        }
    }

    #[test]
    fn clusters_have_no_names_and_distances_no_origin(
        rows in proptest::collection::vec((0_usize..3, -9_i32..9, -9_i32..9), 4..40),
    ) {
        let clusters: Vec<usize> = rows.iter().map(|row| row.0).collect();
        let data = Array2::from_shape_fn((rows.len(), 2), |(row, column)| {
            f64::from(if column == 0 { rows[row].1 } else { rows[row].2 })
        });
        let renamed: Vec<usize> = clusters.iter().map(|cluster| 7 - 2 * cluster).collect();
        let (moved, twice) = (&data + 16.0, &data * 2.0);
        let groups = Groups::of(&data, &clusters).unwrap();
        let others = [Groups::of(&data, &renamed), Groups::of(&moved, &clusters), Groups::of(&twice, &clusters)];
        match groups.silhouettes() {
            Err(_) => prop_assert!(others.into_iter().all(|other| other.unwrap().silhouette().is_err())),
            Ok(each) => {
                prop_assert_eq!(&each, &plain_silhouettes(&data, &clusters));
                for (i, other) in others.into_iter().enumerate() {
                    let other = other.unwrap();
                    let scale = if i == 2 { 4.0 } else { 1.0 };
                    prop_assert!(close(other.silhouette().unwrap(), groups.silhouette().unwrap()));
                    // Of centres in one place rounding decides whether their distance is nothing.
                    if centres_differ(&data, &clusters) {
                        prop_assert!(close(other.davies_bouldin().unwrap(), groups.davies_bouldin().unwrap()));
                    }
                    prop_assert!(close(other.calinski_harabasz().unwrap(), groups.calinski_harabasz().unwrap()));
                    prop_assert!(close(other.inertia(), scale * groups.inertia()));
                }
            }
        }
    }
}

/// Whether no two clusters have their mean in one place.
fn centres_differ(data: &Array2<f64>, clusters: &[usize]) -> bool {
    let centres: Vec<_> = (0..3)
        .filter_map(|cluster| {
            let rows: Vec<usize> = (0..clusters.len()).filter(|row| clusters[*row] == cluster).collect();
            data.select(ndarray::Axis(0), &rows).mean_axis(ndarray::Axis(0))
        })
        .collect();
    let apart = |(a, b): (usize, usize)| (&centres[a] - &centres[b]).iter().any(|x| x.abs() > 1e-9);
    (0..centres.len()).flat_map(|b| (0..b).map(move |a| (a, b))).all(apart)
}

/// Pearson's correlation of 0 and 1.
fn correlation(counts: Binary) -> f64 {
    let [tp, fp, fn_, tn] = [counts.tp, counts.fp, counts.fn_, counts.tn].map(contingency::float);
    let spread = (tp + fp) * (tp + fn_) * (tn + fp) * (tn + fn_);
    if spread > 0.0 { (tp * tn - fp * fn_) / spread.sqrt() } else { 0.0 }
}

/// Word for word the definition.
fn plain_silhouettes(data: &Array2<f64>, clusters: &[usize]) -> Vec<f64> {
    let distance = |i: usize, j: usize| (&data.row(i) - &data.row(j)).mapv(|x| x * x).sum().sqrt();
    let mean = |i: usize, cluster: usize| {
        let others: Vec<f64> =
            (0..clusters.len()).filter(|j| *j != i && clusters[*j] == cluster).map(|j| distance(i, j)).collect();
        (!others.is_empty()).then(|| others.iter().sum::<f64>() / contingency::float(others.len() as u64))
    };
    let of = |i: usize| {
        let Some(inside) = mean(i, clusters[i]) else { return 0.0 };
        let outside = (0..3)
            .filter(|cluster| *cluster != clusters[i])
            .filter_map(|cluster| mean(i, cluster))
            .fold(f64::INFINITY, f64::min);
        if inside.max(outside) > 0.0 { (outside - inside) / inside.max(outside) } else { 0.0 }
    };
    (0..clusters.len()).map(of).collect()
}

#[test]
fn many_rows_and_columns_pass_by_in_blocks() {
    let data =
        Array2::from_shape_fn((1100, 3), |(row, column)| contingency::float(((row * 7 + column * 13) % 101) as u64));
    let clusters: Vec<usize> = (0..1100).map(|row| row % 3).collect();
    let (got, want) =
        (Groups::of(&data, &clusters).unwrap().silhouettes().unwrap(), plain_silhouettes(&data, &clusters));
    assert!(got.iter().zip(&want).all(|(got, want)| close(*got, *want)));
}

#[test]
fn inertia_of_two_pairs_and_of_equal_rows() {
    let data = array![[0.0], [2.0], [10.0], [10.0]];
    assert_eq!(Groups::of(&data, &[0, 0, 1, 1]).unwrap().inertia(), 2.0);
    assert_eq!(Groups::of(&data, &[0, 0, usize::MAX, usize::MAX]).unwrap().inertia(), 2.0);
    let equal = Array2::from_elem((7, 3), 0.1);
    let groups = Groups::of(&equal, &[0, 0, 0, 1, 1, 1, 1]).unwrap();
    assert_eq!((groups.inertia(), groups.davies_bouldin(), groups.calinski_harabasz()), (0.0, Ok(0.0), Ok(1.0)));
    assert_eq!(groups.silhouette(), Ok(0.0));
}

#[test]
fn ties_at_the_end_of_the_highest_scores_are_shared() {
    let of = |rows: &[(f64, bool)]| Ranking::of(rows.iter().copied()).unwrap().precision_at_n();
    assert_eq!(of(&[(3.0, true), (2.0, false), (1.0, true)]), Ok(0.5));
    // One of the two that share the second place is an outlier.
    assert_eq!(of(&[(3.0, true), (2.0, false), (2.0, true), (0.0, false)]), Ok(0.75));
    assert_eq!(of(&[(0.0, true), (-0.0, false)]), Ok(0.5));
    assert!(of(&[(1.0, false)]).is_err() && of(&[]).is_err());
}

#[test]
fn ties_of_probabilities_have_a_rule() {
    let values = array![[0.4, 0.4, 0.2], [0.3, 0.3, 0.4], [0.3, 0.3, 0.4], [0.2, 0.5, 0.3]];
    let given = |truth: &[usize]| {
        let given = Probabilities::of(truth, &values).unwrap();
        (given.top1_accuracy(), given.top2_accuracy())
    };
    assert_eq!(given(&[0, 0, 2, 1]), (0.75, 0.75));
    assert_eq!(given(&[1, 2, 2, 0]), (0.5, 0.75));
    // Nothing is said of the first row, which is wrong then.
    let truth = [0, 0, 1, 1];
    let predicted = [None, Some(0), Some(0), Some(1)];
    let silent = Probabilities::of(&truth, &values).unwrap().with(&predicted, Ok(0), None);
    assert_eq!((silent.top1_accuracy(), silent.top2_accuracy()), (0.25, 0.5));
}

/// What the run side asks.
struct Asked {
    codes: Vec<usize>,
    classes: Vec<String>,
    positive: Option<usize>,
    training: Option<Vec<usize>>,
    predicted: Vec<Option<usize>>,
    probabilities: Option<Array2<f64>>,
}

impl Asked {
    fn two_classes() -> Self {
        Asked {
            codes: vec![0, 1, 1, 0],
            classes: vec!["healthy".to_owned(), "distressed".to_owned()],
            positive: Some(1),
            training: Some(vec![7, 1]),
            predicted: vec![Some(0), Some(1), Some(0), None],
            probabilities: Some(array![[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.0, 0.0]]),
        }
    }

    fn score(&self, name: &str) -> Score {
        let truth = Truth {
            codes: &self.codes,
            classes: &self.classes,
            positive: self.positive,
            training: self.training.as_deref(),
        };
        let probabilities = self.probabilities.as_ref();
        let predictions = Predictions::Classes { predicted: &self.predicted, probabilities };
        score_all(&[find(name).unwrap()], &predictions, Some(&truth), &Array2::zeros((4, 1))).remove(0).1
    }

    fn number(&self, name: &str) -> f64 {
        match self.score(name) {
            Score::Number(value) => value,
            Score::Undefined(reason) => panic!("{name}: {reason}"),
        }
    }

    fn reason(&self, name: &str) -> String {
        match self.score(name) {
            Score::Undefined(reason) => reason,
            Score::Number(value) => panic!("{name} is {value}"),
        }
    }
}

#[test]
fn classes_are_scored() {
    let asked = Asked::two_classes();
    let half = ["accuracy", "recall", "specificity", "npv", "top1_accuracy"];
    half.iter().for_each(|name| assert_eq!(asked.number(name), 0.5, "{name}"));
    assert_eq!(asked.number("precision"), 1.0);
    assert_eq!(asked.number("false_positive_rate"), 0.0);
    assert_eq!(asked.number("false_negative_rate"), 0.5);
    assert_eq!(asked.number("roc_auc"), 1.0);
    // Of the three rows that are classified, against 0.8 and 0.2 for all.
    assert!(close(asked.number("mean_absolute_error"), (0.1 + 0.2 + 0.6) / 3.0));
    assert!(close(asked.number("relative_absolute_error"), 0.9 / (0.2 + 0.8 + 0.8)));
    let squares: [f64; 2] = [0.01 + 0.04 + 0.36, 0.04 + 0.64 + 0.64];
    assert!(close(asked.number("root_relative_squared_error"), (squares[0] / squares[1]).sqrt()));
}

#[test]
fn a_metric_that_cannot_be_had_says_why() {
    let reason = |change: fn(&mut Asked), name: &str| {
        let mut asked = Asked::two_classes();
        change(&mut asked);
        asked.reason(name)
    };
    let three = |asked: &mut Asked| asked.classes.push("unknown".to_owned());
    assert_eq!(reason(three, "f1"), "none of 3 classes is the positive one");
    assert_eq!(reason(three, "log_loss"), "probabilities of 2 classes in 4 rows, expected 3 classes in 4 rows");
    assert_eq!(reason(|asked| asked.positive = None, "roc_auc"), "it is not known which class is the positive one");
    assert_eq!(reason(|asked| asked.probabilities = None, "brier"), "the model gives no probabilities");
    assert_eq!(
        reason(|asked| asked.training = None, "relative_absolute_error"),
        "the classes of the training rows are not known"
    );
    assert_eq!(reason(|asked| asked.codes = vec![0; 4], "roc_auc"), "no row is positive");
    assert_eq!(reason(|asked| asked.codes = vec![1; 4], "false_positive_rate"), "every row is positive");
    assert_eq!(reason(|asked| asked.codes = vec![1; 4], "roc_auc_ovr_macro"), "class number 0 has no rows");
    let agree = |asked: &mut Asked| (asked.codes, asked.predicted) = (vec![0; 4], vec![Some(0); 4]);
    assert_eq!(reason(agree, "cohen_kappa"), "chance alone agrees");
    let wild = |asked: &mut Asked| asked.predicted[0] = Some(2);
    assert_eq!(reason(wild, "accuracy"), "class number 2, where there are 2 classes, counted from 0");
    assert_eq!(
        reason(|asked| asked.positive = Some(5), "roc_auc").split(',').next(),
        Some("probabilities of 2 classes in 4 rows")
    );
    let margins = |asked: &mut Asked| asked.probabilities = Some(Array2::from_elem((4, 2), -0.5));
    assert_eq!(reason(margins, "log_loss"), "-0.5 is no probability");
    let gap = |asked: &mut Asked| asked.probabilities = Some(Array2::from_elem((4, 2), f64::NAN));
    assert_eq!(reason(gap, "roc_auc"), "a row has the score NaN");
    assert_eq!(reason(gap, "top1_accuracy"), "a probability is NaN");
    assert_eq!(reason(|asked| asked.predicted.truncate(3), "accuracy"), "3 predictions for 4 rows");
    let silent = |asked: &mut Asked| asked.predicted = vec![None; 4];
    assert_eq!(reason(silent, "mean_absolute_error"), "no row is classified");
    assert_eq!(reason(|_| (), "acc"), "a metric of clustering, not of classification");
    assert_eq!(reason(|_| (), "detection_rate"), "a metric of outliers, not of classification");
}

#[test]
fn outliers_are_scored() {
    let classes = ["inlier", "outlier"].map(String::from);
    let score = |codes: &[usize], outlier: &[bool], score: &[f64], positive: Option<usize>, name: &str| {
        let truth = Truth { codes, classes: &classes, positive, training: None };
        let predictions = Predictions::Outliers { outlier, score };
        score_all(&[find(name).unwrap()], &predictions, Some(&truth), &Array2::zeros((0, 0))).remove(0).1
    };
    let found =
        |name| score(&[0, 0, 0, 1, 1], &[false, true, false, true, false], &[0.1, 0.7, 0.2, 0.9, 0.3], Some(1), name);
    let want = [("detection_rate", 0.5), ("precision", 0.5), ("recall", 0.5), ("f1", 0.5), ("precision_at_n", 0.5)];
    want.iter().for_each(|(name, want)| assert_eq!(found(name), Score::Number(*want), "{name}"));
    assert_eq!(found("false_alarm_rate"), Score::Number(1.0 / 3.0));
    assert_eq!(found("roc_auc"), Score::Number(5.0 / 6.0));
    let reason = |reason: &str| Score::Undefined(reason.to_owned());
    assert_eq!(score(&[0], &[true], &[1.0], None, "f1"), reason("it is not known which class the outliers make up"));
    assert_eq!(score(&[0], &[true], &[1.0], Some(1), "detection_rate"), reason("no row is positive"));
    assert_eq!(score(&[0], &[true], &[1.0, 2.0], Some(1), "roc_auc"), reason("2 scores for 1 rows"));
    assert_eq!(score(&[0, 1], &[true, true], &[1.0, f64::NAN], Some(1), "roc_auc"), reason("a row has the score NaN"));
    assert_eq!(score(&[], &[], &[], Some(1), "f1"), reason("there are no rows"));
    assert_eq!(found("accuracy"), reason("a metric of classification, not of outliers"));
}

#[test]
fn clusters_are_scored() {
    let classes = ["a".to_owned()];
    let truth = Truth { codes: &[0], classes: &classes, positive: None, training: None };
    let (none, data) = (Truth { codes: &[], ..truth }, array![[1.0]]);
    for spec in METRICS.iter().copied().filter(|spec| spec.judges(TaskKind::Clustering)) {
        let of = |clusters: &[usize], truth: Option<&Truth<'_>>, data: &Array2<f64>| {
            score_all(&[spec], &Predictions::Clusters(clusters), truth, data).remove(0).1
        };
        let of_none = of(&[], Some(&none), &Array2::zeros((0, 1)));
        assert!(matches!(of_none, Score::Undefined(_)), "{}", spec.name);
        match spec.needs {
            Needs::TrueLabels => {
                let want = if spec.name == "fmi" { 0.0 } else { 1.0 };
                assert_eq!(of(&[0], Some(&truth), &data), Score::Number(want), "{}", spec.name);
                assert_eq!(of(&[0], None, &data), Score::Undefined("the data have no labels".to_owned()));
            }
            Needs::Data if spec.name == "inertia" => assert_eq!(of(&[0], None, &data), Score::Number(0.0)),
            Needs::Data => {
                assert_eq!(of(&[0], None, &data), Score::Undefined("there is one cluster".to_owned()));
                let gap = of(&[0], None, &array![[f64::NAN]]);
                assert_eq!(gap, Score::Undefined("the data have missing or infinite values".to_owned()));
            }
            _ => assert_eq!(of(&[0], Some(&truth), &data), Score::Undefined("not made from predictions".to_owned())),
        }
    }
}

#[test]
fn the_list_fits_together() {
    for (i, spec) in METRICS.iter().enumerate() {
        assert!(METRICS[..i].iter().all(|other| other.name != spec.name && other.label != spec.label), "{}", spec.name);
        assert!(spec.range.0 < spec.range.1 && !spec.tasks.is_empty(), "{}", spec.name);
        let fits = match spec.measure {
            Measure::External(_) => spec.needs == Needs::TrueLabels,
            Measure::Internal(_) => spec.needs == Needs::Data,
            Measure::Confusion(_) | Measure::Binary(_) => spec.needs == Needs::Classes,
            Measure::Ranking(_) | Measure::Probabilities(_) => spec.needs == Needs::Scores,
            Measure::Elsewhere => !spec.needs.predictions(),
        };
        assert!(fits, "{}", spec.name);
    }
}
