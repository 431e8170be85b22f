//! What can be seen of the printed numbers without running anything: values that cannot go together, and roundings that
//! hide a difference.

use std::collections::BTreeMap;

use crate::experiment::{Literal, Published, PublishedRow};
use crate::model::TaskKind;
use crate::store::results::{DatasetFacts, Results};

use super::number::{fixed, float};
use super::select;
use super::table::join_words;

/// So many remarks of a kind and source are written out; the others are counted.
const NAMED: usize = 4;

/// The remarks: what each is about, and the sentence.
pub fn of(results: &Results) -> Vec<(String, String)> {
    let mut remarks = Vec::new();
    for block in &results.experiment.published {
        let mut impossible: Vec<String> = Vec::new();
        for row in &block.rows {
            if results.experiment.task.kind == TaskKind::Clustering {
                impossible.extend(rand_index(results, block, row));
            }
            impossible.extend(f1(block, row));
        }
        remarks.extend(summed(impossible).into_iter().map(|text| (block.source.clone(), text)));
        remarks.extend(summed(hidden(block)).into_iter().map(|text| (block.source.clone(), text)));
    }
    remarks
}

fn summed(mut all: Vec<String>) -> Vec<String> {
    if all.len() > NAMED {
        let more = all.len() - NAMED + 1;
        all.truncate(NAMED - 1);
        all.push(format!("{more} more values of this source contradict one another in the same way."));
    }
    all
}

/// A number as printed.
fn printed(block: &Published, literal: &Literal) -> String {
    if block.percent { format!("{}%", literal.text) } else { literal.text.clone() }
}

/// A printed Rand index below the least that its accuracy allows.
fn rand_index(results: &Results, block: &Published, row: &PublishedRow) -> Option<String> {
    let (rand, accuracy) = (row.values.get("ri")?, row.values.get("acc")?);
    let name = row.axes.get("dataset").map(ToString::to_string);
    let only = (results.datasets.len() == 1).then(|| results.datasets.first()).flatten();
    let facts = results.datasets.iter().find(|facts| Some(&facts.name) == name.as_ref()).or(only)?;
    let least = least_rand_index(accuracy.value - accuracy.half_unit, facts)?;
    (rand.value + rand.half_unit < least).then(|| {
        format!(
            "{}: a Rand index of {} cannot go with an ACC of {} on {} classes: it would be at least {}.",
            select::conditions(&row.axes),
            printed(block, rand),
            printed(block, accuracy),
            facts.classes.len(),
            fixed(least, 3)
        )
    })
}

/// The least Rand index of a clustering with this accuracy. With t the share of the largest cluster and m that of the
/// largest class, ACC <= m + (1 - t); pairs that disagree are a share of at most Σa² + Σb² - 2 Σn² with Σn² >= Σb² / k
/// (Cauchy) and Σb² <= t² + (1 - t)².
fn least_rand_index(accuracy: f64, facts: &DatasetFacts) -> Option<f64> {
    let n = float(facts.rows);
    let sizes: Vec<f64> = facts.classes.iter().map(|(_, size)| float(*size)).collect();
    if sizes.len() < 2 || facts.rows < 2 || (sizes.iter().sum::<f64>() - n).abs() > 0.5 {
        return None;
    }
    let squares: f64 = sizes.iter().map(|size| (size / n).powi(2)).sum();
    let most = sizes.iter().copied().fold(0.0, f64::max) / n;
    let largest = (1.0 - accuracy + most).clamp(0.5, 1.0);
    let clusters = largest.powi(2) + (1.0 - largest).powi(2);
    let disagree = squares + (1.0 - 2.0 / float(sizes.len())) * clusters;
    // Shares of ordered pairs with repetition become shares of pairs of two items.
    Some(1.0 - disagree * n / (n - 1.0))
}

/// A printed F1 that no precision and recall rounding to the printed ones give.
fn f1(block: &Published, row: &PublishedRow) -> Option<String> {
    let (f1, precision, recall) = (row.values.get("f1")?, row.values.get("precision")?, row.values.get("recall")?);
    let mean = |p: f64, r: f64| if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 };
    let end = |sign: f64| mean(precision.value + sign * precision.half_unit, recall.value + sign * recall.half_unit);
    let (low, high) = (end(-1.0), end(1.0));
    let apart = f1.value + f1.half_unit < low || f1.value - f1.half_unit > high;
    apart.then(|| {
        format!(
            "{}: an F1 of {} is not that of a precision of {} and a recall of {}, {}.",
            select::conditions(&row.axes),
            printed(block, f1),
            printed(block, precision),
            printed(block, recall),
            fixed(mean(precision.value, recall.value), 3)
        )
    })
}

/// Methods whose printed numbers are one: what they differ by is lost in the rounding.
fn hidden(block: &Published) -> Vec<String> {
    let mut alike: BTreeMap<(String, &str, &str), Vec<String>> = BTreeMap::new();
    for row in &block.rows {
        let Some(model) = row.axes.get("model") else { continue };
        let mut rest = row.axes.clone();
        rest.remove("model");
        for (metric, literal) in &row.values {
            let key = (select::conditions(&rest), metric.as_str(), literal.text.as_str());
            alike.entry(key).or_default().push(model.to_string());
        }
    }
    let alike = alike.into_iter().filter(|(_, models)| models.len() > 1);
    let half = |metric: &str, text: &str| {
        let literals = block.rows.iter().filter_map(|row| row.values.get(metric));
        literals.into_iter().find(|literal| literal.text == text).map_or(0.0, |literal| literal.half_unit)
    };
    alike
        .map(|((place, metric, text), models)| {
            let place = if place.is_empty() { String::new() } else { format!("{place}: ") };
            let label = crate::metric::find(metric).map_or(metric, |spec| spec.label);
            let unit = 2.0 * half(metric, text);
            format!(
                "{place}{label} is printed as {text}{} for {}: the rounding hides any difference below {}.",
                if block.percent { "%" } else { "" },
                join_words(&models),
                shortest(unit)
            )
        })
        .collect()
}

/// A power of ten as a person writes it.
fn shortest(x: f64) -> String {
    format!("{x:.6}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(sizes: &[usize]) -> DatasetFacts {
        DatasetFacts {
            name: "a".to_owned(),
            kind: "csv".to_owned(),
            rows: sizes.iter().sum(),
            columns: 2,
            classes: sizes.iter().enumerate().map(|(i, n)| (i.to_string(), *n)).collect(),
            checksum: None,
            folds: BTreeMap::new(),
        }
    }

    #[test]
    fn no_clustering_is_below_the_least_rand_index() {
        use crate::metric::clustering::{Pairs, accuracy};
        use crate::metric::contingency::Contingency;
        let mut stream = crate::rng::Stream::new(1, crate::rng::Purpose::Resampling, "contingency tables");
        let mut draw = |n: usize| stream.below(n);
        let mut nearest = 1.0_f64;
        for round in 0..400 {
            let (k, n) = (2 + draw(6), 60);
            let labels: Vec<usize> = (0..n).map(|_| draw(k)).collect();
            // From one huge cluster to as many as classes.
            let bias = draw(10) + 1;
            let clusters: Vec<usize> = labels
                .iter()
                .map(|label| {
                    if draw(10) < bias {
                        0
                    } else if round % 2 == 0 {
                        *label
                    } else {
                        draw(k)
                    }
                })
                .collect();
            let sizes: Vec<usize> = (0..k).map(|class| labels.iter().filter(|l| **l == class).count()).collect();
            if sizes.contains(&0) {
                continue;
            }
            let table = Contingency::of(&labels, &clusters);
            let (acc, rand) = (accuracy(&table), Pairs::of(&table).rand_index());
            let least = least_rand_index(acc, &facts(&sizes)).unwrap();
            assert!(rand >= least - 1e-9, "{rand} below {least} at {acc}");
            nearest = nearest.min(rand - least);
        }
        assert!(nearest < 0.1, "the bound says nothing: {nearest}");
    }

    #[test]
    fn the_rand_indices_of_the_attention_paper_cannot_be() {
        // AwA, ten classes: an ACC of .26 and a printed index of .19.
        let least = least_rand_index(0.255, &facts(&[581; 10])).unwrap();
        assert!(least > 0.3 && least < 0.35, "{least}");
    }
}
