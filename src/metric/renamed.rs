//! Metrics of clusters know neither what a class is called nor which row comes first.

use ndarray::{Array2, Axis};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::tests::close;
use super::*;

/// Every metric of clusters that is made from predictions, by name.
fn scores_of_clusters(codes: &[usize], clusters: &[usize], data: &Array2<f64>) -> Vec<(&'static str, Score)> {
    let classes = ["a", "b", "c", "d", "e"].map(String::from);
    let truth = Truth { codes, classes: &classes, positive: None, training: None };
    let judges = |spec: &&'static MetricSpec| spec.judges(TaskKind::Clustering) && spec.needs.predictions();
    let wanted: Vec<&'static MetricSpec> = METRICS.iter().copied().filter(judges).collect();
    score_all(&wanted, &Predictions::Clusters(clusters), Some(&truth), data)
}

/// Equal numbers, or none for the same reason.
fn same_scores(a: &[(&'static str, Score)], b: &[(&'static str, Score)]) -> Result<(), TestCaseError> {
    prop_assert!(a.len() >= 20 && a.len() == b.len());
    for ((name, a), (_, b)) in a.iter().zip(b) {
        let same = match (a, b) {
            (Score::Number(a), Score::Number(b)) => close(*a, *b),
            _ => a == b,
        };
        prop_assert!(same, "{name}: {a:?} and {b:?}");
    }
    Ok(())
}

proptest! {
    #[test]
    fn names_of_classes_and_the_order_of_rows_change_no_metric_of_clusters(
        rows in proptest::collection::vec((0_usize..5, 0_usize..4, -9_i32..9, -9_i32..9, any::<u32>()), 1..60),
        names in Just([0_usize, 1, 2, 3, 4]).prop_shuffle(),
    ) {
        let (codes, clusters): (Vec<usize>, Vec<usize>) = rows.iter().map(|row| (row.0, row.1)).unzip();
        let data = Array2::from_shape_fn((rows.len(), 2), |(row, column)| {
            f64::from(if column == 0 { rows[row].2 } else { rows[row].3 })
        });
        let plain = scores_of_clusters(&codes, &clusters, &data);
        let renamed: Vec<usize> = codes.iter().map(|code| names[*code]).collect();
        same_scores(&plain, &scores_of_clusters(&renamed, &clusters, &data))?;
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|row| rows[*row].4);
        let moved = |values: &[usize]| order.iter().map(|row| values[*row]).collect::<Vec<_>>();
        let data = data.select(Axis(0), &order);
        same_scores(&plain, &scores_of_clusters(&moved(&codes), &moved(&clusters), &data))?;
        same_scores(&plain, &scores_of_clusters(&moved(&renamed), &moved(&clusters), &data))?;
    }
}
