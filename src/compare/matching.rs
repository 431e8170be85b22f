//! Which place of one folder stands beside which of the other: by label first, then by content.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::plan::identity;
use crate::store::results::Results;

use super::place::{Kinds, Place, text};

/// Two places that are compared, or one alone.
#[derive(Clone, Debug)]
pub struct Match<'a> {
    /// The first folder's.
    pub a: Option<Place<'a>>,
    /// The second folder's.
    pub b: Option<Place<'a>>,
}

/// What has another label in the second folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Renamed {
    /// `data set`, `pipeline`, `split` or `model`.
    pub what: &'static str,
    /// Its label in the first folder.
    pub a: String,
    /// Its label in the second one.
    pub b: String,
}

/// The content of the labelled blocks of a folder, as text that is equal for equal content.
pub struct Content {
    datasets: BTreeMap<String, String>,
    splits: BTreeMap<String, String>,
    pipelines: BTreeMap<String, String>,
}

impl Content {
    /// Of a folder.
    pub fn of(results: &Results) -> Content {
        let experiment = &results.experiment;
        let datasets = experiment.datasets.iter().map(|block| {
            let facts = results.datasets.iter().find(|facts| facts.name == block.name);
            let identity = identity::dataset(block, facts.and_then(|facts| facts.checksum.as_deref()));
            // What was read too: not every kind of data has a checksum.
            let seen = facts.map(|facts| (facts.rows, facts.columns, &facts.classes));
            (block.name.clone(), format!("{identity} {:?} {seen:?}", identity::take(block)))
        });
        let splits = experiment.splits.iter();
        let splits = splits.map(|split| (split.name.clone(), identity::split_block(split).to_string()));
        let mut pipelines: BTreeMap<String, String> = BTreeMap::new();
        for block in &experiment.pipelines {
            let content = format!("{:?} {}", identity::steps(block), text(&block.grid));
            pipelines.entry(block.name.clone()).or_default().push_str(&content);
        }
        Content { datasets: datasets.collect(), splits: splits.collect(), pipelines }
    }

    /// Whether two trials of two folders see the same rows in both parts, when fold and seed are the same.
    pub fn same_rows(&self, other: &Content, one: &Place<'_>, two: &Place<'_>) -> bool {
        let known = |content: Option<&String>, theirs: Option<&String>| content.is_some() && content == theirs;
        known(self.datasets.get(&one.trial.dataset), other.datasets.get(&two.trial.dataset))
            && known(self.splits.get(&one.trial.split), other.splits.get(&two.trial.split))
    }

    /// Whether two places have the same data set, split and steps.
    pub fn same_data(&self, other: &Content, one: &Place<'_>, two: &Place<'_>) -> bool {
        self.same_rows(other, one, two)
            && one.trial.steps == two.trial.steps
            && self.pipelines.get(&one.trial.pipeline) == other.pipelines.get(&two.trial.pipeline)
    }
}

/// The labels of the second folder by which the first one knows them.
struct Names {
    datasets: BTreeMap<String, String>,
    splits: BTreeMap<String, String>,
    pipelines: BTreeMap<String, String>,
}

impl Names {
    /// Data set, split and pipeline with its point, as the first folder labels them.
    fn of_data(&self, place: &Place<'_>, second: bool) -> [String; 4] {
        let trial = place.trial;
        let known = |names: &BTreeMap<String, String>, label: &String| match names.get(label) {
            Some(first) if second => first.clone(),
            _ => label.clone(),
        };
        [
            known(&self.datasets, &trial.dataset),
            known(&self.splits, &trial.split),
            known(&self.pipelines, &trial.pipeline),
            text(&trial.steps),
        ]
    }

    fn of(a: &Content, b: &Content) -> Names {
        Names {
            datasets: renamed(&a.datasets, &b.datasets),
            splits: renamed(&a.splits, &b.splits),
            pipelines: renamed(&a.pipelines, &b.pipelines),
        }
    }
}

/// Labels that only one of the folders has and whose content is equal: the second's to the first's.
fn renamed(a: &BTreeMap<String, String>, b: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (label, content) in b.iter().filter(|(label, _)| !a.contains_key(*label)) {
        let alike = |map: &BTreeMap<String, String>, other: &BTreeMap<String, String>| -> Vec<String> {
            let alone = map.iter().filter(|(label, own)| !other.contains_key(*label) && *own == content);
            alone.map(|(label, _)| label.clone()).collect()
        };
        if let ([one], [_]) = (alike(a, b).as_slice(), alike(b, a).as_slice()) {
            found.insert(label.clone(), one.clone());
        }
    }
    found
}

/// The places of two folders, matched; those of the first one in its order, then what only the second has.
pub struct Matches<'a> {
    /// The pairs.
    pub pairs: Vec<Match<'a>>,
    /// What has another label in the second folder.
    pub renamed: Vec<Renamed>,
}

impl<'a> Matches<'a> {
    /// Matches by label and parameters, then by label and what is swept, then, of models with other labels, by kind
    /// and parameters. Nothing is matched where there is more than one to choose from.
    pub fn of(a: Vec<Place<'a>>, b: Vec<Place<'a>>, contents: [&Content; 2], kinds: &Kinds) -> Matches<'a> {
        let names = Names::of(contents[0], contents[1]);
        let swept = swept(&[&a, &b], kinds);
        let exact = |place: &Place<'_>| {
            vec![place.trial.model.clone(), place.trial.kind.clone(), kinds.departures(place.trial)]
        };
        let by_label = |place: &Place<'_>| {
            let of_label = swept.get(&place.trial.model).into_iter().flatten();
            let values = of_label.map(|name| kinds.value(place.trial, name));
            [place.trial.model.clone()].into_iter().chain(values).collect()
        };
        let by_content = |place: &Place<'_>| vec![place.trial.kind.clone(), kinds.departures(place.trial)];
        let mut partners: Vec<Option<usize>> = vec![None; a.len()];
        let rules: [&Rule<'_>; 3] = [&exact, &by_label, &by_content];
        for rule in rules {
            link(&a, &b, &mut partners, &|place, second| (names.of_data(place, second), rule(place)));
        }
        let mut renamed: BTreeSet<Renamed> = BTreeSet::new();
        for (what, names) in [("data set", names.datasets), ("split", names.splits), ("pipeline", names.pipelines)] {
            renamed.extend(names.into_iter().map(|(b, a)| Renamed { what, a, b }));
        }
        let mut rest: Vec<Option<Place<'a>>> = b.into_iter().map(Some).collect();
        let mut pairs: Vec<Match<'a>> = Vec::new();
        for (place, partner) in a.into_iter().zip(partners) {
            let other = partner.and_then(|at| rest[at].take());
            if let Some(other) = other.as_ref().filter(|other| other.trial.model != place.trial.model) {
                let (a, b) = (place.trial.model.clone(), other.trial.model.clone());
                renamed.insert(Renamed { what: "model", a, b });
            }
            pairs.push(Match { a: Some(place), b: other });
        }
        pairs.extend(rest.into_iter().flatten().map(|place| Match { a: None, b: Some(place) }));
        Matches { pairs, renamed: renamed.into_iter().collect() }
    }
}

/// What the model of a place has in common with its like.
type Rule<'r> = dyn Fn(&Place<'_>) -> Vec<String> + 'r;

/// Links what is still alone and has a key that no other one has.
fn link<K: std::hash::Hash + Eq>(
    a: &[Place<'_>],
    b: &[Place<'_>],
    partners: &mut [Option<usize>],
    key: &dyn Fn(&Place<'_>, bool) -> K,
) {
    let taken: BTreeSet<usize> = partners.iter().flatten().copied().collect();
    let mut alike: HashMap<K, (Vec<usize>, Vec<usize>)> = HashMap::new();
    for at in (0..a.len()).filter(|at| partners[*at].is_none()) {
        alike.entry(key(&a[at], false)).or_default().0.push(at);
    }
    for at in (0..b.len()).filter(|at| !taken.contains(at)) {
        alike.entry(key(&b[at], true)).or_default().1.push(at);
    }
    for (one, two) in alike.into_values() {
        if let ([one], [two]) = (one.as_slice(), two.as_slice()) {
            partners[*one] = Some(*two);
        }
    }
}

/// By the label of a model the parameters that vary within either folder.
pub fn swept(folders: &[&[Place<'_>]], kinds: &Kinds) -> BTreeMap<String, BTreeSet<String>> {
    let mut swept: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for places in folders {
        let mut given: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for place in *places {
            given.entry(&place.trial.model).or_default().extend(place.trial.params.keys().map(String::as_str));
        }
        let mut values: BTreeMap<(&str, &str), String> = BTreeMap::new();
        for place in *places {
            for name in given.get(place.trial.model.as_str()).into_iter().flatten() {
                let value = kinds.value(place.trial, name);
                let first = values.entry((&place.trial.model, name)).or_insert_with(|| value.clone());
                if *first != value {
                    swept.entry(place.trial.model.clone()).or_default().insert((*name).to_owned());
                }
            }
        }
    }
    swept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
        entries.iter().map(|(label, content)| ((*label).to_owned(), (*content).to_owned())).collect()
    }

    #[test]
    fn one_of_equal_content_with_another_label_is_renamed() {
        let a = map(&[("Digits", "1"), ("Iris", "2")]);
        assert_eq!(renamed(&a, &map(&[("digits", "1"), ("Iris", "2")])), map(&[("digits", "Digits")]));
        // Its content stands under its own label too, or under two new ones: nobody knows which it was.
        assert_eq!(renamed(&a, &map(&[("Digits", "1"), ("Iris", "3"), ("again", "1")])), map(&[]));
        assert_eq!(renamed(&a, &map(&[("one", "1"), ("two", "1")])), map(&[]));
        assert_eq!(renamed(&a, &a), map(&[]));
    }
}
