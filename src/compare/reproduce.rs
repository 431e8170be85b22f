//! Trials that gave other bytes under the same conditions.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::store::outcome::ResultBlock;
use crate::store::results::{Results, TrialRecord};

/// A trial whose two results should be the same bytes and are not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Irreproducible {
    /// Its id.
    pub trial: String,
    /// The trial in words, as the first folder labels it.
    pub words: String,
    /// What differs: `scores`, `counts`, names of files.
    pub differs: Vec<String>,
    /// The numeric class of both.
    pub numeric_class: String,
}

/// The trials of equal identity that ended well in both folders, on one numeric class, with other results; in the first
/// folder's order.
pub fn irreproducible(a: &Results, b: &Results) -> Vec<Irreproducible> {
    let others: HashMap<&str, &TrialRecord> =
        b.records.iter().map(|record| (record.trial.id.as_str(), record)).collect();
    let compared = a.records.iter().filter_map(|record| {
        let other = others.get(record.trial.id.as_str())?;
        let (one, two) = (record.result.as_ref()?, other.result.as_ref()?);
        let class = &record.measured.as_ref()?.numeric_class;
        let same_class = !class.is_empty() && *class == other.measured.as_ref()?.numeric_class;
        if !same_class || !one.status.is_done() || !two.status.is_done() {
            return None;
        }
        let differs = differing(one, two);
        (!differs.is_empty()).then(|| Irreproducible {
            trial: record.trial.id.clone(),
            words: record.trial.words(&[]),
            differs,
            numeric_class: class.clone(),
        })
    });
    compared.collect()
}

/// The parts that differ. Scores of metrics that only one experiment asks for are no difference.
fn differing(one: &ResultBlock, two: &ResultBlock) -> Vec<String> {
    let mut found = Vec::new();
    let mut put = |differs: bool, name: &str| {
        if differs {
            found.push(name.to_owned());
        }
    };
    put(one.status != two.status, "status");
    put(apart(&one.scores, &two.scores), "scores");
    // A score in one and none in the other, for the same metric.
    let lost = |one: &ResultBlock, two: &ResultBlock| one.scores.keys().any(|name| two.undefined.contains_key(name));
    put(apart(&one.undefined, &two.undefined) || lost(one, two) || lost(two, one), "undefined scores");
    put(apart(&one.validation, &two.validation), "validation scores");
    put(one.counts != two.counts, "counts");
    put(one.notes != two.notes, "remarks");
    for (name, sum) in &one.artifacts {
        put(two.artifacts.get(name).is_some_and(|other| other != sum), name);
    }
    found
}

/// Whether an entry of both differs.
fn apart<T: PartialEq>(one: &BTreeMap<String, T>, two: &BTreeMap<String, T>) -> bool {
    one.iter().any(|(name, value)| two.get(name).is_some_and(|other| other != value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::outcome::Status;

    #[test]
    fn what_only_one_asked_for_is_no_difference() {
        let mut one = ResultBlock::of(Status::Finished);
        one.scores.insert("acc".to_owned(), 0.5);
        one.artifacts.insert("predictions.csv".to_owned(), "a".to_owned());
        let mut two = one.clone();
        two.scores.insert("ari".to_owned(), 0.2);
        assert_eq!(differing(&one, &two), Vec::<String>::new());
        one.undefined.insert("ari".to_owned(), "one cluster".to_owned());
        two.artifacts.insert("predictions.csv".to_owned(), "b".to_owned());
        assert_eq!(differing(&one, &two), ["undefined scores", "predictions.csv"]);
        two.scores.insert("acc".to_owned(), 0.500_000_000_000_000_1);
        assert!(differing(&two, &one).contains(&"scores".to_owned()));
    }
}
