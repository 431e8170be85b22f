//! Mean ranks of the methods over data sets.

use std::collections::BTreeMap;

use crate::metric::{Better, MetricSpec};
use crate::parameter::Values;
use crate::store::results::Results;

use super::number::float;
use super::select::{self, Domain, Scored};

/// The methods on one metric over the data sets where each has a value.
pub struct Ranking {
    /// The metric.
    pub metric: &'static MetricSpec,
    /// How many data sets count.
    pub datasets: usize,
    /// Name, mean rank, data sets on which no other has a better mean, mean over data sets; best rank first.
    pub methods: Vec<Ranked>,
}

/// One method.
pub struct Ranked {
    /// Its name.
    pub name: String,
    /// Mean rank, 1 is best; ties share the middle.
    pub rank: f64,
    /// On so many data sets it is best alone.
    pub wins: usize,
    /// Its mean over the data sets.
    pub mean: f64,
}

/// Ranks the methods; none when fewer than two have values on any common data set.
pub fn of(results: &Results, metric: &'static MetricSpec, only: &Values) -> Option<Ranking> {
    let mut values: BTreeMap<(&str, &str), Vec<f64>> = BTreeMap::new();
    for record in select::records(results, only) {
        if let Scored::Value(value) = select::score(record, metric) {
            values.entry((&record.trial.dataset, &record.trial.model)).or_default().push(value);
        }
    }
    let met = |pick: fn(&(&str, &str)) -> String| values.keys().map(pick).collect::<Vec<_>>().into_iter();
    let models = Domain::of(results, "model", met(|key| key.1.to_owned())).labels;
    let datasets = Domain::of(results, "dataset", met(|key| key.0.to_owned())).labels;
    let blocks: Vec<Vec<f64>> = datasets
        .iter()
        .filter_map(|dataset| {
            models
                .iter()
                .map(|model| {
                    values.get(&(dataset.as_str(), model.as_str())).map(|v| v.iter().sum::<f64>() / float(v.len()))
                })
                .collect()
        })
        .collect();
    if models.len() < 2 || blocks.is_empty() {
        return None;
    }
    let mut methods: Vec<Ranked> =
        models.into_iter().enumerate().map(|(i, name)| ranked(name, i, &blocks, metric.better)).collect();
    methods.sort_by(|a, b| a.rank.total_cmp(&b.rank));
    Some(Ranking { metric, datasets: blocks.len(), methods })
}

fn ranked(name: String, own: usize, blocks: &[Vec<f64>], better: Better) -> Ranked {
    let (mut rank, mut wins, mut mean) = (0.0, 0, 0.0);
    for block in blocks {
        let value = block[own];
        let ahead = |other: &&f64| match better {
            Better::Higher => **other > value,
            Better::Lower => **other < value,
        };
        let before = block.iter().filter(ahead).count();
        let ties = block.iter().filter(|other| **other == value).count();
        rank += float(before) + float(ties + 1) / 2.0;
        wins += usize::from(before == 0 && ties == 1);
        mean += value;
    }
    let count = float(blocks.len());
    Ranked { name, rank: rank / count, wins, mean: mean / count }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_the_middle_rank() {
        let blocks = [vec![0.5, 0.5, 0.1], vec![0.2, 0.3, 0.4]];
        let first = ranked("a".to_owned(), 0, &blocks, Better::Higher);
        assert_eq!((first.rank, first.wins), (2.25, 0));
        assert_eq!(ranked("c".to_owned(), 2, &blocks, Better::Lower).rank, 2.0);
    }
}
